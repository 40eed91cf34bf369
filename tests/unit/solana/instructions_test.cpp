#include "solana/instructions.h"

#include <gtest/gtest.h>

#include "unit/solana/samples.h"

namespace {

using samples::KeyOf;
using samples::Plain;
using solana::AccountMeta;

TEST(Instructions, TokenAccountIsCreatedIdempotently) {
    const solana::TokenAccountKey key{KeyOf(2), Plain(7), solana::Token2022Program()};
    const auto instruction = solana::CreateTokenAccount(KeyOf(1), key).value();
    const auto account = solana::AssociatedTokenAddress(key)->address;
    EXPECT_EQ(instruction.program, solana::AssociatedTokenProgram());
    EXPECT_EQ(instruction.data, base::Bytes{1});
    const std::vector<AccountMeta> expected = {{KeyOf(1), true, true},
                                               {account, false, true},
                                               {KeyOf(2), false, false},
                                               {Plain(7), false, false},
                                               {solana::SystemProgram(), false, false},
                                               {solana::Token2022Program(), false, false}};
    EXPECT_EQ(instruction.accounts, expected);
    // The mint's program is part of the address.
    EXPECT_NE(solana::AssociatedTokenAddress({KeyOf(2), Plain(7), solana::TokenProgram()})->address,
              account);
}

TEST(Instructions, WrappedSolIsSyncedAndClosed) {
    const auto sync = solana::SyncNative(Plain(7));
    EXPECT_EQ(sync.program, solana::TokenProgram());
    EXPECT_EQ(sync.data, base::Bytes{17});
    EXPECT_EQ(sync.accounts, (std::vector<AccountMeta>{{Plain(7), false, true}}));
    const auto close =
        solana::CloseTokenAccount({solana::TokenProgram(), Plain(7), KeyOf(1), KeyOf(1)});
    EXPECT_EQ(close.data, base::Bytes{9});
    EXPECT_EQ(close.accounts,
              (std::vector<AccountMeta>{
                  {Plain(7), false, true}, {KeyOf(1), false, true}, {KeyOf(1), true, false}}));
}

TEST(Instructions, AmountsAreLittleEndian) {
    const auto transfer = solana::TransferLamports({KeyOf(1), KeyOf(2), 0x0102030405060708});
    EXPECT_EQ(transfer.data, (base::Bytes{2, 0, 0, 0, 8, 7, 6, 5, 4, 3, 2, 1}));
    EXPECT_EQ(solana::SetComputeUnitPrice(~std::uint64_t{0}).data,
              (base::Bytes{3, 255, 255, 255, 255, 255, 255, 255, 255}));
}

TEST(Instructions, MemoIsItsText) {
    const auto memo = solana::Memo("grüezi", {KeyOf(1)});
    EXPECT_EQ(base::ToText(memo.data), "grüezi");
    EXPECT_EQ(memo.accounts, (std::vector<AccountMeta>{{KeyOf(1), true, false}}));
}

}  // namespace
