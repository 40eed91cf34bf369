#include "crypto/wif.h"

#include <gtest/gtest.h>

#include "crypto/base58.h"
#include "crypto/secp256k1.h"
#include "unit/crypto/samples.h"

namespace {

using crypto::WifNetwork;

// Private key 1 in each form.
constexpr const char* kCompressed = "KwDiBf89QgGbjEhKnhXJuH7LrciVrZi3qYjgd9M7rFU73sVHnoWn";
constexpr const char* kPlain = "5HpHagT65TZzG1PH3CSu63k8DbpvD8s5ip4nEB3kEsreAnchuDf";

TEST(Wif, ReadsAndWritesBothForms) {
    for (const bool compressed : {true, false}) {
        const char* const text = compressed ? kCompressed : kPlain;
        const auto key = crypto::WifDecode(secret::String(text), WifNetwork::kMain).value();
        EXPECT_EQ(key.compressed, compressed);
        EXPECT_EQ(samples::Hex(key.private_key.Expose()), samples::Hex(samples::KeyOne().Expose()));
        EXPECT_EQ(crypto::WifEncode(key, WifNetwork::kMain).value().Expose(), text);
    }
}

TEST(Wif, RefusesAnotherNetworksKey) {
    const auto key = crypto::WifDecode(secret::String(kPlain), WifNetwork::kMain).value();
    const auto text = crypto::WifEncode(key, WifNetwork::kTest).value();
    EXPECT_TRUE(crypto::WifDecode(text, WifNetwork::kTest).has_value());
    EXPECT_EQ(crypto::WifDecode(text, WifNetwork::kMain).error().reason, "wrong_network");
}

std::string ReasonOf(std::string_view payload_hex) {
    const auto text = crypto::Base58CheckEncodeSecret(samples::Secret(payload_hex));
    const auto key = crypto::WifDecode(text, WifNetwork::kMain);
    return key ? "" : key.error().reason;
}

TEST(Wif, RefusesWhatIsNoKey) {
    const std::string one = std::string(63, '0') + "1";
    EXPECT_EQ(ReasonOf("80" + one + "01"), "");
    EXPECT_EQ(ReasonOf("80" + one + "02"), "bad_private_key");
    EXPECT_EQ(ReasonOf("80" + one + "0101"), "bad_private_key");
    EXPECT_EQ(ReasonOf("80" + one.substr(2)), "bad_private_key");
    EXPECT_EQ(ReasonOf("80" + std::string(64, '0') + "01"), "bad_private_key");
    EXPECT_EQ(ReasonOf("80" + std::string(samples::kOrder) + "01"), "bad_private_key");
    EXPECT_EQ(ReasonOf(""), "bad_private_key");
    EXPECT_EQ(crypto::WifDecode(secret::String("5Hp"), WifNetwork::kMain).error().reason,
              "bad_checksum");
    EXPECT_EQ(crypto::WifEncode({secret::Bytes(32), true}, WifNetwork::kMain).error().reason,
              "bad_private_key");
}

}  // namespace
