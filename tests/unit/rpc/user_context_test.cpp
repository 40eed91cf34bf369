#include "rpc/user_context.h"

#include <cstdint>
#include <gtest/gtest.h>
#include <string>

#include "base/hex.h"
#include "crypto/ed25519.h"
#include "platform/rpc/v1/user_context.pb.h"

namespace rpc {
namespace {

using std::chrono::seconds;

secret::Bytes Seed(std::uint8_t fill) {
    secret::Bytes seed(crypto::kEd25519SeedSize);
    for (auto& byte : seed.Fill()) {
        byte = fill;
    }
    return seed;
}

UserContextSigner Signer(std::uint8_t fill = 7) {
    return UserContextSigner::Make(Seed(fill)).value();
}

UserContextVerifier Verifier() {
    return UserContextVerifier::Make(Signer().VerifyKey()).value();
}

UserContext Sample() {
    UserContext context;
    context.user = base::UserId::Random();
    context.role = "user";
    context.caller = "api_key:k1";
    context.scopes = {"read", "send"};
    context.run = "run_1";
    context.issued = base::Time(std::chrono::milliseconds(1'769'594'400'123));
    return context;
}

std::string ReasonOf(const base::Result<UserContext>& result) {
    return result ? "" : result.error().reason;
}

TEST(UserContext, RoundTrips) {
    const UserContext sent = Sample();

    const auto got = Verifier().Verify(Signer().Sign(sent), sent.issued + seconds(1));

    ASSERT_TRUE(got);
    EXPECT_EQ(got->user, sent.user);
    EXPECT_EQ(got->role, sent.role);
    EXPECT_EQ(got->caller, sent.caller);
    EXPECT_EQ(got->scopes, sent.scopes);
    EXPECT_EQ(got->run, sent.run);
    EXPECT_EQ(got->issued, sent.issued);
}

TEST(UserContext, HoldsForSixtySeconds) {
    const UserContext sent = Sample();
    const std::string token = Signer().Sign(sent);
    const auto at = [&](seconds offset) {
        return ReasonOf(Verifier().Verify(token, sent.issued + offset));
    };

    EXPECT_EQ(at(seconds(59)), "");
    EXPECT_EQ(at(seconds(60)), "user_context_expired");
    EXPECT_EQ(at(seconds(-30)), "");
    EXPECT_EQ(at(seconds(-31)), "user_context_expired");
}

TEST(UserContext, RefusesEveryFlippedBit) {
    const UserContext sent = Sample();
    const std::string token = Signer().Sign(sent);

    for (std::size_t bit = 0; bit < token.size() * 8; ++bit) {
        std::string forged = token;
        forged[bit / 8] = static_cast<char>(forged[bit / 8] ^ (1 << (bit % 8)));
        const auto got = Verifier().Verify(forged, sent.issued);
        ASSERT_FALSE(got) << "bit " << bit;
        EXPECT_EQ(got.error().kind, base::ErrorKind::kUnauthenticated);
        EXPECT_EQ(got.error().reason, "bad_user_context");
    }
}

TEST(UserContext, IsOpenedOnceAndTimedAtEachCall) {
    const UserContextVerifier verifier = Verifier();
    const UserContext sent = Sample();
    const std::string token = Signer().Sign(sent);
    for (int call = 0; call < 3; ++call) {
        const auto got = verifier.Verify(token, sent.issued + seconds(call));
        ASSERT_TRUE(got);
        EXPECT_EQ(got->user, sent.user);
        EXPECT_EQ(got->scopes, sent.scopes);
    }
    EXPECT_EQ(verifier.known(), 1U);

    EXPECT_EQ(ReasonOf(verifier.Verify(token, sent.issued + seconds(60))), "user_context_expired");
    EXPECT_EQ(ReasonOf(verifier.Verify(token, sent.issued - seconds(31))), "user_context_expired");
    std::string forged = token;
    forged.back() = static_cast<char>(forged.back() ^ 1);
    EXPECT_EQ(ReasonOf(verifier.Verify(forged, sent.issued)), "bad_user_context");
    EXPECT_EQ(verifier.known(), 1U);
}

TEST(UserContext, RemembersABoundedNumber) {
    const UserContextVerifier verifier = Verifier();
    const UserContextSigner signer = Signer();
    UserContext sent = Sample();
    for (std::size_t run = 0; run <= kKnownContextsMax; ++run) {
        sent.run = std::to_string(run);
        ASSERT_TRUE(verifier.Verify(signer.Sign(sent), sent.issued));
        ASSERT_LE(verifier.known(), kKnownContextsMax);
    }
}

TEST(UserContext, RefusesAnotherKey) {
    const UserContext sent = Sample();

    EXPECT_EQ(ReasonOf(Verifier().Verify(Signer(8).Sign(sent), sent.issued)), "bad_user_context");
}

TEST(UserContext, RefusesASignatureOfAnotherDomain) {
    platform::rpc::v1::SignedUserContext token;
    ASSERT_TRUE(token.ParseFromString(Signer().Sign(Sample())));
    const auto bare = crypto::Ed25519Sign(Seed(7), base::AsBytes(token.payload()));
    token.set_signature(base::ToText(*bare));

    EXPECT_EQ(ReasonOf(Verifier().Verify(token.SerializeAsString(), Sample().issued)),
              "bad_user_context");
}

TEST(UserContext, RefusesWhatIsNoToken) {
    for (const std::string& token : std::vector<std::string>{"", "x", "\x0a\x7f"}) {
        EXPECT_EQ(ReasonOf(Verifier().Verify(token, Sample().issued)), "bad_user_context");
    }
}

TEST(UserContext, KeysHaveTheirExactLength) {
    for (const std::string& hex :
         {std::string(), std::string(62, 'a'), std::string(66, 'a'), std::string(64, 'g')}) {
        const auto made = UserContextVerifier::Make(hex);
        ASSERT_FALSE(made) << hex;
        EXPECT_EQ(made.error().reason, "bad_verify_key");
    }
    EXPECT_FALSE(UserContextSigner::Make(secret::Bytes(31)));
}

}  // namespace
}  // namespace rpc
