// Further attempts of intents that are signed already: a user's speed-up or cancel, an automatic
// bump. Only for the .cpp files of libs/transfer.
#pragma once

#include "base/ids.h"
#include "base/result.h"
#include "transfer/core.h"
#include "transfer/store_attempts.h"

namespace transfer {

class Replacer {
public:
    explicit Replacer(Core& core) : core_(core) {}

    // What is due for this wallet. True: something changed.
    [[nodiscard]] base::Result<bool> Run(const Lease& lease, const base::WalletId& wallet);

    // A bump under the intent's own order. Its refusals become the intent's reason.
    [[nodiscard]] base::Result<> BumpAutomatically(const Lease& lease,
                                                   const base::WalletId& wallet,
                                                   const base::IntentId& intent);

private:
    [[nodiscard]] base::Result<> Prepare(const Lease& lease,
                                         const base::WalletId& wallet,
                                         const OpenOrder& open);
    [[nodiscard]] base::Result<> CheckOrder(const OpenOrder& open);
    [[nodiscard]] base::Result<> Store(const Lease& lease,
                                       const base::WalletId& wallet,
                                       const Subject& subject,
                                       NewAttempt attempt);
    [[nodiscard]] base::Result<> TakeMoreCoins(pg::Tx& tx,
                                               const base::WalletId& wallet,
                                               const NewAttempt& attempt) const;
    [[nodiscard]] base::Result<> Sign(const Lease& lease, const Requested& requested);

    Core& core_;
};

}  // namespace transfer
