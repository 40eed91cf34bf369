#include "solana/keys.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "crypto/base58.h"
#include "crypto/ed25519.h"
#include "crypto/slip10.h"

namespace solana {

namespace {

constexpr std::size_t kSecretKeySize = 64;

base::Error BadKey(std::string detail) {
    return base::InvalidArgument("bad_key", std::move(detail));
}

// "[12, 255, ...]": exactly 64 numbers of a byte, straight into secret memory.
base::Result<secret::Bytes> ParseNumberList(std::string_view text) {
    secret::Bytes key(kSecretKeySize);
    const auto skip_blanks = [&text] {
        while (!text.empty() && (text.front() == ' ' || text.front() == '\n')) {
            text.remove_prefix(1);
        }
    };
    for (std::size_t i = 0; i < kSecretKeySize; ++i) {
        text.remove_prefix(1);  // the bracket or a comma
        skip_blanks();
        unsigned value = 0;
        std::size_t digits = 0;
        while (digits < text.size() && digits < 3 && base::IsDigit(text[digits])) {
            value = value * 10 + static_cast<unsigned>(text[digits] - '0');
            ++digits;
        }
        text.remove_prefix(digits);
        skip_blanks();
        const char expected = i + 1 == kSecretKeySize ? ']' : ',';
        if (digits == 0 || value > 255 || text.empty() || text.front() != expected) {
            return BadKey("a list of a secret key has 64 numbers from 0 to 255");
        }
        key.Fill()[i] = static_cast<std::uint8_t>(value);
    }
    if (text.size() != 1) {
        return BadKey("a list of a secret key has 64 numbers and nothing after them");
    }
    return key;
}

}  // namespace

crypto::DerivationPath DefaultPath(std::uint32_t index) {
    return {44 | crypto::kHardened,
            501 | crypto::kHardened,
            index | crypto::kHardened,
            0 | crypto::kHardened};
}

base::Result<secret::Bytes> DeriveKey(const secret::Bytes& seed,
                                      const crypto::DerivationPath& path) {
    BASE_ASSIGN_OR_RETURN(crypto::Slip10Key key, crypto::Slip10Derive(seed, path));
    return std::move(key.seed);
}

base::Result<secret::Bytes> ImportSecretKey(const secret::String& text) {
    secret::Bytes both;
    if (text.Expose().starts_with('[')) {
        BASE_ASSIGN_OR_RETURN(both, ParseNumberList(text.Expose()));
    } else {
        auto decoded = crypto::Base58DecodeSecret(text);
        if (!decoded || decoded->size() != kSecretKeySize) {
            return BadKey("a secret key is base58 of 64 bytes");
        }
        both = std::move(*decoded);
    }
    secret::Bytes seed = secret::Bytes::Copy(both.Expose().first(crypto::kEd25519SeedSize));
    BASE_ASSIGN_OR_RETURN(const auto public_key, crypto::Ed25519PublicKeyOf(seed));
    if (!base::Equal(public_key, both.Expose().last(sizeof(public_key)))) {
        return BadKey("the two halves of the secret key do not belong together");
    }
    return seed;
}

base::Result<secret::String> ExportSecretKey(const secret::Bytes& seed) {
    BASE_ASSIGN_OR_RETURN(const auto public_key, crypto::Ed25519PublicKeyOf(seed));
    secret::Bytes both(kSecretKeySize);
    const auto rest = std::copy(seed.Expose().begin(), seed.Expose().end(), both.Fill().begin());
    std::copy(public_key.begin(), public_key.end(), rest);
    return crypto::Base58EncodeSecret(both);
}

base::Result<Pubkey> AddressOfKey(const secret::Bytes& seed) {
    BASE_ASSIGN_OR_RETURN(const auto public_key, crypto::Ed25519PublicKeyOf(seed));
    return Pubkey{public_key};
}

}  // namespace solana
