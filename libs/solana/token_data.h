// Mints and token accounts of Token and Token-2022 as they lie on the chain. Only for this folder.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "solana/answers.h"
#include "solana/pubkey.h"

namespace solana {

struct Mint {
    std::uint8_t decimals = 0;
    std::string name;  // of the mint's own metadata, if it has any; never trusted
    std::string symbol;
};

// Errors: `unknown_token` for what is no mint; `token_not_supported` naming the extension that
// would change what a transfer does, or is not known here.
[[nodiscard]] base::Result<Mint> ReadMint(const NodeAccount& account);

// Whether there is no token account at an address that one may be made at. Lamports that somebody
// sent ahead make none: they stay the system's until it is made, and then count towards its rent.
[[nodiscard]] bool IsAbsent(const std::optional<NodeAccount>& account);

struct TokenAccount {
    Pubkey mint;
    Pubkey owner;
    std::uint64_t amount = 0;
    bool frozen = false;
};

// Errors: `token_not_supported` for what is no token account.
[[nodiscard]] base::Result<TokenAccount> ReadTokenAccount(const NodeAccount& account);

}  // namespace solana
