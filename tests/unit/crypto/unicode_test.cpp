#include "crypto/unicode.h"

#include <gtest/gtest.h>

namespace {

std::string Nfkd(std::string_view text) {
    const auto result = crypto::NormaliseNfkd(secret::String(text));
    return result ? std::string(result->Expose()) : result.error().reason;
}

std::string Nfc(std::string_view text) {
    const auto result = crypto::NormaliseNfc(secret::String(text));
    return result ? std::string(result->Expose()) : result.error().reason;
}

TEST(Nfkd, Decomposes) {
    EXPECT_EQ(Nfkd(""), "");
    EXPECT_EQ(Nfkd("plain"), "plain");
    EXPECT_EQ(Nfkd("caf\xc3\xa9"), "cafe\xcc\x81");
    EXPECT_EQ(Nfkd("\xe2\x84\xab"), "A\xcc\x8a");                 // the Angstrom sign
    EXPECT_EQ(Nfkd("\xef\xac\x81"), "fi");                        // a ligature
    EXPECT_EQ(Nfkd("\xe3\x80\x80"), " ");                         // the ideographic space
    EXPECT_EQ(Nfkd("\xea\xb0\x80"), "\xe1\x84\x80\xe1\x85\xa1");  // a Hangul syllable
}

TEST(Nfc, Composes) {
    EXPECT_EQ(Nfc("cafe\xcc\x81"), "caf\xc3\xa9");
    EXPECT_EQ(Nfc("caf\xc3\xa9"), "caf\xc3\xa9");
    EXPECT_EQ(Nfc("\xef\xac\x81"), "\xef\xac\x81");
    EXPECT_EQ(Nfc("\xf0\x9f\x94\x91"), "\xf0\x9f\x94\x91");
}

TEST(Normalise, RefusesBrokenUtf8) {
    for (const char* const text :
         {"\xff", "\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80"}) {
        EXPECT_EQ(Nfkd(text), "bad_utf8");
        EXPECT_EQ(Nfc(text), "bad_utf8");
    }
}

}  // namespace
