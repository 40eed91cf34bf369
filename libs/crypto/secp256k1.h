// Keys and ECDSA on secp256k1 (SEC 2), over libsecp256k1 with a randomised context. Thread-safe.
// A private key is 32 bytes, big-endian, from 1 to the group order - 1.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/hash.h"
#include "secret/secret.h"

namespace crypto {

inline constexpr std::size_t kPrivateKeySize = 32;

[[nodiscard]] bool IsValidPrivateKey(const secret::Bytes& key);

// A fresh private key from the system's random numbers.
[[nodiscard]] secret::Bytes GeneratePrivateKey();

// (key + tweak) mod n: BIP32 children. Errors: `bad_private_key` where the key is none, the tweak
// is not below n, or the sum is zero.
[[nodiscard]] base::Result<secret::Bytes> AddToPrivateKey(const secret::Bytes& key,
                                                          const secret::Bytes& tweak);

struct EcdsaSignature;

// A point on the curve, other than infinity.
class Secp256k1PublicKey {
public:
    // Errors: `bad_private_key`.
    [[nodiscard]] static base::Result<Secp256k1PublicKey> FromPrivate(const secret::Bytes& key);

    // SEC 1 section 2.3.4: 33 bytes (02, 03) or 65 bytes (04). Errors: `bad_public_key`.
    [[nodiscard]] static base::Result<Secp256k1PublicKey> Parse(base::ByteView encoded);

    [[nodiscard]] base::ByteArray<33> Compressed() const;

    // 04 || x || y. Ethereum hashes the 64 bytes after the first.
    [[nodiscard]] base::ByteArray<65> Uncompressed() const;

    // x alone (BIP340).
    [[nodiscard]] base::ByteArray<32> XOnly() const;

    // This point + tweak * G: BIP32 public children. Errors: `bad_public_key` where the tweak is
    // not below n or the sum is infinity.
    [[nodiscard]] base::Result<Secp256k1PublicKey> Add(base::ByteView tweak) const;

    friend bool operator==(const Secp256k1PublicKey& left, const Secp256k1PublicKey& right) {
        return left.point_ == right.point_;
    }

private:
    Secp256k1PublicKey() = default;

    friend base::Result<Secp256k1PublicKey> EcdsaRecover(const Hash256& digest,
                                                         const EcdsaSignature& signature);
    friend bool EcdsaVerify(const Secp256k1PublicKey& key,
                            const Hash256& digest,
                            const EcdsaSignature& signature);

    // secp256k1_pubkey's bytes. Equal points have equal bytes.
    base::ByteArray<64> point_{};
};

struct EcdsaSignature {
    base::ByteArray<32> r{};       // big-endian
    base::ByteArray<32> s{};       // big-endian, at most n / 2 in what EcdsaSign makes
    std::uint8_t recovery_id = 0;  // 0 to 3; Ethereum's y parity is 0 or 1

    friend bool operator==(const EcdsaSignature&, const EcdsaSignature&) = default;
};

// Whether to sign again with a counter as extra entropy until r has no leading one bit, as Bitcoin
// Core does: such a DER signature is at most 70 bytes.
enum class LowR { kNo, kYes };

// Deterministic (RFC 6979, SHA-256), low s, verified before it is returned. `digest` is the hash of
// the message. Errors: `bad_private_key`.
[[nodiscard]] base::Result<EcdsaSignature> EcdsaSign(const secret::Bytes& key,
                                                     const Hash256& digest,
                                                     LowR low_r = LowR::kNo);

// False for a high s too (BIP146, EIP-2). The recovery id is not looked at.
[[nodiscard]] bool EcdsaVerify(const Secp256k1PublicKey& key,
                               const Hash256& digest,
                               const EcdsaSignature& signature);

// The only key for which this signature with this recovery id is valid. Accepts a high s: the
// caller decides, see IsLowS. Errors: `bad_signature`.
[[nodiscard]] base::Result<Secp256k1PublicKey> EcdsaRecover(const Hash256& digest,
                                                            const EcdsaSignature& signature);

// s is from 1 to n / 2.
[[nodiscard]] bool IsLowS(const base::ByteArray<32>& s);

// Strict DER (BIP66) without a hash type byte.
[[nodiscard]] base::Bytes EcdsaToDer(const EcdsaSignature& signature);

// The way back, as strict; the recovery id is 0. Errors: `bad_signature`.
[[nodiscard]] base::Result<EcdsaSignature> EcdsaFromDer(base::ByteView der);

}  // namespace crypto
