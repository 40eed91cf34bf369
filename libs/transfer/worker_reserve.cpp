#include <algorithm>
#include <map>
#include <optional>
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

    void Add(const std::string& contract, const money::UInt256& more) {
        const auto sum = money::CheckedAdd(left_[contract], more);
        left_[contract] = sum ? *sum : money::UInt256::Max();
    }

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

// The wallet of one batch in the transaction that reserves.
struct Wallet {
    Batch* batch = nullptr;
    std::vector<BatchItem*> items;
    base::Result<Observation> seen = Observation();
    // Asked for where the final count is above our own record.
    std::optional<std::uint64_t> confirmed_count{};
    Purse purse{};
    NonceBook book{};

    [[nodiscard]] AccountKey Key(const std::string& network, const std::string& contract) const {
        return {network, items.front()->intent.plan.from, contract, batch->wallet};
    }
};

// Those that have something to reserve, with what the node says of them.
std::vector<Wallet> ObserveAll(Core& core, Batches& batches) {
    std::vector<Wallet> wallets;
    for (Batch& batch : batches) {
        if (auto items = batch.At(BatchItem::Step::kReserve); !items.empty()) {
            Wallet& wallet = wallets.emplace_back();
            wallet.batch = &batch;
            wallet.items = std::move(items);
        }
    }
    core.node_calls.ForEach(wallets.size(), [&](std::size_t index) {
        wallets[index].seen = Observe(core.chain, wallets[index].items);
    });
    return wallets;
}

// What one transaction has decided; made afresh where it runs again.
struct Decision {
    std::vector<Reservation> reservations;
    std::vector<Waiting> waiting;
    std::vector<std::pair<base::IntentId, base::Error>> refused;
    std::vector<base::IntentId> outdated;  // their coins serve others: priced again at once
    std::set<base::WalletId> unproven;     // left out until the final count is confirmed
};

// Chooses nonces and places holds. Everything it reads is locked by this transaction.
class Reserver {
public:
    Reserver(Core& core, pg::Tx& tx) : core_(core), tx_(tx) {}

    // Wallets that the node did not answer about are left out.
    [[nodiscard]] base::Result<Decision> Run(std::vector<Wallet>& wallets) {
        BASE_RETURN_IF_ERROR(LockPurses(wallets));
        BASE_RETURN_IF_ERROR(LoadBooks(wallets));
        BASE_ASSIGN_OR_RETURN(const auto stopped, StoppedReason());
        for (Wallet& wallet : wallets) {
            if (!wallet.seen) {
                continue;
            }
            if (!wallet.confirmed_count && IsForeign(wallet) &&
                wallet.seen->account.final_count > wallet.book.next) {
                decision_.unproven.insert(wallet.batch->wallet);
                continue;
            }
            for (const BatchItem* item : wallet.items) {
                if (stopped) {
                    Wait(item->intent, "sends_stopped", *stopped);
                } else if (IsForeign(wallet)) {
                    Wait(item->intent,
                         "foreign_transaction",
                         "the chain counts transactions of this address that are not ours; "
                         "waiting until they are final for two nodes");
                } else {
                    BASE_RETURN_IF_ERROR(ReserveOne(wallet, item->intent));
                }
            }
        }
        BASE_RETURN_IF_ERROR(Postpone(tx_, decision_.waiting));
        BASE_RETURN_IF_ERROR(DropQuotes(tx_, decision_.outdated));
        BASE_RETURN_IF_ERROR(InsertReservations(tx_, core_.network, decision_.reservations));
        return std::move(decision_);
    }

private:
    void Wait(const Queued& intent, const std::string& reason, const std::string& detail) {
        decision_.waiting.push_back({intent.id, reason, detail, core_.settings.approval_poll});
    }

    // A payment of this wallet is in a block that the tracker has not booked: its cost is gone from
    // the balance and is held as well. It is too early to say that the funds do not suffice.
    [[nodiscard]] base::Result<bool> SufficesOnceBooked(const Wallet& wallet,
                                                        const Reservation& wish,
                                                        const chain::Plan& plan) {
        Purse later = wallet.purse;
        for (const std::string& contract : {std::string(), wish.token}) {
            BASE_ASSIGN_OR_RETURN(
                const auto landing,
                HeldForLanding(
                    tx_, wallet.Key(core_.network, contract), wallet.seen->account.newest_count));
            later.Add(contract, landing);
            if (wish.token.empty()) {
                break;
            }
        }
        return later.Take(wish, plan).has_value();
    }

