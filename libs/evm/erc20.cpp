#include "evm/erc20.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utf8proc.h>
#include <variant>

#include "base/check.h"
#include "base/text.h"
#include "evm/abi.h"

namespace evm {

namespace {

using money::UInt256;

constexpr std::uint32_t kDecimalsMax = 36;

// Signatures and values of this file always fit together.
base::Bytes Encode(std::string_view signature, const AbiList& args) {
    auto data = EncodeCall(signature, args);
    BASE_CHECK(data.has_value());
    return std::move(*data);
}

AbiType TypeOf(AbiKind kind, unsigned size = 0) {
    AbiType type;
    type.kind = kind;
    type.size = size;
    return type;
}

// Categories of characters that hide, reorder or break text: controls, formats (directions among
// them), surrogates, private and unassigned ones, line and paragraph separators.
constexpr std::array kUnsafe = {UTF8PROC_CATEGORY_CC,
                                UTF8PROC_CATEGORY_CF,
                                UTF8PROC_CATEGORY_CS,
                                UTF8PROC_CATEGORY_CO,
                                UTF8PROC_CATEGORY_CN,
                                UTF8PROC_CATEGORY_ZL,
                                UTF8PROC_CATEGORY_ZP};

bool IsUnsafe(utf8proc_int32_t code) {
    return std::find(kUnsafe.begin(), kUnsafe.end(), utf8proc_category(code)) != kUnsafe.end();
}

}  // namespace

base::Bytes EncodeErc20Transfer(const Address& to, const UInt256& amount) {
    return Encode("transfer(address,uint256)", {AbiValue{to}, AbiValue{amount}});
}

base::Bytes EncodeErc20Approve(const Address& spender, const UInt256& amount) {
    return Encode("approve(address,uint256)", {AbiValue{spender}, AbiValue{amount}});
}

base::Bytes EncodeErc20BalanceOf(const Address& owner) {
    return Encode("balanceOf(address)", {AbiValue{owner}});
}

base::Bytes EncodeErc20Allowance(const Address& owner, const Address& spender) {
    return Encode("allowance(address,address)", {AbiValue{owner}, AbiValue{spender}});
}

base::Bytes EncodeErc20Decimals() {
    return Encode("decimals()", {});
}

base::Bytes EncodeErc20Symbol() {
    return Encode("symbol()", {});
}

base::Bytes EncodeErc20Name() {
    return Encode("name()", {});
}

const crypto::Hash256& Erc20TransferTopic() {
    static const crypto::Hash256 topic =
        crypto::Keccak256(base::AsBytes("Transfer(address,address,uint256)"));
    return topic;
}

const crypto::Hash256& Erc20ApprovalTopic() {
    static const crypto::Hash256 topic =
        crypto::Keccak256(base::AsBytes("Approval(address,address,uint256)"));
    return topic;
}

base::Result<UInt256> DecodeErc20Amount(base::ByteView answer) {
    const std::array types = {TypeOf(AbiKind::kUint, 256)};
    BASE_ASSIGN_OR_RETURN(const AbiList values, DecodeAbi(types, answer));
    return std::get<UInt256>(values.front().value);
}

base::Result<std::uint32_t> DecodeErc20Decimals(base::ByteView answer) {
    BASE_ASSIGN_OR_RETURN(const UInt256 decimals, DecodeErc20Amount(answer));
    if (decimals > UInt256(kDecimalsMax)) {
        return base::InvalidArgument("bad_abi_data", "the token has more than 36 decimals");
    }
    return static_cast<std::uint32_t>(*decimals.ToUint64());
}

std::string DecodeErc20Text(base::ByteView answer, std::size_t size_max) {
    if (answer.size() == kAbiWord) {
        const auto end = std::find(answer.begin(), answer.end(), std::uint8_t{0});
        return SanitiseTokenText(base::AsText({answer.begin(), end}), size_max);
    }
    const std::array types = {TypeOf(AbiKind::kString)};
    const auto values = DecodeAbi(types, answer);
    return values ? SanitiseTokenText(std::get<std::string>(values->front().value), size_max)
                  : std::string();
}

bool IsErc20Success(base::ByteView answer) {
    if (answer.empty()) {
        return true;
    }
    const std::array types = {TypeOf(AbiKind::kBool)};
    const auto values = DecodeAbi(types, answer);
    return values && std::get<bool>(values->front().value);
}

std::string SanitiseTokenText(std::string_view text, std::size_t size_max) {
    std::string clean;
    while (!text.empty()) {
        utf8proc_int32_t code = -1;
        const utf8proc_ssize_t size =
            utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                             static_cast<utf8proc_ssize_t>(text.size()),
                             &code);
        if (size <= 0) {
            text.remove_prefix(1);
            continue;
        }
        const std::string_view letter = text.substr(0, static_cast<std::size_t>(size));
        text.remove_prefix(letter.size());
        if (IsUnsafe(code)) {
            continue;
        }
        if (clean.size() + letter.size() > size_max) {
            break;
        }
        clean += letter;
    }
    return std::string(base::Trim(clean));
}

std::optional<Erc20Call> DecodeErc20Call(base::ByteView data) {
    if (data.size() != 4 + 2 * kAbiWord) {
        return std::nullopt;
    }
    const std::array types = {TypeOf(AbiKind::kAddress), TypeOf(AbiKind::kUint, 256)};
    const auto values = DecodeAbi(types, data.subspan(4));
    if (!values) {
        return std::nullopt;
    }
    Erc20Call call;
    call.counterparty = std::get<Address>(values->at(0).value);
    call.amount = std::get<UInt256>(values->at(1).value);
    if (base::Equal(data, EncodeErc20Transfer(call.counterparty, call.amount))) {
        return call;
    }
    call.kind = Erc20Call::Kind::kApprove;
    if (base::Equal(data, EncodeErc20Approve(call.counterparty, call.amount))) {
        return call;
    }
    return std::nullopt;
}

}  // namespace evm
