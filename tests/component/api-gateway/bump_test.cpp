#include "component/api-gateway/fake_chain.h"
#include "component/api-gateway/fixture.h"

namespace gateway_test {
namespace {

class BumpTest : public GatewayTest {
protected:
    void SetUp() override {
        Stack::Get().chain().Set({});
        user_ = NewUser();
        Reply sent = gateway().Call(
            "POST", "/api/v1/ethereum/send", {{"to", kRecipient}, {"amount", "0.1"}}, user_.Auth());
        ASSERT_EQ(sent.status, 200) << sent.text;
        hash_ = sent.body["tx_hash"];
        id_ = sent.body["id"];
    }

    Reply Call(const std::string& what,
               const std::string& verb,
               const HeaderMap& headers,
               const Json& body = nullptr) {
        return gateway().Call("POST", "/api/v1/ethereum/tx/" + what + "/" + verb, body, headers);
    }

    User user_;
    std::string hash_;
    std::string id_;
};

TEST_F(BumpTest, SpeedUpOrdersAnAttemptOfTheSameIntent) {
    Reply reply = Call(hash_, "speed-up", user_.Auth(), {{"max_fee_gwei", "40"}});
    ASSERT_EQ(reply.status, 200) << reply.text;
    EXPECT_EQ(reply.body["id"], id_);
    EXPECT_EQ(reply.body["attempts"][0]["kind"], "speed_up");
    const common::Order order = Stack::Get().chain().orders().back();
    EXPECT_EQ("tx_" + order.intent_id(), id_);
    EXPECT_EQ(order.speed_up().tx_hash(), hash_);
    EXPECT_EQ(order.fee_cap(), "189000000000000");  // three times the fast fee
}

TEST_F(BumpTest, CancelTakesAHashOrAnId) {
    EXPECT_EQ(Call(hash_, "cancel", user_.Auth()).body["attempts"][0]["kind"], "cancel");
    EXPECT_EQ(Call(id_, "cancel", user_.Auth(), {{"fee_cap", "0.001"}}).body["attempts"].size(),
              2U);
    const common::Order order = Stack::Get().chain().orders().back();
    EXPECT_EQ(order.cancel().tx_hash(), hash_);
    EXPECT_EQ(order.fee_cap(), "1000000000000000");
}

TEST_F(BumpTest, AKeyMakesItOneAttempt) {
    const HeaderMap headers = user_.AuthWithKey("bump");
    EXPECT_EQ(Call(hash_, "speed-up", headers).body["attempts"].size(), 1U);
    Reply again = Call(hash_, "speed-up", headers);
    EXPECT_EQ(again.status, 200) << again.text;
    EXPECT_EQ(again.headers.at("idempotent-replayed"), "true");
    EXPECT_EQ(again.body["attempts"].size(), 1U);
    EXPECT_EQ(Call(hash_, "cancel", headers).Code(), "key_reused");
    EXPECT_EQ(Call(hash_, "speed-up", headers, {{"speed", "fast"}}).Code(), "key_reused");
}

TEST_F(BumpTest, OthersPaymentsAreNotThere) {
    const User stranger = NewUser();
    EXPECT_EQ(Call(hash_, "speed-up", stranger.Auth()).Code(), "unknown_tx");
    EXPECT_EQ(Call(id_, "cancel", stranger.Auth()).Code(), "unknown_tx");
    EXPECT_EQ(Call("0x00", "cancel", user_.Auth()).Code(), "unknown_tx");
    EXPECT_EQ(Call("tx_550e8400-e29b-41d4-a716-446655440000", "cancel", user_.Auth()).Code(),
              "unknown_tx");
    EXPECT_EQ(Call(hash_, "speed-up", user_.Auth(), {{"fee", "1"}}).Code(), "unknown_field");
}

}  // namespace
}  // namespace gateway_test
