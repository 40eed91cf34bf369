// The ERC-20 standard as tokens really are: some return nothing, some answer bytes32 where a string
// belongs, and every text of theirs is written by strangers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/hash.h"
#include "evm/address.h"
#include "money/uint256.h"

namespace evm {

[[nodiscard]] base::Bytes EncodeErc20Transfer(const Address& to, const money::UInt256& amount);
[[nodiscard]] base::Bytes EncodeErc20Approve(const Address& spender, const money::UInt256& amount);
[[nodiscard]] base::Bytes EncodeErc20BalanceOf(const Address& owner);
[[nodiscard]] base::Bytes EncodeErc20Allowance(const Address& owner, const Address& spender);
[[nodiscard]] base::Bytes EncodeErc20Decimals();
[[nodiscard]] base::Bytes EncodeErc20Symbol();
[[nodiscard]] base::Bytes EncodeErc20Name();

// keccak256("Transfer(address,address,uint256)") and
// keccak256("Approval(address,address,uint256)").
[[nodiscard]] const crypto::Hash256& Erc20TransferTopic();
[[nodiscard]] const crypto::Hash256& Erc20ApprovalTopic();

// One word, as balanceOf and allowance answer. Errors: `bad_abi_data`.
[[nodiscard]] base::Result<money::UInt256> DecodeErc20Amount(base::ByteView answer);

// Errors: `bad_abi_data`, also above 36 (no amount of such a token is shown right).
[[nodiscard]] base::Result<std::uint32_t> DecodeErc20Decimals(base::ByteView answer);

// A string or, from older tokens, bytes32 up to the first zero byte; then SanitiseTokenText. Empty
// where the answer is neither.
[[nodiscard]] std::string DecodeErc20Text(base::ByteView answer, std::size_t size_max);

// Whether a call of transfer or approve that did not revert succeeded: no return value, or true.
[[nodiscard]] bool IsErc20Success(base::ByteView answer);

// Valid UTF-8 without control, format and direction characters, cut to whole characters of at most
// `size_max` bytes together, blanks trimmed.
[[nodiscard]] std::string SanitiseTokenText(std::string_view text, std::size_t size_max);

struct Erc20Call {
    enum class Kind { kTransfer, kApprove };
    Kind kind = Kind::kTransfer;
    Address counterparty;  // recipient or spender
    money::UInt256 amount;
};

// Exactly the call data that the encoders above write; empty for everything else.
[[nodiscard]] std::optional<Erc20Call> DecodeErc20Call(base::ByteView data);

}  // namespace evm
