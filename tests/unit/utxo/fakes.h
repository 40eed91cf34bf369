// A scripted node and books in memory for UtxoChain.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "chain/ledger.h"
#include "chain/node_rpc.h"

namespace utxo_test {

class FakeNode : public chain::NodeRpc {
public:
    base::Result<nlohmann::json> Call(std::string_view method, nlohmann::json parameters) override {
        calls.push_back(std::string(method));
        last = std::move(parameters);
        const auto found = answers.find(std::string(method));
        if (found == answers.end()) {
            return base::Unavailable("node_unavailable", "silent");
        }
        return found->second;
    }

    void Refuse(const std::string& method, const std::string& code, const std::string& text) {
        answers.insert_or_assign(
            method,
            base::Result<nlohmann::json>(base::FailedPrecondition("node_rejected", text)
                                             .With("code", code)
                                             .With("upstream", text)));
    }

    void Answer(const std::string& method, nlohmann::json value) {
        answers.insert_or_assign(
            method, base::Result<nlohmann::json>(boost::system::in_place_value, std::move(value)));
    }

    std::map<std::string, base::Result<nlohmann::json>> answers;
    std::vector<std::string> calls;
    nlohmann::json last;
};

inline chain::TxStatus InBlock() {
    chain::TxStatus status;
    status.place = chain::TxPlace::kBlock;
    status.succeeded = true;
    return status;
}

class FakeLedger final : public chain::Ledger {
public:
    base::Result<chain::Holdings> HoldingsOf(const std::string&) override { return holdings; }

    base::Result<chain::Balance> BalanceOf(const std::string&) override {
        return chain::Balance{holdings.left, holdings.tip_height};
    }

    base::Result<std::optional<chain::TxStatus>> FindTransaction(
        const std::string& tx_hash) override {
        const bool in_block = sources.contains(tx_hash) && !fees.contains(tx_hash);
        return in_block ? std::optional(InBlock()) : found;
    }

    base::Result<std::optional<money::UInt256>> FeeOf(const std::string& tx_hash) override {
        const auto fee = fees.find(tx_hash);
        return fee == fees.end() ? std::nullopt : std::optional(fee->second);
    }

    base::Result<base::Bytes> SourceOf(const std::string& tx_hash) override {
        const auto source = sources.find(tx_hash);
        if (source == sources.end()) {
            return base::NotFound("unknown_tx", "no such transaction");
        }
        return source->second;
    }

    chain::Holdings holdings;
    std::optional<chain::TxStatus> found;  // of a hash that is no source
    std::map<std::string, base::Bytes> sources;
    std::map<std::string, money::UInt256> fees;  // of transactions of ours in no block
};

}  // namespace utxo_test
