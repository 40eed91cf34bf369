#include <array>
#include <utility>

#include "base/hex.h"
#include "crypto/bip32.h"
#include "utxo/address.h"
#include "utxo/branch_id.h"
#include "utxo/fee.h"
#include "utxo/spend.h"
#include "utxo/unified_address.h"
#include "utxo/zcash_transaction.h"
#include "vectors/oracle.h"
#include "vectors/utxo_json.h"

namespace oracle {

namespace {

using base::HexEncode;

Answer ParseAddress(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const utxo::Network network, NetworkIn(in));
    BASE_ASSIGN_OR_RETURN(const utxo::Address address,
                          utxo::ParseZcashAddress(Text(in, "address"), network));
    return Ok({{"type", utxo::AddressTypeName(address)},
               {"hash", HexEncode(utxo::HashOfScript(address.script))},
               {"script_pubkey", HexEncode(address.script)}});
}

Answer EncodeAddress(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const utxo::Network network, NetworkIn(in));
    BASE_ASSIGN_OR_RETURN(const auto hash, HexArray<20>(in, "hash"));
    const std::string type = Text(in, "type");
    if (type == "tex") {
        return Ok({{"address", utxo::ZcashTexAddress(hash, network)}});
    }
    BASE_ASSIGN_OR_RETURN(
        const std::string address,
        utxo::ZcashAddressOf(
            type == "p2sh" ? utxo::PayToScriptHash(hash) : utxo::PayToKeyHash(hash), network));
    return Ok({{"address", address}});
}

Answer ZcashHdAddress(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const utxo::Network network, NetworkIn(in));
    BASE_ASSIGN_OR_RETURN(const secret::Bytes seed, SeedIn(in));
    BASE_ASSIGN_OR_RETURN(const auto path, crypto::ParsePath(Text(in, "path")));
    BASE_ASSIGN_OR_RETURN(const auto master, crypto::ExtendedPrivateKey::FromSeed(seed));
    BASE_ASSIGN_OR_RETURN(const auto derived, master.Derive(path));
    BASE_ASSIGN_OR_RETURN(const auto key, crypto::Secp256k1PublicKey::FromPrivate(derived.key));
    BASE_ASSIGN_OR_RETURN(const base::Bytes script,
                          utxo::ScriptOfKey(key, utxo::ScriptType::kP2pkh));
    BASE_ASSIGN_OR_RETURN(const std::string address, utxo::ZcashAddressOf(script, network));
    return Ok({{"address", address}});
}

std::string ReceiverName(std::uint32_t typecode) {
    constexpr std::array<std::string_view, 4> kNames = {"p2pkh", "p2sh", "sapling", "orchard"};
    return typecode < kNames.size() ? std::string(kNames[typecode])
                                    : "typecode_" + std::to_string(typecode);
}

Answer UnifiedAddress(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const utxo::Network network, NetworkIn(in));
    BASE_ASSIGN_OR_RETURN(const auto receivers,
                          utxo::ParseUnifiedAddress(Text(in, "address"), network));
    Json named = Json::object();
    for (const utxo::Receiver& receiver : receivers) {
        named[ReceiverName(receiver.typecode)] = HexEncode(receiver.data);
    }
    return Ok({{"receivers", named}});
}

std::optional<std::size_t> InputIndexIn(const Json& in) {
    if (!in.contains("input_index") || in.at("input_index").is_null()) {
        return std::nullopt;
    }
    return in.at("input_index").get<std::size_t>();
}

base::Result<std::uint32_t> BranchIn(const Json& in) {
    return utxo::ParseBranchId(Text(in, "branch_id"));
}

