#include <array>
#include <utility>

#include "base/hex.h"
#include "crypto/bip32.h"
#include "crypto/schnorr.h"
#include "crypto/wif.h"
#include "utxo/address.h"
#include "utxo/sighash.h"
#include "utxo/spend.h"
#include "utxo/transaction.h"
#include "vectors/oracle.h"
#include "vectors/utxo_json.h"

namespace oracle {

namespace {

using base::HexEncode;

base::Result<utxo::ScriptType> TypeIn(const Json& in) {
    const std::string name = Text(in, "type");
    return utxo::ParseScriptType(name == "p2sh-p2wpkh" ? "p2sh" : name);
}

Answer AddressToScript(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const utxo::Network network, NetworkIn(in));
    BASE_ASSIGN_OR_RETURN(const utxo::Address address,
                          utxo::ParseBitcoinAddress(Text(in, "address"), network));
    return Ok(
        {{"type", utxo::AddressTypeName(address)}, {"script_pubkey", HexEncode(address.script)}});
}

Answer ScriptToAddress(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const utxo::Network network, NetworkIn(in));
    BASE_ASSIGN_OR_RETURN(const base::Bytes script, Hex(in, "script_pubkey"));
    BASE_ASSIGN_OR_RETURN(const std::string address, utxo::BitcoinAddressOf(script, network));
    return Ok({{"address", address}});
}

base::Result<std::string> AddressOfKey(const crypto::Secp256k1PublicKey& key, const Json& in) {
    BASE_ASSIGN_OR_RETURN(const utxo::Network network, NetworkIn(in));
    BASE_ASSIGN_OR_RETURN(const utxo::ScriptType type, TypeIn(in));
    BASE_ASSIGN_OR_RETURN(const base::Bytes script, utxo::ScriptOfKey(key, type));
    return utxo::BitcoinAddressOf(script, network);
}

Answer PubkeyToAddress(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const base::Bytes encoded, Hex(in, "public_key"));
    BASE_ASSIGN_OR_RETURN(const auto key, crypto::Secp256k1PublicKey::Parse(encoded));
    if (encoded.size() == 65 && Text(in, "type") == "p2pkh") {
        // The hash of the uncompressed form, as old wallets have it.
        BASE_ASSIGN_OR_RETURN(const utxo::Network network, NetworkIn(in));
        const base::Bytes script = utxo::PayToKeyHash(crypto::Hash160(encoded));
        BASE_ASSIGN_OR_RETURN(const std::string address, utxo::BitcoinAddressOf(script, network));
        return Ok({{"address", address}});
    }
    BASE_ASSIGN_OR_RETURN(const std::string address, AddressOfKey(key, in));
    return Ok({{"address", address}});
}

Answer BtcHdAddress(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const utxo::Network network, NetworkIn(in));
    BASE_ASSIGN_OR_RETURN(const secret::Bytes seed, SeedIn(in));
    BASE_ASSIGN_OR_RETURN(const auto path, crypto::ParsePath(Text(in, "path")));
    BASE_ASSIGN_OR_RETURN(const auto master, crypto::ExtendedPrivateKey::FromSeed(seed));
    BASE_ASSIGN_OR_RETURN(auto derived, master.Derive(path));
    BASE_ASSIGN_OR_RETURN(const auto key, crypto::Secp256k1PublicKey::FromPrivate(derived.key));
    BASE_ASSIGN_OR_RETURN(const std::string address, AddressOfKey(key, in));
    BASE_ASSIGN_OR_RETURN(const auto output, crypto::TaprootOutputKey(key.XOnly(), std::nullopt));
    Json out = {{"address", address},
                {"public_key", HexEncode(key.Compressed())},
                {"private_key", HexEncode(derived.key.Expose())},
                {"internal_key", HexEncode(key.XOnly())},
                {"output_key", HexEncode(output.key)}};
    crypto::WifKey wif;
    wif.private_key = std::move(derived.key);
    BASE_ASSIGN_OR_RETURN(
        const secret::String text,
        crypto::WifEncode(wif,
                          network == utxo::Network::kMain ? crypto::WifNetwork::kMain
                                                          : crypto::WifNetwork::kTest));
    out["wif"] = text.Expose();
    return Ok(std::move(out));
}

base::Result<crypto::KeyPrefix> PrefixIn(const Json& in) {
    struct Row {
        std::string_view letter;
        crypto::KeyPrefix prefix;
    };

    constexpr std::array<Row, 6> kRows = {{{"x", crypto::KeyPrefix::kX},
                                           {"y", crypto::KeyPrefix::kY},
                                           {"z", crypto::KeyPrefix::kZ},
                                           {"t", crypto::KeyPrefix::kT},
                                           {"u", crypto::KeyPrefix::kU},
                                           {"v", crypto::KeyPrefix::kV}}};
    const std::string letter = Text(in, "prefix");
    for (const Row& row : kRows) {
        if (row.letter == letter) {
            return row.prefix;
        }
    }
    return base::InvalidArgument("bad_prefix", "there is no key prefix " + letter);
}

