#include <gtest/gtest.h>

#include "base/hex.h"
#include "evm/abi.h"
#include "evm/action.h"
#include "unit/evm/plans.h"

namespace {

using evm::AbiList;
using evm::AbiValue;
using evm_test::AllContracts;
using evm_test::kAlice;
using evm_test::kOther;
using evm_test::kRouter;
using evm_test::kToken;
using evm_test::kWeth;
using evm_test::PlanOf;
using money::UInt256;

constexpr std::int64_t kDeadline = 1767225600;

chain::Swap SwapOf(std::string protocol, const std::vector<evm::Address>& tokens) {
    chain::Swap swap;
    swap.protocol = std::move(protocol);
    for (const evm::Address& token : tokens) {
        swap.hops.push_back({token.ToString(), 3000});
    }
    swap.hops.back().fee = 0;
    swap.amount_in = UInt256(1000);
    swap.amount_out_min = UInt256(900);
    swap.deadline = base::Time(std::chrono::seconds(kDeadline));
    return swap;
}

base::Result<evm::Call> Encode(const chain::Swap& swap) {
    return evm::EncodeAction(PlanOf(swap, swap.native_in), UInt256(), AllContracts());
}

std::string ReasonOf(const chain::Swap& swap) {
    const auto call = Encode(swap);
    return call ? "" : call.error().reason;
}

// token, fee, token of Uniswap V3.
base::Bytes Path(const evm::Address& from, const evm::Address& to) {
    base::Bytes path = base::ToBytes(from.bytes());
    base::Append(path, *base::HexDecode("000bb8"));
    base::Append(path, to.bytes());
    return path;
}

AbiValue Number(std::uint64_t value) {
    return AbiValue{UInt256(value)};
}

TEST(V2Swap, HasOneFunctionAPairOfEnds) {
    for (const char* protocol : {"uniswap_v2_router02", "pancake_v2"}) {
        const auto tokens = Encode(SwapOf(protocol, {kToken, kWeth, kOther}));
        ASSERT_TRUE(tokens.has_value());
        EXPECT_EQ(tokens->to, kRouter);
        EXPECT_TRUE(tokens->value.IsZero());
        const AbiValue path{AbiList{AbiValue{kToken}, AbiValue{kWeth}, AbiValue{kOther}}};
        EXPECT_EQ(tokens->data,
                  *evm::EncodeCall(
                      "swapExactTokensForTokens(uint256,uint256,address[],address,uint256)",
                      {Number(1000), Number(900), path, AbiValue{kAlice}, Number(kDeadline)}));
    }
    chain::Swap in = SwapOf("uniswap_v2_router02", {kWeth, kToken});
    in.native_in = true;
    const auto native_in = Encode(in);
    ASSERT_TRUE(native_in.has_value());
    EXPECT_EQ(native_in->value, UInt256(1000));
    EXPECT_EQ(base::HexEncode(base::ByteView(native_in->data).first(4)), "7ff36ab5");
    chain::Swap out = SwapOf("uniswap_v2_router02", {kToken, kWeth});
    out.native_out = true;
    const auto native_out = Encode(out);
    ASSERT_TRUE(native_out.has_value());
    EXPECT_TRUE(native_out->value.IsZero());
    EXPECT_EQ(base::HexEncode(base::ByteView(native_out->data).first(4)), "18cbafe5");
}

TEST(SwapRouter02, PutsTheDeadlineAroundTheSwap) {
    const auto call = Encode(SwapOf("swap_router_02", {kToken, kOther}));
    ASSERT_TRUE(call.has_value());
    const AbiValue params{
        AbiList{AbiValue{Path(kToken, kOther)}, AbiValue{kAlice}, Number(1000), Number(900)}};
    const auto exact = evm::EncodeCall("exactInput((bytes,address,uint256,uint256))", {params});
    EXPECT_EQ(call->data,
              *evm::EncodeCall("multicall(uint256,bytes[])",
                               {Number(kDeadline), AbiValue{AbiList{AbiValue{*exact}}}}));
    EXPECT_EQ(base::HexEncode(base::ByteView(call->data).first(4)), "5ae401dc");
    EXPECT_EQ(base::HexEncode(base::ByteView(*exact).first(4)), "b858183f");
}

TEST(SwapRouter02, UnwrapsToSelf) {
    chain::Swap swap = SwapOf("swap_router_02", {kToken, kWeth});
    swap.native_out = true;
    const auto call = Encode(swap);
    ASSERT_TRUE(call.has_value());
    const auto router = evm::Address::Parse("0x0000000000000000000000000000000000000002");
    const AbiValue params{
        AbiList{AbiValue{Path(kToken, kWeth)}, AbiValue{*router}, Number(1000), Number(900)}};
    const auto exact = evm::EncodeCall("exactInput((bytes,address,uint256,uint256))", {params});
    const auto unwrap =
        evm::EncodeCall("unwrapWETH9(uint256,address)", {Number(900), AbiValue{kAlice}});
    EXPECT_EQ(base::HexEncode(base::ByteView(*unwrap).first(4)), "49404b7c");
    EXPECT_EQ(call->data,
              *evm::EncodeCall(
                  "multicall(uint256,bytes[])",
                  {Number(kDeadline), AbiValue{AbiList{AbiValue{*exact}, AbiValue{*unwrap}}}}));
}

TEST(PancakeV3Router, CarriesTheDeadlineInTheStruct) {
    const auto call = Encode(SwapOf("pancake_v3_router", {kToken, kOther}));
    ASSERT_TRUE(call.has_value());
    EXPECT_EQ(base::HexEncode(base::ByteView(call->data).first(4)), "c04b8d59");
    chain::Swap swap = SwapOf("pancake_v3_router", {kToken, kWeth});
    swap.native_out = true;
    const auto native_out = Encode(swap);
    ASSERT_TRUE(native_out.has_value());
    EXPECT_EQ(base::HexEncode(base::ByteView(native_out->data).first(4)), "ac9650d8");
}

TEST(Swap, RefusesWhatTheOrderCannotMean) {
    const chain::Swap good = SwapOf("swap_router_02", {kToken, kWeth, kOther});
    ASSERT_EQ(ReasonOf(good), "");
    std::vector<chain::Swap> bad(12, good);
    bad[0].hops.resize(1);
    bad[1].hops.resize(6, bad[1].hops.front());
    bad[2].amount_in = UInt256();
    bad[3].amount_out_min = UInt256();
    bad[4].native_in = true;  // begins with a token that is not the wrapped coin
    bad[5].native_out = true;
    bad[6].deadline = {};
    bad[7].hops[1].token = bad[7].hops[0].token;
    bad[8].hops[2].token = bad[8].hops[0].token;
    bad[9].hops[0].fee = 0;
    bad[10].hops[0].fee = 1000000;
    bad[11].native_in = bad[11].native_out = true;
    for (std::size_t i = 0; i < bad.size(); ++i) {
        EXPECT_EQ(ReasonOf(bad[i]), "bad_order") << i;
    }
}

TEST(Swap, PaysWithTheAssetOfTheOrder) {
    const chain::Swap swap = SwapOf("swap_router_02", {kOther, kWeth});
    EXPECT_EQ(ReasonOf(swap), "bad_order");  // the order is over kToken
    const chain::Swap token = SwapOf("swap_router_02", {kToken, kWeth});
    EXPECT_EQ(evm::EncodeAction(PlanOf(token, true), UInt256(), AllContracts()).error().reason,
              "bad_order");
}

TEST(Swap, RefusesUnknownProtocolsRoutersAndAddresses) {
    EXPECT_EQ(ReasonOf(SwapOf("jupiter", {kToken, kOther})), "unsupported_action");
    chain::Swap swap = SwapOf("swap_router_02", {kToken, kOther});
    evm::Contracts none = AllContracts();
    none.routers.clear();
    EXPECT_EQ(evm::EncodeAction(PlanOf(swap, false), UInt256(), none).error().reason,
              "router_not_allowed");
    swap.hops[1].token = "0x1";
    EXPECT_EQ(ReasonOf(swap), "bad_address");
    chain::Plan plan = PlanOf(SwapOf("swap_router_02", {kToken, kOther}), false);
    plan.from = "nobody";
    EXPECT_EQ(evm::EncodeAction(plan, UInt256(), AllContracts()).error().reason, "bad_address");
}

}  // namespace
