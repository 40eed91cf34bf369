#include "solana/offchain_message.h"

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "base/hex.h"
#include "base/text.h"
#include "base/utf8.h"
#include "crypto/base58.h"
#include "crypto/base64.h"
#include "solana/keys.h"
#include "solana/transaction.h"

namespace solana {

namespace {

constexpr std::string_view kSigningDomain = "\xffsolana offchain";
constexpr std::uint8_t kVersion = 0;
// Of header and text: what a hardware wallet takes, and what the length field can say.
constexpr std::size_t kLimitedSize = kTransactionSizeMax;
constexpr std::size_t kExtendedSize = 0xffff;

enum class Format : std::uint8_t { kRestrictedAscii = 0, kLimitedUtf8 = 1, kExtendedUtf8 = 2 };

base::Error BadMessage(const char* detail) {
    return base::InvalidArgument("bad_message", detail);
}

bool IsPrintableAscii(base::ByteView text) {
    return std::all_of(
        text.begin(), text.end(), [](std::uint8_t byte) { return byte >= 0x20 && byte <= 0x7e; });
}

base::Result<Format> FormatOf(base::ByteView text, std::size_t header_size) {
    if (text.empty()) {
        return BadMessage("an off-chain message of Solana is not empty");
    }
    if (!base::IsUtf8(base::AsText(text))) {
        return BadMessage("an off-chain message of Solana is UTF-8 text");
    }
    if (IsTransaction(text)) {
        return BadMessage("the message is a transaction, which is never signed as a text");
    }
    if (header_size + text.size() > kExtendedSize) {
        return BadMessage("the message is too long for Solana's format");
    }
    if (header_size + text.size() > kLimitedSize) {
        return Format::kExtendedUtf8;
    }
    return IsPrintableAscii(text) ? Format::kRestrictedAscii : Format::kLimitedUtf8;
}

void AppendText(base::Bytes& target, base::ByteView text) {
    target.push_back(static_cast<std::uint8_t>(text.size() & 0xff));
    target.push_back(static_cast<std::uint8_t>(text.size() >> 8));
    base::Append(target, text);
}

bool IsTransactionBytes(base::ByteView bytes) {
    return ParseMessage(bytes).has_value() || ParseTransaction(bytes).has_value();
}

}  // namespace

bool IsTransaction(base::ByteView text) {
    if (IsTransactionBytes(text)) {
        return true;
    }
    // Longer ones are none in any of these encodings.
    constexpr std::size_t kTextMax = 2 * kTransactionSizeMax + 2;
    const std::string_view letters = base::Trim(base::AsText(text));
    if (letters.size() > kTextMax) {
        return false;
    }
    const auto base64 = crypto::Base64Decode(letters);
    const auto base58 = crypto::Base58Decode(letters);
    const auto hex = base::HexDecode(letters.starts_with("0x") ? letters.substr(2) : letters);
    return (base64 && IsTransactionBytes(*base64)) || (base58 && IsTransactionBytes(*base58)) ||
           (hex && IsTransactionBytes(*hex));
}

base::Result<base::Bytes> EncodeOffchainMessage(base::ByteView text, const Pubkey& signer) {
    constexpr base::ByteArray<32> kNoApplication{};
    // Domain, version, application, format, count of signers, signer, length.
    constexpr std::size_t kHeaderSize = kSigningDomain.size() + 1 + 32 + 1 + 1 + 32 + 2;
    BASE_ASSIGN_OR_RETURN(const Format format, FormatOf(text, kHeaderSize));
    base::Bytes encoded = base::ToBytes(base::AsBytes(kSigningDomain));
    encoded.push_back(kVersion);
    base::Append(encoded, kNoApplication);
    encoded.push_back(static_cast<std::uint8_t>(format));
    encoded.push_back(1);
    base::Append(encoded, signer.bytes);
    AppendText(encoded, text);
    return encoded;
}

base::Result<base::Bytes> EncodeShortOffchainMessage(base::ByteView text) {
    constexpr std::size_t kHeaderSize = kSigningDomain.size() + 1 + 1 + 2;
    BASE_ASSIGN_OR_RETURN(const Format format, FormatOf(text, kHeaderSize));
    base::Bytes encoded = base::ToBytes(base::AsBytes(kSigningDomain));
    encoded.push_back(kVersion);
    encoded.push_back(static_cast<std::uint8_t>(format));
    AppendText(encoded, text);
    return encoded;
}

base::Result<crypto::Ed25519Signature> SignOffchainMessage(base::ByteView text,
                                                           const secret::Bytes& seed) {
    BASE_ASSIGN_OR_RETURN(const Pubkey signer, AddressOfKey(seed));
    BASE_ASSIGN_OR_RETURN(const base::Bytes encoded, EncodeOffchainMessage(text, signer));
    return crypto::Ed25519Sign(seed, encoded);
}

base::Result<bool> VerifyOffchainMessage(base::ByteView text,
                                         const Pubkey& signer,
                                         const crypto::Ed25519Signature& signature) {
    BASE_ASSIGN_OR_RETURN(const base::Bytes encoded, EncodeOffchainMessage(text, signer));
    BASE_ASSIGN_OR_RETURN(const base::Bytes shorter, EncodeShortOffchainMessage(text));
    return crypto::Ed25519Verify(signer.bytes, encoded, signature) ||
           crypto::Ed25519Verify(signer.bytes, shorter, signature);
}

}  // namespace solana
