#include <array>
#include <utility>

#include "base/hex.h"
#include "crypto/base58.h"
#include "crypto/base64.h"
#include "crypto/ed25519.h"
#include "money/uint256.h"
#include "solana/compact_u16.h"
#include "solana/instructions.h"
#include "solana/message.h"
#include "solana/pda.h"
#include "solana/pubkey.h"
#include "solana/transaction.h"
#include "vectors/oracle.h"

namespace oracle {

namespace {

using base::HexEncode;
using solana::Pubkey;

base::Result<Pubkey> KeyIn(const Json& in, const char* name) {
    return Pubkey::Parse(Text(in, name));
}

// A decimal text, or a number where it is small.
base::Result<std::uint64_t> NumberIn(const Json& in, const char* name) {
    if (in.at(name).is_number()) {
        return in.at(name).get<std::uint64_t>();
    }
    BASE_ASSIGN_OR_RETURN(const money::UInt256 value, money::UInt256::Parse(Text(in, name)));
    return value.ToUint64();
}

Answer ParsePubkey(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const Pubkey key, KeyIn(in, "text"));
    return Ok({{"bytes", HexEncode(key.bytes)}});
}

Answer EncodeLength(const Json& in) {
    const auto value = in.at("value").get<std::uint64_t>();
    if (value > 0xffff) {
        return base::InvalidArgument("bad_message", "a length has 16 bits");
    }
    base::Bytes data;
    solana::AppendCompactU16(data, static_cast<std::uint16_t>(value));
    return Ok({{"data", HexEncode(data)}});
}

Answer DecodeLength(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const base::Bytes data, Hex(in, "data"));
    BASE_ASSIGN_OR_RETURN(const auto decoded, solana::DecodeCompactU16(data));
    return Ok({{"value", decoded.value}, {"size", decoded.size}});
}

Answer OnCurve(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const auto bytes, HexArray<32>(in, "bytes"));
    return Ok({{"on_curve", Pubkey{bytes}.IsOnCurve()}});
}

base::Result<std::vector<base::Bytes>> SeedsIn(const Json& in) {
    std::vector<base::Bytes> seeds;
    for (const Json& seed : in.at("seeds")) {
        BASE_ASSIGN_OR_RETURN(base::Bytes bytes, base::HexDecode(seed.get<std::string>()));
        seeds.push_back(std::move(bytes));
    }
    return seeds;
}

Answer CreateProgramAddress(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const auto seeds, SeedsIn(in));
    BASE_ASSIGN_OR_RETURN(const Pubkey program, KeyIn(in, "program_id"));
    BASE_ASSIGN_OR_RETURN(const Pubkey address, solana::CreateProgramAddress(seeds, program));
    return Ok({{"address", address.ToString()}});
}

Json Describe(const solana::ProgramAddress& derived) {
    return {{"address", derived.address.ToString()}, {"bump", derived.bump}};
}

Answer FindProgramAddress(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const auto seeds, SeedsIn(in));
    BASE_ASSIGN_OR_RETURN(const Pubkey program, KeyIn(in, "program_id"));
    BASE_ASSIGN_OR_RETURN(const auto derived, solana::FindProgramAddress(seeds, program));
    return Ok(Describe(derived));
}

base::Result<solana::TokenAccountKey> TokenAccountIn(const Json& in, const char* owner) {
    solana::TokenAccountKey key;
    BASE_ASSIGN_OR_RETURN(key.owner, KeyIn(in, owner));
    BASE_ASSIGN_OR_RETURN(key.mint, KeyIn(in, "mint"));
    BASE_ASSIGN_OR_RETURN(key.token_program, KeyIn(in, "token_program"));
    return key;
}

Answer TokenAccount(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const auto key, TokenAccountIn(in, "wallet"));
    BASE_ASSIGN_OR_RETURN(const auto derived, solana::AssociatedTokenAddress(key));
    return Ok(Describe(derived));
}

Answer CreateWithSeed(const Json& in) {
    const std::string seed = Text(in, "seed");
    solana::SeededKey key;
    key.seed = seed;
    BASE_ASSIGN_OR_RETURN(key.base, KeyIn(in, "base"));
    BASE_ASSIGN_OR_RETURN(key.program, KeyIn(in, "program_id"));
    BASE_ASSIGN_OR_RETURN(const Pubkey address, solana::CreateWithSeed(key));
    return Ok({{"address", address.ToString()}});
}

base::Result<solana::Instruction> InstructionIn(const Json& in) {
    solana::Instruction instruction;
    BASE_ASSIGN_OR_RETURN(instruction.program, KeyIn(in, "program_id"));
    for (const Json& entry : in.at("accounts")) {
        solana::AccountMeta account;
        BASE_ASSIGN_OR_RETURN(account.key, KeyIn(entry, "pubkey"));
        account.signer = entry.at("signer").get<bool>();
        account.writable = entry.at("writable").get<bool>();
        instruction.accounts.push_back(account);
    }
    BASE_ASSIGN_OR_RETURN(instruction.data, Hex(in, "data"));
    return instruction;
}

