#include "utxo/wire.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <string>
#include <vector>

namespace {

TEST(CompactSize, TakesTheShortestFormAtEveryEdge) {
    const std::vector<std::pair<std::uint64_t, std::size_t>> edges = {{0, 1},
                                                                      {0xfc, 1},
                                                                      {0xfd, 3},
                                                                      {0xffff, 3},
                                                                      {0x10000, 5},
                                                                      {0xffffffff, 5},
                                                                      {0x100000000, 9},
                                                                      {~std::uint64_t{0}, 9}};
    for (const auto& [value, size] : edges) {
        utxo::Writer writer;
        writer.CompactSize(value);
        EXPECT_EQ(writer.bytes().size(), size) << value;
        EXPECT_EQ(utxo::CompactSizeLength(value), size);
        utxo::Reader reader(writer.bytes());
        EXPECT_EQ(reader.CompactSize(), value);
        EXPECT_TRUE(reader.Complete());
        base::Bytes cut = writer.bytes();
        cut.pop_back();
        utxo::Reader too_short(cut);
        EXPECT_EQ(too_short.CompactSize(), 0U);
        EXPECT_FALSE(too_short.good());
    }
}

TEST(CompactSize, ALongerFormThanNeededIsMalformed) {
    for (const base::Bytes& bytes : {base::Bytes{0xfd, 0xfc, 0},
                                     base::Bytes{0xfe, 0xff, 0xff, 0, 0},
                                     base::Bytes{0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0}}) {
        utxo::Reader reader(bytes);
        EXPECT_EQ(reader.CompactSize(), 0U);
        EXPECT_FALSE(reader.good());
    }
}

// A count is believed as far as its items could follow.
TEST(Reader, CountsNoMoreThanCanFollow) {
    const base::Bytes three{3, 1, 2, 3, 4, 5, 6};
    EXPECT_EQ(utxo::Reader(three).Count(2), 3U);
    utxo::Reader reader(three);
    EXPECT_EQ(reader.Count(3), 0U);
    EXPECT_FALSE(reader.good());
    const base::Bytes endless{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1};
    utxo::Reader other(endless);
    EXPECT_TRUE(other.Block().empty());
    EXPECT_FALSE(other.good());
}

TEST(Reader, AnswersZerosOnceAnythingWasMissing) {
    const base::Bytes five{1, 2, 3, 4, 5};
    utxo::Reader reader(five);
    EXPECT_EQ(reader.U32(), 0x04030201U);
    EXPECT_EQ(reader.U32(), 0U);
    EXPECT_EQ(reader.U8(), 0U);
    EXPECT_EQ(reader.size_left(), 0U);
    EXPECT_FALSE(reader.Complete());
}

}  // namespace
