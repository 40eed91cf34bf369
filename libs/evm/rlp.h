// RLP (yellow paper, appendix B): nested lists of byte strings. The decoder takes exactly one item
// in its only canonical form, so that decoding and encoding again gives the same bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "money/uint256.h"

namespace evm {

// Lists nested deeper are refused; Ethereum's own data needs 4.
inline constexpr std::size_t kRlpDepthMax = 64;

struct RlpItem {
    bool is_list = false;
    base::Bytes bytes;           // of a string
    std::vector<RlpItem> items;  // of a list
};

[[nodiscard]] RlpItem RlpString(base::ByteView bytes);
[[nodiscard]] RlpItem RlpList(std::vector<RlpItem> items);

// Integers have no leading zero bytes; 0 is the empty string.
[[nodiscard]] RlpItem RlpUint(const money::UInt256& value);

[[nodiscard]] base::Bytes EncodeRlp(const RlpItem& item);

// Errors: `bad_rlp`.
[[nodiscard]] base::Result<RlpItem> DecodeRlp(base::ByteView encoded);

// What an item holds. Errors: `bad_rlp` for a list, a leading zero byte or a value too large.
[[nodiscard]] base::Result<money::UInt256> RlpToUint(const RlpItem& item);
[[nodiscard]] base::Result<std::uint64_t> RlpToUint64(const RlpItem& item);

}  // namespace evm
