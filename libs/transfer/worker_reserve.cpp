#include <map>
#include <set>
#include <utility>

#include "transfer/store_coins.h"
#include "transfer/store_slots.h"
#include "transfer/worker.h"

namespace transfer {

namespace {

// What the node says of the wallet, asked before the transaction begins.
struct Observation {
    chain::Account account;
    std::map<std::string, chain::Balance> tokens;  // by contract
};

base::Result<Observation> Observe(chain::Chain& chain, const std::vector<BatchItem*>& items) {
    Observation seen;
    const std::string& from = items.front()->intent.plan.from;
    BASE_ASSIGN_OR_RETURN(seen.account, chain.GetAccount(from));
    for (const BatchItem* item : items) {
        const money::Asset& asset = item->intent.plan.asset;
        if (!asset.IsNative() && seen.tokens.count(asset.contract) == 0) {
            BASE_ASSIGN_OR_RETURN(seen.tokens[asset.contract], chain.GetBalance(from, asset));
        }
    }
    return seen;
}

// Takes from what is left. Nothing is taken where one of the two does not suffice.
class Purse {
public:
    void Put(const std::string& contract, const money::UInt256& left) { left_[contract] = left; }

    [[nodiscard]] base::Result<> Take(const Reservation& wish, const chain::Plan& plan) {
        const auto native = money::CheckedSub(left_[""], wish.native_hold);
        if (!native) {
            return plan.asset.IsNative()
                       ? base::FailedPrecondition(
                             "insufficient_funds",
                             "the balance less payments under way does not cover amount and fee")
                       : base::FailedPrecondition(
                             "insufficient_gas",
                             "the native balance less payments under way does not cover the fee");
        }
        if (wish.token_hold) {
            const auto token = money::CheckedSub(left_[wish.token], *wish.token_hold);
            if (!token) {
                return base::FailedPrecondition(
                    "insufficient_funds",
                    "the token balance less payments under way does not cover the amount");
            }
            left_[wish.token] = *token;
        }
        left_[""] = *native;
        return {};
    }

private:
    std::map<std::string, money::UInt256> left_;
};

// What one transaction has decided; made afresh where it runs again.
struct Decision {
    std::vector<Reservation> reservations;
    std::vector<Waiting> waiting;
    std::vector<std::pair<base::IntentId, base::Error>> refused;
    std::vector<base::IntentId> outdated;  // their coins serve others: priced again at once
};

// Chooses nonces and places holds. Everything it reads is locked by this transaction.
class Reserver {
public:
    Reserver(Core& core, pg::Tx& tx, const base::WalletId& wallet, const Observation& seen)
        : core_(core), tx_(tx), wallet_(wallet), seen_(seen) {}

    [[nodiscard]] base::Result<Decision> Run(const std::vector<BatchItem*>& items) {
        const AccountKey native{core_.network, items.front()->intent.plan.from, "", wallet_};
        BASE_RETURN_IF_ERROR(LockPurse(native));
        if (CountsNonces()) {
            BASE_ASSIGN_OR_RETURN(book_, LoadNonces(tx_, native, seen_.account, items.size()));
        }
        BASE_ASSIGN_OR_RETURN(const auto stopped, StoppedReason());
        Decision decision;
        for (const BatchItem* item : items) {
            if (stopped) {
                decision.waiting.push_back(
                    {item->intent.id, "sends_stopped", *stopped, core_.settings.approval_poll});
            } else if (IsForeign()) {
                decision.waiting.push_back(
                    {item->intent.id,
                     "foreign_transaction",
                     "the chain counts transactions of this address that are not ours; waiting "
                     "until they are final",
                     core_.settings.approval_poll});
            } else {
                BASE_RETURN_IF_ERROR(ReserveOne(item->intent, decision));
            }
        }
        BASE_RETURN_IF_ERROR(Postpone(tx_, decision.waiting));
        BASE_RETURN_IF_ERROR(DropQuotes(tx_, decision.outdated));
        BASE_RETURN_IF_ERROR(InsertReservations(tx_, native, decision.reservations));
        return decision;
    }

private:
    [[nodiscard]] base::Result<> LockPurse(const AccountKey& native) {
        BASE_ASSIGN_OR_RETURN(
            const auto left,
            LockAccount(tx_, native, {seen_.account.native_balance, seen_.account.block_height}));
        purse_.Put("", left);
        for (const auto& [contract, balance] : seen_.tokens) {
            AccountKey key = native;
            key.contract = contract;
            BASE_ASSIGN_OR_RETURN(const auto token_left, LockAccount(tx_, key, balance));
            purse_.Put(contract, token_left);
        }
        return {};
    }

    [[nodiscard]] bool CountsNonces() const {
        return core_.chain.parameters().slot == chain::SlotKind::kNonce;
    }

    // A count above our own record that is not final yet is a foreign transaction, or a lie.
    [[nodiscard]] bool IsForeign() const {
        return CountsNonces() && (seen_.account.newest_count > book_.next ||
                                  seen_.account.pending_count > book_.next);
    }

