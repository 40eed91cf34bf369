// What the signer refuses to sign on Solana, whoever asks.
#include "signer/solana_rules.h"

#include <functional>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "crypto/hash.h"
#include "orders/order_plan.h"
#include "solana/instructions.h"
#include "solana/keys.h"
#include "solana/params.h"
#include "solana/payment.h"
#include "solana/pda.h"
#include "solana/transaction.h"

namespace {

namespace common = platform::common::v1;

using solana::Instruction;
using solana::Pubkey;

secret::Bytes Seed(std::uint8_t number) {
    return secret::Bytes::Copy(base::Bytes(32, number));
}

Pubkey KeyOf(std::uint8_t number) {
    return solana::AddressOfKey(Seed(number)).value();
}

Pubkey Plain(std::uint8_t number) {
    Pubkey key;
    key.bytes.fill(number);
    return key;
}

class SolanaRules : public ::testing::Test {
protected:
    // Wallet 1 pays 1,000,000 lamports to wallet 2.
    [[nodiscard]] static common::Order Payment() {
        common::Order order;
        order.set_network("solana:localnet");
        order.set_from(KeyOf(1).ToString());
        order.mutable_asset()->set_decimals(9);
        order.set_fee_cap("10000");
        order.mutable_transfer()->set_mode(common::TRANSFER_MODE_EXACT);
        auto* recipient = order.mutable_transfer()->add_recipients();
        recipient->set_address(KeyOf(2).ToString());
        recipient->set_amount("1000000");
        return order;
    }

    [[nodiscard]] static common::Order TokenPayment() {
        common::Order order = Payment();
        order.mutable_asset()->set_contract(Plain(55).ToString());
        order.mutable_asset()->set_program(solana::TokenProgram().ToString());
        order.mutable_asset()->set_decimals(6);
        order.set_fee_cap("3000000");
        return order;
    }

    [[nodiscard]] static solana::PaymentFigures Figures() {
        solana::PaymentFigures figures;
        figures.compute_limit = 800;
        figures.compute_price = 1'000;
        figures.amount = 1'000'000;
        figures.blockhash = Plain(9);
        return figures;
    }

    [[nodiscard]] static base::Bytes Message(const common::Order& order,
                                             const solana::PaymentFigures& figures) {
        const auto plan = orders::PlanOf(order);
        const auto message = solana::ComposePayment(*plan, figures);
        EXPECT_TRUE(message) << message.error().detail;
        return solana::SerializeMessage(*message);
    }

