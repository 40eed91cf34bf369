#include "solana/pubkey.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <set>

#include "solana/compact_u16.h"
#include "solana/pda.h"
#include "unit/solana/samples.h"

namespace {

using samples::ReasonOf;
using solana::Pubkey;

TEST(Pubkey, RefusesWithTheReason) {
    const auto reason = [](std::string_view text) { return ReasonOf(Pubkey::Parse(text)); };
    EXPECT_EQ(reason(""), "bad_address");
    EXPECT_EQ(reason("1111111111111111111111111111111"), "bad_address");    // 31 bytes
    EXPECT_EQ(reason("111111111111111111111111111111111"), "bad_address");  // 33 bytes
    EXPECT_EQ(reason("O1111111111111111111111111111111"), "bad_address");   // letter O
    EXPECT_EQ(reason(" 11111111111111111111111111111111"), "bad_address");
    EXPECT_EQ(reason("zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"), "bad_address");  // too large
    EXPECT_EQ(reason(std::string(100'000, '1')), "bad_address");
    EXPECT_EQ(reason("0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045"), "wrong_network");
    EXPECT_EQ(reason("bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu"), "bad_address");
}

RC_GTEST_PROP(PubkeyProperty, TextRoundTrips, ()) {
    const auto bytes = *rc::gen::container<base::Bytes>(32, rc::gen::arbitrary<std::uint8_t>());
    const Pubkey key{base::ToArray<32>(bytes)};
    RC_ASSERT(Pubkey::Parse(key.ToString()).value() == key);
}

TEST(Pubkey, TellsDerivedAddresses) {
    EXPECT_TRUE(samples::KeyOf(1).IsOnCurve());
    const auto account = solana::AssociatedTokenAddress(
        {samples::KeyOf(1), solana::WrappedSolMint(), solana::TokenProgram()});
    EXPECT_FALSE(account->address.IsOnCurve());
}

TEST(Pubkey, BothTokenProgramsAreKnown) {
    EXPECT_TRUE(solana::IsTokenProgram(solana::TokenProgram()));
    EXPECT_TRUE(solana::IsTokenProgram(solana::Token2022Program()));
    EXPECT_FALSE(solana::IsTokenProgram(solana::SystemProgram()));
}

RC_GTEST_PROP(CompactU16Property, RoundTrips, (std::uint16_t value, const base::Bytes& rest)) {
    base::Bytes bytes;
    solana::AppendCompactU16(bytes, value);
    const std::size_t size = bytes.size();
    base::Append(bytes, rest);
    const auto decoded = solana::DecodeCompactU16(bytes).value();
    RC_ASSERT(decoded.value == value);
    RC_ASSERT(decoded.size == size);
}

TEST(CompactU16, HasOneFormForAValue) {
    std::set<std::uint16_t> seen;
    for (unsigned first = 0; first < 256; ++first) {
        for (unsigned second = 0; second < 256; ++second) {
            const base::Bytes bytes = {static_cast<std::uint8_t>(first),
                                       static_cast<std::uint8_t>(second)};
            const auto decoded = solana::DecodeCompactU16(bytes);
            if (decoded && decoded->size == 2) {
                EXPECT_TRUE(seen.insert(decoded->value).second);
                EXPECT_GT(decoded->value, 127);
            }
        }
    }
    EXPECT_EQ(seen.size(), 16384U - 128U);
}

TEST(ProgramAddress, LimitsItsSeeds) {
    const Pubkey program = solana::TokenProgram();
    EXPECT_EQ(ReasonOf(solana::CreateProgramAddress({17, base::Bytes{1}}, program)), "bad_seed");
    EXPECT_EQ(ReasonOf(solana::CreateProgramAddress({base::Bytes(33)}, program)), "bad_seed");
    // The bump needs a place of its own.
    EXPECT_EQ(ReasonOf(solana::FindProgramAddress({16, base::Bytes{1}}, program)), "bad_seed");
    EXPECT_EQ(ReasonOf(solana::FindProgramAddress({15, base::Bytes{1}}, program)), "");
    const std::string long_seed(33, 'a');
    EXPECT_EQ(ReasonOf(solana::CreateWithSeed({program, long_seed, program})), "bad_seed");
    Pubkey marked;
    const auto marker = base::AsBytes("ProgramDerivedAddress");
    std::copy(marker.begin(), marker.end(), marked.bytes.end() - marker.size());
    EXPECT_EQ(ReasonOf(solana::CreateWithSeed({program, "a", marked})), "bad_seed");
}

TEST(ProgramAddress, FoundOneIsTheFirstOffTheCurve) {
    for (std::uint8_t number = 0; number < 40; ++number) {
        const std::vector<base::Bytes> seeds = {base::Bytes{number}};
        const auto found = solana::FindProgramAddress(seeds, solana::TokenProgram()).value();
        EXPECT_FALSE(found.address.IsOnCurve());
        for (unsigned bump = 255; bump > found.bump; --bump) {
            EXPECT_EQ(ReasonOf(solana::CreateProgramAddress(
                          {base::Bytes{number}, {static_cast<std::uint8_t>(bump)}},
                          solana::TokenProgram())),
                      "on_curve");
        }
    }
}

}  // namespace
