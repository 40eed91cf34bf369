#include "evm/erc20.h"

#include <gtest/gtest.h>

#include "base/hex.h"
#include "evm/abi.h"
#include "unit/evm/plans.h"

namespace {

using evm_test::kBob;
using money::UInt256;

base::Bytes StringAnswer(const std::string& text) {
    const auto call = evm::EncodeCall("f(string)", {evm::AbiValue{text}});
    return base::ToBytes(base::ByteView(*call).subspan(4));
}

base::Bytes Word(std::string_view text) {
    base::Bytes word = base::ToBytes(base::AsBytes(text));
    word.resize(32);
    return word;
}

TEST(Erc20, EncodesTheKnownSelectors) {
    const auto selector = [](const base::Bytes& data) {
        return base::HexEncode(base::ByteView(data).first(4));
    };
    EXPECT_EQ(selector(evm::EncodeErc20Transfer(kBob, UInt256(1))), "a9059cbb");
    EXPECT_EQ(selector(evm::EncodeErc20Approve(kBob, UInt256(1))), "095ea7b3");
    EXPECT_EQ(selector(evm::EncodeErc20BalanceOf(kBob)), "70a08231");
    EXPECT_EQ(selector(evm::EncodeErc20Allowance(kBob, kBob)), "dd62ed3e");
    EXPECT_EQ(selector(evm::EncodeErc20Decimals()), "313ce567");
    EXPECT_EQ(selector(evm::EncodeErc20Symbol()), "95d89b41");
    EXPECT_EQ(selector(evm::EncodeErc20Name()), "06fdde03");
    EXPECT_EQ(base::HexEncode(evm::Erc20TransferTopic()),
              "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef");
    EXPECT_EQ(base::HexEncode(evm::Erc20ApprovalTopic()),
              "8c5be1e5ebec7d5bd14f71427d1e84f3dd0314c0f7b2291e5b200ac8c7c3b925");
}

TEST(Erc20, ReadsBackItsOwnCallsAlone) {
    const base::Bytes transfer = evm::EncodeErc20Transfer(kBob, UInt256(7));
    ASSERT_TRUE(evm::DecodeErc20Call(transfer).has_value());
    EXPECT_EQ(evm::DecodeErc20Call(transfer)->kind, evm::Erc20Call::Kind::kTransfer);
    EXPECT_EQ(evm::DecodeErc20Call(transfer)->counterparty, kBob);
    EXPECT_EQ(evm::DecodeErc20Call(transfer)->amount, UInt256(7));
    EXPECT_EQ(evm::DecodeErc20Call(evm::EncodeErc20Approve(kBob, UInt256(7)))->kind,
              evm::Erc20Call::Kind::kApprove);
    base::Bytes other = transfer;
    other.front() ^= 1;
    EXPECT_FALSE(evm::DecodeErc20Call(other).has_value());
    base::Bytes padded = transfer;
    padded[5] = 1;
    EXPECT_FALSE(evm::DecodeErc20Call(padded).has_value());
    other = transfer;
    other.push_back(0);
    EXPECT_FALSE(evm::DecodeErc20Call(other).has_value());
}

TEST(Erc20, ReadsAmountsAndDecimalsStrictly) {
    EXPECT_EQ(*evm::DecodeErc20Amount(UInt256(5).ToBigEndian()), UInt256(5));
    EXPECT_EQ(evm::DecodeErc20Amount({}).error().reason, "bad_abi_data");
    EXPECT_EQ(*evm::DecodeErc20Decimals(UInt256(36).ToBigEndian()), 36U);
    EXPECT_EQ(evm::DecodeErc20Decimals(UInt256(37).ToBigEndian()).error().reason, "bad_abi_data");
    EXPECT_EQ(evm::DecodeErc20Decimals(UInt256::Max().ToBigEndian()).error().reason,
              "bad_abi_data");
    EXPECT_EQ(evm::DecodeErc20Decimals({}).error().reason, "bad_abi_data");
}

TEST(Erc20, TakesAMissingReturnValueForSuccess) {
    EXPECT_TRUE(evm::IsErc20Success({}));
    EXPECT_TRUE(evm::IsErc20Success(UInt256(1).ToBigEndian()));
    EXPECT_FALSE(evm::IsErc20Success(UInt256().ToBigEndian()));
    EXPECT_FALSE(evm::IsErc20Success(UInt256(2).ToBigEndian()));
    EXPECT_FALSE(evm::IsErc20Success(base::Bytes{1}));
}

TEST(Erc20, ReadsTextsOfBothForms) {
    EXPECT_EQ(evm::DecodeErc20Text(StringAnswer("USDT"), 16), "USDT");
    EXPECT_EQ(evm::DecodeErc20Text(Word("MKR"), 16), "MKR");
    EXPECT_EQ(evm::DecodeErc20Text({}, 16), "");
    EXPECT_EQ(evm::DecodeErc20Text(base::Bytes(33, 0xff), 16), "");
    EXPECT_EQ(evm::DecodeErc20Text(StringAnswer(std::string(1000, 'x')), 16), std::string(16, 'x'));
}

TEST(SanitiseTokenText, StripsWhatDeceives) {
    EXPECT_EQ(evm::SanitiseTokenText("US\x01"
                                     "D\nC\x7f",
                                     16),
              "USDC");
    EXPECT_EQ(evm::SanitiseTokenText("\u202eCDSU\u202c", 16), "CDSU");  // direction override
    EXPECT_EQ(evm::SanitiseTokenText("U\u200bSD\ufeffC", 16), "USDC");  // zero width
    EXPECT_EQ(evm::SanitiseTokenText("a\u2028b\u2029c", 16), "abc");    // line separators
    EXPECT_EQ(evm::SanitiseTokenText("\xff\xc3(USD", 16), "(USD");      // no UTF-8
    EXPECT_EQ(evm::SanitiseTokenText("  USDC  ", 16), "USDC");
    EXPECT_EQ(evm::SanitiseTokenText("\u20ac\u20ac", 5), "\u20ac");  // whole characters
    EXPECT_EQ(evm::SanitiseTokenText("\ue000x", 16), "x");           // private use
}

}  // namespace
