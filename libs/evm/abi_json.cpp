#include "evm/abi_json.h"

#include <string>
#include <string_view>
#include <utility>

#include "base/hex.h"

namespace evm {

namespace {

using Json = nlohmann::json;
using money::UInt256;

base::Error BadJson(std::string detail) {
    return base::InvalidArgument("bad_abi_value", std::move(detail));
}

base::Result<UInt256> ParseMagnitude(std::string_view text) {
    if (!text.starts_with("0x")) {
        return UInt256::Parse(text);
    }
    std::string digits(text.substr(2));
    if (digits.empty()) {
        return BadJson("a hex number has no digits");
    }
    digits.insert(0, digits.size() % 2, '0');
    BASE_ASSIGN_OR_RETURN(const base::Bytes bytes, base::HexDecode(digits));
    return UInt256::FromBigEndian(bytes);
}

// 2^256 - magnitude: two's complement.
UInt256 Negative(const UInt256& magnitude) {
    const auto below = money::CheckedSub(magnitude, UInt256(1));
    return below ? *money::CheckedSub(UInt256::Max(), *below) : UInt256();
}

base::Result<UInt256> ParseInteger(const AbiType& type, std::string_view text) {
    const bool negative = type.kind == AbiKind::kInt && text.starts_with('-');
    const auto magnitude = ParseMagnitude(text.substr(negative ? 1 : 0));
    if (!magnitude) {
        return BadJson("expected a whole number");
    }
    return negative ? Negative(*magnitude) : *magnitude;
}

base::Result<AbiValue> ReadInteger(const AbiType& type, const Json& json) {
    std::string text;
    if (json.is_string()) {
        text = json.get<std::string>();
    } else if (json.is_number_integer()) {
        text = json.dump();
    } else {
        return BadJson("expected a whole number");
    }
    BASE_ASSIGN_OR_RETURN(const UInt256 number, ParseInteger(type, text));
    const AbiValue value{number};
    BASE_RETURN_IF_ERROR(EncodeAbiWord(type, value));
    return value;
}

base::Result<AbiValue> ReadBytes(const AbiType& type, const Json& json) {
    if (!json.is_string()) {
        return BadJson("expected hex text");
    }
    auto bytes = base::HexDecodePrefixed(json.get_ref<const std::string&>());
    if (!bytes) {
        return BadJson(bytes.error().detail);
    }
    if (type.kind == AbiKind::kFixedBytes && bytes->size() != type.size) {
        return BadJson("expected " + std::to_string(type.size) + " bytes");
    }
    return AbiValue{std::move(*bytes)};
}

base::Result<AbiValue> ReadList(const AbiType& type, const Json& json) {
    if (!json.is_array()) {
        return BadJson("expected a list");
    }
    const bool tuple = type.kind == AbiKind::kTuple;
    if (json.size() != (tuple ? type.parts.size() : type.length.value_or(json.size()))) {
        return BadJson("a list has a wrong number of values");
    }
    AbiList list;
    for (std::size_t i = 0; i < json.size(); ++i) {
        BASE_ASSIGN_OR_RETURN(AbiValue value, AbiValueFromJson(type.parts[tuple ? i : 0], json[i]));
        list.push_back(std::move(value));
    }
    return AbiValue{std::move(list)};
}

}  // namespace

base::Result<AbiValue> AbiValueFromJson(const AbiType& type, const Json& json) {
    switch (type.kind) {
        case AbiKind::kUint:
        case AbiKind::kInt:
            return ReadInteger(type, json);
        case AbiKind::kAddress: {
            if (!json.is_string()) {
                return BadJson("expected an address");
            }
            BASE_ASSIGN_OR_RETURN(const Address address,
                                  Address::Parse(json.get_ref<const std::string&>()));
            return AbiValue{address};
        }
        case AbiKind::kBool:
            if (!json.is_boolean()) {
                return BadJson("expected true or false");
            }
            return AbiValue{json.get<bool>()};
        case AbiKind::kString:
            if (!json.is_string()) {
                return BadJson("expected a string");
            }
            return AbiValue{json.get<std::string>()};
        case AbiKind::kFixedBytes:
        case AbiKind::kBytes:
            return ReadBytes(type, json);
        case AbiKind::kArray:
        case AbiKind::kTuple:
            return ReadList(type, json);
    }
    return BadJson("unknown type");
}

}  // namespace evm
