#include "evm/rlp.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/hex.h"

namespace {

using base::Bytes;

base::Result<evm::RlpItem> Decode(std::string_view hex) {
    return evm::DecodeRlp(*base::HexDecode(hex));
}

TEST(DecodeRlp, RefusesWhatIsNotCanonical) {
    for (const std::string_view hex : {"",
                                       "8100",
                                       "b800",
                                       "b801ff",
                                       "81",
                                       "f800",
                                       "c2",
                                       "8080",
                                       "bf0f000000000000021111",
                                       "ffffffffffffffffff",
                                       "b7"}) {
        const auto item = Decode(hex);
        ASSERT_TRUE(item.has_error()) << hex;
        EXPECT_EQ(item.error().reason, "bad_rlp") << hex;
    }
}

TEST(DecodeRlp, RefusesDeepNesting) {
    evm::RlpItem item = evm::RlpString({});
    for (std::size_t depth = 1; depth < evm::kRlpDepthMax; ++depth) {
        item = evm::RlpList({item});
    }
    EXPECT_TRUE(evm::DecodeRlp(evm::EncodeRlp(item)).has_value());
    item = evm::RlpList({item});
    EXPECT_EQ(evm::DecodeRlp(evm::EncodeRlp(item)).error().reason, "bad_rlp");
}

TEST(RlpToUint, IsStrict) {
    EXPECT_EQ(evm::RlpToUint(evm::RlpList({})).error().reason, "bad_rlp");
    EXPECT_EQ(evm::RlpToUint(evm::RlpString(Bytes{0, 1})).error().reason, "bad_rlp");
    EXPECT_EQ(evm::RlpToUint(evm::RlpString(Bytes(33, 1))).error().reason, "bad_rlp");
    EXPECT_EQ(*evm::RlpToUint(evm::RlpString({})), money::UInt256());
    EXPECT_EQ(evm::RlpToUint64(evm::RlpString(Bytes(9, 1))).error().reason, "bad_rlp");
    EXPECT_EQ(*evm::RlpToUint64(evm::RlpString(Bytes(8, 0xff))), ~std::uint64_t{0});
}

evm::RlpItem MakeItem(const std::vector<Bytes>& parts, std::size_t nesting) {
    std::vector<evm::RlpItem> items;
    for (const Bytes& part : parts) {
        items.push_back(evm::RlpString(part));
    }
    evm::RlpItem item = evm::RlpList(std::move(items));
    for (std::size_t i = 0; i < nesting; ++i) {
        item = evm::RlpList({evm::RlpString(Bytes{1}), item});
    }
    return item;
}

RC_GTEST_PROP(Rlp, DecodesWhatItEncodes, (std::vector<Bytes> parts)) {
    const auto nesting = *rc::gen::inRange<std::size_t>(0, 8);
    const Bytes encoded = evm::EncodeRlp(MakeItem(parts, nesting));
    const auto decoded = evm::DecodeRlp(encoded);
    RC_ASSERT(decoded.has_value());
    RC_ASSERT(evm::EncodeRlp(*decoded) == encoded);
}

RC_GTEST_PROP(Rlp, WhateverDecodesIsCanonical, (std::vector<Bytes> parts, Bytes changes)) {
    Bytes bytes = evm::EncodeRlp(MakeItem(parts, 2));
    for (std::size_t i = 0; i + 1 < changes.size() && i < 4; i += 2) {
        bytes[changes[i] % bytes.size()] = changes[i + 1];
    }
    const auto decoded = evm::DecodeRlp(bytes);
    if (decoded) {
        RC_ASSERT(evm::EncodeRlp(*decoded) == bytes);
    }
}

}  // namespace
