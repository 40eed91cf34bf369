#include "money/amount.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <regex>
#include <string>
#include <string_view>

#include "unit/money/arbitrary.h"

namespace {

using money::Amount;
using money::Asset;
using money::UInt256;

Asset Ether() {
    return {"eip155:1", "", "", "ETH", 18};
}

Asset Tether() {
    return {"eip155:1", "0xdAC17F958D2ee523a2206206994597C13D831ec7", "", "USDT", 6};
}

std::string Units(const base::Result<UInt256>& parsed) {
    return parsed ? parsed->ToDecimal() : parsed.error().reason;
}

TEST(ParseDecimal, ScalesToBaseUnits) {
    EXPECT_EQ(Units(money::ParseDecimal("1", 18)), "1000000000000000000");
    EXPECT_EQ(Units(money::ParseDecimal("0.000000000000000001", 18)), "1");
    EXPECT_EQ(Units(money::ParseDecimal("0.30", 8)), "30000000");
    EXPECT_EQ(Units(money::ParseDecimal("0", 18)), "0");
    EXPECT_EQ(Units(money::ParseDecimal("0.000", 6)), "0");
    EXPECT_EQ(Units(money::ParseDecimal("7", 0)), "7");
}

TEST(ParseDecimal, ReadsTheLargestValueWithAnyNumberOfDecimals) {
    for (const unsigned decimals : {0U, 1U, 18U, 77U, 78U, 255U}) {
        const std::string text = money::FormatDecimal(UInt256::Max(), decimals);
        EXPECT_EQ(money::ParseDecimal(text, decimals).value(), UInt256::Max()) << text;
    }
}

struct Refusal {
    std::string text;
    std::string_view word;  // what the detail must mention
};

TEST(ParseDecimal, SaysWhatIsWrong) {
    const Refusal refusals[] = {
        {"", "empty"},
        {"-1", "sign"},
        {"+1", "sign"},
        {"1e18", "exponent"},
        {"1E18", "exponent"},
        {"0x10", "hexadecimal"},
        {"0X10", "hexadecimal"},
        {"1,5", "grouping"},
        {"1_000", "grouping"},
        {"1'000", "grouping"},
        {" 1", "blanks"},
        {"1 ", "blanks"},
        {"1\t", "blanks"},
        {"1\r\n", "blanks"},
        {"\xd9\xa1", "ASCII"},      // Arabic-Indic one
        {"\xef\xbc\x91", "ASCII"},  // fullwidth one
        {"1\xc2\xa0", "ASCII"},     // no-break space
        {"NaN", "digit"},
        {"inf", "digit"},
        {"$1", "digit"},
        {std::string("1\0", 2), "digit"},
        {"1.2.3", "two decimal points"},
        {".", "before"},
        {".5", "before"},
        {"5.", "after"},
        {"00", "leading zero"},
        {"01.5", "leading zero"},
        {std::string(341, '1'), "341"},
        {"115792089237316195423570985008687907853269984665640564039457.584007913129639936",
         "2^256"},
    };
    for (const Refusal& refusal : refusals) {
        const auto parsed = money::ParseDecimal(refusal.text, 18);
        ASSERT_FALSE(parsed.has_value()) << refusal.text;
        EXPECT_EQ(parsed.error().reason, "bad_amount") << refusal.text;
        EXPECT_NE(parsed.error().detail.find(refusal.word), std::string::npos)
            << refusal.text << " -> " << parsed.error().detail;
    }
}

TEST(ParseDecimal, NeverRounds) {
    EXPECT_EQ(Units(money::ParseDecimal("0.0000001", 6)), "amount_precision");
    EXPECT_EQ(Units(money::ParseDecimal("1.0000000", 6)), "amount_precision");
    EXPECT_EQ(Units(money::ParseDecimal("1.0", 0)), "amount_precision");
}

TEST(ParseDecimal, KeepsToTheGivenMaximum) {
    const UInt256 supply(2100000000000000);
    EXPECT_EQ(Units(money::ParseDecimal("21000000", 8, supply)), "2100000000000000");
    EXPECT_EQ(Units(money::ParseDecimal("21000000.00000001", 8, supply)), "bad_amount");
}

TEST(FormatDecimal, IsTheShortestText) {
    EXPECT_EQ(money::FormatDecimal(UInt256(0), 18), "0");
    EXPECT_EQ(money::FormatDecimal(UInt256(1), 18), "0.000000000000000001");
    EXPECT_EQ(money::FormatDecimal(UInt256(1500000), 6), "1.5");
    EXPECT_EQ(money::FormatDecimal(UInt256(1000000), 6), "1");
    EXPECT_EQ(money::FormatDecimal(UInt256(100), 0), "100");
}

TEST(Amount, ParsesAndFormatsInTheUnitsOfItsAsset) {
    const Amount amount = money::ParseAmount("12.5", Tether()).value();
    EXPECT_EQ(amount.units, UInt256(12500000));
    EXPECT_EQ(money::FormatAmount(amount), "12.5 USDT");
    EXPECT_EQ(money::ParseAmount("0.0000001", Tether()).error().reason, "amount_precision");
}

TEST(Amount, CombinesOnlyOneAsset) {
    const Amount two = money::ParseAmount("2", Ether()).value();
    const Amount three = money::ParseAmount("3", Ether()).value();
    EXPECT_EQ(money::FormatAmount(CheckedAdd(two, three).value()), "5 ETH");
    EXPECT_EQ(money::FormatAmount(CheckedSub(three, two).value()), "1 ETH");
    EXPECT_EQ(CheckedSub(two, three).error().reason, "amount_overflow");
    EXPECT_EQ(CheckedAdd({UInt256::Max(), Ether()}, two).error().reason, "amount_overflow");
    const Amount tether = money::ParseAmount("2", Tether()).value();
    EXPECT_EQ(CheckedAdd(two, tether).error().reason, "asset_mismatch");
    EXPECT_EQ(CheckedSub(two, tether).error().reason, "asset_mismatch");
}

TEST(Asset, IsTheSameByNetworkContractProgramAndDecimals) {
    Asset renamed = Tether();
    renamed.symbol = "Tether";
    EXPECT_TRUE(IsSameAsset(Tether(), renamed));
    EXPECT_TRUE(Ether().IsNative());
    EXPECT_FALSE(Tether().IsNative());
    for (const auto change : {+[](Asset& asset) { asset.network = "eip155:56"; },
                              +[](Asset& asset) { asset.contract = ""; },
                              +[](Asset& asset) { asset.program = "Token"; },
                              +[](Asset& asset) { asset.decimals = 18; }}) {
        Asset other = Tether();
        change(other);
        EXPECT_FALSE(IsSameAsset(Tether(), other));
    }
}

RC_GTEST_PROP(AmountProperty, DecimalTextRoundTrips, (const UInt256& units)) {
    const auto decimals = *rc::gen::inRange(0U, 256U);
    const std::string text = money::FormatDecimal(units, decimals);
    RC_ASSERT(money::ParseDecimal(text, decimals).value() == units);
}

// Every text is accepted exactly if the grammar says so, and what is accepted is read as written.
RC_GTEST_PROP(AmountProperty, AcceptsExactlyTheGrammar, ()) {
    const auto letter = rc::gen::weightedElement<char>(
        {{6, '0'}, {6, '1'}, {6, '9'}, {5, '.'}, {1, '-'}, {1, 'e'}, {1, ' '}, {1, 'x'}});
    const auto text = *rc::gen::container<std::string>(letter);
    RC_PRE(text.size() < 60);
    static const std::regex grammar(R"((0|[1-9][0-9]*)(\.[0-9]{1,9})?)");
    const auto parsed = money::ParseDecimal(text, 9);
    RC_ASSERT(parsed.has_value() == std::regex_match(text, grammar));
    if (parsed) {
        std::string written = text;
        if (const auto point = written.find('.'); point != std::string::npos) {
            written.erase(written.find_last_not_of('0') + 1);
            written.erase(written.find_last_not_of('.') + 1);
        }
        RC_ASSERT(money::FormatDecimal(*parsed, 9) == written);
    }
}

}  // namespace
