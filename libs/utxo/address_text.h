// What both chains' address parsers share. Only for this folder.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/bech32.h"

namespace utxo {

[[nodiscard]] base::Error BadAddress(std::string detail);
[[nodiscard]] base::Error WrongNetwork(std::string detail);

// Whether the text begins with this human-readable part and the separator, in either case.
[[nodiscard]] bool HasHrp(std::string_view text, std::string_view hrp);

// The payload of a base58check text. Errors: `bad_address`, `bad_checksum`.
[[nodiscard]] base::Result<base::Bytes> DecodeBase58Address(std::string_view text);

// Errors: `bad_address`, `bad_checksum`.
[[nodiscard]] base::Result<crypto::Bech32Text> DecodeBech32Address(std::string_view text,
                                                                   std::size_t size_max);

// What a base58check payload that is no address of ours is, as far as one can tell.
[[nodiscard]] base::Error ForeignPayload(base::ByteView payload);

}  // namespace utxo
