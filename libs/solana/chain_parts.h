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

struct ChainParts {
    chain::Parameters parameters;
    NodeClient node;
    IncomingReader incoming;

    ChainParts(chain::Parameters network, chain::NodeRpc& rpc)
        : parameters(std::move(network)), node(rpc), incoming(node, parameters) {}

    // The mint's program, decimals and own name. Errors: `bad_address`, `unknown_token`,
    // `token_not_supported`.
    [[nodiscard]] base::Result<chain::Token> TokenAt(const std::string& mint) const;

    // "1.5 SOL".
    [[nodiscard]] std::string FormatNative(std::uint64_t lamports) const;
};

}  // namespace solana
