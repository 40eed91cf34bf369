// SQL of gaps and the fills that close them. Writing functions: the caller's transaction began with
// Fence.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "chain/types.h"
#include "pg/tx.h"

namespace transfer {

// A nonce that nobody uses below one whose bytes are signed.
struct Gap {
    std::string from;
    std::uint64_t nonce = 0;
};

struct UnsignedFill {
    base::WalletId wallet;
    std::string from;
    std::uint64_t nonce = 0;
    std::uint32_t number = 1;
    base::Bytes unsigned_tx;
};

// Where an address may have some.
struct GapRange {
    std::string from;
    std::uint64_t lowest = 0;
    std::uint64_t above = 0;  // the highest signed nonce that is in no block
};

// Empty also while an intent waits that will take the nonces.
[[nodiscard]] base::Result<std::vector<GapRange>> LoadGapRanges(pg::Tx& tx,
                                                                const std::string& network,
                                                                const base::WalletId& wallet);
// The lowest ones, as many as are filled in one round.
[[nodiscard]] base::Result<std::vector<Gap>> LoadGaps(pg::Tx& tx,
                                                      const std::string& network,
                                                      const GapRange& range);
// The slot is the fill's from now on.
[[nodiscard]] base::Result<> InsertFill(pg::Tx& tx,
                                        const std::string& network,
                                        const base::WalletId& wallet,
                                        const Gap& gap,
                                        base::ByteView unsigned_tx);
[[nodiscard]] base::Result<std::vector<UnsignedFill>> LoadUnsignedFills(
    pg::Tx& tx, const std::string& network, const base::WalletId& wallet);
[[nodiscard]] base::Result<> MarkFillSigned(pg::Tx& tx,
                                            const std::string& network,
                                            const UnsignedFill& fill,
                                            const chain::Signed& signed_tx);
[[nodiscard]] base::Result<> PostponeFill(pg::Tx& tx,
                                          const std::string& network,
                                          const UnsignedFill& fill,
                                          std::chrono::milliseconds again_in);

}  // namespace transfer
