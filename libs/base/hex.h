// Base16, RFC 4648 section 8. Encoding is lower case; decoding takes either case.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace base {

[[nodiscard]] std::string HexEncode(ByteView bytes);

// "0x" + hex, as Ethereum's JSON-RPC writes DATA.
[[nodiscard]] std::string HexEncodePrefixed(ByteView bytes);

// Even number of hex digits, no prefix. Errors: `bad_hex` naming the first wrong position.
[[nodiscard]] Result<Bytes> HexDecode(std::string_view text);

// The same with a mandatory "0x".
[[nodiscard]] Result<Bytes> HexDecodePrefixed(std::string_view text);

}  // namespace base
