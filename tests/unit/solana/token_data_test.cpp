// Mints and token accounts as nodes show them, byte for byte.
#include "solana/token_data.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <string>
#include <string_view>

#include "unit/solana/samples.h"

namespace {

using samples::Plain;
using samples::ReasonOf;
using solana::NodeAccount;

constexpr std::uint8_t kMint = 1;
constexpr std::uint8_t kAccount = 2;

NodeAccount Mint(const solana::Pubkey& program) {
    NodeAccount account;
    account.owner = program;
    account.data.resize(82);
    account.data[44] = 6;
    account.data[45] = 1;
    return account;
}

NodeAccount Holding(const solana::Pubkey& program) {
    NodeAccount account;
    account.owner = program;
    account.data = base::ToBytes(Plain(1).bytes);
    base::Append(account.data, Plain(2).bytes);
    account.data.resize(165);
    account.data[64] = 0x39;
    account.data[65] = 0x05;
    account.data[71] = 0x80;
    account.data[108] = 1;
    return account;
}

void AppendNumber(base::Bytes& target, std::size_t value, int size) {
    for (int i = 0; i < size; ++i) {
        target.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    }
}

// Token-2022: padded to the longer layout, then the kind, then the extensions.
NodeAccount Extended(NodeAccount account, std::uint8_t kind) {
    account.owner = solana::Token2022Program();
    account.data.resize(165);
    account.data.push_back(kind);
    return account;
}

void Extend(NodeAccount& account, std::size_t type, base::ByteView value) {
    AppendNumber(account.data, type, 2);
    AppendNumber(account.data, value.size(), 2);
    base::Append(account.data, value);
}

base::Bytes Metadata(std::string_view name, std::string_view symbol) {
    base::Bytes value(64);
    for (const std::string_view text : {name, symbol, std::string_view("https://x")}) {
        AppendNumber(value, text.size(), 4);
        base::Append(value, base::AsBytes(text));
    }
    return value;
}

TEST(Mint, IsOfATokenProgramItsSizeAndInitialised) {
    EXPECT_EQ(solana::ReadMint(Mint(solana::TokenProgram()))->decimals, 6);
    EXPECT_EQ(solana::ReadMint(Mint(solana::Token2022Program()))->decimals, 6);
    EXPECT_EQ(ReasonOf(solana::ReadMint(Mint(solana::SystemProgram()))), "unknown_token");
    NodeAccount blank = Mint(solana::TokenProgram());
    blank.data[45] = 0;
    EXPECT_EQ(ReasonOf(solana::ReadMint(blank)), "unknown_token");
    for (const std::size_t size : {0U, 44U, 81U, 83U, 165U, 166U}) {
        NodeAccount other = Mint(solana::TokenProgram());
        other.data.resize(size);
        EXPECT_EQ(ReasonOf(solana::ReadMint(other)), "unknown_token") << size;
    }
    // Longer ones are Token-2022's alone, and say what they are.
    NodeAccount longer = Extended(Mint(solana::TokenProgram()), kMint);
    EXPECT_EQ(ReasonOf(solana::ReadMint(longer)), "");
    longer.owner = solana::TokenProgram();
    EXPECT_EQ(ReasonOf(solana::ReadMint(longer)), "unknown_token");
    EXPECT_EQ(ReasonOf(solana::ReadMint(Extended(Mint(solana::TokenProgram()), kAccount))),
              "unknown_token");
}

TEST(Mint, HasTheNameOfItsOwnMetadata) {
    NodeAccount account = Extended(Mint(solana::TokenProgram()), kMint);
    Extend(account, 18, base::Bytes(64));
    Extend(account,
           19,
           Metadata("  Euro Coin\x01",
                    "EUR\xc3\xa9"
                    "C"));
    const auto mint = solana::ReadMint(account).value();
    EXPECT_EQ(mint.name, "Euro Coin");
    EXPECT_EQ(mint.symbol, "EURC");
    NodeAccount endless = Extended(Mint(solana::TokenProgram()), kMint);
    Extend(endless, 19, Metadata(std::string(1'000, 'n'), "S"));
    EXPECT_EQ(solana::ReadMint(endless)->name, std::string(32, 'n'));
    EXPECT_EQ(solana::ReadMint(endless)->symbol, "S");
}

TEST(Mint, NamesThatAreCutShortAreNone) {
    const auto name = [](const base::Bytes& value) {
        NodeAccount account = Extended(Mint(solana::TokenProgram()), kMint);
        Extend(account, 19, value);
        const auto mint = solana::ReadMint(account).value();
        return mint.name + "/" + mint.symbol;
    };
    base::Bytes value = Metadata("Euro", "EUR");
    EXPECT_EQ(name(value), "Euro/EUR");
    EXPECT_EQ(name(base::Bytes(63)), "/");
    EXPECT_EQ(name(base::Bytes(64)), "/");
    EXPECT_EQ(name(base::Bytes(67)), "/");
    value.resize(64 + 4 + 4 + 3);
    EXPECT_EQ(name(value), "Euro/");
    value.resize(64 + 4 + 3);
    EXPECT_EQ(name(value), "/");
    value = Metadata("Euro", "EUR");
    value[64 + 3] = 0xff;  // a length of four thousand million
    EXPECT_EQ(name(value), "/");
}

TEST(Mint, ExtensionsAreReadToTheEndOrRefused) {
    const auto with = [](const base::Bytes& tail) {
        NodeAccount account = Extended(Mint(solana::TokenProgram()), kMint);
        base::Append(account.data, tail);
        return ReasonOf(solana::ReadMint(account));
    };
    EXPECT_EQ(with({3, 0, 1, 0, 7}), "");
    EXPECT_EQ(with({3, 0, 2, 0, 7}), "token_not_supported");  // longer than what is there
    EXPECT_EQ(with({3, 0, 255, 255}), "token_not_supported");
    EXPECT_EQ(with({1, 0, 0, 0}), "token_not_supported");
    EXPECT_EQ(with({3, 1, 0, 0}), "token_not_supported");  // type 259
    EXPECT_EQ(with({3, 0, 0, 0, 14, 0, 0, 0}), "token_not_supported");
    EXPECT_EQ(with({0, 0, 0, 0, 14, 0, 0, 0}), "");  // after the end there is padding
    EXPECT_EQ(with({3, 0, 0}), "");                  // no room for a further one
    const auto refused = solana::ReadMint([] {
        NodeAccount account = Extended(Mint(solana::TokenProgram()), kMint);
        Extend(account, 14, base::Bytes(64));
        return account;
    }());
    EXPECT_NE(refused.error().detail.find("transfer hook"), std::string::npos);
}

TEST(TokenAccount, HasMintOwnerAndAmount) {
    const auto token = solana::ReadTokenAccount(Holding(solana::TokenProgram())).value();
    EXPECT_EQ(token.mint, Plain(1));
    EXPECT_EQ(token.owner, Plain(2));
    EXPECT_EQ(token.amount, 0x8000000000000539U);
    EXPECT_FALSE(token.frozen);
    NodeAccount frozen = Holding(solana::Token2022Program());
    frozen.data[108] = 2;
    EXPECT_TRUE(solana::ReadTokenAccount(frozen)->frozen);
}

TEST(TokenAccount, AnythingElseIsRefused) {
    const auto reason = [](const NodeAccount& account) {
        return ReasonOf(solana::ReadTokenAccount(account));
    };
    EXPECT_EQ(reason(Holding(solana::SystemProgram())), "token_not_supported");
    for (const int state : {0, 3, 255}) {
        NodeAccount other = Holding(solana::TokenProgram());
        other.data[108] = static_cast<std::uint8_t>(state);
        EXPECT_EQ(reason(other), "token_not_supported") << state;
    }
    for (const std::size_t size : {0U, 82U, 164U, 166U, 170U}) {
        NodeAccount other = Holding(solana::TokenProgram());
        other.data.resize(size);
        EXPECT_EQ(reason(other), "token_not_supported") << size;
    }
    EXPECT_EQ(reason(Extended(Holding(solana::TokenProgram()), kAccount)), "");
    EXPECT_EQ(reason(Extended(Holding(solana::TokenProgram()), kMint)), "token_not_supported");
}

RC_GTEST_PROP(TokenDataProperty, AnyBytesAreAnswered, (const base::Bytes& tail, bool mint)) {
    NodeAccount account = mint ? Extended(Mint(solana::TokenProgram()), kMint)
                               : Extended(Holding(solana::TokenProgram()), kAccount);
    base::Append(account.data, tail);
    account.data.resize(account.data.size() - *rc::gen::inRange<std::size_t>(0, 4));
    const std::string read = ReasonOf(solana::ReadMint(account));
    RC_ASSERT(read.empty() || read == "unknown_token" || read == "token_not_supported");
    RC_ASSERT(!read.empty() || mint);
    const std::string held = ReasonOf(solana::ReadTokenAccount(account));
    RC_ASSERT(held.empty() || held == "token_not_supported");
    RC_ASSERT(!held.empty() || !mint);
}

}  // namespace