base::Result<solana::LookupTable> TableIn(const Json& in) {
    solana::LookupTable table;
    BASE_ASSIGN_OR_RETURN(table.key, KeyIn(in, "key"));
    for (const Json& address : in.at("addresses")) {
        BASE_ASSIGN_OR_RETURN(const Pubkey key, Pubkey::Parse(address.get<std::string>()));
        table.addresses.push_back(key);
    }
    return table;
}

base::Result<solana::MessageParts> PartsIn(const Json& in) {
    solana::MessageParts parts;
    parts.version = in.at("version").is_string() ? solana::MessageVersion::kLegacy
                                                 : solana::MessageVersion::kV0;
    BASE_ASSIGN_OR_RETURN(parts.payer, KeyIn(in, "payer"));
    BASE_ASSIGN_OR_RETURN(parts.recent_blockhash, KeyIn(in, "recent_blockhash"));
    for (const Json& entry : in.at("instructions")) {
        BASE_ASSIGN_OR_RETURN(solana::Instruction instruction, InstructionIn(entry));
        parts.instructions.push_back(std::move(instruction));
    }
    for (const Json& entry : in.value("lookup_tables", Json::array())) {
        BASE_ASSIGN_OR_RETURN(solana::LookupTable table, TableIn(entry));
        parts.tables.push_back(std::move(table));
    }
    return parts;
}

base::Result<std::vector<secret::Bytes>> PrivateKeysIn(const Json& in) {
    std::vector<secret::Bytes> keys;
    for (const Json& entry : in.at("private_keys")) {
        BASE_ASSIGN_OR_RETURN(const base::Bytes bytes, base::HexDecode(entry.get<std::string>()));
        keys.push_back(secret::Bytes::Copy(bytes));
    }
    return keys;
}

Json SignaturesOf(const solana::Transaction& transaction) {
    Json signatures = Json::array();
    for (const auto& signature : transaction.signatures) {
        signatures.push_back(crypto::Base58Encode(signature));
    }
    return signatures;
}

base::Result<> AddSigned(const solana::Message& message, const Json& in, Json& out) {
    BASE_ASSIGN_OR_RETURN(const auto keys, PrivateKeysIn(in));
    BASE_ASSIGN_OR_RETURN(const auto transaction, solana::SignMessage(message, keys));
    out["signatures"] = SignaturesOf(transaction);
    out["transaction_base64"] = crypto::Base64Encode(solana::SerializeTransaction(transaction));
    return {};
}

Answer CompileMessage(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const auto parts, PartsIn(in));
    BASE_ASSIGN_OR_RETURN(const auto message, solana::CompileMessage(parts));
    const base::Bytes bytes = solana::SerializeMessage(message);
    Json out = {{"message", HexEncode(bytes)}, {"message_base64", crypto::Base64Encode(bytes)}};
    if (in.contains("private_keys")) {
        BASE_RETURN_IF_ERROR(AddSigned(message, in, out));
    }
    return Ok(std::move(out));
}

base::Result<solana::Message> MessageIn(const Json& in) {
    if (in.contains("message")) {
        BASE_ASSIGN_OR_RETURN(const base::Bytes bytes, Hex(in, "message"));
        return solana::ParseMessage(bytes);
    }
    BASE_ASSIGN_OR_RETURN(const base::Bytes bytes,
                          crypto::Base64Decode(Text(in, "message_base64")));
    return solana::ParseMessage(bytes);
}

Answer SignTransaction(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const auto message, MessageIn(in));
    Json out;
    BASE_RETURN_IF_ERROR(AddSigned(message, in, out));
    return Ok(std::move(out));
}

Answer SignMessage(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const secret::Bytes key, SecretHex(in, "private_key"));
    BASE_ASSIGN_OR_RETURN(const base::Bytes message, Hex(in, "message"));
    BASE_ASSIGN_OR_RETURN(const auto signature, crypto::Ed25519Sign(key, message));
    return Ok({{"signature", HexEncode(signature)}});
}

Json Describe(const solana::Message& message) {
    Json keys = Json::array();
    for (const Pubkey& key : message.account_keys) {
        keys.push_back(key.ToString());
    }
    Json instructions = Json::array();
    for (const auto& instruction : message.instructions) {
        instructions.push_back({{"program_index", instruction.program_index},
                                {"accounts", instruction.accounts},
                                {"data", HexEncode(instruction.data)}});
    }
    const bool is_legacy = message.version == solana::MessageVersion::kLegacy;
    Json out = {{"version", is_legacy ? Json("legacy") : Json(0)},
                {"header",
                 {message.header.required_signatures,
                  message.header.readonly_signed,
                  message.header.readonly_unsigned}},
                {"account_keys", keys},
                {"recent_blockhash", message.recent_blockhash.ToString()},
                {"instructions", instructions}};
    if (!is_legacy) {
        out["lookups"] = Json::array();
        for (const auto& lookup : message.lookups) {
            out["lookups"].push_back({{"key", lookup.table.ToString()},
                                      {"writable", lookup.writable},
                                      {"readonly", lookup.readonly}});
        }
    }
    return out;
}