    [[nodiscard]] base::Result<std::optional<std::string>> StoppedReason() {
        BASE_ASSIGN_OR_RETURN(
            const auto row,
            tx_.Maybe("SELECT sends_stopped_reason FROM chain_pins WHERE network = $1 "
                      "AND sends_stopped_reason <> ''",
                      core_.network));
        return row ? std::optional(row->Get<std::string>("sends_stopped_reason")) : std::nullopt;
    }

    [[nodiscard]] base::Result<> ReserveOne(const Queued& intent, Decision& decision) {
        const chain::Quote& quote = *intent.quote;
        Reservation wish;
        wish.id = intent.id;
        if (CountsNonces()) {
            wish.nonce = book_.freed.empty() ? book_.next : book_.freed.front();
        }
        auto built = core_.chain.Build(
            intent.plan, quote, chain::Slot{wish.nonce, quote.coins, intent.sequence});
        if (!built) {
            decision.refused.emplace_back(intent.id, built.error());
            return {};
        }
        const auto hold = money::CheckedAdd(quote.native_value, built->fee_max);
        wish.native_hold = hold ? *hold : money::UInt256::Max();
        wish.unsigned_tx = std::move(*built);
        if (!intent.plan.asset.IsNative() && !quote.amount.IsZero()) {
            wish.token_hold = quote.amount;
            wish.token = intent.plan.asset.contract;
        }
        if (!quote.coins.empty()) {
            const CoinUse use{core_.network, wallet_, intent.id, wish.unsigned_tx.coins};
            BASE_ASSIGN_OR_RETURN(const bool locked, TakeCoins(tx_, use));
            if (!locked) {
                decision.outdated.push_back(intent.id);
                return {};
            }
        }
        if (const auto taken = purse_.Take(wish, intent.plan); !taken) {
            decision.refused.emplace_back(intent.id, taken.error());
            return {};
        }
        if (wish.nonce && book_.freed.empty()) {
            ++book_.next;
        } else if (wish.nonce) {
            book_.freed.erase(book_.freed.begin());
        }
        decision.reservations.push_back(std::move(wish));
        return {};
    }

    Core& core_;
    pg::Tx& tx_;
    const base::WalletId wallet_;
    const Observation& seen_;
    Purse purse_;
    NonceBook book_;
};

}  // namespace

base::Result<> Worker::Reserve(const Lease& lease, Batch& batch) {
    const auto items = batch.At(BatchItem::Step::kReserve);
    std::vector<Quoted> quoted;
    for (const BatchItem& item : batch.items) {
        if (item.requoted && item.step != BatchItem::Step::kOut) {
            quoted.push_back({item.intent.id, *item.intent.quote});
        }
    }
    std::optional<base::Result<Observation>> seen;
    if (!items.empty()) {
        seen.emplace(Observe(core_.chain, items));
    }
    std::vector<base::IntentId> authorised;
    std::vector<Waiting> waiting = batch.waiting;
    for (const BatchItem* item : items) {
        if (item->authorised) {
            authorised.push_back(item->intent.id);
        }
        if (!*seen) {
            waiting.push_back(
                {item->intent.id, "node_unavailable", seen->error().detail, core_.settings.retry});
        }
    }
    if (items.empty() && waiting.empty() && batch.awaiting.empty() && batch.denied.empty()) {
        return {};
    }
    BASE_ASSIGN_OR_RETURN(
        auto decision, core_.Fenced(lease, [&](pg::Tx& tx) -> base::Result<Decision> {
            BASE_RETURN_IF_ERROR(StoreQuotes(tx, quoted));
            BASE_RETURN_IF_ERROR(MarkAwaitHuman(tx, batch.awaiting, core_.settings.approval_poll));
            BASE_RETURN_IF_ERROR(EndUnsigned(tx, batch.denied));
            BASE_RETURN_IF_ERROR(MarkAuthorised(tx, authorised));
            BASE_RETURN_IF_ERROR(Postpone(tx, waiting));
            if (items.empty() || !*seen) {
                return Decision();
            }
            return Reserver(core_, tx, batch.wallet, **seen).Run(items);
        }));

    std::map<base::IntentId, base::Error> refused(decision.refused.begin(), decision.refused.end());
    std::map<base::IntentId, const Reservation*> reserved;
    for (const Reservation& reservation : decision.reservations) {
        reserved[reservation.id] = &reservation;
    }
    for (BatchItem* item : items) {
        item->step = BatchItem::Step::kOut;
        if (const auto found = refused.find(item->intent.id); found != refused.end()) {
            batch.End(*item, State::kRejected, found->second);
        } else if (const auto slot = reserved.find(item->intent.id); slot != reserved.end()) {
            item->intent.state = State::kReserved;
            item->intent.attempt = QueuedAttempt{1, slot->second->unsigned_tx.payload};
            item->step = BatchItem::Step::kSign;
        }
    }
    std::vector<base::IntentId> answered;
    for (const AwaitingHuman& entry : batch.awaiting) {
        answered.push_back(entry.id);
    }
    for (const UnsignedEnd& entry : batch.denied) {
        answered.push_back(entry.id);
    }
    core_.Announce(answered);
    return {};
}

}  // namespace transfer
