#include <future>
#include <set>

#include "component/api-gateway/fake_chain.h"
#include "component/api-gateway/fake_wallets.h"
#include "component/api-gateway/fixture.h"

namespace gateway_test {
namespace {

class Repeat : public GatewayTest {
protected:
    void SetUp() override {
        chain().Set({});
        user_ = NewUser();
    }

    void TearDown() override { chain().Set({}); }

    static FakeChain& chain() { return Stack::Get().chain(); }

    Reply Pay(const HeaderMap& headers, const Json& changes = Json::object()) {
        Json body{{"to", kRecipient}, {"amount", "0.1"}};
        if (changes.is_object()) {
            body.merge_patch(changes);
        }
        return gateway().Call("POST", "/api/v1/ethereum/send", body, headers);
    }

    std::vector<Reply> PayAtOnce(int count, const HeaderMap& headers) {
        std::vector<std::future<Reply>> calls;
        for (int index = 0; index < count; ++index) {
            calls.push_back(std::async(std::launch::async, [&] { return Pay(headers); }));
        }
        std::vector<Reply> replies;
        for (auto& call : calls) {
            replies.push_back(call.get());
        }
        return replies;
    }

    // The intents that the daemon was asked for by this user.
    std::set<std::string> Intents() const {
        std::set<std::string> own;
        for (const common::Order& order : chain().orders()) {
            if (order.user_id() == user_.id) {
                own.insert(order.intent_id());
            }
        }
        return own;
    }

    // As if everything so far had happened that much earlier.
    void Age(const std::string& interval) {
        for (const char* table : {"idempotency_keys", "duplicate_guards"}) {
            Sql(std::string("UPDATE ") + table + " SET created_at = created_at - interval '" +
                interval + "', claimed_at = claimed_at - interval '" + interval +
                "' WHERE user_id = '" + user_.id + "'");
        }
    }

    static std::string IntentOf(const Reply& reply) {
        return reply.body["id"].get<std::string>().substr(3);
    }

    // The user reads the payment; wallet-manager knows what the chain daemon knows.
    void Read(const std::string& intent, chain_v1::TransferStatus status) {
        chain_v1::TransferView view;
        view.set_id(intent);
        view.set_user_id(user_.id);
        view.set_network(kNetwork);
        view.set_status(status);
        Stack::Get().wallets().SetTransaction(view);
        Reply read = gateway().Call(
            "GET", "/api/v1/wallet/transactions/tx_" + intent, nullptr, user_.Auth());
        EXPECT_EQ(read.status, 200) << read.text;
    }

