// The tokens that the platform knows (table token_registry): what they are called and how many
// decimals they have, whatever a contract or a node says.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "chain/types.h"
#include "pg/pool.h"

namespace chain_host {

// Thread-safe.
class TokenRegistry {
public:
    TokenRegistry(pg::Pool& pool, std::string network)
        : pool_(pool), network_(std::move(network)) {}

    // By its canonical contract; null where it is not listed.
    [[nodiscard]] base::Result<std::optional<chain::Token>> Find(const std::string& contract) const;

    // By symbol, in any case of its letters.
    [[nodiscard]] base::Result<std::optional<chain::Token>> FindSymbol(
        const std::string& symbol) const;

private:
    [[nodiscard]] base::Result<std::optional<chain::Token>> Read(std::string_view condition,
                                                                 const std::string& value) const;

    pg::Pool& pool_;
    const std::string network_;
};

// Could be a symbol: 1 to 11 letters, digits and points. No address of any chain is that short.
[[nodiscard]] bool LooksLikeSymbol(std::string_view text);

}  // namespace chain_host
