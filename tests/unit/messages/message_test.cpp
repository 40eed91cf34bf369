#include "messages/message.h"

#include <gtest/gtest.h>
#include <map>
#include <string>
#include <vector>

#include "base/hex.h"
#include "crypto/base64.h"
#include "crypto/secp256k1.h"
#include "evm/keys.h"
#include "solana/instructions.h"
#include "solana/keys.h"
#include "solana/message.h"
#include "utxo/address.h"
#include "utxo/script.h"

namespace {

using messages::Kind;
using messages::Message;

constexpr const char* kEthereum = "eip155:31337";
constexpr const char* kBinance = "eip155:97";
constexpr const char* kBitcoin = "bip122:0f9188f13cb7b2c71f2a335e3a4fc328";
constexpr const char* kZcash = "bip122:029f11d80ef9765602235e1bc9727e3e";
constexpr const char* kSolana = "solana:localnet";

base::Bytes Bytes(std::string_view text) {
    return base::ToBytes(base::AsBytes(text));
}

secret::Bytes Key() {
    return secret::Bytes::Copy(base::Bytes(32, 7));
}

std::string BitcoinAddress(utxo::ScriptType type) {
    const auto key = crypto::Secp256k1PublicKey::FromPrivate(Key()).value();
    return *utxo::BitcoinAddressOf(*utxo::ScriptOfKey(key, type), utxo::Network::kRegtest);
}

std::string ZcashAddress() {
    const auto key = crypto::Secp256k1PublicKey::FromPrivate(Key()).value();
    return *utxo::ZcashAddressOf(*utxo::ScriptOfKey(key, utxo::ScriptType::kP2pkh),
                                 utxo::Network::kRegtest);
}

std::string TypedData(const std::string& chain_id,
                      const std::string& type = "Vote",
                      const std::string& field = "choice") {
    return R"({"types": {"EIP712Domain": [{"name": "chainId", "type": "uint256"},
                                          {"name": "verifyingContract", "type": "address"}],
                         ")" +
           type + R"(": [{"name": ")" + field + R"(", "type": "uint256"}]},
               "primaryType": ")" +
           type + R"(", "domain": {"chainId": ")" + chain_id + R"(",
               "verifyingContract": "0xcccccccccccccccccccccccccccccccccccccccc"},
               "message": {")" +
           field + R"(": "1"}})";
}

std::string ReasonOf(const Message& message) {
    const auto checked = messages::CheckSignable(message);
    return checked ? "" : checked.error().reason;
}

struct Case {
    Message message;
    std::string address;
};

std::vector<Case> OneOfEach() {
    const std::string evm = evm::AddressOfKey(Key())->ToString();
    return {{{Kind::kPersonal, kEthereum, Bytes("hello")}, evm},
            {{Kind::kPersonal, kBinance, Bytes("")}, evm},
            {{Kind::kTypedData, kEthereum, Bytes(TypedData("31337"))}, evm},
            {{Kind::kBip322, kBitcoin, Bytes("hello")}, BitcoinAddress(utxo::ScriptType::kP2wpkh)},
            {{Kind::kBip322, kBitcoin, Bytes("hello")}, BitcoinAddress(utxo::ScriptType::kP2tr)},
            {{Kind::kBitcoinLegacy, kBitcoin, Bytes("hello")},
             BitcoinAddress(utxo::ScriptType::kP2pkh)},
            {{Kind::kBitcoinLegacy, kBitcoin, Bytes("hello")},
             BitcoinAddress(utxo::ScriptType::kP2wpkh)},
            {{Kind::kZcashLegacy, kZcash, Bytes("hello")}, ZcashAddress()},
            {{Kind::kSolanaOffchain, kSolana, Bytes("hello")},
             solana::AddressOfKey(Key())->ToString()}};
}

TEST(Messages, OfEveryKindAreSignedAndVerified) {
    for (const Case& one : OneOfEach()) {
        const std::string what =
            std::string(messages::KindName(one.message.kind)) + " " + one.address;
        const auto signature = messages::Sign(one.message, one.address, Key());
        ASSERT_TRUE(signature.has_value()) << what << " " << signature.error().detail;
        messages::Claim claim{
            one.message.kind, one.message.network, one.message.content, one.address, *signature};
        EXPECT_TRUE(messages::Verify(claim)->valid) << what;
        EXPECT_EQ(messages::Verify(claim)->reason, "") << what;
        if (one.message.kind != Kind::kTypedData) {
            claim.kind = std::nullopt;
            EXPECT_TRUE(messages::Verify(claim)->valid) << what << " by the signature alone";
            claim.content.push_back('!');
            EXPECT_FALSE(messages::Verify(claim)->valid) << what;
            EXPECT_EQ(messages::Verify(claim)->reason, "not_signed_by") << what;
        }
        claim.signature = "nonsense";
        EXPECT_EQ(messages::Verify(claim)->reason, "bad_signature") << what;
        claim.address = "0";
        EXPECT_EQ(messages::Verify(claim)->reason, "bad_address") << what;
    }
}

