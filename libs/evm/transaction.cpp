#include "evm/transaction.h"

#include <limits>
#include <string>
#include <utility>

#include "evm/rlp.h"
#include "evm/transaction_fields.h"

namespace evm {

namespace {

using money::UInt256;

// EIP-155: v = chain_id * 2 + 35 + y parity; before it v = 27 + y parity.
constexpr std::uint64_t kChainIdMax = (std::numeric_limits<std::uint64_t>::max() - 36) / 2;

RlpItem AccessListItem(const std::vector<AccessEntry>& access_list) {
    std::vector<RlpItem> entries;
    for (const AccessEntry& entry : access_list) {
        std::vector<RlpItem> keys;
        for (const auto& key : entry.storage_keys) {
            keys.push_back(RlpString(key));
        }
        entries.push_back(RlpList({RlpString(entry.address.bytes()), RlpList(std::move(keys))}));
    }
    return RlpList(std::move(entries));
}

// The fields before the signature, without a legacy transaction's chain id.
std::vector<RlpItem> Fields(const Transaction& transaction) {
    std::vector<RlpItem> fields;
    if (transaction.type != TxType::kLegacy) {
        fields.push_back(RlpUint(UInt256(transaction.chain_id.value_or(0))));
    }
    fields.push_back(RlpUint(UInt256(transaction.nonce)));
    if (transaction.type == TxType::kDynamicFee) {
        fields.push_back(RlpUint(transaction.max_priority_fee_per_gas));
        fields.push_back(RlpUint(transaction.max_fee_per_gas));
    } else {
        fields.push_back(RlpUint(transaction.gas_price));
    }
    fields.push_back(RlpUint(UInt256(transaction.gas_limit)));
    fields.push_back(transaction.to ? RlpString(transaction.to->bytes()) : RlpString({}));
    fields.push_back(RlpUint(transaction.value));
    fields.push_back(RlpString(transaction.data));
    if (transaction.type != TxType::kLegacy) {
        fields.push_back(AccessListItem(transaction.access_list));
    }
    return fields;
}

base::Bytes Typed(TxType type, std::vector<RlpItem> fields) {
    base::Bytes encoded;
    if (type != TxType::kLegacy) {
        encoded.push_back(TypeByte(type));
    }
    base::Append(encoded, EncodeRlp(RlpList(std::move(fields))));
    return encoded;
}

// Fields that would be lost in the encoding.
bool HasForeignFields(const Transaction& transaction) {
    if (transaction.type == TxType::kDynamicFee) {
        return !transaction.gas_price.IsZero();
    }
    return !transaction.max_fee_per_gas.IsZero() ||
           (transaction.type == TxType::kLegacy && !transaction.access_list.empty());
}

UInt256 LegacyV(const Transaction& transaction, std::uint8_t parity) {
    return UInt256(transaction.chain_id ? *transaction.chain_id * 2 + 35 + parity
                                        : std::uint64_t{27} + parity);
}

}  // namespace

base::Bytes EncodeSigned(const Transaction& transaction, const crypto::EcdsaSignature& signature) {
    std::vector<RlpItem> fields = Fields(transaction);
    const std::uint8_t parity = signature.recovery_id;
    fields.push_back(RlpUint(transaction.type == TxType::kLegacy ? LegacyV(transaction, parity)
                                                                 : UInt256(parity)));
    for (const auto& number : {signature.r, signature.s}) {
        // 32 bytes always fit.
        fields.push_back(RlpUint(*UInt256::FromBigEndian(number)));
    }
    return Typed(transaction.type, std::move(fields));
}

base::Error BadTransaction(std::string detail) {
    return base::InvalidArgument("bad_tx", std::move(detail));
}

std::uint8_t TypeByte(TxType type) {
    return type == TxType::kAccessList ? 1 : 2;
}

base::Result<UInt256> MaxFee(const Transaction& transaction) {
    const UInt256& price = transaction.type == TxType::kDynamicFee ? transaction.max_fee_per_gas
                                                                   : transaction.gas_price;
    auto fee = money::CheckedMul(UInt256(transaction.gas_limit), price);
    if (!fee) {
        return BadTransaction("gas times its price does not fit into 256 bits");
    }
    return fee;
}

base::Result<void> CheckTransaction(const Transaction& transaction) {
    if (transaction.type != TxType::kLegacy && !transaction.chain_id) {
        return BadTransaction("a typed transaction must name its chain");
    }
    if (transaction.chain_id && *transaction.chain_id == 0) {
        return BadTransaction("chain id 0 is no chain");
    }
    if (transaction.type == TxType::kLegacy && transaction.chain_id &&
        *transaction.chain_id > kChainIdMax) {
        return BadTransaction("the chain id is too large for EIP-155");
    }
    if (transaction.nonce == std::numeric_limits<std::uint64_t>::max()) {
        return BadTransaction("the nonce is above the limit of EIP-2681");
    }
    if (transaction.max_priority_fee_per_gas > transaction.max_fee_per_gas) {
        return BadTransaction("the priority fee is above the maximum fee");
    }
    if (HasForeignFields(transaction)) {
        return BadTransaction("has a field that its type does not carry");
    }
    BASE_RETURN_IF_ERROR(MaxFee(transaction));
    return {};
}

base::Result<base::Bytes> EncodeUnsigned(const Transaction& transaction) {
    BASE_RETURN_IF_ERROR(CheckTransaction(transaction));
    std::vector<RlpItem> fields = Fields(transaction);
    if (transaction.type == TxType::kLegacy && transaction.chain_id) {
        fields.push_back(RlpUint(UInt256(*transaction.chain_id)));
        fields.push_back(RlpString({}));
        fields.push_back(RlpString({}));
    }
    return Typed(transaction.type, std::move(fields));
}

base::Result<SignedTransaction> SignTransaction(const Transaction& transaction,
                                                const secret::Bytes& private_key) {
    BASE_ASSIGN_OR_RETURN(const base::Bytes payload, EncodeUnsigned(transaction));
    BASE_ASSIGN_OR_RETURN(const crypto::Secp256k1PublicKey public_key,
                          crypto::Secp256k1PublicKey::FromPrivate(private_key));
    BASE_ASSIGN_OR_RETURN(const crypto::EcdsaSignature signature,
                          crypto::EcdsaSign(private_key, crypto::Keccak256(payload)));
    BASE_ASSIGN_OR_RETURN(SignedTransaction result,
                          DecodeSigned(EncodeSigned(transaction, signature)));
    if (result.from != Address::FromPublicKey(public_key) || result.transaction != transaction) {
        return base::Internal("a signed transaction does not read back as it was signed");
    }
    return result;
}

}  // namespace evm
