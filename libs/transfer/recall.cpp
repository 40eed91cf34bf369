#include "transfer/recall.h"

#include <utility>

namespace transfer {

base::Result<std::optional<FoundTx>> FindAmong(chain::Chain& chain,
                                               const Wanted& wanted,
                                               const std::vector<std::string>& hashes,
                                               const std::set<std::string>& taken) {
    for (const std::string& hash : hashes) {
        if (taken.contains(hash)) {
            continue;
        }
        BASE_ASSIGN_OR_RETURN(auto shown, chain.Rediscover(hash, wanted.plan, wanted.unsigned_tx));
        if (shown) {
            BASE_ASSIGN_OR_RETURN(auto inspected,
                                  chain.Inspect(shown->signed_tx, shown->unsigned_tx.payload));
            return std::optional(FoundTx{std::move(shown->unsigned_tx), std::move(inspected)});
        }
    }
    return std::optional<FoundTx>();
}

Recalled NextAttempt(const Subject& subject, const base::WalletId& wallet, FoundTx found) {
    Recalled recalled;
    recalled.wallet = wallet;
    recalled.attempt.intent = subject.id;
    recalled.attempt.number = subject.attempt_count + 1;
    recalled.attempt.unsigned_tx = std::move(found.unsigned_tx);
    if (recalled.attempt.unsigned_tx.terms.empty()) {
        recalled.attempt.unsigned_tx.terms = subject.newest.terms;
        recalled.attempt.unsigned_tx.fee_max = subject.newest.fee_max;
    }
    recalled.signed_tx = std::move(found.signed_tx);
    return recalled;
}

}  // namespace transfer
