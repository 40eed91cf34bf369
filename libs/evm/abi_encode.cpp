#include <algorithm>
#include <string>
#include <utility>

#include "evm/abi.h"

namespace evm {

namespace {

using money::UInt256;

base::Error BadValue(std::string detail) {
    return base::InvalidArgument("bad_abi_value", std::move(detail));
}

bool IsDynamic(const AbiType& type) {
    switch (type.kind) {
        case AbiKind::kBytes:
        case AbiKind::kString:
            return true;
        case AbiKind::kArray:
            return !type.length || IsDynamic(type.parts.front());
        case AbiKind::kTuple:
            return std::any_of(type.parts.begin(), type.parts.end(), IsDynamic);
        case AbiKind::kUint:
        case AbiKind::kInt:
        case AbiKind::kAddress:
        case AbiKind::kBool:
        case AbiKind::kFixedBytes:
            return false;
    }
    return false;
}

void AppendWord(base::Bytes& target, std::size_t value) {
    base::Append(target, UInt256(value).ToBigEndian());
}

void AppendPadded(base::Bytes& target, base::ByteView bytes) {
    base::Append(target, bytes);
    target.resize(target.size() + (kAbiWord - bytes.size() % kAbiWord) % kAbiWord);
}

// The bits above the type's own must repeat its sign (kInt) or be zero (kUint).
bool FitsNumber(const AbiType& type, const base::ByteArray<kAbiWord>& word) {
    const std::size_t start = kAbiWord - type.size / 8;
    const bool negative = type.kind == AbiKind::kInt && (word[start] & 0x80) != 0;
    const std::uint8_t filler = negative ? 0xff : 0x00;
    return std::all_of(word.begin(),
                       word.begin() + static_cast<std::ptrdiff_t>(start),
                       [filler](std::uint8_t byte) { return byte == filler; });
}

base::Result<base::ByteArray<kAbiWord>> NumberWord(const AbiType& type, const AbiValue& value) {
    const auto* number = std::get_if<UInt256>(&value.value);
    if (number == nullptr) {
        return BadValue("expected a number");
    }
    const base::ByteArray<kAbiWord> word = number->ToBigEndian();
    if (!FitsNumber(type, word)) {
        return BadValue("the number does not fit into " + std::to_string(type.size) + " bits");
    }
    return word;
}

base::Result<base::Bytes> Encode(const AbiType& type, const AbiValue& value);

// Heads with offsets to the tails of dynamic values.
base::Result<base::Bytes> EncodeSequence(std::span<const AbiType* const> types,
                                         const AbiList& values) {
    std::vector<base::Bytes> encoded;
    std::size_t head_size = 0;
    for (std::size_t i = 0; i < types.size(); ++i) {
        BASE_ASSIGN_OR_RETURN(base::Bytes part, Encode(*types[i], values[i]));
        head_size += IsDynamic(*types[i]) ? kAbiWord : part.size();
        encoded.push_back(std::move(part));
    }
    base::Bytes heads;
    base::Bytes tails;
    for (std::size_t i = 0; i < types.size(); ++i) {
        if (IsDynamic(*types[i])) {
            AppendWord(heads, head_size + tails.size());
            base::Append(tails, encoded[i]);
        } else {
            base::Append(heads, encoded[i]);
        }
    }
    base::Append(heads, tails);
    return heads;
}

base::Result<base::Bytes> EncodeList(const AbiType& type, const AbiValue& value) {
    const auto* list = std::get_if<AbiList>(&value.value);
    if (list == nullptr) {
        return BadValue("expected a list");
    }
    const bool tuple = type.kind == AbiKind::kTuple;
    const std::size_t expected = tuple ? type.parts.size() : type.length.value_or(list->size());
    if (list->size() != expected) {
        return BadValue("expected " + std::to_string(expected) + " values, not " +
                        std::to_string(list->size()));
    }
    std::vector<const AbiType*> types;
    for (std::size_t i = 0; i < list->size(); ++i) {
        types.push_back(&type.parts[tuple ? i : 0]);
    }
    base::Bytes encoded;
    if (!tuple && !type.length) {
        AppendWord(encoded, list->size());
    }
    BASE_ASSIGN_OR_RETURN(const base::Bytes sequence, EncodeSequence(types, *list));
    base::Append(encoded, sequence);
    return encoded;
}

base::Result<base::Bytes> EncodeBytes(base::ByteView bytes) {
    base::Bytes encoded;
    AppendWord(encoded, bytes.size());
    AppendPadded(encoded, bytes);
    return encoded;
}

base::Result<base::Bytes> Encode(const AbiType& type, const AbiValue& value) {
    switch (type.kind) {
        case AbiKind::kBytes:
            if (const auto* bytes = std::get_if<base::Bytes>(&value.value)) {
                return EncodeBytes(*bytes);
            }
            return BadValue("expected bytes");
        case AbiKind::kString:
            if (const auto* text = std::get_if<std::string>(&value.value)) {
                return EncodeBytes(base::AsBytes(*text));
            }
            return BadValue("expected a string");
        case AbiKind::kArray:
        case AbiKind::kTuple:
            return EncodeList(type, value);
        case AbiKind::kUint:
        case AbiKind::kInt:
        case AbiKind::kAddress:
        case AbiKind::kBool:
        case AbiKind::kFixedBytes:
            break;
    }
    BASE_ASSIGN_OR_RETURN(const base::ByteArray<kAbiWord> word, EncodeAbiWord(type, value));
    return base::ToBytes(word);
}

}  // namespace

base::Result<base::ByteArray<32>> EncodeAbiWord(const AbiType& type, const AbiValue& value) {
    base::ByteArray<kAbiWord> word{};
    switch (type.kind) {
        case AbiKind::kUint:
        case AbiKind::kInt:
            return NumberWord(type, value);
        case AbiKind::kAddress:
            if (const auto* address = std::get_if<Address>(&value.value)) {
                std::copy(address->bytes().begin(), address->bytes().end(), word.begin() + 12);
                return word;
            }
            return BadValue("expected an address");
        case AbiKind::kBool:
            if (const bool* flag = std::get_if<bool>(&value.value)) {
                word.back() = *flag ? 1 : 0;
                return word;
            }
            return BadValue("expected true or false");
        case AbiKind::kFixedBytes: {
            const auto* bytes = std::get_if<base::Bytes>(&value.value);
            if (bytes == nullptr || bytes->size() != type.size) {
                return BadValue("expected " + std::to_string(type.size) + " bytes");
            }
            std::copy(bytes->begin(), bytes->end(), word.begin());
            return word;
        }
        case AbiKind::kBytes:
        case AbiKind::kString:
        case AbiKind::kArray:
        case AbiKind::kTuple:
            break;
    }
    return BadValue("the type is not of one word");
}

base::Result<base::Bytes> EncodeCall(std::string_view signature, const AbiList& args) {
    BASE_ASSIGN_OR_RETURN(AbiFunction function, ParseAbiFunction(signature));
    AbiType tuple;
    tuple.kind = AbiKind::kTuple;
    tuple.parts = std::move(function.inputs);
    BASE_ASSIGN_OR_RETURN(const base::Bytes arguments, Encode(tuple, AbiValue{args}));
    base::Bytes data = base::ToBytes(function.selector);
    base::Append(data, arguments);
    return data;
}

}  // namespace evm
