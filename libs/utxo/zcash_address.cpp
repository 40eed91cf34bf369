#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "base/text.h"
#include "crypto/base58.h"
#include "utxo/address.h"
#include "utxo/address_text.h"
#include "utxo/unified_address.h"

namespace utxo {

namespace {

using Prefix = base::ByteArray<2>;

constexpr std::array<Network, 3> kNetworks = {Network::kMain, Network::kTest, Network::kRegtest};

// Zcash protocol specification, section 5.6.1.1. Regtest shares the testnet's.
Prefix KeyHashPrefix(Network network) {
    return network == Network::kMain ? Prefix{0x1c, 0xb8} : Prefix{0x1d, 0x25};
}

Prefix ScriptHashPrefix(Network network) {
    return network == Network::kMain ? Prefix{0x1c, 0xbd} : Prefix{0x1c, 0xba};
}

// ZIP-320.
std::string_view TexHrp(Network network) {
    switch (network) {
        case Network::kMain:
            return "tex";
        case Network::kTest:
            return "textest";
        case Network::kRegtest:
            return "texregtest";
    }
    return "texregtest";
}

// Protocol specification, section 5.6.3.1.
std::string_view SaplingHrp(Network network) {
    switch (network) {
        case Network::kMain:
            return "zs";
        case Network::kTest:
            return "ztestsapling";
        case Network::kRegtest:
            return "zregtestsapling";
    }
    return "zregtestsapling";
}

base::Error ShieldedOnly(std::string_view kind) {
    return base::InvalidArgument(
               "shielded_only",
               "this is " + std::string(kind) + ", which only a shielded payment can reach")
        .Remedy(
            "Ask the recipient for a transparent address (t1...) or a unified one with a "
            "transparent receiver.");
}

base::Error OtherNetwork(Network network) {
    return WrongNetwork("this is a Zcash address of another network, not of the " +
                        std::string(NetworkName(network)));
}

base::Result<Address> ParseTex(std::string_view text, Network network) {
    BASE_ASSIGN_OR_RETURN(const crypto::Bech32Text parts,
                          DecodeBech32Address(text, crypto::kBech32TextMax));
    if (parts.variant != crypto::Bech32Variant::kBech32m) {
        return base::InvalidArgument("bad_checksum", "a TEX address has a bech32m checksum");
    }
    const auto hash = crypto::FromFiveBits(parts.data);
    if (!hash || hash->size() != 20) {
        return BadAddress("a TEX address has 20 bytes");
    }
    if (parts.hrp != TexHrp(network)) {
        return OtherNetwork(network);
    }
    Address address;
    address.form = AddressForm::kTex;
    address.script = PayToKeyHash(base::ToArray<20>(*hash));
    address.canonical = base::ToLower(text);
    return address;
}

base::Result<Address> ParseUnified(std::string_view text, Network network) {
    BASE_ASSIGN_OR_RETURN(const std::vector<Receiver> receivers,
                          ParseUnifiedAddress(text, network));
    // In order: a transparent receiver is the first.
    const Receiver& first = receivers.front();
    if (first.typecode > kReceiverP2sh) {
        return ShieldedOnly("a unified address without a transparent receiver");
    }
    const auto hash = base::ToArray<20>(first.data);
    Address address;
    address.form = AddressForm::kUnified;
    address.script = first.typecode == kReceiverP2pkh ? PayToKeyHash(hash) : PayToScriptHash(hash);
    address.canonical = base::ToLower(text);
    return address;
}

base::Error RefuseSapling(std::string_view text, Network network) {
    // On regtest one letter longer than BIP-173 allows.
    constexpr std::size_t kSaplingTextMax = 91;
    const auto parts = DecodeBech32Address(text, kSaplingTextMax);
    if (!parts) {
        return parts.error();
    }
    return parts->hrp == SaplingHrp(network) ? ShieldedOnly("a Sapling address")
                                             : OtherNetwork(network);
}

std::string Base58Of(const Prefix& prefix, base::ByteView script) {
    base::Bytes payload = base::ToBytes(prefix);
    base::Append(payload, HashOfScript(script));
    return crypto::Base58CheckEncode(payload);
}

base::Result<Address> ParseTransparent(std::string_view text, Network network) {
    BASE_ASSIGN_OR_RETURN(const base::Bytes payload, DecodeBase58Address(text));
    const base::ByteView view(payload);
    Address address;
    address.canonical = std::string(text);
    if (payload.size() == 22 && base::Equal(view.first(2), KeyHashPrefix(network))) {
        address.script = PayToKeyHash(base::ToArray<20>(view.subspan(2)));
        return address;
    }
    if (payload.size() == 22 && base::Equal(view.first(2), ScriptHashPrefix(network))) {
        address.script = PayToScriptHash(base::ToArray<20>(view.subspan(2)));
        return address;
    }
    constexpr std::size_t kSproutSize = 66;
    if (payload.size() == kSproutSize) {
        return ShieldedOnly("a Sprout address");
    }
    return ForeignPayload(payload);
}

}  // namespace

base::Result<Address> ParseZcashAddress(std::string_view text, Network network) {
    for (const Network any : kNetworks) {
        if (HasHrp(text, TexHrp(any))) {
            return ParseTex(text, network);
        }
        if (HasHrp(text, UnifiedHrp(any))) {
            return ParseUnified(text, network);
        }
        if (HasHrp(text, SaplingHrp(any))) {
            return RefuseSapling(text, network);
        }
    }
    return ParseTransparent(text, network);
}

base::Result<std::string> ZcashAddressOf(base::ByteView script, Network network) {
    switch (TypeOfScript(script)) {
        case ScriptType::kP2pkh:
            return Base58Of(KeyHashPrefix(network), script);
        case ScriptType::kP2sh:
            return Base58Of(ScriptHashPrefix(network), script);
        case ScriptType::kP2pk:
        case ScriptType::kP2wpkh:
        case ScriptType::kP2wsh:
        case ScriptType::kP2tr:
        case ScriptType::kWitness:
        case ScriptType::kData:
        case ScriptType::kOther:
            break;
    }
    return base::InvalidArgument("no_address", "this script has no address");
}

std::string ZcashTexAddress(const crypto::Hash160Bytes& key_hash, Network network) {
    crypto::Bech32Text parts;
    parts.hrp = TexHrp(network);
    parts.data = crypto::ToFiveBits(key_hash);
    parts.variant = crypto::Bech32Variant::kBech32m;
    return crypto::Bech32Encode(parts).value();
}

}  // namespace utxo
