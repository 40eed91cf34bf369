#include <string>
#include <utility>

#include "evm/rlp.h"
#include "evm/transaction.h"
#include "evm/transaction_fields.h"

namespace evm {

namespace {

using money::UInt256;

// Takes the fields of a list one after the other.
class FieldReader {
public:
    explicit FieldReader(const std::vector<RlpItem>& fields) : fields_(fields) {}

    base::Result<UInt256> Uint() { return RlpToUint(fields_[next_++]); }

    base::Result<std::uint64_t> Uint64() { return RlpToUint64(fields_[next_++]); }

    base::Result<base::Bytes> String() {
        const RlpItem& item = fields_[next_++];
        if (item.is_list) {
            return BadTransaction("a list stands where bytes belong");
        }
        return item.bytes;
    }

    const RlpItem& Item() { return fields_[next_++]; }

private:
    const std::vector<RlpItem>& fields_;
    std::size_t next_ = 0;
};

base::Result<AccessEntry> ReadAccessEntry(const RlpItem& item) {
    if (item.items.size() != 2 || item.items[0].is_list || !item.items[1].is_list) {
        return BadTransaction("an access list entry is not an address and its storage keys");
    }
    AccessEntry entry;
    BASE_ASSIGN_OR_RETURN(entry.address, Address::FromBytes(item.items[0].bytes));
    for (const RlpItem& key : item.items[1].items) {
        if (key.is_list || key.bytes.size() != 32) {
            return BadTransaction("a storage key has not 32 bytes");
        }
        entry.storage_keys.push_back(base::ToArray<32>(key.bytes));
    }
    return entry;
}

base::Result<std::vector<AccessEntry>> ReadAccessList(const RlpItem& item) {
    if (!item.is_list) {
        return BadTransaction("the access list is no list");
    }
    std::vector<AccessEntry> access_list;
    for (const RlpItem& part : item.items) {
        BASE_ASSIGN_OR_RETURN(AccessEntry entry, ReadAccessEntry(part));
        access_list.push_back(std::move(entry));
    }
    return access_list;
}

struct Envelope {
    TxType type = TxType::kLegacy;
    RlpItem list;
};

// EIP-2718: a first byte from 0xc0 on begins a legacy transaction's list.
base::Result<Envelope> Open(base::ByteView encoded) {
    if (encoded.empty()) {
        return BadTransaction("is empty");
    }
    if (encoded.size() > kTransactionSizeMax) {
        return BadTransaction("is larger than any node takes");
    }
    Envelope envelope;
    const std::uint8_t first = encoded.front();
    if (first < 0xc0) {
        if (first != TypeByte(TxType::kAccessList) && first != TypeByte(TxType::kDynamicFee)) {
            return base::InvalidArgument(
                "unsupported_tx_type",
                "transactions of type " + std::to_string(first) + " are not supported");
        }
        envelope.type =
            first == TypeByte(TxType::kAccessList) ? TxType::kAccessList : TxType::kDynamicFee;
        encoded = encoded.subspan(1);
    }
    BASE_ASSIGN_OR_RETURN(envelope.list, DecodeRlp(encoded));
    if (!envelope.list.is_list) {
        return BadTransaction("is no list of fields");
    }
    return envelope;
}

// The number of fields that are signed, a legacy transaction's chain id not among them.
std::size_t FieldCount(TxType type) {
    switch (type) {
        case TxType::kLegacy:
            return 6;
        case TxType::kAccessList:
            return 8;
        case TxType::kDynamicFee:
            return 9;
    }
    return 0;
}

base::Result<Transaction> ReadFields(TxType type, FieldReader& reader) {
    Transaction transaction;
    transaction.type = type;
    if (type != TxType::kLegacy) {
        BASE_ASSIGN_OR_RETURN(transaction.chain_id, reader.Uint64());
    }
    BASE_ASSIGN_OR_RETURN(transaction.nonce, reader.Uint64());
    if (type == TxType::kDynamicFee) {
        BASE_ASSIGN_OR_RETURN(transaction.max_priority_fee_per_gas, reader.Uint());
        BASE_ASSIGN_OR_RETURN(transaction.max_fee_per_gas, reader.Uint());
    } else {
        BASE_ASSIGN_OR_RETURN(transaction.gas_price, reader.Uint());
    }
    BASE_ASSIGN_OR_RETURN(transaction.gas_limit, reader.Uint64());
    BASE_ASSIGN_OR_RETURN(const base::Bytes to, reader.String());
    if (!to.empty()) {
        BASE_ASSIGN_OR_RETURN(transaction.to, Address::FromBytes(to));
    }
    BASE_ASSIGN_OR_RETURN(transaction.value, reader.Uint());
    BASE_ASSIGN_OR_RETURN(transaction.data, reader.String());
    if (type != TxType::kLegacy) {
        BASE_ASSIGN_OR_RETURN(transaction.access_list, ReadAccessList(reader.Item()));
    }
    return transaction;
}

// Splits a legacy transaction's v into chain id and y parity.
base::Result<std::uint8_t> ReadLegacyV(std::uint64_t v, Transaction& transaction) {
    if (v == 27 || v == 28) {
        return static_cast<std::uint8_t>(v - 27);
    }
    if (v < 37) {  // 35 and 36 would name chain 0
        return base::InvalidArgument("bad_signature", "v names no chain");
    }
    transaction.chain_id = (v - 35) / 2;
    return static_cast<std::uint8_t>((v - 35) % 2);
}

base::Result<base::ByteArray<32>> ReadScalar(FieldReader& reader) {
    BASE_ASSIGN_OR_RETURN(const UInt256 value, reader.Uint());
    return value.ToBigEndian();
}

}  // namespace

base::Result<Transaction> DecodeUnsigned(base::ByteView payload) {
    BASE_ASSIGN_OR_RETURN(const Envelope envelope, Open(payload));
    const bool legacy = envelope.type == TxType::kLegacy;
    const std::size_t count = FieldCount(envelope.type) + (legacy ? 3 : 0);
    if (envelope.list.items.size() != count) {
        return BadTransaction("has " + std::to_string(envelope.list.items.size()) +
                              " fields where " + std::to_string(count) + " belong");
    }
    FieldReader reader(envelope.list.items);
    BASE_ASSIGN_OR_RETURN(Transaction transaction, ReadFields(envelope.type, reader));
    if (legacy) {
        BASE_ASSIGN_OR_RETURN(transaction.chain_id, reader.Uint64());
        BASE_ASSIGN_OR_RETURN(const UInt256 r, reader.Uint());
        BASE_ASSIGN_OR_RETURN(const UInt256 s, reader.Uint());
        if (!r.IsZero() || !s.IsZero()) {
            return BadTransaction("the fields after the chain id are not empty");
        }
    }
    if (!transaction.to) {
        return BadTransaction("creates a contract");
    }
    BASE_RETURN_IF_ERROR(CheckTransaction(transaction));
    return transaction;
}

base::Result<SignedTransaction> DecodeSigned(base::ByteView raw) {
    BASE_ASSIGN_OR_RETURN(const Envelope envelope, Open(raw));
    if (envelope.list.items.size() != FieldCount(envelope.type) + 3) {
        return BadTransaction("has a wrong number of fields");
    }
    FieldReader reader(envelope.list.items);
    SignedTransaction result;
    BASE_ASSIGN_OR_RETURN(result.transaction, ReadFields(envelope.type, reader));
    BASE_ASSIGN_OR_RETURN(const std::uint64_t v, reader.Uint64());
    if (envelope.type == TxType::kLegacy) {
        BASE_ASSIGN_OR_RETURN(result.signature.recovery_id, ReadLegacyV(v, result.transaction));
    } else if (v <= 1) {
        result.signature.recovery_id = static_cast<std::uint8_t>(v);
    } else {
        return base::InvalidArgument("bad_signature", "the y parity is neither 0 nor 1");
    }
    BASE_ASSIGN_OR_RETURN(result.signature.r, ReadScalar(reader));
    BASE_ASSIGN_OR_RETURN(result.signature.s, ReadScalar(reader));
    if (!crypto::IsLowS(result.signature.s)) {
        return base::InvalidArgument("bad_signature", "s is not from 1 to half the group order");
    }
    BASE_ASSIGN_OR_RETURN(const base::Bytes payload, EncodeUnsigned(result.transaction));
    BASE_ASSIGN_OR_RETURN(const crypto::Secp256k1PublicKey key,
                          crypto::EcdsaRecover(crypto::Keccak256(payload), result.signature));
    result.from = Address::FromPublicKey(key);
    result.hash = crypto::Keccak256(raw);
    result.raw = base::ToBytes(raw);
    return result;
}

}  // namespace evm
