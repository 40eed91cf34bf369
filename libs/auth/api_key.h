// API keys: "cpk_" + 12 hex digits (public, finds the row) + "_" + 48 hex digits (192 secret bits).
// The database keeps the prefix and an HMAC of the whole key; the key itself is shown once. Pure
// but for the random numbers of GenerateApiKey.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/hash.h"
#include "secret/secret.h"

namespace auth {

inline constexpr std::string_view kApiKeyMark = "cpk_";

struct ApiKey {
    std::string prefix;  // "cpk_0123456789ab": in lists, logs and the index
    secret::String text;
};

[[nodiscard]] ApiKey GenerateApiKey();

// The shape alone. Errors: `bad_api_key` (kUnauthenticated).
[[nodiscard]] base::Result<ApiKey> ParseApiKey(std::string_view text);

// What the database keeps. `key` is the installation's own (API_KEY_HASH_KEY).
[[nodiscard]] crypto::Hash256 HashApiKey(const ApiKey& api_key, const secret::Bytes& key);

// A random text in the column users.api_key that no request can ever match: it has no mark.
[[nodiscard]] std::string UnusableApiKey();

}  // namespace auth
