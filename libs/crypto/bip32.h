// Hierarchical deterministic keys on secp256k1 (BIP32). Thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/hash.h"
#include "crypto/secp256k1.h"
#include "secret/secret.h"

namespace crypto {

inline constexpr std::uint32_t kHardened = 0x80000000;

// Child indexes from the master key on; hardened ones have the top bit.
using DerivationPath = std::vector<std::uint32_t>;

// "m", "m/44'/0'/0'/0/5"; `h` may stand for `'`. No leading zeros. Errors: `bad_path`.
[[nodiscard]] base::Result<DerivationPath> ParsePath(std::string_view text);
[[nodiscard]] std::string FormatPath(const DerivationPath& path);

// The version bytes of the text form: BIP32's own x and t (test networks), and SLIP-132's for
// P2WPKH in P2SH (y, u) and P2WPKH (z, v).
enum class KeyPrefix { kX, kY, kZ, kT, kU, kV };

struct KeyOrigin {
    std::uint8_t depth = 0;  // 0 = master
    base::ByteArray<4> parent_fingerprint{};
    std::uint32_t index = 0;
};

struct ExtendedPublicKey {
    Secp256k1PublicKey key;
    Hash256 chain_code{};
    KeyOrigin origin;

    // Errors: `bad_path` for a hardened index or a depth over 255; `bad_child` (probability below
    // 2^-127, BIP32: go on with the next index).
    [[nodiscard]] base::Result<ExtendedPublicKey> Child(std::uint32_t index) const;
    [[nodiscard]] base::Result<ExtendedPublicKey> Derive(const DerivationPath& path) const;

    // The first four bytes of the key's Hash160.
    [[nodiscard]] base::ByteArray<4> Fingerprint() const;

    [[nodiscard]] std::string Serialize(KeyPrefix prefix) const;
};

struct ExtendedPrivateKey {
    secret::Bytes key;
    Hash256 chain_code{};
    KeyOrigin origin;

    // The master key of a seed of 16 to 64 bytes. Errors: `bad_seed`.
    [[nodiscard]] static base::Result<ExtendedPrivateKey> FromSeed(const secret::Bytes& seed);

    // Errors: `bad_path` for a depth over 255, `bad_child`, `bad_private_key`.
    [[nodiscard]] base::Result<ExtendedPrivateKey> Child(std::uint32_t index) const;
    [[nodiscard]] base::Result<ExtendedPrivateKey> Derive(const DerivationPath& path) const;

    // Errors: `bad_private_key`.
    [[nodiscard]] base::Result<ExtendedPublicKey> Neuter() const;

    [[nodiscard]] secret::String Serialize(KeyPrefix prefix) const;
};

struct ParsedPrivateKey {
    ExtendedPrivateKey key;
    KeyPrefix prefix = KeyPrefix::kX;
};

struct ParsedPublicKey {
    ExtendedPublicKey key;
    KeyPrefix prefix = KeyPrefix::kX;
};

// Errors of both: `bad_base58`, `bad_checksum`, `bad_extended_key` (size, version, padding, origin
// of a master key), `bad_private_key`, `bad_public_key`.
[[nodiscard]] base::Result<ParsedPrivateKey> ParseExtendedPrivate(const secret::String& text);
[[nodiscard]] base::Result<ParsedPublicKey> ParseExtendedPublic(std::string_view text);

}  // namespace crypto
