#include "evm/address.h"

#include <gtest/gtest.h>

namespace {

constexpr std::string_view kVitalik = "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045";

TEST(AddressParse, CountsTheDigits) {
    const auto short_one = evm::Address::Parse("0x742d35Cc6634C0532925a3b844Bc9e7595f0bEb");
    EXPECT_EQ(short_one.error().reason, "bad_address");
    EXPECT_EQ(short_one.error().detail, "has 39 hex digits after 0x, an Ethereum address has 40");
    const auto long_one = evm::Address::Parse(std::string(kVitalik) + "0");
    EXPECT_EQ(long_one.error().detail, "has 41 hex digits after 0x, an Ethereum address has 40");
}

TEST(AddressParse, RefusesEverythingElse) {
    for (const std::string_view text : {"",
                                        "0",
                                        "0x",
                                        "0X52908400098527886E0F7030069857D2E4169EE7",
                                        " 0x1",
                                        "d8dA6BF26964aF9D7eEd9e03E53415D37aA96045",
                                        "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA9604g",
                                        "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA9604\xc3"}) {
        const auto parsed = evm::Address::Parse(text);
        ASSERT_TRUE(parsed.has_error()) << text;
        EXPECT_EQ(parsed.error().reason, "bad_address") << text;
    }
}

TEST(AddressParse, NamesTheWrongPosition) {
    const auto parsed = evm::Address::Parse("0xd8dA6BF26964aF9D7eEd9e03E53415D37aA9604g");
    EXPECT_NE(parsed.error().detail.find("position 41"), std::string::npos);
}

TEST(AddressParse, TakesOneCaseAndChecksMixedCase) {
    std::string lower(kVitalik);
    for (char& letter : lower) {
        letter = static_cast<char>(std::tolower(letter));
    }
    ASSERT_TRUE(evm::Address::Parse(lower).has_value());
    EXPECT_EQ(evm::Address::Parse(lower)->ToString(), kVitalik);
    EXPECT_FALSE(evm::HasChecksum(lower));
    EXPECT_TRUE(evm::HasChecksum(kVitalik));
    std::string flipped(kVitalik);
    flipped[2] = 'D';
    EXPECT_EQ(evm::Address::Parse(flipped).error().reason, "bad_checksum");
}

TEST(AddressFromBytes, WantsTwenty) {
    const base::Bytes bytes(19);
    EXPECT_EQ(evm::Address::FromBytes(bytes).error().reason, "bad_address");
    EXPECT_TRUE(evm::Address::FromBytes(base::Bytes(20))->IsZero());
}

}  // namespace
