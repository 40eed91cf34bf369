#include <algorithm>

#include "component/api-gateway/fake_chain.h"
#include "component/api-gateway/fake_wallets.h"
#include "component/api-gateway/fixture.h"
#include "crypto/hash.h"

namespace gateway_test {
namespace {

class Send : public GatewayTest {
protected:
    void SetUp() override {
        chain().Set({});
        user_ = NewUser();
    }

    static FakeChain& chain() { return Stack::Get().chain(); }

    Json Body(const Json& changes = Json::object()) const {
        Json body{{"to", kRecipient}, {"amount", "0.1"}};
        if (changes.is_object()) {
            body.merge_patch(changes);
        }
        return body;
    }

    Reply Pay(const Json& changes = Json::object(), const std::string& query = "") {
        return gateway().Call("POST", "/api/v1/ethereum/send" + query, Body(changes), user_.Auth());
    }

    // The orders that the daemon was given for this user.
    std::vector<common::Order> Orders() const {
        std::vector<common::Order> own;
        for (const common::Order& order : chain().orders()) {
            if (order.user_id() == user_.id) {
                own.push_back(order);
            }
        }
        return own;
    }

    User user_;
};

TEST_F(Send, AnswersTheDocumentedFiveAndTheId) {
    Reply reply = Pay({{"gas_price_gwei", "20"}});
    ASSERT_EQ(reply.status, 200) << reply.text;
    EXPECT_TRUE(reply.body["tx_hash"].get<std::string>().starts_with("0x"));
    EXPECT_EQ(reply.body["from"], kSender);
    EXPECT_EQ(reply.body["to"], kRecipient);
    EXPECT_EQ(reply.body["value"], "0.1");
    EXPECT_EQ(reply.body["status"], "pending");
    EXPECT_TRUE(reply.body["id"].get<std::string>().starts_with("tx_"));
    EXPECT_EQ(reply.body["amount_atomic"], "100000000000000000");
    EXPECT_EQ(reply.body["nonce"], 7);
    EXPECT_EQ(reply.body["fee_estimate"], "0.000021");
}

TEST_F(Send, SignsAnOrderOfExactlyTheWish) {
    ASSERT_EQ(Pay({{"memo", "rent"}}).status, 200);
    const auto orders = Orders();
    ASSERT_EQ(orders.size(), 1U);
    const common::Order& order = orders[0];
    EXPECT_EQ(order.from(), kSender);
    EXPECT_EQ(order.wallet_id(), WalletOf(user_.id).wallet_id());
    EXPECT_EQ(order.transfer().mode(), common::TRANSFER_MODE_EXACT);
    EXPECT_EQ(order.transfer().recipients(0).address(), kRecipient);
    EXPECT_EQ(order.transfer().recipients(0).amount(), "100000000000000000");
    EXPECT_EQ(order.fee_cap(), "63000000000000");  // three times the estimate
    EXPECT_EQ(order.memo_hash(), base::ToText(crypto::Sha256(base::AsBytes("rent"))));
    EXPECT_TRUE(order.approval_digest().empty());
}

TEST_F(Send, TheFeeCapIsTheCallersWithinTheCeiling) {
    ASSERT_EQ(Pay({{"fee_cap", "0.001"}}).status, 200);
    EXPECT_EQ(Orders().back().fee_cap(), "1000000000000000");
    ASSERT_EQ(Pay({{"fee_cap", "1"}, {"amount", "0.2"}}).status, 200);
    EXPECT_EQ(Orders().back().fee_cap(), "50000000000000000");
    Reply low = Pay({{"fee_cap", "0.00000001"}, {"amount", "0.3"}});
    EXPECT_EQ(low.status, 422);
    EXPECT_EQ(low.Code(), "fee_too_low");
    chain().Set({.fee = "40000000000000000"});
    ASSERT_EQ(Pay({{"amount", "0.4"}}).status, 200);
    EXPECT_EQ(Orders().back().fee_cap(), "50000000000000000");
    EXPECT_EQ(Orders().size(), 3U);
}

TEST_F(Send, AmountsAreDecimalTextOrNothing) {
    const std::size_t before = chain().intents();
    const Json bad[] = {"0",
                        "0.0",
                        "-1",
                        "1e-19",
                        "0.0000000000000000001",
                        "1e3",
                        "0x10",
                        " 1",
                        "1 ",
                        "1.",
                        ".5",
                        "+1",
                        "1,5",
                        "",
                        "NaN",
                        std::string(79, '9'),
                        "\xef\xbc\x91\xef\xbc\x92",
                        0.1,
                        1,
                        true,
                        Json::array({"1"})};
    for (const Json& amount : bad) {
        Reply reply = Pay({{"amount", amount}});
        EXPECT_TRUE(reply.status == 400 || reply.status == 422) << amount << reply.text;
        EXPECT_TRUE(reply.Code() == "bad_amount" || reply.Code() == "amount_precision" ||
                    reply.Code() == "wrong_type")
            << amount << reply.text;
        EXPECT_EQ(reply.body["errors"][0]["pointer"], "/amount") << amount;
    }
    EXPECT_EQ(Pay({{"amount", 0.1}}).Code(), "wrong_type");
    EXPECT_EQ(Pay({{"amount", "0.0000000000000000001"}}).Code(), "amount_precision");
    EXPECT_EQ(chain().intents(), before);
    EXPECT_EQ(Sql("SELECT count(*) FROM duplicate_guards WHERE user_id = '" + user_.id + "'"), "0");
}

TEST_F(Send, UnknownAndRepeatedFieldsAreRefused) {
    Reply unknown = Pay({{"gas_price_gwie", "20"}});
    EXPECT_EQ(unknown.status, 400);
    EXPECT_EQ(unknown.Code(), "unknown_field");
    EXPECT_NE(unknown.text.find("gas_price_gwei"), std::string::npos);
    Reply other_family = Pay({{"fee_rate", "5"}});
    EXPECT_EQ(other_family.Code(), "unknown_field");
    Reply twice = gateway().CallRaw(
        "POST",
        "/api/v1/ethereum/send",
        std::string(R"({"to":")") + kRecipient + R"(","amount":"0.1","amount":"0.2"})",
        user_.Auth());
    EXPECT_EQ(twice.Code(), "repeated_field");
    EXPECT_EQ(Pay({}, "?dryrun=true").Code(), "unknown_parameter");
    EXPECT_EQ(Pay({{"gas_price_gwei", "20"}, {"max_fee_gwei", "30"}}).Code(), "invalid_request");
    EXPECT_EQ(Pay({{"gas_price_gwei", "20.0000000001"}}).Code(), "amount_precision");
    EXPECT_EQ(Pay({{"speed", "ludicrous"}}).Code(), "invalid_request");
}

TEST_F(Send, RefusalsOfThePriceStoreNothing) {
    chain().Set({.estimate_error = base::InvalidArgument(
                     "bad_address", "the address has 39 hex digits after 0x, it must have 40")});
    Reply reply = Pay({{"to", "0x742d35Cc6634C0532925a3b844Bc9e7595f0bEb"}});
    EXPECT_EQ(reply.status, 422);
    EXPECT_EQ(reply.Code(), "bad_address");
    EXPECT_NE(reply.body["detail"].get<std::string>().find("39"), std::string::npos);
    EXPECT_EQ(reply.body["errors"][0]["pointer"], "/to");
    EXPECT_EQ(Sql("SELECT count(*) FROM duplicate_guards WHERE user_id = '" + user_.id + "'"), "0");
}

TEST_F(Send, ADaemonThatPaysSomebodyElseIsNotObeyed) {
    chain().Set({.canonical = kSender});
    Reply reply = Pay();
    EXPECT_EQ(reply.status, 500);
    EXPECT_TRUE(Orders().empty());
    EXPECT_EQ(Sql("SELECT count(*) FROM duplicate_guards WHERE user_id = '" + user_.id + "'"), "0");
}

TEST_F(Send, DryRunShowsThePlanAndStoresNothing) {
    Reply reply = Pay({}, "?dry_run=true");
    ASSERT_EQ(reply.status, 200) << reply.text;
    EXPECT_EQ(reply.body["fee"], "0.000021");
    EXPECT_EQ(reply.body["fee_cap"], "0.000063");
    EXPECT_EQ(reply.body["balance_after"], "0.9");
    EXPECT_EQ(reply.body["warnings"][0]["code"], "first_time_recipient");
    EXPECT_EQ(reply.body["plan"]["recipients"][0]["amount"], "0.1");
    Reply estimate = gateway().Call("POST", "/api/v1/ethereum/estimate", Body(), user_.Auth());
    EXPECT_EQ(estimate.body, reply.body);
    EXPECT_TRUE(Orders().empty());
    EXPECT_EQ(Pay({}, "?dry_run=yes").Code(), "wrong_type");
}

TEST_F(Send, ModesAllAndSubtractFee) {
    ASSERT_EQ(Pay({{"amount", "all"}}).status, 200);
    EXPECT_EQ(Orders().back().transfer().mode(), common::TRANSFER_MODE_ALL);
    EXPECT_EQ(Orders().back().transfer().recipients(0).amount(), "");
    ASSERT_EQ(Pay({{"subtract_fee", true}}).status, 200);
    EXPECT_EQ(Orders().back().transfer().mode(), common::TRANSFER_MODE_SUBTRACT_FEE);
    EXPECT_EQ(Pay({{"amount", "all"}, {"subtract_fee", true}}).Code(), "invalid_request");
}

TEST_F(Send, TokensUseTheirOwnDecimalsAndMustBeListedOrAccepted) {
    const Json token{{"token", "0xdAC17F958D2ee523a2206206994597C13D831ec7"}, {"amount", "1.5"}};
    EXPECT_EQ(Pay(token).Code(), "unlisted_token");
    Json accepted = token;
    accepted["accept_unlisted"] = true;
    Reply reply = Pay(accepted);
    ASSERT_EQ(reply.status, 200) << reply.text;
    EXPECT_EQ(reply.body["value"], "1.5");
    EXPECT_EQ(reply.body["currency"], "USDT");
    EXPECT_EQ(Orders().back().transfer().recipients(0).amount(), "1500000");
    EXPECT_EQ(Orders().back().asset().contract(), token["token"].get<std::string>());
    accepted["amount"] = "0.0000001";
    EXPECT_EQ(Pay(accepted).Code(), "amount_precision");
}

TEST_F(Send, APaymentThatNeedsApprovalIs202) {
    chain().Set(
        {.on_transfer = [](const common::Order&,
                           chain_v1::TransferView view) -> base::Result<chain_v1::TransferView> {
            view.set_status(chain_v1::TRANSFER_STATUS_AWAITING_APPROVAL);
            view.clear_tx_hash();
            view.set_approval_id("550e8400-e29b-41d4-a716-446655440000");
            return view;
        }});
    Reply reply = Pay();
    EXPECT_EQ(reply.status, 202) << reply.text;
    EXPECT_EQ(reply.body["approval_id"], "apr_550e8400-e29b-41d4-a716-446655440000");
    EXPECT_EQ(reply.body["status"], "awaiting_approval");
    EXPECT_EQ(reply.body["tx_hash"], nullptr);
}

TEST_F(Send, APaymentThatPolicyDeniesIs403AndMayBeTriedAgain) {
    chain().Set(
        {.on_transfer = [](const common::Order&,
                           chain_v1::TransferView view) -> base::Result<chain_v1::TransferView> {
            view.set_status(chain_v1::TRANSFER_STATUS_FAILED);
            view.clear_tx_hash();
            view.set_reason("policy_denied");
            view.set_detail("above the limit of a payment");
            return view;
        }});
    Reply denied = Pay();
    EXPECT_EQ(denied.status, 403);
    EXPECT_EQ(denied.Code(), "policy_denied");
    EXPECT_EQ(denied.body["detail"], "above the limit of a payment");
    EXPECT_TRUE(denied.body["id"].get<std::string>().starts_with("tx_"));
    chain().Set({});
    EXPECT_EQ(Pay().status, 200);
}

TEST_F(Send, ChainsAreNamedOrRefused) {
    Reply unknown = gateway().Call("POST", "/api/v1/etherium/send", Body(), user_.Auth());
    EXPECT_EQ(unknown.status, 404);
    EXPECT_EQ(unknown.Code(), "unknown_chain");
    EXPECT_NE(unknown.body["detail"].get<std::string>().find("ethereum"), std::string::npos);
    Reply absent = gateway().Call("POST", "/api/v1/bnb/send", Body(), user_.Auth());
    EXPECT_EQ(absent.status, 503);
    EXPECT_EQ(absent.Code(), "chain_unavailable");
    EXPECT_EQ(gateway().Call("POST", "/api/v1/eth/send", Body(), user_.Auth()).status, 200);
}

TEST_F(Send, AnotherUsersWalletIsNotThere) {
    const User stranger = NewUser();
    Reply reply = Pay({{"wallet_id", WalletOf(stranger.id).wallet_id()}});
    EXPECT_EQ(reply.status, 404);
    EXPECT_EQ(reply.Code(), "unknown_wallet");
    EXPECT_EQ(Pay({{"wallet_id", WalletOf(user_.id).wallet_id()}}).status, 200);
    EXPECT_EQ(Pay({{"wallet_id", "mine"}}).Code(), "bad_id");
}

}  // namespace
}  // namespace gateway_test
