// Amounts: whole base units (wei, satoshi, lamports) of an asset, and their exact decimal text. No
// floating point is involved anywhere, and nothing is ever rounded.
//
// Decimal text is `digits` or `digits.digits`: ASCII digits, no sign, exponent, grouping or blank,
// no leading zero before another digit, at most as many digits after the point as the asset has.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "money/uint256.h"

namespace money {

// What an amount is an amount of. All fields but the symbol are its identity.
struct Asset {
    std::string network;    // CAIP-2: "eip155:1"
    std::string contract;   // canonical address of the token contract or mint; empty = native coin
    std::string program;    // Solana: the mint's token program; empty elsewhere
    std::string symbol;     // for people alone: "USDT"
    unsigned decimals = 0;  // one coin is 10^decimals base units; 0 to 255

    [[nodiscard]] bool IsNative() const { return contract.empty(); }
};

[[nodiscard]] bool IsSameAsset(const Asset& left, const Asset& right);

struct Amount {
    UInt256 units;  // base units
    Asset asset;
};

// Errors: `amount_precision` for more fraction digits than `decimals`, even if they are zeros;
// `bad_amount` for everything else, also above `max` (base units). The detail says what is wrong.
[[nodiscard]] base::Result<UInt256> ParseDecimal(std::string_view text,
                                                 unsigned decimals,
                                                 const UInt256& max = UInt256::Max());

// The shortest text that ParseDecimal reads back: no trailing zeros, no point for whole numbers.
[[nodiscard]] std::string FormatDecimal(const UInt256& units, unsigned decimals);

[[nodiscard]] base::Result<Amount> ParseAmount(std::string_view text, const Asset& asset);

// "1.5 ETH".
[[nodiscard]] std::string FormatAmount(const Amount& amount);

// Errors: `asset_mismatch` where the two are not of one asset; `amount_overflow`.
[[nodiscard]] base::Result<Amount> CheckedAdd(const Amount& left, const Amount& right);
[[nodiscard]] base::Result<Amount> CheckedSub(const Amount& left, const Amount& right);

}  // namespace money
