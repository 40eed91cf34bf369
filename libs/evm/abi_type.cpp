#include <string>
#include <utility>

#include "base/text.h"
#include "crypto/hash.h"
#include "evm/abi.h"

namespace evm {

namespace {

constexpr std::size_t kDepthMax = 16;
constexpr std::size_t kArrayLengthMax = 1024;

base::Error BadType(std::string_view text) {
    return base::InvalidArgument("bad_abi_type",
                                 "not an ABI type: " + std::string(text.substr(0, 64)));
}

// The number behind "uint", "bytes" and the like.
base::Result<unsigned> Suffix(std::string_view text, std::size_t prefix) {
    const std::string_view digits = text.substr(prefix);
    if (digits.empty() || digits.front() == '0') {
        return BadType(text);
    }
    const auto number = base::ParseUnsigned<unsigned>(digits, 256);
    if (!number) {
        return BadType(text);
    }
    return *number;
}

base::Result<AbiType> ParseElementary(std::string_view text) {
    AbiType type;
    if (text == "address") {
        type.kind = AbiKind::kAddress;
        return type;
    }
    if (text == "bool") {
        type.kind = AbiKind::kBool;
        return type;
    }
    if (text == "string") {
        type.kind = AbiKind::kString;
        return type;
    }
    if (text == "bytes") {
        type.kind = AbiKind::kBytes;
        return type;
    }
    if (text.starts_with("bytes")) {
        type.kind = AbiKind::kFixedBytes;
        BASE_ASSIGN_OR_RETURN(type.size, Suffix(text, 5));
        return type.size <= 32 ? base::Result<AbiType>(type) : BadType(text);
    }
    if (!text.starts_with("uint") && !text.starts_with("int")) {
        return BadType(text);
    }
    type.kind = text.front() == 'u' ? AbiKind::kUint : AbiKind::kInt;
    BASE_ASSIGN_OR_RETURN(type.size, Suffix(text, text.front() == 'u' ? 4 : 3));
    return type.size % 8 == 0 ? base::Result<AbiType>(type) : BadType(text);
}

// Splits "a,(b,c),d" at its top-level commas.
base::Result<std::vector<std::string_view>> SplitList(std::string_view text) {
    std::vector<std::string_view> parts;
    if (text.empty()) {
        return parts;
    }
    std::size_t depth = 0;
    std::size_t start = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '(') {
            ++depth;
        } else if (text[i] == ')') {
            if (depth == 0) {
                return BadType(text);
            }
            --depth;
        } else if (text[i] == ',' && depth == 0) {
            parts.push_back(text.substr(start, i - start));
            start = i + 1;
        }
    }
    parts.push_back(text.substr(start));
    return parts;
}

base::Result<AbiType> ParseType(std::string_view text, std::size_t depth);

base::Result<std::vector<AbiType>> ParseList(std::string_view text, std::size_t depth) {
    BASE_ASSIGN_OR_RETURN(const auto parts, SplitList(text));
    std::vector<AbiType> types;
    for (const std::string_view part : parts) {
        BASE_ASSIGN_OR_RETURN(AbiType type, ParseType(part, depth));
        types.push_back(std::move(type));
    }
    return types;
}

base::Result<AbiType> ParseArray(std::string_view text, std::size_t depth) {
    const std::size_t open = text.rfind('[');
    if (open == std::string_view::npos) {
        return BadType(text);
    }
    AbiType type;
    type.kind = AbiKind::kArray;
    const std::string_view length = text.substr(open + 1, text.size() - open - 2);
    if (!length.empty()) {
        const auto count = base::ParseUnsigned<std::size_t>(length, kArrayLengthMax);
        if (!count || length.front() == '0') {
            return BadType(text);
        }
        type.length = *count;
    }
    BASE_ASSIGN_OR_RETURN(AbiType element, ParseType(text.substr(0, open), depth + 1));
    type.parts.push_back(std::move(element));
    return type;
}

base::Result<AbiType> ParseType(std::string_view text, std::size_t depth) {
    if (depth > kDepthMax) {
        return BadType(text);
    }
    if (text.ends_with(']')) {
        return ParseArray(text, depth);
    }
    if (!text.starts_with('(')) {
        return ParseElementary(text);
    }
    if (!text.ends_with(')')) {
        return BadType(text);
    }
    AbiType type;
    type.kind = AbiKind::kTuple;
    BASE_ASSIGN_OR_RETURN(type.parts, ParseList(text.substr(1, text.size() - 2), depth + 1));
    return type;
}

bool IsIdentifier(std::string_view text) {
    for (const char letter : text) {
        const bool is_letter = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
        if (!is_letter && !base::IsDigit(letter) && letter != '_' && letter != '$') {
            return false;
        }
    }
    return !text.empty() && !base::IsDigit(text.front());
}

}  // namespace

base::Result<AbiType> ParseAbiType(std::string_view text) {
    return ParseType(text, 1);
}

base::Result<AbiFunction> ParseAbiFunction(std::string_view signature) {
    const std::size_t open = signature.find('(');
    if (open == std::string_view::npos || !signature.ends_with(')') ||
        !IsIdentifier(signature.substr(0, open))) {
        return BadType(signature);
    }
    AbiFunction function;
    function.name = std::string(signature.substr(0, open));
    BASE_ASSIGN_OR_RETURN(function.inputs,
                          ParseList(signature.substr(open + 1, signature.size() - open - 2), 1));
    const crypto::Hash256 hash = crypto::Keccak256(base::AsBytes(signature));
    function.selector = base::ToArray<4>(base::ByteView(hash).first(4));
    return function;
}

}  // namespace evm
