#include "keyvault/envelope.h"

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/hex.h"
#include "base/text.h"
#include "crypto/aes_gcm.h"
#include "crypto/random.h"

namespace keyvault {

namespace {

constexpr std::string_view kFormat = "v1";
constexpr std::size_t kPartCount = 5;
constexpr std::size_t kEnvelopeMax = 8192;
constexpr std::size_t kWrappedSize =
    crypto::kGcmNonceSize + crypto::kAesKeySize + crypto::kGcmTagSize;

// Which of the two encryptions: a wrapped data key never passes for a sealed secret.
enum class Layer { kDataKey, kSecret };

struct Parts {
    int kek_version = 0;
    base::Bytes wrapped;  // nonce || data key || tag
    base::Bytes nonce;
    base::Bytes sealed;  // secret || tag
};

std::string_view TypeTag(SecretType type, Layer layer) {
    switch (type) {
        case SecretType::kPrivateKey:
            return layer == Layer::kSecret ? "private_key" : "private_key/data_key";
        case SecretType::kMnemonic:
            return layer == Layer::kSecret ? "mnemonic" : "mnemonic/data_key";
    }
    return "";
}

void AppendPart(base::Bytes& target, std::string_view part) {
    const auto size = static_cast<std::uint32_t>(part.size());
    for (int shift = 24; shift >= 0; shift -= 8) {
        target.push_back(static_cast<std::uint8_t>(size >> shift));
    }
    base::Append(target, base::AsBytes(part));
}

base::Bytes Associated(const Label& label, Layer layer) {
    base::Bytes associated;
    AppendPart(associated, kFormat);
    AppendPart(associated, TypeTag(label.type, layer));
    AppendPart(associated, label.wallet_id);
    AppendPart(associated, label.user_id);
    AppendPart(associated, label.network);
    AppendPart(associated, label.address);
    return associated;
}

base::Error BadEnvelope() {
    return base::MakeError(base::ErrorKind::kDataLoss,
                           "bad_envelope",
                           "the sealed key is not of the form v1.<kek>.<key>.<nonce>.<text>");
}

base::Result<Parts> Parse(std::string_view envelope) {
    const std::vector<std::string_view> texts =
        base::Split(envelope.size() > kEnvelopeMax ? std::string_view() : envelope, '.');
    if (texts.size() != kPartCount || texts[0] != kFormat) {
        return BadEnvelope();
    }
    const auto version = base::ParseUnsigned<int>(texts[1], kKekVersionMax);
    auto wrapped = base::HexDecode(texts[2]);
    auto nonce = base::HexDecode(texts[3]);
    auto sealed = base::HexDecode(texts[4]);
    if (!version || !wrapped || !nonce || !sealed || wrapped->size() != kWrappedSize ||
        nonce->size() != crypto::kGcmNonceSize || sealed->size() < crypto::kGcmTagSize ||
        std::to_string(*version) != texts[1]) {
        return BadEnvelope();
    }
    return Parts{*version, std::move(*wrapped), std::move(*nonce), std::move(*sealed)};
}

std::string Format(const Parts& parts) {
    return std::string(kFormat) + "." + std::to_string(parts.kek_version) + "." +
           base::HexEncode(parts.wrapped) + "." + base::HexEncode(parts.nonce) + "." +
           base::HexEncode(parts.sealed);
}

base::Result<base::Bytes> WrapDataKey(const KekSet& keks,
                                      int version,
                                      const Label& label,
                                      const secret::Bytes& data_key) {
    BASE_ASSIGN_OR_RETURN(const secret::Bytes* kek, keks.WrapKey(version));
    const auto nonce = crypto::RandomArray<crypto::kGcmNonceSize>();
    BASE_ASSIGN_OR_RETURN(
        const base::Bytes sealed,
        crypto::AesGcmSeal(*kek, nonce, Associated(label, Layer::kDataKey), data_key));
    base::Bytes wrapped = base::ToBytes(nonce);
    base::Append(wrapped, sealed);
    return wrapped;
}

base::Result<secret::Bytes> UnwrapDataKey(const KekSet& keks,
                                          const Label& label,
                                          const Parts& parts) {
    BASE_ASSIGN_OR_RETURN(const secret::Bytes* kek, keks.WrapKey(parts.kek_version));
    const base::ByteView wrapped = parts.wrapped;
    return crypto::AesGcmOpen(
        *kek,
        base::ToArray<crypto::kGcmNonceSize>(wrapped.first(crypto::kGcmNonceSize)),
        Associated(label, Layer::kDataKey),
        wrapped.subspan(crypto::kGcmNonceSize));
}

base::Result<secret::Bytes> OpenSecret(const Label& label,
                                       const Parts& parts,
                                       const secret::Bytes& data_key) {
    return crypto::AesGcmOpen(data_key,
                              base::ToArray<crypto::kGcmNonceSize>(parts.nonce),
                              Associated(label, Layer::kSecret),
                              parts.sealed);
}

}  // namespace

base::Result<std::string> Seal(const KekSet& keks,
                               int version,
                               const Label& label,
                               const secret::Bytes& plaintext) {
    const secret::Bytes data_key = crypto::RandomSecret(crypto::kAesKeySize);
    const auto nonce = crypto::RandomArray<crypto::kGcmNonceSize>();
    Parts parts;
    parts.kek_version = version;
    BASE_ASSIGN_OR_RETURN(parts.wrapped, WrapDataKey(keks, version, label, data_key));
    parts.nonce = base::ToBytes(nonce);
    BASE_ASSIGN_OR_RETURN(
        parts.sealed,
        crypto::AesGcmSeal(data_key, nonce, Associated(label, Layer::kSecret), plaintext));
    return Format(parts);
}

base::Result<secret::Bytes> Open(const KekSet& keks,
                                 const Label& label,
                                 std::string_view envelope) {
    BASE_ASSIGN_OR_RETURN(const Parts parts, Parse(envelope));
    BASE_ASSIGN_OR_RETURN(const secret::Bytes data_key, UnwrapDataKey(keks, label, parts));
    return OpenSecret(label, parts, data_key);
}

base::Result<std::string> Rewrap(const KekSet& keks,
                                 int version,
                                 const Label& label,
                                 std::string_view envelope) {
    BASE_ASSIGN_OR_RETURN(Parts parts, Parse(envelope));
    BASE_ASSIGN_OR_RETURN(const secret::Bytes data_key, UnwrapDataKey(keks, label, parts));
    // A damaged ciphertext must not travel on under a fresh wrapping.
    BASE_RETURN_IF_ERROR(OpenSecret(label, parts, data_key));
    BASE_ASSIGN_OR_RETURN(parts.wrapped, WrapDataKey(keks, version, label, data_key));
    parts.kek_version = version;
    return Format(parts);
}

base::Result<int> KekVersionOf(std::string_view envelope) {
    BASE_ASSIGN_OR_RETURN(const Parts parts, Parse(envelope));
    return parts.kek_version;
}

}  // namespace keyvault
