#include <array>
#include <optional>
#include <utility>

#include "base/hex.h"
#include "base/text.h"
#include "crypto/bip32.h"
#include "evm/abi.h"
#include "evm/abi_json.h"
#include "evm/address.h"
#include "evm/keys.h"
#include "evm/message.h"
#include "evm/rlp.h"
#include "evm/transaction.h"
#include "vectors/oracle.h"

namespace oracle {

namespace {

using base::HexEncodePrefixed;
using money::UInt256;

constexpr std::uint64_t kUint64Max = ~std::uint64_t{0};

base::Result<UInt256> Number(const Json& in, const char* key) {
    return UInt256::Parse(Text(in, key));
}

base::Result<std::uint64_t> Number64(const Json& in, const char* key) {
    return base::ParseUnsigned<std::uint64_t>(Text(in, key), kUint64Max);
}

base::Result<evm::Address> AddressAt(const Json& in, const char* key) {
    return evm::Address::Parse(Text(in, key));
}

Answer Checksum(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const auto address, AddressAt(in, "address"));
    return Ok({{"address", address.ToString()}});
}

Answer AddressFromKey(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const auto key, evm::ImportPrivateKey(SecretText(in, "private_key")));
    BASE_ASSIGN_OR_RETURN(const auto address, evm::AddressOfKey(key));
    return Ok({{"address", address.ToString()}});
}

Answer EthHdAddress(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const auto path, crypto::ParsePath(Text(in, "path")));
    BASE_ASSIGN_OR_RETURN(const auto key,
                          evm::ImportMnemonic(SecretText(in, "mnemonic"), {}, path));
    BASE_ASSIGN_OR_RETURN(const auto address, evm::AddressOfKey(key));
    return Ok({{"address", address.ToString()}, {"private_key", HexEncodePrefixed(key.Expose())}});
}

base::Result<evm::RlpItem> RlpFromJson(const Json& value) {
    if (!value.is_array()) {
        BASE_ASSIGN_OR_RETURN(const auto bytes, base::HexDecodePrefixed(value.get<std::string>()));
        return evm::RlpString(bytes);
    }
    std::vector<evm::RlpItem> items;
    for (const Json& part : value) {
        BASE_ASSIGN_OR_RETURN(auto item, RlpFromJson(part));
        items.push_back(std::move(item));
    }
    return evm::RlpList(std::move(items));
}

Json RlpToJson(const evm::RlpItem& item) {
    if (!item.is_list) {
        return HexEncodePrefixed(item.bytes);
    }
    Json list = Json::array();
    for (const auto& part : item.items) {
        list.push_back(RlpToJson(part));
    }
    return list;
}

Answer RlpEncode(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const auto item, RlpFromJson(in.at("value")));
    return Ok({{"rlp", HexEncodePrefixed(evm::EncodeRlp(item))}});
}

Answer RlpDecode(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const auto bytes, Hex(in, "rlp"));
    BASE_ASSIGN_OR_RETURN(const auto item, evm::DecodeRlp(bytes));
    return Ok({{"value", RlpToJson(item)}});
}

base::Result<evm::AccessEntry> AccessEntryOf(const Json& json) {
    evm::AccessEntry entry;
    BASE_ASSIGN_OR_RETURN(entry.address, AddressAt(json, "address"));
    for (const Json& key : json.at("storage_keys")) {
        BASE_ASSIGN_OR_RETURN(const auto bytes, (HexArray<32>({{"key", key}}, "key")));
        entry.storage_keys.push_back(bytes);
    }
    return entry;
}

base::Result<void> ReadFees(const Json& in, evm::Transaction& transaction) {
    if (transaction.type != evm::TxType::kDynamicFee) {
        BASE_ASSIGN_OR_RETURN(transaction.gas_price, Number(in, "gas_price"));
        return {};
    }
    BASE_ASSIGN_OR_RETURN(transaction.max_fee_per_gas, Number(in, "max_fee_per_gas"));
    BASE_ASSIGN_OR_RETURN(transaction.max_priority_fee_per_gas,
                          Number(in, "max_priority_fee_per_gas"));
    return {};
}

constexpr std::array<std::pair<std::string_view, evm::TxType>, 3> kTypes = {
    {{"legacy", evm::TxType::kLegacy},
     {"eip2930", evm::TxType::kAccessList},
     {"eip1559", evm::TxType::kDynamicFee}}};

