#include "transfer/expirer.h"

#include <cstdint>
#include <optional>
#include <set>
#include <utility>

#include "base/crash_point.h"
#include "transfer/recall.h"
#include "transfer/store_attempts.h"
#include "transfer/store_found.h"
#include "transfer/store_slots.h"
#include "transfer/store_tracking.h"

namespace transfer {

namespace {

// A transaction that has just landed is not shown by every part of a node at once.
constexpr int kUnprovenLooks = 3;

// The most that a renewal takes from the native coin, its fee included. Over the same coins it
// takes what the attempt before it did.
money::UInt256 NativeNeed(const chain::Plan& plan, const chain::Renewal& renewal) {
    if (!renewal.amount) {
        return {};
    }
    const auto need = money::CheckedAdd(plan.asset.IsNative() ? *renewal.amount : money::UInt256(),
                                        renewal.unsigned_tx.fee_max);
    return need ? *need : money::UInt256::Max();
}

}  // namespace

base::Result<> Expirer::Look(const Lease& lease,
                             const base::WalletId& wallet,
                             const std::vector<base::IntentId>& ids) {
    BASE_ASSIGN_OR_RETURN(const auto mortals, pg::Transact(core_.pool, [&](pg::Tx& tx) {
                              return LoadMortals(tx, ids, core_.settings.resign_after);
                          }));
    for (const Mortal& mortal : mortals) {
        if (mortal.state == "requested") {
            continue;  // being signed
        }
        bool dead = mortal.state == "dead";
        if (!dead) {
            BASE_ASSIGN_OR_RETURN(dead, LookAtAttempt(lease, wallet, mortal));
        }
        if (dead) {
            BASE_RETURN_IF_ERROR(Renew(lease, wallet, mortal));
        }
    }
    return {};
}

base::Result<bool> Expirer::LookAtAttempt(const Lease& lease,
                                          const base::WalletId& wallet,
                                          const Mortal& mortal) {
    Watch& watch = watches_[mortal.id];
    if (watch.number != mortal.number) {
        watch = Watch();
        watch.number = mortal.number;
    }
    if (watch.gone) {
        return CompareBooks(lease, wallet, mortal, watch);
    }
    if (Clock::now() < watch.next) {
        return false;
    }
    BASE_ASSIGN_OR_RETURN(const auto fate, core_.chain.FateOf(mortal.sent));
    switch (fate.life) {
        case chain::Life::kMayLand:
            watches_.erase(mortal.id);
            return false;
        case chain::Life::kUnproven:
            BASE_RETURN_IF_ERROR(NoteUnproven(lease, mortal, fate.detail, watch));
            return false;
        case chain::Life::kGone:
            watch.gone = fate;
            watch.next = Clock::now() + core_.settings.death_poll;
            return CompareBooks(lease, wallet, mortal, watch);
        case chain::Life::kDead:
            return Bury(lease, mortal, fate.detail);
    }
    return false;
}

base::Result<bool> Expirer::Bury(const Lease& lease,
                                 const Mortal& mortal,
                                 const std::string& proof) {
    BASE_CRASH_POINT("before_dead");
    BASE_RETURN_IF_ERROR(core_.Fenced(
        lease, [&](pg::Tx& tx) { return MarkDead(tx, mortal, core_.ExpiredReason(), proof); }));
    BASE_CRASH_POINT("after_dead");
    return true;
}

base::Result<bool> Expirer::CompareBooks(const Lease& lease,
                                         const base::WalletId& wallet,
                                         const Mortal& mortal,
                                         Watch& watch) {
    const chain::Fate fate = *watch.gone;
    const BooksQuestion question{
        core_.network, mortal.sent.from, mortal.id, fate.before, fate.after};
    BASE_ASSIGN_OR_RETURN(const auto agree, pg::Transact(core_.pool, [&](pg::Tx& tx) {
                              return BooksAgree(tx, question);
                          }));
    if (!agree) {
        return false;  // the follower will come to it
    }
    if (!*agree) {
        watch.gone.reset();
        BASE_ASSIGN_OR_RETURN(const bool recalled, Recall(lease, wallet, mortal, watch));
        if (!recalled) {
            BASE_RETURN_IF_ERROR(NoteUnproven(
                lease, mortal, "the wallet's balance is not what our books say without it", watch));
        }
        return false;
    }
    const std::string proof = fate.detail + "; the wallet had " + fate.after.amount.ToDecimal() +
                              " at final height " + std::to_string(fate.after.block_height) +
                              ", as the books say without it";
    return Bury(lease, mortal, proof);
}

base::Result<bool> Expirer::Recall(const Lease& lease,
                                   const base::WalletId& wallet,
                                   const Mortal& mortal,
                                   Watch& watch) {
    // Coins tell it themselves (tracker_coins.cpp).
    if (core_.chain.parameters().slot != chain::SlotKind::kNone || Clock::now() < watch.recall) {
        return false;
    }
    bool older = false;
    UnknownSpends spends;
    std::optional<Subject> subject;
    BASE_RETURN_IF_ERROR(pg::Transact(core_.pool, [&](pg::Tx& tx) -> base::Result<> {
        BASE_ASSIGN_OR_RETURN(older, IsOlderThanRestore(tx, mortal.id));
        BASE_ASSIGN_OR_RETURN(spends,
                              LoadUnknownSpends(tx, core_.network, wallet, mortal.id, kFoundMax));
        BASE_ASSIGN_OR_RETURN(subject, LoadSubject(tx, mortal.id));
        return {};
    }));
    if (!older || !subject || subject->attempt_open) {
        return false;
    }
    BASE_ASSIGN_OR_RETURN(
        auto found,
        FindAmong(core_.chain, {subject->plan, subject->newest.payload}, spends.hashes));
    if (!found) {
        // The node is asked about one transaction in that time, however many there are.
        watch.recall = Clock::now() + core_.settings.death_poll *
                                          static_cast<std::int64_t>(1 + spends.hashes.size());
        return false;
    }
    const Recalled recalled = NextAttempt(*subject, wallet, std::move(*found));
    const auto adopt = [&](pg::Tx& tx) -> base::Result<> {
        if (mortal.state != "dead") {
            BASE_RETURN_IF_ERROR(MarkDead(
                tx, mortal, core_.ExpiredReason(), "a further attempt is in a final block"));
        }
        BASE_RETURN_IF_ERROR(AdoptAttempt(tx, core_.network, recalled));
        return ForgetUnknownSpends(tx, core_.network, {recalled.signed_tx.tx_hash});
    };
    BASE_RETURN_IF_ERROR(core_.Fenced(lease, adopt));
    watches_.erase(mortal.id);
    core_.Announce(std::vector<base::IntentId>{mortal.id});
    return true;
}

base::Result<> Expirer::NoteUnproven(const Lease& lease,
                                     const Mortal& mortal,
                                     const std::string& detail,
                                     Watch& watch) {
    watch.next = Clock::now() + core_.settings.death_poll;
    ++watch.unproven;
    if (watch.unproven < kUnprovenLooks) {
        return {};
    }
    if (watch.unproven == kUnprovenLooks) {
        core_.Alarm("death_unproven", "intent " + mortal.id.ToString() + ": " + detail);
    }
    return core_.Fenced(lease, [&](pg::Tx& tx) { return MarkUnproven(tx, mortal, detail); });
}

base::Result<> Expirer::Renew(const Lease& lease,
                              const base::WalletId& wallet,
                              const Mortal& mortal) {
    BASE_ASSIGN_OR_RETURN(const bool older, pg::Transact(core_.pool, [&](pg::Tx& tx) {
                              return IsOlderThanRestore(tx, mortal.id);
                          }));
    if (older) {
        return Await(lease, wallet, mortal);
    }
    watches_.erase(mortal.id);
    if (mortal.sent.tx_hash.empty()) {
        return End(
            lease,
            mortal,
            base::FailedPrecondition(core_.ExpiredReason(), "it was not signed a further time"));
    }
    if (mortal.number >= core_.settings.mortal_attempts_max) {
        return End(
            lease,
            mortal,
            base::FailedPrecondition(core_.ExpiredReason(),
                                     "none of its transactions was included; nothing was paid"));
    }
    // The coins of a UTXO chain make its attempts exclude each other; without them time has to
    // pass.
    const bool excluded = core_.chain.parameters().slot == chain::SlotKind::kCoins;
    if (!mortal.resign_due && !excluded) {
        return {};
    }
    if (const auto open = core_.CheckSends(); !open) {
        return open.error().reason == "sends_stopped" ? base::Result<>() : open;
    }
    const auto stored = Store(lease, wallet, mortal);
    if (!stored && IsRefusal(stored.error())) {
        return End(lease, mortal, stored.error());
    }
    if (!stored && stored.error().reason == "payments_settling") {
        return {};  // the wallet's other payments are looked at meanwhile
    }
    return stored;
}

// Of one that may have been signed again in the part of history that a restored database has lost:
// it is neither signed again nor ended.
base::Result<> Expirer::Await(const Lease& lease,
                              const base::WalletId& wallet,
                              const Mortal& mortal) {
    BASE_ASSIGN_OR_RETURN(const bool recalled, Recall(lease, wallet, mortal, watches_[mortal.id]));
    if (recalled) {
        return {};
    }
    return core_.Fenced(lease, [&](pg::Tx& tx) {
        return MarkUnproven(tx,
                            mortal,
                            "it may have been signed again in the part of history that the "
                            "restored database has lost; it is looked for on the chain");
    });
}

base::Result<> Expirer::Store(const Lease& lease,
                              const base::WalletId& wallet,
                              const Mortal& mortal) {
    chain::Plan plan = mortal.plan;
    plan.amount_max = mortal.amount;
    BASE_ASSIGN_OR_RETURN(
        auto renewal,
        core_.chain.Renew(plan, mortal.sent, chain::Slot{std::nullopt, {}, mortal.sequence}));
    NewAttempt attempt;
    attempt.intent = mortal.id;
    attempt.number = mortal.number + 1;
    attempt.kind = chain::AttemptKind::kPay;
    attempt.native_need = NativeNeed(mortal.plan, renewal);
    attempt.unsigned_tx = std::move(renewal.unsigned_tx);
    BASE_ASSIGN_OR_RETURN(const auto account, core_.chain.GetAccount(mortal.sent.from));
    const AccountKey native{core_.network, mortal.sent.from, "", wallet};
    const auto store = [&](pg::Tx& tx) -> base::Result<> {
        BASE_ASSIGN_OR_RETURN(
            const auto left,
            LockAccount(tx, native, {account.native_balance, account.block_height}));
        BASE_ASSIGN_OR_RETURN(const auto growth, HoldGrowth(tx, attempt));
        if (growth > left) {
            BASE_ASSIGN_OR_RETURN(const auto landing,
                                  HeldForLanding(tx, native, account.newest_count));
            const auto once_booked = money::CheckedAdd(left, landing);
            if (!once_booked || growth <= *once_booked) {
                return base::Unavailable("payments_settling",
                                         "a payment of this wallet may have just landed");
            }
            return base::FailedPrecondition("insufficient_gas",
                                            "the native balance does not cover the fee any more");
        }
        BASE_RETURN_IF_ERROR(InsertAttempt(tx, core_.network, wallet, attempt));
        if (renewal.amount) {
            BASE_RETURN_IF_ERROR(StoreAmount(tx, mortal.id, *renewal.amount));
        }
        return SetReason(tx,
                         mortal.id,
                         std::string(core_.ExpiredReason()),
                         "its transaction died of age; it is signed again");
    };
    BASE_RETURN_IF_ERROR(core_.Fenced(lease, store));
    BASE_CRASH_POINT("after_renewed");
    core_.wake_worker(wallet);
    return {};
}

base::Result<> Expirer::End(const Lease& lease, const Mortal& mortal, const base::Error& why) {
    BASE_RETURN_IF_ERROR(core_.Fenced(
        lease, [&](pg::Tx& tx) { return MarkExpired(tx, mortal, why.reason, why.detail); }));
    core_.Announce(std::vector<base::IntentId>{mortal.id});
    return {};
}

}  // namespace transfer