TEST(Messages, OfAnotherKeyAreNotSigned) {
    const auto stranger = secret::Bytes::Copy(base::Bytes(32, 8));
    for (const Case& one : OneOfEach()) {
        EXPECT_FALSE(messages::Sign(one.message, one.address, stranger))
            << messages::KindName(one.message.kind);
    }
}

TEST(Messages, StandardKindFollowsTheAddress) {
    const std::map<std::string, std::string> addresses = {
        {BitcoinAddress(utxo::ScriptType::kP2wpkh), "bip322"},
        {BitcoinAddress(utxo::ScriptType::kP2tr), "bip322"},
        {BitcoinAddress(utxo::ScriptType::kP2pkh), "bitcoin_legacy"},
        {BitcoinAddress(utxo::ScriptType::kP2sh), "bitcoin_legacy"}};
    for (const auto& [address, kind] : addresses) {
        EXPECT_EQ(messages::KindName(*messages::StandardKind(kBitcoin, address)), kind) << address;
    }
    EXPECT_EQ(*messages::StandardKind(kZcash, ZcashAddress()), Kind::kZcashLegacy);
    EXPECT_EQ(*messages::StandardKind(kBinance, "0x"), Kind::kPersonal);
    EXPECT_EQ(*messages::StandardKind(kSolana, ""), Kind::kSolanaOffchain);
    EXPECT_EQ(messages::StandardKind("eip155:5", "").error().reason, "unsupported_network");
    EXPECT_EQ(messages::StandardKind(kBitcoin, "0").error().reason, "bad_address");
}

TEST(Messages, KindsHaveNames) {
    for (const char* name :
         {"eip191", "eip712", "bitcoin_legacy", "bip322", "zcash_legacy", "solana_offchain"}) {
        EXPECT_EQ(messages::KindName(*messages::ParseKind(name)), name);
    }
    EXPECT_EQ(messages::ParseKind("eth_sign").error().reason, "unknown_format");
}

TEST(Messages, BelongToTheirChain) {
    EXPECT_EQ(ReasonOf({Kind::kBip322, kEthereum, Bytes("x")}), "unknown_format");
    EXPECT_EQ(ReasonOf({Kind::kBitcoinLegacy, kZcash, Bytes("x")}), "unknown_format");
    EXPECT_EQ(ReasonOf({Kind::kZcashLegacy, kBitcoin, Bytes("x")}), "unknown_format");
    EXPECT_EQ(ReasonOf({Kind::kPersonal, kSolana, Bytes("x")}), "unknown_format");
    EXPECT_EQ(ReasonOf({Kind::kPersonal, "eip155:5", Bytes("x")}), "unsupported_network");
    EXPECT_EQ(messages::Verify({Kind::kBip322, kEthereum, {}, "", ""}).error().reason,
              "unknown_format");
}

TEST(Messages, AreBounded) {
    const base::Bytes longest(messages::kContentMax, 'a');
    const base::Bytes longer(messages::kContentMax + 1, 'a');
    for (const Kind kind : {Kind::kPersonal, Kind::kTypedData}) {
        EXPECT_EQ(ReasonOf({kind, kEthereum, longer}), "message_too_long");
    }
    for (const auto& [kind, network] : {std::pair(Kind::kPersonal, kEthereum),
                                        std::pair(Kind::kBip322, kBitcoin),
                                        std::pair(Kind::kZcashLegacy, kZcash),
                                        std::pair(Kind::kSolanaOffchain, kSolana)}) {
        EXPECT_EQ(ReasonOf({kind, network, longest}), "");
        EXPECT_EQ(ReasonOf({kind, network, longer}), "message_too_long");
        EXPECT_EQ(messages::Verify({kind, network, longer, "", ""}).error().reason,
                  "message_too_long");
    }
}

