#include "signer/messages.h"

#include <gtest/gtest.h>
#include <string>
#include <variant>

#include "signer/wire.h"

namespace {

using signer::Reply;
using signer::Request;

TEST(SignerMessages, RequestsComeBackWhole) {
    signer::SignTransaction sign;
    sign.key = {"w", "u", "n", "a", "e"};
    sign.order = {"order", "signature"};
    sign.first_order = {"first", "its signature"};
    sign.unsigned_tx = {1, 2, 3};
    sign.first_signed_tx = {4};
    sign.amount_max = "77";
    const auto bytes = signer::EncodeRequest(sign);
    const auto read = signer::DecodeRequest(bytes.Expose());
    ASSERT_TRUE(read);
    const auto& back = std::get<signer::SignTransaction>(*read);
    EXPECT_EQ(back.key.address, "a");
    EXPECT_EQ(back.first_order.signature, "its signature");
    EXPECT_EQ(back.unsigned_tx, sign.unsigned_tx);
    EXPECT_EQ(back.amount_max, "77");
}

TEST(SignerMessages, MessagesComeBackWhole) {
    const auto bytes = signer::EncodeRequest(
        signer::SignMessage{{"w", "u", "n", "a", "e"}, {"order", "signature"}, {1, 2, 3}});
    const auto read = signer::DecodeRequest(bytes.Expose());
    ASSERT_TRUE(read);
    const auto& back = std::get<signer::SignMessage>(*read);
    EXPECT_EQ(back.key.wallet_id, "w");
    EXPECT_EQ(back.order.order, "order");
    EXPECT_EQ(back.content, (base::Bytes{1, 2, 3}));
    const auto reply = signer::DecodeReply(
        signer::EncodeReply(Reply(signer::MessageSignature{"0x1234"})).Expose());
    ASSERT_TRUE(reply);
    EXPECT_EQ(std::get<signer::MessageSignature>(*reply).text, "0x1234");
}

TEST(SignerMessages, SecretsTravelAsSecrets) {
    signer::ImportKey import;
    import.form = 2;
    import.key = secret::String("words");
    import.passphrase = secret::String("pass");
    const auto bytes = signer::EncodeRequest(std::move(import));
    const auto read = signer::DecodeRequest(bytes.Expose());
    ASSERT_TRUE(read);
    EXPECT_EQ(std::get<signer::ImportKey>(*read).key.Expose(), "words");
    EXPECT_EQ(std::get<signer::ImportKey>(*read).passphrase.Expose(), "pass");
}

TEST(SignerMessages, EveryTruncationIsRefused) {
    const auto bytes = signer::EncodeRequest(signer::DeriveKey{"u", "seed", "w", "n", 3, 1});
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        EXPECT_EQ(signer::DecodeRequest(bytes.Expose().first(size)).error().reason, "bad_message")
            << size;
    }
}

TEST(SignerMessages, TrailingBytesAndUnknownKindsAreRefused) {
    const auto bytes = signer::EncodeRequest(signer::ListKeks{});
    base::Bytes longer = base::ToBytes(bytes.Expose());
    longer.push_back(0);
    EXPECT_EQ(signer::DecodeRequest(longer).error().reason, "bad_message");
    EXPECT_EQ(signer::DecodeRequest(base::Bytes{200}).error().reason, "bad_message");
    EXPECT_EQ(signer::DecodeReply(base::Bytes{200}).error().reason, "bad_message");
}

TEST(SignerMessages, ALengthBeyondTheMessageIsRefused) {
    EXPECT_EQ(signer::DecodeRequest(base::Bytes{0, 0xff, 0xff, 0xff, 0xff, 1}).error().reason,
              "bad_message");
}

TEST(SignerMessages, RepliesAndErrorsComeBack) {
    signer::KekList list;
    list.keks.push_back({1, {9, 9}});
    list.keks.push_back({2, {8}});
    const auto read = signer::DecodeReply(signer::EncodeReply(Reply(std::move(list))).Expose());
    ASSERT_TRUE(read);
    EXPECT_EQ(std::get<signer::KekList>(*read).keks[1].check_value, base::Bytes{8});

    const base::Error error = base::PermissionDenied("tx_mismatch", "another chain");
    const auto failed = signer::DecodeReply(signer::EncodeReply(error).Expose());
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error(), error);
}

TEST(SignerMessages, FrameHeadersComeBack) {
    const auto header =
        signer::DecodeFrameHeader(signer::EncodeFrameHeader({0x01020304, 0x1122334455667788}));
    EXPECT_EQ(header.size, 0x01020304U);
    EXPECT_EQ(header.id, 0x1122334455667788U);
}

TEST(SignerWire, GrowsBeyondItsFirstBuffer) {
    signer::Writer writer;
    const std::string big(100'000, 'x');
    writer(std::string_view(big));
    writer(std::uint64_t{5});
    const auto bytes = writer.Take();
    signer::Reader reader(bytes.Expose());
    std::string text;
    std::uint64_t number = 0;
    reader(text);
    reader(number);
    EXPECT_TRUE(reader.Complete());
    EXPECT_EQ(text, big);
    EXPECT_EQ(number, 5U);
}

}  // namespace
