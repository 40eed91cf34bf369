#include "messages/message.h"

#include <array>
#include <utility>

#include "chain/catalog.h"
#include "evm/message.h"
#include "messages/parts.h"
#include "solana/offchain_message.h"
#include "utxo/ground.h"
#include "utxo/script.h"

namespace messages {

namespace {

constexpr std::array<std::pair<Kind, std::string_view>, 6> kNames = {{
    {Kind::kPersonal, "eip191"},
    {Kind::kTypedData, "eip712"},
    {Kind::kBitcoinLegacy, "bitcoin_legacy"},
    {Kind::kBip322, "bip322"},
    {Kind::kZcashLegacy, "zcash_legacy"},
    {Kind::kSolanaOffchain, "solana_offchain"},
}};

// "eip155:31337" -> 31337.
base::Result<money::UInt256> ChainIdOf(std::string_view network) {
    return money::UInt256::Parse(network.substr(network.find(':') + 1));
}

base::Result<TypedDataTerms> CheckTypedData(const Message& message) {
    BASE_ASSIGN_OR_RETURN(const nlohmann::json json, ParseTypedData(message.content));
    BASE_ASSIGN_OR_RETURN(const evm::TypedData data, evm::ReadTypedData(json));
    if (evm::IsTokenPermit(data)) {
        return base::PermissionDenied("permit_refused",
                                      "'" + data.primary_type + "' would let somebody take tokens");
    }
    // Without a chain id the signature would hold on every chain that has the contract.
    if (!data.chain_id) {
        return base::InvalidArgument("bad_typed_data", "the domain names no chainId");
    }
    BASE_ASSIGN_OR_RETURN(const money::UInt256 chain_id, ChainIdOf(message.network));
    if (*data.chain_id != chain_id) {
        return base::InvalidArgument("wrong_network",
                                     "the domain's chainId is " + data.chain_id->ToDecimal() +
                                         ", this wallet's is " + chain_id.ToDecimal());
    }
    TypedDataTerms terms;
    terms.primary_type = data.primary_type;
    if (data.verifying_contract) {
        terms.contract = data.verifying_contract->ToString();
    }
    return terms;
}

}  // namespace

base::Result<> CheckContent(Kind kind, std::string_view network, base::ByteView content) {
    if (content.size() > kContentMax) {
        return base::InvalidArgument(
            "message_too_long", "a message has at most " + std::to_string(kContentMax) + " bytes");
    }
    const chain::ChainInfo* info = chain::FindNetwork(network);
    if (info == nullptr) {
        return base::InvalidArgument("unsupported_network", "there is no such network");
    }
    for (const Kind known : KindsOf(*info)) {
        if (known == kind) {
            return {};
        }
    }
    return base::InvalidArgument(
        "unknown_format",
        std::string(info->name) + " has no messages of the format " + std::string(KindName(kind)));
}

std::span<const Kind> KindsOf(const chain::ChainInfo& chain) {
    static constexpr std::array<Kind, 2> kEvm = {Kind::kPersonal, Kind::kTypedData};
    static constexpr std::array<Kind, 2> kBitcoin = {Kind::kBip322, Kind::kBitcoinLegacy};
    static constexpr std::array<Kind, 1> kZcash = {Kind::kZcashLegacy};
    static constexpr std::array<Kind, 1> kSolana = {Kind::kSolanaOffchain};
    switch (chain.family) {
        case chain::Family::kEvm:
            return kEvm;
        case chain::Family::kUtxo:
            if (chain.name == utxo::BitcoinFormat().chain()) {
                return kBitcoin;
            }
            return kZcash;
        case chain::Family::kSolana:
            return kSolana;
    }
    return kEvm;
}

base::Result<nlohmann::json> ParseTypedData(base::ByteView content) {
    auto json =
        nlohmann::json::parse(content.begin(), content.end(), nullptr, /*allow_exceptions=*/false);
    if (json.is_discarded()) {
        return base::InvalidArgument("bad_typed_data", "typed data is JSON");
    }
    return {boost::system::in_place_value, std::move(json)};
}

std::string_view KindName(Kind kind) {
    for (const auto& [known, name] : kNames) {
        if (known == kind) {
            return name;
        }
    }
    return "";
}

base::Result<Kind> ParseKind(std::string_view name) {
    std::string list;
    for (const auto& [kind, known] : kNames) {
        if (known == name) {
            return kind;
        }
        list += (list.empty() ? "" : ", ") + std::string(known);
    }
    return base::InvalidArgument("unknown_format", "the formats of messages are " + list);
}

base::Result<Kind> StandardKind(std::string_view network, std::string_view address) {
    const chain::ChainInfo* info = chain::FindNetwork(network);
    if (info == nullptr) {
        return base::InvalidArgument("unsupported_network", "there is no such network");
    }
    const std::span<const Kind> kinds = KindsOf(*info);
    if (info->family != chain::Family::kUtxo || kinds.size() == 1) {
        return kinds.front();
    }
    BASE_ASSIGN_OR_RETURN(const utxo::Ground ground, utxo::GroundOf(network));
    BASE_ASSIGN_OR_RETURN(const utxo::Address parsed,
                          ground.format->ParseAddress(address, ground.network));
    const utxo::ScriptType type = utxo::TypeOfScript(parsed.script);
    const bool segwit = type == utxo::ScriptType::kP2wpkh || type == utxo::ScriptType::kP2tr;
    return segwit ? Kind::kBip322 : Kind::kBitcoinLegacy;
}

base::Result<std::optional<TypedDataTerms>> CheckSignable(const Message& message) {
    BASE_RETURN_IF_ERROR(CheckContent(message.kind, message.network, message.content));
    if (message.kind == Kind::kTypedData) {
        BASE_ASSIGN_OR_RETURN(TypedDataTerms terms, CheckTypedData(message));
        return std::optional<TypedDataTerms>(std::move(terms));
    }
    if (message.kind == Kind::kSolanaOffchain) {
        BASE_RETURN_IF_ERROR(solana::EncodeOffchainMessage(message.content, solana::Pubkey()));
    }
    return std::optional<TypedDataTerms>();
}

}  // namespace messages
