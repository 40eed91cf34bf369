#include "component/api-gateway/fake_chain.h"
#include "component/api-gateway/fake_wallets.h"
#include "component/api-gateway/fixture.h"

namespace gateway_test {
namespace {

class WalletTest : public GatewayTest {
protected:
    void SetUp() override { user_ = NewUser(); }

    Reply Get(const std::string& path) {
        return gateway().Call("GET", "/api/v1/wallet" + path, nullptr, user_.Auth());
    }

    User user_;
};

TEST_F(WalletTest, BalancesHaveTheDocumentedShape) {
    Reply reply = Get("/balances");
    ASSERT_EQ(reply.status, 200) << reply.text;
    EXPECT_EQ(reply.body["ethereum"]["address"], kSender);
    EXPECT_EQ(reply.body["ethereum"]["balance"], "1.23456789");
    EXPECT_EQ(reply.body["ethereum"]["currency"], "ETH");
    // A dead node is a field, not a failure.
    EXPECT_EQ(reply.body["bitcoin"]["error"], "node_unavailable");
    EXPECT_EQ(reply.body["bitcoin"]["balance"], nullptr);
}

TEST_F(WalletTest, APortfolioHasEveryAssetAndNoInventedValue) {
    chain_v1::TokenBalance token;
    token.mutable_asset()->set_contract(kRecipient);
    token.mutable_asset()->set_symbol("USDT");
    token.mutable_asset()->set_decimals(6);
    token.set_name("Tether");
    token.set_balance("2500000");
    token.set_listed(true);
    Stack::Get().chain().Set({.tokens = {token}});
    const Reply reply = Get("/portfolio");
    ASSERT_EQ(reply.status, 200) << reply.text;
    EXPECT_EQ(reply.body["vs_currency"], "usd");
    EXPECT_EQ(reply.body["errors"], Json({{"bitcoin", "node_unavailable"}}));
    ASSERT_EQ(reply.body["assets"].size(), 2U) << reply.text;
    const Json& native = reply.body["assets"][0];
    EXPECT_EQ(native["chain"], "ethereum");
    EXPECT_EQ(native["token"], nullptr);
    EXPECT_EQ(native["currency"], "ETH");
    EXPECT_EQ(native["balance"], "1.23456789");
    EXPECT_EQ(native["wallets"][0]["address"], kSender);
    const Json& usdt = reply.body["assets"][1];
    EXPECT_EQ(usdt["token"], kRecipient);
    EXPECT_EQ(usdt["balance"], "2.5");
    EXPECT_EQ(usdt["balance_atomic"], "2500000");
    EXPECT_EQ(usdt["name"], "Tether");
    for (const Json& owner : {reply.body, native, usdt}) {
        for (const char* name : {"total", "price", "value", "share", "24h_change"}) {
            EXPECT_EQ(owner.value(name, Json()), nullptr) << name;
        }
    }
    EXPECT_TRUE(reply.body.contains("total"));
    EXPECT_TRUE(usdt.contains("value"));

    Stack::Get().chain().Set(
        {.tokens_error = base::Unavailable("node_unavailable", "the node does not answer")});
    const Reply partial = Get("/portfolio?vs_currency=EUR");
    EXPECT_EQ(partial.body["vs_currency"], "eur");
    EXPECT_EQ(partial.body["errors"]["ethereum"], "node_unavailable");
    EXPECT_EQ(partial.body["assets"].size(), 1U);
    Stack::Get().chain().Set({});
    EXPECT_EQ(Get("/portfolio?vs_currency=dollars").Code(), "invalid_request");
}

TEST_F(WalletTest, WalletsAndTransactionsAreListed) {
    EXPECT_EQ(Get("").body["data"][0]["address"], kSender);
    chain_v1::TransferView view;
    view.set_id("11111111-2222-4333-8444-555555555555");
    view.set_network(kNetwork);
    view.set_status(chain_v1::TRANSFER_STATUS_FINAL);
    view.set_amount("5");
    view.mutable_asset()->set_decimals(18);
    view.set_incoming(true);
    Stack::Get().wallets().SetTransaction(view);
    Reply page = Get("/transactions?limit=5&status=final&direction=in&chain=eth");
    ASSERT_EQ(page.status, 200) << page.text;
    EXPECT_EQ(page.body["next_cursor"], "next page");
    EXPECT_NE(page.headers.at("link").find("status=final"), std::string::npos);
    EXPECT_NE(page.headers.at("link").find("cursor=next%20page"), std::string::npos);
    Reply one = Get("/transactions/11111111-2222-4333-8444-555555555555");
    EXPECT_EQ(one.body["id"], "tx_11111111-2222-4333-8444-555555555555");
    EXPECT_EQ(one.body["direction"], "in");
    EXPECT_EQ(one.body["value"], "0.000000000000000005");
    EXPECT_EQ(Get("/transactions/tx_550e8400-e29b-41d4-a716-446655440000").Code(), "unknown_tx");
}

TEST_F(WalletTest, FiltersAreChecked) {
    EXPECT_EQ(Get("/transactions?status=done").Code(), "unknown_status");
    EXPECT_EQ(Get("/transactions?direction=up").Code(), "invalid_request");
    EXPECT_EQ(Get("/transactions?from=yesterday").Code(), "bad_time");
    EXPECT_EQ(Get("/transactions?chain=dogecoin").Code(), "unknown_chain");
    Reply unknown = Get("/transactions?statsu=final");
    EXPECT_EQ(unknown.Code(), "unknown_parameter");
    EXPECT_NE(unknown.text.find("`status`"), std::string::npos) << unknown.text;
    EXPECT_EQ(Get("/transactions?limit=5&limit=6").Code(), "repeated_parameter");
}

TEST_F(WalletTest, PoliciesAreInCoinsOutsideAndBaseUnitsInside) {
    const Json policy{{"limits",
                       {{{"chain", "ethereum"}, {"per_tx", "0.5"}, {"per_day", "2"}},
                        {{"chain", "ethereum"},
                         {"token", "0xdAC17F958D2ee523a2206206994597C13D831ec7"},
                         {"approval_above", "100"}}}},
                      {"allow_list", {std::string("ethereum:") + kRecipient}},
                      {"chains", {"eth"}},
                      {"require_approval", true}};
    Reply set = gateway().Call("PUT", "/api/v1/wallet/policies", policy, user_.Auth());
    ASSERT_EQ(set.status, 200) << set.text;
    Reply shown = Get("/policies");
    EXPECT_EQ(shown.body["limits"][0]["per_tx"], "0.5");
    EXPECT_EQ(shown.body["limits"][0]["per_tx_atomic"], "500000000000000000");
    EXPECT_EQ(shown.body["limits"][0]["approval_above"], nullptr);
    EXPECT_EQ(shown.body["limits"][1]["approval_above_atomic"], "100000000");
    EXPECT_EQ(shown.body["chains"], Json({"ethereum"}));
    EXPECT_EQ(shown.body["require_approval"], true);
    EXPECT_EQ(shown.body["pending"], nullptr);
}

TEST_F(WalletTest, PolicyRefusalsPointAtTheField) {
    const auto put = [&](const Json& body) {
        return gateway().Call("PUT", "/api/v1/wallet/policies", body, user_.Auth());
    };
    Reply amount = put({{"limits", {{{"chain", "ethereum"}, {"per_tx", "1e3"}}}}});
    EXPECT_EQ(amount.Code(), "bad_amount");
    EXPECT_EQ(amount.body["errors"][0]["pointer"], "/limits/0/per_tx");
    Reply field = put({{"limits", {{{"chain", "ethereum"}, {"per_week", "1"}}}}});
    EXPECT_EQ(field.Code(), "unknown_field");
    EXPECT_EQ(put({{"limits", "none"}}).Code(), "wrong_type");
    EXPECT_EQ(put({{"chains", {"dogecoin"}}}).Code(), "unknown_chain");
}

TEST_F(WalletTest, PauseAndResume) {
    const std::string id = WalletOf(user_.id).wallet_id();
    Reply paused = gateway().Call(
        "POST", "/api/v1/wallet/" + id + "/pause", {{"reason", "holiday"}}, user_.Auth());
    EXPECT_EQ(paused.body["paused"], true);
    EXPECT_EQ(gateway()
                  .Call("POST", "/api/v1/wallet/" + id + "/resume", Json::object(), user_.Auth())
                  .Code(),
              "missing_field");
    Reply resumed = gateway().Call(
        "POST", "/api/v1/wallet/" + id + "/resume", {{"password", kPassword}}, user_.Auth());
    EXPECT_EQ(resumed.body["paused"], false);
    EXPECT_EQ(Stack::Get().wallets().proof(), kPassword);
}

TEST_F(WalletTest, EveryAnswerCarriesTheRequestIdAndGuards) {
    HeaderMap headers = user_.Auth();
    headers["X-Request-Id"] = "my-request-1";
    Reply reply = gateway().Call("GET", "/api/v1/wallet/nothing", nullptr, headers);
    EXPECT_EQ(reply.status, 404);
    EXPECT_EQ(reply.headers.at("x-request-id"), "my-request-1");
    EXPECT_EQ(reply.body["request_id"], "my-request-1");
    EXPECT_EQ(reply.headers.at("x-content-type-options"), "nosniff");
    EXPECT_EQ(reply.headers.at("content-type"), "application/problem+json");
    Reply method = gateway().Call("PATCH", "/api/v1/wallet/balances", Json::object(), headers);
    EXPECT_EQ(method.status, 405);
    EXPECT_EQ(method.headers.at("allow"), "GET");
}

}  // namespace
}  // namespace gateway_test
