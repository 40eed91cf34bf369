#include "keyvault/envelope.h"

#include <gtest/gtest.h>
#include <set>
#include <string>
#include <vector>

#include "base/text.h"

namespace {

using keyvault::Label;
using keyvault::SecretType;

const Label kLabel{SecretType::kPrivateKey, "wallet", "user", "eip155:1", "0xabc"};

class Envelope : public ::testing::Test {
protected:
    void SetUp() override {
        ASSERT_TRUE(keks_.AddHex(1, secret::String(std::string(64, '1'))));
        ASSERT_TRUE(keks_.AddHex(2, secret::String(std::string(64, '2'))));
        envelope_ = *keyvault::Seal(keks_, 1, kLabel, Secret());
    }

    static secret::Bytes Secret() { return secret::Bytes::Copy(base::AsBytes("thirty-two bytes")); }

    [[nodiscard]] std::string Reason(const Label& label, const std::string& envelope) const {
        const auto opened = keyvault::Open(keks_, label, envelope);
        return opened ? "opened" : opened.error().reason;
    }

    keyvault::KekSet keks_;
    std::string envelope_;
};

TEST_F(Envelope, OpensWithTheLabelItWasSealedFor) {
    const auto opened = keyvault::Open(keks_, kLabel, envelope_);
    ASSERT_TRUE(opened);
    EXPECT_EQ(base::AsText(opened->Expose()), "thirty-two bytes");
}

TEST_F(Envelope, HasTheDocumentedForm) {
    const auto parts = base::Split(envelope_, '.');
    ASSERT_EQ(parts.size(), 5U);
    EXPECT_EQ(parts[0], "v1");
    EXPECT_EQ(parts[1], "1");
    EXPECT_EQ(parts[2].size(), 2U * 60);
    EXPECT_EQ(parts[3].size(), 2U * 12);
    EXPECT_EQ(parts[4].size(), 2U * (16 + 16));
    EXPECT_EQ(*keyvault::KekVersionOf(envelope_), 1);
}

TEST_F(Envelope, IsFreshEveryTime) {
    EXPECT_NE(*keyvault::Seal(keks_, 1, kLabel, Secret()), envelope_);
}

TEST_F(Envelope, DoesNotOpenUnderAnyOtherLabel) {
    std::vector<Label> others(6, kLabel);
    others[0].type = SecretType::kMnemonic;
    others[1].wallet_id = "wallet2";
    others[2].user_id = "user2";
    others[3].network = "eip155:2";
    others[4].address = "0xabd";
    // The same characters, cut elsewhere.
    others[5].wallet_id = "walletu";
    others[5].user_id = "ser";
    for (const Label& label : others) {
        EXPECT_EQ(Reason(label, envelope_), "decryption_failed")
            << label.wallet_id << label.user_id << label.network << label.address;
    }
}

TEST_F(Envelope, DoesNotOpenWithAnyDigitChanged) {
    for (std::size_t i = 0; i < envelope_.size(); ++i) {
        std::string changed = envelope_;
        changed[i] = changed[i] == '2' ? '3' : '2';
        const std::string reason = Reason(kLabel, changed);
        EXPECT_TRUE(reason == "decryption_failed" || reason == "bad_envelope") << i << reason;
    }
}

TEST_F(Envelope, DoesNotOpenWhenPartsOfTwoAreMixed) {
    const std::string other = *keyvault::Seal(keks_, 1, kLabel, Secret());
    const auto ours = base::Split(envelope_, '.');
    const auto theirs = base::Split(other, '.');
    for (std::size_t part = 2; part < ours.size(); ++part) {
        std::string mixed;
        for (std::size_t i = 0; i < ours.size(); ++i) {
            mixed += (i == 0 ? "" : ".") + std::string(i == part ? theirs[i] : ours[i]);
        }
        EXPECT_EQ(Reason(kLabel, mixed), "decryption_failed") << part;
    }
}

TEST_F(Envelope, RefusesTextsOfAnotherForm) {
    for (const std::string& text : {std::string(),
                                    std::string("v1"),
                                    std::string("v1.1.aa.bb.cc"),
                                    "v2" + envelope_.substr(2),
                                    "v1.01" + envelope_.substr(4),
                                    "v1.99" + envelope_.substr(4),
                                    envelope_ + ".00",
                                    envelope_ + "0",
                                    envelope_ + std::string(10'000, '0')}) {
        EXPECT_EQ(Reason(kLabel, text), "bad_envelope") << text.substr(0, 40);
    }
}

TEST_F(Envelope, NeedsItsOwnKek) {
    keyvault::KekSet other;
    ASSERT_TRUE(other.AddHex(1, secret::String(std::string(64, '3'))));
    EXPECT_EQ(keyvault::Open(other, kLabel, envelope_).error().reason, "decryption_failed");
    EXPECT_EQ(Reason(kLabel, "v1.3" + envelope_.substr(4)), "unknown_kek");
    EXPECT_EQ(Reason(kLabel, "v1.2" + envelope_.substr(4)), "decryption_failed");
}

TEST_F(Envelope, RewrapChangesTheWrappingAlone) {
    const auto moved = keyvault::Rewrap(keks_, 2, kLabel, envelope_);
    ASSERT_TRUE(moved);
    EXPECT_EQ(*keyvault::KekVersionOf(*moved), 2);
    EXPECT_EQ(base::Split(*moved, '.')[4], base::Split(envelope_, '.')[4]);
    keyvault::KekSet newest;
    ASSERT_TRUE(newest.AddHex(2, secret::String(std::string(64, '2'))));
    EXPECT_EQ(base::AsText(keyvault::Open(newest, kLabel, *moved)->Expose()), "thirty-two bytes");
}

TEST_F(Envelope, RewrapRefusesADamagedSecret) {
    std::string damaged = envelope_;
    damaged.back() = damaged.back() == '0' ? '1' : '0';
    EXPECT_EQ(keyvault::Rewrap(keks_, 2, kLabel, damaged).error().reason, "decryption_failed");
}

}  // namespace
