#include "transfer/tracker.h"

#include <utility>

#include "base/crash_point.h"
#include "transfer/store_lost.h"

namespace transfer {

namespace {

constexpr std::size_t kLostMax = 1'000;  // looked for in one look

// Looked at before what was found is written: many share a commit, and none waits for all.
constexpr std::size_t kWalletsAtOnce = 32;

// Where an intent's attempts are. Unknown everywhere = empty.
struct Place {
    const TrackedAttempt* attempt = nullptr;
    chain::TxStatus status;
};

// Where it is in no block, of an attempt that the node knows.
base::Result<std::optional<Place>> FindAttempt(chain::Chain& chain, const Tracked& intent) {
    std::optional<Place> place;
    for (const TrackedAttempt& attempt : intent.attempts) {
        BASE_ASSIGN_OR_RETURN(const auto status, chain.Status(attempt.tx_hash));
        if (status.place == chain::TxPlace::kBlock) {
            return std::optional(Place{&attempt, status});
        }
        if (status.place == chain::TxPlace::kMempool) {
            place = Place{&attempt, status};
        }
    }
    return place;
}

State EndBy(const TrackedAttempt& landed, bool receipt_ok) {
    if (landed.kind == "cancel") {
        return State::kCancelled;
    }
    return receipt_ok ? State::kFinal : State::kReverted;
}

State EndOf(const Tracked& intent) {
    for (const TrackedAttempt& attempt : intent.attempts) {
        if (attempt.number == intent.landed) {
            return EndBy(attempt, intent.receipt_ok);
        }
    }
    return intent.receipt_ok ? State::kFinal : State::kReverted;
}

}  // namespace

void Tracker::Findings::Add(const Findings& more) {
    Append(mined, more.mined);
    Append(reorganised, more.reorganised);
    Append(ended, more.ended);
    Append(suspected, more.suspected);
    Append(cleared, more.cleared);
    Append(recalled, more.recalled);
    Append(stuck, more.stuck);
}

std::array<Tracker::Findings, 4> Tracker::Findings::Parts() const {
    std::array<Findings, 4> parts;
    parts[0].mined = mined;
    parts[1].reorganised = reorganised;
    parts[2].ended = ended;
    parts[3].suspected = suspected;
    parts[3].cleared = cleared;
    parts[3].recalled = recalled;
    parts[3].stuck = stuck;
    return parts;
}

void Tracker::Run() {
    if (const auto done = LookAround(); !done) {
        core_.Report("tracker", done.error());
    }
}

base::Result<> Tracker::LookAround() {
    BASE_ASSIGN_OR_RETURN(const auto head, core_.chain.GetHead());
    BASE_ASSIGN_OR_RETURN(const std::string seen, SeenAt(head));
    const bool new_head = seen != last_seen_;
    if (new_head) {
        BASE_RETURN_IF_ERROR(pg::Transact(
            core_.pool, [&](pg::Tx& tx) { return StoreHead(tx, core_.network, head); }));
    }
    const TrackingLimits limits{core_.settings.bump_after, core_.settings.tracked_rows, after_};
    BASE_ASSIGN_OR_RETURN(const auto tracked, pg::Read(core_.pool, [&](pg::Tx& tx) {
                              return LoadTracked(tx, core_.network, core_.leases.holder(), limits);
                          }));
    after_ = tracked.size() < limits.rows ? 0 : tracked.back().sequence;
    hashes_.clear();
    moved_.clear();
    failed_.clear();
    Intents wallets;
    for (const Tracked& intent : tracked) {
        // Without a new block nothing can have been mined or undone; only time passes.
        if (new_head || intent.bump_due || looked_.count(intent.id) == 0) {
            wallets[intent.wallet].push_back(&intent);
        }
    }
    auto outcome = LookAtWallets(head, wallets);
    others_due_ = others_due_ || new_head;
    if (others_due_) {
        const auto fills = LookAtFills();
        const auto lost = LookAtLost(head);
        others_due_ = !fills || !lost;
        outcome = !fills ? fills : !lost ? lost : outcome;
    }
    last_seen_ = seen;
    looked_.clear();
    for (const Tracked& intent : tracked) {
        // What came into a block may be final there already.
        if (failed_.count(intent.wallet) == 0 && moved_.count(intent.id) == 0) {
            looked_.insert(intent.id);
        }
    }
    return outcome;
}

base::Result<std::string> Tracker::SeenAt(const chain::Head& head) const {
    const std::string seen = head.newest.hash + "/" + std::to_string(head.final.height);
    const chain::ChainInfo* info = core_.chain.parameters().info;
    if (info == nullptr || info->family != chain::Family::kUtxo) {
        return seen;
    }
    BASE_ASSIGN_OR_RETURN(const auto followed, pg::Transact(core_.pool, [&](pg::Tx& tx) {
                              return LoadFollowedHash(tx, core_.network);
                          }));
    return seen + "/" + followed;
}

base::Result<> Tracker::LookAtWallets(const chain::Head& head, const Intents& wallets) {
    base::Result<> outcome;
    std::vector<Look> looks;
    const auto finish = [&] {
        if (const auto finished = Finish(head, looks); !finished) {
            outcome = finished.error();
        }
        looks.clear();
    };
    for (const auto& [wallet, intents] : wallets) {
        auto found = LookAtWallet(head, intents);
        if (found) {
            looks.push_back({wallet, std::move(*found)});
        } else {
            failed_.insert(wallet);
            outcome = found.error();
        }
        if (looks.size() == kWalletsAtOnce) {
            finish();
        }
    }
    finish();
    return outcome;
}

base::Result<> Tracker::Finish(const chain::Head& head, const std::vector<Look>& looks) {
    auto outcome = WriteAll(head, looks);
    for (const Look& look : looks) {
        if (failed_.count(look.wallet) > 0) {
            continue;
        }
        if (const auto followed = Follow(look); !followed) {
            failed_.insert(look.wallet);
            outcome = followed.error();
        }
    }
    return outcome;
}

base::Result<Tracker::Findings> Tracker::LookAtWallet(const chain::Head& head,
                                                      const std::vector<const Tracked*>& intents) {
    std::vector<const Tracked*> submitted;
    std::vector<const Tracked*> mined;
    for (const Tracked* intent : intents) {
        (intent->state == State::kMined ? mined : submitted).push_back(intent);
    }
    Findings found;
    BASE_RETURN_IF_ERROR(LookAtMined(head, mined, found));
    BASE_RETURN_IF_ERROR(LookAtSubmitted(head, submitted, found));
    return found;
}

base::Result<> Tracker::Follow(const Look& look) {
    const auto lease = core_.leases.Held(WalletLease(look.wallet));
    if (!lease) {
        return {};
    }
    for (const base::IntentId& id : look.found.to_bump) {
        BASE_RETURN_IF_ERROR(replacer_.BumpAutomatically(*lease, look.wallet, id));
    }
    if (core_.chain.parameters().mortal && !look.found.unplaced.empty()) {
        return expirer_.Look(*lease, look.wallet, look.found.unplaced);
    }
    return {};
}

base::Result<> Tracker::LookAtSubmitted(const chain::Head& head,
                                        const std::vector<const Tracked*>& intents,
                                        Findings& found) {
    if (intents.empty()) {
        return {};
    }
    // On account-model chains the count tells at once which slots are spent.
    std::optional<chain::Account> account;
    if (intents.front()->nonce) {
        BASE_ASSIGN_OR_RETURN(account, core_.chain.GetAccount(intents.front()->from));
    }
    std::vector<const Tracked*> candidates;
    for (const Tracked* intent : intents) {
        if (account && *intent->nonce >= account->newest_count) {
            Judge(head, account, *intent, Sight::kUnknown, found);
        } else {
            candidates.push_back(intent);
        }
    }
    BASE_ASSIGN_OR_RETURN(const auto coins,
                          account ? base::Result<Coins>(Coins()) : LookAtCoins(head, candidates));
    std::vector<std::optional<base::Result<std::optional<Place>>>> places(candidates.size());
    core_.node_calls.ForEach(candidates.size(), [&](std::size_t index) {
        places[index].emplace(FindAttempt(core_.chain, *candidates[index]));
    });
    for (std::size_t index = 0; index < candidates.size(); ++index) {
        if (!*places[index]) {
            return places[index]->error();
        }
        const std::optional<Place>& place = **places[index];
        const Tracked& intent = *candidates[index];
        if (place && place->status.place == chain::TxPlace::kBlock) {
            found.mined.push_back(
                {intent.id, place->attempt->number, place->attempt->tx_hash, place->status});
            continue;
        }
        const auto recalled = Recall(intent, coins, found);
        if (!recalled) {
            core_.Report("tracker", recalled.error());
        }
        if (!recalled || *recalled) {
            continue;  // whose transaction has its anchor is not known now, or it is its own
        }
        if (coins.gone.contains(intent.id)) {
            found.ended.push_back(
                {intent.id, State::kConflicted, "slot_spent_elsewhere", head.final.height});
        } else {
            const Sight sight = place ? Sight::kKnown : Sight::kUnknown;
            Judge(head, account, intent, sight, found);
        }
    }
    return {};
}

// An intent none of whose hashes is in a block.
void Tracker::Judge(const chain::Head& head,
                    const std::optional<chain::Account>& account,
                    const Tracked& intent,
                    Sight sight,
                    Findings& found) const {
    // A node that knows our transaction, and only keeps its block from us, proves nothing.
    if (account && *intent.nonce < account->final_count && sight == Sight::kUnknown) {
        // The slot is spent at final depth and not by us. One look is not enough: the answers may
        // come from two nodes. A second one, at a later final block, is the proof.
        if (!intent.conflict_height) {
            found.suspected.push_back(intent.id);
        } else if (head.final.height > *intent.conflict_height) {
            found.ended.push_back(
                {intent.id, State::kConflicted, "slot_spent_elsewhere", head.final.height});
        }
        return;
    }
    found.unplaced.push_back(intent.id);
    if (intent.conflict_height) {
        found.cleared.push_back(intent.id);
    }
    const bool next = !account || *intent.nonce == account->newest_count;
    if (!intent.bump_due || !next || !core_.chain.parameters().replaceable) {
        return;
    }
    if (intent.fee_fixed) {
        found.stuck.emplace_back(intent.id, "fee_below_market");
    } else if (intent.automatic_bumps < core_.settings.automatic_bumps_max) {
        found.to_bump.push_back(intent.id);
    } else {
        found.stuck.emplace_back(intent.id, "bumps_exhausted");
    }
}

base::Result<> Tracker::LookAtMined(const chain::Head& head,
                                    const std::vector<const Tracked*>& intents,
                                    Findings& found) {
    for (const Tracked* intent : intents) {
        std::string hash;
        if (intent->block_height <= head.newest.height) {
            auto now = HashAt(intent->block_height);
            if (!now && now.error().reason == "unknown_block") {
                // The nodes no longer keep that block, which says nothing about the payment. The
                // wallet's others do not wait for it.
                core_.Report("tracker", now.error());
                continue;
            }
            BASE_ASSIGN_OR_RETURN(hash, std::move(now));
        }
        if (hash != intent->block_hash) {
            found.reorganised.push_back(intent->id);
        } else if (intent->block_height <= head.final.height) {
            const State end = EndOf(*intent);
            found.ended.push_back(
                {intent->id, end, end == State::kReverted ? "reverted" : "", head.final.height});
        }
    }
    return {};
}

base::Result<> Tracker::WriteAll(const chain::Head& head, const std::vector<Look>& looks) {
    std::array<std::vector<Look>, 4> parts;
    for (const Look& look : looks) {
        auto found = look.found.Parts();
        for (std::size_t part = 0; part < parts.size(); ++part) {
            parts[part].push_back({look.wallet, std::move(found[part])});
        }
    }
    base::Result<> outcome;
    for (const std::vector<Look>& part : parts) {
        if (const auto written = WritePart(head, part); !written) {
            outcome = written.error();
        }
    }
    return outcome;
}

base::Result<> Tracker::WritePart(const chain::Head& head, const std::vector<Look>& looks) {
    std::vector<Lease> leases;
    std::vector<const Look*> moving;
    Findings all;
    for (const Look& look : looks) {
        const auto lease = core_.leases.Held(WalletLease(look.wallet));
        // Where another process has the lease by now, it will see the same.
        if (lease && look.found.Moves()) {
            leases.push_back(*lease);
            moving.push_back(&look);
            all.Add(look.found);
        }
    }
    if (leases.empty()) {
        return {};
    }
    if (Write(head, leases, all)) {
        return {};
    }
    base::Result<> outcome;
    for (std::size_t index = 0; index < leases.size(); ++index) {
        if (const auto one = Write(head, {leases[index]}, moving[index]->found); !one) {
            failed_.insert(moving[index]->wallet);
            outcome = one.error();
        }
    }
    return outcome;
}

base::Result<> Tracker::Write(const chain::Head& head,
                              const std::vector<Lease>& leases,
                              const Findings& found) {
    BASE_CRASH_POINT("before_track");
    if (!found.ended.empty()) {
        BASE_CRASH_POINT("before_final");
    }
    const auto move = [&](pg::Tx& tx) -> base::Result<> {
        BASE_RETURN_IF_ERROR(MarkMined(tx, found.mined));
        BASE_RETURN_IF_ERROR(MarkReorganised(tx, found.reorganised));
        BASE_RETURN_IF_ERROR(MarkEnded(tx, found.ended));
        BASE_RETURN_IF_ERROR(MarkSuspected(tx, found.suspected, head.final.height));
        BASE_RETURN_IF_ERROR(MarkSuspected(tx, found.cleared, std::nullopt));
        BASE_RETURN_IF_ERROR(Adopt(tx, found.recalled));
        return SetReasons(tx, found.stuck, "speed it up or cancel it");
    };
    BASE_RETURN_IF_ERROR(core_.Fenced(leases, move));
    BASE_CRASH_POINT("after_track");
    if (!found.ended.empty()) {
        BASE_CRASH_POINT("after_final");
    }
    for (const Ended& ended : found.ended) {
        core_.waiters.Announce(ended.id);
        if (ended.state == State::kConflicted) {
            core_.Alarm("conflicted",
                        "intent " + ended.id.ToString() + ": its nonce or coin was spent " +
                            "by a transaction that is not ours");
        }
    }
    for (const Mined& mined : found.mined) {
        core_.waiters.Announce(mined.id);
        moved_.insert(mined.id);
    }
    for (const Recalled& recalled : found.recalled) {
        moved_.insert(recalled.attempt.intent);  // its block is known now
    }
    core_.wake_publisher();
    if (!found.reorganised.empty()) {
        core_.wake_broadcaster();
    }
    return {};
}

base::Result<> Tracker::LookAtFills() {
    const TrackingLimits limits{core_.settings.bump_after, core_.settings.tracked_rows};
    BASE_ASSIGN_OR_RETURN(const auto fills, pg::Read(core_.pool, [&](pg::Tx& tx) {
                              return LoadFills(tx, core_.network, core_.leases.holder(), limits);
                          }));
    base::Result<> outcome;
    for (std::size_t index = 0; index < fills.size(); ++index) {
        const TrackedFill& fill = fills[index];
        const bool newest = index + 1 == fills.size() || fills[index + 1].nonce != fill.nonce ||
                            fills[index + 1].from != fill.from;
        if (const auto looked = LookAtFill(fill, newest); !looked) {
            outcome = looked.error();
        }
    }
    return outcome;
}

base::Result<> Tracker::LookAtFill(const TrackedFill& fill, bool newest) {
    const auto lease = core_.leases.Held(WalletLease(fill.wallet));
    if (!lease) {
        return {};
    }
    BASE_ASSIGN_OR_RETURN(const auto account, core_.chain.GetAccount(fill.from));
    BASE_ASSIGN_OR_RETURN(const auto status, core_.chain.Status(fill.tx_hash));
    if (fill.nonce < account.final_count) {
        return core_.Fenced(*lease, [&](pg::Tx& tx) -> base::Result<> {
            return status.place == chain::TxPlace::kBlock
                       ? MarkFillLanded(tx, core_.network, fill, status)
                       : MarkFillDead(tx, core_.network, fill);
        });
    }
    if (newest && fill.bump_due && fill.nonce == account.newest_count) {
        return filler_.Refill(*lease, fill);
    }
    return {};
}

base::Result<> Tracker::LookAtLost(const chain::Head& head) {
    BASE_ASSIGN_OR_RETURN(const auto lost, pg::Read(core_.pool, [&](pg::Tx& tx) {
                              return LoadLost(tx, core_.network, kLostMax);
                          }));
    base::Result<> outcome;
    for (const Tracked& intent : lost) {
        if (const auto looked = LookAtLost(head, intent); !looked) {
            outcome = looked.error();
        }
    }
    return outcome;
}

base::Result<> Tracker::LookAtLost(const chain::Head& head, const Tracked& intent) {
    BASE_ASSIGN_OR_RETURN(const auto place, FindAttempt(core_.chain, intent));
    if (!place || place->status.place != chain::TxPlace::kBlock ||
        place->status.block_height > head.final.height) {
        return {};
    }
    const State end = EndBy(*place->attempt, place->status.succeeded);
    const LandedAgain landed{intent.id,
                             place->attempt->number,
                             place->attempt->tx_hash,
                             place->status,
                             end != intent.state};
    BASE_RETURN_IF_ERROR(
        pg::Transact(core_.pool, [&](pg::Tx& tx) { return MarkLandedAgain(tx, landed); }));
    if (landed.other_end) {
        core_.Alarm("outcome_changed",
                    "intent " + intent.id.ToString() + " had ended as " +
                        std::string(StateName(intent.state)) +
                        "; its block left the main chain and it landed again as " +
                        std::string(StateName(end)));
    }
    return {};
}

base::Result<std::string> Tracker::HashAt(std::uint64_t height) {
    if (const auto known = hashes_.find(height); known != hashes_.end()) {
        return known->second;
    }
    BASE_ASSIGN_OR_RETURN(const auto block, core_.chain.GetBlock(height));
    return hashes_[height] = block.hash;
}

}  // namespace transfer
