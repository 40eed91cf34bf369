#include "auth/order.h"
#include "base/hex.h"
#include "component/api-gateway/fake_chain.h"
#include "component/api-gateway/fake_wallets.h"
#include "component/api-gateway/fixture.h"
#include "crypto/hash.h"

namespace gateway_test {
namespace {

// ethereum/eth-account, tests/core/test_accounts.py.
constexpr const char* kSigner = "0x2c7536E3605D9C16a7a3D7b1898e529396a65c23";
constexpr const char* kSomeData =
    "0xb91467e570a6466aa9e9876cbcd013baba02900b8979d43fe208a4a4f339f5fd6007e74cd82e037b800186422fc2"
    "da167c747ef045e5d18a5f5d4300f8e1a0291c";

Json TypedData(const std::string& type = "Vote", int chain_id = 31337) {
    Json data = Json::parse(R"({
        "types": {"EIP712Domain": [{"name": "chainId", "type": "uint256"},
                                   {"name": "verifyingContract", "type": "address"}]},
        "domain": {}, "message": {"choice": 1}})");
    data["types"][type] = Json::parse(R"([{"name": "choice", "type": "uint256"}])");
    data["primaryType"] = type;
    data["domain"]["chainId"] = chain_id;
    data["domain"]["verifyingContract"] = kRecipient;
    return data;
}

class MessageTest : public GatewayTest {
protected:
    void SetUp() override { user_ = NewUser(); }

    Reply Post(const std::string& path, const Json& body) {
        return gateway().Call("POST", "/api/v1/" + path, body, user_.Auth());
    }

    Reply Sign(const Json& body) { return Post("ethereum/sign-message", body); }

    Reply Verify(const Json& changes) {
        Json body{{"message", "Some data"}, {"address", kSigner}, {"signature", kSomeData}};
        if (changes.is_object()) {
            body.merge_patch(changes);
        }
        return Post("ethereum/verify-message", body);
    }

    static platform::common::v1::Order Ordered() {
        platform::common::v1::Order order;
        EXPECT_TRUE(order.ParseFromString(Stack::Get().wallets().message().order().order()));
        return order;
    }

