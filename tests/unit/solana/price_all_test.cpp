// Payments that take all a wallet has, and tokens whose account is about to be made.
#include <gtest/gtest.h>
#include <string>
#include <variant>

#include "solana/params.h"
#include "solana/payment.h"
#include "solana/pda.h"
#include "solana/terms.h"
#include "solana/transaction.h"
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

// What the first price came to was authorised, and the signer signs no more than that.
TEST_F(PriceOfAll, NoMoreLeavesThanWasAuthorised) {
    node_.prices = {2'000};
    chain::Plan plan = Plan(0, chain::TransferMode::kAll);
    plan.amount_max = chain_.Price(plan)->amount;
    const std::uint64_t authorised = 10 * kSol - 5'002;
    ASSERT_EQ(plan.amount_max, UInt256(authorised));
    // The fee has fallen: it is paid all the same, so that nothing is left over.
    node_.prices = {0};
    auto figures = Built(plan, 3);
    EXPECT_EQ(figures.amount, authorised);
    EXPECT_EQ(solana::TransactionFee(figures), 5'002U);
    // It has risen.
    node_.prices = {9'000};
    figures = Built(plan, 3);
    EXPECT_EQ(figures.amount + solana::TransactionFee(figures), 10 * kSol);
    EXPECT_LT(figures.amount, authorised);
    // A lamport has come in, then more than the rent minimum.
    node_.prices = {2'000};
    node_.accounts[from_].lamports += 1;
    figures = Built(plan, 3);
    EXPECT_EQ(figures.amount, authorised);
    EXPECT_EQ(solana::TransactionFee(figures), 5'003U);
    node_.accounts[from_].lamports = 11 * kSol;
    figures = Built(plan, 3);
    EXPECT_EQ(figures.amount, authorised);
    // Too much to be a fee, and too little to be left alone: it stays with the rent minimum.
    node_.accounts[from_].lamports = 10 * kSol + kRent / 2;
    figures = Built(plan, 3);
    EXPECT_LT(figures.amount, authorised);
    EXPECT_GE(node_.accounts[from_].lamports - figures.amount - solana::TransactionFee(figures),
              kRent);
}

// Two that take less than there is could both be paid: they are two transactions.
TEST_F(PriceOfAll, WhatLeavesSomethingInTheWalletHasASerial) {
    chain::Plan plan = Plan(0, chain::TransferMode::kAll);
    plan.amount_max = UInt256(kSol);
    EXPECT_NE(Built(plan, 1).compute_limit, Built(plan, 2).compute_limit);
    plan.amount_max.reset();
    EXPECT_EQ(Built(plan, 1).compute_limit, Built(plan, 2).compute_limit);
    plan = TokenPlan(0);
    std::get<chain::Transfer>(plan.action).mode = chain::TransferMode::kAll;
    plan.amount_max = UInt256(70);
    EXPECT_EQ(Built(plan, 1).amount, 70U);
    EXPECT_NE(Built(plan, 1).compute_limit, Built(plan, 2).compute_limit);
}

// The signer compares a later attempt with the first one, the fee included.
TEST_F(PriceOfAll, ARenewalTakesNoMoreThanTheDeadOneDid) {
    node_.prices = {2'000};
    chain::Plan plan = Plan(0, chain::TransferMode::kAll);
    const auto first = chain_.Price(plan).value();
    const chain::Slot slot{std::nullopt, {}, 3};
    const chain::SentTx dead{from_, "", first.terms};
    plan.amount_max = first.amount;
    const auto taken = [&] {
        const auto renewal = chain_.Renew(plan, dead, slot).value();
        const auto message = solana::ParseMessage(renewal.unsigned_tx.payload).value();
        const auto figures = solana::ReadPayment(message, plan).value();
        EXPECT_EQ(UInt256(figures.amount), renewal.amount);
        return figures.amount + solana::TransactionFee(figures);
    };
    for (const std::uint64_t price : {0ULL, 2'000ULL, 50'000ULL}) {
        node_.prices = {price};
        EXPECT_EQ(taken(), 10 * kSol) << price;
    }
    node_.accounts[from_].lamports = 12 * kSol;
    EXPECT_LE(taken(), 10 * kSol);
    EXPECT_GE(taken(), 10 * kSol - 10);
    node_.accounts[from_].lamports = 10 * kSol + 1;
    EXPECT_LE(taken(), 10 * kSol + 1 - kRent);
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
