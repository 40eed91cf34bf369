// Transactions of Bitcoin and the transparent part of Zcash's, as values. Amounts are satoshi (or
// zatoshi); hashes are in hash order, texts of them in display order (reversed).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/hash.h"

namespace utxo {

// 21 million coins: no output, and no sum of outputs, is ever larger (both chains' MAX_MONEY).
inline constexpr std::uint64_t kMoneyMax = 2'100'000'000'000'000;

// Standard transactions are under 400,000 weight units on Bitcoin and 2 MB on Zcash.
inline constexpr std::size_t kTransactionSizeMax = 4'000'000;

inline constexpr std::uint32_t kSequenceFinal = 0xffffffff;
// BIP-125: signals that the transaction may be replaced. Also lets a lock time count.
inline constexpr std::uint32_t kSequenceReplaceable = 0xfffffffd;

struct OutPoint {
    crypto::Hash256 tx_hash{};
    std::uint32_t index = 0;

    friend auto operator<=>(const OutPoint&, const OutPoint&) = default;  // NOLINT: no pointer
};

struct Input {
    OutPoint prevout;
    base::Bytes script_sig;
    std::uint32_t sequence = kSequenceFinal;
    std::vector<base::Bytes> witness;  // BIP-141; empty on Zcash

    friend bool operator==(const Input&, const Input&) = default;
};

struct Output {
    std::uint64_t amount = 0;
    base::Bytes script;

    friend bool operator==(const Output&, const Output&) = default;
};

struct Transaction {
    std::uint32_t version = 2;
    std::vector<Input> inputs;
    std::vector<Output> outputs;
    std::uint32_t locktime = 0;
    std::uint32_t branch_id = 0;      // Zcash alone: the rules it is signed for
    std::uint32_t expiry_height = 0;  // Zcash alone: 0 = never

    friend bool operator==(const Transaction&, const Transaction&) = default;
};

// 64 hex digits, as explorers and nodes show it. Errors: `bad_tx_hash`.
[[nodiscard]] std::string TxHashText(const crypto::Hash256& hash);
[[nodiscard]] base::Result<crypto::Hash256> ParseTxHash(std::string_view text);

// Sum of the outputs. Errors: `bad_tx` above kMoneyMax.
[[nodiscard]] base::Result<std::uint64_t> TotalAmount(const std::vector<Output>& outputs);

// What both formats refuse to build or sign: no inputs, no outputs, an outpoint twice, an amount
// out of range. Errors: `bad_tx`.
[[nodiscard]] base::Result<> CheckTransaction(const Transaction& transaction);

// Bitcoin. BIP-144 where there is a witness.
[[nodiscard]] base::Bytes SerializeBitcoin(const Transaction& transaction);
[[nodiscard]] base::Bytes SerializeBitcoinWithoutWitness(const Transaction& transaction);

// Strict: canonical sizes, no superfluous witness mark, nothing left over. Amounts and scripts may
// be anything. Errors: `bad_tx`.
[[nodiscard]] base::Result<Transaction> ParseBitcoin(base::ByteView raw);

// The txid: the hash without the witness.
[[nodiscard]] crypto::Hash256 BitcoinTxHash(const Transaction& transaction);
[[nodiscard]] crypto::Hash256 BitcoinWitnessHash(const Transaction& transaction);

// BIP-141: three times the size without witness + the size with it.
[[nodiscard]] std::size_t WeightOf(const Transaction& transaction);

// The weight in virtual bytes, rounded up.
[[nodiscard]] constexpr std::size_t VirtualSize(std::size_t weight) {
    return (weight + 3) / 4;
}

}  // namespace utxo
