#include "auth/totp.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "base/text.h"
#include "crypto/aes_gcm.h"
#include "crypto/hmac_sha1.h"
#include "crypto/random.h"

namespace auth {

namespace {

constexpr std::chrono::seconds kStep{30};
constexpr std::size_t kDigits = 6;
constexpr std::uint32_t kCodes = 1'000'000;
constexpr std::size_t kRecoverySize = 10;
constexpr std::size_t kGroup = 4;
constexpr std::string_view kSecretPurpose = "totp secret of ";
constexpr std::string_view kRecoveryPurpose = "recovery code of ";
constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

secret::String Base32(const secret::Bytes& bytes) {
    std::string text;
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (const std::uint8_t byte : bytes.Expose()) {
        bits = (bits << 8U) | byte;
        count += 8;
        for (; count >= 5; count -= 5) {
            text += kBase32[(bits >> (count - 5)) & 31U];
        }
    }
    if (count > 0) {
        text += kBase32[(bits << (5 - count)) & 31U];
    }
    secret::String secret(text);
    secret::Wipe(text);
    return secret;
}

// RFC 3986, section 2.3: all but the unreserved letters.
std::string PercentEncode(std::string_view text) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    constexpr std::string_view kPlain =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    std::string encoded;
    for (const char letter : text) {
        if (kPlain.find(letter) != std::string_view::npos) {
            encoded += letter;
            continue;
        }
        const auto byte = static_cast<unsigned char>(letter);
        encoded += '%';
        encoded += kHex[byte >> 4U];
        encoded += kHex[byte & 15U];
    }
    return encoded;
}

base::Bytes PurposeOf(std::string_view purpose, base::UserId user) {
    const std::string text = std::string(purpose) + user.ToString();
    return base::Bytes(text.begin(), text.end());
}

}  // namespace

secret::Bytes NewTotpSecret() {
    return crypto::RandomSecret(kTotpSecretSize);
}

secret::String TotpSecretText(const secret::Bytes& secret) {
    return Base32(secret);
}

secret::String OtpauthUri(std::string_view issuer,
                          std::string_view account,
                          const secret::Bytes& secret) {
    const secret::String text = TotpSecretText(secret);
    std::string uri = "otpauth://totp/" + PercentEncode(issuer) + ":" + PercentEncode(account) +
                      "?secret=" + std::string(text.Expose()) + "&issuer=" + PercentEncode(issuer) +
                      "&algorithm=SHA1&digits=6&period=30";
    secret::String result(uri);
    secret::Wipe(uri);
    return result;
}

std::string TotpCode(const secret::Bytes& secret, std::int64_t step) {
    std::array<std::uint8_t, 8> counter{};
    for (std::size_t i = 0; i < counter.size(); ++i) {
        counter[i] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(step) >> (56 - 8 * i));
    }
    const auto hash = crypto::HmacSha1(secret, counter);
    // RFC 4226, section 5.3: dynamic truncation.
    const std::size_t at = hash.back() & 15U;
    const std::uint32_t number = ((hash[at] & 0x7fU) << 24U) |
                                 (std::uint32_t{hash[at + 1]} << 16U) |
                                 (std::uint32_t{hash[at + 2]} << 8U) | hash[at + 3];
    std::string code = std::to_string(number % kCodes);
    code.insert(0, kDigits - code.size(), '0');
    return code;
}

std::int64_t TotpStep(base::Time now) {
    return now.time_since_epoch() / kStep;
}

std::optional<std::int64_t> FindTotpStep(const secret::Bytes& secret,
                                         std::string_view code,
                                         base::Time now,
                                         std::int64_t last_step) {
    const std::int64_t current = TotpStep(now);
    for (std::int64_t step = current - 1; step <= current + 1; ++step) {
        if (step > last_step && code == TotpCode(secret, step)) {
            return step;
        }
    }
    return std::nullopt;
}

base::Result<base::Bytes> SealTotpSecret(const secret::Bytes& key,
                                         base::UserId user,
                                         const secret::Bytes& secret) {
    const auto nonce = crypto::RandomArray<crypto::kGcmNonceSize>();
    BASE_ASSIGN_OR_RETURN(const base::Bytes sealed,
                          crypto::AesGcmSeal(key, nonce, PurposeOf(kSecretPurpose, user), secret));
    base::Bytes stored(nonce.begin(), nonce.end());
    stored.insert(stored.end(), sealed.begin(), sealed.end());
    return stored;
}

base::Result<secret::Bytes> OpenTotpSecret(const secret::Bytes& key,
                                           base::UserId user,
                                           base::ByteView sealed) {
    if (sealed.size() < crypto::kGcmNonceSize) {
        return base::InvalidArgument("decryption_failed", "the sealed secret is cut short");
    }
    crypto::GcmNonce nonce;
    std::copy_n(sealed.begin(), nonce.size(), nonce.begin());
    return crypto::AesGcmOpen(
        key, nonce, PurposeOf(kSecretPurpose, user), sealed.subspan(nonce.size()));
}

secret::String NewRecoveryCode() {
    const secret::String letters = Base32(crypto::RandomSecret(kRecoverySize));
    std::string code;
    for (std::size_t i = 0; i < letters.Expose().size(); ++i) {
        if (i > 0 && i % kGroup == 0) {
            code += '-';
        }
        code += letters.Expose()[i];
    }
    secret::String result(base::ToLower(code));
    secret::Wipe(code);
    return result;
}

crypto::Hash256 RecoveryCodeHash(const secret::Bytes& key,
                                 base::UserId user,
                                 std::string_view code) {
    base::Bytes message = PurposeOf(kRecoveryPurpose, user);
    for (const char letter : base::ToLower(code)) {
        if (letter != '-' && letter != ' ') {
            message.push_back(static_cast<std::uint8_t>(letter));
        }
    }
    return crypto::HmacSha256(key, message);
}

}  // namespace auth
