// EIP-712.
#include <cstddef>
#include <map>
#include <set>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "evm/abi.h"
#include "evm/abi_json.h"
#include "evm/message.h"

namespace evm {

namespace {

using Json = nlohmann::json;
using money::UInt256;

constexpr std::size_t kTypesMax = 64;
constexpr std::size_t kFieldsMax = 64;
constexpr std::size_t kDepthMax = 16;
constexpr std::string_view kDomainType = "EIP712Domain";

base::Error BadTypedData(std::string detail) {
    return base::InvalidArgument("bad_typed_data", std::move(detail));
}

struct Field {
    std::string name;
    std::string type;
};

using Types = std::map<std::string, std::vector<Field>, std::less<>>;

const Json* Find(const Json& object, std::string_view key) {
    if (!object.is_object()) {
        return nullptr;
    }
    const auto place = object.find(key);
    return place == object.end() ? nullptr : &*place;
}

base::Result<std::string> TextOf(const Json& object, std::string_view key) {
    const Json* value = Find(object, key);
    if (value == nullptr || !value->is_string()) {
        return BadTypedData(std::string(key) + " is missing or no text");
    }
    return value->get<std::string>();
}

base::Result<std::vector<Field>> ReadFields(const Json& list) {
    if (!list.is_array() || list.size() > kFieldsMax) {
        return BadTypedData("a type is no list of fields, or too long");
    }
    std::vector<Field> fields;
    std::set<std::string> names;
    for (const Json& entry : list) {
        Field field;
        BASE_ASSIGN_OR_RETURN(field.name, TextOf(entry, "name"));
        BASE_ASSIGN_OR_RETURN(field.type, TextOf(entry, "type"));
        // Else one field's text could pass for two in the encoded type.
        constexpr const char* kSeparators = "(), ";
        if (field.name.find_first_of(kSeparators) != std::string::npos ||
            field.type.find_first_of(kSeparators) != std::string::npos) {
            return BadTypedData("a field has a name or type that is not allowed");
        }
        if (!names.insert(field.name).second) {
            return BadTypedData("a type has a field twice");
        }
        fields.push_back(std::move(field));
    }
    return fields;
}

base::Result<Types> ReadTypes(const Json& typed_data) {
    const Json* json = Find(typed_data, "types");
    if (json == nullptr || !json->is_object() || json->size() > kTypesMax) {
        return BadTypedData("types is missing, no object or too large");
    }
    Types types;
    for (const auto& [name, list] : json->items()) {
        // Else a struct could pass for an elementary type or an array.
        if (ParseAbiType(name) || name.find_first_of("[]() ,") != std::string::npos) {
            return BadTypedData("a type has a name that is not allowed");
        }
        BASE_ASSIGN_OR_RETURN(types[name], ReadFields(list));
    }
    return types;
}

// "Person[2][]" -> "Person".
std::string_view BaseType(std::string_view type) {
    return type.substr(0, type.find('['));
}

// Every struct that `type` refers to, itself included.
void Collect(const Types& types, std::string_view type, std::set<std::string>& found) {
    const auto entry = types.find(BaseType(type));
    if (entry == types.end() || !found.insert(entry->first).second) {
        return;
    }
    for (const Field& field : entry->second) {
        Collect(types, field.type, found);
    }
}

std::string EncodeOne(const std::string& name, const std::vector<Field>& fields) {
    std::string text = name + "(";
    for (const Field& field : fields) {
        text += (text.back() == '(' ? "" : ",") + field.type + " " + field.name;
    }
    return text + ")";
}

// The struct itself, then the others by name.
std::string EncodeType(const Types& types, const std::string& name) {
    std::set<std::string> found;
    Collect(types, name, found);
    found.erase(name);
    std::string text = EncodeOne(name, types.at(name));
    for (const std::string& other : found) {
        text += EncodeOne(other, types.at(other));
    }
    return text;
}

base::Result<crypto::Hash256> HashStruct(const Types& types,
                                         const std::string& name,
                                         const Json& data,
                                         std::size_t depth);

base::Result<base::ByteArray<32>> EncodeElementary(std::string_view type, const Json& data) {
    BASE_ASSIGN_OR_RETURN(const AbiType abi_type, ParseAbiType(type));
    if (abi_type.kind == AbiKind::kTuple) {
        return BadTypedData("a tuple is no type of typed data");
    }
    BASE_ASSIGN_OR_RETURN(const AbiValue value, AbiValueFromJson(abi_type, data));
    if (const auto* text = std::get_if<std::string>(&value.value)) {
        return crypto::Keccak256(base::AsBytes(*text));
    }
    if (abi_type.kind == AbiKind::kBytes) {
        return crypto::Keccak256(std::get<base::Bytes>(value.value));
    }
    return EncodeAbiWord(abi_type, value);
}

base::Result<base::ByteArray<32>> EncodeField(const Types& types,
                                              std::string_view type,
                                              const Json& data,
                                              std::size_t depth);

// The hash of the elements' encodings one after the other.
base::Result<base::ByteArray<32>> EncodeArray(const Types& types,
                                              std::string_view type,
                                              const Json& data,
                                              std::size_t depth) {
    const std::size_t open = type.rfind('[');
    if (open == std::string_view::npos || !data.is_array()) {
        return BadTypedData("expected a list of " + std::string(type.substr(0, 64)));
    }
    const std::string_view length = type.substr(open + 1, type.size() - open - 2);
    if (!length.empty() && length != std::to_string(data.size())) {
        return BadTypedData("a list has not the length of its type");
    }
    base::Bytes encoded;
    for (const Json& element : data) {
        BASE_ASSIGN_OR_RETURN(const auto word,
                              EncodeField(types, type.substr(0, open), element, depth + 1));
        base::Append(encoded, word);
    }
    return crypto::Keccak256(encoded);
}

base::Result<base::ByteArray<32>> EncodeField(const Types& types,
                                              std::string_view type,
                                              const Json& data,
                                              std::size_t depth) {
    if (depth > kDepthMax) {
        return BadTypedData("is nested too deeply");
    }
    if (type.ends_with(']')) {
        return EncodeArray(types, type, data, depth);
    }
    const auto entry = types.find(type);
    if (entry != types.end()) {
        return HashStruct(types, entry->first, data, depth);
    }
    return EncodeElementary(type, data);
}

base::Result<crypto::Hash256> HashStruct(const Types& types,
                                         const std::string& name,
                                         const Json& data,
                                         std::size_t depth) {
    base::Bytes encoded = base::ToBytes(crypto::Keccak256(base::AsBytes(EncodeType(types, name))));
    for (const Field& field : types.at(name)) {
        const Json* value = Find(data, field.name);
        if (value == nullptr) {
            return BadTypedData("a declared field is missing");
        }
        BASE_ASSIGN_OR_RETURN(const auto word, EncodeField(types, field.type, *value, depth + 1));
        base::Append(encoded, word);
    }
    return crypto::Keccak256(encoded);
}

// The domain's own fields, once its hash has shown that they are of their types.
base::Result<void> ReadDomain(const Types& types, const Json& domain, TypedData& data) {
    for (const Field& field : types.at(std::string(kDomainType))) {
        if (field.name != "chainId" && field.name != "verifyingContract") {
            continue;
        }
        const bool is_chain = field.name == "chainId";
        if (field.type != (is_chain ? "uint256" : "address")) {
            return BadTypedData("the domain has a field of another type than EIP-712 says");
        }
        BASE_ASSIGN_OR_RETURN(const AbiType type, ParseAbiType(field.type));
        BASE_ASSIGN_OR_RETURN(const AbiValue value, AbiValueFromJson(type, domain.at(field.name)));
        if (is_chain) {
            data.chain_id = std::get<UInt256>(value.value);
        } else {
            data.verifying_contract = std::get<Address>(value.value);
        }
    }
    return {};
}

}  // namespace

base::Result<TypedData> ReadTypedData(const Json& typed_data) {
    BASE_ASSIGN_OR_RETURN(const Types types, ReadTypes(typed_data));
    TypedData data;
    BASE_ASSIGN_OR_RETURN(data.primary_type, TextOf(typed_data, "primaryType"));
    const Json* domain = Find(typed_data, "domain");
    const Json* message = Find(typed_data, "message");
    if (!types.contains(data.primary_type) || !types.contains(kDomainType) || domain == nullptr ||
        message == nullptr) {
        return BadTypedData("the domain, the message or the type of one of them is missing");
    }
    data.encode_type = EncodeType(types, data.primary_type);
    BASE_ASSIGN_OR_RETURN(data.domain_separator,
                          HashStruct(types, std::string(kDomainType), *domain, 1));
    BASE_RETURN_IF_ERROR(ReadDomain(types, *domain, data));
    base::Bytes preimage{0x19, 0x01};
    base::Append(preimage, data.domain_separator);
    // A message that is only a domain has no struct hash (EIP-712 as eth-sig-util implements it).
    if (data.primary_type != kDomainType) {
        BASE_ASSIGN_OR_RETURN(data.struct_hash, HashStruct(types, data.primary_type, *message, 1));
        base::Append(preimage, data.struct_hash);
    }
    data.digest = crypto::Keccak256(preimage);
    return data;
}

}  // namespace evm
