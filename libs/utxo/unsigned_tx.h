// What the signer is asked to sign, with all it needs to check it: the transaction, the outputs it
// spends with a proof of their amounts, and where this wallet's keys are. Two encodings, one for
// each chain; both are canonical: decoding takes only the bytes that encoding writes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/bip32.h"
#include "crypto/hash.h"
#include "utxo/transaction.h"

namespace utxo {

inline constexpr std::size_t kUnsignedTxSizeMax = std::size_t{4} * 1024 * 1024;

// Below a wallet's account key (BIP-44): 0 receives, 1 is change; then the address index.
struct KeyPlace {
    std::uint32_t change = 0;
    std::uint32_t index = 0;

    friend bool operator==(const KeyPlace&, const KeyPlace&) = default;
};

// For other wallets that read a PSBT: the key and its path from the master key on.
struct KeyOrigin {
    base::ByteArray<33> public_key{};
    base::ByteArray<4> master_fingerprint{};
    crypto::DerivationPath path;

    friend bool operator==(const KeyOrigin&, const KeyOrigin&) = default;
};

struct KeyHint {
    std::optional<KeyPlace> place;    // none = the wallet's only key
    std::optional<KeyOrigin> origin;  // Bitcoin alone

    friend bool operator==(const KeyHint&, const KeyHint&) = default;
};

struct UnsignedInput {
    Output spent;
    // The whole transaction that made the output, without witnesses, where the signatures do not
    // commit to the amounts of all inputs (CVE-2020-14199); else empty.
    base::Bytes previous_tx;
    KeyHint key;

    friend bool operator==(const UnsignedInput&, const UnsignedInput&) = default;
};

struct UnsignedTx {
    Transaction transaction;
    std::vector<UnsignedInput> inputs;  // one for each input
    std::vector<KeyHint> outputs;       // one for each output; empty hints but for change

    friend bool operator==(const UnsignedTx&, const UnsignedTx&) = default;
};

[[nodiscard]] std::vector<Output> SpentOutputs(const UnsignedTx& unsigned_tx);

// What the inputs have more than the outputs. Errors: `bad_tx` where they have less.
[[nodiscard]] base::Result<std::uint64_t> FeeOf(const UnsignedTx& unsigned_tx);

// Whether every previous transaction must come along: not if all inputs are taproot.
[[nodiscard]] bool NeedsBitcoinProofs(const std::vector<Output>& spent);

// A PSBT of version 0 (BIP-174, BIP-371). Both directions check that shape, amounts and proofs fit.
// Errors: `bad_tx`; `bad_psbt`; `amount_unproven`.
[[nodiscard]] base::Result<base::Bytes> EncodePsbt(const UnsignedTx& unsigned_tx);
[[nodiscard]] base::Result<UnsignedTx> DecodePsbt(base::ByteView bytes);

// A container of our own, since Zcash has no standard for transparent ones:
//   "ztx" 0xff version(1) | branch id | Block(transaction without signatures)
//   each input:  amount(8) | Block(script) | hint | Block(previous transaction; empty in version 5)
//   each output: hint
//   hint: 0, or 1 | change(4) | index(4)
// with integers little-endian and Block = CompactSize and bytes. Errors: `bad_tx`;
// `bad_unsigned_tx`; `amount_unproven`.
[[nodiscard]] base::Result<base::Bytes> EncodeZcashUnsigned(const UnsignedTx& unsigned_tx);
[[nodiscard]] base::Result<UnsignedTx> DecodeZcashUnsigned(base::ByteView bytes);

}  // namespace utxo