Answer SighashV4(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const base::Bytes raw, Hex(in, "tx"));
    BASE_ASSIGN_OR_RETURN(utxo::ZcashTransaction parsed, utxo::ParseZcash(raw));
    BASE_ASSIGN_OR_RETURN(parsed.transparent.branch_id, BranchIn(in));
    utxo::Output spent;
    BASE_ASSIGN_OR_RETURN(spent.amount, AmountIn(in, "amount"));
    BASE_ASSIGN_OR_RETURN(spent.script, Hex(in, "script_code"));
    BASE_ASSIGN_OR_RETURN(
        const auto sighash,
        utxo::SighashZcashV4(parsed.transparent,
                             parsed.shielded_v4,
                             {InputIndexIn(in), in.at("hash_type").get<std::uint32_t>()},
                             spent));
    return Ok({{"sighash", HexEncode(sighash)}});
}

base::Result<std::vector<utxo::Output>> SpentIn(const Json& in) {
    std::vector<utxo::Output> spent;
    const Json& amounts = in.at("amounts");
    const Json& scripts = in.at("script_pubkeys");
    for (std::size_t i = 0; i < amounts.size(); ++i) {
        const Json both = {{"amount", amounts.at(i)}, {"script_pubkey", scripts.at(i)}};
        BASE_ASSIGN_OR_RETURN(utxo::Output output, OutputIn(both));
        spent.push_back(std::move(output));
    }
    return spent;
}

struct NamedHashType {
    const char* name;
    std::uint32_t hash_type;
};

constexpr std::array<NamedHashType, 6> kHashTypes = {{{"sighash_all", 1},
                                                      {"sighash_none", 2},
                                                      {"sighash_single", 3},
                                                      {"sighash_all_anyone", 129},
                                                      {"sighash_none_anyone", 130},
                                                      {"sighash_single_anyone", 131}}};

Answer V5(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const base::Bytes raw, Hex(in, "tx"));
    BASE_ASSIGN_OR_RETURN(const utxo::ZcashTransaction parsed, utxo::ParseZcash(raw));
    BASE_ASSIGN_OR_RETURN(const auto spent, SpentIn(in));
    const utxo::Transaction& transaction = parsed.transparent;
    const auto digests = utxo::ZcashDigestsOf(transaction, parsed.shielded_v5);
    BASE_ASSIGN_OR_RETURN(
        const auto shielded,
        utxo::SighashZcashV5(transaction, parsed.shielded_v5, {std::nullopt, 1}, spent));
    Json out = {{"txid_bytes", HexEncode(parsed.hash)},
                {"txid_display", utxo::TxHashText(parsed.hash)},
                {"branch_id", utxo::BranchIdText(transaction.branch_id)},
                {"header_digest", HexEncode(digests.header)},
                {"transparent_digest", HexEncode(digests.transparent)},
                {"sapling_digest", HexEncode(digests.shielded.sapling)},
                {"orchard_digest", HexEncode(digests.shielded.orchard)},
                {"sighash_shielded", HexEncode(shielded)}};
    if (const auto input = InputIndexIn(in)) {
        for (const NamedHashType& row : kHashTypes) {
            const auto sighash = utxo::SighashZcashV5(
                transaction, parsed.shielded_v5, {input, row.hash_type}, spent);
            // A SINGLE without its output has no digest.
            out[row.name] = sighash ? Json(HexEncode(*sighash)) : Json();
        }
    }
    return Ok(std::move(out));
}

base::Result<utxo::Input> PartsInput(const Json& in) {
    utxo::Input input;
    BASE_ASSIGN_OR_RETURN(input.prevout.tx_hash, HexArray<32>(in, "prevout_hash"));
    input.prevout.index = in.at("prevout_index").get<std::uint32_t>();
    input.sequence = in.at("sequence").get<std::uint32_t>();
    return input;
}

