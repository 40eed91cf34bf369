#include "solana/keys.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "crypto/base58.h"
#include "unit/solana/samples.h"

namespace {

using samples::ReasonOf;
using samples::Seed;

std::string NumbersOf(const base::Bytes& bytes) {
    std::string text = "[";
    for (const std::uint8_t byte : bytes) {
        text += (text.size() > 1 ? ", " : "") + std::to_string(byte);
    }
    return text + "]";
}

base::Bytes Both(std::uint8_t number) {
    base::Bytes both(32, number);
    base::Append(both, samples::KeyOf(number).bytes);
    return both;
}

std::string ImportReason(std::string_view text) {
    return ReasonOf(solana::ImportSecretKey(secret::String(text)));
}

RC_GTEST_PROP(KeysProperty, ExportsAreImportedAgain, (std::uint8_t number)) {
    const auto text = solana::ExportSecretKey(Seed(number)).value();
    const auto seed = solana::ImportSecretKey(text).value();
    RC_ASSERT(secret::ConstantTimeEqual(seed.Expose(), Seed(number).Expose()));
    const auto listed = solana::ImportSecretKey(secret::String(NumbersOf(Both(number)))).value();
    RC_ASSERT(secret::ConstantTimeEqual(listed.Expose(), Seed(number).Expose()));
}

TEST(Keys, RefusesWhatIsNoSecretKey) {
    base::Bytes mixed = Both(1);
    mixed[63] ^= 1;
    EXPECT_EQ(ImportReason(""), "bad_key");
    EXPECT_EQ(ImportReason("0OIl"), "bad_key");
    EXPECT_EQ(ImportReason(crypto::Base58Encode(base::Bytes(32, 1))), "bad_key");
    EXPECT_EQ(ImportReason(crypto::Base58Encode(mixed)), "bad_key");
    EXPECT_EQ(ImportReason(NumbersOf(mixed)), "bad_key");
    EXPECT_EQ(ImportReason("["), "bad_key");
    EXPECT_EQ(ImportReason("[]"), "bad_key");
    EXPECT_EQ(ImportReason("[1,2"), "bad_key");
    EXPECT_EQ(ImportReason("[1,,2]"), "bad_key");
    EXPECT_EQ(ImportReason("[256" + NumbersOf(Both(1)).substr(2)), "bad_key");
    EXPECT_EQ(ImportReason(NumbersOf(base::Bytes(65, 1))), "bad_key");
    EXPECT_EQ(ImportReason(NumbersOf(Both(1)) + "]"), "bad_key");
}

RC_GTEST_PROP(KeysProperty, AnyTextIsAnswered, (const std::string& text)) {
    RC_ASSERT(ImportReason(text) == "bad_key");
    RC_ASSERT(ImportReason("[" + text) == "bad_key");
}

TEST(Keys, PathIsHardenedThroughout) {
    EXPECT_EQ(crypto::FormatPath(solana::DefaultPath(3)), "m/44'/501'/3'/0'");
    EXPECT_EQ(ReasonOf(solana::DeriveKey(Seed(1), crypto::DerivationPath{44})), "bad_path");
}

TEST(Keys, ErrorsNeverRepeatTheKey) {
    const auto refused = solana::ImportSecretKey(secret::String("hunter2hunter2"));
    EXPECT_EQ(refused.error().detail.find("hunter2"), std::string::npos);
}

}  // namespace
