// A transaction of ours that only the node remembers.
#include <gtest/gtest.h>

#include "evm/evm_chain.h"
#include "evm/keys.h"
#include "evm/transaction.h"
#include "secret/secret.h"
#include "unit/evm/fake_node.h"
#include "unit/evm/plans.h"

namespace {

using evm_test::FakeNode;
using evm_test::Json;
using money::UInt256;

std::string Number(const UInt256& value) {
    return evm::WriteQuantity(value);
}

class Rediscovery : public testing::Test {
protected:
    Rediscovery() {
        asked_.chain_id = 31337;
        asked_.nonce = 7;
        asked_.max_fee_per_gas = UInt256(2'000'000'000);
        asked_.max_priority_fee_per_gas = UInt256(1'000'000'000);
        asked_.gas_limit = 21000;
        asked_.to = evm_test::kBob;
        asked_.value = UInt256(1000);
    }

    // Signs it and lets the node show it.
    evm::SignedTransaction Show(const evm::Transaction& transaction) {
        const auto made = evm::SignTransaction(
            transaction, *evm::ImportPrivateKey(secret::String(std::string(64, '1'))));
        EXPECT_TRUE(made);
        const bool legacy = transaction.type == evm::TxType::kLegacy;
        const std::uint64_t parity = made->signature.recovery_id;
        Json shown{{"hash", base::HexEncodePrefixed(made->hash)},
                   {"type", legacy ? "0x0" : "0x2"},
                   {"gas", evm_test::Quantity(transaction.gas_limit)},
                   {"gasPrice", Number(transaction.gas_price)},
                   {"r", Number(*UInt256::FromBigEndian(made->signature.r))},
                   {"s", Number(*UInt256::FromBigEndian(made->signature.s))},
                   {"v", evm_test::Quantity(legacy ? 31337 * 2 + 35 + parity : parity)}};
        if (!legacy) {
            shown["maxFeePerGas"] = Number(transaction.max_fee_per_gas);
            shown["maxPriorityFeePerGas"] = Number(transaction.max_priority_fee_per_gas);
        }
        node_.Answers("eth_getTransactionByHash", shown);
        return *made;
    }

    [[nodiscard]] base::Result<std::optional<chain::Rediscovered>> Ask(
        const evm::SignedTransaction& shown) {
        chain::Plan plan;
        plan.from = shown.from.ToString();
        return chain_.Rediscover(
            base::HexEncodePrefixed(shown.hash), plan, *evm::EncodeUnsigned(asked_));
    }

    FakeNode node_;
    evm::EvmChain chain_{evm_test::Devnet(), node_};
    evm::Transaction asked_;
};

TEST_F(Rediscovery, FindsWhatWasAsked) {
    const auto shown = Show(asked_);
    const auto found = Ask(shown);
    ASSERT_TRUE(found && *found);
    EXPECT_EQ((*found)->signed_tx, shown.raw);
    EXPECT_EQ((*found)->unsigned_tx.payload, *evm::EncodeUnsigned(asked_));
}

TEST_F(Rediscovery, FindsItAtAnotherFee) {
    evm::Transaction other = asked_;
    other.max_fee_per_gas = UInt256(3'000'000'000);
    other.gas_limit = 30000;
    const auto found = Ask(Show(other));
    ASSERT_TRUE(found && *found);
    EXPECT_EQ((*found)->unsigned_tx.payload, *evm::EncodeUnsigned(other));
}

TEST_F(Rediscovery, FindsItInTheOldForm) {
    asked_.type = evm::TxType::kLegacy;
    asked_.max_fee_per_gas = UInt256();
    asked_.max_priority_fee_per_gas = UInt256();
    asked_.gas_price = UInt256(5);
    const auto shown = Show(asked_);
    const auto found = Ask(shown);
    ASSERT_TRUE(found && *found);
    EXPECT_EQ((*found)->signed_tx, shown.raw);
}

TEST_F(Rediscovery, TakesNothingElse) {
    evm::Transaction other = asked_;
    other.value = UInt256(1001);
    EXPECT_FALSE(Ask(Show(other))->has_value());
    other = asked_;
    other.nonce = 8;
    EXPECT_FALSE(Ask(Show(other))->has_value());
    other = asked_;
    other.to = evm_test::kOther;
    EXPECT_FALSE(Ask(Show(other))->has_value());
    other = asked_;
    other.type = evm::TxType::kLegacy;
    other.max_fee_per_gas = UInt256();
    other.max_priority_fee_per_gas = UInt256();
    EXPECT_FALSE(Ask(Show(other))->has_value());
    auto shown = Show(asked_);
    shown.from = evm_test::kOther;
    EXPECT_FALSE(Ask(shown)->has_value()) << "of another sender";
    node_.Answers("eth_getTransactionByHash", Json());
    EXPECT_FALSE(Ask(shown)->has_value());
}

TEST_F(Rediscovery, WithoutAnAnswerNothingIsKnown) {
    const auto shown = Show(asked_);
    node_.Refuses("eth_getTransactionByHash", evm_test::NoAnswer());
    EXPECT_EQ(Ask(shown).error().reason, "node_unavailable");
    node_.Answers("eth_getTransactionByHash", Json{{"type", "0x2"}});
    EXPECT_EQ(Ask(shown).error().reason, "node_unavailable");
}

}  // namespace
