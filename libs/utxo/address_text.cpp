#include "utxo/address_text.h"

#include <array>

#include "base/text.h"
#include "crypto/base58.h"

namespace utxo {

namespace {

struct KnownPrefix {
    std::size_t payload_size;
    std::string_view prefix;
    std::string_view meaning;
};

constexpr std::array<KnownPrefix, 13> kKnown = {{
    {21, std::string_view("\x00", 1), "a Bitcoin address of the mainnet"},
    {21, "\x05", "a Bitcoin address of the mainnet"},
    {21, "\x6f", "a Bitcoin address of a test network"},
    {21, "\xc4", "a Bitcoin address of a test network"},
    {22, "\x1c\xb8", "a Zcash address of the mainnet"},
    {22, "\x1c\xbd", "a Zcash address of the mainnet"},
    {22, "\x1d\x25", "a Zcash address of a test network"},
    {22, "\x1c\xba", "a Zcash address of a test network"},
    {66, "\x16\x9a", "a shielded Zcash address of the retired Sprout pool"},
    {66, "\x16\xb6", "a shielded Zcash address of the retired Sprout pool"},
    {21, "\x30", "a Litecoin address"},
    {21, "\x1e", "a Dogecoin address"},
    {21, "\x41", "a Tron address"},
}};

// WIF: version, 32 bytes, perhaps a mark of compression.
bool IsPrivateKey(base::ByteView payload) {
    return (payload.size() == 33 || payload.size() == 34) &&
           (payload[0] == 0x80 || payload[0] == 0xef);
}

}  // namespace

base::Error BadAddress(std::string detail) {
    return base::InvalidArgument("bad_address", std::move(detail));
}

base::Error WrongNetwork(std::string detail) {
    return base::InvalidArgument("wrong_network", std::move(detail));
}

bool HasHrp(std::string_view text, std::string_view hrp) {
    return text.size() > hrp.size() && text[hrp.size()] == '1' &&
           base::ToLower(text.substr(0, hrp.size())) == hrp;
}

base::Result<base::Bytes> DecodeBase58Address(std::string_view text) {
    if (text.empty()) {
        return BadAddress("the address is empty");
    }
    if (text.starts_with("0x")) {
        return WrongNetwork("this looks like an Ethereum address");
    }
    auto payload = crypto::Base58CheckDecode(text);
    if (!payload && payload.error().reason != "bad_checksum") {
        return BadAddress(payload.error().detail);
    }
    return payload;
}

base::Result<crypto::Bech32Text> DecodeBech32Address(std::string_view text, std::size_t size_max) {
    auto parts = crypto::Bech32Decode(text, size_max);
    if (!parts && parts.error().reason != "bad_checksum") {
        return BadAddress(parts.error().detail);
    }
    return parts;
}

base::Error ForeignPayload(base::ByteView payload) {
    if (IsPrivateKey(payload)) {
        return BadAddress("this is a private key: never give it away");
    }
    for (const KnownPrefix& known : kKnown) {
        if (payload.size() == known.payload_size &&
            base::AsText(payload).starts_with(known.prefix)) {
            return WrongNetwork("this is " + std::string(known.meaning));
        }
    }
    return BadAddress("the checksum is right, but no known kind of address begins like this");
}

}  // namespace utxo
