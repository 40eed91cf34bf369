// Solidity's contract ABI: types, call data, return data ("Contract ABI Specification", strict
// mode).
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "evm/address.h"
#include "money/uint256.h"

namespace evm {

inline constexpr std::size_t kAbiWord = 32;  // bytes

enum class AbiKind {
    kUint,
    kInt,
    kAddress,
    kBool,
    kFixedBytes,  // bytes1 to bytes32
    kBytes,
    kString,
    kArray,
    kTuple,
};

struct AbiType {
    AbiKind kind = AbiKind::kUint;
    unsigned size = 0;                  // bits of a number, bytes of kFixedBytes
    std::optional<std::size_t> length;  // of kArray; none = dynamic
    std::vector<AbiType> parts;         // kArray: the element; kTuple: the components
};

struct AbiValue;
using AbiList = std::vector<AbiValue>;

// Signed integers are held as their 256-bit two's complement.
struct AbiValue {
    std::variant<money::UInt256, Address, bool, base::Bytes, std::string, AbiList> value;
};

struct AbiFunction {
    std::string name;
    std::vector<AbiType> inputs;
    base::ByteArray<4> selector{};
};

// "uint256", "(address,bytes)[3][]". Aliases such as "uint" are refused: they are not canonical.
// Errors: `bad_abi_type`.
[[nodiscard]] base::Result<AbiType> ParseAbiType(std::string_view text);

// "transfer(address,uint256)". Errors: `bad_abi_type`.
[[nodiscard]] base::Result<AbiFunction> ParseAbiFunction(std::string_view signature);

// One word for a type of one word. Errors: `bad_abi_value` where the value is not of the type.
[[nodiscard]] base::Result<base::ByteArray<kAbiWord>> EncodeAbiWord(const AbiType& type,
                                                                    const AbiValue& value);

// Selector || arguments. Errors: `bad_abi_type`, `bad_abi_value`.
[[nodiscard]] base::Result<base::Bytes> EncodeCall(std::string_view signature, const AbiList& args);

// Exact values, padding included; offsets may lie anywhere inside the data and bytes after the last
// value are ignored, as Solidity's own decoder does. Errors: `bad_abi_data`.
[[nodiscard]] base::Result<AbiList> DecodeAbi(std::span<const AbiType> types, base::ByteView data);

}  // namespace evm
