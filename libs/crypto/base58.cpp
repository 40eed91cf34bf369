#include "crypto/base58.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "crypto/hash.h"

namespace crypto {

namespace {

constexpr std::string_view kBase58Letters =
    "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
constexpr std::size_t kChecksumSize = 4;

constexpr std::uint8_t kNoDigit = 0xff;

constexpr std::array<std::uint8_t, 128> MakeDigits() {
    std::array<std::uint8_t, 128> digits{};
    digits.fill(kNoDigit);
    for (std::size_t i = 0; i < kBase58Letters.size(); ++i) {
        digits[static_cast<std::uint8_t>(kBase58Letters[i])] = static_cast<std::uint8_t>(i);
    }
    return digits;
}

constexpr std::array<std::uint8_t, 128> kDigits = MakeDigits();

// log(256) / log(58) is below 1.38.
std::size_t EncodedSizeMax(std::size_t size) {
    return size * 138 / 100 + 1;
}

// Writes the text into `target` of EncodedSizeMax letters; returns how many were written.
std::size_t EncodeInto(base::ByteView data, std::span<std::uint8_t> target) {
    const auto zeros = static_cast<std::size_t>(
        std::find_if(data.begin(), data.end(), [](auto byte) { return byte != 0; }) - data.begin());
    // Digits of the number, least significant first, in target[zeros...].
    std::size_t size = 0;
    const std::span<std::uint8_t> digits = target.subspan(zeros);
    for (const std::uint8_t byte : data.subspan(zeros)) {
        unsigned carry = byte;
        for (std::size_t i = 0; i < size || carry != 0; ++i) {
            if (i == size) {
                digits[size++] = 0;
            }
            carry += 256U * digits[i];
            digits[i] = static_cast<std::uint8_t>(carry % 58);
            carry /= 58;
        }
    }
    std::reverse(digits.begin(), digits.begin() + static_cast<std::ptrdiff_t>(size));
    std::fill_n(target.begin(), zeros, std::uint8_t{0});
    for (std::uint8_t& digit : target.first(zeros + size)) {
        digit = static_cast<std::uint8_t>(kBase58Letters[digit]);
    }
    return zeros + size;
}

// Writes the bytes into `target`, as long as the text; returns how many were written.
base::Result<std::size_t> DecodeInto(std::string_view text, std::span<std::uint8_t> target) {
    if (text.size() > kBase58TextMax) {
        return base::InvalidArgument("bad_base58",
                                     "base58 text has " + std::to_string(text.size()) +
                                         " letters, at most " + std::to_string(kBase58TextMax) +
                                         " are read");
    }
    const std::size_t zeros = std::min(text.find_first_not_of('1'), text.size());
    const std::span<std::uint8_t> bytes = target.subspan(zeros);
    std::size_t size = 0;
    for (std::size_t position = zeros; position < text.size(); ++position) {
        const auto letter = static_cast<std::uint8_t>(text[position]);
        if (letter >= kDigits.size() || kDigits[letter] == kNoDigit) {
            return base::InvalidArgument(
                "bad_base58", "not a base58 letter at position " + std::to_string(position));
        }
        unsigned carry = kDigits[letter];
        for (std::size_t i = 0; i < size || carry != 0; ++i) {
            if (i == size) {
                bytes[size++] = 0;
            }
            carry += 58U * bytes[i];
            bytes[i] = static_cast<std::uint8_t>(carry);
            carry >>= 8;
        }
    }
    std::reverse(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    std::fill_n(target.begin(), zeros, std::uint8_t{0});
    return zeros + size;
}

// The size of the data in front of a right checksum.
base::Result<std::size_t> CheckedSize(base::ByteView decoded) {
    if (decoded.size() < kChecksumSize) {
        return base::InvalidArgument("bad_checksum", "the text is too short for its checksum");
    }
    const base::ByteView data = decoded.first(decoded.size() - kChecksumSize);
    const Hash256 hash = DoubleSha256(data);
    if (!secret::ConstantTimeEqual(base::ByteView(hash).first(kChecksumSize),
                                   decoded.last(kChecksumSize))) {
        return base::InvalidArgument("bad_checksum",
                                     "the checksum does not match: a letter is wrong or missing");
    }
    return data.size();
}

}  // namespace

std::string Base58Encode(base::ByteView data) {
    base::Bytes text(EncodedSizeMax(data.size()));
    text.resize(EncodeInto(data, text));
    return base::ToText(text);
}

secret::String Base58EncodeSecret(const secret::Bytes& data) {
    secret::Bytes text(EncodedSizeMax(data.size()));
    text.Shrink(EncodeInto(data.Expose(), text.Fill()));
    return secret::String(std::move(text));
}

base::Result<base::Bytes> Base58Decode(std::string_view text) {
    base::Bytes data(text.size());
    BASE_ASSIGN_OR_RETURN(const std::size_t size, DecodeInto(text, data));
    data.resize(size);
    return data;
}

base::Result<secret::Bytes> Base58DecodeSecret(const secret::String& text) {
    secret::Bytes data(text.size());
    BASE_ASSIGN_OR_RETURN(const std::size_t size, DecodeInto(text.Expose(), data.Fill()));
    data.Shrink(size);
    return data;
}

std::string Base58CheckEncode(base::ByteView data) {
    base::Bytes whole = base::ToBytes(data);
    const Hash256 hash = DoubleSha256(data);
    base::Append(whole, base::ByteView(hash).first(kChecksumSize));
    return Base58Encode(whole);
}

secret::String Base58CheckEncodeSecret(const secret::Bytes& data) {
    secret::Bytes whole(data.size() + kChecksumSize);
    const Hash256 hash = DoubleSha256(data.Expose());
    const auto next = std::copy_n(data.Expose().begin(), data.size(), whole.Fill().begin());
    std::copy_n(hash.begin(), kChecksumSize, next);
    return Base58EncodeSecret(whole);
}

base::Result<base::Bytes> Base58CheckDecode(std::string_view text) {
    BASE_ASSIGN_OR_RETURN(base::Bytes data, Base58Decode(text));
    BASE_ASSIGN_OR_RETURN(const std::size_t size, CheckedSize(data));
    data.resize(size);
    return data;
}

base::Result<secret::Bytes> Base58CheckDecodeSecret(const secret::String& text) {
    BASE_ASSIGN_OR_RETURN(secret::Bytes data, Base58DecodeSecret(text));
    BASE_ASSIGN_OR_RETURN(const std::size_t size, CheckedSize(data.Expose()));
    data.Shrink(size);
    return data;
}

}  // namespace crypto
