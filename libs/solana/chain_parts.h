// What SolanaChain holds. Only for this folder.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "base/result.h"
#include "chain/node_rpc.h"
#include "chain/types.h"
#include "solana/incoming.h"
#include "solana/node_client.h"
#include "solana/pubkey.h"

namespace solana {

// What mode all takes at most: an amount, or an amount with its fee (lamports or a token's units).
struct AllBound {
    std::uint64_t amount = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t with_fee = std::numeric_limits<std::uint64_t>::max();
};

// How far back the histories of proofs have been read that take more than one look. What is older
// than a final signature does not change. Thread-safe.
class HistoryPlaces {
public:
    // The signature before which to go on; empty = from the newest on.
    [[nodiscard]] std::string Of(const std::string& tx_hash) const {
        const std::lock_guard lock(mutex_);
        const auto found = places_.find(tx_hash);
        return found == places_.end() ? std::string() : found->second;
    }

    // Empty: nothing of it is left to be read.
    void Put(const std::string& tx_hash, const std::string& before) {
        const std::lock_guard lock(mutex_);
        places_.erase(tx_hash);
        if (before.empty()) {
            return;
        }
        if (places_.size() >= kPlacesMax) {
            places_.erase(places_.begin());  // that one is read anew
        }
        places_[tx_hash] = before;
    }

private:
    static constexpr std::size_t kPlacesMax = 1'000;

    mutable std::mutex mutex_;
    std::map<std::string, std::string> places_;
};

struct ChainParts {
    chain::Parameters parameters;
    NodeClient node;
    IncomingReader incoming;
    HistoryPlaces history;

    ChainParts(chain::Parameters network, chain::NodeRpc& rpc)
        : parameters(std::move(network)), node(rpc), incoming(node, parameters) {}

    // The mint's program, decimals and own name. Errors: `bad_address`, `unknown_token`,
    // `token_not_supported`.
    [[nodiscard]] base::Result<chain::Token> TokenAt(const std::string& mint) const;

    // "1.5 SOL".
    [[nodiscard]] std::string FormatNative(std::uint64_t lamports) const;
};

}  // namespace solana
