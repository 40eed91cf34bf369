// Transactions that die of age (Solana, Zcash): proves that one is dead, then lets the intent be
// signed anew or ends it. What cannot be proven stays as it is and calls for a person. Only for the
// .cpp files of libs/transfer.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "transfer/core.h"
#include "transfer/store_expiry.h"

namespace transfer {

class Expirer {
public:
    explicit Expirer(Core& core) : core_(core) {}

    // Looks at intents of one wallet that are in no block.
    [[nodiscard]] base::Result<> Look(const Lease& lease,
                                      const base::WalletId& wallet,
                                      const std::vector<base::IntentId>& ids);

private:
    using Clock = std::chrono::steady_clock;

    // What the chain showed of an attempt, until our own books have read as far.
    struct Watch {
        std::uint32_t number = 0;
        Clock::time_point next;
        Clock::time_point recall;  // the next look for an attempt that is forgotten
        std::optional<chain::Fate> gone;
        int unproven = 0;  // looks in a row
    };

    // True: it is dead, by this look or a former one.
    [[nodiscard]] base::Result<bool> LookAtAttempt(const Lease& lease,
                                                   const base::WalletId& wallet,
                                                   const Mortal& mortal);
    [[nodiscard]] base::Result<bool> CompareBooks(const Lease& lease,
                                                  const base::WalletId& wallet,
                                                  const Mortal& mortal,
                                                  Watch& watch);
    // True: the chain shows a further attempt that a restored database has forgotten; it is known
    // again, and the one before it is dead.
    [[nodiscard]] base::Result<bool> Recall(const Lease& lease,
                                            const base::WalletId& wallet,
                                            const Mortal& mortal,
                                            Watch& watch);
    [[nodiscard]] base::Result<bool> Bury(const Lease& lease,
                                          const Mortal& mortal,
                                          const std::string& proof);
    [[nodiscard]] base::Result<> NoteUnproven(const Lease& lease,
                                              const Mortal& mortal,
                                              const std::string& detail,
                                              Watch& watch);
    [[nodiscard]] base::Result<> Renew(const Lease& lease,
                                       const base::WalletId& wallet,
                                       const Mortal& mortal);
    [[nodiscard]] base::Result<> Await(const Lease& lease,
                                       const base::WalletId& wallet,
                                       const Mortal& mortal);
    [[nodiscard]] base::Result<> Store(const Lease& lease,
                                       const base::WalletId& wallet,
                                       const Mortal& mortal);
    [[nodiscard]] base::Result<> End(const Lease& lease,
                                     const Mortal& mortal,
                                     const base::Error& why);

    Core& core_;
    std::map<base::IntentId, Watch> watches_;
};

}  // namespace transfer
