#include "evm/action.h"

#include <gtest/gtest.h>

#include "base/hex.h"
#include "evm/erc20.h"
#include "unit/evm/plans.h"

namespace {

using chain::TransferMode;
using evm_test::AllContracts;
using evm_test::kAlice;
using evm_test::kBob;
using evm_test::kToken;
using evm_test::kWeth;
using evm_test::PlanOf;
using evm_test::TransferTo;
using money::UInt256;

base::Result<evm::Call> Encode(const chain::Plan& plan, std::uint64_t amount = 0) {
    return evm::EncodeAction(plan, UInt256(amount), AllContracts());
}

std::string ReasonOf(const chain::Plan& plan, std::uint64_t amount = 0) {
    const auto call = Encode(plan, amount);
    return call ? "" : call.error().reason;
}

TEST(EncodeAction, PaysTheNativeCoinWithoutData) {
    const auto call = Encode(PlanOf(TransferTo(kBob, UInt256(5))), 5);
    ASSERT_TRUE(call.has_value());
    EXPECT_EQ(*call, (evm::Call{kBob, UInt256(5), {}}));
}

TEST(EncodeAction, PaysATokenThroughItsContract) {
    const auto call = Encode(PlanOf(TransferTo(kBob, UInt256(5)), false), 5);
    ASSERT_TRUE(call.has_value());
    EXPECT_EQ(*call, (evm::Call{kToken, UInt256(), evm::EncodeErc20Transfer(kBob, UInt256(5))}));
}

TEST(EncodeAction, TakesTheAmountThatTheModeAllows) {
    EXPECT_EQ(ReasonOf(PlanOf(TransferTo(kBob, UInt256(5))), 4), "bad_order");
    EXPECT_EQ(ReasonOf(PlanOf(TransferTo(kBob, UInt256(0))), 0), "bad_order");
    const auto subtract = TransferTo(kBob, UInt256(5), TransferMode::kSubtractFee);
    EXPECT_EQ(ReasonOf(PlanOf(subtract), 4), "");
    EXPECT_EQ(ReasonOf(PlanOf(subtract), 5), "bad_order");
    EXPECT_EQ(ReasonOf(PlanOf(subtract, false), 4), "bad_order");
    const auto all = TransferTo(kBob, UInt256(), TransferMode::kAll);
    EXPECT_EQ(ReasonOf(PlanOf(all), 9), "");
    EXPECT_EQ(ReasonOf(PlanOf(all, false), 9), "");
    EXPECT_EQ(ReasonOf(PlanOf(all), 0), "bad_order");
}

TEST(EncodeAction, RefusesRecipientsThatLoseTheMoney) {
    EXPECT_EQ(ReasonOf(PlanOf(TransferTo(evm::Address(), UInt256(5))), 5), "bad_address");
    EXPECT_EQ(ReasonOf(PlanOf(TransferTo(kToken, UInt256(5)), false), 5), "bad_address");
    chain::Transfer none;
    EXPECT_EQ(ReasonOf(PlanOf(none), 5), "bad_order");
    chain::Transfer two = TransferTo(kBob, UInt256(5));
    two.recipients.push_back(two.recipients.front());
    EXPECT_EQ(ReasonOf(PlanOf(two), 5), "bad_order");
    chain::Transfer bad = TransferTo(kBob, UInt256(5));
    bad.recipients.front().address = "0x742d35Cc6634C0532925a3b844Bc9e7595f0bEb";
    EXPECT_EQ(ReasonOf(PlanOf(bad), 5), "bad_address");
}

TEST(EncodeAction, ApprovesAndRevokes) {
    const auto approve = Encode(PlanOf(chain::Approve{kBob.ToString(), UInt256(7)}, false));
    ASSERT_TRUE(approve.has_value());
    EXPECT_EQ(*approve, (evm::Call{kToken, UInt256(), evm::EncodeErc20Approve(kBob, UInt256(7))}));
    const auto revoke = Encode(PlanOf(chain::Revoke{kBob.ToString()}, false));
    ASSERT_TRUE(revoke.has_value());
    EXPECT_EQ(revoke->data, evm::EncodeErc20Approve(kBob, UInt256()));
    EXPECT_EQ(ReasonOf(PlanOf(chain::Approve{kBob.ToString(), UInt256(7)})), "bad_order");
    EXPECT_EQ(ReasonOf(PlanOf(chain::Revoke{"0x"}, false)), "bad_address");
    EXPECT_EQ(ReasonOf(PlanOf(chain::Revoke{evm::Address().ToString()}, false)), "bad_address");
}

TEST(EncodeAction, WrapsAndUnwraps) {
    const auto wrap = Encode(PlanOf(chain::Wrap{UInt256(7)}));
    ASSERT_TRUE(wrap.has_value());
    EXPECT_EQ(*wrap, (evm::Call{kWeth, UInt256(7), *base::HexDecode("d0e30db0")}));
    chain::Plan plan = PlanOf(chain::Unwrap{UInt256(7)}, false);
    EXPECT_EQ(ReasonOf(plan), "bad_order");
    plan.asset.contract = kWeth.ToString();
    const auto unwrap = Encode(plan);
    ASSERT_TRUE(unwrap.has_value());
    EXPECT_EQ(unwrap->to, kWeth);
    EXPECT_EQ(base::HexEncode(unwrap->data), "2e1a7d4d" + std::string(63, '0') + "7");
    EXPECT_EQ(ReasonOf(PlanOf(chain::Wrap{UInt256(7)}, false)), "bad_order");
    EXPECT_EQ(ReasonOf(PlanOf(chain::Wrap{UInt256()})), "bad_order");
    EXPECT_EQ(ReasonOf(PlanOf(chain::Unwrap{UInt256(7)})), "bad_order");
}

TEST(EncodeAction, RefusesActionsOfOtherChains) {
    EXPECT_EQ(ReasonOf(PlanOf(chain::Cpfp{"00"})), "unsupported_action");
    const evm::Contracts none;
    EXPECT_EQ(evm::EncodeAction(PlanOf(chain::Wrap{UInt256(7)}), UInt256(), none).error().reason,
              "unsupported_action");
    EXPECT_EQ(evm::EncodeAction(PlanOf(chain::Unwrap{UInt256(7)}), UInt256(), none).error().reason,
              "unsupported_action");
}

evm::Transaction Paying(const evm::Call& call) {
    evm::Transaction transaction;
    transaction.chain_id = 31337;
    transaction.gas_limit = 21000;
    transaction.to = call.to;
    transaction.value = call.value;
    transaction.data = call.data;
    transaction.max_fee_per_gas = UInt256(100);
    transaction.max_priority_fee_per_gas = UInt256(1);
    return transaction;
}

std::string CheckOf(const evm::Transaction& transaction, const chain::Plan& plan) {
    const auto checked =
        evm::CheckAgainstPlan(transaction, plan, AllContracts(), evm_test::Devnet());
    return checked ? "" : checked.error().reason;
}

TEST(CheckAgainstPlan, TakesExactlyTheOrderedCall) {
    const chain::Plan plan = PlanOf(TransferTo(kBob, UInt256(5)));
    const evm::Transaction good = Paying({kBob, UInt256(5), {}});
    EXPECT_EQ(CheckOf(good, plan), "");
    evm::Transaction legacy = good;
    legacy.type = evm::TxType::kLegacy;
    legacy.gas_price = UInt256(100);
    legacy.max_fee_per_gas = legacy.max_priority_fee_per_gas = UInt256();
    EXPECT_EQ(CheckOf(legacy, plan), "");
    std::vector<evm::Transaction> bad(7, good);
    bad[0].to = kAlice;
    bad[1].value = UInt256(6);
    bad[2].data = {1};
    bad[3].chain_id = 1;
    bad[4].access_list.push_back({});
    bad[5].to.reset();
    bad[6] = legacy;
    bad[6].type = evm::TxType::kAccessList;
    for (std::size_t i = 0; i < bad.size(); ++i) {
        EXPECT_EQ(CheckOf(bad[i], plan), "tx_mismatch") << i;
    }
}

TEST(CheckAgainstPlan, HoldsTheFeeInsideBothCaps) {
    chain::Plan plan = PlanOf(TransferTo(kBob, UInt256(5)));
    evm::Transaction transaction = Paying({kBob, UInt256(5), {}});
    plan.fee_cap = UInt256(2100000);
    EXPECT_EQ(CheckOf(transaction, plan), "");
    plan.fee_cap = UInt256(2099999);
    EXPECT_EQ(CheckOf(transaction, plan), "fee_cap_exceeded");
    plan.fee_cap = UInt256::Max();
    transaction.max_fee_per_gas = UInt256(30000000000000);  // 0.63 ETH over 21,000 gas
    EXPECT_EQ(CheckOf(transaction, plan), "fee_cap_exceeded");
    transaction.max_fee_per_gas = UInt256::Max();
    EXPECT_EQ(CheckOf(transaction, plan), "bad_tx");
}

TEST(CheckAgainstPlan, WantsTheWholeSumInModeSubtractFee) {
    const UInt256 sum(5 + 21000 * 100);
    const chain::Plan plan = PlanOf(TransferTo(kBob, sum, TransferMode::kSubtractFee));
    evm::Transaction transaction = Paying({kBob, UInt256(5), {}});
    EXPECT_EQ(CheckOf(transaction, plan), "");
    transaction.value = UInt256(4);
    EXPECT_EQ(CheckOf(transaction, plan), "tx_mismatch");
    transaction.value = UInt256::Max();
    EXPECT_EQ(CheckOf(transaction, plan), "tx_mismatch");
    EXPECT_EQ(CheckOf(transaction, PlanOf(chain::Transfer{{}, TransferMode::kSubtractFee})),
              "bad_order");
}

TEST(CheckAgainstPlan, TakesAnyAmountInModeAll) {
    const chain::Transfer all = TransferTo(kBob, UInt256(), TransferMode::kAll);
    EXPECT_EQ(CheckOf(Paying({kBob, UInt256(9), {}}), PlanOf(all)), "");
    EXPECT_EQ(CheckOf(Paying({kAlice, UInt256(9), {}}), PlanOf(all)), "tx_mismatch");
    const base::Bytes data = evm::EncodeErc20Transfer(kBob, UInt256(9));
    EXPECT_EQ(CheckOf(Paying({kToken, UInt256(), data}), PlanOf(all, false)), "");
    EXPECT_EQ(CheckOf(Paying({kToken, UInt256(), {1, 2}}), PlanOf(all, false)), "bad_order");
    const base::Bytes approve = evm::EncodeErc20Approve(kBob, UInt256(9));
    EXPECT_EQ(CheckOf(Paying({kToken, UInt256(), approve}), PlanOf(all, false)), "tx_mismatch");
}

TEST(CheckAgainstPlan, ChecksOtherActionsToo) {
    const chain::Plan plan = PlanOf(chain::Approve{kBob.ToString(), UInt256(7)}, false);
    EXPECT_EQ(CheckOf(Paying({kToken, UInt256(), evm::EncodeErc20Approve(kBob, UInt256(7))}), plan),
              "");
    EXPECT_EQ(CheckOf(Paying({kToken, UInt256(), evm::EncodeErc20Approve(kBob, UInt256(8))}), plan),
              "tx_mismatch");
}

TEST(CheckSelfCall, TakesNothingButZeroToSelf) {
    const auto reason = [](const evm::Transaction& transaction, std::uint64_t cap) {
        const auto checked =
            evm::CheckSelfCall(transaction, kAlice, UInt256(cap), evm_test::Devnet());
        return checked ? std::string() : checked.error().reason;
    };
    EXPECT_EQ(reason(Paying(evm::SelfCall(kAlice)), 2100000), "");
    EXPECT_EQ(reason(Paying(evm::SelfCall(kAlice)), 2099999), "fee_cap_exceeded");
    EXPECT_EQ(reason(Paying(evm::SelfCall(kBob)), 2100000), "tx_mismatch");
    EXPECT_EQ(reason(Paying({kAlice, UInt256(1), {}}), 2100000), "tx_mismatch");
    EXPECT_EQ(reason(Paying({kAlice, UInt256(), {1}}), 2100000), "tx_mismatch");
}

}  // namespace
