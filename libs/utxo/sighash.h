// The digests that Bitcoin's signatures sign: legacy, BIP-143 (segwit version 0) and BIP-341
// (taproot).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/hash.h"
#include "utxo/transaction.h"

namespace utxo {

inline constexpr std::uint32_t kSighashDefault = 0;  // taproot alone: as kSighashAll, one byte less
inline constexpr std::uint32_t kSighashAll = 1;
inline constexpr std::uint32_t kSighashNone = 2;
inline constexpr std::uint32_t kSighashSingle = 3;
inline constexpr std::uint32_t kSighashAnyoneCanPay = 0x80;

// Which input is signed, and how.
struct SighashTarget {
    std::size_t input = 0;
    std::uint32_t hash_type = kSighashAll;
};

// `script_code` is the spent output's script, or the redeem script. Any hash type has a meaning
// here, as in Bitcoin Core. Errors: `bad_tx` for an input that is not there.
[[nodiscard]] base::Result<crypto::Hash256> SighashLegacy(const Transaction& transaction,
                                                          SighashTarget target,
                                                          base::ByteView script_code);

// BIP-143. For P2WPKH the script code is the P2PKH script of the same hash.
[[nodiscard]] base::Result<base::Bytes> SighashV0Preimage(const Transaction& transaction,
                                                          SighashTarget target,
                                                          const Output& spent);

// BIP-341, "Common signature message", for the key path without annex. `spent` are the outputs that
// all inputs spend, in order. Errors: `bad_tx`; `bad_hash_type` for any but the seven known ones.
[[nodiscard]] base::Result<base::Bytes> SighashTaprootMessage(const Transaction& transaction,
                                                              SighashTarget target,
                                                              std::span<const Output> spent);

// The digests of the two messages above.
[[nodiscard]] base::Result<crypto::Hash256> SighashV0(const Transaction& transaction,
                                                      SighashTarget target,
                                                      const Output& spent);
[[nodiscard]] base::Result<crypto::Hash256> SighashTaproot(const Transaction& transaction,
                                                           SighashTarget target,
                                                           std::span<const Output> spent);

}  // namespace utxo