    User user_;
};

TEST_F(MessageTest, ASignatureIsOrderedForExactlyTheseBytes) {
    const Reply reply = Sign({{"message", "Grüße"}});
    ASSERT_EQ(reply.status, 200) << reply.text;
    EXPECT_EQ(reply.body["signature"], "0xsigned");
    EXPECT_EQ(reply.body["format"], "eip191");
    EXPECT_EQ(reply.body["message"], "Grüße");
    EXPECT_EQ(reply.body["message_hex"], "0x4772c3bcc39f65");
    EXPECT_EQ(reply.body["address"], kSender);
    EXPECT_EQ(reply.body["chain"], "ethereum");
    EXPECT_EQ(reply.body["typed_data"], nullptr);
    const auto order = Ordered();
    EXPECT_EQ(order.message().kind(), "eip191");
    EXPECT_EQ(order.from(), kSender);
    EXPECT_EQ(order.user_id(), user_.id);
    const auto digest = crypto::Sha256(base::AsBytes("Grüße"));
    EXPECT_EQ(order.message().digest(), base::AsText(digest));
    EXPECT_EQ(reply.body["digest"], base::HexEncode(digest));
    EXPECT_EQ(Stack::Get().wallets().message().content(), "Grüße");
    EXPECT_FALSE(Stack::Get().wallets().message().has_proof());
    const auto first = order.intent_id();
    ASSERT_EQ(Sign({{"message", "Grüße"}}).status, 200);
    EXPECT_NE(Ordered().intent_id(), first) << "each signature has an order of its own";
    ASSERT_EQ(Sign({{"message", "Grüße"}, {"address", kRecipient}}).body["address"], kRecipient);
    EXPECT_EQ(Ordered().from(), kRecipient) << "wallet-manager says whose it is";
}

TEST_F(MessageTest, BytesComeInHex) {
    const Reply reply = Sign({{"message", "0xff00"}, {"encoding", "hex"}});
    ASSERT_EQ(reply.status, 200) << reply.text;
    EXPECT_EQ(reply.body["message"], nullptr) << "no text";
    EXPECT_EQ(reply.body["message_hex"], "0xff00");
    EXPECT_EQ(Stack::Get().wallets().message().content(), std::string("\xff\x00", 2));
    EXPECT_EQ(Sign({{"message", "ff00"}, {"encoding", "hex"}}).status, 200);
    EXPECT_EQ(Sign({{"message", "0xff00"}}).body["message"], "0xff00") << "a text by itself";
    EXPECT_EQ(Sign({{"message", "zz"}, {"encoding", "hex"}}).Code(), "bad_hex");
    EXPECT_EQ(Sign({{"message", "a"}, {"encoding", "base64"}}).Code(), "invalid_request");
}

TEST_F(MessageTest, TypedDataNeedsALeave) {
    const Reply refused = Sign({{"typed_data", TypedData()}});
    EXPECT_EQ(refused.status, 403) << refused.text;
    EXPECT_EQ(refused.Code(), "approval_needed");
    const Reply signed_one = Sign({{"typed_data", TypedData()}, {"password", kPassword}});
    ASSERT_EQ(signed_one.status, 200) << signed_one.text;
    EXPECT_EQ(signed_one.body["format"], "eip712");
    EXPECT_EQ(signed_one.body["typed_data"]["primary_type"], "Vote");
    EXPECT_EQ(signed_one.body["typed_data"]["contract"], kRecipient);
    EXPECT_EQ(signed_one.body["message"], nullptr);
    EXPECT_EQ(Stack::Get().wallets().proof(), kPassword);
    EXPECT_EQ(Json::parse(Stack::Get().wallets().message().content()), TypedData());
}

TEST_F(MessageTest, WhatIsNeverSignedIsRefusedWithItsReason) {
    const Reply permit = Sign({{"typed_data", TypedData("Permit")}, {"password", kPassword}});
    EXPECT_EQ(permit.status, 403);
    EXPECT_EQ(permit.Code(), "permit_refused");
    EXPECT_EQ(Sign({{"typed_data", TypedData("Vote", 1)}, {"password", kPassword}}).Code(),
              "wrong_network");
    EXPECT_EQ(Sign({{"typed_data", Json::object()}}).Code(), "bad_typed_data");
    EXPECT_EQ(Sign({{"message", "hello"}, {"format", "bip322"}}).Code(), "unknown_format");
    EXPECT_EQ(Sign({{"message", "hello"}, {"format", "eth_sign"}}).Code(), "unknown_format");
    const Reply longer = Sign({{"message", std::string(30'001, 'a')}});
    EXPECT_EQ(longer.status, 422);
    EXPECT_EQ(longer.Code(), "message_too_long");
    EXPECT_EQ(longer.body["errors"][0]["pointer"], "/message");
    EXPECT_EQ(Sign({{"message", std::string(30'000, 'a')}}).status, 200);
    const Reply huge = Sign({{"message", std::string(65'536, 'a')}});
    EXPECT_EQ(huge.status, 413);
    EXPECT_EQ(huge.Code(), "body_too_large");
}

TEST_F(MessageTest, TheBodyIsChecked) {
    EXPECT_EQ(Sign(Json::object()).Code(), "invalid_request");
    EXPECT_EQ(Sign({{"message", "a"}, {"typed_data", TypedData()}}).Code(), "invalid_request");
    EXPECT_EQ(Sign({{"typed_data", TypedData()}, {"encoding", "hex"}}).Code(), "invalid_request");
    EXPECT_EQ(Sign({{"typed_data", TypedData()}, {"format", "eip191"}}).Code(), "invalid_request");
    EXPECT_EQ(Sign({{"message", "{}"}, {"format", "eip712"}}).Code(), "invalid_request");
    EXPECT_EQ(Sign({{"message", 5}}).Code(), "wrong_type");
    EXPECT_EQ(Sign({{"mesage", "a"}}).Code(), "unknown_field");
    EXPECT_EQ(
        Sign({{"message", "a"}, {"wallet_id", "550e8400-e29b-41d4-a716-446655440000"}}).Code(),
        "unknown_wallet");
    EXPECT_EQ(Post("dogecoin/sign-message", {{"message", "a"}}).Code(), "unknown_chain");
}

TEST_F(MessageTest, AKeyNeedsTheScope) {
    const auto with_scope = [this](const char* scope) {
        const Reply made =
            gateway().Call("POST",
                           "/api/v1/api-keys",
                           {{"name", "bot"}, {"scopes", {scope}}, {"password", kPassword}},
                           user_.Auth());
        return gateway().Call("POST",
                              "/api/v1/ethereum/sign-message",
                              {{"message", "hello"}},
                              {{"X-API-Key", made.body.value("key", "")}});
    };
    EXPECT_EQ(with_scope("sign").status, 200);
    EXPECT_EQ(with_scope("send").status, 403);
    EXPECT_EQ(gateway().Call("POST", "/api/v1/ethereum/sign-message", {{"message", "a"}}).status,
              401);
}

TEST_F(MessageTest, AnybodysSignatureIsVerified) {
    const Reply valid = Verify({});
    ASSERT_EQ(valid.status, 200) << valid.text;
    EXPECT_EQ(valid.body, Json({{"valid", true}, {"address", kSigner}, {"reason", nullptr}}));
    EXPECT_EQ(Verify({{"message", "Other data"}}).body,
              Json({{"valid", false}, {"address", kSigner}, {"reason", "not_signed_by"}}));
    EXPECT_EQ(Verify({{"address", kSender}}).body["reason"], "not_signed_by");
    EXPECT_EQ(Verify({{"message", "536f6d652064617461"}, {"encoding", "hex"}}).body["valid"], true);
    EXPECT_EQ(Verify({{"signature", "0x12"}}).body["reason"], "bad_signature");
    EXPECT_EQ(Verify({{"address", "nobody"}}).body["reason"], "bad_address");
    EXPECT_EQ(Verify({{"message", nullptr}, {"typed_data", TypedData()}}).body["valid"], false);
    EXPECT_EQ(Verify({{"message", nullptr}, {"typed_data", Json::object()}}).Code(),
              "bad_typed_data");
    EXPECT_EQ(Verify({{"signature", nullptr}}).Code(), "missing_field");
    EXPECT_EQ(Verify({{"wallet_id", "x"}}).Code(), "unknown_field");
}

TEST_F(MessageTest, TypesAreAllowedListedAndForbidden) {
    const Json body{{"chain", "ethereum"},
                    {"contract", kRecipient},
                    {"primary_type", "Vote"},
                    {"password", kPassword}};
    const Reply added = Post("wallet/message-types", body);
    ASSERT_EQ(added.status, 201) << added.text;
    EXPECT_EQ(added.body["id"], "mty_11111111-2222-4333-8444-555555555555");
    EXPECT_EQ(added.body["chain"], "ethereum");
    EXPECT_EQ(Stack::Get().wallets().proof(), kPassword);
    const Reply list = gateway().Call("GET", "/api/v1/wallet/message-types", nullptr, user_.Auth());
    EXPECT_EQ(list.body["data"][0]["primary_type"], "Vote");
    const auto remove = [this](const std::string& id) {
        return gateway().Call(
            "DELETE", "/api/v1/wallet/message-types/" + id, nullptr, user_.Auth());
    };
    EXPECT_EQ(remove(added.body["id"]).status, 204);
    EXPECT_EQ(remove(added.body["id"]).Code(), "unknown_message_type");
    EXPECT_EQ(remove("nonsense").Code(), "bad_id");
    Json without = body;
    without.erase("password");
    EXPECT_EQ(Post("wallet/message-types", without).Code(), "missing_field");
}

}  // namespace
}  // namespace gateway_test
