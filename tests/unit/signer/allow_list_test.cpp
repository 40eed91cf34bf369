#include "signer/allow_list.h"

#include <gtest/gtest.h>

namespace {

TEST(AllowList, ReadsEntriesInCanonicalForm) {
    const auto list = signer::ParseAllowList(
        {"eip155:1/uniswap_v2_router02/0x7a250d5630b4cf539739df2c5dacb4c659f2488d/"
         "0x7a250d5630b4cf539739df2c5dacb4c659f2488d"});
    ASSERT_TRUE(list);
    ASSERT_EQ(list->size(), 1U);
    EXPECT_EQ(list->front().protocol, "uniswap_v2_router02");
    EXPECT_EQ(list->front().spender, "0x7a250d5630B4cF539739dF2C5dAcb4c659F2488D");
}

TEST(AllowList, RefusesAnythingElse) {
    for (const char* entry : {"",
                              "eip155:1/p/0x7a250d5630B4cF539739dF2C5dAcb4c659F2488D",
                              "/p/0x7a250d5630B4cF539739dF2C5dAcb4c659F2488D/"
                              "0x7a250d5630B4cF539739dF2C5dAcb4c659F2488D",
                              "eip155:1/p/0x7a250d5630B4cF539739dF2C5dAcb4c659F2488/"
                              "0x7a250d5630B4cF539739dF2C5dAcb4c659F2488D"}) {
        EXPECT_EQ(signer::ParseAllowList({entry}).error().reason, "bad_allow_list") << entry;
    }
}

}  // namespace
