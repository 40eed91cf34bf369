// Key-encryption keys by version: ENCRYPTION_KEY is 1, ENCRYPTION_KEY_V2 is 2. The raw values
// encrypt nothing: every use has its own sub-key (HKDF-SHA-256, one label a purpose). Immutable
// once filled; may then be read by many threads.
#pragma once

#include <map>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/hash.h"
#include "secret/secret.h"

namespace keyvault {

inline constexpr int kKekVersionMax = 16;

class KekSet {
public:
    // `raw` has 32 bytes. Errors: `bad_key` for another length, a version outside 1..16 or one
    // that is there already.
    [[nodiscard]] base::Result<> Add(int version, const secret::Bytes& raw);

    // `text` is 64 hex digits. Errors: `bad_key`, never repeating the text.
    [[nodiscard]] base::Result<> AddHex(int version, const secret::String& text);

    [[nodiscard]] std::vector<int> Versions() const;

    // The sub-key that wraps data keys. Errors: `unknown_kek`.
    [[nodiscard]] base::Result<const secret::Bytes*> WrapKey(int version) const;

    // Public: tells a wrong key from the right one without helping to find it. Errors:
    // `unknown_kek`.
    [[nodiscard]] base::Result<crypto::Hash256> CheckValue(int version) const;

private:
    struct Kek {
        secret::Bytes wrap;
        crypto::Hash256 check{};
    };

    [[nodiscard]] base::Result<const Kek*> Find(int version) const;

    std::map<int, Kek> keks_;
};

}  // namespace keyvault
