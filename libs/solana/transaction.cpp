#include "solana/transaction.h"

#include <map>
#include <utility>

#include "crypto/base58.h"
#include "solana/compact_u16.h"
#include "solana/reader.h"

namespace solana {

namespace {

constexpr std::size_t kSignatureSize = sizeof(crypto::Ed25519Signature);

}  // namespace

base::Bytes SerializeTransaction(const Transaction& transaction) {
    base::Bytes bytes;
    AppendCompactU16(bytes, static_cast<std::uint16_t>(transaction.signatures.size()));
    for (const crypto::Ed25519Signature& signature : transaction.signatures) {
        base::Append(bytes, signature);
    }
    base::Append(bytes, SerializeMessage(transaction.message));
    return bytes;
}

base::Result<Transaction> ParseTransaction(base::ByteView bytes) {
    if (bytes.size() > kTransactionSizeMax) {
        return base::InvalidArgument("tx_too_large", "a transaction has at most 1232 bytes");
    }
    Reader reader(bytes);
    Transaction transaction;
    transaction.signatures.resize(reader.Count(kSignatureSize));
    for (crypto::Ed25519Signature& signature : transaction.signatures) {
        signature = base::ToArray<kSignatureSize>(reader.Raw(kSignatureSize));
    }
    if (!reader.good()) {
        return base::InvalidArgument("bad_message", "the transaction is cut short");
    }
    BASE_ASSIGN_OR_RETURN(transaction.message, ParseMessage(reader.rest()));
    if (transaction.signatures.size() != transaction.message.header.required_signatures) {
        return base::InvalidArgument("bad_message", "signatures are missing or too many");
    }
    return transaction;
}

base::Result<Transaction> SignMessage(const Message& message,
                                      std::span<const secret::Bytes> seeds) {
    std::map<Pubkey, const secret::Bytes*> seed_of;
    for (const secret::Bytes& seed : seeds) {
        BASE_ASSIGN_OR_RETURN(const auto key, crypto::Ed25519PublicKeyOf(seed));
        seed_of.emplace(Pubkey{key}, &seed);
    }
    const base::Bytes bytes = SerializeMessage(message);
    Transaction transaction;
    transaction.message = message;
    for (std::size_t i = 0; i < message.header.required_signatures; ++i) {
        const auto found = seed_of.find(message.account_keys.at(i));
        if (found == seed_of.end()) {
            return base::InvalidArgument(
                "missing_signer",
                "there is no key for the signer " + message.account_keys[i].ToString());
        }
        BASE_ASSIGN_OR_RETURN(const auto signature, crypto::Ed25519Sign(*found->second, bytes));
        transaction.signatures.push_back(signature);
    }
    if (SerializeTransaction(transaction).size() > kTransactionSizeMax) {
        return base::InvalidArgument("tx_too_large", "a transaction has at most 1232 bytes");
    }
    return transaction;
}

bool AllSignaturesValid(const Transaction& transaction) {
    const base::Bytes bytes = SerializeMessage(transaction.message);
    for (std::size_t i = 0; i < transaction.signatures.size(); ++i) {
        if (!crypto::Ed25519Verify(
                transaction.message.account_keys.at(i).bytes, bytes, transaction.signatures[i])) {
            return false;
        }
    }
    return true;
}

std::string TransactionId(const Transaction& transaction) {
    return crypto::Base58Encode(transaction.signatures.at(0));
}

}  // namespace solana
