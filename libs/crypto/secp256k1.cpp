#include "crypto/secp256k1.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <secp256k1_recovery.h>

#include "base/check.h"
#include "crypto/random.h"
#include "crypto/secp256k1_context.h"

namespace crypto {

namespace {

static_assert(sizeof(secp256k1_pubkey) == 64);

secp256k1_pubkey ToLibrary(const base::ByteArray<64>& point) {
    secp256k1_pubkey key;
    std::memcpy(key.data, point.data(), point.size());
    return key;
}

base::ByteArray<64> FromLibrary(const secp256k1_pubkey& key) {
    return base::ToArray<64>(key.data);
}

base::Error BadPublicKey() {
    return base::InvalidArgument("bad_public_key", "not a point on secp256k1 in SEC 1 form");
}

base::ByteArray<64> Compact(const EcdsaSignature& signature) {
    base::ByteArray<64> compact;
    std::copy(signature.r.begin(), signature.r.end(), compact.begin());
    std::copy(signature.s.begin(), signature.s.end(), compact.begin() + 32);
    return compact;
}

EcdsaSignature SignOnce(const secret::Bytes& key, const Hash256& digest, const void* entropy) {
    secp256k1_ecdsa_recoverable_signature made;
    // Fails only for an invalid key, which the caller has refused.
    BASE_CHECK(secp256k1_ecdsa_sign_recoverable(Secp256k1Context(),
                                                &made,
                                                digest.data(),
                                                key.Expose().data(),
                                                secp256k1_nonce_function_rfc6979,
                                                entropy) == 1);
    base::ByteArray<64> compact;
    int recovery_id = 0;
    secp256k1_ecdsa_recoverable_signature_serialize_compact(
        Secp256k1Context(), compact.data(), &recovery_id, &made);
    EcdsaSignature signature;
    signature.r = base::ToArray<32>(base::ByteView(compact).first(32));
    signature.s = base::ToArray<32>(base::ByteView(compact).last(32));
    signature.recovery_id = static_cast<std::uint8_t>(recovery_id);
    return signature;
}

}  // namespace

bool IsValidPrivateKey(const secret::Bytes& key) {
    return key.size() == kPrivateKeySize &&
           secp256k1_ec_seckey_verify(Secp256k1Context(), key.Expose().data()) == 1;
}

secret::Bytes GeneratePrivateKey() {
    // A random 32-byte value is out of range once in 2^127 draws.
    secret::Bytes key = RandomSecret(kPrivateKeySize);
    while (!IsValidPrivateKey(key)) {
        key = RandomSecret(kPrivateKeySize);
    }
    return key;
}

base::Result<secret::Bytes> AddToPrivateKey(const secret::Bytes& key, const secret::Bytes& tweak) {
    if (!IsValidPrivateKey(key) || tweak.size() != kPrivateKeySize) {
        return BadPrivateKey();
    }
    secret::Bytes sum = key.Clone();
    if (secp256k1_ec_seckey_tweak_add(
            Secp256k1Context(), sum.Fill().data(), tweak.Expose().data()) != 1) {
        return BadPrivateKey();
    }
    return sum;
}

base::Result<Secp256k1PublicKey> Secp256k1PublicKey::FromPrivate(const secret::Bytes& key) {
    if (!IsValidPrivateKey(key)) {
        return BadPrivateKey();
    }
    secp256k1_pubkey point;
    BASE_CHECK(secp256k1_ec_pubkey_create(Secp256k1Context(), &point, key.Expose().data()) == 1);
    Secp256k1PublicKey result;
    result.point_ = FromLibrary(point);
    return result;
}

base::Result<Secp256k1PublicKey> Secp256k1PublicKey::Parse(base::ByteView encoded) {
    // The library also takes the hybrid forms 06 and 07, which no chain here should.
    const bool known_form = (encoded.size() == 33 && (encoded[0] == 2 || encoded[0] == 3)) ||
                            (encoded.size() == 65 && encoded[0] == 4);
    secp256k1_pubkey point;
    if (!known_form || secp256k1_ec_pubkey_parse(
                           Secp256k1Context(), &point, encoded.data(), encoded.size()) != 1) {
        return BadPublicKey();
    }
    Secp256k1PublicKey result;
    result.point_ = FromLibrary(point);
    return result;
}

base::ByteArray<33> Secp256k1PublicKey::Compressed() const {
    const secp256k1_pubkey key = ToLibrary(point_);
    base::ByteArray<33> encoded;
    std::size_t size = encoded.size();
    secp256k1_ec_pubkey_serialize(
        Secp256k1Context(), encoded.data(), &size, &key, SECP256K1_EC_COMPRESSED);
    return encoded;
}

base::ByteArray<65> Secp256k1PublicKey::Uncompressed() const {
    const secp256k1_pubkey key = ToLibrary(point_);
    base::ByteArray<65> encoded;
    std::size_t size = encoded.size();
    secp256k1_ec_pubkey_serialize(
        Secp256k1Context(), encoded.data(), &size, &key, SECP256K1_EC_UNCOMPRESSED);
    return encoded;
}

base::ByteArray<32> Secp256k1PublicKey::XOnly() const {
    return base::ToArray<32>(base::ByteView(Compressed()).last(32));
}

base::Result<Secp256k1PublicKey> Secp256k1PublicKey::Add(base::ByteView tweak) const {
    secp256k1_pubkey key = ToLibrary(point_);
    if (tweak.size() != 32 ||
        secp256k1_ec_pubkey_tweak_add(Secp256k1Context(), &key, tweak.data()) != 1) {
        return base::InvalidArgument("bad_public_key", "the tweak leads to no point on the curve");
    }
    Secp256k1PublicKey result;
    result.point_ = FromLibrary(key);
    return result;
}

base::Result<EcdsaSignature> EcdsaSign(const secret::Bytes& key,
                                       const Hash256& digest,
                                       LowR low_r) {
    BASE_ASSIGN_OR_RETURN(const auto public_key, Secp256k1PublicKey::FromPrivate(key));
    EcdsaSignature signature = SignOnce(key, digest, nullptr);
    // Bitcoin Core's grinding: extra entropy is a 32-byte little-endian counter from 1 on. Each try
    // succeeds with probability one half, so that 2^16 tries cannot be needed.
    for (std::uint32_t counter = 1; low_r == LowR::kYes && signature.r[0] >= 0x80; ++counter) {
        BASE_CHECK(counter <= std::numeric_limits<std::uint16_t>::max());
        base::ByteArray<32> entropy{};
        entropy[0] = static_cast<std::uint8_t>(counter);
        entropy[1] = static_cast<std::uint8_t>(counter >> 8);
        signature = SignOnce(key, digest, entropy.data());
    }
    // A signature made by faulty hardware can reveal the key: it must not leave.
    BASE_ASSIGN_OR_RETURN(const auto recovered, EcdsaRecover(digest, signature));
    BASE_CHECK(recovered == public_key && IsLowS(signature.s));
    return signature;
}

bool EcdsaVerify(const Secp256k1PublicKey& key,
                 const Hash256& digest,
                 const EcdsaSignature& signature) {
    const base::ByteArray<64> compact = Compact(signature);
    secp256k1_ecdsa_signature parsed;
    const secp256k1_pubkey point = ToLibrary(key.point_);
    return secp256k1_ecdsa_signature_parse_compact(Secp256k1Context(), &parsed, compact.data()) ==
               1 &&
           secp256k1_ecdsa_verify(Secp256k1Context(), &parsed, digest.data(), &point) == 1;
}

base::Result<Secp256k1PublicKey> EcdsaRecover(const Hash256& digest,
                                              const EcdsaSignature& signature) {
    const base::ByteArray<64> compact = Compact(signature);
    secp256k1_ecdsa_recoverable_signature parsed;
    secp256k1_pubkey point;
    if (signature.recovery_id > 3 ||
        secp256k1_ecdsa_recoverable_signature_parse_compact(
            Secp256k1Context(), &parsed, compact.data(), signature.recovery_id) != 1 ||
        secp256k1_ecdsa_recover(Secp256k1Context(), &point, &parsed, digest.data()) != 1) {
        return base::InvalidArgument("bad_signature", "no public key fits this signature");
    }
    Secp256k1PublicKey result;
    result.point_ = FromLibrary(point);
    return result;
}

bool IsLowS(const base::ByteArray<32>& s) {
    base::ByteArray<64> compact{};
    compact[31] = 1;
    std::copy(s.begin(), s.end(), compact.begin() + 32);
    secp256k1_ecdsa_signature parsed;
    return s != base::ByteArray<32>{} &&
           secp256k1_ecdsa_signature_parse_compact(Secp256k1Context(), &parsed, compact.data()) ==
               1 &&
           secp256k1_ecdsa_signature_normalize(Secp256k1Context(), nullptr, &parsed) == 0;
}

base::Bytes EcdsaToDer(const EcdsaSignature& signature) {
    const base::ByteArray<64> compact = Compact(signature);
    secp256k1_ecdsa_signature parsed;
    BASE_CHECK(
        secp256k1_ecdsa_signature_parse_compact(Secp256k1Context(), &parsed, compact.data()) == 1);
    std::array<std::uint8_t, 72> der{};
    std::size_t size = der.size();
    BASE_CHECK(secp256k1_ecdsa_signature_serialize_der(
                   Secp256k1Context(), der.data(), &size, &parsed) == 1);
    return base::ToBytes(base::ByteView(der).first(size));
}

base::Result<EcdsaSignature> EcdsaFromDer(base::ByteView der) {
    secp256k1_ecdsa_signature parsed;
    if (der.empty() || secp256k1_ecdsa_signature_parse_der(
                           Secp256k1Context(), &parsed, der.data(), der.size()) != 1) {
        return base::InvalidArgument("bad_signature", "the signature is not DER");
    }
    base::ByteArray<64> compact{};
    BASE_CHECK(secp256k1_ecdsa_signature_serialize_compact(
                   Secp256k1Context(), compact.data(), &parsed) == 1);
    EcdsaSignature signature;
    signature.r = base::ToArray<32>(base::ByteView(compact).first(32));
    signature.s = base::ToArray<32>(base::ByteView(compact).last(32));
    // The library reads a number above the group order as zero.
    if (!base::Equal(EcdsaToDer(signature), der)) {
        return base::InvalidArgument("bad_signature", "the signature is not strict DER");
    }
    return signature;
}

}  // namespace crypto
