// What the encoder and the decoder of transactions share. Only for this folder.
#pragma once

#include <cstdint>
#include <string>

#include "base/error.h"
#include "evm/transaction.h"

namespace evm {

[[nodiscard]] base::Error BadTransaction(std::string detail);

[[nodiscard]] base::Bytes EncodeSigned(const Transaction& transaction,
                                       const crypto::EcdsaSignature& signature);

// EIP-2718's first byte of a typed transaction.
[[nodiscard]] std::uint8_t TypeByte(TxType type);

}  // namespace evm
