#include "base/bytes.h"

#include <gtest/gtest.h>

namespace {

using base::ByteArray;
using base::Bytes;

TEST(ToArray, TakesTheFirstBytes) {
    EXPECT_EQ(base::ToArray<2>(Bytes{1, 2, 3}), (ByteArray<2>{1, 2}));
    EXPECT_EQ(base::ToArray<2>(Bytes{1, 2}), (ByteArray<2>{1, 2}));
}

TEST(ToArray, FillsUpWithZeros) {
    EXPECT_EQ(base::ToArray<3>(Bytes{1}), (ByteArray<3>{1, 0, 0}));
    EXPECT_EQ(base::ToArray<2>(base::ByteView()), (ByteArray<2>{}));
}

}  // namespace
