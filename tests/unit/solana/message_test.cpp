#include "solana/message.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "unit/solana/samples.h"

namespace {

using samples::KeyOf;
using samples::Plain;
using samples::ReasonOf;
using solana::Message;
using solana::MessageParts;
using solana::MessageVersion;

constexpr std::array kVersions = {MessageVersion::kLegacy, MessageVersion::kV0};

TEST(Message, GroupsAccountsByTheirRoles) {
    const Message message =
        solana::CompileMessage(samples::Transfer(MessageVersion::kLegacy)).value();
    EXPECT_EQ(message.account_keys[0], KeyOf(1));
    EXPECT_EQ(message.account_keys[1], KeyOf(2));
    EXPECT_EQ(message.header, (solana::MessageHeader{1, 0, 2}));
    EXPECT_TRUE(solana::IsSigner(message, 0));
    EXPECT_FALSE(solana::IsSigner(message, 1));
    EXPECT_TRUE(solana::IsWritable(message, 0));
    EXPECT_TRUE(solana::IsWritable(message, 1));
    EXPECT_FALSE(solana::IsWritable(message, 2));
    EXPECT_FALSE(solana::IsWritable(message, 3));
}

TEST(Message, StrongestRoleWins) {
    MessageParts parts = samples::Transfer(MessageVersion::kLegacy);
    // Read only first, then a writable signer.
    parts.instructions = {solana::Memo("hello", {KeyOf(2)}),
                          solana::TransferLamports({KeyOf(2), KeyOf(3), 1})};
    const Message message = solana::CompileMessage(parts).value();
    EXPECT_EQ(message.header, (solana::MessageHeader{2, 0, 2}));
    EXPECT_TRUE(solana::IsWritable(message, 1));
    parts.instructions = {solana::Memo("hello", {KeyOf(2)})};
    EXPECT_EQ(solana::CompileMessage(parts)->header, (solana::MessageHeader{2, 1, 1}));
}

TEST(Message, TablesHoldWhatNeitherSignsNorRuns) {
    MessageParts parts = samples::Transfer(MessageVersion::kV0);
    parts.tables = {{Plain(50), {Plain(1), KeyOf(1), KeyOf(2), solana::SystemProgram()}},
                    {Plain(51), {KeyOf(2)}}};
    const Message message = solana::CompileMessage(parts).value();
    ASSERT_EQ(message.lookups.size(), 1U);  // the second table has nothing left to give
    EXPECT_EQ(message.lookups[0], (solana::TableLookup{Plain(50), {2}, {}}));
    EXPECT_EQ(message.account_keys.size(), 3U);
    EXPECT_EQ(message.instructions[1].accounts, (base::Bytes{0, 3}));
    EXPECT_EQ(solana::ParseMessage(solana::SerializeMessage(message)).value(), message);
}

TEST(Message, LookedUpAccountsCountWritableOnesFirst) {
    MessageParts parts = samples::Transfer(MessageVersion::kV0);
    solana::Instruction instruction;
    instruction.program = Plain(30);
    instruction.accounts = {{Plain(1), false, false}, {Plain(2), false, true}};
    parts.instructions = {instruction};
    parts.tables = {{Plain(50), {Plain(1)}}, {Plain(51), {Plain(2)}}};
    const Message message = solana::CompileMessage(parts).value();
    EXPECT_EQ(message.instructions[0].accounts, (base::Bytes{3, 2}));
}

TEST(Message, CompileRefusesWhatCannotBeSent) {
    MessageParts empty = samples::Transfer(MessageVersion::kLegacy);
    empty.instructions.clear();
    EXPECT_EQ(ReasonOf(solana::CompileMessage(empty)), "bad_message");
    MessageParts tables = samples::Transfer(MessageVersion::kLegacy);
    tables.tables = {{Plain(50), {}}};
    EXPECT_EQ(ReasonOf(solana::CompileMessage(tables)), "bad_message");
    MessageParts payer = samples::Transfer(MessageVersion::kLegacy);
    payer.payer = solana::SystemProgram();
    EXPECT_EQ(ReasonOf(solana::CompileMessage(payer)), "bad_message");
    MessageParts large = samples::Transfer(MessageVersion::kLegacy);
    large.instructions.push_back(solana::Memo(std::string(1000, 'a'), {}));
    EXPECT_EQ(ReasonOf(solana::CompileMessage(large)), "tx_too_large");
    MessageParts many = samples::Transfer(MessageVersion::kLegacy);
    for (unsigned number = 0; number < 250; ++number) {
        many.instructions[1].accounts.push_back(
            {Plain(static_cast<std::uint8_t>(number)), false, false});
    }
    EXPECT_EQ(ReasonOf(solana::CompileMessage(many)), "tx_too_large");
}

TEST(Message, FillsATransactionToTheLastByte) {
    MessageParts parts = samples::Transfer(MessageVersion::kLegacy);
    parts.instructions = {solana::Memo(std::string(500, 'a'), {})};
    const std::size_t size =
        1 + 64 + solana::SerializeMessage(solana::CompileMessage(parts).value()).size();
    const std::size_t room = solana::kTransactionSizeMax - size;
    parts.instructions = {solana::Memo(std::string(500 + room, 'a'), {})};
    EXPECT_TRUE(solana::CompileMessage(parts).has_value());
    parts.instructions = {solana::Memo(std::string(500 + room + 1, 'a'), {})};
    EXPECT_EQ(ReasonOf(solana::CompileMessage(parts)), "tx_too_large");
}

TEST(Message, NamesAtMost256Accounts) {
    const auto with = [](unsigned looked_up) {
        MessageParts parts;
        parts.version = MessageVersion::kV0;
        parts.payer = KeyOf(1);
        solana::Instruction instruction;
        instruction.program = solana::MemoProgram();
        solana::LookupTable table{Plain(250), {}};
        for (unsigned number = 0; number < looked_up; ++number) {
            solana::Pubkey key = Plain(7);
            key.bytes[0] = static_cast<std::uint8_t>(number >> 8);
            key.bytes[1] = static_cast<std::uint8_t>(number);
            table.addresses.push_back(key);
            instruction.accounts.push_back({key, false, false});
        }
        parts.instructions = {instruction};
        parts.tables = {table};
        return solana::CompileMessage(parts);
    };
    const Message most = with(254).value();  // and the payer and the program
    EXPECT_EQ(solana::ParseMessage(solana::SerializeMessage(most)).value(), most);
    EXPECT_EQ(most.instructions[0].accounts.back(), 255);
    EXPECT_EQ(ReasonOf(with(255)), "bad_message");
}

// What validators refuse, one change each.
TEST(Message, ParseRefusesWhatValidatorsRefuse) {
    const Message good = solana::CompileMessage(samples::Transfer(MessageVersion::kV0)).value();
    const auto reason = [&good](void (*change)(Message&)) {
        Message message = good;
        change(message);
        return ReasonOf(solana::ParseMessage(solana::SerializeMessage(message)));
    };
    EXPECT_EQ(reason([](Message&) {}), "");
    EXPECT_EQ(reason([](Message& m) { m.header.required_signatures = 0; }), "bad_message");
    EXPECT_EQ(reason([](Message& m) { m.header.readonly_signed = 1; }), "bad_message");
    EXPECT_EQ(reason([](Message& m) { m.header.readonly_unsigned = 4; }), "bad_message");
    EXPECT_EQ(reason([](Message& m) { m.account_keys[1] = m.account_keys[0]; }), "bad_message");
    EXPECT_EQ(reason([](Message& m) { m.instructions[0].program_index = 0; }), "bad_message");
    EXPECT_EQ(reason([](Message& m) { m.instructions[0].program_index = 4; }), "bad_message");
    EXPECT_EQ(reason([](Message& m) { m.instructions[1].accounts[0] = 4; }), "bad_message");
    EXPECT_EQ(reason([](Message& m) {
                  m.lookups = {{samples::Plain(50), {}, {}}};
              }),
              "bad_message");
    // A program that is looked up.
    EXPECT_EQ(reason([](Message& m) {
                  m.lookups = {{samples::Plain(50), {0}, {}}};
                  m.instructions[0].program_index = 4;
              }),
              "bad_message");
    EXPECT_EQ(reason([](Message& m) {
                  m.lookups = {{samples::Plain(50), base::Bytes(253, 0), {}}};
              }),
              "bad_message");
}

TEST(Message, ParseKnowsTwoVersions) {
    base::Bytes bytes = solana::SerializeMessage(
        solana::CompileMessage(samples::Transfer(MessageVersion::kV0)).value());
    bytes[0] = 0x81;
    EXPECT_EQ(ReasonOf(solana::ParseMessage(bytes)), "bad_message");
    EXPECT_EQ(ReasonOf(solana::ParseMessage({})), "bad_message");
    EXPECT_EQ(ReasonOf(solana::ParseMessage(base::Bytes(1233, 1))), "bad_message");
}

RC_GTEST_PROP(MessageProperty, EveryChangedByteIsRefusedOrReadsBack, ()) {
    base::Bytes bytes = solana::SerializeMessage(
        solana::CompileMessage(samples::Transfer(*rc::gen::elementOf(kVersions))).value());
    const auto place = *rc::gen::inRange<std::size_t>(0, bytes.size());
    bytes[place] = *rc::gen::arbitrary<std::uint8_t>();
    const auto parsed = solana::ParseMessage(bytes);
    if (parsed) {
        RC_ASSERT(solana::SerializeMessage(*parsed) == bytes);
    }
    bytes.resize(place);
    RC_ASSERT(ReasonOf(solana::ParseMessage(bytes)) == "bad_message");
}

RC_GTEST_PROP(MessageProperty, AnyBytesAreAnswered, (const base::Bytes& bytes)) {
    const auto parsed = solana::ParseMessage(bytes);
    if (parsed) {
        RC_ASSERT(solana::SerializeMessage(*parsed) == bytes);
    }
}

// Compiling keeps every instruction's accounts and their roles.
RC_GTEST_PROP(MessageProperty, CompiledAccountsAreTheGivenOnes, ()) {
    MessageParts parts;
    parts.version = MessageVersion::kV0;
    parts.payer = Plain(100);
    parts.instructions.resize(*rc::gen::inRange<std::size_t>(1, 4));
    for (solana::Instruction& instruction : parts.instructions) {
        instruction.program = Plain(*rc::gen::inRange<std::uint8_t>(200, 203));
        instruction.accounts.resize(*rc::gen::inRange<std::size_t>(0, 5));
        for (solana::AccountMeta& account : instruction.accounts) {
            account.key = Plain(*rc::gen::inRange<std::uint8_t>(0, 8));
            account.signer = *rc::gen::inRange(0, 4) == 0;
            account.writable = *rc::gen::arbitrary<bool>();
        }
    }
    parts.tables = {{Plain(150), {Plain(3), Plain(0)}}, {Plain(151), {Plain(3), Plain(5)}}};
    const Message message = solana::CompileMessage(parts).value();
    std::vector<solana::Pubkey> all = message.account_keys;
    for (const bool writable : {true, false}) {
        for (const solana::TableLookup& lookup : message.lookups) {
            const auto& table = lookup.table == Plain(150) ? parts.tables[0] : parts.tables[1];
            for (const std::uint8_t index : writable ? lookup.writable : lookup.readonly) {
                all.push_back(table.addresses[index]);
            }
        }
    }
    RC_ASSERT(all[0] == parts.payer);
    for (std::size_t i = 0; i < parts.instructions.size(); ++i) {
        const auto& given = parts.instructions[i];
        const auto& compiled = message.instructions[i];
        RC_ASSERT(all[compiled.program_index] == given.program);
        RC_ASSERT(compiled.accounts.size() == given.accounts.size());
        for (std::size_t k = 0; k < given.accounts.size(); ++k) {
            const std::size_t index = compiled.accounts[k];
            RC_ASSERT(all[index] == given.accounts[k].key);
            RC_ASSERT(!given.accounts[k].signer || solana::IsSigner(message, index));
            RC_ASSERT(index >= message.account_keys.size() || !given.accounts[k].writable ||
                      solana::IsWritable(message, index));
        }
    }
    RC_ASSERT(solana::ParseMessage(solana::SerializeMessage(message)).value() == message);
}

}  // namespace
