// A chain in memory behind chain::NodeRpc: coherent by default, and every method can be made to
// lie.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "chain/node_rpc.h"
#include "crypto/hash.h"
#include "evm/address.h"
#include "evm/answers.h"
#include "money/uint256.h"

namespace evm_test {

using Json = nlohmann::json;

inline std::string Quantity(std::uint64_t value) {
    return evm::WriteQuantity(money::UInt256(value));
}

inline std::string HashOf(std::string_view text) {
    return base::HexEncodePrefixed(crypto::Keccak256(base::AsBytes(text)));
}

inline base::Error Rejected(std::string text, std::string code = "-32000") {
    return base::FailedPrecondition("node_rejected", "the node refused the call")
        .With("code", std::move(code))
        .With("upstream", std::move(text));
}

inline base::Error NoAnswer() {
    return base::Unavailable("node_unavailable", "no answer");
}

class FakeNode : public chain::NodeRpc {
public:
    using Answer = base::Result<Json>;
    using Handler = std::function<Answer(const Json& parameters)>;

    FakeNode() {
        for (std::uint64_t height = 0; height <= 20; ++height) {
            AddBlock();
        }
    }

    base::Result<Json> Call(std::string_view method, Json parameters) override {
        calls.emplace_back(method, parameters);
        if (const auto handler = overrides.find(method); handler != overrides.end()) {
            return handler->second(parameters);
        }
        return Default(method, parameters);
    }

    // What further nodes answer to CallEach; this one answers first.
    std::vector<std::function<Answer(std::string_view method, const Json& parameters)>> others;

    std::vector<Answer> CallEach(std::string_view method, Json parameters) override {
        std::vector<Answer> answers{Call(method, parameters)};
        for (const auto& other : others) {
            answers.push_back(other(method, parameters));
        }
        return answers;
    }

    // The method answers this from now on.
    void Answers(const std::string& method, Json answer) {
        overrides[method] = [answer](const Json&) {
            return Answer(boost::system::in_place_value, answer);
        };
    }

    void Refuses(const std::string& method, base::Error error) {
        overrides[method] = [error](const Json&) { return Answer(error); };
    }

    Json& AddBlock() {
        const std::uint64_t height = blocks.size();
        blocks.push_back({{"number", Quantity(height)},
                          {"hash", HashOf("block" + std::to_string(height))},
                          {"parentHash", HashOf("block" + std::to_string(height - 1))},
                          {"timestamp", Quantity(1700000000 + height)},
                          {"transactions", Json::array()}});
        return blocks.back();
    }

    // Puts a transaction with its receipt into the newest block; gives the receipt.
    Json& Mine(const std::string& hash, const evm::Address& from, const Json& to, Json value) {
        Json& block = blocks.back();
        block["transactions"].push_back({{"hash", hash},
                                         {"from", from.ToString()},
                                         {"to", to},
                                         {"value", std::move(value)},
                                         {"input", "0x"},
                                         {"blockNumber", block["number"]}});
        transactions[hash] = block["transactions"].back();
        receipts[hash] = {{"transactionHash", hash},
                          {"blockHash", block["hash"]},
                          {"blockNumber", block["number"]},
                          {"status", "0x1"},
                          {"gasUsed", Quantity(21000)},
                          {"effectiveGasPrice", Quantity(2000000000)},
                          {"logs", Json::array()}};
        return receipts[hash];
    }

    // What a contract answers to a call with exactly this data (hex).
    void Contract(const evm::Address& address, base::ByteView data, base::ByteView answer) {
        codes[address.ToString()] = "0x60";
        contract_answers[{address.ToString(), base::HexEncodePrefixed(data)}] =
            base::HexEncodePrefixed(answer);
    }

    [[nodiscard]] std::size_t CountOf(std::string_view method) const {
        std::size_t count = 0;
        for (const auto& call : calls) {
            count += call.first == method ? 1 : 0;
        }
        return count;
    }

