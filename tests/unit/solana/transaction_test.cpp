#include "solana/transaction.h"

#include <gtest/gtest.h>

#include "crypto/base58.h"
#include "unit/solana/samples.h"

namespace {

using samples::ReasonOf;
using samples::Seed;
using solana::MessageVersion;
using solana::Transaction;

std::vector<secret::Bytes> Seeds(std::initializer_list<std::uint8_t> numbers) {
    std::vector<secret::Bytes> seeds;
    for (const std::uint8_t number : numbers) {
        seeds.push_back(Seed(number));
    }
    return seeds;
}

Transaction Signed(MessageVersion version) {
    return solana::SignMessage(solana::CompileMessage(samples::Transfer(version)).value(),
                               Seeds({1}))
        .value();
}

TEST(Transaction, SignedOneReadsBackAndIsValid) {
    for (const MessageVersion version : {MessageVersion::kLegacy, MessageVersion::kV0}) {
        const Transaction transaction = Signed(version);
        EXPECT_TRUE(solana::AllSignaturesValid(transaction));
        const base::Bytes bytes = solana::SerializeTransaction(transaction);
        EXPECT_EQ(solana::ParseTransaction(bytes).value(), transaction);
        EXPECT_EQ(solana::TransactionId(transaction),
                  crypto::Base58Encode(transaction.signatures[0]));
    }
}

TEST(Transaction, AnyChangeBreaksTheSignature) {
    Transaction transaction = Signed(MessageVersion::kLegacy);
    transaction.message.instructions[1].data[4] ^= 1;
    EXPECT_FALSE(solana::AllSignaturesValid(transaction));
}

TEST(Transaction, KeysComeInAnyOrderButMustBeThere) {
    solana::MessageParts parts = samples::Transfer(MessageVersion::kLegacy);
    parts.instructions.push_back(solana::Memo("hello", {samples::KeyOf(3)}));
    const auto message = solana::CompileMessage(parts).value();
    const auto done = solana::SignMessage(message, Seeds({3, 1}));
    ASSERT_TRUE(done.has_value());
    EXPECT_TRUE(solana::AllSignaturesValid(*done));
    EXPECT_EQ(ReasonOf(solana::SignMessage(message, Seeds({1}))), "missing_signer");
    EXPECT_EQ(ReasonOf(solana::SignMessage(message, Seeds({3, 2}))), "missing_signer");
    std::vector<secret::Bytes> short_key;
    short_key.push_back(secret::Bytes::Copy(base::Bytes(31, 1)));
    EXPECT_EQ(ReasonOf(solana::SignMessage(message, short_key)), "bad_private_key");
}

TEST(Transaction, RefusesOtherForms) {
    const base::Bytes good = solana::SerializeTransaction(Signed(MessageVersion::kV0));
    base::Bytes longer = good;
    longer.push_back(0);
    EXPECT_EQ(ReasonOf(solana::ParseTransaction(longer)), "bad_message");
    EXPECT_EQ(ReasonOf(solana::ParseTransaction({})), "bad_message");
    // No signature, or one more than the header says.
    base::Bytes none{0};
    base::Append(none, base::ByteView(good).subspan(65));
    EXPECT_EQ(ReasonOf(solana::ParseTransaction(none)), "bad_message");
    base::Bytes two{2};
    base::Append(two, base::ByteView(good).subspan(1, 64));
    base::Append(two, base::ByteView(good).subspan(1));
    EXPECT_EQ(ReasonOf(solana::ParseTransaction(two)), "bad_message");
    EXPECT_EQ(ReasonOf(solana::ParseTransaction(base::Bytes(1233))), "tx_too_large");
}

}  // namespace
