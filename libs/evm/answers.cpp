#include "evm/answers.h"

#include <utility>

#include "base/hex.h"
#include "evm/transaction_fields.h"

namespace evm {

namespace {

using money::UInt256;

constexpr std::size_t kTopicsMax = 4;
constexpr std::uint64_t kSecondsMax = 253402300799;  // the end of the year 9999

base::Result<std::string_view> HexDigits(const Json& value, std::string_view what) {
    const auto* text = value.get_ptr<const Json::string_t*>();
    if (text == nullptr || !text->starts_with("0x")) {
        return BadAnswer(what);
    }
    return std::string_view(*text).substr(2);
}

}  // namespace

base::Error BadAnswer(std::string_view what) {
    return base::Unavailable("node_unavailable",
                             "the node's answer cannot be used: " + std::string(what));
}

base::Result<UInt256> ReadQuantity(const Json& value, std::string_view what) {
    BASE_ASSIGN_OR_RETURN(const std::string_view digits, HexDigits(value, what));
    if (digits.empty() || digits.size() > 64 || (digits.size() > 1 && digits.front() == '0')) {
        return BadAnswer(what);
    }
    const auto bytes =
        base::HexDecode(digits.size() % 2 == 0 ? std::string(digits) : "0" + std::string(digits));
    if (!bytes) {
        return BadAnswer(what);
    }
    return UInt256::FromBigEndian(*bytes);
}

base::Result<std::uint64_t> ReadQuantity64(const Json& value, std::string_view what) {
    BASE_ASSIGN_OR_RETURN(const UInt256 number, ReadQuantity(value, what));
    const auto small = number.ToUint64();
    if (!small) {
        return BadAnswer(what);
    }
    return *small;
}

std::string WriteQuantity(const UInt256& value) {
    const std::string digits = base::HexEncode(value.ToMinimalBigEndian());
    if (digits.empty()) {
        return "0x0";
    }
    return "0x" + digits.substr(digits.front() == '0' ? 1 : 0);
}

base::Result<base::Bytes> ReadData(const Json& value, std::string_view what) {
    BASE_ASSIGN_OR_RETURN(const std::string_view digits, HexDigits(value, what));
    if (digits.size() > 2 * kNodeDataMax) {
        return BadAnswer(what);
    }
    auto bytes = base::HexDecode(digits);
    if (!bytes) {
        return BadAnswer(what);
    }
    return std::move(*bytes);
}

base::Result<std::string> ReadHash(const Json& value, std::string_view what) {
    BASE_ASSIGN_OR_RETURN(const base::Bytes bytes, ReadData(value, what));
    if (bytes.size() != 32) {
        return BadAnswer(what);
    }
    return base::HexEncodePrefixed(bytes);
}

base::Result<Address> ReadAddress(const Json& value, std::string_view what) {
    BASE_ASSIGN_OR_RETURN(const base::Bytes bytes, ReadData(value, what));
    const auto address = Address::FromBytes(bytes);
    if (!address) {
        return BadAnswer(what);
    }
    return *address;
}

base::Result<std::string> ReadText(const Json& value, std::string_view what) {
    const auto* text = value.get_ptr<const Json::string_t*>();
    if (text == nullptr) {
        return BadAnswer(what);
    }
    return *text;
}

const Json& Member(const Json& object, std::string_view key) {
    static const Json null;
    if (!object.is_object()) {
        return null;
    }
    const auto place = object.find(key);
    return place == object.end() ? null : *place;
}

base::Result<const Json*> ReadList(const Json& value, std::string_view what) {
    if (!value.is_array() || value.size() > kNodeListMax) {
        return BadAnswer(what);
    }
    return &value;
}

base::Result<chain::Block> ReadBlockHeader(const Json& value) {
    chain::Block block;
    BASE_ASSIGN_OR_RETURN(block.height, ReadQuantity64(Member(value, "number"), "block number"));
    BASE_ASSIGN_OR_RETURN(block.hash, ReadHash(Member(value, "hash"), "block hash"));
    BASE_ASSIGN_OR_RETURN(block.parent_hash, ReadHash(Member(value, "parentHash"), "parent hash"));
    BASE_ASSIGN_OR_RETURN(const std::uint64_t seconds,
                          ReadQuantity64(Member(value, "timestamp"), "block time"));
    if (seconds > kSecondsMax) {
        return BadAnswer("block time");
    }
    block.time = base::Time(std::chrono::seconds(seconds));
    return block;
}

base::Result<NodeLog> ReadLog(const Json& value) {
    NodeLog log;
    BASE_ASSIGN_OR_RETURN(log.contract, ReadAddress(Member(value, "address"), "log address"));
    BASE_ASSIGN_OR_RETURN(const Json* topics, ReadList(Member(value, "topics"), "log topics"));
    if (topics->size() > kTopicsMax) {
        return BadAnswer("log topics");
    }
    for (const Json& topic : *topics) {
        BASE_ASSIGN_OR_RETURN(std::string hash, ReadHash(topic, "log topic"));
        log.topics.push_back(std::move(hash));
    }
    BASE_ASSIGN_OR_RETURN(log.data, ReadData(Member(value, "data"), "log data"));
    BASE_ASSIGN_OR_RETURN(log.index, ReadQuantity64(Member(value, "logIndex"), "log index"));
    BASE_ASSIGN_OR_RETURN(log.tx_hash, ReadHash(Member(value, "transactionHash"), "log hash"));
    BASE_ASSIGN_OR_RETURN(log.block_hash, ReadHash(Member(value, "blockHash"), "log block"));
    return log;
}

base::Result<NodeReceipt> ReadReceipt(const Json& value) {
    NodeReceipt receipt;
    BASE_ASSIGN_OR_RETURN(receipt.tx_hash,
                          ReadHash(Member(value, "transactionHash"), "receipt hash"));
    BASE_ASSIGN_OR_RETURN(receipt.block_hash,
                          ReadHash(Member(value, "blockHash"), "receipt block"));
    BASE_ASSIGN_OR_RETURN(receipt.block_height,
                          ReadQuantity64(Member(value, "blockNumber"), "receipt height"));
    BASE_ASSIGN_OR_RETURN(const std::uint64_t status,
                          ReadQuantity64(Member(value, "status"), "receipt status"));
    if (status > 1) {
        return BadAnswer("receipt status");
    }
    receipt.succeeded = status == 1;
    BASE_ASSIGN_OR_RETURN(const UInt256 gas, ReadQuantity(Member(value, "gasUsed"), "gas used"));
    BASE_ASSIGN_OR_RETURN(const UInt256 price,
                          ReadQuantity(Member(value, "effectiveGasPrice"), "gas price"));
    const auto fee = money::CheckedMul(gas, price);
    if (!fee) {
        return BadAnswer("fee");
    }
    receipt.fee_paid = *fee;
    BASE_ASSIGN_OR_RETURN(const Json* logs, ReadList(Member(value, "logs"), "receipt logs"));
    for (const Json& entry : *logs) {
        BASE_ASSIGN_OR_RETURN(NodeLog log, ReadLog(entry));
        receipt.logs.push_back(std::move(log));
    }
    return receipt;
}

base::Result<NodeTransaction> ReadTransaction(const Json& value) {
    NodeTransaction transaction;
    BASE_ASSIGN_OR_RETURN(transaction.tx_hash, ReadHash(Member(value, "hash"), "hash"));
    BASE_ASSIGN_OR_RETURN(transaction.from, ReadAddress(Member(value, "from"), "sender"));
    if (const Json& to = Member(value, "to"); !to.is_null()) {
        BASE_ASSIGN_OR_RETURN(transaction.to, ReadAddress(to, "recipient"));
    }
    BASE_ASSIGN_OR_RETURN(transaction.value, ReadQuantity(Member(value, "value"), "value"));
    BASE_ASSIGN_OR_RETURN(transaction.input, ReadData(Member(value, "input"), "input"));
    if (const Json& height = Member(value, "blockNumber"); !height.is_null()) {
        BASE_ASSIGN_OR_RETURN(transaction.block_height, ReadQuantity64(height, "block number"));
    }
    return transaction;
}

base::Result<std::optional<NodeSeal>> ReadSeal(const Json& value, TxType type) {
    const Json& shown = Member(value, "type");
    if (!shown.is_null()) {
        BASE_ASSIGN_OR_RETURN(const auto number, ReadQuantity64(shown, "type"));
        if (number != (type == TxType::kLegacy ? 0 : TypeByte(type))) {
            return std::optional<NodeSeal>();
        }
    }
    NodeSeal seal;
    BASE_ASSIGN_OR_RETURN(seal.gas_limit, ReadQuantity64(Member(value, "gas"), "gas"));
    if (type == TxType::kDynamicFee) {
        BASE_ASSIGN_OR_RETURN(seal.max_fee_per_gas,
                              ReadQuantity(Member(value, "maxFeePerGas"), "fee"));
        BASE_ASSIGN_OR_RETURN(seal.max_priority_fee_per_gas,
                              ReadQuantity(Member(value, "maxPriorityFeePerGas"), "tip"));
    } else {
        BASE_ASSIGN_OR_RETURN(seal.gas_price, ReadQuantity(Member(value, "gasPrice"), "price"));
    }
    BASE_ASSIGN_OR_RETURN(const auto r, ReadQuantity(Member(value, "r"), "r"));
    BASE_ASSIGN_OR_RETURN(const auto s, ReadQuantity(Member(value, "s"), "s"));
    BASE_ASSIGN_OR_RETURN(const auto v, ReadQuantity64(Member(value, "v"), "v"));
    seal.signature.r = r.ToBigEndian();
    seal.signature.s = s.ToBigEndian();
    // 0 and 1, 27 and 28, or 35 and 36 with twice the chain id added (EIP-155).
    seal.signature.recovery_id = static_cast<std::uint8_t>(v <= 1 ? v : (v + 1) % 2);
    return std::optional(seal);
}

}  // namespace evm
