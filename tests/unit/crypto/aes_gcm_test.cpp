#include "crypto/aes_gcm.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "crypto/random.h"
#include "unit/crypto/samples.h"

namespace {

using crypto::AesGcmOpen;
using crypto::AesGcmSeal;

class AesGcm : public testing::Test {
protected:
    const secret::Bytes key_ = crypto::RandomSecret(crypto::kAesKeySize);
    const crypto::GcmNonce nonce_ = crypto::RandomArray<crypto::kGcmNonceSize>();
    const base::Bytes associated_ = samples::Bytes("0102");
    const secret::Bytes plaintext_ = samples::Secret("00ff10");
    const base::Bytes sealed_ = AesGcmSeal(key_, nonce_, associated_, plaintext_).value();
};

TEST_F(AesGcm, OpensWhatItSealed) {
    EXPECT_EQ(sealed_.size(), plaintext_.size() + crypto::kGcmTagSize);
    const auto opened = AesGcmOpen(key_, nonce_, associated_, sealed_);
    EXPECT_EQ(samples::Hex(opened.value().Expose()), "00ff10");
}

TEST_F(AesGcm, RefusesAnyChangedBit) {
    for (std::size_t bit = 0; bit < sealed_.size() * 8; ++bit) {
        base::Bytes changed = sealed_;
        changed[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
        const auto opened = AesGcmOpen(key_, nonce_, associated_, changed);
        ASSERT_FALSE(opened.has_value()) << bit;
        EXPECT_EQ(opened.error().reason, "decryption_failed");
    }
}

TEST_F(AesGcm, RefusesAnotherContext) {
    const auto other_key = crypto::RandomSecret(crypto::kAesKeySize);
    auto other_nonce = nonce_;
    other_nonce[0] ^= 1;
    EXPECT_FALSE(AesGcmOpen(other_key, nonce_, associated_, sealed_).has_value());
    EXPECT_FALSE(AesGcmOpen(key_, other_nonce, associated_, sealed_).has_value());
    EXPECT_FALSE(AesGcmOpen(key_, nonce_, {}, sealed_).has_value());
}

TEST_F(AesGcm, RefusesATextShorterThanItsTag) {
    const base::ByteView view = sealed_;
    for (std::size_t size = 0; size < sealed_.size(); ++size) {
        EXPECT_FALSE(AesGcmOpen(key_, nonce_, associated_, view.first(size)).has_value()) << size;
    }
}

TEST_F(AesGcm, RefusesKeysOfAnotherSize) {
    for (const std::size_t size : {0U, 16U, 31U, 33U}) {
        const secret::Bytes key(size);
        EXPECT_EQ(AesGcmSeal(key, nonce_, {}, plaintext_).error().reason, "bad_key");
        EXPECT_EQ(AesGcmOpen(key, nonce_, {}, sealed_).error().reason, "bad_key");
    }
}

RC_GTEST_PROP(AesGcmProperty, RoundTrips, (const base::Bytes& text, const base::Bytes& extra)) {
    const auto key = crypto::RandomSecret(crypto::kAesKeySize);
    const auto nonce = crypto::RandomArray<crypto::kGcmNonceSize>();
    const auto sealed = AesGcmSeal(key, nonce, extra, secret::Bytes::Copy(text)).value();
    RC_ASSERT(base::Equal(AesGcmOpen(key, nonce, extra, sealed).value().Expose(), text));
}

}  // namespace
