#include "utxo/address.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "crypto/base58.h"
#include "crypto/bech32.h"
#include "unit/utxo/samples.h"
#include "utxo/unified_address.h"

namespace {

using samples::ReasonOf;
using utxo::Network;

constexpr std::array kNetworks = {Network::kMain, Network::kTest, Network::kRegtest};

struct Refusal {
    std::string_view text;
    Network network;
    std::string_view reason;
};

TEST(BitcoinAddress, RefusesWithTheReason) {
    const std::vector<Refusal> refusals = {
        {"", Network::kMain, "bad_address"},
        {"hello", Network::kMain, "bad_address"},
        {"1A1zP1eP5QGefi2DMPTfTL5SLmv7Divf", Network::kMain, "bad_checksum"},
        {"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfN0", Network::kMain, "bad_address"},
        {"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", Network::kMain, "bad_checksum"},
        {"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", Network::kTest, "wrong_network"},
        {"mzBc4XEFSdzCDcTxAgf6EZXgsZWpztRhef", Network::kMain, "wrong_network"},
        {"t1Hsc1LR8yKnbbe3twRp88p6vFfC5t7DLbs", Network::kMain, "wrong_network"},
        {"0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045", Network::kMain, "wrong_network"},
        {"KyZpNDKnfs94vbrwhJneDi77V6jF64PWPF8x5cdJb8ifgg2DUc9d", Network::kMain, "bad_address"},
        {"bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu", Network::kTest, "wrong_network"},
        {"bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyv", Network::kMain, "bad_checksum"},
        {"bc1Qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu", Network::kMain, "bad_address"},
        {"bc1", Network::kMain, "bad_address"},
        // BIP-350: version 1 with a bech32 checksum, version 0 with a bech32m one, version 17.
        {"bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",
         Network::kMain,
         "bad_checksum"},
        {"bc1q0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq54mell",
         Network::kMain,
         "bad_checksum"},
        {"BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R",
         Network::kMain,
         "bad_address"},
        // BIP-350: program sizes 1 and 41, and 16 for version 0.
        {"bc1pw5dgrnzv", Network::kMain, "bad_address"},
        {"bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v8n0nx0muaewav253zgeav",
         Network::kMain,
         "bad_address"},
        {"BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P", Network::kMain, "bad_address"},
    };
    for (const Refusal& refusal : refusals) {
        EXPECT_EQ(ReasonOf(utxo::ParseBitcoinAddress(refusal.text, refusal.network)),
                  refusal.reason)
            << refusal.text;
    }
}

TEST(BitcoinAddress, TakesUpperCaseBech32) {
    const auto address =
        utxo::ParseBitcoinAddress("BC1QCR8TE4KR609GCAWUTMRZA0J4XV80JY8Z306FYU", Network::kMain);
    ASSERT_TRUE(address.has_value());
    EXPECT_EQ(address->canonical, "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu");
    EXPECT_EQ(utxo::AddressTypeName(*address), "p2wpkh");
}

TEST(BitcoinAddress, WarnsOfPrivateKeys) {
    const auto refused = utxo::ParseBitcoinAddress(
        "KyZpNDKnfs94vbrwhJneDi77V6jF64PWPF8x5cdJb8ifgg2DUc9d", Network::kMain);
    EXPECT_NE(refused.error().detail.find("private key"), std::string::npos);
}

TEST(BitcoinAddress, PayableMeansThatSomebodyCanSpend) {
    const auto payable = [](std::string_view text) {
        return ReasonOf(
            utxo::CheckPayable(utxo::ParseBitcoinAddress(text, Network::kMain).value()));
    };
    EXPECT_EQ(payable("bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu"), "");
    EXPECT_EQ(payable("bc1pmfr3p9j00pfxjh0zmgp99y8zftmd3s5pmedqhyptwy6lm87hf5sspknck9"), "");
    EXPECT_EQ(payable("bc1sw50qgdz25j"), "bad_address");  // version 16
    // x = 0 is no point of the curve.
    utxo::Address nobody;
    nobody.script = utxo::PayToTaproot({});
    EXPECT_EQ(ReasonOf(utxo::CheckPayable(nobody)), "bad_address");
}

TEST(ZcashAddress, RefusesWithTheReason) {
    const std::vector<Refusal> refusals = {
        {"", Network::kMain, "bad_address"},
        {"t1Hsc1LR8yKnbbe3twRp88p6vFfC5t7DLbt", Network::kMain, "bad_checksum"},
        {"tmHMBeeYRuc2eVicLNfP15YLxbQsooCA6jb", Network::kMain, "wrong_network"},
        {"t1Hsc1LR8yKnbbe3twRp88p6vFfC5t7DLbs", Network::kTest, "wrong_network"},
        {"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", Network::kMain, "wrong_network"},
        // ZIP-320's example, then with another letter, and for another network.
        {"tex1s2rt77ggv6q989lr49rkgzmh5slsksa9khdgte", Network::kTest, "wrong_network"},
        {"tex1s2rt77ggv6q989lr49rkgzmh5slsksa9khdgtf", Network::kMain, "bad_checksum"},
    };
    for (const Refusal& refusal : refusals) {
        EXPECT_EQ(ReasonOf(utxo::ParseZcashAddress(refusal.text, refusal.network)), refusal.reason)
            << refusal.text;
    }
}

std::string Bech32Of(std::string_view hrp, std::size_t size, crypto::Bech32Variant variant) {
    crypto::Bech32Text parts;
    parts.hrp = std::string(hrp);
    parts.data = crypto::ToFiveBits(base::Bytes(size, 7));
    parts.variant = variant;
    return crypto::Bech32Encode(parts).value();
}

TEST(ZcashAddress, ShieldedOnesAreSaidToBe) {
    const std::string sapling = Bech32Of("zs", 43, crypto::Bech32Variant::kBech32);
    EXPECT_EQ(ReasonOf(utxo::ParseZcashAddress(sapling, Network::kMain)), "shielded_only");
    EXPECT_EQ(ReasonOf(utxo::ParseZcashAddress(sapling, Network::kTest)), "wrong_network");
    const std::string regtest =
        "zregtestsapling1qurswpc8qurswpc8qurswpc8qurswpc8qurswpc8qurswpc8qurswpc8qurswpc8qurswj9cg3"
        "r";
    EXPECT_EQ(ReasonOf(utxo::ParseZcashAddress(regtest, Network::kRegtest)), "shielded_only");
    base::Bytes sprout{0x16, 0x9a};
    sprout.resize(66);
    EXPECT_EQ(ReasonOf(utxo::ParseZcashAddress(crypto::Base58CheckEncode(sprout), Network::kMain)),
              "shielded_only");
    const std::string orchard =
        utxo::UnifiedAddressOf({{utxo::kReceiverOrchard, base::Bytes(43, 9)}}, Network::kMain)
            .value();
    EXPECT_EQ(ReasonOf(utxo::ParseZcashAddress(orchard, Network::kMain)), "shielded_only");
}

TEST(ZcashAddress, UnifiedPaysItsTransparentReceiver) {
    crypto::Hash160Bytes hash{};
    hash.fill(5);
    for (const Network network : kNetworks) {
        const std::string text =
            utxo::UnifiedAddressOf({{utxo::kReceiverP2sh, base::ToBytes(hash)},
                                    {utxo::kReceiverSapling, base::Bytes(43, 9)}},
                                   network)
                .value();
        const auto address = utxo::ParseZcashAddress(text, network).value();
        EXPECT_EQ(address.script, utxo::PayToScriptHash(hash));
        EXPECT_EQ(utxo::AddressTypeName(address), "unified");
    }
}

TEST(ZcashAddress, TexIsPaidLikeItsKeyHash) {
    crypto::Hash160Bytes hash{};
    hash.fill(6);
    for (const Network network : kNetworks) {
        const auto address =
            utxo::ParseZcashAddress(utxo::ZcashTexAddress(hash, network), network).value();
        EXPECT_EQ(address.script, utxo::PayToKeyHash(hash));
        EXPECT_EQ(utxo::AddressTypeName(address), "tex");
    }
    EXPECT_EQ(ReasonOf(utxo::ParseZcashAddress(Bech32Of("tex", 21, crypto::Bech32Variant::kBech32m),
                                               Network::kMain)),
              "bad_address");
}

TEST(UnifiedAddress, RefusesWhatTheStandardForbids) {
    const base::Bytes key_hash(20, 1);
    const base::Bytes shielded(43, 2);
    const auto reason = [](const std::vector<utxo::Receiver>& receivers) {
        return ReasonOf(utxo::UnifiedAddressOf(receivers, Network::kMain));
    };
    EXPECT_EQ(reason({}), "bad_address");
    EXPECT_EQ(reason({{0, key_hash}}), "bad_address");                                // no shielded
    EXPECT_EQ(reason({{2, shielded}, {0, key_hash}}), "bad_address");                 // order
    EXPECT_EQ(reason({{2, shielded}, {2, shielded}}), "bad_address");                 // twice
    EXPECT_EQ(reason({{0, key_hash}, {1, key_hash}, {3, shielded}}), "bad_address");  // both
    EXPECT_EQ(reason({{3, base::Bytes(42)}}), "bad_address");                         // size
    EXPECT_EQ(reason({{3, shielded}, {0xe0, shielded}}), "bad_address");              // demanded
    EXPECT_EQ(reason({{3, shielded}, {0xfd, shielded}}), "");
}

RC_GTEST_PROP(F4JumbleProperty, UnjumbleReverses, ()) {
    const auto size = *rc::gen::inRange<std::size_t>(48, 300);
    const auto message = *rc::gen::container<base::Bytes>(size, rc::gen::arbitrary<std::uint8_t>());
    const auto jumbled = utxo::F4Jumble(message).value();
    RC_ASSERT(jumbled != message);
    RC_ASSERT(utxo::F4Unjumble(jumbled).value() == message);
}

TEST(F4Jumble, HasAShortestMessage) {
    EXPECT_EQ(ReasonOf(utxo::F4Jumble(base::Bytes(47))), "bad_address");
    EXPECT_EQ(ReasonOf(utxo::F4Unjumble(base::Bytes(47))), "bad_address");
}

base::Bytes AnyScript() {
    const auto hash =
        base::ToArray<20>(*rc::gen::container<base::Bytes>(20, rc::gen::arbitrary<std::uint8_t>()));
    const auto size = *rc::gen::inRange<std::size_t>(2, 41);
    utxo::WitnessProgram witness;
    witness.version = *rc::gen::inRange<std::uint8_t>(1, 17);
    witness.program = *rc::gen::container<base::Bytes>(size, rc::gen::arbitrary<std::uint8_t>());
    return *rc::gen::element(utxo::PayToKeyHash(hash),
                             utxo::PayToScriptHash(hash),
                             utxo::PayToWitness({0, base::ToBytes(hash)}),
                             utxo::PayToWitness(witness));
}

RC_GTEST_PROP(BitcoinAddressProperty, ScriptsRoundTrip, ()) {
    const base::Bytes script = AnyScript();
    const Network network = *rc::gen::elementOf(kNetworks);
    const std::string text = utxo::BitcoinAddressOf(script, network).value();
    const auto address = utxo::ParseBitcoinAddress(text, network).value();
    RC_ASSERT(address.script == script);
    RC_ASSERT(address.canonical == text);
}

RC_GTEST_PROP(BitcoinAddressProperty, NoOneLetterMistakePasses, ()) {
    std::string text = utxo::BitcoinAddressOf(AnyScript(), Network::kMain).value();
    const auto place = *rc::gen::inRange<std::size_t>(0, text.size());
    const char letter = *rc::gen::elementOf(
        std::string("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0OIl "));
    RC_PRE(text[place] != letter);
    text[place] = letter;
    RC_ASSERT(!utxo::ParseBitcoinAddress(text, Network::kMain).has_value());
}

RC_GTEST_PROP(AddressProperty, AnyTextIsAnswered, (const std::string& text)) {
    for (const auto& answer : {utxo::ParseBitcoinAddress(text, Network::kMain),
                               utxo::ParseZcashAddress(text, Network::kMain)}) {
        RC_ASSERT(!answer.has_value());
        RC_ASSERT(!answer.error().detail.empty());
    }
}

// ZIP-316 from its inside: receivers, padding, jumbling, letters.
std::string UnifiedOf(base::Bytes raw, std::string_view padding = "u") {
    base::Append(raw, base::AsBytes(padding));
    raw.resize(raw.size() + 16 - padding.size());
    crypto::Bech32Text parts;
    parts.hrp = "u";
    parts.data = crypto::ToFiveBits(utxo::F4Jumble(raw).value());
    parts.variant = crypto::Bech32Variant::kBech32m;
    return crypto::Bech32Encode(parts, utxo::kUnifiedTextMax).value();
}

TEST(UnifiedAddress, IsWholeInsideOrRefused) {
    const auto reason = [](const std::string& text) {
        return ReasonOf(utxo::ParseUnifiedAddress(text, Network::kMain));
    };
    base::Bytes good{3, 43};
    good.resize(45, 9);
    EXPECT_EQ(reason(UnifiedOf(good)), "");
    EXPECT_EQ(reason(UnifiedOf(good, "utest")), "bad_address");
    base::Bytes cut = good;
    cut.pop_back();
    EXPECT_EQ(reason(UnifiedOf(cut)), "bad_address");
    base::Bytes longer = good;
    longer.push_back(4);  // a further typecode, and nothing after it
    EXPECT_EQ(reason(UnifiedOf(longer)), "bad_address");
    base::Bytes unknown{0xfe, 0x00, 0x00, 0x00, 0x02, 40};  // the last typecode there is
    unknown.resize(46, 9);
    EXPECT_EQ(reason(UnifiedOf(unknown)), "");
    unknown[1] = 1;
    EXPECT_EQ(reason(UnifiedOf(unknown)), "bad_address");
    crypto::Bech32Text parts;
    parts.hrp = "u";
    parts.data = crypto::ToFiveBits(base::Bytes(49, 9));
    parts.variant = crypto::Bech32Variant::kBech32m;
    parts.data.back() |= 1;  // a bit beyond the last byte
    EXPECT_EQ(reason(crypto::Bech32Encode(parts, utxo::kUnifiedTextMax).value()), "bad_address");
    parts.data = crypto::ToFiveBits(base::Bytes(61, 9));
    parts.variant = crypto::Bech32Variant::kBech32;
    EXPECT_EQ(reason(crypto::Bech32Encode(parts, utxo::kUnifiedTextMax).value()), "bad_checksum");
}

TEST(ZcashAddress, ScriptsOfBitcoinAloneHaveNone) {
    for (const utxo::ScriptType type :
         {utxo::ScriptType::kP2wpkh, utxo::ScriptType::kP2tr, utxo::ScriptType::kP2pk}) {
        EXPECT_EQ(ReasonOf(utxo::ZcashAddressOf(samples::ScriptOf(1, type), Network::kMain)),
                  "no_address");
    }
    EXPECT_EQ(ReasonOf(utxo::BitcoinAddressOf(base::Bytes{0x6a}, Network::kMain)), "no_address");
    EXPECT_EQ(ReasonOf(utxo::BitcoinAddressOf(samples::ScriptOf(1, utxo::ScriptType::kP2pk),
                                              Network::kMain)),
              "no_address");
}

TEST(ZcashAddress, MistypedShieldedOnesAreMistypedFirst) {
    std::string sapling = Bech32Of("zs", 43, crypto::Bech32Variant::kBech32);
    sapling.back() = sapling.back() == 'q' ? 'p' : 'q';
    EXPECT_EQ(ReasonOf(utxo::ParseZcashAddress(sapling, Network::kMain)), "bad_checksum");
    EXPECT_EQ(ReasonOf(utxo::ParseZcashAddress(Bech32Of("tex", 20, crypto::Bech32Variant::kBech32),
                                               Network::kMain)),
              "bad_checksum");
}

// What other chains' addresses are is said as far as it can be told.
TEST(BitcoinAddress, ForeignPayloadsAreNamed) {
    const auto detail = [](std::uint8_t version, std::size_t size) {
        base::Bytes payload(size, 7);
        payload[0] = version;
        return utxo::ParseBitcoinAddress(crypto::Base58CheckEncode(payload), Network::kMain)
            .error()
            .detail;
    };
    EXPECT_NE(detail(0x30, 21).find("Litecoin"), std::string::npos);
    EXPECT_NE(detail(0x1e, 21).find("Dogecoin"), std::string::npos);
    EXPECT_NE(detail(0x41, 21).find("Tron"), std::string::npos);
    EXPECT_NE(detail(0xef, 34).find("private key"), std::string::npos);
    EXPECT_NE(detail(0x80, 33).find("private key"), std::string::npos);
    EXPECT_NE(detail(0x99, 21).find("no known kind"), std::string::npos);
    EXPECT_NE(detail(0x00, 20).find("no known kind"), std::string::npos);
}

}  // namespace
