#include "vectors/oracle.h"

#include <utility>

#include "base/hex.h"
#include "crypto/bip39.h"

namespace oracle {

const Operation* FindOperation(std::string_view name) {
    for (const auto table : {AmountOperations(),
                             BipOperations(),
                             BtcOperations(),
                             CryptoOperations(),
                             EncodingOperations(),
                             EthOperations(),
                             JwtOperations(),
                             SolOperations(),
                             ZcashOperations()}) {
        for (const Operation& operation : table) {
            if (operation.name == name) {
                return &operation;
            }
        }
    }
    return nullptr;
}

Answer Ok(Json out) {
    return Answer(boost::system::in_place_value, std::move(out));
}

std::string Text(const Json& in, const char* key) {
    return in.at(key).get<std::string>();
}

std::string TextOr(const Json& in, const char* key, std::string_view fallback) {
    return in.contains(key) ? Text(in, key) : std::string(fallback);
}

base::Result<base::Bytes> Hex(const Json& in, const char* key) {
    const std::string text = Text(in, key);
    return base::HexDecode(std::string_view(text).substr(text.starts_with("0x") ? 2 : 0));
}

base::Result<secret::Bytes> SecretHex(const Json& in, const char* key) {
    BASE_ASSIGN_OR_RETURN(const base::Bytes bytes, Hex(in, key));
    return secret::Bytes::Copy(bytes);
}

secret::String SecretText(const Json& in, const char* key) {
    return secret::String(TextOr(in, key, ""));
}

base::Result<secret::Bytes> SeedIn(const Json& in) {
    if (in.contains("seed")) {
        return SecretHex(in, "seed");
    }
    return crypto::MnemonicToSeed(SecretText(in, "mnemonic"), SecretText(in, "passphrase"));
}

base::Error BadSize(const char* key, std::size_t size) {
    return base::InvalidArgument(
        "bad_size", std::string(key) + " must have " + std::to_string(size) + " bytes");
}

}  // namespace oracle
