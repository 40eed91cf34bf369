// wallet-manager in memory, with its promises: Sign only after Authorise = allow for these very
// order bytes, stored bytes on a repeat, Void and bytes exclude each other, one intent a nonce.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "component/transfer/fault.h"
#include "transfer/gate.h"

namespace transfer_test {

class FakeGate : public transfer::WalletGate {
public:
    // --- what the test decides
    // Verdicts by order text; allow where nothing is set.
    std::function<transfer::Authorisation(const transfer::SignedOrder&)> policy;
    void SetDown(bool down);
    // Sign answers this error instead, once bytes are not stored yet.
    void RefuseSign(std::optional<base::Error> error);
    void RefuseSignOf(const base::IntentId& intent, base::Error error);
    void RefuseFills(bool refuse);
    // Sign answers bytes of another transaction and stores none.
    void SignWrongly(bool wrongly);
    void AddAddress(transfer::OwnAddress address);

    // --- what the test reads
    [[nodiscard]] std::size_t signatures();
    [[nodiscard]] std::size_t fills();
    [[nodiscard]] std::map<std::string, transfer::State> outcomes();
    // A broken promise of the engine: another slot for an intent, two intents on one nonce.
    [[nodiscard]] std::vector<std::string> offences();

    Fault fault;

    [[nodiscard]] base::Result<transfer::Authorisation> Authorise(
        const transfer::SignedOrder& order, const money::UInt256& amount) override;
    [[nodiscard]] base::Result<transfer::SignAnswer> Sign(const transfer::SignCall& call) override;
    [[nodiscard]] base::Result<bool> Void(const base::IntentId& intent,
                                          const std::string& reason) override;
    [[nodiscard]] base::Result<> ReportOutcome(const base::IntentId& intent,
                                               transfer::State state) override;
    [[nodiscard]] base::Result<transfer::SignAnswer> SignFill(
        const transfer::FillCall& call) override;
    [[nodiscard]] base::Result<std::vector<transfer::OwnAddress>> ListAddresses(
        std::uint64_t after_epoch, std::uint32_t limit) override;

private:
    [[nodiscard]] base::Result<> Reachable();

    std::mutex mutex_;
    bool down_ = false;
    bool refuse_fills_ = false;
    bool sign_wrongly_ = false;
    std::optional<base::Error> refusal_;
    std::map<std::string, base::Error> refusals_;         // by intent
    std::set<std::string> allowed_;                       // order bytes
    std::map<std::string, transfer::SignAnswer> stored_;  // "intent/attempt"
    std::set<std::string> signed_intents_;
    std::set<std::string> voided_;
    std::map<std::string, std::string> slots_;  // "from/nonce" -> intent or fill
    std::map<std::string, transfer::State> outcomes_;
    std::vector<transfer::OwnAddress> addresses_;
    std::vector<std::string> offences_;
    std::size_t fills_ = 0;
};

// Orders of these tests are text: "<intent>" for a payment, "<intent>:<anything>" for another order
// of the same intent.
[[nodiscard]] transfer::SignedOrder OrderFor(const base::IntentId& intent,
                                             const std::string& suffix = "");

}  // namespace transfer_test
