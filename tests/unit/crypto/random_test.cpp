#include "crypto/random.h"

#include <gtest/gtest.h>
#include <set>

namespace {

TEST(Random, GivesTheAskedSizeAndNeverRepeats) {
    std::set<base::Bytes> seen;
    for (int i = 0; i < 1000; ++i) {
        const base::Bytes bytes = crypto::RandomBytes(16);
        ASSERT_EQ(bytes.size(), 16U);
        EXPECT_TRUE(seen.insert(bytes).second);
    }
    EXPECT_EQ(crypto::RandomSecret(7).size(), 7U);
    EXPECT_TRUE(crypto::RandomBytes(0).empty());
}

// Each of the 256 byte positions takes more than one value in 64 draws (failure: below 2^-490).
TEST(Random, FillsEveryByte) {
    const auto first = crypto::RandomArray<256>();
    base::ByteArray<256> changed{};
    for (int draw = 0; draw < 64; ++draw) {
        const auto next = crypto::RandomArray<256>();
        for (std::size_t i = 0; i < next.size(); ++i) {
            changed[i] = static_cast<std::uint8_t>(changed[i] | (first[i] ^ next[i]));
        }
    }
    for (const std::uint8_t byte : changed) {
        EXPECT_NE(byte, 0);
    }
}

}  // namespace
