#include "solana/message.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "solana/compact_u16.h"
#include "solana/reader.h"

namespace solana {

namespace {

constexpr std::uint8_t kVersionMark = 0x80;
constexpr std::size_t kAccountsMax = 256;

base::Error BadMessage(std::string detail) {
    return base::InvalidArgument("bad_message", std::move(detail));
}

base::Error TooLarge(std::size_t size) {
    return base::InvalidArgument(
        "tx_too_large",
        "the transaction would have " + std::to_string(size) + " bytes or more, 1232 are allowed");
}

// What all instructions together want of an account.
struct Role {
    bool signer = false;
    bool writable = false;
    bool program = false;
};

// Accounts in the order of their first appearance, the payer at the head.
struct Roles {
    std::vector<Pubkey> order;
    std::map<Pubkey, Role> of;

    Role& Of(const Pubkey& key) {
        const auto [entry, added] = of.try_emplace(key);
        if (added) {
            order.push_back(key);
        }
        return entry->second;
    }
};

Roles CollectRoles(const MessageParts& parts) {
    Roles roles;
    roles.Of(parts.payer) = Role{true, true, false};
    for (const Instruction& instruction : parts.instructions) {
        for (const AccountMeta& account : instruction.accounts) {
            Role& role = roles.Of(account.key);
            role.signer = role.signer || account.signer;
            role.writable = role.writable || account.writable;
        }
        roles.Of(instruction.program).program = true;
    }
    return roles;
}

std::optional<std::size_t> PlaceIn(const LookupTable& table, const Pubkey& key) {
    // An index is one byte.
    const std::size_t size = std::min(table.addresses.size(), kAccountsMax);
    const auto end = table.addresses.begin() + static_cast<std::ptrdiff_t>(size);
    const auto found = std::find(table.addresses.begin(), end, key);
    if (found == end) {
        return std::nullopt;
    }
    return static_cast<std::size_t>(found - table.addresses.begin());
}

struct Loaded {
    std::vector<Pubkey> writable;
    std::vector<Pubkey> readonly;
};

// Moves what a table holds out of the static keys. The looked-up accounts are in the order of the
// tables.
Loaded TakeFromTables(const MessageParts& parts, Roles& roles, Message& message) {
    Loaded loaded;
    for (const LookupTable& table : parts.tables) {
        TableLookup lookup;
        lookup.table = table.key;
        std::vector<Pubkey> kept;
        for (const Pubkey& key : roles.order) {
            const Role& role = roles.of.at(key);
            const auto place = PlaceIn(table, key);
            if (role.signer || role.program || !place) {
                kept.push_back(key);
                continue;
            }
            auto& indexes = role.writable ? lookup.writable : lookup.readonly;
            indexes.push_back(static_cast<std::uint8_t>(*place));
            (role.writable ? loaded.writable : loaded.readonly).push_back(key);
        }
        if (kept.size() != roles.order.size()) {
            roles.order = std::move(kept);
            message.lookups.push_back(std::move(lookup));
        }
    }
    return loaded;
}

int GroupOf(const Role& role) {
    return (role.signer ? 0 : 2) + (role.writable ? 0 : 1);
}

void PlaceStaticKeys(const Roles& roles, Message& message) {
    message.account_keys = roles.order;
    std::stable_sort(message.account_keys.begin(),
                     message.account_keys.end(),
                     [&](const Pubkey& left, const Pubkey& right) {
                         return GroupOf(roles.of.at(left)) < GroupOf(roles.of.at(right));
                     });
    const auto count = [&](bool signer, bool readonly_only) {
        const auto matches = [&](const Pubkey& key) {
            const Role& role = roles.of.at(key);
            return role.signer == signer && !(readonly_only && role.writable);
        };
        return static_cast<std::uint8_t>(
            std::count_if(message.account_keys.begin(), message.account_keys.end(), matches));
    };
    message.header = {count(true, false), count(true, true), count(false, true)};
}

void AppendKey(base::Bytes& target, const Pubkey& key) {
    base::Append(target, key.bytes);
}

void AppendBlock(base::Bytes& target, const base::Bytes& block) {
    AppendCompactU16(target, static_cast<std::uint16_t>(block.size()));
    base::Append(target, block);
}

base::Result<> CheckHeader(const Message& message) {
    const MessageHeader& header = message.header;
    const std::size_t keys = message.account_keys.size();
    if (header.readonly_signed >= header.required_signatures) {
        return BadMessage("the fee payer must be a writable signer");
    }
    if (std::size_t{header.required_signatures} + header.readonly_unsigned > keys) {
        return BadMessage("the header counts more accounts than there are");
    }
    const std::set<Pubkey> unique(message.account_keys.begin(), message.account_keys.end());
    if (unique.size() != keys) {
        return BadMessage("an account appears twice");
    }
    return {};
}

base::Result<> CheckIndexes(const Message& message) {
    const std::size_t keys = message.account_keys.size();
    std::size_t all = keys;
    for (const TableLookup& lookup : message.lookups) {
        if (lookup.writable.empty() && lookup.readonly.empty()) {
            return BadMessage("a lookup table is named for nothing");
        }
        all += lookup.writable.size() + lookup.readonly.size();
    }
    if (all > kAccountsMax) {
        return BadMessage("a transaction has at most 256 accounts");
    }
    for (const CompiledInstruction& instruction : message.instructions) {
        if (instruction.program_index == 0 || instruction.program_index >= keys) {
            return BadMessage("an instruction's program is not a static account");
        }
        for (const std::uint8_t index : instruction.accounts) {
            if (index >= all) {
                return BadMessage("an instruction names an account that is not there");
            }
        }
    }
    return {};
}

base::Result<> CheckMessage(const Message& message) {
    BASE_RETURN_IF_ERROR(CheckHeader(message));
    return CheckIndexes(message);
}

}  // namespace

base::Result<Message> CompileMessage(const MessageParts& parts) {
    if (parts.instructions.empty()) {
        return BadMessage("a transaction has instructions");
    }
    if (parts.version == MessageVersion::kLegacy && !parts.tables.empty()) {
        return BadMessage("a legacy message has no lookup tables");
    }
    Message message;
    message.version = parts.version;
    message.recent_blockhash = parts.recent_blockhash;
    Roles roles = CollectRoles(parts);
    if (roles.order.size() > kAccountsMax) {
        return BadMessage("a transaction has at most 256 accounts");
    }
    const Loaded loaded = TakeFromTables(parts, roles, message);
    if (roles.order.size() * sizeof(Pubkey) > kTransactionSizeMax) {
        return TooLarge(roles.order.size() * sizeof(Pubkey));
    }
    PlaceStaticKeys(roles, message);
    std::map<Pubkey, std::uint8_t> index_of;
    for (const std::vector<Pubkey>* group :
         {&std::as_const(message.account_keys), &loaded.writable, &loaded.readonly}) {
        for (const Pubkey& key : *group) {
            index_of.emplace(key, static_cast<std::uint8_t>(index_of.size()));
        }
    }
    for (const Instruction& instruction : parts.instructions) {
        CompiledInstruction compiled;
        compiled.program_index = index_of.at(instruction.program);
        for (const AccountMeta& account : instruction.accounts) {
            compiled.accounts.push_back(index_of.at(account.key));
        }
        compiled.data = instruction.data;
        message.instructions.push_back(std::move(compiled));
    }
    BASE_RETURN_IF_ERROR(CheckMessage(message));
    constexpr std::size_t kSignatureSize = 64;
    const std::size_t size =
        1 + kSignatureSize * message.header.required_signatures + SerializeMessage(message).size();
    if (size > kTransactionSizeMax) {
        return base::InvalidArgument(
            "tx_too_large",
            "the transaction would have " + std::to_string(size) + " bytes, 1232 are allowed");
    }
    return message;
}

base::Bytes SerializeMessage(const Message& message) {
    base::Bytes bytes;
    if (message.version == MessageVersion::kV0) {
        bytes.push_back(kVersionMark);
    }
    bytes.push_back(message.header.required_signatures);
    bytes.push_back(message.header.readonly_signed);
    bytes.push_back(message.header.readonly_unsigned);
    AppendCompactU16(bytes, static_cast<std::uint16_t>(message.account_keys.size()));
    for (const Pubkey& key : message.account_keys) {
        AppendKey(bytes, key);
    }
    AppendKey(bytes, message.recent_blockhash);
    AppendCompactU16(bytes, static_cast<std::uint16_t>(message.instructions.size()));
    for (const CompiledInstruction& instruction : message.instructions) {
        bytes.push_back(instruction.program_index);
        AppendBlock(bytes, instruction.accounts);
        AppendBlock(bytes, instruction.data);
    }
    if (message.version == MessageVersion::kV0) {
        AppendCompactU16(bytes, static_cast<std::uint16_t>(message.lookups.size()));
        for (const TableLookup& lookup : message.lookups) {
            AppendKey(bytes, lookup.table);
            AppendBlock(bytes, lookup.writable);
            AppendBlock(bytes, lookup.readonly);
        }
    }
    return bytes;
}

base::Result<Message> ParseMessage(base::ByteView bytes) {
    constexpr std::size_t kInstructionSizeMin = 3;
    constexpr std::size_t kLookupSizeMin = 34;
    if (bytes.size() > kTransactionSizeMax) {
        return BadMessage("the message is too large");
    }
    Reader reader(bytes);
    Message message;
    std::uint8_t first = reader.U8();
    if ((first & kVersionMark) != 0) {
        if (first != kVersionMark) {
            return BadMessage("only messages of version 0 and legacy ones are known");
        }
        message.version = MessageVersion::kV0;
        first = reader.U8();
    }
    message.header.required_signatures = first;
    message.header.readonly_signed = reader.U8();
    message.header.readonly_unsigned = reader.U8();
    message.account_keys.resize(reader.Count(sizeof(Pubkey)));
    for (Pubkey& key : message.account_keys) {
        key = reader.Key();
    }
    message.recent_blockhash = reader.Key();
    message.instructions.resize(reader.Count(kInstructionSizeMin));
    for (CompiledInstruction& instruction : message.instructions) {
        instruction.program_index = reader.U8();
        instruction.accounts = reader.Block();
        instruction.data = reader.Block();
    }
    if (message.version == MessageVersion::kV0) {
        message.lookups.resize(reader.Count(kLookupSizeMin));
        for (TableLookup& lookup : message.lookups) {
            lookup.table = reader.Key();
            lookup.writable = reader.Block();
            lookup.readonly = reader.Block();
        }
    }
    if (!reader.Complete()) {
        return BadMessage("the message is cut short, too long or malformed");
    }
    BASE_RETURN_IF_ERROR(CheckMessage(message));
    return message;
}

bool IsSigner(const Message& message, std::size_t index) {
    return index < message.header.required_signatures;
}

bool IsWritable(const Message& message, std::size_t index) {
    const MessageHeader& header = message.header;
    if (IsSigner(message, index)) {
        return index < std::size_t{header.required_signatures} - header.readonly_signed;
    }
    return index < message.account_keys.size() - header.readonly_unsigned;
}

}  // namespace solana
