// Signed Solana transactions: signatures, then the message they are of.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/ed25519.h"
#include "secret/secret.h"
#include "solana/message.h"

namespace solana {

struct Transaction {
    std::vector<crypto::Ed25519Signature> signatures;  // in the order of the signing accounts
    Message message;

    friend bool operator==(const Transaction&, const Transaction&) = default;
};

[[nodiscard]] base::Bytes SerializeTransaction(const Transaction& transaction);

// Strict. Errors: `bad_message`; `tx_too_large`.
[[nodiscard]] base::Result<Transaction> ParseTransaction(base::ByteView bytes);

// Signs with the seeds of all signers, in any order; others are not used. Every signature is
// verified. Errors: `missing_signer`, `bad_private_key`, `tx_too_large`.
[[nodiscard]] base::Result<Transaction> SignMessage(const Message& message,
                                                    std::span<const secret::Bytes> seeds);

[[nodiscard]] bool AllSignaturesValid(const Transaction& transaction);

// The first signature in base58: how a transaction is called.
[[nodiscard]] std::string TransactionId(const Transaction& transaction);

}  // namespace solana
