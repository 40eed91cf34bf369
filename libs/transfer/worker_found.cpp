// Payments that a database which was taken back holds unsigned, and that may have been signed and
// sent since.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "transfer/recall.h"
#include "transfer/store_coins.h"
#include "transfer/store_found.h"
#include "transfer/store_slots.h"
#include "transfer/worker.h"

namespace transfer {

namespace {

constexpr const char* kRestored = "restored";

// What the chain shows of an intent.
struct Trace {
    enum class Kind {
        kNothing,   // it was never sent, or never can land any more
        kWait,      // something has its slot, and it is not known yet what
        kUnproven,  // it may have been sent
        kFound,
    };

    Kind kind = Kind::kNothing;
    std::optional<FoundTx> found{};
    std::size_t looked_at = 1;  // transactions
};

base::Result<Trace> LookAmong(Core& core,
                              const Queued& intent,
                              const std::vector<std::string>& hashes,
                              const std::set<std::string>& taken) {
    Trace trace;
    BASE_ASSIGN_OR_RETURN(
        trace.found,
        FindAmong(core.chain, {intent.plan, intent.attempt->unsigned_tx}, hashes, taken));
    if (trace.found) {
        trace.kind = Trace::Kind::kFound;
    }
    trace.looked_at = std::max<std::size_t>(1, hashes.size());
    return trace;
}

base::Result<UnknownSpends> LoadSpends(Core& core,
                                       const base::WalletId& wallet,
                                       const base::IntentId& intent) {
    return pg::Transact(core.pool, [&](pg::Tx& tx) {
        return LoadUnknownSpends(tx, core.network, wallet, intent, kFoundMax);
    });
}

// Nothing of it where its nonce was never used, or finally by another transaction.
base::Result<Trace> LookAtNonce(Core& core,
                                const base::WalletId& wallet,
                                const Queued& intent,
                                const std::set<std::string>& taken) {
    BASE_ASSIGN_OR_RETURN(const auto account, core.chain.GetAccount(intent.plan.from));
    BASE_ASSIGN_OR_RETURN(const auto head, core.chain.GetHead());
    BASE_ASSIGN_OR_RETURN(const auto spends, LoadSpends(core, wallet, intent.id));
    if (!spends.nonce || *spends.nonce >= std::max(account.newest_count, account.pending_count)) {
        return Trace();
    }
    BASE_ASSIGN_OR_RETURN(auto trace, LookAmong(core, intent, spends.hashes, taken));
    if (!trace.found &&
        (*spends.nonce >= account.final_count || spends.followed_height < head.final.height)) {
        trace.kind = Trace::Kind::kWait;
    }
    return trace;
}

// Nothing of it once a stranger has its anchor for good.
base::Result<Trace> LookAtAnchor(Core& core,
                                 const Queued& intent,
                                 const std::set<std::string>& taken) {
    BASE_ASSIGN_OR_RETURN(const auto head, core.chain.GetHead());
    BASE_ASSIGN_OR_RETURN(const auto strangers, pg::Transact(core.pool, [&](pg::Tx& tx) {
                              return LoadAnchorStrangers(tx, {intent.id});
                          }));
    const auto stranger = strangers.find(intent.id);
    Trace trace;
    if (stranger == strangers.end()) {
        trace.kind = Trace::Kind::kUnproven;
        return trace;
    }
    BASE_ASSIGN_OR_RETURN(trace, LookAmong(core, intent, {stranger->second.tx_hash}, taken));
    if (!trace.found && stranger->second.height > head.final.height) {
        trace.kind = Trace::Kind::kWait;
    }
    return trace;
}

// Where the chain counts nonces, its count tells what was not sent. Elsewhere wallet-manager's word
// does, unless it has lost a part of history as well.
base::Result<Trace> LookFor(Core& core,
                            const base::WalletId& wallet,
                            const ToVoid& entry,
                            const std::set<std::string>& taken) {
    const Queued& intent = entry.intent;
    const chain::SlotKind slot = core.chain.parameters().slot;
    if (slot == chain::SlotKind::kNonce) {
        return LookAtNonce(core, wallet, intent, taken);
    }
    BASE_ASSIGN_OR_RETURN(const bool older, pg::Transact(core.pool, [&](pg::Tx& tx) {
                              return IsOlderThanRestore(tx, intent.id);
                          }));
    if (!older && entry.reason != kRestored) {
        return Trace();
    }
    if (slot == chain::SlotKind::kCoins) {
        return LookAtAnchor(core, intent, taken);
    }
    BASE_ASSIGN_OR_RETURN(const auto spends, LoadSpends(core, wallet, intent.id));
    BASE_ASSIGN_OR_RETURN(auto trace, LookAmong(core, intent, spends.hashes, taken));
    if (!trace.found) {
        trace.kind = Trace::Kind::kUnproven;
    }
    return trace;
}

Waiting WaitFor(Core& core, const Queued& intent, const Trace& trace) {
    const auto poll = core.settings.approval_poll;
    if (trace.kind == Trace::Kind::kWait) {
        const bool counts = core.chain.parameters().slot == chain::SlotKind::kNonce;
        return {intent.id,
                "foreign_transaction",
                "a transaction that is not known here has its " +
                    std::string(counts ? "nonce" : "coin") + "; waiting until that is final",
                poll};
    }
    if (intent.reason != kRestored) {
        core.Alarm("needs_operator",
                   "intent " + intent.id.ToString() +
                       ": the restored database does not tell whether it was sent");
    }
    // The node is asked about one transaction in that time, however many there are.
    return {intent.id,
            kRestored,
            "it may have been sent in the part of history that the restored database has lost; it "
            "is looked for on the chain",
            poll * static_cast<std::int64_t>(trace.looked_at),
            true};
}

struct FoundIntent {
    base::IntentId id;
    FoundTx found;
};

base::Result<> WriteFound(Core& core,
                          const Lease& lease,
                          const std::vector<Waiting>& waiting,
                          const std::vector<FoundIntent>& found) {
    if (waiting.empty() && found.empty()) {
        return {};
    }
    std::vector<base::IntentId> ids;
    std::vector<std::string> hashes;
    std::vector<SignedFirst> rows;
    for (const FoundIntent& entry : found) {
        ids.push_back(entry.id);
        hashes.push_back(entry.found.signed_tx.tx_hash);
        rows.push_back({entry.id, entry.found.unsigned_tx.payload, entry.found.signed_tx});
    }
    const auto write = [&](pg::Tx& tx) -> base::Result<> {
        BASE_RETURN_IF_ERROR(Postpone(tx, waiting));
        BASE_RETURN_IF_ERROR(ForgetUnknownSpends(tx, core.network, hashes));
        for (const FoundIntent& entry : found) {
            if (!entry.found.unsigned_tx.terms.empty()) {
                BASE_RETURN_IF_ERROR(StoreFoundTerms(tx, entry.id, entry.found.unsigned_tx));
            }
        }
        return MarkSigned(tx, rows);
    };
    BASE_RETURN_IF_ERROR(core.Fenced(lease, write));
    core.Announce(ids);
    core.wake_broadcaster();
    return {};
}

}  // namespace

base::Result<> Worker::FindLanded(Batch& batch) {
    std::vector<ToVoid> left;
    std::vector<Waiting> waiting;
    std::vector<FoundIntent> found;
    std::set<std::string> taken;
    for (ToVoid& entry : batch.to_void) {
        const Queued& intent = entry.intent;
        if (intent.state != State::kReserved || !intent.attempt || intent.damage) {
            left.push_back(std::move(entry));
            continue;
        }
        auto trace = LookFor(core_, batch.wallet, entry, taken);
        if (!trace) {
            waiting.push_back(
                {intent.id, "node_unavailable", trace.error().detail, core_.settings.retry});
            continue;
        }
        switch (trace->kind) {
            case Trace::Kind::kNothing:
                left.push_back(std::move(entry));
                break;
            case Trace::Kind::kWait:
            case Trace::Kind::kUnproven:
                waiting.push_back(WaitFor(core_, intent, *trace));
                break;
            case Trace::Kind::kFound:
                taken.insert(trace->found->signed_tx.tx_hash);
                found.push_back({intent.id, std::move(*trace->found)});
                break;
        }
    }
    batch.to_void = std::move(left);
    return WriteFound(core_, batch.lease, waiting, found);
}

}  // namespace transfer
