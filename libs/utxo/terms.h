// What a priced payment is stored as: {"tx": its unsigned transaction in hex}. Only for this
// folder.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "utxo/tx_format.h"
#include "utxo/unsigned_tx.h"

namespace utxo {

[[nodiscard]] std::string WriteTerms(base::ByteView payload);

// Errors: `bad_record` (kDataLoss); those of decoding.
[[nodiscard]] base::Result<UnsignedTx> ReadTerms(const TxFormat& format, const std::string& terms);

}  // namespace utxo
