// Signing a whole transaction of ours, and recognising the result.
#pragma once

#include <functional>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/hash.h"
#include "secret/secret.h"
#include "utxo/tx_format.h"

namespace utxo {

// The private key of an input. Called once for each.
using KeySource = std::function<base::Result<secret::Bytes>(const UnsignedInput&)>;

struct SignedTx {
    Transaction transaction;
    base::Bytes raw;  // what is broadcast
    crypto::Hash256 hash{};
};

// Signs every input for everything (SIGHASH_ALL, DEFAULT for taproot) and reads the result back.
// Errors: those of the key source and of TxFormat::Spend; `bad_tx`.
[[nodiscard]] base::Result<SignedTx> SignTransaction(const TxFormat& format,
                                                     const UnsignedTx& unsigned_tx,
                                                     const KeySource& keys);

// Whether `raw` is `unsigned_tx` and nothing else than signatures was added. Does not verify them:
// a node does. Errors: `tx_mismatch`, `bad_tx`.
[[nodiscard]] base::Result<SignedTx> MatchSigned(const TxFormat& format,
                                                 base::ByteView raw,
                                                 const Transaction& unsigned_transaction);

}  // namespace utxo
