// Reads a node's JSON answers strictly. Whatever is not of the documented shape is an error
// `node_unavailable`: such a node has not answered. Only for this folder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/bytes.h"
#include "base/result.h"
#include "chain/types.h"
#include "crypto/secp256k1.h"
#include "evm/address.h"
#include "evm/transaction.h"
#include "money/uint256.h"

namespace evm {

using Json = nlohmann::json;

inline constexpr std::size_t kNodeDataMax = 4U << 20U;  // of one byte string, a contract's code
inline constexpr std::size_t kNodeListMax = 200000;     // entries of one list

[[nodiscard]] base::Error BadAnswer(std::string_view what);

// QUANTITY: 0x, then hex digits without leading zeros ("0x0" itself is fine).
[[nodiscard]] base::Result<money::UInt256> ReadQuantity(const Json& value, std::string_view what);
[[nodiscard]] base::Result<std::uint64_t> ReadQuantity64(const Json& value, std::string_view what);
[[nodiscard]] std::string WriteQuantity(const money::UInt256& value);

// DATA of any size up to kNodeDataMax.
[[nodiscard]] base::Result<base::Bytes> ReadData(const Json& value, std::string_view what);

// 32 bytes; the text is lower case with 0x.
[[nodiscard]] base::Result<std::string> ReadHash(const Json& value, std::string_view what);
[[nodiscard]] base::Result<Address> ReadAddress(const Json& value, std::string_view what);
[[nodiscard]] base::Result<std::string> ReadText(const Json& value, std::string_view what);

// The value of a key; JSON null where there is none or `object` is no object.
[[nodiscard]] const Json& Member(const Json& object, std::string_view key);

// A list; at most kNodeListMax entries.
[[nodiscard]] base::Result<const Json*> ReadList(const Json& value, std::string_view what);

[[nodiscard]] base::Result<chain::Block> ReadBlockHeader(const Json& value);

struct NodeLog {
    Address contract;
    std::vector<std::string> topics;
    base::Bytes data;
    std::uint64_t index = 0;  // in the block
    std::string tx_hash;
    std::string block_hash;
};

[[nodiscard]] base::Result<NodeLog> ReadLog(const Json& value);

struct NodeReceipt {
    std::string tx_hash;
    std::string block_hash;
    std::uint64_t block_height = 0;
    bool succeeded = false;
    money::UInt256 fee_paid;
    std::vector<NodeLog> logs;
};

[[nodiscard]] base::Result<NodeReceipt> ReadReceipt(const Json& value);

struct NodeTransaction {
    std::string tx_hash;
    Address from;
    std::optional<Address> to;
    money::UInt256 value;
    base::Bytes input;
    std::optional<std::uint64_t> block_height;
};

[[nodiscard]] base::Result<NodeTransaction> ReadTransaction(const Json& value);

// What a transaction carries beside its wish: its fees and the signature.
struct NodeSeal {
    std::uint64_t gas_limit = 0;
    money::UInt256 gas_price;  // legacy and EIP-2930
    money::UInt256 max_fee_per_gas;
    money::UInt256 max_priority_fee_per_gas;
    crypto::EcdsaSignature signature;
};

// Empty where it is of another type.
[[nodiscard]] base::Result<std::optional<NodeSeal>> ReadSeal(const Json& value, TxType type);

}  // namespace evm
