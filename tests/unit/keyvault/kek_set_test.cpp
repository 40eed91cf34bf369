#include "keyvault/kek_set.h"

#include <gtest/gtest.h>
#include <string>

#include "base/hex.h"

namespace {

const std::string kKey(64, 'a');

TEST(KekSet, TakesSixtyFourHexDigitsOfEitherCase) {
    keyvault::KekSet keks;
    ASSERT_TRUE(keks.AddHex(1, secret::String(kKey)));
    ASSERT_TRUE(keks.AddHex(2, secret::String(std::string(64, 'A'))));
    EXPECT_EQ(keks.Versions(), (std::vector<int>{1, 2}));
    EXPECT_EQ(*keks.CheckValue(1), *keks.CheckValue(2));
}

TEST(KekSet, RefusesEverythingElse) {
    keyvault::KekSet keks;
    for (const std::string& text :
         {std::string(), std::string(63, 'a'), std::string(65, 'a'), std::string(63, 'a') + "g"}) {
        EXPECT_EQ(keks.AddHex(1, secret::String(text)).error().reason, "bad_key") << text.size();
    }
    EXPECT_EQ(keks.AddHex(0, secret::String(kKey)).error().reason, "bad_key");
    EXPECT_EQ(keks.AddHex(17, secret::String(kKey)).error().reason, "bad_key");
}

TEST(KekSet, RefusesAVersionTwice) {
    keyvault::KekSet keks;
    ASSERT_TRUE(keks.AddHex(1, secret::String(kKey)));
    EXPECT_EQ(keks.AddHex(1, secret::String(std::string(64, 'b'))).error().reason, "bad_key");
}

TEST(KekSet, ErrorsNeverRepeatTheKey) {
    keyvault::KekSet keks;
    const std::string almost = std::string(63, 'a') + "x";
    EXPECT_EQ(keks.AddHex(1, secret::String(almost)).error().detail.find("aaaa"),
              std::string::npos);
}

TEST(KekSet, SubKeyAndCheckValueDifferFromTheRawKeyAndEachOther) {
    keyvault::KekSet keks;
    ASSERT_TRUE(keks.AddHex(1, secret::String(kKey)));
    const std::string wrap = base::HexEncode((*keks.WrapKey(1))->Expose());
    const std::string check = base::HexEncode(*keks.CheckValue(1));
    EXPECT_NE(wrap, kKey);
    EXPECT_NE(check, kKey);
    EXPECT_NE(check, wrap);
}

TEST(KekSet, CheckValueTellsKeysApart) {
    keyvault::KekSet keks;
    ASSERT_TRUE(keks.AddHex(1, secret::String(kKey)));
    ASSERT_TRUE(keks.AddHex(2, secret::String(std::string(64, 'b'))));
    EXPECT_NE(*keks.CheckValue(1), *keks.CheckValue(2));
    EXPECT_EQ(keks.CheckValue(3).error().reason, "unknown_kek");
}

}  // namespace
