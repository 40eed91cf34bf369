// Solana messages, legacy and version 0: what the signers of a transaction sign.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "solana/pubkey.h"

namespace solana {

// Of a whole transaction, signatures included (IPv6's minimum MTU less headers).
inline constexpr std::size_t kTransactionSizeMax = 1232;

struct AccountMeta {
    Pubkey key;
    bool signer = false;
    bool writable = false;

    friend bool operator==(const AccountMeta&, const AccountMeta&) = default;
};

struct Instruction {
    Pubkey program;
    std::vector<AccountMeta> accounts;
    base::Bytes data;

    friend bool operator==(const Instruction&, const Instruction&) = default;
};

// An address lookup table as it is on the chain.
struct LookupTable {
    Pubkey key;
    std::vector<Pubkey> addresses;
};

enum class MessageVersion { kLegacy, kV0 };

// Accounts are in four groups: writable signers (the fee payer first), other signers, other
// writable ones, the rest.
struct MessageHeader {
    std::uint8_t required_signatures = 0;
    std::uint8_t readonly_signed = 0;
    std::uint8_t readonly_unsigned = 0;

    friend bool operator==(const MessageHeader&, const MessageHeader&) = default;
};

// Indexes count the static keys, then the writable looked-up ones, then the others.
struct CompiledInstruction {
    std::uint8_t program_index = 0;
    base::Bytes accounts;
    base::Bytes data;

    friend bool operator==(const CompiledInstruction&, const CompiledInstruction&) = default;
};

struct TableLookup {
    Pubkey table;
    base::Bytes writable;
    base::Bytes readonly;

    friend bool operator==(const TableLookup&, const TableLookup&) = default;
};

struct Message {
    MessageVersion version = MessageVersion::kLegacy;
    MessageHeader header;
    std::vector<Pubkey> account_keys;
    Pubkey recent_blockhash;
    std::vector<CompiledInstruction> instructions;
    std::vector<TableLookup> lookups;  // version 0 alone

    friend bool operator==(const Message&, const Message&) = default;
};

struct MessageParts {
    MessageVersion version = MessageVersion::kLegacy;
    Pubkey payer;
    Pubkey recent_blockhash;
    std::vector<Instruction> instructions;
    std::vector<LookupTable> tables;  // version 0 alone
};

// Within its group an account is where it first appears. Signers and programs stay static.
// Errors: `bad_message` (too many accounts, no instructions, tables in a legacy message);
// `tx_too_large` where no transaction could hold it.
[[nodiscard]] base::Result<Message> CompileMessage(const MessageParts& parts);

[[nodiscard]] base::Bytes SerializeMessage(const Message& message);

// Strict: what every validator refuses is refused (indexes out of range, a payer that is not a
// writable signer, programs that are looked up or pay, accounts twice, other versions), and nothing
// may be left over. Errors: `bad_message`.
[[nodiscard]] base::Result<Message> ParseMessage(base::ByteView bytes);

// The role of a static account.
[[nodiscard]] bool IsSigner(const Message& message, std::size_t index);
[[nodiscard]] bool IsWritable(const Message& message, std::size_t index);

}  // namespace solana
