#include "crypto/base58.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <string>

#include "unit/crypto/samples.h"

namespace {

using samples::Hex;

TEST(Base58, KeepsLeadingZeros) {
    EXPECT_EQ(crypto::Base58Encode({}), "");
    EXPECT_EQ(crypto::Base58Encode(base::Bytes(32, 0)), std::string(32, '1'));
    EXPECT_EQ(Hex(crypto::Base58Decode("11").value()), "0000");
    EXPECT_EQ(crypto::Base58Encode(samples::Bytes("00000000000000000000")), "1111111111");
    EXPECT_EQ(crypto::Base58Encode(samples::Bytes("00ff")), "15Q");
}

TEST(Base58, RefusesOtherLetters) {
    for (const std::string& text : {std::string("0"),
                                    std::string("O"),
                                    std::string("I"),
                                    std::string("l"),
                                    std::string("2g "),
                                    std::string("1\0", 2),
                                    std::string("\xc3\xa9")}) {
        EXPECT_EQ(crypto::Base58Decode(text).error().reason, "bad_base58") << text;
        EXPECT_EQ(crypto::Base58DecodeSecret(secret::String(text)).error().reason, "bad_base58");
    }
    EXPECT_NE(crypto::Base58Decode("2g0").error().detail.find("position 2"), std::string::npos);
}

TEST(Base58, RefusesTextsThatWouldTakeTooLong) {
    EXPECT_TRUE(crypto::Base58Decode(std::string(crypto::kBase58TextMax, 'z')).has_value());
    EXPECT_EQ(crypto::Base58Decode(std::string(crypto::kBase58TextMax + 1, 'z')).error().reason,
              "bad_base58");
}

// The genesis block's address.
TEST(Base58Check, MatchesAWellKnownAddress) {
    EXPECT_EQ(Hex(crypto::Base58CheckDecode("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa").value()),
              "0062e907b15cbf27d5425399ebf6f0fb50ebb88f18");
}

TEST(Base58Check, RefusesAnyOtherLetter) {
    const std::string address = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa";
    for (std::size_t i = 0; i < address.size(); ++i) {
        std::string changed = address;
        changed[i] = changed[i] == 'x' ? 'y' : 'x';
        EXPECT_EQ(crypto::Base58CheckDecode(changed).error().reason, "bad_checksum") << changed;
    }
    EXPECT_EQ(crypto::Base58CheckDecode("").error().reason, "bad_checksum");
    EXPECT_EQ(crypto::Base58CheckDecode("111").error().reason, "bad_checksum");
    EXPECT_EQ(crypto::Base58CheckDecodeSecret(secret::String("111")).error().reason,
              "bad_checksum");
}

// Four zero bytes are not the checksum of nothing.
TEST(Base58Check, OfNothingIsItsChecksum) {
    EXPECT_EQ(crypto::Base58CheckEncode({}), "3QJmnh");
    EXPECT_TRUE(crypto::Base58CheckDecode("3QJmnh").value().empty());
    EXPECT_EQ(crypto::Base58CheckDecode("1111").error().reason, "bad_checksum");
}

base::Bytes WithZeros(const base::Bytes& data) {
    base::Bytes whole(*rc::gen::inRange<std::size_t>(0, 5), 0);
    base::Append(whole, data);
    return whole;
}

RC_GTEST_PROP(Base58Property, RoundTrips, (const base::Bytes& tail)) {
    const base::Bytes data = WithZeros(tail);
    const std::string text = crypto::Base58Encode(data);
    RC_ASSERT(crypto::Base58Decode(text).value() == data);
    RC_ASSERT(crypto::Base58EncodeSecret(secret::Bytes::Copy(data)).Expose() == text);
    RC_ASSERT(base::Equal(crypto::Base58DecodeSecret(secret::String(text)).value().Expose(), data));
}

RC_GTEST_PROP(Base58Property, CheckRoundTrips, (const base::Bytes& tail)) {
    const base::Bytes data = WithZeros(tail);
    const std::string text = crypto::Base58CheckEncode(data);
    RC_ASSERT(crypto::Base58CheckDecode(text).value() == data);
    const auto secret_text = crypto::Base58CheckEncodeSecret(secret::Bytes::Copy(data));
    RC_ASSERT(secret_text.Expose() == text);
    RC_ASSERT(base::Equal(crypto::Base58CheckDecodeSecret(secret_text).value().Expose(), data));
}

// Decoding is one to one: what decodes encodes to the same text.
RC_GTEST_PROP(Base58Property, EveryAcceptedTextIsCanonical, ()) {
    const auto text = *rc::gen::container<std::string>(rc::gen::elementOf(
        std::string("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")));
    RC_ASSERT(crypto::Base58Encode(crypto::Base58Decode(text).value()) == text);
}

}  // namespace
