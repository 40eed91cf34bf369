#include "utxo/fee.h"

#include <gtest/gtest.h>

#include "unit/utxo/samples.h"
#include "utxo/branch_id.h"

namespace {

using samples::ReasonOf;
using samples::ScriptOf;
using utxo::ScriptType;

// Bitcoin Core's GetDustThreshold at 3 sat/vB.
TEST(Fee, DustIsByOutputType) {
    EXPECT_EQ(utxo::BitcoinDustLimit(ScriptOf(1, ScriptType::kP2pkh)), 546U);
    EXPECT_EQ(utxo::BitcoinDustLimit(ScriptOf(1, ScriptType::kP2sh)), 540U);
    EXPECT_EQ(utxo::BitcoinDustLimit(ScriptOf(1, ScriptType::kP2wpkh)), 294U);
    EXPECT_EQ(utxo::BitcoinDustLimit(utxo::PayToWitness({0, base::Bytes(32)})), 330U);
    EXPECT_EQ(utxo::BitcoinDustLimit(ScriptOf(1, ScriptType::kP2tr)), 330U);
    EXPECT_EQ(utxo::BitcoinDustLimit(base::Bytes{0x6a}), 0U);
    EXPECT_EQ(utxo::ZcashDustLimit(ScriptOf(1, ScriptType::kP2pkh)), 54U);
}

TEST(Fee, RoundsUp) {
    EXPECT_EQ(utxo::FeeOfSize(141, 1000).value(), 141U);
    EXPECT_EQ(utxo::FeeOfSize(141, 1001).value(), 142U);
    EXPECT_EQ(utxo::FeeOfSize(0, 1000).value(), 0U);
    EXPECT_EQ(ReasonOf(utxo::FeeOfSize(1001, ~std::uint64_t{0})), "amount_overflow");
    EXPECT_EQ(utxo::RateOfFee(142, 141), 1007U);
}

// A node's rate in BTC per 1000 vbytes has the same digits as thousandths of a satoshi per vbyte.
TEST(Fee, NodeRatesAreReadExactly) {
    EXPECT_EQ(utxo::ParseNodeFeeRate("0.00001000").value(), 1000U);
    EXPECT_EQ(utxo::ParseNodeFeeRate("0.00012345").value(), 12345U);
    EXPECT_EQ(utxo::ParseFeeRate("12.345").value(), 12345U);
    EXPECT_EQ(ReasonOf(utxo::ParseFeeRate("1.2345")), "amount_precision");
    EXPECT_EQ(ReasonOf(utxo::ParseFeeRate("-1")), "bad_amount");
    EXPECT_EQ(ReasonOf(utxo::ParseNodeFeeRate("1e-5")), "bad_amount");
}

// A payment from one P2WPKH coin to a P2WPKH recipient with change is 141 vbytes.
TEST(Fee, ShapesHaveTheKnownSizes) {
    const utxo::Output output{1, ScriptOf(1, ScriptType::kP2wpkh)};
    const auto size = [](const utxo::TxShape& shape) {
        return utxo::VirtualSize(utxo::WeightOfShape(shape).value());
    };
    EXPECT_EQ(size({{ScriptType::kP2wpkh}, {output, output}}), 141U);
    EXPECT_EQ(size({{ScriptType::kP2pkh},
                    {{1, ScriptOf(1, ScriptType::kP2pkh)}, {1, ScriptOf(1, ScriptType::kP2pkh)}}}),
              226U);
    EXPECT_EQ(size({{ScriptType::kP2tr}, {{1, ScriptOf(1, ScriptType::kP2tr)}}}), 111U);
    EXPECT_EQ(ReasonOf(utxo::WeightOfShape({{ScriptType::kP2wsh}, {output}})),
              "unsupported_script_type");
}

TEST(Fee, ZcashCountsActions) {
    const utxo::Output output{1, ScriptOf(1, ScriptType::kP2pkh)};
    const auto fee = [&](std::size_t inputs, std::size_t outputs) {
        return utxo::ZcashFeeOfShape({std::vector<ScriptType>(inputs, ScriptType::kP2pkh),
                                      std::vector<utxo::Output>(outputs, output)})
            .value();
    };
    EXPECT_EQ(fee(1, 1), 10'000U);
    EXPECT_EQ(fee(1, 2), 10'000U);
    EXPECT_EQ(fee(3, 2), 15'000U);
    EXPECT_EQ(fee(1, 4), 20'000U);
    EXPECT_EQ(ReasonOf(utxo::ZcashFeeOfShape({{ScriptType::kP2sh}, {output}})),
              "unsupported_script_type");
    utxo::ZcashActions shielded;
    shielded.sapling_spends = 3;
    shielded.sapling_outputs = 2;
    shielded.joinsplits = 1;
    EXPECT_EQ(utxo::LogicalActions(shielded), 5U);
}

TEST(BranchId, IsWrittenMostSignificantFirst) {
    EXPECT_EQ(utxo::BranchIdText(0xc2d6d0b4), "c2d6d0b4");
    EXPECT_EQ(utxo::ParseBranchId("C2D6d0b4").value(), 0xc2d6d0b4);
    EXPECT_EQ(ReasonOf(utxo::ParseBranchId("c2d6d0")), "bad_branch_id");
    EXPECT_EQ(ReasonOf(utxo::ParseBranchId("0xc2d6d0")), "bad_branch_id");
}

TEST(BranchId, DecidesTheVersion) {
    EXPECT_FALSE(utxo::HasVersion5(0xe9ff75a6));
    EXPECT_TRUE(utxo::HasVersion5(utxo::kBranchNu5));
    EXPECT_TRUE(utxo::HasVersion5(0x12345678));  // newer than the table
    EXPECT_FALSE(utxo::HasVersion5(0));
    EXPECT_EQ(utxo::FindUpgrade(0x37a5165b)->name, "NU6.3");
    EXPECT_FALSE(utxo::FindUpgrade(0x12345678).has_value());
    EXPECT_FALSE(utxo::UpgradeAt(utxo::Network::kMain, 347499).has_value());
    EXPECT_FALSE(utxo::UpgradeAt(utxo::Network::kRegtest, 5'000'000).has_value());
}

// A nested P2WPKH input is 91 vbytes, a bare key's 114.
TEST(Fee, InputsHaveTheKnownSizes) {
    const auto size = [](ScriptType type) {
        return utxo::VirtualSize(utxo::WeightOfInput(type).value());
    };
    EXPECT_EQ(size(ScriptType::kP2wpkh), 68U);
    EXPECT_EQ(size(ScriptType::kP2sh), 91U);
    EXPECT_EQ(size(ScriptType::kP2pkh), 149U);
    EXPECT_EQ(size(ScriptType::kP2pk), 115U);
    EXPECT_EQ(size(ScriptType::kP2tr), 58U);
    EXPECT_EQ(ReasonOf(utxo::WeightOfInput(ScriptType::kOther)), "unsupported_script_type");
}

TEST(Fee, DataHasNoDustLimit) {
    EXPECT_EQ(utxo::ZcashDustLimit(base::Bytes{0x6a, 0x01, 0x07}), 0U);
    EXPECT_EQ(utxo::BitcoinDustLimit(base::Bytes{0x6a, 0x01, 0x07}), 0U);
}

}  // namespace
