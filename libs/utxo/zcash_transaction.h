// Zcash transactions of versions 4 (ZIP-243) and 5 (ZIP-225): a transparent part as
// utxo::Transaction and, for reading those of others, the digests of the shielded parts. We build
// transparent ones alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/hash.h"
#include "utxo/sighash.h"
#include "utxo/transaction.h"

namespace utxo {

// With the overwintered bit, as on the wire.
inline constexpr std::uint32_t kZcashVersion4 = 0x80000004;
inline constexpr std::uint32_t kZcashVersion5 = 0x80000005;

// What a version 4 digest needs of the shielded parts (ZIP-243). All zero without them.
struct ShieldedV4 {
    crypto::Hash256 joinsplits{};
    crypto::Hash256 spends{};
    crypto::Hash256 outputs{};
    std::uint64_t value_balance = 0;  // two's complement
};

// The two shielded bundles of version 5 (ZIP-244, T.3 and T.4).
struct ShieldedV5 {
    crypto::Hash256 sapling;
    crypto::Hash256 orchard;

    // Those of empty bundles.
    ShieldedV5();

    ShieldedV5(const crypto::Hash256& sapling_digest, const crypto::Hash256& orchard_digest)
        : sapling(sapling_digest), orchard(orchard_digest) {}
};

struct ZcashTransaction {
    Transaction transparent;  // version 4 does not say its branch id: 0
    ShieldedV4 shielded_v4;   // of version 4
    ShieldedV5 shielded_v5;   // of version 5
    bool has_shielded = false;
    crypto::Hash256 hash{};
};

// Errors: `bad_tx`; `unsupported_tx_version` for any but 4 and 5.
[[nodiscard]] base::Result<ZcashTransaction> ParseZcash(base::ByteView raw);

// A transparent transaction of version 4 or 5.
[[nodiscard]] base::Bytes SerializeZcash(const Transaction& transaction);
[[nodiscard]] crypto::Hash256 ZcashTxHash(const Transaction& transaction);

// The first outputs and the id of a transaction of version 1 to 4, which is all that proves an
// amount; shielded parts are hashed, not read. Errors: `bad_tx`, `unsupported_tx_version`.
struct ProvenOutputs {
    crypto::Hash256 hash{};
    std::vector<Output> outputs;
};

[[nodiscard]] base::Result<ProvenOutputs> ReadProvenOutputs(base::ByteView raw);

// ZIP-244, T.1 to T.4, of a version 5 transaction.
struct ZcashDigests {
    crypto::Hash256 header{};
    crypto::Hash256 transparent{};
    ShieldedV5 shielded;
};

[[nodiscard]] ZcashDigests ZcashDigestsOf(const Transaction& transaction,
                                          const ShieldedV5& shielded);
// The txid.
[[nodiscard]] crypto::Hash256 CombineZcashDigests(const ZcashDigests& digests,
                                                  std::uint32_t branch_id);

// ZIP-243. No input = the digest of the shielded parts' signatures.
struct ZcashTarget {
    std::optional<std::size_t> input;
    std::uint32_t hash_type = kSighashAll;
};

[[nodiscard]] base::Result<crypto::Hash256> SighashZcashV4(const Transaction& transaction,
                                                           const ShieldedV4& shielded,
                                                           ZcashTarget target,
                                                           const Output& spent);

// ZIP-244, S.1 to S.4. `spent` are the outputs that all inputs spend, in order. Errors: `bad_tx`;
// `bad_hash_type` for any but the six known ones and for a SINGLE without its output.
[[nodiscard]] base::Result<crypto::Hash256> SighashZcashV5(const Transaction& transaction,
                                                           const ShieldedV5& shielded,
                                                           ZcashTarget target,
                                                           std::span<const Output> spent);

}  // namespace utxo
