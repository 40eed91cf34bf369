#include "utxo/unified_address.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "crypto/bech32.h"
#include "crypto/hash.h"
#include "utxo/address_text.h"
#include "utxo/wire.h"

namespace utxo {

namespace {

constexpr std::size_t kHashSizeMax = 64;
constexpr std::size_t kJumbleSizeMin = 48;
constexpr std::size_t kJumbleSizeMax = 4194368;
constexpr std::size_t kPaddingSize = 16;
constexpr std::uint64_t kTypecodeMax = 0x02000000;
constexpr std::uint32_t kMustUnderstandFirst = 0xe0;
constexpr std::uint32_t kMustUnderstandLast = 0xfc;

// "UA_F4Jumble_G" || round || counter (little-endian); H has no counter.
base::ByteArray<16> Personal(char function, std::uint8_t round, std::uint16_t counter) {
    auto personal = base::ToArray<16>(base::AsBytes("UA_F4Jumble_"));
    personal[12] = static_cast<std::uint8_t>(function);
    personal[13] = round;
    personal[14] = static_cast<std::uint8_t>(counter);
    personal[15] = static_cast<std::uint8_t>(counter >> 8);
    return personal;
}

// XORs the left half with H of the right one.
void MixLeft(std::span<std::uint8_t> left, base::ByteView right, std::uint8_t round) {
    const base::Bytes mask = crypto::Blake2b(Personal('H', round, 0), right, left.size());
    for (std::size_t i = 0; i < left.size(); ++i) {
        left[i] ^= mask[i];
    }
}

// XORs the right half with G of the left one.
void MixRight(base::ByteView left, std::span<std::uint8_t> right, std::uint8_t round) {
    static_assert((kJumbleSizeMax - kHashSizeMax) / kHashSizeMax <= 0x10000,
                  "the counter has two bytes");
    for (std::size_t begin = 0; begin < right.size(); begin += kHashSizeMax) {
        const auto counter = static_cast<std::uint16_t>(begin / kHashSizeMax);
        const base::Bytes mask = crypto::Blake2b(Personal('G', round, counter), left, kHashSizeMax);
        const std::size_t size = std::min(kHashSizeMax, right.size() - begin);
        for (std::size_t i = 0; i < size; ++i) {
            right[begin + i] ^= mask[i];
        }
    }
}

struct Halves {
    base::Bytes whole;
    std::span<std::uint8_t> left;
    std::span<std::uint8_t> right;
};

base::Result<Halves> Split(base::ByteView message) {
    if (message.size() < kJumbleSizeMin || message.size() > kJumbleSizeMax) {
        return BadAddress("a unified address cannot have this size");
    }
    Halves halves;
    halves.whole = base::ToBytes(message);
    const std::span<std::uint8_t> all(halves.whole);
    const std::size_t left_size = std::min(kHashSizeMax, message.size() / 2);
    halves.left = all.first(left_size);
    halves.right = all.subspan(left_size);
    return halves;
}

base::Bytes Padding(Network network) {
    base::Bytes padding = base::ToBytes(base::AsBytes(UnifiedHrp(network)));
    padding.resize(kPaddingSize);
    return padding;
}

std::optional<std::size_t> SizeOf(std::uint32_t typecode) {
    switch (typecode) {
        case kReceiverP2pkh:
        case kReceiverP2sh:
            return 20;
        case kReceiverSapling:
        case kReceiverOrchard:
            return 43;
        default:
            return std::nullopt;
    }
}

// ZIP-316, "Requirements for both unified addresses and unified viewing keys".
base::Result<> CheckReceivers(const std::vector<Receiver>& receivers) {
    if (receivers.empty()) {
        return BadAddress("a unified address has at least one receiver");
    }
    bool shielded = false;
    for (std::size_t i = 0; i < receivers.size(); ++i) {
        const Receiver& receiver = receivers[i];
        if (i > 0 && receivers[i - 1].typecode >= receiver.typecode) {
            return BadAddress("the receivers of a unified address are not in order");
        }
        if (i > 0 && receivers[i - 1].typecode == kReceiverP2pkh &&
            receiver.typecode == kReceiverP2sh) {
            return BadAddress("a unified address has one transparent receiver at most");
        }
        if (receiver.typecode >= kMustUnderstandFirst && receiver.typecode <= kMustUnderstandLast) {
            return BadAddress("the unified address demands a feature that is not known here");
        }
        const std::optional<std::size_t> size = SizeOf(receiver.typecode);
        if (size && *size != receiver.data.size()) {
            return BadAddress("a receiver of the unified address has a wrong size");
        }
        shielded = shielded || receiver.typecode > kReceiverP2sh;
    }
    if (!shielded) {
        return BadAddress("a unified address has at least one shielded receiver");
    }
    return {};
}

base::Result<std::vector<Receiver>> ReadReceivers(base::ByteView raw) {
    Reader reader(raw);
    std::vector<Receiver> receivers;
    while (reader.good() && reader.size_left() > 0) {
        Receiver receiver;
        const std::uint64_t typecode = reader.CompactSize();
        if (typecode > kTypecodeMax) {
            return BadAddress("a typecode of the unified address is out of range");
        }
        receiver.typecode = static_cast<std::uint32_t>(typecode);
        receiver.data = base::ToBytes(reader.Block());
        receivers.push_back(std::move(receiver));
    }
    if (!reader.Complete()) {
        return BadAddress("the unified address is cut short");
    }
    BASE_RETURN_IF_ERROR(CheckReceivers(receivers));
    return receivers;
}

}  // namespace

std::string_view UnifiedHrp(Network network) {
    switch (network) {
        case Network::kMain:
            return "u";
        case Network::kTest:
            return "utest";
        case Network::kRegtest:
            return "uregtest";
    }
    return "uregtest";
}

base::Result<base::Bytes> F4Jumble(base::ByteView message) {
    BASE_ASSIGN_OR_RETURN(Halves halves, Split(message));
    MixRight(halves.left, halves.right, 0);
    MixLeft(halves.left, halves.right, 0);
    MixRight(halves.left, halves.right, 1);
    MixLeft(halves.left, halves.right, 1);
    return std::move(halves.whole);
}

base::Result<base::Bytes> F4Unjumble(base::ByteView message) {
    BASE_ASSIGN_OR_RETURN(Halves halves, Split(message));
    MixLeft(halves.left, halves.right, 1);
    MixRight(halves.left, halves.right, 1);
    MixLeft(halves.left, halves.right, 0);
    MixRight(halves.left, halves.right, 0);
    return std::move(halves.whole);
}

base::Result<std::vector<Receiver>> ParseUnifiedAddress(std::string_view text, Network network) {
    BASE_ASSIGN_OR_RETURN(const crypto::Bech32Text parts,
                          DecodeBech32Address(text, kUnifiedTextMax));
    if (parts.variant != crypto::Bech32Variant::kBech32m) {
        return base::InvalidArgument("bad_checksum", "a unified address has a bech32m checksum");
    }
    if (parts.hrp != UnifiedHrp(network)) {
        return WrongNetwork("this unified address is not of the Zcash " +
                            std::string(NetworkName(network)));
    }
    const auto jumbled = crypto::FromFiveBits(parts.data);
    if (!jumbled) {
        return BadAddress(jumbled.error().detail);
    }
    BASE_ASSIGN_OR_RETURN(const base::Bytes raw, F4Unjumble(*jumbled));
    const base::ByteView view(raw);
    if (!base::Equal(view.last(kPaddingSize), Padding(network))) {
        return BadAddress("the unified address is damaged inside");
    }
    return ReadReceivers(view.first(view.size() - kPaddingSize));
}

base::Result<std::string> UnifiedAddressOf(const std::vector<Receiver>& receivers,
                                           Network network) {
    BASE_RETURN_IF_ERROR(CheckReceivers(receivers));
    Writer writer;
    for (const Receiver& receiver : receivers) {
        writer.CompactSize(receiver.typecode);
        writer.Block(receiver.data);
    }
    writer.Raw(Padding(network));
    BASE_ASSIGN_OR_RETURN(const base::Bytes jumbled, F4Jumble(writer.bytes()));
    crypto::Bech32Text parts;
    parts.hrp = UnifiedHrp(network);
    parts.data = crypto::ToFiveBits(jumbled);
    parts.variant = crypto::Bech32Variant::kBech32m;
    return crypto::Bech32Encode(parts, kUnifiedTextMax);
}

}  // namespace utxo