Answer V5Parts(const Json& in) {
    utxo::Transaction transaction;
    transaction.version = utxo::kZcashVersion5;
    BASE_ASSIGN_OR_RETURN(transaction.branch_id, BranchIn(in));
    transaction.locktime = in.at("locktime").get<std::uint32_t>();
    transaction.expiry_height = in.at("expiry_height").get<std::uint32_t>();
    for (const Json& entry : in.at("inputs")) {
        BASE_ASSIGN_OR_RETURN(utxo::Input input, PartsInput(entry));
        transaction.inputs.push_back(std::move(input));
    }
    BASE_ASSIGN_OR_RETURN(const auto spent, OutputsIn(in.at("inputs")));
    BASE_ASSIGN_OR_RETURN(transaction.outputs, OutputsIn(in.at("outputs")));
    BASE_ASSIGN_OR_RETURN(const auto sapling, HexArray<32>(in, "sapling_digest"));
    BASE_ASSIGN_OR_RETURN(const auto orchard, HexArray<32>(in, "orchard_digest"));
    const utxo::ShieldedV5 shielded(sapling, orchard);
    const auto hash = utxo::CombineZcashDigests(utxo::ZcashDigestsOf(transaction, shielded),
                                                transaction.branch_id);
    BASE_ASSIGN_OR_RETURN(
        const auto sighash,
        utxo::SighashZcashV5(transaction,
                             shielded,
                             {InputIndexIn(in), in.at("hash_type").get<std::uint32_t>()},
                             spent));
    return Ok({{"txid_bytes", HexEncode(hash)}, {"sighash", HexEncode(sighash)}});
}

Answer ZcashSignTx(const Json& in) {
    BASE_ASSIGN_OR_RETURN(SigningCase signing, SigningCaseIn(in));
    signing.transaction.version =
        in.at("version").get<int>() == 4 ? utxo::kZcashVersion4 : utxo::kZcashVersion5;
    signing.transaction.expiry_height = NumberOr(in, "expiry_height", 0);
    BASE_ASSIGN_OR_RETURN(signing.transaction.branch_id, BranchIn(in));
    BASE_ASSIGN_OR_RETURN(const utxo::Transaction done, SignAll(signing, utxo::SpendZcash));
    return Ok({{"raw", HexEncode(utxo::SerializeZcash(done))},
               {"txid", utxo::TxHashText(utxo::ZcashTxHash(done))}});
}

Answer TxIdV4(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const base::Bytes raw, Hex(in, "tx"));
    BASE_ASSIGN_OR_RETURN(const utxo::ZcashTransaction parsed, utxo::ParseZcash(raw));
    return Ok({{"txid", utxo::TxHashText(parsed.hash)}});
}

Answer Fee(const Json& in) {
    utxo::ZcashActions actions;
    actions.transparent_input_bytes = NumberOr(in, "tx_in_total_size", 0);
    actions.transparent_output_bytes = NumberOr(in, "tx_out_total_size", 0);
    actions.sapling_spends = NumberOr(in, "n_spends_sapling", 0);
    actions.sapling_outputs = NumberOr(in, "n_outputs_sapling", 0);
    actions.orchard_actions = NumberOr(in, "n_actions_orchard", 0);
    actions.joinsplits = NumberOr(in, "n_joinsplit", 0);
    const std::uint64_t logical = utxo::LogicalActions(actions);
    return Ok(
        {{"logical_actions", logical}, {"fee", std::to_string(utxo::ConventionalFee(logical))}});
}

Answer BranchId(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const utxo::Network network, NetworkIn(in));
    const auto upgrade = utxo::UpgradeAt(network, in.at("height").get<std::uint32_t>());
    if (!upgrade) {
        return base::NotFound("no_upgrade", "no upgrade is active at this height");
    }
    return Ok({{"upgrade", upgrade->name}, {"branch_id", utxo::BranchIdText(upgrade->branch_id)}});
}

}  // namespace

std::span<const Operation> ZcashOperations() {
    static constexpr auto table = std::to_array<Operation>({
        {"zcash.address", ParseAddress},
        {"zcash.encode_address", EncodeAddress},
        {"zcash.hd_address", ZcashHdAddress},
        {"zcash.unified_address", UnifiedAddress},
        {"zcash.sighash_v4", SighashV4},
        {"zcash.v5", V5},
        {"zcash.v5_parts", V5Parts},
        {"zcash.sign_tx", ZcashSignTx},
        {"zcash.txid_v4", TxIdV4},
        {"zcash.fee_zip317", Fee},
        {"zcash.branch_id", BranchId},
    });
    return table;
}

}  // namespace oracle
