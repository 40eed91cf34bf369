// What payments are priced at, and what is refused before anything is reserved.
#include <functional>
#include <gtest/gtest.h>
#include <string>
#include <variant>

#include "solana/params.h"
#include "solana/pda.h"
#include "solana/serial.h"
#include "solana/terms.h"
#include "unit/solana/priced_chain.h"

namespace {

using money::UInt256;
using samples::KeyOf;
using samples::ReasonOf;
using solana_test::kRent;
using solana_test::kSol;
using solana_test::MintData;
using solana_test::ScriptedNode;
using solana_test::TokenData;

class Price : public solana_test::PricedChain {};

TEST_F(Price, APaymentCostsItsSignatureAndItsUnits) {
    node_.prices = {2'000, 1'000, 3'000};
    const auto quote = chain_.Price(Plan(kSol));
    ASSERT_TRUE(quote) << quote.error().detail;
    EXPECT_EQ(quote->amount, UInt256(kSol));
    // 450 units and a fifth, 300 on top, at 2,000 millionths: under 2 lamports.
    EXPECT_EQ(quote->fee_expected, UInt256(5'002));
    const auto terms = solana::ReadTerms(quote->terms);
    ASSERT_TRUE(terms);
    EXPECT_EQ(terms->compute_limit, 840U);
    EXPECT_EQ(terms->compute_price, 2'000U);
    EXPECT_EQ(terms->last_valid_height, 1'050U);
    EXPECT_EQ(terms->payer.amount, UInt256(10 * kSol));
    EXPECT_EQ(terms->payer.block_height, 1'000U);
}

// A node that is behind would have the payment given up too early.
TEST_F(Price, TheLastValidHeightIsNeverBelowTheHeightPlus150) {
    node_.Answers(
        "getLatestBlockhash",
        {{"context", {{"slot", 1'000}}},
         {"value", {{"blockhash", ScriptedNode::HashOf(1)}, {"lastValidBlockHeight", 7}}}});
    const auto quote = chain_.Price(Plan(kSol));
    ASSERT_TRUE(quote);
    EXPECT_EQ(solana::ReadTerms(quote->terms)->last_valid_height, 1'050U);
}

// Of a life without an end a payment could never be proven dead: its money would be held for ever.
TEST_F(Price, ABlockhashThatLivesForEverIsNone) {
    const auto with = [this](std::uint64_t last_valid) {
        node_.Answers(
            "getLatestBlockhash",
            {{"context", {{"slot", 1'000}}},
             {"value",
              {{"blockhash", ScriptedNode::HashOf(1)}, {"lastValidBlockHeight", last_valid}}}});
        return ReasonOf(chain_.Price(Plan(kSol)));
    };
    EXPECT_EQ(with(900 + 150), "");
    EXPECT_EQ(with(900 + 150 + 1'000), "");  // two nodes, one of them far behind
    EXPECT_EQ(with(900 + 150 + 1'001), "node_unavailable");
    EXPECT_EQ(with(~std::uint64_t{0}), "node_unavailable");
    node_.height = 1'050 + 1'000;
    EXPECT_EQ(with(1'050), "");
    node_.height = 1'050 + 1'001;
    EXPECT_EQ(with(1'050), "node_unavailable");
    node_.height = ~std::uint64_t{0};
    EXPECT_EQ(with(1'050), "node_unavailable");
}

TEST_F(Price, EqualPaymentsAreDifferentTransactions) {
    const auto first = Built(Plan(kSol), 1);
    const auto second = Built(Plan(kSol), 2);
    const auto later = Built(Plan(kSol), 64);
    EXPECT_NE(first.compute_limit, second.compute_limit);
    EXPECT_NE(first.compute_price, later.compute_price);
    EXPECT_EQ(first.amount, second.amount);
}

TEST_F(Price, AmountsBeyondWhatADoubleHoldsAreExact) {
    constexpr std::uint64_t kOdd = (1ULL << 53U) + 1;
    node_.accounts[from_].lamports = kOdd;
    const auto balance = chain_.GetBalance(from_, chain_.parameters().native);
    ASSERT_TRUE(balance);
    EXPECT_EQ(balance->amount, UInt256(kOdd));
}

TEST_F(Price, ANewAccountMustReceiveItsRent) {
    node_.accounts.erase(to_);
    EXPECT_EQ(ReasonOf(chain_.Price(Plan(kRent - 1))), "rent_minimum");
    EXPECT_EQ(ReasonOf(chain_.Price(Plan(kRent))), "");
    node_.accounts[to_] = {1};
    EXPECT_EQ(ReasonOf(chain_.Price(Plan(1))), "");
}

TEST_F(Price, TheSenderKeepsItsRentOrGoesToZero) {
    const auto refused = chain_.Price(Plan(10 * kSol - 10'000));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "rent_minimum");
    EXPECT_EQ(refused.error().metadata.count("send_at_most"), 1U);
    const auto all = chain_.Price(Plan(0, chain::TransferMode::kAll));
    ASSERT_TRUE(all) << all.error().detail;
    EXPECT_EQ(*money::CheckedAdd(all->amount, all->fee_max), UInt256(10 * kSol));
    const auto figures = Built(Plan(0, chain::TransferMode::kAll), 77);
    EXPECT_EQ(figures.amount + solana::TransactionFee(figures), 10 * kSol);
}

TEST_F(Price, TheFeeComesOutOfTheAmountWhereItIsSubtracted) {
    const auto quote = chain_.Price(Plan(kSol, chain::TransferMode::kSubtractFee));
    ASSERT_TRUE(quote);
    EXPECT_EQ(*money::CheckedAdd(quote->amount, quote->fee_max), UInt256(kSol));
    const auto figures = Built(Plan(kSol, chain::TransferMode::kSubtractFee), 65'535);
    EXPECT_LE(figures.amount + solana::TransactionFee(figures), kSol);
}

TEST_F(Price, MoreThanThereIsIsRefusedWithWhatCouldBeSent) {
    const auto refused = chain_.Price(Plan(11 * kSol));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "insufficient_funds");
    EXPECT_EQ(node_.CallsOf("simulateTransaction"), 0U);
    node_.accounts.erase(from_);
    EXPECT_EQ(ReasonOf(chain_.Price(Plan(1))), "insufficient_funds");
}

TEST_F(Price, AnAddressWithoutAPrivateKeyTakesAFlag) {
    to_ = solana::FindProgramAddress({base::Bytes{1}}, KeyOf(3))->address.ToString();
    EXPECT_EQ(ReasonOf(chain_.Price(Plan(kSol))), "off_curve_recipient");
    chain::Plan plan = Plan(kSol);
    std::get<chain::Transfer>(plan.action).accept_off_curve = true;
    EXPECT_EQ(ReasonOf(chain_.Price(plan)), "");
}

TEST_F(Price, TokenAccountsAndProgramsAreNoRecipients) {
    node_.accounts[to_] = {kSol, solana::TokenProgram(), base::Bytes(165)};
    EXPECT_EQ(ReasonOf(chain_.Price(Plan(kSol))), "token_account_recipient");
    node_.accounts[to_] = {kSol, samples::Plain(3), {}, true};
    EXPECT_EQ(ReasonOf(chain_.Price(Plan(kSol))), "token_account_recipient");
}

TEST_F(Price, ARefusalInTheSimulationIsShown) {
    node_.Answers("simulateTransaction",
                  {{"context", {{"slot", 1'000}}},
                   {"value", {{"err", {{"InstructionError", {2, "Custom"}}}}, {"logs", nullptr}}}});
    const auto refused = chain_.Price(Plan(kSol));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "would_revert");
    EXPECT_NE(refused.error().metadata.at("upstream").find("InstructionError"), std::string::npos);
}

TEST_F(Price, AMarketPriceIsHeldDownAndAWishIsNot) {
    node_.prices = {~0ULL >> 1U};
    chain::Plan plan = Plan(kSol);
    plan.fee_cap = UInt256(6'000);
    const auto capped = chain_.Price(plan);
    ASSERT_TRUE(capped);
    EXPECT_LE(capped->fee_max, plan.fee_cap);
    plan.fee.figure = chain::SolanaFeeWish{5'000'000};
    EXPECT_EQ(ReasonOf(chain_.Price(plan)), "fee_cap_exceeded");
    plan.fee.figure = chain::SolanaFeeWish{solana::kComputePriceMax};
    EXPECT_EQ(ReasonOf(chain_.Price(plan)), "fee_cap_exceeded");
}

TEST_F(Price, ATokenPaymentPaysForTheRecipientsAccountOnce) {
    node_.units = 20'000;
    const auto fresh = chain_.Price(TokenPlan(100));
    ASSERT_TRUE(fresh) << fresh.error().detail;
    EXPECT_EQ(fresh->amount, UInt256(100));
    EXPECT_TRUE(fresh->native_value.IsZero());
    EXPECT_GE(fresh->fee_expected, UInt256(5'000 + solana::kTokenAccountRent));
    EXPECT_TRUE(Built(TokenPlan(100), 5).creates_account);

    const auto destination =
        solana::AssociatedTokenAddress({KeyOf(2), samples::Plain(55), solana::TokenProgram()});
    node_.accounts[destination->address.ToString()] = {
        kRent, solana::TokenProgram(), TokenData(samples::Plain(55), KeyOf(2), 1)};
    const auto known = chain_.Price(TokenPlan(100));
    ASSERT_TRUE(known);
    EXPECT_LT(known->fee_max, UInt256(solana::kTokenAccountRent));
    EXPECT_EQ(ReasonOf(chain_.Price(TokenPlan(201))), "insufficient_funds");
}

TEST_F(Price, ATokenOfOtherDecimalsOrAnotherProgramIsNotTheOrderedOne) {
    chain::Plan plan = TokenPlan(1);
    plan.asset.decimals = 9;
    EXPECT_EQ(ReasonOf(chain_.Price(plan)), "unknown_token");
    plan = TokenPlan(1);
    plan.asset.program = solana::Token2022Program().ToString();
    EXPECT_EQ(ReasonOf(chain_.Price(plan)), "unknown_token");
}

TEST_F(Price, AMemoGoesIntoTheMessage) {
    chain::Plan plan = Plan(kSol);
    plan.memo = "invoice 7";
    EXPECT_EQ(Built(plan, 0).memo, "invoice 7");
}

TEST_F(Price, OtherActionsAreNotOfThisChain) {
    chain::Plan plan = Plan(kSol);
    plan.action = chain::Approve{to_, UInt256(1)};
    EXPECT_EQ(ReasonOf(chain_.Price(plan)), "unsupported_action");
}

// Token-2022: types and lengths of extensions after the mint (16 bits each).
TEST_F(Price, ExtensionsThatChangeATransferAreRefused) {
    const std::string mint = samples::Plain(56).ToString();
    const auto with = [&](std::uint8_t type, std::uint8_t size) {
        base::Bytes data = MintData(9);
        data.resize(165);
        data.push_back(1);
        base::Append(data, base::Bytes{type, 0, size, 0});
        data.resize(data.size() + size);
        node_.accounts[mint] = {kRent, solana::Token2022Program(), data};
        return ReasonOf(chain_.GetToken(mint));
    };
    EXPECT_EQ(with(3, 32), "");
    EXPECT_EQ(with(18, 64), "");
    for (const int type : {1, 9, 10, 12, 14, 25, 26, 99}) {
        EXPECT_EQ(with(static_cast<std::uint8_t>(type), 8), "token_not_supported") << type;
    }
    node_.accounts[mint] = {kRent, solana::Token2022Program(), MintData(9)};
    const auto plain = chain_.GetToken(mint);
    ASSERT_TRUE(plain);
    EXPECT_EQ(plain->asset.decimals, 9U);
    EXPECT_EQ(plain->asset.program, solana::Token2022Program().ToString());
    node_.accounts.erase(mint);
    EXPECT_EQ(ReasonOf(chain_.GetToken(mint)), "unknown_token");
}

TEST_F(Price, TokensThatTheWalletCannotMoveAreRefused) {
    chain::Plan plan = TokenPlan(100);
    const auto source =
        solana::AssociatedTokenAddress({KeyOf(1), samples::Plain(55), solana::TokenProgram()})
            ->address.ToString();
    const auto destination =
        solana::AssociatedTokenAddress({KeyOf(2), samples::Plain(55), solana::TokenProgram()})
            ->address.ToString();
    const auto with = [&](const std::string& address, const base::Bytes& data) {
        plan = TokenPlan(100);
        node_.accounts.erase(destination);
        node_.accounts[address] = {kRent, solana::TokenProgram(), data};
        return ReasonOf(chain_.Price(plan));
    };
    base::Bytes frozen = TokenData(samples::Plain(55), KeyOf(1), 200);
    frozen[108] = 2;
    EXPECT_EQ(with(source, frozen), "token_not_supported");
    frozen = TokenData(samples::Plain(55), KeyOf(2), 0);
    frozen[108] = 2;
    EXPECT_EQ(with(destination, frozen), "token_not_supported");
    // Handed to another owner, or of another mint.
    EXPECT_EQ(with(source, TokenData(samples::Plain(55), KeyOf(3), 200)), "token_not_supported");
    EXPECT_EQ(with(destination, TokenData(samples::Plain(55), KeyOf(3), 0)), "token_not_supported");
    EXPECT_EQ(with(source, TokenData(samples::Plain(54), KeyOf(1), 200)), "token_not_supported");
    EXPECT_EQ(with(source, base::Bytes(164)), "token_not_supported");
    EXPECT_EQ(with(destination, TokenData(samples::Plain(55), KeyOf(2), 0)), "");
    plan = TokenPlan(100);
    node_.accounts.erase(source);
    EXPECT_EQ(ReasonOf(chain_.Price(plan)), "insufficient_funds");
}

TEST_F(Price, AllTokensGoAndNoneIsNoPayment) {
    chain::Plan plan = TokenPlan(0);
    std::get<chain::Transfer>(plan.action).mode = chain::TransferMode::kAll;
    const auto quote = chain_.Price(plan);
    ASSERT_TRUE(quote) << quote.error().detail;
    EXPECT_EQ(quote->amount, UInt256(200));
    EXPECT_EQ(ReasonOf(chain_.Price(TokenPlan(0))), "insufficient_funds");
    EXPECT_EQ(ReasonOf(chain_.Price(Plan(0))), "insufficient_funds");
}

// Fee and rent of a token payment are paid in SOL.
TEST_F(Price, ATokenPaymentWithoutSolSaysWhatItNeeds) {
    node_.accounts[from_].lamports = 5'000 + solana::kTokenAccountRent - 1;
    const auto refused = chain_.Price(TokenPlan(100));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "insufficient_gas");
    EXPECT_EQ(refused.error().metadata.at("have"), "0.002044279");
    EXPECT_EQ(refused.error().metadata.at("currency"), "SOL");
    EXPECT_EQ(node_.CallsOf("simulateTransaction"), 0U);
    // Enough for fee and rent, and what is left is under the wallet's own minimum.
    node_.accounts[from_].lamports = 5'100 + solana::kTokenAccountRent;
    EXPECT_EQ(ReasonOf(chain_.Price(TokenPlan(100))), "rent_minimum");
}

TEST_F(Price, MoreThanAllLamportsIsMoreThanAnyWalletHas) {
    chain::Plan plan = Plan(1);
    std::get<chain::Transfer>(plan.action).recipients[0].amount =
        *money::CheckedAdd(UInt256(~std::uint64_t{0}), UInt256(1));
    EXPECT_EQ(ReasonOf(chain_.Price(plan)), "insufficient_funds");
    EXPECT_EQ(ReasonOf(chain_.Price(Plan(~std::uint64_t{0}))), "insufficient_funds");
}

TEST_F(Price, ASubtractedFeeLeavesSomethingOrNothingIsPaid) {
    EXPECT_EQ(ReasonOf(chain_.Price(Plan(5'000, chain::TransferMode::kSubtractFee))),
              "insufficient_funds");
    EXPECT_EQ(ReasonOf(chain_.Price(Plan(6'000, chain::TransferMode::kSubtractFee))), "");
    node_.accounts[from_].lamports = 5'000;
    EXPECT_EQ(ReasonOf(chain_.Price(Plan(0, chain::TransferMode::kAll))), "insufficient_funds");
    node_.accounts[from_].lamports = 5'001;
    const auto all = chain_.Price(Plan(0, chain::TransferMode::kAll));
    ASSERT_TRUE(all) << all.error().detail;
    EXPECT_EQ(all->amount, UInt256(1));
}

// Lamports to oneself only cost the fee.
TEST_F(Price, PaymentsWorthAThoughtCarryWarnings) {
    const auto warnings = [this](const chain::Plan& plan) {
        const auto quote = chain_.Price(plan);
        EXPECT_TRUE(quote) << quote.error().detail;
        std::string codes;
        for (const std::string& warning : quote->warnings) {
            codes += warning.substr(0, warning.find(':')) + " ";
        }
        return codes;
    };
    EXPECT_EQ(warnings(Plan(kSol)), "");
    node_.accounts.erase(to_);
    EXPECT_EQ(warnings(Plan(kSol)), "new_account ");
    EXPECT_EQ(warnings(TokenPlan(100)), "rent ");
    to_ = from_;
    EXPECT_EQ(warnings(Plan(10 * kSol - 10'000)), "own_address ");
    to_ = solana::FindProgramAddress({base::Bytes{1}}, KeyOf(3))->address.ToString();
    chain::Plan derived = Plan(kSol);
    std::get<chain::Transfer>(derived.action).accept_off_curve = true;
    EXPECT_EQ(warnings(derived), "off_curve new_account ");
}

TEST_F(Price, FeesAreTheQuarterTheMiddleAndTheTopOfRecentPrices) {
    EXPECT_EQ(chain_.GetFees()->at(2).transfer_cost, UInt256(5'000));  // nothing asked for any
    for (std::uint64_t price = 1; price <= 101; ++price) {
        node_.prices.push_back((102 - price) * 1'000);
    }
    const auto offers = chain_.GetFees().value();
    ASSERT_EQ(offers.size(), 3U);
    const auto price = [&](std::size_t place) {
        return std::get<chain::SolanaFeeWish>(offers[place].figures.figure).compute_unit_price;
    };
    EXPECT_EQ(price(0), 26'000U);
    EXPECT_EQ(price(1), 51'000U);
    EXPECT_EQ(price(2), 91'000U);
    EXPECT_EQ(offers[2].transfer_cost, UInt256(5'000 + 91));
    EXPECT_GT(offers[0].expected_seconds, offers[2].expected_seconds);
    chain::Plan plan = Plan(kSol);
    plan.fee.speed = chain::Speed::kSlow;
    EXPECT_EQ(solana::ReadTerms(chain_.Price(plan)->terms)->compute_price, 26'000U);
    plan.fee.speed = chain::Speed::kFast;
    EXPECT_EQ(solana::ReadTerms(chain_.Price(plan)->terms)->compute_price, 91'000U);
    // A market gone mad is followed to half the ceiling.
    node_.prices = {~std::uint64_t{0}};
    EXPECT_EQ(
        std::get<chain::SolanaFeeWish>(chain_.GetFees()->at(0).figures.figure).compute_unit_price,
        solana::kComputePriceMax / 2);
}

TEST_F(Price, ACallersPriceEndsWhereTheSerialStillFits) {
    chain::Plan plan = Plan(kSol);
    plan.fee.figure = chain::SolanaFeeWish{solana::kComputePriceMax - solana::kSerialPrices};
    EXPECT_EQ(Built(plan, solana::kSerialHighest).compute_price, solana::kComputePriceMax - 1);
    plan.fee.figure = chain::SolanaFeeWish{solana::kComputePriceMax - solana::kSerialPrices + 1};
    EXPECT_EQ(ReasonOf(chain_.Price(plan)), "fee_cap_exceeded");
}

TEST_F(Price, BuildTakesNoTermsOfAnotherHand) {
    const chain::Plan plan = Plan(kSol);
    const chain::Quote good = chain_.Price(plan).value();
    const auto reason = [&](const std::function<void(chain::Quote&, chain::Plan&)>& change) {
        chain::Quote quote = good;
        chain::Plan other = plan;
        change(quote, other);
        return ReasonOf(chain_.Build(other, quote, {}));
    };
    const auto with = [&](const std::string& key, const solana_test::Json& value) {
        return reason([&](chain::Quote& quote, chain::Plan&) {
            auto json = solana_test::Json::parse(quote.terms);
            json[key] = value;
            quote.terms = json.dump();
        });
    };
    EXPECT_EQ(reason([](chain::Quote&, chain::Plan&) {}), "");
    EXPECT_EQ(with("rent", 1), "");
    EXPECT_EQ(with("compute_limit", 1'400'001), "tx_mismatch");
    EXPECT_EQ(with("compute_limit", 4294967296), "internal");
    EXPECT_EQ(with("compute_price", 10'000'001), "tx_mismatch");
    EXPECT_EQ(with("creates_account", true), "tx_mismatch");
    for (const char* key : {"compute_limit",
                            "compute_price",
                            "rent",
                            "blockhash",
                            "last_valid_height",
                            "payer_lamports",
                            "payer_slot"}) {
        EXPECT_EQ(with(key, nullptr), "internal") << key;
    }
    EXPECT_EQ(reason([](chain::Quote& quote, chain::Plan&) { quote.terms = "{"; }), "internal");
    EXPECT_EQ(reason([](chain::Quote& quote, chain::Plan&) { quote.amount = UInt256(1); }),
              "tx_mismatch");
    EXPECT_EQ(reason([](chain::Quote& quote, chain::Plan&) { quote.amount = UInt256::Max(); }),
              "amount_overflow");
    EXPECT_EQ(reason([](chain::Quote&, chain::Plan& other) { other.fee_cap = UInt256(4'999); }),
              "fee_cap_exceeded");
}

}  // namespace
