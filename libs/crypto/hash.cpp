#include "crypto/hash.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <nettle/hkdf.h>
#include <nettle/hmac.h>
#include <nettle/pbkdf2.h>
#include <nettle/ripemd160.h>
#include <nettle/sha2.h>
#include <nettle/sha3.h>
#include <sodium.h>
#include <span>

#include "base/check.h"

namespace crypto {

namespace {

// Keccak[c = 512]: a state of 200 bytes, of which 136 take input.
constexpr std::size_t kKeccakRate = 136;

void XorInto(sha3_state& state, std::span<const std::uint8_t> block) {
    for (std::size_t i = 0; i < block.size(); ++i) {
        state.a[i / 8] ^= std::uint64_t{block[i]} << (8 * (i % 8));
    }
}

// A MAC context holds the key: it is wiped when it goes.
template <class Context>
struct WipedContext {
    Context value{};

    WipedContext() = default;
    WipedContext(const WipedContext&) = delete;
    WipedContext& operator=(const WipedContext&) = delete;

    ~WipedContext() { sodium_memzero(&value, sizeof(value)); }
};

}  // namespace

Hash256 Sha256(base::ByteView data) {
    sha256_ctx context;
    sha256_init(&context);
    sha256_update(&context, data.size(), data.data());
    Hash256 hash;
    sha256_digest(&context, hash.size(), hash.data());
    return hash;
}

Hash512 Sha512(base::ByteView data) {
    sha512_ctx context;
    sha512_init(&context);
    sha512_update(&context, data.size(), data.data());
    Hash512 hash;
    sha512_digest(&context, hash.size(), hash.data());
    return hash;
}

Hash256 DoubleSha256(base::ByteView data) {
    return Sha256(Sha256(data));
}

Hash160Bytes Ripemd160(base::ByteView data) {
    ripemd160_ctx context;
    ripemd160_init(&context);
    ripemd160_update(&context, data.size(), data.data());
    Hash160Bytes hash;
    ripemd160_digest(&context, hash.size(), hash.data());
    return hash;
}

Hash160Bytes Hash160(base::ByteView data) {
    return Ripemd160(Sha256(data));
}

Hash256 Keccak256(base::ByteView data) {
    sha3_state state{};
    while (data.size() >= kKeccakRate) {
        XorInto(state, data.first(kKeccakRate));
        sha3_permute(&state);
        data = data.subspan(kKeccakRate);
    }
    std::array<std::uint8_t, kKeccakRate> last{};
    std::copy(data.begin(), data.end(), last.begin());
    last[data.size()] = 0x01;
    last.back() |= 0x80;
    XorInto(state, last);
    sha3_permute(&state);
    Hash256 hash;
    for (std::size_t i = 0; i < hash.size(); ++i) {
        hash[i] = static_cast<std::uint8_t>(state.a[i / 8] >> (8 * (i % 8)));
    }
    return hash;
}

Hash256 Blake2b256(const base::ByteArray<16>& personal, base::ByteView data) {
    return base::ToArray<32>(Blake2b(personal, data, sizeof(Hash256)));
}

base::Bytes Blake2b(const base::ByteArray<16>& personal, base::ByteView data, std::size_t size) {
    static_assert(crypto_generichash_blake2b_PERSONALBYTES == 16);
    base::Bytes hash(size);
    const int code = crypto_generichash_blake2b_salt_personal(
        hash.data(), hash.size(), data.data(), data.size(), nullptr, 0, nullptr, personal.data());
    BASE_CHECK(code == 0);
    return hash;
}

Hash256 TaggedHash(std::string_view tag, base::ByteView data) {
    const Hash256 tag_hash = Sha256(base::AsBytes(tag));
    sha256_ctx context;
    sha256_init(&context);
    sha256_update(&context, tag_hash.size(), tag_hash.data());
    sha256_update(&context, tag_hash.size(), tag_hash.data());
    sha256_update(&context, data.size(), data.data());
    Hash256 hash;
    sha256_digest(&context, hash.size(), hash.data());
    return hash;
}

Hash256 HmacSha256(const secret::Bytes& key, base::ByteView message) {
    WipedContext<hmac_sha256_ctx> context;
    hmac_sha256_set_key(&context.value, key.size(), key.Expose().data());
    hmac_sha256_update(&context.value, message.size(), message.data());
    Hash256 code;
    hmac_sha256_digest(&context.value, code.size(), code.data());
    return code;
}

secret::Bytes HmacSha512(base::ByteView key, base::ByteView message) {
    WipedContext<hmac_sha512_ctx> context;
    hmac_sha512_set_key(&context.value, key.size(), key.data());
    hmac_sha512_update(&context.value, message.size(), message.data());
    secret::Bytes code(SHA512_DIGEST_SIZE);
    hmac_sha512_digest(&context.value, code.size(), code.Fill().data());
    return code;
}

secret::Bytes HkdfSha256(const secret::Bytes& key,
                         base::ByteView salt,
                         base::ByteView info,
                         std::size_t size) {
    BASE_CHECK(size <= std::size_t{255} * SHA256_DIGEST_SIZE);
    const auto update = [](void* to, std::size_t count, const std::uint8_t* data) {
        hmac_sha256_update(static_cast<hmac_sha256_ctx*>(to), count, data);
    };
    const auto digest = [](void* from, std::size_t count, std::uint8_t* code) {
        hmac_sha256_digest(static_cast<hmac_sha256_ctx*>(from), count, code);
    };
    WipedContext<hmac_sha256_ctx> context;
    // An absent salt is a string of zeros (section 2.2), which HMAC's own key padding makes.
    hmac_sha256_set_key(&context.value, salt.size(), salt.data());
    secret::Bytes extracted(SHA256_DIGEST_SIZE);
    hkdf_extract(&context.value,
                 update,
                 digest,
                 SHA256_DIGEST_SIZE,
                 key.size(),
                 key.Expose().data(),
                 extracted.Fill().data());
    hmac_sha256_set_key(&context.value, extracted.size(), extracted.Expose().data());
    secret::Bytes derived(size);
    hkdf_expand(&context.value,
                update,
                digest,
                SHA256_DIGEST_SIZE,
                info.size(),
                info.data(),
                size,
                derived.Fill().data());
    return derived;
}

secret::Bytes Pbkdf2Sha512(const secret::String& password,
                           const secret::Bytes& salt,
                           unsigned iterations) {
    BASE_CHECK(iterations > 0);
    const base::ByteView key = base::AsBytes(password.Expose());
    secret::Bytes derived(SHA512_DIGEST_SIZE);
    pbkdf2_hmac_sha512(key.size(),
                       key.data(),
                       iterations,
                       salt.size(),
                       salt.Expose().data(),
                       derived.size(),
                       derived.Fill().data());
    return derived;
}

}  // namespace crypto
