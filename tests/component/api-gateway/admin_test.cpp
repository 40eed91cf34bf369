#include "component/api-gateway/fake_chain.h"
#include "component/api-gateway/fake_wallets.h"
#include "component/api-gateway/fixture.h"

namespace gateway_test {
namespace {

class Admin : public GatewayTest {
protected:
    void SetUp() override {
        admin_ = NewUserOfRole("admin");
        user_ = NewUser();
    }

    Reply Get(const std::string& path) {
        return gateway().Call("GET", "/api/v1/admin/" + path, nullptr, admin_.Auth());
    }

    Reply Post(const std::string& path, const Json& body = nullptr) {
        return gateway().Call("POST", "/api/v1/admin/" + path, body, admin_.Auth());
    }

    User admin_;
    User user_;
};

TEST_F(Admin, UsersAreListedAndFound) {
    Reply page = Get("users?limit=1");
    ASSERT_EQ(page.status, 200) << page.text;
    ASSERT_EQ(page.body["data"].size(), 1U);
    EXPECT_EQ(page.body["data"][0]["email"], user_.email);
    EXPECT_EQ(page.body["has_more"], true);
    Reply next = Get("users?limit=1&cursor=" + page.body["next_cursor"].get<std::string>());
    EXPECT_EQ(next.body["data"][0]["email"], admin_.email);
    Reply found = Get("users?q=" + user_.email.substr(0, 20));
    ASSERT_EQ(found.body["data"].size(), 1U);
    EXPECT_EQ(found.body["data"][0]["id"], user_.id);
    // The signs of LIKE are letters here.
    EXPECT_EQ(Get("users?q=%25zzz_").body["data"].size(), 0U);
    EXPECT_EQ(Get("users?cursor=x").Code(), "bad_cursor");
    EXPECT_EQ(Get("users/" + user_.id).body["email"], user_.email);
    EXPECT_EQ(Get("users/550e8400-e29b-41d4-a716-446655440000").status, 404);
    EXPECT_EQ(Get("users/nobody").Code(), "bad_id");
    EXPECT_EQ(page.text.find("password"), std::string::npos);
}

TEST_F(Admin, LockingEndsEverythingAtOnce) {
    EXPECT_EQ(gateway().Call("GET", "/auth/me", nullptr, user_.Auth()).status, 200);
    Reply locked = Post("users/" + user_.id + "/lock", {{"reason", "lost phone"}});
    ASSERT_EQ(locked.status, 200) << locked.text;
    EXPECT_EQ(locked.body["locked"], true);
    EXPECT_EQ(locked.body["locked_reason"], "lost phone");
    EXPECT_EQ(gateway().Call("GET", "/auth/me", nullptr, user_.Auth()).status, 423);
    const Json credentials{{"email", user_.email}, {"password", kPassword}};
    Reply login = gateway().Call("POST", "/auth/login", credentials);
    EXPECT_EQ(login.status, 423);
    EXPECT_EQ(login.Code(), "locked");
    // Whoever does not know the password learns nothing of it.
    Json wrong = credentials;
    wrong["password"] = "WrongPassword1!";
    EXPECT_EQ(gateway().Call("POST", "/auth/login", wrong).Code(), "bad_credentials");
    EXPECT_EQ(
        gateway().Call("POST", "/auth/refresh", {{"refresh_token", user_.refresh_token}}).status,
        401);
    EXPECT_EQ(Post("users/" + user_.id + "/unlock").body["locked"], false);
    EXPECT_EQ(gateway().Call("POST", "/auth/login", credentials).status, 200);
    EXPECT_EQ(gateway().Call("GET", "/auth/me", nullptr, user_.Auth()).Code(), "bad_token");
    EXPECT_EQ(Sql("SELECT string_agg(kind || ' ' || left(actor, 5), ',' ORDER BY seq) FROM "
                  "identity_events WHERE user_id = '" +
                  user_.id + "' AND kind LIKE '%locked'"),
              "locked user:,unlocked user:");
}

TEST_F(Admin, ADisabledAccountIsClosed) {
    Sql("UPDATE users SET is_active = false WHERE id = '" + user_.id + "'");
    EXPECT_EQ(gateway().Call("GET", "/auth/me", nullptr, user_.Auth()).Code(), "account_disabled");
    Reply login =
        gateway().Call("POST", "/auth/login", {{"email", user_.email}, {"password", kPassword}});
    EXPECT_EQ(login.Code(), "account_disabled");
}

TEST_F(Admin, NobodyLocksThemselvesOut) {
    EXPECT_EQ(Post("users/" + admin_.id + "/lock").Code(), "invalid_request");
    EXPECT_EQ(Post("users/550e8400-e29b-41d4-a716-446655440000/lock").status, 404);
    EXPECT_EQ(Post("users/550e8400-e29b-41d4-a716-446655440000/unlock").status, 404);
}

TEST_F(Admin, LimitsAreCheckedBeforeTheyAreSet) {
    const auto code = [&](const Json& body) {
        return gateway().Call("PUT", "/api/v1/admin/limits", body, admin_.Auth()).Code();
    };
    EXPECT_EQ(code({{"user_id", user_.id}}), "missing_field");
    EXPECT_EQ(code({{"user_id", user_.id}, {"limits", {{"raed", 5}}}}), "unknown_field");
    EXPECT_EQ(code({{"user_id", user_.id}, {"limits", {{"auth", 5}}}}), "unknown_field");
    EXPECT_EQ(code({{"user_id", user_.id}, {"limits", {{"read", 0}}}}), "number_out_of_range");
    EXPECT_EQ(code({{"user_id", user_.id}, {"limits", {{"read", 1.5}}}}), "number_out_of_range");
    EXPECT_EQ(
        code({{"user_id", "550e8400-e29b-41d4-a716-446655440000"}, {"limits", {{"read", 5}}}}),
        "not_found");
    Reply shown = Get("limits?user_id=" + user_.id);
    EXPECT_EQ(shown.body["overrides"], Json::object());
    EXPECT_EQ(shown.body["standard"]["secret"]["window_seconds"], 3600);
    EXPECT_EQ(Get("limits").Code(), "bad_id");
}

TEST_F(Admin, AllSendsStopAndOpenAgainWithAFreshProof) {
    FakeWallets& wallets = Stack::Get().wallets();
    EXPECT_EQ(Post("pause", {{"reason", "audit"}}).Code(), "missing_field");
    const Json pause{{"password", kPassword}, {"totp", "123456"}, {"reason", "audit"}};
    Reply stopped = Post("pause", pause);
    ASSERT_EQ(stopped.status, 200) << stopped.text;
    EXPECT_EQ(stopped.body["paused"], true);
    EXPECT_TRUE(stopped.body["chain"].is_null());
    EXPECT_EQ(wallets.stop(), ": audit");
    EXPECT_EQ(wallets.proof(), std::string(kPassword) + " 123456");
    Reply opened = Post("resume", {{"password", kPassword}});
    EXPECT_EQ(opened.body["paused"], false);
    EXPECT_EQ(wallets.stop(), "");
    const auto by_user = [&](const std::string& verb) {
        return gateway().Call(
            "POST", "/api/v1/admin/" + verb, {{"password", kPassword}}, user_.Auth());
    };
    EXPECT_EQ(by_user("pause").status, 403);
    EXPECT_EQ(by_user("resume").status, 403);
    EXPECT_EQ(wallets.stop(), "");
}

TEST_F(Admin, ARestoredDatabaseIsAcceptedAndClosedWithAFreshProof) {
    EXPECT_EQ(Post("restore/accept", Json::object()).Code(), "missing_field");
    Reply accepted = Post("restore/accept", {{"password", kPassword}});
    EXPECT_EQ(accepted.status, 200) << accepted.text;
    EXPECT_EQ(Stack::Get().wallets().proof(), kPassword);
    Reply closed = Post("restore/close", {{"password", kPassword}});
    EXPECT_EQ(closed.status, 422);
    EXPECT_EQ(closed.Code(), "no_restore");
    const Json body{{"password", kPassword}};
    EXPECT_EQ(gateway().Call("POST", "/api/v1/admin/restore/accept", body, user_.Auth()).status,
              403);
}

// A chain whose block 97 was final and is another one now.
chain_v1::GetFinalBlockResponse Changed() {
    chain_v1::GetFinalBlockResponse block;
    block.set_network(kNetwork);
    block.set_height(97);
    block.set_hash("0xold");
    block.set_sends_stopped_reason("block 97 was final and has changed");
    block.mutable_node()->set_block_height(130);
    block.mutable_node()->set_final_height(128);
    block.mutable_node()->set_hash("0xnew");
    auto& lost = *block.add_lost();
    lost.set_intent_id("550e8400-e29b-41d4-a716-446655440000");
    lost.set_tx_hash("0xpaid");
    return block;
}

TEST_F(Admin, AChangedFinalBlockIsShownAndTheNodesIsAccepted) {
    FakeChain& chain = Stack::Get().chain();
    chain.Set({.final_block = Changed()});
    Reply shown = Get("chains/ethereum/final-block");
    ASSERT_EQ(shown.status, 200) << shown.text;
    EXPECT_EQ(shown.body["hash"], "0xold");
    EXPECT_EQ(shown.body["node"]["hash"], "0xnew");
    EXPECT_EQ(shown.body["node"]["final_height"], 128);
    EXPECT_EQ(shown.body["lost"][0]["id"], "tx_550e8400-e29b-41d4-a716-446655440000");
    const Json body{{"password", kPassword}, {"network", kNetwork}, {"hash", "0xnew"}};
    const std::string path = "/api/v1/admin/chains/ethereum/final-block";
    EXPECT_EQ(gateway().Call("GET", path, nullptr, user_.Auth()).status, 403);
    EXPECT_EQ(gateway().Call("POST", path, body, user_.Auth()).status, 403);
    Reply accepted = Post("chains/ethereum/final-block", body);
    ASSERT_EQ(accepted.status, 200) << accepted.text;
    EXPECT_EQ(Stack::Get().wallets().accepted_block(), "ethereum eip155:31337 0xnew");
    EXPECT_EQ(Stack::Get().wallets().proof(), kPassword);
    EXPECT_EQ(accepted.body["hash"], "0xnew");
    EXPECT_TRUE(accepted.body["sends_stopped_reason"].is_null());
    EXPECT_EQ(Post("chains/ethereum/final-block", body).Code(), "sends_not_stopped");
    chain.Set({});
}

TEST_F(Admin, AFinalBlockIsAcceptedOnlyAsItWasNamed) {
    FakeChain& chain = Stack::Get().chain();
    const std::string before = Stack::Get().wallets().accepted_block();
    const auto code = [&](const Json& change, chain_v1::GetFinalBlockResponse block) {
        chain.Set({.final_block = std::move(block)});
        Json body{{"password", kPassword}, {"network", kNetwork}, {"hash", "0xnew"}};
        body.merge_patch(change);
        return Post("chains/ethereum/final-block", body).Code();
    };
    EXPECT_EQ(code({{"password", nullptr}}, Changed()), "missing_field");
    EXPECT_EQ(code({{"network", nullptr}}, Changed()), "missing_field");
    EXPECT_EQ(code({{"hash", nullptr}}, Changed()), "missing_field");
    EXPECT_EQ(code({{"network", "eip155:1"}}, Changed()), "wrong_network");
    EXPECT_EQ(code({{"hash", "0xold"}}, Changed()), "block_mismatch");
    auto behind = Changed();
    behind.mutable_node()->set_final_height(96);
    EXPECT_EQ(code(Json::object(), behind), "node_behind");
    auto silent = Changed();
    silent.clear_node();
    EXPECT_EQ(code(Json::object(), silent), "node_unavailable");
    EXPECT_TRUE(Get("chains/ethereum/final-block").body["node"].is_null());
    EXPECT_EQ(Get("chains/litecoin/final-block").Code(), "unknown_chain");
    EXPECT_EQ(Stack::Get().wallets().accepted_block(), before);
    chain.Set({});
}

}  // namespace
}  // namespace gateway_test
