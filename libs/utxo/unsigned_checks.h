// Rules that both encodings of an unsigned transaction share. Only for this folder.
#pragma once

#include "base/result.h"
#include "utxo/unsigned_tx.h"

namespace utxo {

[[nodiscard]] base::Error AmountUnproven(std::string detail);

// One hint for each input and output, no signatures, no money out of nothing. Errors: `bad_tx`.
[[nodiscard]] base::Result<> CheckUnsigned(const UnsignedTx& unsigned_tx);

// Whether a previous transaction of that hash with those outputs proves what an input spends.
// Errors: `amount_unproven`.
[[nodiscard]] base::Result<> CheckProof(const crypto::Hash256& hash,
                                        const std::vector<Output>& outputs,
                                        const OutPoint& prevout,
                                        const Output& spent);

}  // namespace utxo
