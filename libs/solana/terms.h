// The figures a payment was priced at, as they are stored with its intent and attempts (JSON).
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "chain/types.h"
#include "solana/pubkey.h"

namespace solana {

struct Terms {
    std::uint32_t compute_limit = 0;
    std::uint64_t compute_price = 0;  // micro-lamports a unit
    bool creates_account = false;
    std::uint64_t rent = 0;  // lamports for that account
    Pubkey blockhash;
    std::uint64_t last_valid_height = 0;  // block height, not slot
    chain::Balance payer;                 // native money of the payer, at a slot
};

[[nodiscard]] std::string WriteTerms(const Terms& terms);

// Errors: kInternal for what WriteTerms did not write.
[[nodiscard]] base::Result<Terms> ReadTerms(const std::string& text);

}  // namespace solana
