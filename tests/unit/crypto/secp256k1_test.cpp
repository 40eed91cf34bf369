#include "crypto/secp256k1.h"

#include <gtest/gtest.h>
#include <thread>
#include <vector>

#include "crypto/random.h"
#include "unit/crypto/samples.h"

namespace {

using crypto::LowR;
using crypto::Secp256k1PublicKey;
using samples::Array;
using samples::Hex;
using samples::KeyOne;
using samples::Secret;

Secp256k1PublicKey PublicOf(const secret::Bytes& key) {
    return Secp256k1PublicKey::FromPrivate(key).value();
}

TEST(PrivateKey, IsFromOneToTheOrder) {
    EXPECT_TRUE(crypto::IsValidPrivateKey(KeyOne()));
    secret::Bytes last = Secret(samples::kOrder);
    EXPECT_FALSE(crypto::IsValidPrivateKey(last));
    --last.Fill()[31];
    EXPECT_TRUE(crypto::IsValidPrivateKey(last));
    EXPECT_FALSE(crypto::IsValidPrivateKey(secret::Bytes(32)));
    EXPECT_FALSE(crypto::IsValidPrivateKey(Secret(std::string(64, 'f'))));
    EXPECT_FALSE(crypto::IsValidPrivateKey(secret::Bytes()));
    EXPECT_FALSE(crypto::IsValidPrivateKey(Secret(std::string(62, '1'))));
    EXPECT_FALSE(crypto::IsValidPrivateKey(Secret(std::string(66, '1'))));
}

TEST(PrivateKey, IsFreshWhenGenerated) {
    const auto first = crypto::GeneratePrivateKey();
    const auto second = crypto::GeneratePrivateKey();
    EXPECT_TRUE(crypto::IsValidPrivateKey(first));
    EXPECT_FALSE(base::Equal(first.Expose(), second.Expose()));
}

TEST(PrivateKey, AddsModuloTheOrder) {
    secret::Bytes last = Secret(samples::kOrder);
    --last.Fill()[31];
    const auto two = Secret(std::string(63, '0') + "2");
    EXPECT_EQ(Hex(crypto::AddToPrivateKey(last, two).value().Expose()), Hex(KeyOne().Expose()));
    EXPECT_EQ(crypto::AddToPrivateKey(last, KeyOne()).error().reason, "bad_private_key");
    EXPECT_EQ(crypto::AddToPrivateKey(KeyOne(), Secret(samples::kOrder)).error().reason,
              "bad_private_key");
    EXPECT_EQ(crypto::AddToPrivateKey(secret::Bytes(32), two).error().reason, "bad_private_key");
    EXPECT_EQ(crypto::AddToPrivateKey(KeyOne(), secret::Bytes(31)).error().reason,
              "bad_private_key");
}

TEST(PublicKey, HasThreeForms) {
    const auto key = PublicOf(KeyOne());
    EXPECT_EQ(Hex(key.Compressed()), samples::kGenerator);
    EXPECT_EQ(Hex(key.XOnly()), samples::kGenerator.substr(2));
    EXPECT_EQ(Hex(key.Uncompressed()),
              "0479be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
              "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8");
    EXPECT_EQ(Secp256k1PublicKey::Parse(key.Compressed()).value(), key);
    EXPECT_EQ(Secp256k1PublicKey::Parse(key.Uncompressed()).value(), key);
    EXPECT_FALSE(PublicOf(crypto::GeneratePrivateKey()) == key);
}

TEST(PublicKey, RefusesWhatIsNoPoint) {
    base::Bytes hybrid = base::ToBytes(PublicOf(KeyOne()).Uncompressed());
    hybrid[0] = 6;
    base::Bytes off_curve = base::ToBytes(PublicOf(KeyOne()).Uncompressed());
    off_curve[64] ^= 1;
    for (const base::Bytes& encoded :
         {base::Bytes(),
          base::Bytes(33, 0),
          hybrid,
          off_curve,
          samples::Bytes(samples::kGenerator.substr(0, 64)),
          samples::Bytes("04" + std::string(samples::kGenerator.substr(2))),
          // x = 5 is on no point
          samples::Bytes("02" + std::string(63, '0') + "5"),
          // x = p
          samples::Bytes("02fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f")}) {
        const auto parsed = Secp256k1PublicKey::Parse(encoded);
        ASSERT_FALSE(parsed.has_value()) << Hex(encoded);
        EXPECT_EQ(parsed.error().reason, "bad_public_key");
    }
    EXPECT_EQ(Secp256k1PublicKey::FromPrivate(secret::Bytes(32)).error().reason, "bad_private_key");
}

TEST(PublicKey, AddsAsThePrivateKeyDoes) {
    const auto key = crypto::GeneratePrivateKey();
    const auto tweak = crypto::GeneratePrivateKey();
    const auto sum = crypto::AddToPrivateKey(key, tweak).value();
    EXPECT_EQ(PublicOf(key).Add(tweak.Expose()).value(), PublicOf(sum));
    EXPECT_EQ(PublicOf(key).Add(samples::Bytes(samples::kOrder)).error().reason, "bad_public_key");
    EXPECT_EQ(PublicOf(key).Add({}).error().reason, "bad_public_key");
}

TEST(Ecdsa, SignsVerifiesAndRecovers) {
    for (int i = 0; i < 32; ++i) {
        const auto key = crypto::GeneratePrivateKey();
        const auto digest = crypto::RandomArray<32>();
        const auto signature = crypto::EcdsaSign(key, digest).value();
        EXPECT_TRUE(crypto::IsLowS(signature.s));
        EXPECT_TRUE(crypto::EcdsaVerify(PublicOf(key), digest, signature));
        EXPECT_EQ(crypto::EcdsaRecover(digest, signature).value(), PublicOf(key));
        EXPECT_EQ(crypto::EcdsaSign(key, digest).value(), signature);
        EXPECT_FALSE(crypto::EcdsaVerify(PublicOf(key), crypto::RandomArray<32>(), signature));
        EXPECT_FALSE(crypto::EcdsaVerify(PublicOf(KeyOne()), digest, signature));
    }
}

TEST(Ecdsa, RefusesAKeyOutOfRange) {
    EXPECT_EQ(crypto::EcdsaSign(secret::Bytes(32), {}).error().reason, "bad_private_key");
    EXPECT_EQ(crypto::EcdsaSign(secret::Bytes(), {}).error().reason, "bad_private_key");
}

TEST(Ecdsa, GrindsForALowROnlyWhenAsked) {
    int high = 0;
    for (int i = 0; i < 40; ++i) {
        const auto key = crypto::GeneratePrivateKey();
        const auto digest = crypto::RandomArray<32>();
        const auto plain = crypto::EcdsaSign(key, digest).value();
        const auto ground = crypto::EcdsaSign(key, digest, LowR::kYes).value();
        EXPECT_LT(ground.r[0], 0x80);
        EXPECT_LE(crypto::EcdsaToDer(ground).size(), 70U);
        EXPECT_EQ(crypto::EcdsaRecover(digest, ground).value(), PublicOf(key));
        EXPECT_EQ(plain == ground, plain.r[0] < 0x80);
        high += plain.r[0] >= 0x80 ? 1 : 0;
    }
    EXPECT_GT(high, 0);  // else the loop has shown nothing (probability 2^-40)
}

TEST(Ecdsa, VerifyRefusesAHighS) {
    const auto digest = crypto::RandomArray<32>();
    auto signature = crypto::EcdsaSign(KeyOne(), digest).value();
    // n - s is the other valid signature; its recovery id has the other parity.
    const base::Bytes order = samples::Bytes(samples::kOrder);
    int borrow = 0;
    for (std::size_t i = 32; i-- > 0;) {
        const int difference = order[i] - signature.s[i] - borrow;
        borrow = difference < 0 ? 1 : 0;
        signature.s[i] = static_cast<std::uint8_t>(difference + 256 * borrow);
    }
    signature.recovery_id ^= 1;
    EXPECT_FALSE(crypto::IsLowS(signature.s));
    EXPECT_FALSE(crypto::EcdsaVerify(PublicOf(KeyOne()), digest, signature));
    EXPECT_EQ(crypto::EcdsaRecover(digest, signature).value(), PublicOf(KeyOne()));
}

TEST(Ecdsa, RecoverRefusesWhatIsNoSignature) {
    const auto digest = crypto::RandomArray<32>();
    const auto good = crypto::EcdsaSign(KeyOne(), digest).value();
    auto bad_id = good;
    bad_id.recovery_id = 4;
    auto zero_r = good;
    zero_r.r = {};
    auto zero_s = good;
    zero_s.s = {};
    auto large_s = good;
    large_s.s = Array<32>(samples::kOrder);
    for (const auto& signature : {bad_id, zero_r, zero_s, large_s}) {
        EXPECT_EQ(crypto::EcdsaRecover(digest, signature).error().reason, "bad_signature");
    }
    EXPECT_FALSE(crypto::EcdsaVerify(PublicOf(KeyOne()), digest, large_s));
    EXPECT_FALSE(crypto::EcdsaVerify(PublicOf(KeyOne()), digest, zero_r));
}

TEST(IsLowS, EndsAtHalfTheOrder) {
    auto half = Array<32>("7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0");
    EXPECT_TRUE(crypto::IsLowS(half));
    ++half[31];
    EXPECT_FALSE(crypto::IsLowS(half));
    EXPECT_FALSE(crypto::IsLowS({}));
    EXPECT_FALSE(crypto::IsLowS(Array<32>(samples::kOrder)));
}

TEST(EcdsaFromDer, ReadsBackAndTakesNoOtherForm) {
    const auto digest = crypto::Sha256({});
    auto signature = *crypto::EcdsaSign(KeyOne(), digest);
    signature.recovery_id = 0;
    const base::Bytes der = crypto::EcdsaToDer(signature);
    EXPECT_EQ(*crypto::EcdsaFromDer(der), signature);

    base::Bytes longer = der;
    longer.push_back(0);
    base::Bytes other_tag = der;
    other_tag[0] = 0x31;
    base::Bytes padded = der;  // a superfluous zero before r
    padded.insert(padded.begin() + 4, 0);
    padded[1] = static_cast<std::uint8_t>(padded[1] + 1);
    padded[3] = static_cast<std::uint8_t>(padded[3] + 1);
    const base::Bytes shorter(der.begin(), der.end() - 1);
    base::Bytes large = {0x30, 0x26, 0x02, 0x21, 0x00};  // r = the group order, s = 1
    base::Append(large, Array<32>(samples::kOrder));
    base::Append(large, base::Bytes{0x02, 0x01, 0x01});
    for (const base::Bytes& bad : {base::Bytes(), longer, other_tag, padded, shorter, large}) {
        EXPECT_EQ(crypto::EcdsaFromDer(bad).error().reason, "bad_signature") << bad.size();
    }
}

TEST(Ecdsa, IsSafeOnManyThreads) {
    std::vector<std::thread> threads;
    std::vector<int> failures(4);
    for (int& count : failures) {
        threads.emplace_back([&count] {
            for (int i = 0; i < 50; ++i) {
                const auto key = crypto::GeneratePrivateKey();
                const auto digest = crypto::RandomArray<32>();
                const auto signature = crypto::EcdsaSign(key, digest);
                const bool good =
                    signature && crypto::EcdsaVerify(PublicOf(key), digest, *signature);
                count += good ? 0 : 1;
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(failures, std::vector<int>(4, 0));
}

}  // namespace
