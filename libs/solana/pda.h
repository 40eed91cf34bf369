// Addresses without a private key: program-derived ones, token accounts, addresses with a seed.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "solana/pubkey.h"

namespace solana {

struct ProgramAddress {
    Pubkey address;
    std::uint8_t bump = 0;
};

// SHA-256 of the seeds, the program and a marker; at most 16 seeds of 32 bytes. Errors: `bad_seed`;
// `on_curve` where the result could have a private key.
[[nodiscard]] base::Result<Pubkey> CreateProgramAddress(const std::vector<base::Bytes>& seeds,
                                                        const Pubkey& program);

// The first address off the curve with a last seed from 255 down. Errors: `bad_seed`, `on_curve`.
[[nodiscard]] base::Result<ProgramAddress> FindProgramAddress(std::vector<base::Bytes> seeds,
                                                              const Pubkey& program);

// The one token account that everybody derives for an owner and a mint. `token_program` is the
// mint's owner.
struct TokenAccountKey {
    Pubkey owner;
    Pubkey mint;
    Pubkey token_program;
};

[[nodiscard]] base::Result<ProgramAddress> AssociatedTokenAddress(const TokenAccountKey& key);

// System.CreateAccountWithSeed. Errors: `bad_seed`.
struct SeededKey {
    Pubkey base;
    std::string_view seed;
    Pubkey program;
};

[[nodiscard]] base::Result<Pubkey> CreateWithSeed(const SeededKey& key);

}  // namespace solana