    // The order's instructions, changed.
    [[nodiscard]] static base::Bytes Changed(
        const std::function<void(solana::MessageParts&)>& change) {
        solana::MessageParts parts;
        parts.payer = KeyOf(1);
        parts.recent_blockhash = Plain(9);
        parts.instructions = {solana::SetComputeUnitLimit(800),
                              solana::SetComputeUnitPrice(1'000),
                              solana::TransferLamports({KeyOf(1), KeyOf(2), 1'000'000})};
        change(parts);
        const auto message = solana::CompileMessage(parts);
        EXPECT_TRUE(message) << message.error().detail;
        return solana::SerializeMessage(*message);
    }

    [[nodiscard]] static std::string Verdict(const common::Order& order,
                                             base::ByteView unsigned_tx,
                                             base::ByteView first = {},
                                             const std::string& amount_max = "0") {
        const signer::SolanaCase attempt{order, unsigned_tx, first, amount_max};
        const auto message = signer::CheckSolanaAttempt(attempt, chain::Mode::kDevnet);
        return message ? "signed" : message.error().reason;
    }

    [[nodiscard]] static base::Bytes SignedBy(std::uint8_t seed, const base::Bytes& message) {
        std::vector<secret::Bytes> seeds;
        seeds.push_back(Seed(seed));
        const auto made = solana::SignMessage(*solana::ParseMessage(message), seeds);
        return made ? solana::SerializeTransaction(*made) : base::Bytes();
    }
};

TEST_F(SolanaRules, TheOrderedPaymentIsSigned) {
    const auto order = Payment();
    const auto message = Message(order, Figures());
    EXPECT_EQ(Verdict(order, message), "signed");
    const auto made = signer::SignSolana(*solana::ParseMessage(message), Seed(1));
    ASSERT_TRUE(made);
    const auto transaction = solana::ParseTransaction(made->signed_tx);
    ASSERT_TRUE(transaction);
    EXPECT_TRUE(solana::AllSignaturesValid(*transaction));
    EXPECT_EQ(solana::TransactionId(*transaction), made->tx_hash);
    EXPECT_FALSE(signer::SignSolana(*solana::ParseMessage(message), Seed(3)));
}

TEST_F(SolanaRules, NothingElseIsInIt) {
    const auto order = Payment();
    ASSERT_EQ(Verdict(order, Changed([](solana::MessageParts&) {})), "signed");
    const auto refused = [&](const std::function<void(solana::MessageParts&)>& change) {
        return Verdict(order, Changed(change)) == "tx_mismatch";
    };
    // A second payment.
    EXPECT_TRUE(refused([](solana::MessageParts& parts) {
        parts.instructions.push_back(solana::TransferLamports({KeyOf(1), KeyOf(3), 1}));
    }));
    // Another recipient, amount or payer.
    EXPECT_TRUE(refused([](solana::MessageParts& parts) {
        parts.instructions.back() = solana::TransferLamports({KeyOf(1), KeyOf(3), 1'000'000});
    }));
    EXPECT_TRUE(refused([](solana::MessageParts& parts) {
        parts.instructions.back() = solana::TransferLamports({KeyOf(1), KeyOf(2), 1'000'001});
    }));
    EXPECT_TRUE(refused([](solana::MessageParts& parts) { parts.payer = KeyOf(3); }));
    // A further signer.
    EXPECT_TRUE(refused([](solana::MessageParts& parts) {
        parts.instructions.back().accounts.push_back({KeyOf(4), true, false});
    }));
    // A durable nonce: System.AdvanceNonceAccount before all else.
    EXPECT_TRUE(refused([](solana::MessageParts& parts) {
        Instruction advance{
            solana::SystemProgram(),
            {{Plain(60), false, true}, {Plain(61), false, false}, {KeyOf(1), true, false}},
            {4, 0, 0, 0}};
        parts.instructions.insert(parts.instructions.begin(), advance);
    }));
    // A token instead of SOL, a program that nobody ordered, a version with tables.
    EXPECT_TRUE(refused([](solana::MessageParts& parts) {
        parts.instructions.back() = solana::TransferToken(
            {solana::TokenProgram(), Plain(50), Plain(51), Plain(52), KeyOf(1), 1'000'000, 9});
    }));
    EXPECT_TRUE(refused([](solana::MessageParts& parts) {
        parts.instructions.push_back({Plain(70), {{KeyOf(1), true, true}}, {1}});
    }));
    EXPECT_TRUE(
        refused([](solana::MessageParts& parts) { parts.version = solana::MessageVersion::kV0; }));
    // Without limit or price.
    EXPECT_TRUE(refused(
        [](solana::MessageParts& parts) { parts.instructions.erase(parts.instructions.begin()); }));
    EXPECT_TRUE(refused([](solana::MessageParts& parts) { parts.instructions.resize(2); }));
}

TEST_F(SolanaRules, TheFeeStaysInsideTheCapWithTheRent) {
    common::Order order = Payment();
    solana::PaymentFigures figures = Figures();
    figures.compute_price = solana::kComputePriceMax;
    EXPECT_EQ(Verdict(order, Message(order, figures)), "fee_cap_exceeded");
    order = TokenPayment();
    figures = Figures();
    figures.creates_account = true;
    EXPECT_EQ(Verdict(order, Message(order, figures)), "signed");
    order.set_fee_cap("2000000");  // under the rent
    EXPECT_EQ(Verdict(order, Message(order, figures)), "fee_cap_exceeded");
}

TEST_F(SolanaRules, ATokenPaymentIsToTheRecipientsOwnAccount) {
    const auto order = TokenPayment();
    EXPECT_EQ(Verdict(order, Message(order, Figures())), "signed");
    common::Order other = order;
    other.mutable_asset()->set_contract(Plain(56).ToString());
    EXPECT_EQ(Verdict(order, Message(other, Figures())), "tx_mismatch");
    other = order;
    other.mutable_asset()->set_decimals(9);
    EXPECT_EQ(Verdict(order, Message(other, Figures())), "tx_mismatch");
    EXPECT_EQ(Verdict(order, Message(Payment(), Figures())), "tx_mismatch");
    EXPECT_EQ(Verdict(Payment(), Message(order, Figures())), "tx_mismatch");
}

TEST_F(SolanaRules, TheMemoIsTheOrders) {
    common::Order order = Payment();
    solana::PaymentFigures figures = Figures();
    figures.memo = "rent";
    const auto message = Message(order, figures);
    EXPECT_EQ(Verdict(order, message), "tx_mismatch");
    order.set_memo_hash(base::ToText(crypto::Sha256(base::AsBytes("rent"))));
    EXPECT_EQ(Verdict(order, message), "signed");
    EXPECT_EQ(Verdict(order, Message(order, Figures())), "tx_mismatch");
}

TEST_F(SolanaRules, AnAddressWithoutAKeyTakesTheFlagOfTheOrder) {
    common::Order order = Payment();
    const auto address = solana::FindProgramAddress({base::Bytes{1}}, KeyOf(3))->address;
    order.mutable_transfer()->mutable_recipients(0)->set_address(address.ToString());
    const auto message = Message(order, Figures());
    EXPECT_EQ(Verdict(order, message), "off_curve_recipient");
    order.mutable_transfer()->set_accept_off_curve(true);
    EXPECT_EQ(Verdict(order, message), "signed");
}

TEST_F(SolanaRules, EverythingIsAtMostWhatWasAuthorised) {
    common::Order order = Payment();
    order.mutable_transfer()->set_mode(common::TRANSFER_MODE_ALL);
    order.mutable_transfer()->mutable_recipients(0)->clear_amount();
    const auto message = Message(order, Figures());
    EXPECT_EQ(Verdict(order, message, {}, "1000000"), "signed");
    EXPECT_EQ(Verdict(order, message, {}, "999999"), "tx_mismatch");
}

TEST_F(SolanaRules, ASubtractedFeeComesOutOfTheAmount) {
    common::Order order = Payment();
    order.mutable_transfer()->set_mode(common::TRANSFER_MODE_SUBTRACT_FEE);
    solana::PaymentFigures figures = Figures();
    EXPECT_EQ(Verdict(order, Message(order, figures)), "tx_mismatch");
    figures.amount = 1'000'000 - solana::TransactionFee(figures);
    EXPECT_EQ(Verdict(order, Message(order, figures)), "signed");
    figures.amount = 1'000'000 - 10'001;  // keeps more than the cap
    EXPECT_EQ(Verdict(order, Message(order, figures)), "tx_mismatch");
}

TEST_F(SolanaRules, ALaterAttemptCarriesTheFirstOne) {
    const auto order = Payment();
    const auto first = SignedBy(1, Message(order, Figures()));
    solana::PaymentFigures later = Figures();
    later.blockhash = Plain(10);
    EXPECT_EQ(Verdict(order, Message(order, later), first), "signed");
    // The same blockhash: both could land.
    solana::PaymentFigures twin = Figures();
    ++twin.compute_limit;
    EXPECT_EQ(Verdict(order, Message(order, twin), first), "first_attempt_mismatch");
    // Not this order's, or not signed by this wallet.
    common::Order other = order;
    other.mutable_transfer()->mutable_recipients(0)->set_amount("7");
    solana::PaymentFigures small = Figures();
    small.amount = 7;
    base::Bytes forged = first;
    forged[5] ^= 1U;
    EXPECT_EQ(Verdict(order, Message(order, later), forged), "first_attempt_mismatch");
    EXPECT_EQ(Verdict(order, Message(order, later), base::Bytes{1, 2}), "bad_message");
}

TEST_F(SolanaRules, SpeedUpsAndOtherNetworksAreRefused) {
    common::Order order = Payment();
    const auto message = Message(order, Figures());
    order.set_network("solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp");
    EXPECT_EQ(Verdict(order, message), "unsupported_network");
    order = Payment();
    order.mutable_speed_up()->set_tx_hash("x");
    EXPECT_EQ(Verdict(order, message), "not_replaceable");
}

}  // namespace
