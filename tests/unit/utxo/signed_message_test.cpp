// Vectors: Bitcoin Core's util_tests.cpp (message_sign, message_verify) and
// rpc_signmessagewithprivkey.py; BIP-322's basic-test-vectors.json and generated-test-vectors.json.
#include "utxo/signed_message.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "base/hex.h"
#include "crypto/base64.h"
#include "crypto/wif.h"
#include "unit/utxo/samples.h"
#include "utxo/address.h"

namespace {

using utxo::BitcoinFormat;
using utxo::Network;
using utxo::ScriptType;
using utxo::ZcashFormat;

base::ByteView Text(std::string_view text) {
    return base::AsBytes(text);
}

base::Bytes ScriptOf(const std::string& address, Network network = Network::kMain) {
    return utxo::ParseBitcoinAddress(address, network).value().script;
}

secret::Bytes KeyOf(const char* wif, crypto::WifNetwork network = crypto::WifNetwork::kMain) {
    return std::move(crypto::WifDecode(secret::String(wif), network).value().private_key);
}

std::string Verdict(const base::Result<bool>& result) {
    return result ? (*result ? "valid" : "not") : result.error().reason;
}

TEST(HeaderMessage, IsThatOfBitcoinCore) {
    const auto trust = secret::Bytes::Copy(
        *base::HexDecode("d97f5108f11cda6eeebaaa420fef0726b1f898060b98489fa3098463c0032866"));
    EXPECT_EQ(*utxo::SignWithHeader(BitcoinFormat(),
                                    ScriptOf("15CRxFdyRpGZLW9w8HnHvVduizdL5jKNbs"),
                                    Text("Trust no one"),
                                    trust),
              "IPojfrX2dfPnH26UegfbGQQLrdK844DlHq5157/P6h57WyuS/Qsl+h/"
              "WSVGDF4MUi4rWSswW38oimDYfNNUBUOk=");
    EXPECT_EQ(
        *utxo::SignWithHeader(BitcoinFormat(),
                              ScriptOf("mpLQjfK79b7CCV4VMJWEWAj5Mpx8Up5zxB", Network::kRegtest),
                              Text("This is just a test message"),
                              KeyOf("cUeKHd5orzT3mz8P9pxyREHfsWtVfgsfDjiZZBcjUBAaGk1BTj7N",
                                    crypto::WifNetwork::kTest)),
        "INbVnW4e6PeRmsv2Qgu8NuopvrVjkcxob+sX8OcZG0SALhWybUjzMLPdAsXI46YZGb0KQTRii+wWIQzRpG/"
        "U+S0=");
    EXPECT_EQ(base::HexEncode(utxo::SignedMessageHash(BitcoinFormat(), Text("Trust no one"))),
              "aa8215d723ecd2f14867eeb7e19f192be7bc15a2352a24b991d4f5870cbaf6e8");
}

TEST(HeaderMessage, VerifiesThoseOfBitcoinCore) {
    const auto verdict = [](const char* address, const char* signature, const char* message) {
        return Verdict(
            utxo::VerifyWithHeader(BitcoinFormat(), ScriptOf(address), Text(message), signature));
    };
    const char* trust =
        "IPojfrX2dfPnH26UegfbGQQLrdK844DlHq5157/P6h57WyuS/Qsl+h/WSVGDF4MUi4rWSswW38oimDYfNNUBUOk=";
    EXPECT_EQ(verdict("15CRxFdyRpGZLW9w8HnHvVduizdL5jKNbs", trust, "Trust no one"), "valid");
    EXPECT_EQ(verdict("15CRxFdyRpGZLW9w8HnHvVduizdL5jKNbs", trust, "I never signed this"), "not");
    EXPECT_EQ(verdict("11canuhp9X2NocwCq7xNrQYTmUgZAnLK3",
                      "IIcaIENoYW5jZWxsb3Igb24gYnJpbmsgb2Ygc2Vjb25kIGJhaWxvdXQgZm9yIGJhbmtzIAaHRtbC"
                      "eDZINyavx14=",
                      "Trust me"),
              "valid");
    EXPECT_EQ(verdict("1KqbBpLy5FARmTPD4VZnDDpYjkUvkr82Pm",
                      "invalid signature, not in base64 encoding",
                      "message"),
              "bad_signature");
    EXPECT_EQ(verdict("1KqbBpLy5FARmTPD4VZnDDpYjkUvkr82Pm",
                      "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
                      "AAAAAAAAAAA=",
                      "message"),
              "bad_signature");
    base::Bytes recovers_nothing(65);
    recovers_nothing[0] = 31;
    EXPECT_EQ(verdict("1KqbBpLy5FARmTPD4VZnDDpYjkUvkr82Pm",
                      crypto::Base64Encode(recovers_nothing).c_str(),
                      "message"),
              "not");
}

// BIP-137's header bytes, and that a type is not taken for another.
TEST(HeaderMessage, TellsTheAddressTypeByItsHeader) {
    const std::vector<std::pair<ScriptType, int>> types = {
        {ScriptType::kP2pkh, 31}, {ScriptType::kP2sh, 35}, {ScriptType::kP2wpkh, 39}};
    for (const auto& [type, header] : types) {
        const base::Bytes script = samples::ScriptOf(1, type);
        const auto signature =
            utxo::SignWithHeader(BitcoinFormat(), script, Text("mine"), samples::Key(1));
        ASSERT_TRUE(signature.has_value());
        base::Bytes bytes = *crypto::Base64Decode(*signature);
        EXPECT_EQ((bytes[0] - 27) / 4, (header - 27) / 4);
        EXPECT_TRUE(utxo::HasHeader(*signature));
        EXPECT_EQ(
            Verdict(utxo::VerifyWithHeader(BitcoinFormat(), script, Text("mine"), *signature)),
            "valid");
        EXPECT_EQ(Verdict(utxo::VerifyWithHeader(
                      BitcoinFormat(), samples::ScriptOf(2, type), Text("mine"), *signature)),
                  "not");
        const bool plain = type == ScriptType::kP2pkh;
        EXPECT_EQ(Verdict(utxo::VerifyWithHeader(BitcoinFormat(),
                                                 samples::ScriptOf(1, ScriptType::kP2pkh),
                                                 Text("mine"),
                                                 *signature)),
                  plain ? "valid" : "bad_signature");
        // As Electrum writes it: the header for compressed keys, whatever the address.
        bytes[0] = static_cast<std::uint8_t>(31 + (bytes[0] - 27) % 4);
        EXPECT_EQ(Verdict(utxo::VerifyWithHeader(
                      BitcoinFormat(), script, Text("mine"), crypto::Base64Encode(bytes))),
                  "valid");
        // Uncompressed keys have other addresses.
        bytes[0] = static_cast<std::uint8_t>(bytes[0] - 4);
        EXPECT_EQ(Verdict(utxo::VerifyWithHeader(
                      BitcoinFormat(), script, Text("mine"), crypto::Base64Encode(bytes))),
                  plain ? "not" : "bad_signature");
    }
    EXPECT_EQ(
        utxo::SignWithHeader(
            BitcoinFormat(), samples::ScriptOf(1, ScriptType::kP2tr), Text("mine"), samples::Key(1))
            .error()
            .reason,
        "unsupported_script_type");
    EXPECT_EQ(utxo::SignWithHeader(BitcoinFormat(),
                                   samples::ScriptOf(2, ScriptType::kP2pkh),
                                   Text("mine"),
                                   samples::Key(1))
                  .error()
                  .reason,
              "key_mismatch");
}

TEST(HeaderMessage, OfZcashIsNotOneOfBitcoin) {
    const base::Bytes script = samples::ScriptOf(1, ScriptType::kP2pkh);
    const auto zcash = utxo::SignWithHeader(ZcashFormat(), script, Text("mine"), samples::Key(1));
    ASSERT_TRUE(zcash.has_value());
    EXPECT_EQ(Verdict(utxo::VerifyWithHeader(ZcashFormat(), script, Text("mine"), *zcash)),
              "valid");
    EXPECT_EQ(Verdict(utxo::VerifyWithHeader(BitcoinFormat(), script, Text("mine"), *zcash)),
              "not");
    EXPECT_EQ(
        utxo::SignWithHeader(
            ZcashFormat(), samples::ScriptOf(1, ScriptType::kP2sh), Text("mine"), samples::Key(1))
            .error()
            .reason,
        "unsupported_script_type");
}

constexpr const char* kWif = "L3VFeEujGtevx9w18HD1fhRbCH67Az2dpCymeRE1SoPK6XQtaN2k";
constexpr const char* kKeyHash = "bc1q9vza2e8x573nczrlzms0wvx3gsqjx7vavgkx0l";
constexpr const char* kHello =
    "AkcwRAIgZRfIY3p7/DoVTty6YZbWS71bc5Vct9p9Fia83eRmw2QCICK/ENGfwLtptFluMGs2KsqoNSk89pO7F29zJLUx9a"
    "/sASECx/EgAxlkQpQ9hYjgGu6EBCPMVPwVIVJqO4XCsMvViHI=";

TEST(Bip322, BuildsTheTransactionsOfTheStandard) {
    const auto hashes = [](std::string_view message) {
        const auto to_spend = utxo::Bip322ToSpend(ScriptOf(kKeyHash), Text(message));
        return utxo::TxHashText(utxo::BitcoinTxHash(to_spend)) + " " +
               utxo::TxHashText(utxo::BitcoinTxHash(utxo::Bip322ToSign(to_spend)));
    };
    EXPECT_EQ(hashes(""),
              "c5680aa69bb8d860bf82d4e9cd3504b55dde018de765a91bb566283c545a99a7 "
              "1e9654e951a5ba44c8604c4de6c67fd78a27e81dcadcfe1edf638ba3aaebaed6");
    EXPECT_EQ(hashes("Hello World"),
              "b79d196740ad5217771c1098fc4a4b51e0535c32236c71f1ea4d61a2d603352b "
              "88737ae86f2077145f93cc4b153ae9a1cb8d56afa511988c149c5c8c9d93bddf");
    EXPECT_EQ(hashes("UTF-8 support: öäüéàè 测试文本 \xf0\x9f\x98\x84"),
              "c8f4f525fe8afb1bc09b44175bd2096f079c98425e8a1be676b712add1fb62f0 "
              "8f488e06b89eafd019ec528109eafaf7f1d1811fd617aa1eeb9658f1c1be6586");
}

TEST(Bip322, SignsAsTheStandard) {
    const std::vector<std::vector<const char*>> cases = {
        {"",
         "AkcwRAIgM2gBAQqvZX15ZiysmKmQpDrG83avLIT492QBzLnQIxYCIBaTpOaD20qRlEylyxFSeEA2ba9YOixpX8z46"
         "T"
         "SDtS40ASECx/EgAxlkQpQ9hYjgGu6EBCPMVPwVIVJqO4XCsMvViHI=",
         "AkgwRQIhAPkJ1Q4oYS0htvyuSFHLxRQpFAY56b70UvE7Dxazen0ZAiAtZfFz1S6T6I23MWI2lK/"
         "pcNTWncuyL8UL+o"
         "MdydVgzAEhAsfxIAMZZEKUPYWI4BruhAQjzFT8FSFSajuFwrDL1Yhy"},
        {"Hello World",
         kHello,
         "AkgwRQIhAOzyynlqt93lOKJr+wmmxIens//"
         "zPzl9tqIOua93wO6MAiBi5n5EyAcPScOjf1lAqIUIQtr3zKNeavYabH"
         "yR8eGhowEhAsfxIAMZZEKUPYWI4BruhAQjzFT8FSFSajuFwrDL1Yhy"}};
    for (const auto& one : cases) {
        const auto made = utxo::SignBip322(ScriptOf(kKeyHash), Text(one[0]), KeyOf(kWif));
        ASSERT_TRUE(made.has_value());
        EXPECT_TRUE(*made == one[1] || *made == one[2]) << *made;
        for (const char* signature : {one[1], one[2]}) {
            EXPECT_EQ(Verdict(utxo::VerifyBip322(ScriptOf(kKeyHash), Text(one[0]), signature)),
                      "valid");
            EXPECT_EQ(Verdict(utxo::VerifyBip322(
                          ScriptOf(kKeyHash), Text(one[0]), "smp" + std::string(signature))),
                      "valid");
        }
    }
}

TEST(Bip322, VerifiesTheVectorsOfOthers) {
    const std::vector<std::vector<const char*>> cases = {
        {"ESHJI7MWUL64AXHBI42L3UR4QA",
         "bc1qkntwc3c4dzxh9xh6875l03fn3vkk023jgak3u7",
         "AkcwRAIgCYHF/vn67iZX5WBimh84kqD6pTME6eNCMGhfFnnwCNECIAF3nMCk/"
         "RfLit+uv8a8FgfQIw0f0ASE21GSz7"
         "rX17PsASEDTA2vM8bOtUFgvenSDUmvkq7aWNwoTB0CMiM6carHY1s=",
         "bc1qx3f9s3scavc92s3g2fhwzqzn7qucd37ez03jpf"},
        {"TPIZPITUIHEUHO5ACOL6W6MBVD",
         "bc1p9cyuceaazr8cz46mvgkzl94wy397mwpqsrk84su37t72jvkg6wzqv52nfp",
         "AUBay6NwR4LEYedkTG+vE9F7C0RTOCB5NH6ZAqf+3hudjHIkOzSZk1jW/5Kt0wRKX3llJ25os+0qktdou4/Y8516",
         "bc1pr72av8sh7qc2ssxs8w0hlj0cl82g2q2dvypngzgsrmd4plml84ksmfyv0q"},
        {"No prefix fallback",
         "bc1pss0zhytly75awhm6x2hhvd5lnzv3vssgrf9axfheq8ldyzn88ges79fler",
         "AUCJYOwOjxYAvatTAGYaVlNXBVyFuc4MwNQkOuK2tl8xhfKDONd0NjfYyNSYcRqeCp8hsAnCEPHAVEkO9h6vbQ/R",
         kKeyHash},
        // Signed for SIGHASH_ALL, which a byte after the signature says.
        {"Hello World",
         "bc1ppv609nr0vr25u07u95waq5lucwfm6tde4nydujnu8npg4q75mr5sxq8lt3",
         "AUHd69PrJQEv+oKTfZ8l+WROBHuy9HKrbFCJu7U1iK2iiEy1vMU5EfMtjc+"
         "VSHM7aU0SDbak5IUZRVno2P5mjSafAQ==",
         kKeyHash}};
    for (const auto& one : cases) {
        EXPECT_EQ(Verdict(utxo::VerifyBip322(ScriptOf(one[1]), Text(one[0]), one[2])), "valid")
            << one[0];
        EXPECT_EQ(Verdict(utxo::VerifyBip322(ScriptOf(one[1]), Text("other"), one[2])), "not");
        EXPECT_EQ(Verdict(utxo::VerifyBip322(ScriptOf(one[3]), Text(one[0]), one[2])), "not");
    }
    const auto taproot =
        utxo::SignBip322(ScriptOf("bc1p9cyuceaazr8cz46mvgkzl94wy397mwpqsrk84su37t72jvkg6wzqv52nfp"),
                         Text("TPIZPITUIHEUHO5ACOL6W6MBVD"),
                         KeyOf("L1rPtXzPkeCuXArPk5QKfaU4PCx16S2zCXnYtFSMGHiDkQyWw5fv"));
    // The vector's signer added randomness of its own (BIP-340's aux).
    EXPECT_EQ(Verdict(utxo::VerifyBip322(ScriptOf(cases[1][1]), Text(cases[1][0]), *taproot)),
              "valid");
}

TEST(Bip322, RefusesWhatIsNoSignature) {
    const auto verdict = [](const std::string& address, const std::string& signature) {
        return Verdict(utxo::VerifyBip322(ScriptOf(address), Text("Hello World"), signature));
    };
    for (const char* bad :
         {"not-valid-base64!!!", "fooAA==", "smpfoo", "AQ==", "/////w==", "AkcwAA=="}) {
        EXPECT_EQ(verdict(kKeyHash, bad), "bad_signature") << bad;
    }
    EXPECT_EQ(verdict(kKeyHash, "smpAA=="), "not") << "an empty witness";
    EXPECT_EQ(verdict("15CRxFdyRpGZLW9w8HnHvVduizdL5jKNbs", kHello), "unsupported_script_type");
    EXPECT_EQ(verdict("bc1qp0ahvfh83088w49k405szqgg4f3pptr7p2g06tdxfjcd40z4lh4q95lsz9", kHello),
              "unsupported_script_type");
    // Another hash type than ALL.
    base::Bytes other_type = *crypto::Base64Decode(kHello);
    other_type[1 + other_type[1]] = 2;
    EXPECT_EQ(verdict(kKeyHash, crypto::Base64Encode(other_type)), "not");
    EXPECT_EQ(utxo::SignBip322(ScriptOf(kKeyHash), Text("x"), samples::Key(1)).error().reason,
              "key_mismatch");
}

// Whatever is signed, no transaction of any chain is.
TEST(Bip322, SpendsWhatNoChainHas) {
    const auto to_spend = utxo::Bip322ToSpend(ScriptOf(kKeyHash), Text("x"));
    EXPECT_EQ(to_spend.inputs[0].prevout.index, 0xffffffffU);
    EXPECT_EQ(to_spend.inputs[0].prevout.tx_hash, crypto::Hash256());
    const auto to_sign = utxo::Bip322ToSign(to_spend);
    EXPECT_EQ(to_sign.version, 0U);
    EXPECT_EQ(to_sign.outputs[0].amount, 0U);
}

}  // namespace
