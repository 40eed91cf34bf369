#include <array>
#include <optional>
#include <utility>

#include "crypto/base58.h"
#include "utxo/address.h"
#include "utxo/address_text.h"

namespace utxo {

namespace {

constexpr std::array<Network, 3> kNetworks = {Network::kMain, Network::kTest, Network::kRegtest};

// BIP-173 and Bitcoin Core's chainparams.
std::string_view HrpOf(Network network) {
    switch (network) {
        case Network::kMain:
            return "bc";
        case Network::kTest:
            return "tb";
        case Network::kRegtest:
            return "bcrt";
    }
    return "bcrt";
}

std::uint8_t KeyHashVersion(Network network) {
    return network == Network::kMain ? 0x00 : 0x6f;
}

std::uint8_t ScriptHashVersion(Network network) {
    return network == Network::kMain ? 0x05 : 0xc4;
}

base::Result<> CheckProgram(const WitnessProgram& witness, crypto::Bech32Variant variant) {
    if (witness.version > 16) {
        return BadAddress("there is no witness version " + std::to_string(witness.version));
    }
    if (witness.program.size() < 2 || witness.program.size() > 40) {
        return BadAddress("a witness program has 2 to 40 bytes");
    }
    if (witness.version == 0 && witness.program.size() != 20 && witness.program.size() != 32) {
        return BadAddress("a witness program of version 0 has 20 or 32 bytes");
    }
    // BIP-350.
    const bool is_bech32 = variant == crypto::Bech32Variant::kBech32;
    if (is_bech32 != (witness.version == 0)) {
        return base::InvalidArgument("bad_checksum",
                                     witness.version == 0
                                         ? "witness version 0 takes a bech32 checksum"
                                         : "witness versions from 1 take a bech32m checksum");
    }
    return {};
}

base::Result<Address> ParseSegwit(std::string_view text, Network network) {
    BASE_ASSIGN_OR_RETURN(const crypto::Bech32Text parts,
                          DecodeBech32Address(text, crypto::kBech32TextMax));
    if (parts.data.empty()) {
        return BadAddress("the address has no data");
    }
    WitnessProgram witness;
    witness.version = parts.data[0];
    auto program = crypto::FromFiveBits(base::ByteView(parts.data).subspan(1));
    if (!program) {
        return BadAddress(program.error().detail);
    }
    witness.program = std::move(*program);
    BASE_RETURN_IF_ERROR(CheckProgram(witness, parts.variant));
    if (parts.hrp != HrpOf(network)) {
        return WrongNetwork("this is a Bitcoin address of another network, not of the " +
                            std::string(NetworkName(network)));
    }
    Address address;
    address.script = PayToWitness(witness);
    BASE_ASSIGN_OR_RETURN(address.canonical, BitcoinAddressOf(address.script, network));
    return address;
}

std::string Base58Of(std::uint8_t version, base::ByteView script) {
    base::Bytes payload{version};
    base::Append(payload, HashOfScript(script));
    return crypto::Base58CheckEncode(payload);
}

}  // namespace

base::Result<Address> ParseBitcoinAddress(std::string_view text, Network network) {
    for (const Network any : kNetworks) {
        if (HasHrp(text, HrpOf(any))) {
            return ParseSegwit(text, network);
        }
    }
    BASE_ASSIGN_OR_RETURN(const base::Bytes payload, DecodeBase58Address(text));
    if (payload.size() != 21) {
        return ForeignPayload(payload);
    }
    const auto hash = base::ToArray<20>(base::ByteView(payload).subspan(1));
    Address address;
    if (payload[0] == KeyHashVersion(network)) {
        address.script = PayToKeyHash(hash);
    } else if (payload[0] == ScriptHashVersion(network)) {
        address.script = PayToScriptHash(hash);
    } else {
        return ForeignPayload(payload);
    }
    address.canonical = std::string(text);
    return address;
}

base::Result<std::string> BitcoinAddressOf(base::ByteView script, Network network) {
    switch (TypeOfScript(script)) {
        case ScriptType::kP2pkh:
            return Base58Of(KeyHashVersion(network), script);
        case ScriptType::kP2sh:
            return Base58Of(ScriptHashVersion(network), script);
        case ScriptType::kP2wpkh:
        case ScriptType::kP2wsh:
        case ScriptType::kP2tr:
        case ScriptType::kWitness: {
            const std::optional<WitnessProgram> witness = ReadWitnessProgram(script);
            crypto::Bech32Text parts;
            parts.hrp = HrpOf(network);
            parts.data = {witness->version};
            base::Append(parts.data, crypto::ToFiveBits(witness->program));
            parts.variant = witness->version == 0 ? crypto::Bech32Variant::kBech32
                                                  : crypto::Bech32Variant::kBech32m;
            return crypto::Bech32Encode(parts);
        }
        case ScriptType::kP2pk:
        case ScriptType::kData:
        case ScriptType::kOther:
            break;
    }
    return base::InvalidArgument("no_address", "this script has no address");
}

}  // namespace utxo