TEST(TypedDataMessages, TellContractAndType) {
    const auto terms =
        messages::CheckSignable({Kind::kTypedData, kEthereum, Bytes(TypedData("31337"))});
    ASSERT_TRUE(terms.has_value() && terms->has_value());
    EXPECT_EQ((*terms)->contract, "0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC");
    EXPECT_EQ((*terms)->primary_type, "Vote");
    EXPECT_FALSE(messages::CheckSignable({Kind::kPersonal, kEthereum, Bytes("x")})->has_value());
}

TEST(TypedDataMessages, AreOfTheirNetwork) {
    EXPECT_EQ(ReasonOf({Kind::kTypedData, kEthereum, Bytes(TypedData("1"))}), "wrong_network");
    EXPECT_EQ(ReasonOf({Kind::kTypedData, kBinance, Bytes(TypedData("31337"))}), "wrong_network");
    EXPECT_EQ(ReasonOf({Kind::kTypedData, kBinance, Bytes(TypedData("97"))}), "");
    std::string without = TypedData("31337");
    without.replace(without.find(R"({"name": "chainId", "type": "uint256"},)"),
                    std::string(R"({"name": "chainId", "type": "uint256"},)").size(),
                    "");
    EXPECT_EQ(ReasonOf({Kind::kTypedData, kEthereum, Bytes(without)}), "bad_typed_data");
}

TEST(TypedDataMessages, ThatPermitAreNeverSigned) {
    for (const std::string& data : {TypedData("31337", "Permit"),
                                    TypedData("31337", "PermitTransferFrom"),
                                    TypedData("31337", "Vote", "spender")}) {
        EXPECT_EQ(ReasonOf({Kind::kTypedData, kEthereum, Bytes(data)}), "permit_refused");
        const std::string own = evm::AddressOfKey(Key())->ToString();
        EXPECT_EQ(
            messages::Sign({Kind::kTypedData, kEthereum, Bytes(data)}, own, Key()).error().reason,
            "permit_refused");
        // Somebody else's can be read.
        const auto verdict =
            messages::Verify({Kind::kTypedData, kEthereum, Bytes(data), own, "0x00"});
        EXPECT_EQ(verdict->reason, "bad_signature");
    }
}

TEST(TypedDataMessages, AreJson) {
    for (const char* bad : {"", "{", "[]", "{}", "\xff", R"({"types": {}})"}) {
        EXPECT_EQ(ReasonOf({Kind::kTypedData, kEthereum, Bytes(bad)}), "bad_typed_data") << bad;
    }
}

TEST(SolanaMessages, ThatAreTransactionsAreRefused) {
    solana::MessageParts parts;
    parts.payer = *solana::AddressOfKey(Key());
    parts.recent_blockhash.bytes.fill(9);
    solana::Pubkey to;
    to.bytes.fill(3);
    parts.instructions = {solana::TransferLamports({parts.payer, to, 5'000})};
    const base::Bytes raw = solana::SerializeMessage(*solana::CompileMessage(parts));
    for (const base::Bytes& content : {raw, Bytes(crypto::Base64Encode(raw))}) {
        EXPECT_EQ(ReasonOf({Kind::kSolanaOffchain, kSolana, content}), "bad_message");
        EXPECT_EQ(
            messages::Verify({Kind::kSolanaOffchain, kSolana, content, "", ""}).error().reason,
            "bad_message");
    }
}

TEST(Verdicts, NameTheAddressInItsCanonicalForm) {
    const std::string own = evm::AddressOfKey(Key())->ToString();
    const auto signature = messages::Sign({Kind::kPersonal, kEthereum, Bytes("hi")}, own, Key());
    std::string lower = own;
    for (char& letter : lower) {
        letter = static_cast<char>(letter >= 'A' && letter <= 'F' ? letter - 'A' + 'a' : letter);
    }
    const auto verdict = messages::Verify({{}, kEthereum, Bytes("hi"), lower, *signature});
    EXPECT_TRUE(verdict->valid);
    EXPECT_EQ(verdict->address, own);
    EXPECT_EQ(messages::Verify({{}, kEthereum, Bytes("hi"), ZcashAddress(), *signature})->reason,
              "bad_address");
    EXPECT_EQ(
        messages::Verify({{}, kBitcoin, Bytes("hi"), "15CRxFdyRpGZLW9w8HnHvVduizdL5jKNbs", ""})
            ->reason,
        "wrong_network");
}

}  // namespace
