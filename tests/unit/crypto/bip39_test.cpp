#include "crypto/bip39.h"

#include <algorithm>
#include <fstream>
#include <gtest/gtest.h>
#include <set>
#include <string>

#include <nlohmann/json.hpp>

#include "crypto/hash.h"
#include "crypto/random.h"
#include "unit/crypto/samples.h"

namespace {

std::string MnemonicReason(std::string_view mnemonic) {
    const auto entropy = crypto::MnemonicToEntropy(secret::String(mnemonic));
    return entropy ? "" : entropy.error().reason;
}

// The SHA-256 of bip-0039/english.txt, and the same list from another source.
TEST(Bip39Words, AreTheOfficialList) {
    std::string text;
    std::set<std::string_view> prefixes;
    for (const std::string_view word : crypto::Bip39EnglishWords()) {
        text += std::string(word) + "\n";
        prefixes.insert(word.substr(0, 4));
    }
    EXPECT_EQ(samples::Hex(crypto::Sha256(base::AsBytes(text))),
              "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda");
    EXPECT_EQ(prefixes.size(), 2048U);
    const auto file = nlohmann::json::parse(
        std::ifstream(PLATFORM_SOURCE_DIR "/tests/vectors/data/bip39_english.json"));
    EXPECT_TRUE(std::equal(file.at("words").begin(),
                           file.at("words").end(),
                           crypto::Bip39EnglishWords().begin(),
                           crypto::Bip39EnglishWords().end()));
}

TEST(Mnemonic, RoundTripsForEverySize) {
    for (const std::size_t size : {16U, 20U, 24U, 28U, 32U}) {
        for (int i = 0; i < 50; ++i) {
            const auto entropy = crypto::RandomSecret(size);
            const auto mnemonic = crypto::MnemonicFromEntropy(entropy).value();
            EXPECT_EQ(std::count(mnemonic.Expose().begin(), mnemonic.Expose().end(), ' ') + 1,
                      static_cast<std::ptrdiff_t>(size * 3 / 4));
            const auto back = crypto::MnemonicToEntropy(mnemonic).value();
            EXPECT_TRUE(base::Equal(back.Expose(), entropy.Expose()));
        }
    }
}

TEST(Mnemonic, RefusesOtherSizesOfEntropy) {
    for (const std::size_t size : {0U, 12U, 15U, 17U, 33U, 36U}) {
        EXPECT_EQ(crypto::MnemonicFromEntropy(secret::Bytes(size)).error().reason, "bad_entropy");
    }
}

TEST(Mnemonic, RefusesOtherTexts) {
    const std::string good =
        "legal winner thank year wave sausage worth useful legal winner thank "
        "yellow";
    EXPECT_EQ(MnemonicReason(good), "");
    EXPECT_EQ(MnemonicReason(""), "bad_mnemonic");
    EXPECT_EQ(MnemonicReason("legal"), "bad_mnemonic");
    EXPECT_EQ(MnemonicReason(good + " "), "bad_mnemonic");
    EXPECT_EQ(MnemonicReason(" " + good.substr(0, good.rfind(' '))), "bad_mnemonic");
    EXPECT_EQ(MnemonicReason("Legal" + good.substr(5)), "bad_mnemonic");
    EXPECT_EQ(MnemonicReason("winner legal" + good.substr(12)), "bad_mnemonic");  // the checksum
    std::string two_blanks = good;
    two_blanks.replace(good.rfind(' '), 1, "  ");
    EXPECT_EQ(MnemonicReason(two_blanks), "bad_mnemonic");
    std::string twenty_seven = good + " " + good + " legal winner thank";
    EXPECT_EQ(MnemonicReason(twenty_seven), "bad_mnemonic");
}

TEST(Mnemonic, ErrorsNameThePlaceAndNeverTheWord) {
    const auto error = crypto::MnemonicToEntropy(
        secret::String("legal winner thank year wave sausages worth useful legal winner thank "
                       "yellow"));
    EXPECT_NE(error.error().detail.find("word 6"), std::string::npos);
    EXPECT_EQ(error.error().detail.find("sausage"), std::string::npos);
}

TEST(MnemonicToSeed, RefusesBrokenUtf8) {
    const secret::String good("legal");
    const secret::String broken("\xff");
    EXPECT_EQ(crypto::MnemonicToSeed(broken, good).error().reason, "bad_utf8");
    EXPECT_EQ(crypto::MnemonicToSeed(good, broken).error().reason, "bad_utf8");
}

// bip32JP's first vector: another language's words and a passphrase that both need NFKD.
TEST(MnemonicToSeed, NormalisesOtherLanguages) {
    const secret::String mnemonic(
        "あいこくしん　あいこくしん　あいこくしん　あいこくしん　あいこくしん　あいこくしん　"
        "あいこくしん　あいこくしん　あいこくしん　あいこくしん　あいこくしん　あおぞら");
    const secret::String passphrase("㍍ガバヴァぱばぐゞちぢ十人十色");
    EXPECT_EQ(samples::Hex(crypto::MnemonicToSeed(mnemonic, passphrase).value().Expose()),
              "a262d6fb6122ecf45be09c50492b31f92e9beb7d9a845987a02cefda57a15f9c"
              "467a17872029a9e92299b5cbdf306e3a0ee620245cbd508959b6cb7ca637bd55");
}

}  // namespace
