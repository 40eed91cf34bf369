// The money engine of one network: exactly one payment per intent (money.md). It writes down what
// it is about to do, then does it in a way that can be repeated. Any number of processes may run
// one over the same database; wallets are shared by leases.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/result.h"
#include "chain/chain.h"
#include "pg/pool.h"
#include "transfer/gate.h"
#include "transfer/payment.h"
#include "transfer/settings.h"

namespace transfer {

// Called from the engine's threads; must not block.
struct Hooks {
    std::function<void(std::string_view what, const base::Error& error)> on_error;
    // Something that a person must see: sends stopped, a wallet in conflict.
    std::function<void(std::string_view what, const std::string& detail)> on_alarm;
};

// The plan's fee wish and memo are not the order's; `memo` is checked against the order's hash.
using OrderReader =
    std::function<base::Result<NewIntent>(const SignedOrder& order, const std::string& memo)>;

// The chain, the gate and the pool outlive the engine.
struct EngineParts {
    chain::Chain& chain;
    WalletGate& gate;
    pg::Pool& pool;
    Settings settings{};
    Hooks hooks{};
    // What an order says, without asking who signed it: the gate does that. Where it is set, a row
    // that says otherwise is never authorised or signed.
    OrderReader read_order{};
};

struct PageRequest {
    base::UserId user;
    base::WalletId wallet;
    std::size_t limit = 20;
    std::optional<PageKey> after;
};

// Thread-safe.
class Engine {
public:
    explicit Engine(EngineParts parts);
    // Ends like a crash would: leases are left to expire.
    ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    // Drives every intent that is not terminal and nobody works for, once, on this thread. Before
    // Start, and before the daemon calls itself ready.
    void RunOnce();
    void Start();
    // Ends the work in hand and hands the leases over.
    void Stop();

    // Makes the intent if its id is new; otherwise finds it, and where it waits for a human, takes
    // the approved order. Answers its state once it is signed, waits for a human or has ended, or
    // when the wait is over. Refusals before the intent exists store nothing: those of
    // chain::Chain::Price, `intent_mismatch`, `sends_stopped`.
    [[nodiscard]] base::Result<Payment> Accept(const NewIntent& intent, const Wait& wait);

    // A speed-up or cancel. Answers when the new attempt is signed, the intent was voided, or the
    // wait is over. Errors: `unknown_intent`, `not_replaceable`, `already_confirmed`,
    // `not_signed_yet`, those of chain::Chain::Bump, a refusal by policy.
    [[nodiscard]] base::Result<Payment> Replace(const Replacement& replacement, const Wait& wait);

    // Errors: `unknown_intent`.
    [[nodiscard]] base::Result<Payment> Get(const std::string& id);
    [[nodiscard]] base::Result<std::optional<Payment>> FindByHash(const base::UserId& user,
                                                                  const std::string& tx_hash);
    [[nodiscard]] base::Result<PaymentPage> List(const PageRequest& request);

    // `on_change` is called from one thread for every later change of this network's payments,
    // until the answered object is destroyed. It must not block.
    [[nodiscard]] std::shared_ptr<void> Subscribe(std::function<void(const Change&)> on_change);

private:
    class Impl;

    std::unique_ptr<Impl> impl_;
};

}  // namespace transfer
