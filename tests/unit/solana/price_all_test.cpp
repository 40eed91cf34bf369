// Payments that take all a wallet has, and tokens whose account is about to be made.
#include <gtest/gtest.h>
#include <string>
#include <variant>

#include "solana/params.h"
#include "solana/payment.h"
#include "solana/pda.h"
#include "solana/terms.h"
#include "unit/solana/priced_chain.h"

namespace {

using money::UInt256;
using samples::KeyOf;
using samples::ReasonOf;
using solana_test::kRent;
using solana_test::kSol;

class PriceOfAll : public solana_test::PricedChain {};

// A lamport that its serial leaves in the wallet would be refused for the rent.
TEST_F(PriceOfAll, ASubtractedFeeOfAllThereIsLeavesNothing) {
    for (const std::uint64_t price : {0ULL, 2'000ULL, 777'777ULL}) {
        node_.prices = {price};
        for (const std::uint64_t serial : {0ULL, 5ULL, 63ULL, 65'535ULL}) {
            const auto figures = Built(Plan(10 * kSol, chain::TransferMode::kSubtractFee), serial);
            EXPECT_EQ(figures.amount + solana::TransactionFee(figures), 10 * kSol) << price;
        }
    }
    // With anything else they are told apart.
    const chain::Plan most = Plan(9 * kSol, chain::TransferMode::kSubtractFee);
    EXPECT_NE(Built(most, 1).compute_limit, Built(most, 2).compute_limit);
}

// Anybody can send them there. They must not keep a payment from being made.
TEST_F(PriceOfAll, LamportsSentAheadOfATokenAccountArePartOfItsRent) {
    const auto destination =
        solana::AssociatedTokenAddress({KeyOf(2), samples::Plain(55), solana::TokenProgram()})
            ->address.ToString();
    node_.units = 20'000;
    node_.accounts[destination] = {1};
    const auto paid = chain_.Price(TokenPlan(100));
    ASSERT_TRUE(paid) << paid.error().reason;
    EXPECT_EQ(solana::ReadTerms(paid->terms)->rent, solana::kTokenAccountRent - 1);
    EXPECT_TRUE(Built(TokenPlan(100), 5).creates_account);
    node_.accounts[destination] = {solana::kTokenAccountRent + 5};
    EXPECT_EQ(solana::ReadTerms(chain_.Price(TokenPlan(100))->terms)->rent, 0U);
    // A wallet that can pay the rest and not the whole is tried as any other.
    node_.accounts[destination] = {solana::kTokenAccountRent - 10};
    node_.accounts[from_].lamports = kRent + 6'000;
    node_.calls.clear();
    EXPECT_EQ(ReasonOf(chain_.Price(TokenPlan(100))), "");
    EXPECT_EQ(node_.CallsOf("simulateTransaction"), 1U);
    // The wallet's own account: there is nothing in it.
    const auto source =
        solana::AssociatedTokenAddress({KeyOf(1), samples::Plain(55), solana::TokenProgram()});
    chain::Plan plan = TokenPlan(100);
    node_.accounts[source->address.ToString()] = {1};
    EXPECT_EQ(ReasonOf(chain_.Price(plan)), "insufficient_funds");
    // What another program keeps there is no place for a token account.
    node_.accounts[destination] = {1, samples::Plain(3)};
    EXPECT_EQ(ReasonOf(chain_.Price(TokenPlan(100))), "token_not_supported");
}

}  // namespace
