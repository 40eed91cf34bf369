// What the parts of the engine share. Only for the .cpp files of libs/transfer.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/ids.h"
#include "chain/chain.h"
#include "pg/pool.h"
#include "transfer/engine.h"
#include "transfer/gate.h"
#include "transfer/lease_book.h"
#include "transfer/parallel.h"
#include "transfer/pin.h"
#include "transfer/settings.h"
#include "transfer/waiters.h"

namespace transfer {

struct Core {
    explicit Core(EngineParts parts)
        : chain(parts.chain),
          gate(parts.gate),
          pool(parts.pool),
          settings(parts.settings),
          hooks(std::move(parts.hooks)),
          read_order(std::move(parts.read_order)),
          network(chain.parameters().network),
          leases(pool, network, settings.lease),
          gate_calls(settings.gate_calls_at_once),
          node_calls(settings.node_calls_at_once) {}

    chain::Chain& chain;
    WalletGate& gate;
    pg::Pool& pool;
    const Settings settings;
    const Hooks hooks;
    const OrderReader read_order;
    const std::string network;
    LeaseBook leases;
    Waiters waiters;
    Parallel gate_calls;
    Parallel node_calls;

    // In-process shortcuts; what they announce is found without them too, only later.
    std::function<void()> wake_broadcaster = [] {};
    std::function<void()> wake_publisher = [] {};
    std::function<void(const base::WalletId&)> wake_worker = [](const base::WalletId&) {};

    void Report(std::string_view what, const base::Error& error) const {
        if (hooks.on_error) {
            hooks.on_error(what, error);
        }
    }

    void Alarm(std::string_view what, const std::string& detail) const {
        if (hooks.on_alarm) {
            hooks.on_alarm(what, detail);
        }
    }

    // kUnavailable `sends_stopped`: a chain that took final blocks back gets no signature.
    [[nodiscard]] base::Result<> CheckSends() const {
        BASE_ASSIGN_OR_RETURN(const auto stopped, SendsStoppedReason(pool, network));
        return stopped.empty() ? base::Result<>() : base::Unavailable("sends_stopped", stopped);
    }

    // Why a transaction that died of age did not pay, as users read it.
    [[nodiscard]] std::string_view ExpiredReason() const {
        return chain.parameters().slot == chain::SlotKind::kCoins ? "expiry_height_passed"
                                                                  : "blockhash_expired";
    }

    // A transaction of the leases' holder; kAborted `lease_lost` where another has one now.
    template <class Work>
    [[nodiscard]] std::invoke_result_t<Work&, pg::Tx&> Fenced(std::span<const Lease> held,
                                                              Work work) {
        return pg::Transact(pool, [&](pg::Tx& tx) -> std::invoke_result_t<Work&, pg::Tx&> {
            BASE_RETURN_IF_ERROR(Fence(tx, held));
            return work(tx);
        });
    }

    template <class Work>
    [[nodiscard]] std::invoke_result_t<Work&, pg::Tx&> Fenced(const Lease& lease, Work work) {
        return Fenced(std::span(&lease, 1), std::move(work));
    }

    // A commit changed these intents. Who waits for one is told what it is now, read for all at
    // once.
    void Announce(const std::vector<base::IntentId>& ids);
};

template <class T>
void Append(std::vector<T>& list, const std::vector<T>& more) {
    list.insert(list.end(), more.begin(), more.end());
}

// As what a payment waits that cannot be priced now.
[[nodiscard]] inline std::string PricingReason(const base::Error& error) {
    const bool own = error.reason == "coins_locked" || error.reason == "branch_id_mismatch";
    return own ? error.reason : "node_unavailable";
}

// The neighbour has said no and will again; anything else may be over the next time.
[[nodiscard]] inline bool IsRefusal(const base::Error& error) {
    switch (error.kind) {
        case base::ErrorKind::kInvalidArgument:
        case base::ErrorKind::kNotFound:
        case base::ErrorKind::kAlreadyExists:
            return true;
        case base::ErrorKind::kFailedPrecondition:
            // A node's error that its chain does not know may be its trouble: too many calls, a
            // database that is behind. What a chain knows for a refusal has a reason of its own.
            return error.reason != "node_rejected";
        case base::ErrorKind::kPermissionDenied:
            // Not about this payment: the daemon itself is not let in.
            return error.reason != "caller_not_allowed";
        case base::ErrorKind::kAborted:
        case base::ErrorKind::kUnauthenticated:
        case base::ErrorKind::kResourceExhausted:
        case base::ErrorKind::kUnavailable:
        case base::ErrorKind::kDeadlineExceeded:
        case base::ErrorKind::kCancelled:
        case base::ErrorKind::kUnimplemented:
        case base::ErrorKind::kDataLoss:
        case base::ErrorKind::kInternal:
            return false;
    }
    return false;
}

}  // namespace transfer
