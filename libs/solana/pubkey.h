// A 32-byte Solana key: an account's address, a program's id, a block hash.
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace solana {

struct Pubkey {
    base::ByteArray<32> bytes{};

    // Base58 of exactly 32 bytes. Errors: `bad_address`; `wrong_network` for what is plainly an
    // address of another chain.
    [[nodiscard]] static base::Result<Pubkey> Parse(std::string_view text);

    [[nodiscard]] std::string ToString() const;

    // False for program-derived addresses, which have no private key.
    [[nodiscard]] bool IsOnCurve() const;

    friend auto operator<=>(const Pubkey&, const Pubkey&) = default;  // NOLINT: no pointer
};

// Programs and accounts at fixed addresses.
[[nodiscard]] const Pubkey& SystemProgram();
[[nodiscard]] const Pubkey& TokenProgram();
[[nodiscard]] const Pubkey& Token2022Program();
[[nodiscard]] const Pubkey& AssociatedTokenProgram();
[[nodiscard]] const Pubkey& ComputeBudgetProgram();
[[nodiscard]] const Pubkey& MemoProgram();
[[nodiscard]] const Pubkey& WrappedSolMint();

// Token or Token-2022.
[[nodiscard]] bool IsTokenProgram(const Pubkey& program);

}  // namespace solana
