// SolanaChain over a scripted node with a wallet of ten SOL and 200 units of a token.
#pragma once

#include <cstdint>
#include <gtest/gtest.h>
#include <string>

#include "solana/params.h"
#include "solana/payment.h"
#include "solana/pda.h"
#include "solana/solana_chain.h"
#include "solana/transaction.h"
#include "unit/solana/samples.h"
#include "unit/solana/scripted_node.h"

namespace solana_test {

inline constexpr std::uint64_t kSol = 1'000'000'000;
inline constexpr std::uint64_t kRent = 890'880;  // of an account without data

inline base::Bytes MintData(std::uint8_t decimals) {
    base::Bytes data(82);
    data[44] = decimals;
    data[45] = 1;
    return data;
}

inline base::Bytes TokenData(const solana::Pubkey& mint,
                             const solana::Pubkey& owner,
                             std::uint8_t units) {
    base::Bytes data = base::ToBytes(mint.bytes);
    base::Append(data, owner.bytes);
    data.resize(165);
    data[64] = units;
    data[108] = 1;
    return data;
}

class PricedChain : public ::testing::Test {
protected:
    PricedChain() : chain_(solana::ParametersOf(chain::Mode::kDevnet), node_) {
        node_.accounts[from_] = {10 * kSol};
        node_.accounts[to_] = {kSol};
    }

    [[nodiscard]] chain::Plan Plan(std::uint64_t amount,
                                   chain::TransferMode mode = chain::TransferMode::kExact) const {
        chain::Plan plan;
        plan.from = from_;
        plan.asset = chain_.parameters().native;
        plan.action = chain::Transfer{{{to_, money::UInt256(amount)}}, mode};
        plan.fee_cap = chain_.parameters().fee_ceiling;
        return plan;
    }

    [[nodiscard]] chain::Plan TokenPlan(std::uint64_t amount) {
        const solana::Pubkey mint = samples::Plain(55);
        node_.accounts[mint.ToString()] = {kRent, solana::TokenProgram(), MintData(6)};
        const auto source =
            solana::AssociatedTokenAddress({samples::KeyOf(1), mint, solana::TokenProgram()});
        node_.accounts[source->address.ToString()] = {
            kRent, solana::TokenProgram(), TokenData(mint, samples::KeyOf(1), 200)};
        chain::Plan plan = Plan(amount);
        plan.asset.contract = mint.ToString();
        plan.asset.program = solana::TokenProgram().ToString();
        plan.asset.decimals = 6;
        return plan;
    }

    [[nodiscard]] solana::PaymentFigures Built(const chain::Plan& plan, std::uint64_t serial) {
        const auto quote = chain_.Price(plan);
        EXPECT_TRUE(quote) << quote.error().detail;
        const auto made = chain_.Build(plan, *quote, chain::Slot{std::nullopt, {}, serial});
        EXPECT_TRUE(made) << made.error().detail;
        EXPECT_LE(made->fee_max, quote->fee_max);
        const auto message = solana::ParseMessage(made->payload);
        EXPECT_TRUE(message);
        const auto figures = solana::ReadPayment(*message, plan);
        EXPECT_TRUE(figures) << figures.error().detail;
        return *figures;
    }

    ScriptedNode node_;
    solana::SolanaChain chain_;
    const std::string from_ = samples::KeyOf(1).ToString();
    std::string to_ = samples::KeyOf(2).ToString();
};

}  // namespace solana_test
