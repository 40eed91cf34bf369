#include <array>

#include "base/hex.h"
#include "crypto/base58.h"
#include "crypto/bech32.h"
#include "crypto/wif.h"
#include "vectors/oracle.h"

namespace oracle {

namespace {

using base::HexEncode;

Answer Base58Encode(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const auto data, Hex(in, "data"));
    return Ok({{"text", crypto::Base58Encode(data)}});
}

Answer Base58Decode(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const auto data, crypto::Base58Decode(Text(in, "text")));
    return Ok({{"data", HexEncode(data)}});
}

Answer Base58CheckDecode(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const auto payload, crypto::Base58CheckDecode(Text(in, "text")));
    return Ok({{"payload", HexEncode(payload)}});
}

Answer Wif(const Json& in) {
    const auto network =
        Text(in, "network") == "main" ? crypto::WifNetwork::kMain : crypto::WifNetwork::kTest;
    BASE_ASSIGN_OR_RETURN(const auto key, crypto::WifDecode(SecretText(in, "wif"), network));
    return Ok(
        {{"private_key", HexEncode(key.private_key.Expose())}, {"compressed", key.compressed}});
}

Answer Bech32Decode(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const auto parts, crypto::Bech32Decode(Text(in, "text")));
    const auto wanted = Text(in, "variant") == "bech32m" ? crypto::Bech32Variant::kBech32m
                                                         : crypto::Bech32Variant::kBech32;
    if (parts.variant != wanted) {
        return base::InvalidArgument("bad_checksum", "the checksum is of the other variant");
    }
    return Ok({{"hrp", parts.hrp}, {"data", HexEncode(parts.data)}});
}

}  // namespace

std::span<const Operation> EncodingOperations() {
    static constexpr auto table = std::to_array<Operation>({
        {"base58.encode", Base58Encode},
        {"base58.decode", Base58Decode},
        {"base58check.decode", Base58CheckDecode},
        {"btc.wif", Wif},
        {"bech32.decode", Bech32Decode},
    });
    return table;
}

}  // namespace oracle
