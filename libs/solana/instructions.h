// The instructions that this platform sends, and no others: the signer allows exactly these.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "solana/message.h"
#include "solana/pda.h"
#include "solana/pubkey.h"

namespace solana {

// System.Transfer.
struct LamportTransfer {
    Pubkey from;
    Pubkey to;
    std::uint64_t lamports = 0;
};

[[nodiscard]] Instruction TransferLamports(const LamportTransfer& transfer);

// TransferChecked of Token and Token-2022: fails unless mint and decimals are right.
struct TokenTransfer {
    Pubkey token_program;
    Pubkey source;  // token account
    Pubkey mint;
    Pubkey destination;  // token account
    Pubkey owner;        // of the source; signs
    std::uint64_t amount = 0;
    std::uint8_t decimals = 0;
};

[[nodiscard]] Instruction TransferToken(const TokenTransfer& transfer);

// CreateIdempotent of the associated token account: does nothing where it exists. Errors: those of
// AssociatedTokenAddress.
[[nodiscard]] base::Result<Instruction> CreateTokenAccount(const Pubkey& payer,
                                                           const TokenAccountKey& account);

// Token.SyncNative: the account's lamports become its balance of wrapped SOL.
[[nodiscard]] Instruction SyncNative(const Pubkey& token_account);

// Token.CloseAccount: an empty account's (or wrapped SOL's) lamports go to the destination.
struct AccountClosing {
    Pubkey token_program;
    Pubkey account;
    Pubkey destination;
    Pubkey owner;
};

[[nodiscard]] Instruction CloseTokenAccount(const AccountClosing& closing);

[[nodiscard]] Instruction SetComputeUnitLimit(std::uint32_t units);
// Millionths of a lamport a unit.
[[nodiscard]] Instruction SetComputeUnitPrice(std::uint64_t micro_lamports);

// UTF-8, signed by the given accounts.
[[nodiscard]] Instruction Memo(std::string_view text, const std::vector<Pubkey>& signers);

}  // namespace solana
