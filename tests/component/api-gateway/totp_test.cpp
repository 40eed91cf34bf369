// The second factor: enrolment, sign-ins, fresh proofs, recovery codes, blocking.
#include "auth/totp.h"

#include <gtest/gtest.h>
#include <string>

#include "base/clock.h"
#include "base/hex.h"
#include "component/api-gateway/fake_wallets.h"
#include "component/api-gateway/fixture.h"

namespace gateway_test {
namespace {

class Totp : public GatewayTest {
protected:
    void SetUp() override { user_ = NewUser(); }

    Reply Begin() {
        return gateway().Call("POST", "/auth/totp", {{"password", kPassword}}, user_.Auth());
    }

    Reply Confirm(const std::string& code) {
        return gateway().Call("POST", "/auth/totp/confirm", {{"code", code}}, user_.Auth());
    }

    // Of the step that many steps from now.
    std::string Code(std::int64_t step = 0) {
        const auto sealed = base::HexDecode(
            Sql("SELECT encode(sealed, 'hex') FROM user_totp WHERE user_id = '" + user_.id + "'"));
        const auto secret = auth::OpenTotpSecret(
            gateway().config().totp_key, base::UserId::Parse(user_.id).value(), *sealed);
        return auth::TotpCode(*secret, auth::TotpStep(base::SystemClock().Now()) + step);
    }

    // Answers the recovery codes.
    Json Enable() {
        EXPECT_EQ(Begin().status, 200);
        Reply reply = Confirm(Code(-1));
        EXPECT_EQ(reply.status, 200) << reply.text;
        return reply.body.value("recovery_codes", Json::array());
    }

    Reply Login(const std::string& code) {
        Json body{{"email", user_.email}, {"password", kPassword}};
        if (!code.empty()) {
            body["totp"] = code;
        }
        return gateway().Call("POST", "/auth/login", body);
    }