    [[nodiscard]] base::Result<> LockPurses(std::vector<Wallet>& wallets) {
        std::vector<AccountLook> looks;
        std::vector<Wallet*> owners;
        for (Wallet& wallet : wallets) {
            if (!wallet.seen) {
                continue;
            }
            const chain::Account& account = wallet.seen->account;
            looks.push_back(
                {wallet.Key(core_.network, ""), {account.native_balance, account.block_height}});
            owners.push_back(&wallet);
            for (const auto& [contract, balance] : wallet.seen->tokens) {
                looks.push_back({wallet.Key(core_.network, contract), balance});
                owners.push_back(&wallet);
            }
        }
        BASE_ASSIGN_OR_RETURN(const auto left, LockAccounts(tx_, looks));
        for (std::size_t index = 0; index < looks.size(); ++index) {
            owners[index]->purse.Put(looks[index].key.contract, left[index]);
        }
        return {};
    }

    [[nodiscard]] base::Result<> LoadBooks(std::vector<Wallet>& wallets) {
        if (!CountsNonces()) {
            return {};
        }
        std::vector<NonceLook> looks;
        std::vector<Wallet*> owners;
        for (Wallet& wallet : wallets) {
            if (wallet.seen) {
                const chain::Account& account = wallet.seen->account;
                looks.push_back(
                    {wallet.Key(core_.network, ""),
                     account,
                     std::min(account.final_count, wallet.confirmed_count.value_or(0))});
                owners.push_back(&wallet);
            }
        }
        BASE_ASSIGN_OR_RETURN(auto books, LoadNonces(tx_, looks, core_.settings.batch));
        for (std::size_t index = 0; index < looks.size(); ++index) {
            owners[index]->book = std::move(books[index]);
        }
        return {};
    }

    [[nodiscard]] bool CountsNonces() const {
        return core_.chain.parameters().slot == chain::SlotKind::kNonce;
    }

    // A count above our own record that is not final, or not confirmed, is a foreign transaction or
    // a lie.
    [[nodiscard]] bool IsForeign(const Wallet& wallet) const {
        const chain::Account& account = wallet.seen->account;
        return CountsNonces() &&
               std::max({account.final_count, account.newest_count, account.pending_count}) >
                   wallet.book.next;
    }

    [[nodiscard]] base::Result<std::optional<std::string>> StoppedReason() {
        BASE_ASSIGN_OR_RETURN(
            const auto row,
            tx_.Maybe("SELECT sends_stopped_reason FROM chain_pins WHERE network = $1 "
                      "AND sends_stopped_reason <> ''",
                      core_.network));
        return row ? std::optional(row->Get<std::string>("sends_stopped_reason")) : std::nullopt;
    }

    [[nodiscard]] base::Result<> ReserveOne(Wallet& wallet, const Queued& intent) {
        const chain::Quote& quote = *intent.quote;
        NonceBook& book = wallet.book;
        Reservation wish;
        wish.id = intent.id;
        wish.wallet = wallet.batch->wallet;
        wish.from = intent.plan.from;
        if (CountsNonces()) {
            wish.nonce = book.freed.empty() ? book.next : book.freed.front();
        }
        auto built = core_.chain.Build(
            intent.plan, quote, chain::Slot{wish.nonce, quote.coins, intent.sequence});
        if (!built) {
            decision_.refused.emplace_back(intent.id, built.error());
            return {};
        }
        const auto hold = money::CheckedAdd(quote.native_value, built->fee_max);
        wish.native_hold = hold ? *hold : money::UInt256::Max();
        wish.unsigned_tx = std::move(*built);
        if (!intent.plan.asset.IsNative() && !quote.amount.IsZero()) {
            wish.token_hold = quote.amount;
            wish.token = intent.plan.asset.contract;
        }
        Purse rest = wallet.purse;
        if (const auto taken = rest.Take(wish, intent.plan); !taken) {
            BASE_ASSIGN_OR_RETURN(const bool early, SufficesOnceBooked(wallet, wish, intent.plan));
            if (early) {
                decision_.waiting.push_back({intent.id,
                                             "payments_settling",
                                             "a payment of this wallet has just landed",
                                             core_.settings.retry});
            } else {
                decision_.refused.emplace_back(intent.id, taken.error());
            }
            return {};
        }
        if (!quote.coins.empty()) {
            const CoinUse use{core_.network, wish.wallet, intent.id, wish.unsigned_tx.coins};
            BASE_ASSIGN_OR_RETURN(const bool locked, TakeCoins(tx_, use));
            if (!locked) {
                decision_.outdated.push_back(intent.id);
                return {};
            }
        }
        wallet.purse = std::move(rest);
        if (wish.nonce && book.freed.empty()) {
            ++book.next;
        } else if (wish.nonce) {
            book.freed.erase(book.freed.begin());
        }
        decision_.reservations.push_back(std::move(wish));
        return {};
    }

    Core& core_;
    pg::Tx& tx_;
    Decision decision_;
};

