#include "auth/api_key.h"

#include "base/hex.h"
#include "crypto/random.h"

namespace auth {

namespace {

constexpr std::size_t kPrefixBytes = 6;
constexpr std::size_t kSecretBytes = 24;
constexpr std::size_t kPrefixSize = kApiKeyMark.size() + 2 * kPrefixBytes;
constexpr std::size_t kKeySize = kPrefixSize + 1 + 2 * kSecretBytes;

bool IsLowerHex(std::string_view text) {
    return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

ApiKey GenerateApiKey() {
    ApiKey key;
    key.prefix = std::string(kApiKeyMark) + base::HexEncode(crypto::RandomArray<kPrefixBytes>());
    std::string text = key.prefix + "_" + base::HexEncode(crypto::RandomArray<kSecretBytes>());
    key.text = secret::String(text);
    secret::Wipe(text);
    return key;
}

base::Result<ApiKey> ParseApiKey(std::string_view text) {
    if (text.size() != kKeySize || !text.starts_with(kApiKeyMark) || text[kPrefixSize] != '_' ||
        !IsLowerHex(text.substr(kApiKeyMark.size(), 2 * kPrefixBytes)) ||
        !IsLowerHex(text.substr(kPrefixSize + 1))) {
        return base::MakeError(
            base::ErrorKind::kUnauthenticated, "bad_api_key", "not an API key of this platform");
    }
    ApiKey key;
    key.prefix = text.substr(0, kPrefixSize);
    key.text = secret::String(text);
    return key;
}

crypto::Hash256 HashApiKey(const ApiKey& api_key, const secret::Bytes& key) {
    return crypto::HmacSha256(key, base::AsBytes(api_key.text.Expose()));
}

std::string UnusableApiKey() {
    return "none:" + base::HexEncode(crypto::RandomArray<16>());
}

}  // namespace auth