base::Result<evm::Transaction> TransactionOf(const Json& in) {
    evm::Transaction transaction;
    for (const auto& [name, type] : kTypes) {
        if (name == Text(in, "type")) {
            transaction.type = type;
        }
    }
    if (!in.at("chain_id").is_null()) {
        BASE_ASSIGN_OR_RETURN(transaction.chain_id, Number64(in, "chain_id"));
    }
    BASE_ASSIGN_OR_RETURN(transaction.nonce, Number64(in, "nonce"));
    BASE_RETURN_IF_ERROR(ReadFees(in, transaction));
    BASE_ASSIGN_OR_RETURN(transaction.gas_limit, Number64(in, "gas_limit"));
    if (!in.at("to").is_null()) {
        BASE_ASSIGN_OR_RETURN(transaction.to, AddressAt(in, "to"));
    }
    BASE_ASSIGN_OR_RETURN(transaction.value, Number(in, "value"));
    BASE_ASSIGN_OR_RETURN(transaction.data, Hex(in, "data"));
    for (const Json& json : in.value("access_list", Json::array())) {
        BASE_ASSIGN_OR_RETURN(auto entry, AccessEntryOf(json));
        transaction.access_list.push_back(std::move(entry));
    }
    return transaction;
}

Json Describe(const evm::SignedTransaction& signed_tx) {
    const evm::Transaction& transaction = signed_tx.transaction;
    Json out = {{"nonce", std::to_string(transaction.nonce)},
                {"gas_limit", std::to_string(transaction.gas_limit)},
                {"to", nullptr},
                {"value", transaction.value.ToDecimal()},
                {"data", HexEncodePrefixed(transaction.data)},
                {"chain_id", nullptr},
                {"from", signed_tx.from.ToString()},
                {"hash", HexEncodePrefixed(signed_tx.hash)}};
    for (const auto& [name, type] : kTypes) {
        if (type == transaction.type) {
            out["type"] = name;
        }
    }
    if (transaction.to) {
        out["to"] = transaction.to->ToString();
    }
    if (transaction.chain_id) {
        out["chain_id"] = std::to_string(*transaction.chain_id);
    }
    if (transaction.type == evm::TxType::kDynamicFee) {
        out["max_fee_per_gas"] = transaction.max_fee_per_gas.ToDecimal();
        out["max_priority_fee_per_gas"] = transaction.max_priority_fee_per_gas.ToDecimal();
    } else {
        out["gas_price"] = transaction.gas_price.ToDecimal();
    }
    if (transaction.type != evm::TxType::kLegacy) {
        out["access_list"] = Json::array();
        for (const auto& entry : transaction.access_list) {
            Json keys = Json::array();
            for (const auto& key : entry.storage_keys) {
                keys.push_back(HexEncodePrefixed(key));
            }
            out["access_list"].push_back(
                {{"address", entry.address.ToString()}, {"storage_keys", keys}});
        }
    }
    return out;
}

Answer EthSignTx(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const auto key, evm::ImportPrivateKey(SecretText(in, "private_key")));
    BASE_ASSIGN_OR_RETURN(const auto transaction, TransactionOf(in.at("tx")));
    BASE_ASSIGN_OR_RETURN(const auto payload, evm::EncodeUnsigned(transaction));
    BASE_ASSIGN_OR_RETURN(const auto signed_tx, evm::SignTransaction(transaction, key));
    return Ok({{"unsigned", HexEncodePrefixed(payload)},
               {"signing_hash", HexEncodePrefixed(crypto::Keccak256(payload))},
               {"raw", HexEncodePrefixed(signed_tx.raw)},
               {"hash", HexEncodePrefixed(signed_tx.hash)},
               {"from", signed_tx.from.ToString()}});
}

Answer DecodeTx(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const auto raw, Hex(in, "raw"));
    BASE_ASSIGN_OR_RETURN(const auto signed_tx, evm::DecodeSigned(raw));
    return Ok(Describe(signed_tx));
}

Answer Create(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const auto sender, AddressAt(in, "sender"));
    const Json& nonce = in.at("nonce");
    BASE_ASSIGN_OR_RETURN(
        const auto number,
        base::ParseUnsigned<std::uint64_t>(
            nonce.is_string() ? nonce.get<std::string>() : nonce.dump(), kUint64Max));
    return Ok({{"address", evm::CreateAddress(sender, number).ToString()}});
}

