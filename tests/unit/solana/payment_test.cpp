// The signer's check: a message is exactly the order's payment, or it is not signed.
#include "solana/payment.h"

#include <functional>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "solana/instructions.h"
#include "solana/params.h"
#include "solana/serial.h"
#include "unit/solana/samples.h"

namespace {

using chain::TransferMode;
using money::UInt256;
using samples::KeyOf;
using samples::Plain;
using samples::ReasonOf;
using solana::Message;
using solana::PaymentFigures;

constexpr std::uint64_t kAmount = 1'000'000;

chain::Plan Plan(TransferMode mode = TransferMode::kExact) {
    chain::Plan plan;
    plan.from = KeyOf(1).ToString();
    plan.asset = solana::ParametersOf(chain::Mode::kDevnet).native;
    plan.action = chain::Transfer{{{KeyOf(2).ToString(), UInt256(kAmount)}}, mode};
    plan.fee_cap = UInt256(10'000);
    return plan;
}

chain::Plan TokenPlan(const solana::Pubkey& program = solana::TokenProgram()) {
    chain::Plan plan = Plan();
    plan.asset.contract = Plain(55).ToString();
    plan.asset.program = program.ToString();
    plan.asset.decimals = 6;
    plan.fee_cap = UInt256(10'000'000);
    return plan;
}

PaymentFigures Figures() {
    PaymentFigures figures;
    figures.compute_limit = 840;
    figures.compute_price = 2'000;
    figures.amount = kAmount;
    figures.blockhash = Plain(9);
    return figures;
}

Message Compose(const chain::Plan& plan, const PaymentFigures& figures) {
    return solana::ComposePayment(plan, figures).value();
}

std::string ReadReason(const Message& message, const chain::Plan& plan) {
    return ReasonOf(solana::ReadPayment(message, plan));
}

std::string CheckReason(const PaymentFigures& figures, const chain::Plan& plan) {
    return ReasonOf(solana::CheckPayment(figures, plan, UInt256(20'000'000)));
}

TEST(Payment, ReadsBackWhatItComposes) {
    for (const chain::Plan& plan : {Plan(), TokenPlan(), TokenPlan(solana::Token2022Program())}) {
        PaymentFigures figures = Figures();
        figures.memo = "invoice 7";
        figures.creates_account = !plan.asset.IsNative();
        const auto read = solana::ReadPayment(Compose(plan, figures), plan).value();
        EXPECT_EQ(read.compute_limit, figures.compute_limit);
        EXPECT_EQ(read.compute_price, figures.compute_price);
        EXPECT_EQ(read.amount, figures.amount);
        EXPECT_EQ(read.memo, figures.memo);
        EXPECT_EQ(read.creates_account, figures.creates_account);
        EXPECT_EQ(read.blockhash, figures.blockhash);
    }
}

// One change each to a message that would be signed.
TEST(Payment, AnyOtherMessageIsAMismatch) {
    const chain::Plan plan = TokenPlan();
    PaymentFigures figures = Figures();
    figures.creates_account = true;
    figures.memo = "m";
    const Message good = Compose(plan, figures);
    ASSERT_EQ(ReadReason(good, plan), "");
    const std::vector<std::function<void(Message&)>> changes = {
        [](Message& m) { m.version = solana::MessageVersion::kV0; },
        [](Message& m) { m.account_keys[0] = KeyOf(7); },                      // another payer
        [](Message& m) { m.header.required_signatures = 2; },                  // another signer
        [](Message& m) { m.header.readonly_unsigned = 0; },                    // all may be written
        [](Message& m) { m.instructions.clear(); },                            // nothing
        [](Message& m) { m.instructions.pop_back(); },                         // no transfer
        [](Message& m) { m.instructions.push_back(m.instructions.back()); },   // twice
        [](Message& m) { m.instructions.erase(m.instructions.begin()); },      // no limit
        [](Message& m) { m.instructions.erase(m.instructions.begin() + 1); },  // no price
        [](Message& m) { m.instructions.resize(1); },
        [](Message& m) { std::swap(m.instructions[2], m.instructions[3]); },
        [](Message& m) { std::swap(m.instructions[0], m.instructions[1]); },
        [](Message& m) { m.instructions[0].data.pop_back(); },
        [](Message& m) { m.instructions[1].data.pop_back(); },
        [](Message& m) { m.instructions[1].data.push_back(0); },
        [](Message& m) { m.instructions[0].program_index = 200; },
        [](Message& m) { m.instructions[2].data = {0}; },  // Create, not CreateIdempotent
        [](Message& m) { m.instructions.back().data.resize(5); },
        [](Message& m) { m.instructions.back().data.push_back(0); },
        [](Message& m) { m.instructions.back().data[0] = 3; },  // Transfer, unchecked
        [](Message& m) { m.instructions.back().data[9] = 9; },  // decimals
        [](Message& m) { m.instructions.back().accounts[2] = 0; }};
    for (std::size_t i = 0; i < changes.size(); ++i) {
        Message message = good;
        changes[i](message);
        EXPECT_EQ(ReadReason(message, plan), "tx_mismatch") << "change " << i;
    }
    EXPECT_EQ(ReadReason(good, Plan()), "tx_mismatch");
    EXPECT_EQ(ReadReason(good, TokenPlan(solana::Token2022Program())), "tx_mismatch");
}

// Whatever one byte of a signed-to-be message becomes, nothing but amount, fee, memo, blockhash and
// the account's creation can differ.
RC_GTEST_PROP(PaymentProperty, AChangedByteChangesFiguresOrIsRefused, (bool native)) {
    const chain::Plan plan = native ? Plan() : TokenPlan();
    PaymentFigures figures = Figures();
    figures.creates_account = !native;
    base::Bytes bytes = solana::SerializeMessage(Compose(plan, figures));
    bytes[*rc::gen::inRange<std::size_t>(0, bytes.size())] = *rc::gen::arbitrary<std::uint8_t>();
    const auto message = solana::ParseMessage(bytes);
    if (!message) {
        return;
    }
    const auto read = solana::ReadPayment(*message, plan);
    if (read) {
        RC_ASSERT(Compose(plan, *read) == *message);
        RC_ASSERT(message->account_keys.front() == KeyOf(1));
        RC_ASSERT(message->header.required_signatures == 1);
    }
}

TEST(Payment, ComputeLimitAndPriceEndAtTheirBounds) {
    PaymentFigures figures = Figures();
    figures.compute_limit = solana::kComputeUnitsMax;
    figures.compute_price = solana::kComputePriceMax;
    EXPECT_EQ(ReasonOf(solana::ComposePayment(Plan(), figures)), "");
    // The product does not fit 32 bits.
    EXPECT_EQ(solana::TransactionFee(figures), 14'005'000U);
    figures.compute_limit += 1;
    EXPECT_EQ(ReasonOf(solana::ComposePayment(Plan(), figures)), "tx_mismatch");
    figures.compute_limit = 1;
    figures.compute_price += 1;
    EXPECT_EQ(ReasonOf(solana::ComposePayment(Plan(), figures)), "tx_mismatch");
}

TEST(Payment, FeesRoundUpToALamport) {
    PaymentFigures figures;
    figures.compute_limit = 1'000;
    EXPECT_EQ(solana::TransactionFee(figures), 5'000U);
    figures.compute_price = 1;
    EXPECT_EQ(solana::TransactionFee(figures), 5'001U);
    figures.compute_price = 1'000;
    EXPECT_EQ(solana::TransactionFee(figures), 5'001U);
    figures.compute_price = 1'001;
    EXPECT_EQ(solana::TransactionFee(figures), 5'002U);
}

TEST(Payment, ExactlyTheOrderedAmountInsideTheCap) {
    PaymentFigures figures = Figures();  // 5,000 and 840 x 2,000 millionths: 5,002
    chain::Plan plan = Plan();
    plan.fee_cap = UInt256(5'002);
    EXPECT_EQ(CheckReason(figures, plan), "");
    plan.fee_cap = UInt256(5'001);
    EXPECT_EQ(CheckReason(figures, plan), "fee_cap_exceeded");
    plan.fee_cap = UInt256(5'002);
    EXPECT_EQ(ReasonOf(solana::CheckPayment(figures, plan, UInt256(5'001))), "fee_cap_exceeded");
    for (const std::uint64_t amount : {kAmount - 1, kAmount + 1}) {
        figures.amount = amount;
        EXPECT_EQ(CheckReason(figures, plan), "tx_mismatch");
    }
}

TEST(Payment, ASubtractedFeeStaysInsideAmountAndCap) {
    const chain::Plan plan = Plan(TransferMode::kSubtractFee);  // cap 10,000
    PaymentFigures figures = Figures();                         // costs 5,002
    const auto with = [&](std::uint64_t amount) {
        figures.amount = amount;
        return CheckReason(figures, plan);
    };
    EXPECT_EQ(with(kAmount - 5'002), "");
    EXPECT_EQ(with(kAmount - 5'001), "tx_mismatch");  // more than was ordered
    EXPECT_EQ(with(kAmount - 10'000), "");
    EXPECT_EQ(with(kAmount - 10'001), "tx_mismatch");  // less than the cap explains
    EXPECT_EQ(with(~std::uint64_t{0}), "tx_mismatch");
    // A cap above the amount: whatever is left may arrive.
    chain::Plan small = plan;
    small.fee_cap = UInt256(2 * kAmount);
    figures.amount = 1;
    EXPECT_EQ(CheckReason(figures, small), "");
}

TEST(Payment, AllIsWhateverIsLeft) {
    PaymentFigures figures = Figures();
    figures.amount = 77;
    EXPECT_EQ(CheckReason(figures, Plan(TransferMode::kAll)), "");
}

TEST(Payment, TheRecipientsRentIsPartOfTheCosts) {
    PaymentFigures figures = Figures();
    figures.creates_account = true;
    for (const auto& [program, rent] :
         {std::pair{solana::TokenProgram(), solana::kTokenAccountRent},
          std::pair{solana::Token2022Program(), solana::kToken2022AccountRent}}) {
        chain::Plan plan = TokenPlan(program);
        EXPECT_EQ(solana::AssumedRent(plan.asset), rent);
        plan.fee_cap = UInt256(5'002 + rent);
        EXPECT_EQ(CheckReason(figures, plan), "");
        plan.fee_cap = UInt256(5'001 + rent);
        EXPECT_EQ(CheckReason(figures, plan), "fee_cap_exceeded");
    }
}

TEST(Payment, RefusesOrdersThatThisChainHasNot) {
    chain::Plan plan = Plan();
    plan.action = chain::Wrap{UInt256(1)};
    EXPECT_EQ(ReasonOf(solana::RecipientOf(plan)), "unsupported_action");
    EXPECT_EQ(CheckReason(Figures(), plan), "unsupported_action");
    plan.action = chain::Transfer{};
    EXPECT_EQ(ReasonOf(solana::RecipientOf(plan)), "bad_recipients");
    const chain::Recipient to{KeyOf(2).ToString(), UInt256(1)};
    plan.action = chain::Transfer{{to, to}};
    EXPECT_EQ(ReasonOf(solana::RecipientOf(plan)), "bad_recipients");
    chain::Plan token = TokenPlan();
    std::get<chain::Transfer>(token.action).mode = TransferMode::kSubtractFee;
    EXPECT_EQ(ReasonOf(solana::RecipientOf(token)), "unsupported_action");
    PaymentFigures figures = Figures();
    figures.creates_account = true;
    EXPECT_EQ(ReasonOf(solana::ComposePayment(Plan(), figures)), "tx_mismatch");
}

TEST(Payment, RefusesAddressesAndProgramsThatAreNone) {
    const auto reason = [](const std::function<void(chain::Plan&)>& change) {
        chain::Plan plan = TokenPlan();
        change(plan);
        return ReasonOf(solana::ComposePayment(plan, Figures()));
    };
    EXPECT_EQ(reason([](chain::Plan&) {}), "");
    EXPECT_EQ(reason([](chain::Plan& p) { p.from = "me"; }), "bad_address");
    EXPECT_EQ(reason([](chain::Plan& p) {
                  std::get<chain::Transfer>(p.action).recipients[0].address = "0x12";
              }),
              "wrong_network");
    EXPECT_EQ(reason([](chain::Plan& p) { p.asset.contract = "1"; }), "bad_address");
    EXPECT_EQ(reason([](chain::Plan& p) { p.asset.program = ""; }), "bad_address");
    EXPECT_EQ(reason([](chain::Plan& p) { p.asset.program = solana::SystemProgram().ToString(); }),
              "token_not_supported");
    EXPECT_EQ(reason([](chain::Plan& p) { p.asset.decimals = 255; }), "");
    EXPECT_EQ(reason([](chain::Plan& p) { p.asset.decimals = 256; }), "bad_order");
}

TEST(Payment, AMemoFillsTheTransactionAndNoMore) {
    PaymentFigures figures = Figures();
    figures.memo = "m";
    const std::size_t size = 1 + 64 + solana::SerializeMessage(Compose(Plan(), figures)).size();
    // From 128 bytes on the memo's length takes two bytes.
    const std::size_t room = solana::kTransactionSizeMax - size - 1;
    figures.memo = std::string(1 + room, 'm');
    EXPECT_EQ(ReasonOf(solana::ComposePayment(Plan(), figures)), "");
    figures.memo += 'm';
    EXPECT_EQ(ReasonOf(solana::ComposePayment(Plan(), figures)), "tx_too_large");
    // 65,536 bytes: as a length of 16 bits it would be none.
    figures.memo = std::string(65'536, 'm');
    EXPECT_EQ(ReasonOf(solana::ComposePayment(Plan(), figures)), "tx_too_large");
}

RC_GTEST_PROP(SerialProperty, KeepsPaymentsApart, ()) {
    const auto first = *rc::gen::inRange<std::uint64_t>(0, solana::kSerials);
    const auto second = *rc::gen::inRange<std::uint64_t>(0, solana::kSerials);
    PaymentFigures figures = Figures();
    figures.compute_price = *rc::gen::inRange<std::uint64_t>(0, 1'000'000);
    const PaymentFigures one = solana::WithSerial(figures, first);
    const PaymentFigures other = solana::WithSerial(figures, second);
    const bool same =
        one.compute_limit == other.compute_limit && one.compute_price == other.compute_price;
    RC_ASSERT(same == (first == second));
    const PaymentFigures highest = solana::WithSerial(figures, solana::kSerialHighest);
    RC_ASSERT(solana::TransactionFee(one) <= solana::TransactionFee(highest));
}

}  // namespace
