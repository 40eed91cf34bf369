// SolanaChain over a scripted node whose slots hold transactions.
#pragma once

#include <cstdint>
#include <gtest/gtest.h>
#include <string>
#include <utility>
#include <vector>

#include "crypto/base58.h"
#include "solana/params.h"
#include "solana/solana_chain.h"
#include "solana/terms.h"
#include "unit/solana/samples.h"
#include "unit/solana/scripted_node.h"

namespace solana_test {

inline std::string SignatureOf(std::uint8_t number) {
    return crypto::Base58Encode(base::Bytes(64, number));
}

class TrackedChain : public ::testing::Test {
protected:
    TrackedChain() : chain_(solana::ParametersOf(chain::Mode::kDevnet), node_) {}

    // A transaction in a slot; its first account pays.
    void Land(const std::string& signature,
              std::uint64_t slot,
              std::vector<std::string> keys,
              std::vector<std::uint64_t> before,
              std::vector<std::uint64_t> after) {
        node_.transactions[signature] = {
            {"slot", slot},
            {"transaction", {{"signatures", {signature}}, {"message", {{"accountKeys", keys}}}}},
            {"meta",
             {{"err", nullptr},
              {"fee", 5'000},
              {"preBalances", before},
              {"postBalances", after},
              {"preTokenBalances", Json::array()},
              {"postTokenBalances", Json::array()}}}};
        for (const std::string& key : keys) {
            auto& list = node_.history[key];
            list.insert(list.begin(), {signature, slot});
        }
    }

    [[nodiscard]] chain::SentTx Sent() const {
        solana::Terms terms;
        terms.last_valid_height = 800;
        terms.payer = {money::UInt256(7'000), 700};
        return {from_, SignatureOf(1), solana::WriteTerms(terms)};
    }

    ScriptedNode node_;
    solana::SolanaChain chain_;
    const std::string from_ = samples::KeyOf(1).ToString();
    const std::string to_ = samples::KeyOf(2).ToString();
    const secret::Bytes seed_ = samples::Seed(1);
};

}  // namespace solana_test