    std::uint64_t chain_id = 31337;
    std::vector<Json> blocks;
    std::uint64_t final_distance = 2;
    std::map<std::string, Json> balances;  // by canonical address
    std::map<std::string, std::string> codes;
    std::map<std::pair<std::string, std::string>, std::string> contract_answers;
    std::map<std::string, Json> transactions;
    std::map<std::string, Json> receipts;
    std::vector<Json> base_fees = {"0x3b9aca00", "0x3b9aca00", "0x3b9aca00"};  // 1 gwei
    std::vector<Json> rewards = {Json::array({"0x5f5e100", "0xbebc200", "0x11e1a300"}),
                                 Json::array({"0x5f5e100", "0xbebc200", "0x11e1a300"})};
    std::uint64_t gas_estimate = 50000;
    std::map<std::string, Handler, std::less<>> overrides;
    std::vector<std::pair<std::string, Json>> calls;

private:
    static Answer Value(Json json) {
        return Answer(boost::system::in_place_value, std::move(json));
    }

    Answer Default(std::string_view method, const Json& parameters) {
        if (method == "eth_chainId") {
            return Value(Quantity(chain_id));
        }
        if (method == "web3_clientVersion") {
            return Value("Fake/v1");
        }
        if (method == "eth_blockNumber") {
            return Value(Quantity(blocks.size() - 1));
        }
        if (method == "eth_getBalance") {
            return Value(balances.contains(parameters[0]) ? balances[parameters[0]] : Json("0x0"));
        }
        if (method == "eth_getTransactionCount") {
            return Value(parameters[1] == "pending" ? "0x9" : "0x7");
        }
        if (method == "eth_getCode") {
            return Value(codes.contains(parameters[0]) ? codes[parameters[0]] : "0x");
        }
        if (method == "eth_estimateGas") {
            return Value(Quantity(gas_estimate));
        }
        if (method == "eth_feeHistory") {
            return Value(
                {{"oldestBlock", "0x1"}, {"baseFeePerGas", base_fees}, {"reward", rewards}});
        }
        if (method == "eth_maxPriorityFeePerGas") {
            return Value("0x77359400");  // 2 gwei
        }
        if (method == "eth_sendRawTransaction") {
            const auto raw = base::HexDecodePrefixed(parameters[0].get<std::string>());
            return Value(base::HexEncodePrefixed(crypto::Keccak256(*raw)));
        }
        if (method == "eth_call") {
            return ContractAnswer(parameters[0]);
        }
        if (method == "eth_getBlockByNumber") {
            return BlockAt(parameters[0]);
        }
        return Lookup(method, parameters);
    }

    Answer ContractAnswer(const Json& call) {
        const auto answer = contract_answers.find({call["to"], call["data"]});
        return answer == contract_answers.end() ? Answer(Rejected("execution reverted", "3"))
                                                : Value(answer->second);
    }

    Answer BlockAt(const std::string& tag) {
        if (tag == "latest") {
            return Value(blocks.back());
        }
        if (tag == "finalized") {
            return Value(blocks[blocks.size() - 1 - final_distance]);
        }
        const auto height = evm::ReadQuantity64(tag, "tag");
        return Value(*height < blocks.size() ? blocks[*height] : Json());
    }

    Answer Lookup(std::string_view method, const Json& parameters) {
        if (method == "eth_getLogs") {
            Json logs = Json::array();
            for (const auto& [hash, receipt] : receipts) {
                for (const Json& log : receipt["logs"]) {
                    if (log["blockHash"] == parameters[0]["blockHash"] && !log["topics"].empty() &&
                        log["topics"][0] == parameters[0]["topics"][0]) {
                        logs.push_back(log);
                    }
                }
            }
            return Value(logs);
        }
        const auto& table = method == "eth_getTransactionReceipt" ? receipts : transactions;
        const auto entry = table.find(parameters[0]);
        return Value(entry == table.end() ? Json() : entry->second);
    }
};

}  // namespace evm_test
