// Incoming payments, found by the signatures of the watched addresses and of every token account of
// theirs: a payment into a token account that exists does not name its owner. Only for this folder.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "chain/types.h"
#include "solana/node_client.h"

namespace solana {

struct TokenGain {
    TokenBalance balance;      // afterwards
    std::uint64_t amount = 0;  // more than before
};

[[nodiscard]] std::vector<TokenGain> TokenGains(const NodeTransaction& transaction);

// What a transaction brought to the watched addresses. The position is the index of the account.
[[nodiscard]] std::vector<chain::Incoming> IncomingOf(const std::string& tx_hash,
                                                      const NodeTransaction& transaction,
                                                      const chain::Parameters& parameters,
                                                      const std::set<std::string>& watched);

// Reads slot after slot that has a payment, up to the newest finalized one. Thread-safe; made for
// one reader that goes on where it stopped.
class IncomingReader {
public:
    // Both outlive this object.
    IncomingReader(const NodeClient& node, const chain::Parameters& parameters)
        : node_(node), parameters_(parameters) {}

    // The first finalized slot from `height` on with a payment to one of them; without one, the
    // newest finalized slot. A block below `height`: nothing is final there yet.
    [[nodiscard]] base::Result<chain::BlockContent> Read(std::uint64_t height,
                                                         const std::set<std::string>& watched);

private:
    // The signatures up to a finalized slot that were looked at, waiting to be read in order.
    [[nodiscard]] base::Result<> LookUpTo(std::uint64_t final_slot,
                                          const std::set<std::string>& watched);
    // Of one node, or of each where one has a hole.
    enum class Ask { kOne, kEach };
    [[nodiscard]] base::Result<bool> Collect(const Pubkey& account,
                                             std::uint64_t final_slot,
                                             Ask ask);
    // Whether the node has no block of some that there were since the last look. It began from a
    // snapshot since, or keeps less than that; it does not show the payments in them either.
    [[nodiscard]] base::Result<bool> HasHole(std::uint64_t final_slot) const;
    // Anybody can give an owner more of them than can be followed. That owner keeps those that he
    // has here already; the others' payments are looked for all the same.
    [[nodiscard]] base::Result<> RefreshTokenAccounts(const Pubkey& owner);
    // What a person must see goes with the next block that is read.
    [[nodiscard]] chain::BlockContent Deliver(chain::BlockContent content);
    [[nodiscard]] base::Result<std::optional<chain::BlockContent>> ReadSlot(
        std::uint64_t slot, const std::set<std::string>& watched);

    const NodeClient& node_;
    const chain::Parameters& parameters_;
    std::mutex mutex_;                                    // over all below
    std::uint64_t next_ = 0;                              // the height that is expected next
    std::uint64_t looked_up_to_ = 0;                      // final slot of the last complete look
    std::uint64_t told_up_to_ = 0;                        // of blocks that the node lacks
    std::set<std::string> looked_for_;                    // the addresses of that look
    std::map<Pubkey, std::set<Pubkey>> token_accounts_;   // by owner
    std::set<Pubkey> crowded_;                            // owners with more than can be followed
    std::vector<std::string> alarms_;                     // that no block has taken along yet
    std::map<std::uint64_t, std::set<std::string>> due_;  // signatures by slot
};

}  // namespace solana