    User user_;
};

TEST_F(Repeat, FiftyAtOnceWithOneKeyAreOnePayment) {
    chain().Set({.transfer_time = std::chrono::milliseconds(50)});
    std::set<std::string> ids;
    int paid = 0;
    for (const Reply& reply : PayAtOnce(50, user_.AuthWithKey("one-key"))) {
        ASSERT_TRUE(reply.status == 200 || reply.status == 409) << reply.text;
        if (reply.status == 409) {
            EXPECT_EQ(reply.Code(), "in_progress");
        }
        paid += reply.status == 200 ? 1 : 0;
        ids.insert(reply.body["id"].get<std::string>());
    }
    EXPECT_GE(paid, 1);
    EXPECT_EQ(ids.size(), 1U);
    EXPECT_EQ(Intents().size(), 1U);
}

TEST_F(Repeat, FiftyAtOnceWithoutAKeyAreOnePaymentAnd49Conflicts) {
    int paid = 0;
    int refused = 0;
    std::set<std::string> ids;
    for (const Reply& reply : PayAtOnce(50, user_.Auth())) {
        paid += reply.status == 200 ? 1 : 0;
        if (reply.status == 409) {
            ++refused;
            EXPECT_EQ(reply.Code(), "possible_duplicate");
        }
        ids.insert(reply.body["id"].get<std::string>());
    }
    EXPECT_EQ(paid, 1);
    EXPECT_EQ(refused, 49);
    EXPECT_EQ(ids.size(), 1U);
    EXPECT_EQ(Intents().size(), 1U);
}

TEST_F(Repeat, AKeyAnswersTheCurrentState) {
    const HeaderMap headers = user_.AuthWithKey("state");
    Reply first = Pay(headers);
    ASSERT_EQ(first.status, 200);
    EXPECT_FALSE(first.headers.contains("idempotent-replayed"));
    chain().SetStatus(IntentOf(first), chain_v1::TRANSFER_STATUS_FINAL);
    // Not even a wallet without money for a second one is asked for.
    chain().Set({.estimate_error = base::FailedPrecondition("insufficient_funds", "empty")});
    Reply second = Pay(headers);
    EXPECT_EQ(second.status, 200) << second.text;
    EXPECT_EQ(second.headers.at("idempotent-replayed"), "true");
    EXPECT_EQ(second.body["id"], first.body["id"]);
    EXPECT_EQ(second.body["status"], "final");
}

TEST_F(Repeat, AKeyBelongsToOneBodyAndOneUser) {
    ASSERT_EQ(Pay(user_.AuthWithKey("mine")).status, 200);
    Reply other = Pay(user_.AuthWithKey("mine"), {{"amount", "0.2"}});
    EXPECT_EQ(other.status, 422);
    EXPECT_EQ(other.Code(), "key_reused");
    const User stranger = NewUser();
    EXPECT_EQ(Pay(stranger.AuthWithKey("mine"), {{"amount", "0.2"}}).status, 200);
    EXPECT_EQ(Pay(user_.AuthWithKey("with blank")).Code(), "bad_idempotency_key");
    EXPECT_EQ(Pay(user_.AuthWithKey(std::string(256, 'k'))).Code(), "bad_idempotency_key");
}

TEST_F(Repeat, TheOrderOfFieldsDoesNotMakeAnotherRequest) {
    const HeaderMap headers = user_.AuthWithKey("order");
    const std::string to = kRecipient;
    const std::string path = "/api/v1/ethereum/send";
    Reply first =
        gateway().CallRaw("POST", path, R"({"to":")" + to + R"(","amount":"0.1"})", headers);
    Reply second = gateway().CallRaw(
        "POST", "/api/v1/eth/send", R"({ "amount": "0.1", "to": ")" + to + R"(" })", headers);
    ASSERT_EQ(first.status, 200);
    EXPECT_EQ(second.status, 200) << second.text;
    EXPECT_EQ(second.body["id"], first.body["id"]);
}

TEST_F(Repeat, ARefusalBeforeTheIntentKeepsNoKey) {
    const HeaderMap headers = user_.AuthWithKey("refused");
    chain().Set(
        {.on_transfer = [](const common::Order&,
                           const chain_v1::TransferView&) -> base::Result<chain_v1::TransferView> {
            return base::FailedPrecondition("insufficient_gas", "no native coin");
        }});
    EXPECT_EQ(Pay(headers).Code(), "insufficient_gas");
    EXPECT_EQ(Sql("SELECT count(*) FROM idempotency_keys WHERE user_id = '" + user_.id + "'"), "0");
    chain().Set({});
    EXPECT_EQ(Pay(headers, {{"amount", "0.2"}}).status, 200);
}

TEST_F(Repeat, ALostAnswerIsFoundAgainByTheKey) {
    const HeaderMap headers = user_.AuthWithKey("lost");
    chain().Set({.after_storing = base::Unavailable("service_unavailable", "reply lost")});
    Reply lost = Pay(headers);
    EXPECT_EQ(lost.status, 503);
    const std::string id = lost.body["id"];
    chain().Set({});
    Reply again = Pay(headers);
    EXPECT_EQ(again.status, 200) << again.text;
    EXPECT_EQ(again.body["id"], id);
    EXPECT_EQ(Intents().size(), 1U);
}

TEST_F(Repeat, AKeyWithoutAnIntentIsTakenOverWithTheSameId) {
    const HeaderMap headers = user_.AuthWithKey("crashed");
    chain().Set(
        {.on_transfer = [](const common::Order&,
                           const chain_v1::TransferView&) -> base::Result<chain_v1::TransferView> {
            return base::Unavailable("service_unavailable", "nothing was done");
        }});
    EXPECT_EQ(Pay(headers).status, 503);
    chain().Set({});
    Reply early = Pay(headers);
    EXPECT_EQ(early.status, 409);
    EXPECT_EQ(early.Code(), "in_progress");
    EXPECT_EQ(early.headers.at("retry-after"), "1");
    Age("11 seconds");
    Reply later = Pay(headers);
    EXPECT_EQ(later.status, 200) << later.text;
    EXPECT_EQ(later.body["id"], early.body["id"]);
    EXPECT_EQ(Intents().size(), 1U);
}

TEST_F(Repeat, WithoutAKeyADroppedReplyNeverPaysTwice) {
    Reply first = Pay(user_.Auth());
    ASSERT_EQ(first.status, 200);
    // The client never saw that answer. Fifteen seconds later the payment is even final.
    Age("15 seconds");
    chain().SetStatus(IntentOf(first), chain_v1::TRANSFER_STATUS_FINAL);
    Reply second = Pay(user_.Auth());
    EXPECT_EQ(second.status, 409);
    EXPECT_EQ(second.Code(), "possible_duplicate");
    EXPECT_EQ(second.body["id"], first.body["id"]);
    EXPECT_EQ(second.body["payment_status"], "final");
    // That refusal has shown the outcome: once more is a new wish.
    Reply third = Pay(user_.Auth());
    EXPECT_EQ(third.status, 200) << third.text;
    EXPECT_NE(third.body["id"], first.body["id"]);
    EXPECT_EQ(Intents().size(), 2U);
}

TEST_F(Repeat, AReadOfTheOutcomeOpensTheGuard) {
    Reply first = Pay(user_.Auth());
    Age("15 seconds");
    Read(IntentOf(first), chain_v1::TRANSFER_STATUS_PENDING);
    EXPECT_EQ(Pay(user_.Auth()).Code(), "possible_duplicate");
    chain().SetStatus(IntentOf(first), chain_v1::TRANSFER_STATUS_FINAL);
    Read(IntentOf(first), chain_v1::TRANSFER_STATUS_FINAL);
    EXPECT_EQ(Pay(user_.Auth()).status, 200);
}

TEST_F(Repeat, PendingTwinsAreGuardedHoweverOld) {
    Reply first = Pay(user_.Auth());
    Age("25 hours");
    EXPECT_EQ(Pay(user_.Auth()).Code(), "possible_duplicate");
    chain().SetStatus(IntentOf(first), chain_v1::TRANSFER_STATUS_FINAL);
    // After a day an unseen outcome guards no longer.
    EXPECT_EQ(Pay(user_.Auth()).status, 200);
}

TEST_F(Repeat, AllowDuplicateOverrides) {
    Reply first = Pay(user_.Auth());
    Reply second = Pay(user_.Auth(), {{"allow_duplicate", true}});
    EXPECT_EQ(second.status, 200) << second.text;
    EXPECT_NE(second.body["id"], first.body["id"]);
    // The second one is guarded in turn, by its plain body.
    Reply third = Pay(user_.Auth());
    EXPECT_EQ(third.body["id"], second.body["id"]);
    EXPECT_EQ(third.Code(), "possible_duplicate");
}

TEST_F(Repeat, WithoutAKeyAnIntentThatNeverCameToBeIsContinued) {
    chain().Set(
        {.on_transfer = [](const common::Order&,
                           const chain_v1::TransferView&) -> base::Result<chain_v1::TransferView> {
            return base::Unavailable("service_unavailable", "nothing was done");
        }});
    Reply lost = Pay(user_.Auth());
    EXPECT_EQ(lost.status, 503);
    chain().Set({});
    EXPECT_EQ(Pay(user_.Auth()).Code(), "possible_duplicate");
    Age("11 seconds");
    Reply later = Pay(user_.Auth());
    EXPECT_EQ(later.status, 200) << later.text;
    EXPECT_EQ(later.body["id"], lost.body["id"]);
    EXPECT_EQ(Intents().size(), 1U);
}

TEST_F(Repeat, OtherRecipientsAreNoDuplicates) {
    EXPECT_EQ(Pay(user_.Auth()).status, 200);
    EXPECT_EQ(Pay(user_.Auth(), {{"to", kSender}}).status, 200);
    EXPECT_EQ(Pay(user_.Auth(), {{"amount", "0.10"}}).status, 200);
    EXPECT_EQ(Intents().size(), 3U);
}

class AfterRestore : public Repeat {
protected:
    void SetUp() override {
        Repeat::SetUp();
        known_ = Pay(user_.AuthWithKey("before"));
        ASSERT_EQ(known_.status, 200) << known_.text;
        Sql("INSERT INTO restores (reason, accepted_at) VALUES ('a test', now())");
    }