Answer AccountXpub(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const secret::Bytes seed, SeedIn(in));
    BASE_ASSIGN_OR_RETURN(const auto path, crypto::ParsePath(Text(in, "path")));
    BASE_ASSIGN_OR_RETURN(const auto prefix, PrefixIn(in));
    BASE_ASSIGN_OR_RETURN(const auto master, crypto::ExtendedPrivateKey::FromSeed(seed));
    BASE_ASSIGN_OR_RETURN(const auto account, master.Derive(path));
    BASE_ASSIGN_OR_RETURN(const auto public_key, account.Neuter());
    return Ok(
        {{"xprv", account.Serialize(prefix).Expose()}, {"xpub", public_key.Serialize(prefix)}});
}

utxo::SighashTarget TargetIn(const Json& in) {
    utxo::SighashTarget target;
    target.input = in.at("input_index").get<std::size_t>();
    // Bitcoin Core's list has hash types with all 32 bits, written as signed numbers.
    target.hash_type = static_cast<std::uint32_t>(in.at("hash_type").get<std::int64_t>());
    return target;
}

base::Result<utxo::Transaction> TransactionIn(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const base::Bytes raw, Hex(in, "tx"));
    return utxo::ParseBitcoin(raw);
}

Answer LegacySighash(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const utxo::Transaction transaction, TransactionIn(in));
    BASE_ASSIGN_OR_RETURN(const base::Bytes script, Hex(in, "script"));
    BASE_ASSIGN_OR_RETURN(const auto sighash,
                          utxo::SighashLegacy(transaction, TargetIn(in), script));
    return Ok({{"sighash", HexEncode(sighash)}});
}

Answer V0Sighash(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const utxo::Transaction transaction, TransactionIn(in));
    utxo::Output spent;
    BASE_ASSIGN_OR_RETURN(spent.amount, AmountIn(in, "amount"));
    BASE_ASSIGN_OR_RETURN(spent.script, Hex(in, "script_code"));
    BASE_ASSIGN_OR_RETURN(const base::Bytes preimage,
                          utxo::SighashV0Preimage(transaction, TargetIn(in), spent));
    BASE_ASSIGN_OR_RETURN(const auto sighash, utxo::SighashV0(transaction, TargetIn(in), spent));
    return Ok({{"sighash", HexEncode(sighash)}, {"preimage", HexEncode(preimage)}});
}

Answer TaprootSighash(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const utxo::Transaction transaction, TransactionIn(in));
    BASE_ASSIGN_OR_RETURN(const auto spent, OutputsIn(in.at("prevouts")));
    BASE_ASSIGN_OR_RETURN(const base::Bytes message,
                          utxo::SighashTaprootMessage(transaction, TargetIn(in), spent));
    BASE_ASSIGN_OR_RETURN(const auto sighash,
                          utxo::SighashTaproot(transaction, TargetIn(in), spent));
    return Ok({{"sighash", HexEncode(sighash)}, {"sigmsg", HexEncode(message)}});
}

Json Describe(const utxo::Transaction& transaction) {
    const std::size_t weight = utxo::WeightOf(transaction);
    return {{"txid", utxo::TxHashText(utxo::BitcoinTxHash(transaction))},
            {"wtxid", utxo::TxHashText(utxo::BitcoinWitnessHash(transaction))},
            {"weight", weight},
            {"vsize", utxo::VirtualSize(weight)}};
}

Answer TxId(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const utxo::Transaction transaction, TransactionIn(in));
    return Ok(Describe(transaction));
}

Answer BtcSignTx(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const SigningCase signing, SigningCaseIn(in));
    BASE_ASSIGN_OR_RETURN(const utxo::Transaction done, SignAll(signing, utxo::SpendBitcoin));
    Json out = Describe(done);
    out["raw"] = HexEncode(utxo::SerializeBitcoin(done));
    return Ok(std::move(out));
}

}  // namespace

std::span<const Operation> BtcOperations() {
    static constexpr auto table = std::to_array<Operation>({
        {"btc.address_to_script", AddressToScript},
        {"btc.script_to_address", ScriptToAddress},
        {"btc.pubkey_to_address", PubkeyToAddress},
        {"btc.hd_address", BtcHdAddress},
        {"btc.account_xpub", AccountXpub},
        {"btc.sighash_legacy", LegacySighash},
        {"btc.sighash_v0", V0Sighash},
        {"btc.sighash_taproot", TaprootSighash},
        {"btc.txid", TxId},
        {"btc.sign_tx", BtcSignTx},
    });
    return table;
}

}  // namespace oracle
