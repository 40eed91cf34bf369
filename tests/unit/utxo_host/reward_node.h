// A node in memory whose blocks pay their rewards to the faucet's key: speaks the methods that
// UtxoChain asks for, with numbers as text.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "chain/node_rpc.h"
#include "crypto/hash.h"
#include "crypto/secp256k1.h"
#include "money/amount.h"
#include "utxo/script.h"
#include "utxo/tx_format.h"

namespace utxo_host_test {

using Json = nlohmann::json;

// As the header of the faucet says: everybody can read the key.
inline base::Bytes FaucetScript() {
    const auto key = secret::Bytes::Copy(crypto::Sha256(base::AsBytes("platform devnet faucet")));
    return utxo::ScriptOfKey(crypto::Secp256k1PublicKey::FromPrivate(key).value(),
                             utxo::ScriptType::kP2pkh)
        .value();
}

class RewardNode final : public chain::NodeRpc {
public:
    explicit RewardNode(const utxo::TxFormat& format) : format_(format) { Append({}); }

    // Blocks with a reward each, and with what was sent in the first of them.
    void Mine(std::size_t blocks, std::uint64_t reward, const base::Bytes& script) {
        for (; blocks > 0; --blocks) {
            Json coinbase = {{"txid", TextOf("reward" + std::to_string(++made_))},
                             {"vin", Json::array({{{"coinbase", "00"}}})},
                             {"vout", Json::array({OutputJson(0, {reward, script})})}};
            // The proof of these bytes is not this test's matter.
            utxo::Transaction raw;
            raw.inputs.resize(1);
            raw.inputs[0].prevout.index = static_cast<std::uint32_t>(made_);
            raw.outputs = {{reward, script}};
            if (format_.chain() == "bitcoin") {
                coinbase["hex"] = base::HexEncode(format_.Serialize(raw));
                coinbase["txid"] = utxo::TxHashText(format_.TxHash(raw));
            }
            std::vector<Json> txs = {coinbase};
            for (const utxo::Transaction& sent : std::exchange(sent_, {})) {
                txs.push_back(TxJson(sent));
            }
            Append(std::move(txs));
        }
    }

    // Other blocks without transactions from this height on, one more than before.
    void Replace(std::size_t height) {
        const std::size_t size = blocks_.size();
        blocks_.resize(height);
        ++fork_;
        while (blocks_.size() <= size) {
            Append({});
        }
    }

    base::Result<Json> Call(std::string_view method, Json parameters) override {
        calls.emplace_back(method);
        if (method == "getbestblockhash") {
            return Ok(blocks_.back()["hash"]);
        }
        if (method == "getblockhash") {
            return Ok(blocks_.at(parameters[0].get<std::size_t>())["hash"]);
        }
        if (method == "getblockheader" || method == "getblock") {
            for (const Json& block : blocks_) {
                if (block["hash"] == parameters[0]) {
                    return Ok(block);
                }
            }
        }
        if (method == "sendrawtransaction") {
            return Send(parameters[0]);
        }
        const auto answer = answers.find(std::string(method));
        return answer == answers.end() ? Rejected("-32601", "Method not found")
                                       : Ok(answer->second);
    }

    [[nodiscard]] const std::vector<utxo::Transaction>& sent() const { return sent_; }

    std::map<std::string, Json> answers;
    std::vector<std::string> refusals;  // the next broadcasts' answers, in order
    std::vector<std::string> calls;

private:
    static base::Result<Json> Ok(Json value) {
        return {boost::system::in_place_value, std::move(value)};
    }

    static base::Result<Json> Rejected(const std::string& code, const std::string& text) {
        return base::FailedPrecondition("node_rejected", text)
            .With("code", code)
            .With("upstream", text);
    }

    static std::string TextOf(const std::string& name) {
        return utxo::TxHashText(crypto::Sha256(base::AsBytes(name)));
    }

    static Json OutputJson(std::size_t place, const utxo::Output& output) {
        return {{"n", std::to_string(place)},
                {"value", money::FormatDecimal(money::UInt256(output.amount), 8)},
                {"scriptPubKey", {{"hex", base::HexEncode(output.script)}}}};
    }

    [[nodiscard]] Json TxJson(const utxo::Transaction& transaction) const {
        Json inputs = Json::array();
        for (const utxo::Input& input : transaction.inputs) {
            inputs.push_back({{"txid", utxo::TxHashText(input.prevout.tx_hash)},
                              {"vout", std::to_string(input.prevout.index)}});
        }
        Json outputs = Json::array();
        for (std::size_t i = 0; i < transaction.outputs.size(); ++i) {
            outputs.push_back(OutputJson(i, transaction.outputs[i]));
        }
        return {{"txid", utxo::TxHashText(format_.TxHash(transaction))},
                {"hex", base::HexEncode(format_.Serialize(transaction))},
                {"vin", std::move(inputs)},
                {"vout", std::move(outputs)}};
    }

    base::Result<Json> Send(const Json& hex) {
        if (!refusals.empty()) {
            const std::string refusal = refusals.front();
            refusals.erase(refusals.begin());
            return Rejected("-26", refusal);
        }
        const auto transaction =
            format_.Parse(base::HexDecode(hex.get<std::string>()).value()).value();
        sent_.push_back(transaction);
        return Ok(utxo::TxHashText(format_.TxHash(transaction)));
    }

    void Append(std::vector<Json> txs) {
        const std::size_t height = blocks_.size();
        Json block = {
            {"hash", TextOf("block" + std::to_string(height) + "/" + std::to_string(fork_))},
            {"height", std::to_string(height)},
            {"time", std::to_string(1'700'000'000 + height)},
            {"tx", std::move(txs)}};
        if (height > 0) {
            block["previousblockhash"] = blocks_.back()["hash"];
        }
        blocks_.push_back(std::move(block));
    }

    const utxo::TxFormat& format_;
    std::vector<Json> blocks_;
    std::vector<utxo::Transaction> sent_;
    std::uint64_t made_ = 0;
    std::uint64_t fork_ = 0;
};

}  // namespace utxo_host_test
