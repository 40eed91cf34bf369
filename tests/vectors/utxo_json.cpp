#include "vectors/utxo_json.h"

#include <utility>

#include "money/uint256.h"

namespace oracle {

namespace {

base::Result<SigningInput> SigningInputIn(const Json& in) {
    SigningInput result;
    BASE_ASSIGN_OR_RETURN(result.input.prevout.tx_hash, utxo::ParseTxHash(Text(in, "txid")));
    result.input.prevout.index = in.at("vout").get<std::uint32_t>();
    result.input.sequence = NumberOr(in, "sequence", utxo::kSequenceFinal);
    BASE_ASSIGN_OR_RETURN(result.spent, OutputIn(in));
    BASE_ASSIGN_OR_RETURN(result.key, SecretHex(in, "private_key"));
    if (in.contains("hash_type")) {
        result.options.hash_type = in.at("hash_type").get<std::uint32_t>();
    }
    if (in.value("low_r", false)) {
        result.options.low_r = crypto::LowR::kYes;
    }
    if (in.contains("aux_rand")) {
        BASE_ASSIGN_OR_RETURN(result.options.taproot_aux, HexArray<32>(in, "aux_rand"));
    }
    if (in.contains("merkle_root") && !Text(in, "merkle_root").empty()) {
        BASE_ASSIGN_OR_RETURN(result.options.taproot_root, HexArray<32>(in, "merkle_root"));
    }
    return result;
}

}  // namespace

base::Result<utxo::Network> NetworkIn(const Json& in) {
    const std::string name = Text(in, "network");
    if (name == "main") {
        return utxo::Network::kMain;
    }
    if (name == "test") {
        return utxo::Network::kTest;
    }
    if (name == "regtest") {
        return utxo::Network::kRegtest;
    }
    return base::InvalidArgument("bad_network", "there is no network " + name);
}

base::Result<std::uint64_t> AmountIn(const Json& in, const char* key) {
    BASE_ASSIGN_OR_RETURN(const money::UInt256 amount, money::UInt256::Parse(Text(in, key)));
    return amount.ToUint64();
}

std::uint32_t NumberOr(const Json& in, const char* key, std::uint32_t fallback) {
    return in.contains(key) ? in.at(key).get<std::uint32_t>() : fallback;
}

base::Result<utxo::Output> OutputIn(const Json& in) {
    utxo::Output output;
    BASE_ASSIGN_OR_RETURN(output.amount, AmountIn(in, "amount"));
    BASE_ASSIGN_OR_RETURN(output.script, Hex(in, "script_pubkey"));
    return output;
}

base::Result<std::vector<utxo::Output>> OutputsIn(const Json& list) {
    std::vector<utxo::Output> outputs;
    for (const Json& entry : list) {
        BASE_ASSIGN_OR_RETURN(utxo::Output output, OutputIn(entry));
        outputs.push_back(std::move(output));
    }
    return outputs;
}

base::Result<SigningCase> SigningCaseIn(const Json& in) {
    SigningCase signing;
    signing.transaction.version = NumberOr(in, "version", 2);
    signing.transaction.locktime = NumberOr(in, "locktime", 0);
    BASE_ASSIGN_OR_RETURN(signing.transaction.outputs, OutputsIn(in.at("outputs")));
    for (const Json& entry : in.at("inputs")) {
        BASE_ASSIGN_OR_RETURN(SigningInput input, SigningInputIn(entry));
        signing.transaction.inputs.push_back(input.input);
        signing.spent.push_back(input.spent);
        signing.inputs.push_back(std::move(input));
    }
    return signing;
}

base::Result<utxo::Transaction> SignAll(const SigningCase& signing, SpendFunction spend) {
    utxo::Transaction result = signing.transaction;
    for (std::size_t i = 0; i < signing.inputs.size(); ++i) {
        BASE_ASSIGN_OR_RETURN(utxo::Spend done,
                              spend({signing.transaction, signing.spent, i},
                                    signing.inputs[i].key,
                                    signing.inputs[i].options));
        result.inputs[i].script_sig = std::move(done.script_sig);
        result.inputs[i].witness = std::move(done.witness);
    }
    return result;
}

}  // namespace oracle
