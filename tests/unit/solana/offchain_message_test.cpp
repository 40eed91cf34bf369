// Vectors: the crate solana-offchain-message (the short header), and the layout of
// docs.anza.xyz/proposals/off-chain-message-signing.
#include "solana/offchain_message.h"

#include <gtest/gtest.h>
#include <string>

#include "base/hex.h"
#include "crypto/base58.h"
#include "crypto/base64.h"
#include "crypto/hash.h"
#include "unit/solana/samples.h"

namespace {

using samples::KeyOf;
using samples::ReasonOf;
using samples::Seed;

base::ByteView Text(std::string_view text) {
    return base::AsBytes(text);
}

base::Bytes Transaction() {
    const auto message = solana::CompileMessage(samples::Transfer(solana::MessageVersion::kLegacy));
    return solana::SerializeTransaction({{crypto::Ed25519Signature()}, *message});
}

TEST(OffchainMessage, WithTheShortHeaderIsTheVectors) {
    const auto ascii = solana::EncodeShortOffchainMessage(Text("Test Message"));
    EXPECT_EQ(base::HexEncode(*ascii),
              "ff736f6c616e61206f6666636861696e00000c0054657374204d657373616765");
    EXPECT_EQ(crypto::Base58Encode(crypto::Sha256(*ascii)),
              "HG5JydBGjtjTfD3sSn21ys5NTWPpXzmqifiGC2BVUjkD");
    const auto utf8 = solana::EncodeShortOffchainMessage(Text("Тестовое сообщение"));
    EXPECT_EQ(crypto::Base58Encode(crypto::Sha256(*utf8)),
              "6GXTveatZQLexkX4WeTpJ3E7uk1UojRXpKp43c4ArSun");
}

TEST(OffchainMessage, HasTheHeaderOfTheProposal) {
    const solana::Pubkey signer = KeyOf(1);
    const auto encoded = solana::EncodeOffchainMessage(Text("Test Message"), signer);
    EXPECT_EQ(base::HexEncode(*encoded),
              "ff736f6c616e61206f6666636861696e00" + std::string(64, '0') + "0001" +
                  base::HexEncode(signer.bytes) + "0c0054657374204d657373616765");
    const auto line = solana::EncodeOffchainMessage(Text("a\nb"), signer);
    EXPECT_EQ((*line)[49], 1) << "a line break is not restricted ASCII";
    // Header 85 bytes; 1232 in all for the formats that hardware wallets take.
    EXPECT_EQ((*solana::EncodeOffchainMessage(Text(std::string(1147, 'a')), signer))[49], 0);
    EXPECT_EQ((*solana::EncodeOffchainMessage(Text(std::string(1148, 'a')), signer))[49], 2);
    EXPECT_TRUE(solana::EncodeOffchainMessage(Text(std::string(65'450, 'a')), signer));
    EXPECT_EQ(ReasonOf(solana::EncodeOffchainMessage(Text(std::string(65'451, 'a')), signer)),
              "bad_message");
}

TEST(OffchainMessage, IsVerifiedWithEitherHeader) {
    const auto signature = solana::SignOffchainMessage(Text("login 44"), Seed(1));
    ASSERT_TRUE(signature.has_value());
    EXPECT_TRUE(*solana::VerifyOffchainMessage(Text("login 44"), KeyOf(1), *signature));
    EXPECT_FALSE(*solana::VerifyOffchainMessage(Text("login 45"), KeyOf(1), *signature));
    EXPECT_FALSE(*solana::VerifyOffchainMessage(Text("login 44"), KeyOf(2), *signature));
    const auto shorter =
        crypto::Ed25519Sign(Seed(1), *solana::EncodeShortOffchainMessage(Text("login 44")));
    EXPECT_TRUE(*solana::VerifyOffchainMessage(Text("login 44"), KeyOf(1), *shorter));
    const auto bare = crypto::Ed25519Sign(Seed(1), Text("login 44"));
    EXPECT_FALSE(*solana::VerifyOffchainMessage(Text("login 44"), KeyOf(1), *bare));
}

TEST(OffchainMessage, IsNeverATransaction) {
    const base::Bytes whole = Transaction();
    for (const auto version : {solana::MessageVersion::kLegacy, solana::MessageVersion::kV0}) {
        const base::Bytes message =
            solana::SerializeMessage(*solana::CompileMessage(samples::Transfer(version)));
        for (const base::Bytes& bytes : {message, whole}) {
            EXPECT_TRUE(solana::IsTransaction(bytes));
            for (const std::string& text : {crypto::Base64Encode(bytes),
                                            crypto::Base58Encode(bytes),
                                            base::HexEncode(bytes),
                                            base::HexEncodePrefixed(bytes),
                                            " " + crypto::Base64Encode(bytes) + "\n"}) {
                EXPECT_TRUE(solana::IsTransaction(Text(text)));
                EXPECT_EQ(ReasonOf(solana::SignOffchainMessage(Text(text), Seed(1))),
                          "bad_message");
            }
        }
    }
    for (const char* text : {"", "hello", "AQID", "0x01", "deadbeef"}) {
        EXPECT_FALSE(solana::IsTransaction(Text(text))) << text;
    }
    // What is signed begins with a byte that no transaction's message begins with.
    const auto encoded = solana::EncodeOffchainMessage(Text("hello"), KeyOf(1));
    EXPECT_EQ(ReasonOf(solana::ParseMessage(*encoded)), "bad_message");
}

TEST(OffchainMessage, IsUtf8Text) {
    EXPECT_EQ(ReasonOf(solana::SignOffchainMessage({}, Seed(1))), "bad_message");
    EXPECT_EQ(ReasonOf(solana::SignOffchainMessage(base::Bytes{0xff, 0xfe}, Seed(1))),
              "bad_message");
    EXPECT_EQ(ReasonOf(solana::SignOffchainMessage(Text("x"), secret::Bytes(3))),
              "bad_private_key");
}

}  // namespace