    User user_;
};

TEST_F(Totp, IsOnOnceACodeWasShown) {
    Reply begun = Begin();
    ASSERT_EQ(begun.status, 200) << begun.text;
    EXPECT_EQ(begun.body["secret"].get<std::string>().size(), 32U);
    EXPECT_NE(begun.body["otpauth_uri"].get<std::string>().find(
                  "secret=" + begun.body["secret"].get<std::string>()),
              std::string::npos);
    EXPECT_EQ(Login("").status, 200) << "not confirmed yet";
    EXPECT_EQ(Confirm("000").Code(), "bad_code");
    Reply confirmed = Confirm(Code());
    ASSERT_EQ(confirmed.status, 200) << confirmed.text;
    EXPECT_EQ(confirmed.body["recovery_codes"].size(), auth::kRecoveryCodes);
    EXPECT_EQ(Login("").Code(), "totp_required");
    EXPECT_EQ(Login("").status, 401);
    EXPECT_EQ(Confirm(Code(1)).Code(), "totp_enabled");
}

TEST_F(Totp, ConfirmingNothingIsRefused) {
    EXPECT_EQ(Confirm("123456").Code(), "totp_not_begun");
}

TEST_F(Totp, ASignInTakesEachCodeOnce) {
    Enable();
    const std::string code = Code();
    EXPECT_EQ(Login(code).status, 200);
    Reply again = Login(code);
    EXPECT_EQ(again.status, 422);
    EXPECT_EQ(again.Code(), "bad_code");
    Reply session =
        gateway().Call("POST",
                       "/auth/session",
                       {{"email", user_.email}, {"password", kPassword}, {"totp", Code(1)}});
    EXPECT_EQ(session.status, 200) << session.text;
    Reply wrong = gateway().Call(
        "POST", "/auth/login", {{"email", user_.email}, {"password", "x"}, {"totp", Code(1)}});
    EXPECT_EQ(wrong.Code(), "bad_credentials") << "says nothing about the code";
}

TEST_F(Totp, ARecoveryCodeOpensOneSignIn) {
    const Json codes = Enable();
    ASSERT_EQ(codes.size(), auth::kRecoveryCodes);
    EXPECT_EQ(Login(codes[3]).status, 200);
    EXPECT_EQ(Login(codes[3]).Code(), "bad_code");
    Reply removed = gateway().Call(
        "DELETE", "/auth/totp", {{"password", kPassword}, {"totp", codes[4]}}, user_.Auth());
    EXPECT_EQ(removed.status, 204) << removed.text;
    EXPECT_EQ(Login("").status, 200);
    EXPECT_EQ(Sql("SELECT count(*) FROM totp_recovery_codes WHERE user_id = '" + user_.id + "'"),
              "0");
}

TEST_F(Totp, FreshProofsNeedACode) {
    Enable();
    const auto remove = [&](const Json& body) {
        return gateway().Call("DELETE", "/auth/totp", body, user_.Auth());
    };
    EXPECT_EQ(remove({{"password", kPassword}}).Code(), "totp_required");
    const Json change{{"old", kPassword}, {"new", "SecurePassword124!"}};
    EXPECT_EQ(gateway().Call("POST", "/auth/password", change, user_.Auth()).Code(),
              "totp_required");
    const Json key{{"name", "k"}, {"scopes", {"read"}}, {"password", kPassword}};
    EXPECT_EQ(gateway().Call("POST", "/api/v1/api-keys", key, user_.Auth()).Code(),
              "totp_required");
    EXPECT_EQ(remove({{"password", kPassword}, {"totp", Code()}}).status, 204);
    EXPECT_EQ(remove({{"password", kPassword}}).status, 404);
}

TEST_F(Totp, AProofForTheWalletManagerCarriesTheCode) {
    const Json body{{"password", kPassword}, {"totp", "123456"}};
    EXPECT_EQ(gateway().Call("POST", "/api/v1/ethereum/wallet/export", body, user_.Auth()).status,
              200);
    EXPECT_EQ(Stack::Get().wallets().proof(), std::string(kPassword) + " 123456");
}

TEST_F(Totp, TenWrongCodesBlockForAWhile) {
    Enable();
    for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(Login("000").Code(), "bad_code");
    }
    Reply blocked = Login(Code());
    EXPECT_EQ(blocked.status, 423);
    EXPECT_EQ(blocked.Code(), "locked");
    Sql("UPDATE user_totp SET blocked_until = now() - INTERVAL '1 second' WHERE user_id = '" +
        user_.id + "'");
    EXPECT_EQ(Login(Code()).status, 200);
}

TEST_F(Totp, WithoutAKeyThereIsNone) {
    Gateway without([](gateway::Config& config) { config.totp_key = secret::Bytes(); });
    Reply begun = without.Call("POST", "/auth/totp", {{"password", kPassword}}, user_.Auth());
    EXPECT_EQ(begun.Code(), "totp_unavailable");
    Enable();
    const Json body{{"email", user_.email}, {"password", kPassword}, {"totp", Code()}};
    EXPECT_EQ(without.Call("POST", "/auth/login", body).Code(), "totp_unavailable");
}

TEST_F(Totp, TheDatabaseHoldsNoSecretInTheClear) {
    Reply begun = Begin();
    const Json codes = [&] {
        Reply reply = Confirm(Code());
        return reply.body.value("recovery_codes", Json::array());
    }();
    const std::string dump =
        Sql("SELECT encode(sealed, 'hex') FROM user_totp WHERE user_id = '" + user_.id + "'");
    EXPECT_EQ(dump.size(), 96U) << "nonce, 20 sealed bytes, tag";
    EXPECT_EQ(Sql("SELECT count(DISTINCT code_hash) FROM totp_recovery_codes WHERE user_id = '" +
                  user_.id + "'"),
              "10");
    EXPECT_EQ(
        Sql("SELECT string_agg(kind, ' ' ORDER BY seq) FROM identity_events WHERE user_id = '" +
            user_.id + "'"),
        "registered totp_enabled");
}

}  // namespace
}  // namespace gateway_test