Answer Create2(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const auto sender, AddressAt(in, "sender"));
    BASE_ASSIGN_OR_RETURN(const auto salt, HexArray<32>(in, "salt"));
    BASE_ASSIGN_OR_RETURN(const auto init_code, Hex(in, "init_code"));
    return Ok({{"address", evm::Create2Address(sender, salt, init_code).ToString()}});
}

Answer PersonalHash(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const auto message, Hex(in, "message"));
    return Ok({{"hash", HexEncodePrefixed(evm::PersonalMessageHash(message))}});
}

Answer PersonalSign(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const auto message, Hex(in, "message"));
    BASE_ASSIGN_OR_RETURN(const auto key, evm::ImportPrivateKey(SecretText(in, "private_key")));
    BASE_ASSIGN_OR_RETURN(const auto signature, evm::SignPersonalMessage(message, key));
    BASE_ASSIGN_OR_RETURN(const auto address, evm::RecoverPersonalMessage(message, signature));
    return Ok({{"hash", HexEncodePrefixed(evm::PersonalMessageHash(message))},
               {"signature", HexEncodePrefixed(signature)},
               {"address", address.ToString()}});
}

Answer PersonalRecover(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const auto message, Hex(in, "message"));
    BASE_ASSIGN_OR_RETURN(const auto signature, Hex(in, "signature"));
    BASE_ASSIGN_OR_RETURN(const auto address, evm::RecoverPersonalMessage(message, signature));
    return Ok({{"address", address.ToString()}});
}

Json Describe(const evm::TypedData& data) {
    return {{"domain_separator", HexEncodePrefixed(data.domain_separator)},
            {"struct_hash", HexEncodePrefixed(data.struct_hash)},
            {"encode_type", data.encode_type},
            {"digest", HexEncodePrefixed(data.digest)}};
}

Answer TypedHash(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const auto data, evm::ReadTypedData(in.at("typed_data")));
    return Ok(Describe(data));
}

Answer TypedSign(const Json& in) {
    const Json& typed_data = in.at("typed_data");
    BASE_ASSIGN_OR_RETURN(const auto data, evm::ReadTypedData(typed_data));
    BASE_ASSIGN_OR_RETURN(const auto key, evm::ImportPrivateKey(SecretText(in, "private_key")));
    BASE_ASSIGN_OR_RETURN(const auto signature, evm::SignTypedData(typed_data, key));
    BASE_ASSIGN_OR_RETURN(const auto address, evm::AddressOfKey(key));
    Json out = Describe(data);
    out["signature"] = HexEncodePrefixed(signature);
    out["address"] = address.ToString();
    return Ok(std::move(out));
}

Answer EncodeCall(const Json& in) {
    const std::string signature = Text(in, "signature");
    BASE_ASSIGN_OR_RETURN(auto function, evm::ParseAbiFunction(signature));
    evm::AbiType tuple;
    tuple.kind = evm::AbiKind::kTuple;
    tuple.parts = std::move(function.inputs);
    BASE_ASSIGN_OR_RETURN(const auto args, evm::AbiValueFromJson(tuple, in.at("args")));
    BASE_ASSIGN_OR_RETURN(const auto data,
                          evm::EncodeCall(signature, std::get<evm::AbiList>(args.value)));
    return Ok(
        {{"selector", HexEncodePrefixed(function.selector)}, {"data", HexEncodePrefixed(data)}});
}

}  // namespace

std::span<const Operation> EthOperations() {
    static constexpr std::array<Operation, 16> kTable = {{
        {"eth.checksum", Checksum},
        {"eth.parse_address", Checksum},
        {"eth.address_from_key", AddressFromKey},
        {"eth.hd_address", EthHdAddress},
        {"rlp.encode", RlpEncode},
        {"rlp.decode", RlpDecode},
        {"eth.sign_tx", EthSignTx},
        {"eth.decode_tx", DecodeTx},
        {"eth.create_address", Create},
        {"eth.create2_address", Create2},
        {"eip191.hash", PersonalHash},
        {"eip191.sign", PersonalSign},
        {"eip191.recover", PersonalRecover},
        {"eip712.hash", TypedHash},
        {"eip712.sign", TypedSign},
        {"abi.encode_call", EncodeCall},
    }};
    return kTable;
}

}  // namespace oracle
