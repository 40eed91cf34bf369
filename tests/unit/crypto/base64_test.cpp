#include "crypto/base64.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace {

// RFC 4648, section 10.
TEST(Base64, MatchesRfc4648) {
    EXPECT_EQ(crypto::Base64Encode({}), "");
    EXPECT_EQ(crypto::Base64Encode(base::AsBytes("f")), "Zg==");
    EXPECT_EQ(crypto::Base64Encode(base::AsBytes("fo")), "Zm8=");
    EXPECT_EQ(crypto::Base64Encode(base::AsBytes("foobar")), "Zm9vYmFy");
    EXPECT_EQ(base::ToText(crypto::Base64Decode("Zm9vYmE=").value()), "fooba");
    EXPECT_TRUE(crypto::Base64Decode("").value().empty());
}

TEST(Base64, RefusesOtherForms) {
    for (const char* text : {"Zg",
                             "Zg=",
                             "Zg===",
                             "Zh==",
                             "Zm9v ",
                             " Zm9v",
                             "Zm9v\n",
                             "Zm-_",
                             "Z",
                             "====",
                             "Zg==Zg=="}) {
        const auto decoded = crypto::Base64Decode(text);
        EXPECT_FALSE(decoded.has_value()) << text;
        EXPECT_TRUE(decoded.has_value() || decoded.error().reason == "bad_base64") << text;
    }
}

RC_GTEST_PROP(Base64Property, RoundTrips, (const base::Bytes& data)) {
    RC_ASSERT(crypto::Base64Decode(crypto::Base64Encode(data)).value() == data);
}

}  // namespace
