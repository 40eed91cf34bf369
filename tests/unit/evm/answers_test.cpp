#include "evm/answers.h"

#include <gtest/gtest.h>

#include "evm/terms.h"
#include "unit/evm/fake_node.h"

namespace {

using evm_test::HashOf;
using evm_test::Json;
using money::UInt256;

TEST(ReadQuantity, IsStrict) {
    EXPECT_EQ(*evm::ReadQuantity("0x0", "x"), UInt256());
    EXPECT_EQ(*evm::ReadQuantity("0xabc", "x"), UInt256(0xabc));
    EXPECT_EQ(*evm::ReadQuantity("0x" + std::string(64, 'f'), "x"), UInt256::Max());
    for (const Json& bad : {Json(),
                            Json(5),
                            Json("5"),
                            Json("0x"),
                            Json("0x00"),
                            Json("0x01"),
                            Json("0xg"),
                            Json("0x" + std::string(65, '1')),
                            Json("-0x1"),
                            Json(1.5),
                            Json::array(),
                            Json::object(),
                            Json(true),
                            Json("0X1")}) {
        EXPECT_EQ(evm::ReadQuantity(bad, "x").error().reason, "node_unavailable") << bad;
    }
    EXPECT_EQ(evm::ReadQuantity64("0x10000000000000000", "x").error().reason, "node_unavailable");
}

TEST(WriteQuantity, HasNoLeadingZeros) {
    EXPECT_EQ(evm::WriteQuantity(UInt256()), "0x0");
    EXPECT_EQ(evm::WriteQuantity(UInt256(0xabc)), "0xabc");
    EXPECT_EQ(evm::WriteQuantity(UInt256(0x1abc)), "0x1abc");
}

TEST(ReadData, BoundsItsSize) {
    EXPECT_TRUE(evm::ReadData("0x", "x")->empty());
    const std::string huge = "0x" + std::string(2 * evm::kNodeDataMax + 2, '0');
    for (const Json& bad : {Json(), Json("0x1"), Json("zz"), Json("0xzz"), Json(huge)}) {
        EXPECT_EQ(evm::ReadData(bad, "x").error().reason, "node_unavailable");
    }
}

TEST(ReadHash, WantsThirtyTwoBytes) {
    EXPECT_EQ(*evm::ReadHash("0x" + std::string(64, 'A'), "x"), "0x" + std::string(64, 'a'));
    EXPECT_EQ(evm::ReadHash("0x" + std::string(62, 'A'), "x").error().reason, "node_unavailable");
    EXPECT_EQ(evm::ReadAddress("0x00", "x").error().reason, "node_unavailable");
    EXPECT_EQ(evm::ReadText(5, "x").error().reason, "node_unavailable");
    EXPECT_EQ(evm::ReadList(5, "x").error().reason, "node_unavailable");
}

// Each key removed, then of a wrong type, must be refused; `optional` ones may be absent.
template <class Reader>
void ExpectEveryKeyMatters(const Json& good, Reader read, const std::set<std::string>& optional) {
    ASSERT_TRUE(read(good).has_value());
    for (const auto& [key, value] : good.items()) {
        Json less = good;
        less.erase(key);
        EXPECT_EQ(read(less).has_value(), optional.contains(key)) << key;
        for (const Json& wrong : {Json("nonsense"), Json(5), Json::array({5}), Json::object()}) {
            Json changed = good;
            changed[key] = wrong;
            EXPECT_TRUE(read(changed).has_error()) << key << " " << wrong;
        }
    }
    for (const Json& wrong : {Json(), Json(5), Json::array(), Json("0x0")}) {
        EXPECT_EQ(read(wrong).error().reason, "node_unavailable");
    }
}

TEST(ReadBlockHeader, WantsEveryKey) {
    const Json good = {{"number", "0x5"},
                       {"hash", HashOf("a")},
                       {"parentHash", HashOf("b")},
                       {"timestamp", "0x65000000"}};
    ExpectEveryKeyMatters(good, evm::ReadBlockHeader, {});
    Json late = good;
    late["timestamp"] = "0xffffffffffffffff";
    EXPECT_TRUE(evm::ReadBlockHeader(late).has_error());
}

Json GoodLog() {
    return {{"address", "0x" + std::string(40, '1')},
            {"topics", {HashOf("t")}},
            {"data", "0x00"},
            {"logIndex", "0x3"},
            {"transactionHash", HashOf("tx")},
            {"blockHash", HashOf("block")}};
}

TEST(ReadLog, WantsEveryKey) {
    ExpectEveryKeyMatters(GoodLog(), evm::ReadLog, {});
    Json many = GoodLog();
    many["topics"] = Json::array({HashOf("1"), HashOf("2"), HashOf("3"), HashOf("4"), HashOf("5")});
    EXPECT_TRUE(evm::ReadLog(many).has_error());
}

TEST(ReadReceipt, WantsEveryKey) {
    const Json good = {{"transactionHash", HashOf("tx")},
                       {"blockHash", HashOf("block")},
                       {"blockNumber", "0x5"},
                       {"status", "0x1"},
                       {"gasUsed", "0x5208"},
                       {"effectiveGasPrice", "0x10"},
                       {"logs", {GoodLog()}}};
    ExpectEveryKeyMatters(good, evm::ReadReceipt, {});
    Json status = good;
    status["status"] = "0x2";
    EXPECT_TRUE(evm::ReadReceipt(status).has_error());
    Json overflow = good;
    overflow["effectiveGasPrice"] = "0x" + std::string(64, 'f');
    EXPECT_TRUE(evm::ReadReceipt(overflow).has_error());
}

TEST(ReadTransaction, WantsEveryKey) {
    const Json good = {{"hash", HashOf("tx")},
                       {"from", "0x" + std::string(40, '1')},
                       {"to", "0x" + std::string(40, '2')},
                       {"value", "0x1"},
                       {"input", "0x"},
                       {"blockNumber", "0x5"}};
    ExpectEveryKeyMatters(good, evm::ReadTransaction, {"to", "blockNumber"});
}

TEST(Terms, ReadBackWhatTheyWrote) {
    evm::Terms terms;
    terms.gas = 21000;
    terms.figures = {evm::TxType::kDynamicFee, {}, UInt256(5), UInt256(3)};
    EXPECT_EQ(evm::ReadTerms(evm::WriteTerms(terms))->figures, terms.figures);
    terms.figures = {evm::TxType::kLegacy, UInt256(5), {}, {}};
    EXPECT_EQ(evm::ReadTerms(evm::WriteTerms(terms))->figures, terms.figures);
    EXPECT_EQ(evm::ReadTerms(evm::WriteTerms(terms))->gas, 21000U);
    for (const char* bad : {"",
                            "{}",
                            "[]",
                            R"({"gas":21000})",
                            R"({"gas":"1"})",
                            R"({"gas":"1","type":"x"})",
                            R"({"gas":"1","type":"legacy"})",
                            R"({"gas":"1","type":"eip1559","max_fee":"1"})",
                            R"({"gas":"99999999999999999999999","type":"legacy"})"}) {
        EXPECT_TRUE(evm::ReadTerms(bad).has_error()) << bad;
    }
}

}  // namespace
