#include "evm/params.h"

#include <gtest/gtest.h>

#include "evm/units.h"

namespace {

using chain::Mode;

TEST(Params, KnowTheChainIds) {
    EXPECT_EQ(evm::ParamsOf("ethereum", Mode::kMainnet)->chain_id, 1U);
    EXPECT_EQ(evm::ParamsOf("ethereum", Mode::kTestnet)->chain_id, 11155111U);
    EXPECT_EQ(evm::ParamsOf("ethereum", Mode::kDevnet)->chain_id, 31337U);
    EXPECT_EQ(evm::ParamsOf("binance", Mode::kMainnet)->chain_id, 56U);
    EXPECT_EQ(evm::ParamsOf("bnb", Mode::kTestnet)->chain_id, 97U);
    EXPECT_EQ(evm::ParamsOf("polygon", Mode::kMainnet)->chain_id, 137U);
    EXPECT_EQ(evm::ParamsOf("avax", Mode::kMainnet)->chain_id, 43114U);
}

TEST(Params, RefuseOtherChains) {
    EXPECT_EQ(evm::ParamsOf("bitcoin", Mode::kMainnet).error().reason, "unknown_chain");
    EXPECT_EQ(evm::ParamsOf("etherium", Mode::kMainnet).error().reason, "unknown_chain");
    EXPECT_EQ(evm::ParamsOfNetwork("eip155:2", Mode::kMainnet).error().reason, "unknown_chain");
}

TEST(Params, AreFoundByNetwork) {
    EXPECT_EQ(evm::ParamsOfNetwork("eip155:56", Mode::kMainnet)->common.info->name, "binance");
    EXPECT_EQ(evm::ParamsOfNetwork("eip155:137", Mode::kMainnet)->common.native.symbol, "POL");
    EXPECT_EQ(evm::ParamsOfNetwork("eip155:1", Mode::kDevnet).error().reason, "unknown_chain");
}

TEST(Params, KeepFloorsBelowCeilings) {
    for (const auto* name : {"ethereum", "binance", "polygon", "avalanche"}) {
        for (const Mode mode : {Mode::kDevnet, Mode::kTestnet, Mode::kMainnet}) {
            const auto params = evm::ParamsOf(name, mode);
            ASSERT_TRUE(params.has_value()) << name;
            EXPECT_LT(params->tip_floor, params->tip_ceiling) << name;
            EXPECT_LT(params->tip_ceiling, params->gas_price_ceiling) << name;
            EXPECT_FALSE(params->common.fee_ceiling.IsZero()) << name;
            EXPECT_GT(params->common.final_depth, 0U) << name;
            EXPECT_EQ(params->common.mode, mode) << name;
        }
    }
}

TEST(Params, KnowTheWrappedCoins) {
    EXPECT_EQ(evm::ParamsOf("ethereum", Mode::kDevnet)->wrapped_native->ToString(),
              "0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2");
    EXPECT_EQ(evm::ParamsOf("binance", Mode::kTestnet)->wrapped_native->ToString(),
              "0xae13d989daC2f0dEbFf460aC112a837C89BAa7cd");
    EXPECT_FALSE(evm::ParamsOf("polygon", Mode::kTestnet)->wrapped_native.has_value());
}

TEST(Gwei, IsExact) {
    EXPECT_EQ(evm::ParseGwei("20")->ToDecimal(), "20000000000");
    EXPECT_EQ(evm::ParseGwei("0.000000001")->ToDecimal(), "1");
    EXPECT_EQ(evm::ParseGwei("1.5")->ToDecimal(), "1500000000");
    EXPECT_EQ(evm::ParseGwei("0.0000000001").error().reason, "amount_precision");
    EXPECT_EQ(evm::ParseGwei("1e3").error().reason, "bad_amount");
    EXPECT_EQ(evm::ParseGwei("-1").error().reason, "bad_amount");
    EXPECT_EQ(evm::FormatGwei(money::UInt256(1500000000)), "1.5");
}

}  // namespace
