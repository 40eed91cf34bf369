// Payments whose coins a transaction has spent that is none of their attempts: it is one that is
// forgotten here, or a stranger's.
#include <utility>

#include "transfer/recall.h"
#include "transfer/store_found.h"
#include "transfer/tracker.h"

namespace transfer {

base::Result<Tracker::Coins> Tracker::LookAtCoins(
    const chain::Head& head, const std::vector<const Tracked*>& intents) const {
    std::vector<base::IntentId> ids;
    for (const Tracked* intent : intents) {
        ids.push_back(intent->id);
    }
    return pg::Transact(core_.pool, [&](pg::Tx& tx) -> base::Result<Coins> {
        Coins coins;
        BASE_ASSIGN_OR_RETURN(
            coins.gone,
            LoadCoinConflicts(tx, ids, {head.final.height, core_.chain.parameters().mortal}));
        BASE_ASSIGN_OR_RETURN(coins.strangers, LoadAnchorStrangers(tx, ids));
        return coins;
    });
}

base::Result<bool> Tracker::Recall(const Tracked& intent,
                                   const Coins& coins,
                                   Findings& found) const {
    const auto stranger = coins.strangers.find(intent.id);
    if (stranger == coins.strangers.end()) {
        return false;
    }
    BASE_ASSIGN_OR_RETURN(const auto subject, pg::Transact(core_.pool, [&](pg::Tx& tx) {
                              return LoadSubject(tx, intent.id);
                          }));
    if (!subject) {
        return false;
    }
    BASE_ASSIGN_OR_RETURN(
        auto shown,
        FindAmong(
            core_.chain, {subject->plan, subject->newest.payload}, {stranger->second.tx_hash}));
    if (!shown) {
        return false;
    }
    if (!subject->attempt_open) {  // else one after the other
        found.recalled.push_back(NextAttempt(*subject, intent.wallet, std::move(*shown)));
    }
    return true;
}

base::Result<> Tracker::Adopt(pg::Tx& tx, const std::vector<Recalled>& recalled) const {
    std::vector<std::string> hashes;
    for (const Recalled& entry : recalled) {
        BASE_RETURN_IF_ERROR(AdoptAttempt(tx, core_.network, entry));
        hashes.push_back(entry.signed_tx.tx_hash);
    }
    return hashes.empty() ? base::Result<>() : ForgetUnknownSpends(tx, core_.network, hashes);
}

}  // namespace transfer