Answer DecodeMessage(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const auto message, MessageIn(in));
    return Ok(Describe(message));
}

Answer DecodeTransaction(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const base::Bytes bytes,
                          crypto::Base64Decode(Text(in, "transaction_base64")));
    BASE_ASSIGN_OR_RETURN(const auto transaction, solana::ParseTransaction(bytes));
    return Ok({{"signatures", SignaturesOf(transaction)},
               {"message", Describe(transaction.message)},
               {"signatures_valid", solana::AllSignaturesValid(transaction)}});
}

Json Describe(const solana::Instruction& instruction) {
    Json accounts = Json::array();
    for (const auto& account : instruction.accounts) {
        accounts.push_back({{"pubkey", account.key.ToString()},
                            {"signer", account.signer},
                            {"writable", account.writable}});
    }
    return {{"program_id", instruction.program.ToString()},
            {"accounts", accounts},
            {"data", HexEncode(instruction.data)}};
}

Answer TransferInstruction(const Json& in) {
    solana::LamportTransfer transfer;
    BASE_ASSIGN_OR_RETURN(transfer.from, KeyIn(in, "from"));
    BASE_ASSIGN_OR_RETURN(transfer.to, KeyIn(in, "to"));
    BASE_ASSIGN_OR_RETURN(transfer.lamports, NumberIn(in, "lamports"));
    return Ok(Describe(solana::TransferLamports(transfer)));
}

Answer TokenTransferInstruction(const Json& in) {
    solana::TokenTransfer transfer;
    BASE_ASSIGN_OR_RETURN(transfer.token_program, KeyIn(in, "token_program"));
    BASE_ASSIGN_OR_RETURN(transfer.source, KeyIn(in, "source"));
    BASE_ASSIGN_OR_RETURN(transfer.mint, KeyIn(in, "mint"));
    BASE_ASSIGN_OR_RETURN(transfer.destination, KeyIn(in, "destination"));
    BASE_ASSIGN_OR_RETURN(transfer.owner, KeyIn(in, "owner"));
    BASE_ASSIGN_OR_RETURN(transfer.amount, NumberIn(in, "amount"));
    transfer.decimals = in.at("decimals").get<std::uint8_t>();
    return Ok(Describe(solana::TransferToken(transfer)));
}

Answer TokenAccountInstruction(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const Pubkey payer, KeyIn(in, "payer"));
    BASE_ASSIGN_OR_RETURN(const auto key,
                          TokenAccountIn(in, in.contains("owner") ? "owner" : "wallet"));
    BASE_ASSIGN_OR_RETURN(const auto instruction, solana::CreateTokenAccount(payer, key));
    return Ok(Describe(instruction));
}

Answer UnitLimitInstruction(const Json& in) {
    return Ok(Describe(solana::SetComputeUnitLimit(in.at("units").get<std::uint32_t>())));
}

Answer UnitPriceInstruction(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const std::uint64_t price, NumberIn(in, "micro_lamports"));
    return Ok(Describe(solana::SetComputeUnitPrice(price)));
}

Answer MemoInstruction(const Json& in) {
    std::vector<Pubkey> signers;
    for (const Json& entry : in.value("signers", Json::array())) {
        BASE_ASSIGN_OR_RETURN(const Pubkey key, Pubkey::Parse(entry.get<std::string>()));
        signers.push_back(key);
    }
    return Ok(Describe(solana::Memo(Text(in, in.contains("text") ? "text" : "memo"), signers)));
}

}  // namespace

std::span<const Operation> SolOperations() {
    static constexpr auto table = std::to_array<Operation>({
        {"sol.pubkey", ParsePubkey},
        {"sol.compact_u16_encode", EncodeLength},
        {"sol.compact_u16_decode", DecodeLength},
        {"sol.is_on_curve", OnCurve},
        {"sol.create_program_address", CreateProgramAddress},
        {"sol.find_program_address", FindProgramAddress},
        {"sol.ata", TokenAccount},
        {"sol.create_with_seed", CreateWithSeed},
        {"sol.compile_message", CompileMessage},
        {"sol.sign_transaction", SignTransaction},
        {"sol.sign_message", SignMessage},
        {"sol.decode_message", DecodeMessage},
        {"sol.decode_transaction", DecodeTransaction},
        {"sol.ix_transfer", TransferInstruction},
        {"sol.ix_token_transfer_checked", TokenTransferInstruction},
        {"sol.ix_create_ata_idempotent", TokenAccountInstruction},
        {"sol.ix_compute_unit_limit", UnitLimitInstruction},
        {"sol.ix_compute_unit_price", UnitPriceInstruction},
        {"sol.ix_memo", MemoInstruction},
    });
    return table;
}

}  // namespace oracle
