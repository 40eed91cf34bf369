// Payments that a database which was taken back holds unsigned, and that were signed and sent
// since.
#include <algorithm>
#include <utility>

#include "transfer/store_found.h"
#include "transfer/store_slots.h"
#include "transfer/worker.h"

namespace transfer {

namespace {

constexpr std::size_t kFoundMax = 1'000;  // transactions of a wallet that are looked at

struct Trace {
    bool wait = false;  // something has its nonce, and it is not known yet what
    std::optional<SignedFirst> found;
};

// Nothing of it where its nonce was never used, or finally by another transaction.
base::Result<Trace> Look(Core& core, const base::WalletId& wallet, const Queued& intent) {
    const std::string& from = intent.plan.from;
    BASE_ASSIGN_OR_RETURN(const auto account, core.chain.GetAccount(from));
    BASE_ASSIGN_OR_RETURN(const auto head, core.chain.GetHead());
    BASE_ASSIGN_OR_RETURN(const auto spends, pg::Transact(core.pool, [&](pg::Tx& tx) {
                              return LoadUnknownSpends(
                                  tx, core.network, wallet, intent.id, kFoundMax);
                          }));
    Trace trace;
    if (!spends.nonce || *spends.nonce >= std::max(account.newest_count, account.pending_count)) {
        return trace;
    }
    for (const std::string& hash : spends.hashes) {
        BASE_ASSIGN_OR_RETURN(const auto shown,
                              core.chain.Rediscover(hash, from, intent.attempt->unsigned_tx));
        if (shown) {
            BASE_ASSIGN_OR_RETURN(auto inspected,
                                  core.chain.Inspect(shown->signed_tx, shown->unsigned_tx));
            trace.found = SignedFirst{intent.id, shown->unsigned_tx, std::move(inspected)};
            return trace;
        }
    }
    trace.wait = *spends.nonce >= account.final_count || spends.followed_height < head.final.height;
    return trace;
}

}  // namespace

base::Result<> Worker::FindLanded(Batch& batch) {
    if (batch.to_void.empty()) {
        return {};
    }
    if (core_.chain.parameters().slot != chain::SlotKind::kNonce) {
        return {};
    }
    std::vector<ToVoid> left;
    std::vector<Waiting> waiting;
    std::vector<SignedFirst> found;
    std::vector<base::IntentId> ids;
    std::vector<std::string> hashes;
    for (ToVoid& entry : batch.to_void) {
        const Queued& intent = entry.intent;
        if (intent.state != State::kReserved || !intent.attempt || intent.damage) {
            left.push_back(std::move(entry));
            continue;
        }
        auto trace = Look(core_, batch.wallet, intent);
        if (!trace) {
            waiting.push_back(
                {intent.id, "node_unavailable", trace.error().detail, core_.settings.retry});
        } else if (trace->found) {
            ids.push_back(intent.id);
            hashes.push_back(trace->found->signed_tx.tx_hash);
            found.push_back(std::move(*trace->found));
        } else if (trace->wait) {
            waiting.push_back({intent.id,
                               "foreign_transaction",
                               "a transaction that is not known here has its nonce; waiting until "
                               "that is final",
                               core_.settings.approval_poll});
        } else {
            left.push_back(std::move(entry));
        }
    }
    batch.to_void = std::move(left);
    if (waiting.empty() && found.empty()) {
        return {};
    }
    const auto write = [&](pg::Tx& tx) -> base::Result<> {
        BASE_RETURN_IF_ERROR(Postpone(tx, waiting));
        BASE_RETURN_IF_ERROR(ForgetUnknownSpends(tx, core_.network, hashes));
        return MarkSigned(tx, found);
    };
    BASE_RETURN_IF_ERROR(core_.Fenced(batch.lease, write));
    core_.Announce(ids);
    core_.wake_broadcaster();
    return {};
}

}  // namespace transfer
