#include "crypto/bech32.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "base/text.h"

namespace crypto {

namespace {

constexpr std::string_view kBech32Letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
constexpr std::size_t kBech32ChecksumSize = 6;

base::Error BadBech32(std::string detail) {
    return base::InvalidArgument("bad_bech32", std::move(detail));
}

std::uint32_t FinalValue(Bech32Variant variant) {
    switch (variant) {
        case Bech32Variant::kBech32:
            return 1;
        case Bech32Variant::kBech32m:
            return 0x2bc830a3;
    }
    return 0;
}

// BIP173, "Checksum".
constexpr std::array<std::uint32_t, 5> kGenerator = {
    0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};

std::uint32_t Step(std::uint32_t sum, std::uint8_t value) {
    const std::uint32_t top = sum >> 25;
    sum = (sum & 0x1ffffff) << 5 ^ value;
    for (std::size_t i = 0; i < kGenerator.size(); ++i) {
        if ((top >> i & 1) != 0) {
            sum ^= kGenerator[i];
        }
    }
    return sum;
}

std::uint32_t Polymod(std::string_view hrp, base::ByteView values) {
    std::uint32_t sum = 1;
    for (const char letter : hrp) {
        sum = Step(sum, static_cast<std::uint8_t>(letter >> 5));
    }
    sum = Step(sum, 0);
    for (const char letter : hrp) {
        sum = Step(sum, static_cast<std::uint8_t>(letter & 31));
    }
    for (const std::uint8_t value : values) {
        sum = Step(sum, value);
    }
    return sum;
}

base::Result<> CheckHrp(std::string_view hrp) {
    if (hrp.empty()) {
        return BadBech32("the human-readable part is empty");
    }
    for (std::size_t i = 0; i < hrp.size(); ++i) {
        if (hrp[i] < 33 || hrp[i] > 126) {
            return BadBech32("not printable ASCII at position " + std::to_string(i));
        }
    }
    return {};
}

base::Result<> CheckSize(std::size_t size, std::size_t size_max) {
    if (size > size_max) {
        return BadBech32("the text has " + std::to_string(size) + " letters, at most " +
                         std::to_string(size_max) + " are allowed");
    }
    return {};
}

std::optional<Bech32Variant> VariantOf(std::uint32_t sum) {
    for (const Bech32Variant variant : {Bech32Variant::kBech32, Bech32Variant::kBech32m}) {
        if (sum == FinalValue(variant)) {
            return variant;
        }
    }
    return std::nullopt;
}

}  // namespace

base::Result<std::string> Bech32Encode(const Bech32Text& parts, std::size_t size_max) {
    BASE_RETURN_IF_ERROR(CheckHrp(parts.hrp));
    if (base::ToLower(parts.hrp) != parts.hrp) {
        return BadBech32("the human-readable part is not in lower case");
    }
    if (std::any_of(parts.data.begin(), parts.data.end(), [](auto value) { return value > 31; })) {
        return BadBech32("a data value is above 31");
    }
    BASE_RETURN_IF_ERROR(
        CheckSize(parts.hrp.size() + 1 + parts.data.size() + kBech32ChecksumSize, size_max));
    base::Bytes values = parts.data;
    values.resize(values.size() + kBech32ChecksumSize);
    const std::uint32_t sum = Polymod(parts.hrp, values) ^ FinalValue(parts.variant);
    for (std::size_t i = 0; i < kBech32ChecksumSize; ++i) {
        values[parts.data.size() + i] = static_cast<std::uint8_t>(sum >> (25 - 5 * i) & 31);
    }
    std::string text = parts.hrp + "1";
    for (const std::uint8_t value : values) {
        text.push_back(kBech32Letters[value]);
    }
    return text;
}

base::Result<Bech32Text> Bech32Decode(std::string_view text, std::size_t size_max) {
    BASE_RETURN_IF_ERROR(CheckSize(text.size(), size_max));
    const std::string lower = base::ToLower(text);
    const bool has_upper = lower != text;
    const bool has_lower =
        std::any_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; });
    if (has_upper && has_lower) {
        return BadBech32("the text mixes upper and lower case");
    }
    const std::size_t separator = lower.rfind('1');
    if (separator == std::string::npos) {
        return BadBech32("the separator 1 is missing");
    }
    Bech32Text parts;
    parts.hrp = lower.substr(0, separator);
    BASE_RETURN_IF_ERROR(CheckHrp(parts.hrp));
    for (std::size_t i = separator + 1; i < lower.size(); ++i) {
        const std::size_t value = kBech32Letters.find(lower[i]);
        if (value == std::string_view::npos) {
            return BadBech32("not a bech32 letter at position " + std::to_string(i));
        }
        parts.data.push_back(static_cast<std::uint8_t>(value));
    }
    if (parts.data.size() < kBech32ChecksumSize) {
        return BadBech32("the text is too short for its checksum");
    }
    const std::optional<Bech32Variant> variant = VariantOf(Polymod(parts.hrp, parts.data));
    if (!variant) {
        return base::InvalidArgument("bad_checksum",
                                     "the checksum does not match: a letter is wrong or missing");
    }
    parts.variant = *variant;
    parts.data.resize(parts.data.size() - kBech32ChecksumSize);
    return parts;
}

base::Bytes ToFiveBits(base::ByteView bytes) {
    base::Bytes values;
    values.reserve((bytes.size() * 8 + 4) / 5);
    std::uint32_t pending = 0;
    unsigned bits = 0;
    for (const std::uint8_t byte : bytes) {
        pending = pending << 8 | byte;
        bits += 8;
        while (bits >= 5) {
            bits -= 5;
            values.push_back(static_cast<std::uint8_t>(pending >> bits & 31));
        }
    }
    if (bits > 0) {
        values.push_back(static_cast<std::uint8_t>(pending << (5 - bits) & 31));
    }
    return values;
}

base::Result<base::Bytes> FromFiveBits(base::ByteView values) {
    base::Bytes bytes;
    bytes.reserve(values.size() * 5 / 8);
    std::uint32_t pending = 0;
    unsigned bits = 0;
    for (const std::uint8_t value : values) {
        if (value > 31) {
            return BadBech32("a data value is above 31");
        }
        pending = pending << 5 | value;
        bits += 5;
        if (bits >= 8) {
            bits -= 8;
            bytes.push_back(static_cast<std::uint8_t>(pending >> bits));
        }
    }
    const std::uint32_t padding = pending & ((1U << bits) - 1);
    if (bits > 4 || padding != 0) {
        return BadBech32("the padding of the data is not up to four zero bits");
    }
    return bytes;
}

}  // namespace crypto
