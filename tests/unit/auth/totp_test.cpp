#include "auth/totp.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <utility>

#include "crypto/random.h"

namespace {

using auth::FindTotpStep;
using std::chrono::seconds;

secret::Bytes RfcSecret() {
    const std::string text = "12345678901234567890";
    return secret::Bytes::Copy(base::AsBytes(text));
}

base::Time At(std::int64_t seconds_since_1970) {
    return base::Time(seconds(seconds_since_1970));
}

TEST(Totp, GivesTheCodesOfTheRfc) {
    // RFC 6238, appendix B, SHA1; the last six of its eight digits.
    const std::pair<std::int64_t, std::string> kCodes[] = {{59, "287082"},
                                                           {1111111109, "081804"},
                                                           {1111111111, "050471"},
                                                           {1234567890, "005924"},
                                                           {2000000000, "279037"},
                                                           {20000000000, "353130"}};
    for (const auto& [time, code] : kCodes) {
        EXPECT_EQ(auth::TotpCode(RfcSecret(), auth::TotpStep(At(time))), code) << time;
    }
}

TEST(Totp, TakesACodeOfItsStepAndItsNeighboursOnce) {
    const secret::Bytes secret = RfcSecret();
    const std::string code = auth::TotpCode(secret, 1000);
    EXPECT_EQ(FindTotpStep(secret, code, At(30'000), 0), 1000);
    EXPECT_EQ(FindTotpStep(secret, code, At(30'059), 0), 1000) << "a clock that is behind";
    EXPECT_EQ(FindTotpStep(secret, code, At(29'970), 0), 1000) << "a clock that is ahead";
    EXPECT_EQ(FindTotpStep(secret, code, At(30'060), 0), std::nullopt);
    EXPECT_EQ(FindTotpStep(secret, code, At(29'969), 0), std::nullopt);
    EXPECT_EQ(FindTotpStep(secret, code, At(30'000), 1000), std::nullopt) << "used before";
    EXPECT_EQ(FindTotpStep(secret, "", At(30'000), 0), std::nullopt);
    EXPECT_EQ(FindTotpStep(secret, code + "0", At(30'000), 0), std::nullopt);
}

TEST(Totp, WritesTheUriThatAppsScan) {
    EXPECT_EQ(auth::OtpauthUri("Crypto Platform", "user+1@example.com", RfcSecret()).Expose(),
              "otpauth://totp/Crypto%20Platform:user%2B1%40example.com?secret="
              "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Crypto%20Platform&algorithm=SHA1&digits=6"
              "&period=30");
}

TEST(Totp, ASealedSecretOpensForItsUserAlone) {
    const secret::Bytes key = crypto::RandomSecret(32);
    const base::UserId user = base::UserId::Random();
    const secret::Bytes secret = auth::NewTotpSecret();
    ASSERT_EQ(secret.size(), auth::kTotpSecretSize);
    const auto sealed = auth::SealTotpSecret(key, user, secret);
    ASSERT_TRUE(sealed);

    const auto opened = auth::OpenTotpSecret(key, user, *sealed);
    ASSERT_TRUE(opened);
    EXPECT_EQ(auth::TotpSecretText(*opened).Expose(), auth::TotpSecretText(secret).Expose());

    const auto reason = [&](const secret::Bytes& with, base::UserId whose, base::ByteView what) {
        const auto result = auth::OpenTotpSecret(with, whose, what);
        return result ? "" : result.error().reason;
    };
    EXPECT_EQ(reason(key, base::UserId::Random(), *sealed), "decryption_failed");
    EXPECT_EQ(reason(crypto::RandomSecret(32), user, *sealed), "decryption_failed");
    EXPECT_EQ(reason(key, user, base::ByteView(*sealed).first(5)), "decryption_failed");
}

TEST(Totp, ARecoveryCodeIsKnownHoweverItIsTyped) {
    const secret::Bytes key = crypto::RandomSecret(32);
    const base::UserId user = base::UserId::Random();
    const std::string code(auth::NewRecoveryCode().Expose());
    EXPECT_THAT(code, testing::MatchesRegex("([a-z2-7]{4}-){3}[a-z2-7]{4}"));
    std::string typed = code;
    typed.erase(4, 1);
    typed[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(typed[0])));
    const auto hash = auth::RecoveryCodeHash(key, user, code);
    EXPECT_EQ(auth::RecoveryCodeHash(key, user, typed), hash);
    EXPECT_NE(auth::RecoveryCodeHash(key, base::UserId::Random(), code), hash);
    EXPECT_NE(auth::NewRecoveryCode().Expose(), code);
}

}  // namespace
