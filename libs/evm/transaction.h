// Ethereum transactions: legacy (before and after EIP-155), EIP-2930 and EIP-1559. Types 3 (blobs)
// and 4 (delegations) are refused everywhere.
//
// The unsigned payload is exactly what is hashed for signing: type || rlp(fields), or for a legacy
// transaction rlp([nonce, gas_price, gas, to, value, data, chain_id, 0, 0]).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/hash.h"
#include "crypto/secp256k1.h"
#include "evm/address.h"
#include "money/uint256.h"
#include "secret/secret.h"

namespace evm {

// Larger ones are refused by nodes (geth's txMaxSize).
inline constexpr std::size_t kTransactionSizeMax = 131072;

enum class TxType {
    kLegacy,
    kAccessList,  // EIP-2930
    kDynamicFee,  // EIP-1559
};

struct AccessEntry {
    Address address;
    std::vector<base::ByteArray<32>> storage_keys;

    friend bool operator==(const AccessEntry&, const AccessEntry&) = default;
};

// Fees are wei a unit of gas.
struct Transaction {
    TxType type = TxType::kDynamicFee;
    std::optional<std::uint64_t> chain_id;  // none = legacy before EIP-155, valid on every chain
    std::uint64_t nonce = 0;
    money::UInt256 gas_price;  // legacy and EIP-2930
    money::UInt256 max_fee_per_gas;
    money::UInt256 max_priority_fee_per_gas;
    std::uint64_t gas_limit = 0;
    std::optional<Address> to;  // none = contract creation
    money::UInt256 value;
    base::Bytes data;
    std::vector<AccessEntry> access_list;

    friend bool operator==(const Transaction&, const Transaction&) = default;
};

struct SignedTransaction {
    Transaction transaction;
    crypto::EcdsaSignature signature;
    Address from;  // recovered
    crypto::Hash256 hash{};
    base::Bytes raw;  // what is broadcast
};

// The most that gas can cost: gas_limit x gas_price, or x max_fee_per_gas. Errors: `bad_tx`.
[[nodiscard]] base::Result<money::UInt256> MaxFee(const Transaction& transaction);

// What no node would take: tip above the maximum, chain id 0 or missing, nonce 2^64 - 1 (EIP-2681),
// a fee over 256 bits. Errors: `bad_tx`.
[[nodiscard]] base::Result<void> CheckTransaction(const Transaction& transaction);

// Errors: `bad_tx`, as CheckTransaction.
[[nodiscard]] base::Result<base::Bytes> EncodeUnsigned(const Transaction& transaction);

// Strict: takes only what EncodeUnsigned writes, and refuses what a wallet never signs: contract
// creation and transactions without a chain id. Errors: `bad_tx`, `bad_rlp`,
// `unsupported_tx_type`.
[[nodiscard]] base::Result<Transaction> DecodeUnsigned(base::ByteView payload);

// Signs with RFC 6979 and checks the result by recovering the sender. Errors: `bad_tx`,
// `bad_private_key`.
[[nodiscard]] base::Result<SignedTransaction> SignTransaction(const Transaction& transaction,
                                                              const secret::Bytes& private_key);

// Strict as DecodeUnsigned, but for any sender: contract creation and transactions before EIP-155
// are read too. A high s is refused (EIP-2). Errors: `bad_tx`, `bad_rlp`, `bad_signature`,
// `unsupported_tx_type`.
[[nodiscard]] base::Result<SignedTransaction> DecodeSigned(base::ByteView raw);

}  // namespace evm
