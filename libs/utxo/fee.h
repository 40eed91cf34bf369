// What a transaction costs and which outputs are too small: vbytes and dust on Bitcoin, logical
// actions (ZIP-317) on Zcash. Integers alone; rates are thousandths of a satoshi per vbyte, which
// is the same number as satoshi per 1000 vbytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "utxo/script.h"
#include "utxo/transaction.h"

namespace utxo {

// A transaction before it is signed: what its inputs spend and what it pays.
struct TxShape {
    std::vector<ScriptType> inputs;
    std::vector<Output> outputs;
};

// The largest weight that the shape can come to when signed (signatures of 72 bytes with their hash
// type). Errors: `unsupported_script_type` for an input that we cannot sign.
[[nodiscard]] base::Result<std::size_t> WeightOfShape(const TxShape& shape);

// The weight that one more input of this type adds, at most. Errors: as above.
[[nodiscard]] base::Result<std::size_t> WeightOfInput(ScriptType type);

// Size times rate, rounded up. Errors: `amount_overflow`.
[[nodiscard]] base::Result<std::uint64_t> FeeOfSize(std::size_t virtual_size,
                                                    std::uint64_t rate_milli_per_vbyte);

// The rate at which this fee was paid, rounded down. The fee is at most kMoneyMax.
[[nodiscard]] std::uint64_t RateOfFee(std::uint64_t fee, std::size_t virtual_size);

// Bitcoin Core's IsDust at its default 3 sat/vB: an output below costs more than a third of itself
// to spend and is not relayed. 0 for outputs that cannot be spent.
[[nodiscard]] std::uint64_t BitcoinDustLimit(base::ByteView script);

// A node's "feerate", BTC per 1000 vbytes, as a rate. Errors: `bad_amount`, `amount_precision`.
[[nodiscard]] base::Result<std::uint64_t> ParseNodeFeeRate(std::string_view btc_per_kvbyte);

// A caller's rate: sat/vB with at most 3 decimals. Errors: `bad_amount`, `amount_precision`.
[[nodiscard]] base::Result<std::uint64_t> ParseFeeRate(std::string_view sat_per_vbyte);

// ZIP-317, "Fee calculation".
struct ZcashActions {
    std::size_t transparent_input_bytes = 0;
    std::size_t transparent_output_bytes = 0;
    std::size_t sapling_spends = 0;
    std::size_t sapling_outputs = 0;
    std::size_t orchard_actions = 0;
    std::size_t joinsplits = 0;
};

inline constexpr std::uint64_t kZcashMarginalFee = 5000;

[[nodiscard]] std::uint64_t LogicalActions(const ZcashActions& actions);
[[nodiscard]] std::uint64_t ConventionalFee(std::uint64_t logical_actions);

// The conventional fee of a transparent shape. Errors: `unsupported_script_type` for an input that
// is not P2PKH.
[[nodiscard]] base::Result<std::uint64_t> ZcashFeeOfShape(const TxShape& shape);

// zcashd's dust limit at its relay fee of 100 zatoshi per 1000 bytes.
[[nodiscard]] std::uint64_t ZcashDustLimit(base::ByteView script);

}  // namespace utxo
