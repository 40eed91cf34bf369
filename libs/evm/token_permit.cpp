// What EIP-712 gives no name for: typed data that is a spend.
#include <array>
#include <string>
#include <string_view>

#include "base/text.h"
#include "evm/message.h"

namespace evm {

namespace {

// Of one address on every chain (github.com/Uniswap/permit2).
constexpr std::string_view kPermit2 = "0x000000000022d473030f116ddee9f6b43ac78ba3";

bool IsPermitName(std::string_view name) {
    constexpr std::array<std::string_view, 3> kNames = {
        "tokenpermissions", "transferwithauthorization", "receivewithauthorization"};
    const std::string lower = base::ToLower(name);
    for (const std::string_view known : kNames) {
        if (lower == known) {
            return true;
        }
    }
    return lower.find("permit") != std::string::npos;
}

// "address owner,address spender,uint256 value"
bool NamesSpender(std::string_view fields) {
    for (const std::string_view field : base::Split(fields, ',')) {
        if (base::ToLower(field.substr(field.rfind(' ') + 1)) == "spender") {
            return true;
        }
    }
    return false;
}

}  // namespace

bool IsTokenPermit(const TypedData& data) {
    if (data.verifying_contract && base::ToLower(data.verifying_contract->ToString()) == kPermit2) {
        return true;
    }
    // "Mail(Person from,string contents)Person(address wallet)"; ReadTypedData lets no bracket,
    // comma or blank into a name.
    std::string_view rest = data.encode_type;
    while (!rest.empty()) {
        const std::size_t open = rest.find('(');
        const std::size_t close = rest.find(')');
        if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
            return true;
        }
        if (IsPermitName(rest.substr(0, open)) ||
            NamesSpender(rest.substr(open + 1, close - open - 1))) {
            return true;
        }
        rest.remove_prefix(close + 1);
    }
    return false;
}

}  // namespace evm
