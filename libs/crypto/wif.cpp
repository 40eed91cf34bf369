#include "crypto/wif.h"

#include <algorithm>
#include <utility>

#include "crypto/base58.h"
#include "crypto/secp256k1.h"
#include "crypto/secp256k1_context.h"

namespace crypto {

namespace {

constexpr std::size_t kPlainSize = 1 + kPrivateKeySize;
constexpr std::size_t kCompressedSize = kPlainSize + 1;

}  // namespace

base::Result<secret::String> WifEncode(const WifKey& key, WifNetwork network) {
    if (!IsValidPrivateKey(key.private_key)) {
        return BadPrivateKey();
    }
    secret::Bytes payload(key.compressed ? kCompressedSize : kPlainSize);
    payload.Fill()[0] = static_cast<std::uint8_t>(network);
    std::copy_n(key.private_key.Expose().begin(), kPrivateKeySize, payload.Fill().begin() + 1);
    if (key.compressed) {
        payload.Fill().back() = 1;
    }
    return Base58CheckEncodeSecret(payload);
}

base::Result<WifKey> WifDecode(const secret::String& text, WifNetwork network) {
    BASE_ASSIGN_OR_RETURN(const secret::Bytes payload, Base58CheckDecodeSecret(text));
    const base::ByteView bytes = payload.Expose();
    const bool compressed = bytes.size() == kCompressedSize && bytes.back() == 1;
    if (!compressed && bytes.size() != kPlainSize) {
        return BadPrivateKey();
    }
    if (bytes[0] != static_cast<std::uint8_t>(network)) {
        return base::InvalidArgument("wrong_network", "the private key is of another network");
    }
    WifKey key;
    key.private_key = secret::Bytes::Copy(bytes.subspan(1, kPrivateKeySize));
    key.compressed = compressed;
    if (!IsValidPrivateKey(key.private_key)) {
        return BadPrivateKey();
    }
    return key;
}

}  // namespace crypto
