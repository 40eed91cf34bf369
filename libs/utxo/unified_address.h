// Zcash's unified addresses (ZIP-316, revision 0).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "utxo/network.h"

namespace utxo {

// The standard sets none; all receivers known today come to 230 letters.
inline constexpr std::size_t kUnifiedTextMax = 2048;

inline constexpr std::uint32_t kReceiverP2pkh = 0;
inline constexpr std::uint32_t kReceiverP2sh = 1;
inline constexpr std::uint32_t kReceiverSapling = 2;
inline constexpr std::uint32_t kReceiverOrchard = 3;

struct Receiver {
    std::uint32_t typecode = 0;
    base::Bytes data;

    friend bool operator==(const Receiver&, const Receiver&) = default;
};

// "u", "utest" or "uregtest".
[[nodiscard]] std::string_view UnifiedHrp(Network network);

// The receivers in the order of their typecodes, unknown ones included. Errors: `bad_address`,
// `bad_checksum`, `wrong_network`.
[[nodiscard]] base::Result<std::vector<Receiver>> ParseUnifiedAddress(std::string_view text,
                                                                      Network network);

// The reverse, for receivers that ParseUnifiedAddress would accept. Errors: `bad_address`.
[[nodiscard]] base::Result<std::string> UnifiedAddressOf(const std::vector<Receiver>& receivers,
                                                         Network network);

// ZIP-316, "Jumbling": an unkeyed permutation of 48 to 4194368 bytes, so that a changed letter
// changes everything. Errors: `bad_address` for other sizes.
[[nodiscard]] base::Result<base::Bytes> F4Jumble(base::ByteView message);
[[nodiscard]] base::Result<base::Bytes> F4Unjumble(base::ByteView message);

}  // namespace utxo