// What a round has found out so far, over all its wallets.
struct Facts {
    std::vector<Quoted> quoted;
    std::vector<base::IntentId> authorised;
    std::vector<Waiting> waiting;
    std::vector<AwaitingHuman> awaiting;
    std::vector<UnsignedEnd> denied;

    [[nodiscard]] bool empty() const {
        return waiting.empty() && awaiting.empty() && denied.empty();
    }
};

Facts FactsOf(const Core& core, const Batches& batches, const std::vector<Wallet>& wallets) {
    Facts facts;
    for (const Batch& batch : batches) {
        for (const BatchItem& item : batch.items) {
            if (item.requoted && item.step != BatchItem::Step::kOut) {
                facts.quoted.push_back({item.intent.id, *item.intent.quote});
            }
        }
        Append(facts.waiting, batch.waiting);
        Append(facts.awaiting, batch.awaiting);
        Append(facts.denied, batch.denied);
    }
    for (const Wallet& wallet : wallets) {
        for (const BatchItem* item : wallet.items) {
            if (item->authorised) {
                facts.authorised.push_back(item->intent.id);
            }
            if (!wallet.seen) {
                facts.waiting.push_back({item->intent.id,
                                         "node_unavailable",
                                         wallet.seen.error().detail,
                                         core.settings.retry});
            }
        }
    }
    return facts;
}

// Moves the items on: to be signed, or out.
void Apply(const Decision& decision, std::vector<Wallet>& wallets) {
    const std::map<base::IntentId, base::Error> refused(decision.refused.begin(),
                                                        decision.refused.end());
    std::map<base::IntentId, const Reservation*> reserved;
    for (const Reservation& reservation : decision.reservations) {
        reserved[reservation.id] = &reservation;
    }
    for (Wallet& wallet : wallets) {
        if (decision.unproven.count(wallet.batch->wallet) > 0) {
            continue;
        }
        for (BatchItem* item : wallet.items) {
            item->step = BatchItem::Step::kOut;
            if (const auto found = refused.find(item->intent.id); found != refused.end()) {
                wallet.batch->End(*item, State::kRejected, found->second);
            } else if (const auto slot = reserved.find(item->intent.id); slot != reserved.end()) {
                item->intent.state = State::kReserved;
                item->intent.attempt = QueuedAttempt{1, slot->second->unsigned_tx.payload};
                item->step = BatchItem::Step::kSign;
            }
        }
    }
}

// Those whose final count had to be asked of several nodes. Where these do not answer, nothing
// above our own record is believed.
std::vector<Wallet> Confirm(Core& core,
                            const std::set<base::WalletId>& unproven,
                            std::vector<Wallet>& wallets) {
    std::vector<Wallet> asked;
    for (Wallet& wallet : wallets) {
        if (unproven.count(wallet.batch->wallet) > 0) {
            const auto count = core.chain.ConfirmedCount(wallet.items.front()->intent.plan.from);
            wallet.confirmed_count = count ? *count : 0;
            asked.push_back(std::move(wallet));
        }
    }
    return asked;
}

}  // namespace

base::Result<> Worker::Reserve(Batches& batches) {
    std::vector<Wallet> wallets = ObserveAll(core_, batches);
    const Facts facts = FactsOf(core_, batches, wallets);
    if (wallets.empty() && facts.empty()) {
        return {};
    }
    BASE_ASSIGN_OR_RETURN(
        const auto decision,
        core_.Fenced(LeasesOf(batches), [&](pg::Tx& tx) -> base::Result<Decision> {
            BASE_RETURN_IF_ERROR(StoreQuotes(tx, facts.quoted));
            BASE_RETURN_IF_ERROR(MarkAwaitHuman(tx, facts.awaiting, core_.settings.approval_poll));
            BASE_RETURN_IF_ERROR(EndUnsigned(tx, facts.denied));
            BASE_RETURN_IF_ERROR(MarkAuthorised(tx, facts.authorised));
            BASE_RETURN_IF_ERROR(Postpone(tx, facts.waiting));
            if (wallets.empty()) {
                return Decision();
            }
            return Reserver(core_, tx).Run(wallets);
        }));
    Apply(decision, wallets);
    std::vector<Wallet> unproven = Confirm(core_, decision.unproven, wallets);
    if (!unproven.empty()) {
        BASE_ASSIGN_OR_RETURN(const auto proven, core_.Fenced(LeasesOf(batches), [&](pg::Tx& tx) {
            return Reserver(core_, tx).Run(unproven);
        }));
        Apply(proven, unproven);
    }
    std::vector<base::IntentId> answered;
    for (const AwaitingHuman& entry : facts.awaiting) {
        answered.push_back(entry.id);
    }
    for (const UnsignedEnd& entry : facts.denied) {
        answered.push_back(entry.id);
    }
    core_.Announce(answered);
    return {};
}

}  // namespace transfer
