#include "api-gateway/retention.h"

#include "component/api-gateway/fake_chain.h"
#include "component/api-gateway/fixture.h"

namespace gateway_test {
namespace {

class Retention : public GatewayTest {
protected:
    std::string Ended(const User& user) {
        return Sql(
            "SELECT string_agg(key, ',' ORDER BY key) FROM idempotency_keys WHERE user_id = '" +
            user.id + "' AND ended_at IS NOT NULL");
    }
};

TEST_F(Retention, KeysAreKeptUntilThirtyDaysAfterTheEnd) {
    Stack::Get().chain().Set({});
    const User user = NewUser();
    const auto pay = [&](const std::string& key) {
        return gateway().Call("POST",
                              "/api/v1/ethereum/send",
                              {{"to", kRecipient}, {"amount", "0.1"}},
                              user.AuthWithKey(key));
    };
    Reply ended = pay("a-ended");
    ASSERT_EQ(pay("b-pending").status, 200);
    Stack::Get().chain().SetStatus(ended.body["id"].get<std::string>().substr(3),
                                   chain_v1::TRANSFER_STATUS_FINAL);
    ASSERT_TRUE(gateway::TidyOnce(gateway().app()).has_value());
    EXPECT_EQ(Ended(user), "");  // too young to be asked about
    Sql("UPDATE idempotency_keys SET created_at = created_at - interval '2 days'");
    ASSERT_TRUE(gateway::TidyOnce(gateway().app()).has_value());
    EXPECT_EQ(Ended(user), "a-ended");
    Sql("UPDATE idempotency_keys SET ended_at = ended_at - interval '31 days'");
    const auto removed = gateway::TidyOnce(gateway().app());
    ASSERT_TRUE(removed.has_value());
    EXPECT_GE(*removed, 1);
    EXPECT_EQ(
        Sql("SELECT string_agg(key, ',') FROM idempotency_keys WHERE user_id = '" + user.id + "'"),
        "b-pending");
}

TEST_F(Retention, LapsedSignInsGo) {
    const User user = NewUser();
    const std::string count =
        "SELECT count(*) FROM refresh_tokens t JOIN refresh_families f "
        "ON f.id = t.family_id WHERE f.user_id = '" +
        user.id + "'";
    EXPECT_EQ(Sql(count), "1");
    Sql("UPDATE refresh_families SET expires_at = now() - interval '31 days' WHERE user_id = '" +
        user.id + "'");
    ASSERT_TRUE(gateway::TidyOnce(gateway().app()).has_value());
    EXPECT_EQ(Sql(count), "0");
}

}  // namespace
}  // namespace gateway_test
