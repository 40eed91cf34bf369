// Follows what was sent until its end is final: in a block, reorganised, final, or its slot spent
// by a stranger. Bumps what is stuck. Only for the .cpp files of libs/transfer.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "transfer/core.h"
#include "transfer/expirer.h"
#include "transfer/filler.h"
#include "transfer/replacer.h"
#include "transfer/store_attempts.h"
#include "transfer/store_coins.h"
#include "transfer/store_tracking.h"

namespace transfer {

class Tracker {
public:
    explicit Tracker(Core& core) : core_(core), replacer_(core), filler_(core), expirer_(core) {}

    // One look at the chain.
    void Run();

private:
    // What one look finds out about the intents of one wallet.
    struct Findings {
        std::vector<Mined> mined;
        std::vector<base::IntentId> reorganised;
        std::vector<Ended> ended;
        std::vector<base::IntentId> suspected;
        std::vector<base::IntentId> cleared;
        std::vector<Recalled> recalled;
        std::vector<base::IntentId> to_bump;
        std::vector<base::IntentId> unplaced;  // in no block
        Reasons stuck;

        [[nodiscard]] bool Moves() const {
            return !mined.empty() || !reorganised.empty() || !ended.empty() || !suspected.empty() ||
                   !cleared.empty() || !recalled.empty() || !stuck.empty();
        }

        // What is to be written.
        void Add(const Findings& more);

        // The mined alone, the reorganised, the ended, and the others that are to be written.
        [[nodiscard]] std::array<Findings, 4> Parts() const;
    };

    struct Look {
        base::WalletId wallet;
        Findings found;
    };

    // By wallet, which is the order of their locks.
    using Intents = std::map<base::WalletId, std::vector<const Tracked*>>;

    [[nodiscard]] base::Result<> LookAround();
    // What stops one of the wallets does not stop the others: it is in failed_. Answers the last
    // such error.
    [[nodiscard]] base::Result<> LookAtWallets(const chain::Head& head, const Intents& wallets);
    [[nodiscard]] base::Result<Findings> LookAtWallet(const chain::Head& head,
                                                      const std::vector<const Tracked*>& intents);
    [[nodiscard]] base::Result<> LookAtSubmitted(const chain::Head& head,
                                                 const std::vector<const Tracked*>& intents,
                                                 Findings& found);

    // On chains of coins (tracker_coins.cpp).
    struct Coins {
        std::set<base::IntentId> gone;                 // none of their attempts can land any more
        std::map<base::IntentId, Stranger> strangers;  // have their anchors
    };

    [[nodiscard]] base::Result<Coins> LookAtCoins(const chain::Head& head,
                                                  const std::vector<const Tracked*>& intents) const;
    // True: its anchor was spent by an attempt of its own that is forgotten here, and will be
    // known.
    [[nodiscard]] base::Result<bool> Recall(const Tracked& intent,
                                            const Coins& coins,
                                            Findings& found) const;
    // What a round recalls, written.
    [[nodiscard]] base::Result<> Adopt(pg::Tx& tx, const std::vector<Recalled>& recalled) const;
    // What a look depends on. On chains of coins the follower's books too, which lag behind.
    [[nodiscard]] base::Result<std::string> SeenAt(const chain::Head& head) const;
    // Whether the node knows one of the intent's transactions.
    enum class Sight { kUnknown, kKnown };
    void Judge(const chain::Head& head,
               const std::optional<chain::Account>& account,
               const Tracked& intent,
               Sight sight,
               Findings& found) const;
    [[nodiscard]] base::Result<> LookAtMined(const chain::Head& head,
                                             const std::vector<const Tracked*>& intents,
                                             Findings& found);
    // Writes what was found, and follows it up.
    [[nodiscard]] base::Result<> Finish(const chain::Head& head, const std::vector<Look>& looks);
    // All that became the same in one transaction, or, where that fails, each wallet in its own.
    [[nodiscard]] base::Result<> WriteAll(const chain::Head& head, const std::vector<Look>& looks);
    [[nodiscard]] base::Result<> WritePart(const chain::Head& head, const std::vector<Look>& looks);
    [[nodiscard]] base::Result<> Write(const chain::Head& head,
                                       const std::vector<Lease>& leases,
                                       const Findings& found);
    // Bumps, and looks whether time ended any.
    [[nodiscard]] base::Result<> Follow(const Look& look);
    // Each goes on after an error, and answers the last one.
    [[nodiscard]] base::Result<> LookAtFills();
    [[nodiscard]] base::Result<> LookAtFill(const TrackedFill& fill, bool newest);
    // Lost payments that a block at final depth has again.
    [[nodiscard]] base::Result<> LookAtLost(const chain::Head& head);
    [[nodiscard]] base::Result<> LookAtLost(const chain::Head& head, const Tracked& intent);
    [[nodiscard]] base::Result<std::string> HashAt(std::uint64_t height);

    Core& core_;
    Replacer replacer_;
    Filler filler_;
    Expirer expirer_;
    std::string last_seen_;                        // newest block of the last look
    std::uint64_t after_ = 0;                      // sequence where the next look begins
    bool others_due_ = true;                       // fills and lost payments
    std::set<base::IntentId> looked_;              // what the last look saw
    std::set<base::IntentId> moved_;               // came into a block, by this look
    std::set<base::WalletId> failed_;              // by this look
    std::map<std::uint64_t, std::string> hashes_;  // main chain, of this look
};

}  // namespace transfer