    void TearDown() override {
        Sql("UPDATE restores SET closed_at = now() WHERE closed_at IS NULL");
        Repeat::TearDown();
    }

    Reply known_;
};

TEST_F(AfterRestore, WhatTheDatabaseDoesNotKnowIsRefusedUntilItIsMeantAnew) {
    Reply refused = Pay(user_.AuthWithKey("lost"));
    EXPECT_EQ(refused.status, 409);
    EXPECT_EQ(refused.Code(), "restored");
    EXPECT_EQ(Pay(user_.AuthWithKey("lost")).Code(), "restored") << "nothing was kept";
    EXPECT_EQ(Intents().size(), 1U);
    Reply meant = Pay(user_.AuthWithKey("lost"), {{"after_restore", true}});
    EXPECT_EQ(meant.status, 200) << meant.text;
    EXPECT_EQ(Intents().size(), 2U);
    Reply again = Pay(user_.AuthWithKey("lost"));
    EXPECT_EQ(again.body["id"], meant.body["id"]) << "the flag is no part of the payment";
}

TEST_F(AfterRestore, TheRefusalListsWhatTheChainShows) {
    EXPECT_EQ(Pay(user_.AuthWithKey("lost")).body["payments"], nlohmann::json::array());
    const auto insert = [](const std::string& owner, const std::string& hash, int height) {
        Sql("INSERT INTO unknown_spends (network, tx_hash, wallet_id, user_id, block_height, "
            "block_time, described, recipient, amount, lines) VALUES ('eip155:31337', '" +
            hash + "', gen_random_uuid(), '" + owner + "', " + std::to_string(height) +
            ", '2026-01-02T03:04:05Z', true, '0xbob', 1500000000000000000, "
            "ARRAY['pay 1.5 ETH to 0xbob'])");
    };
    insert(user_.id, "0xolder", 7);
    insert(user_.id, "0xnewer", 8);
    insert("00000000-0000-4000-8000-000000000001", "0xanothers", 9);
    Reply refused = Pay(user_.AuthWithKey("lost"));
    EXPECT_EQ(refused.Code(), "restored");
    const nlohmann::json& payments = refused.body["payments"];
    ASSERT_EQ(payments.size(), 2U) << refused.text;
    EXPECT_EQ(payments[1]["tx_hash"], "0xolder");
    EXPECT_EQ(payments[0],
              nlohmann::json({{"tx_hash", "0xnewer"},
                              {"to", "0xbob"},
                              {"amount", "1.5"},
                              {"amount_atomic", "1500000000000000000"},
                              {"does", {"pay 1.5 ETH to 0xbob"}},
                              {"block_height", 8},
                              {"time", "2026-01-02T03:04:05Z"}}));
}

TEST_F(AfterRestore, WhatItKnowsIsAnsweredAsEver) {
    Reply again = Pay(user_.AuthWithKey("before"));
    EXPECT_EQ(again.status, 200);
    EXPECT_EQ(again.body["id"], known_.body["id"]);
}

TEST_F(AfterRestore, WithoutAKeyItIsTheSame) {
    EXPECT_EQ(Pay(user_.Auth(), {{"amount", "0.2"}}).Code(), "restored");
    EXPECT_EQ(Pay(user_.Auth(), {{"amount", "0.2"}, {"allow_duplicate", true}}).Code(), "restored");
    EXPECT_EQ(Pay(user_.Auth(), {{"amount", "0.2"}, {"after_restore", true}}).status, 200);
}

TEST_F(AfterRestore, OnceItIsClosedNothingIsAsked) {
    Sql("UPDATE restores SET closed_at = now() WHERE closed_at IS NULL");
    EXPECT_EQ(Pay(user_.AuthWithKey("later")).status, 200);
}

}  // namespace
}  // namespace gateway_test
