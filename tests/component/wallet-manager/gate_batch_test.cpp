// Batches at the gate: each entry has what it would have had alone, in the order of the entries.
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "component/wallet-manager/gate_fixture.h"
#include "evm/transaction.h"
#include "rpc/status.h"

namespace wallet_test {

namespace {

class GateBatch : public GateTest {
protected:
    [[nodiscard]] std::vector<common::SignedOrder> Orders(std::size_t count) const {
        std::vector<common::SignedOrder> orders;
        for (std::size_t index = 0; index < count; ++index) {
            orders.push_back(Sign(Payment()));
        }
        return orders;
    }

    // "allow", "deny: reason" or the error's reason.
    [[nodiscard]] std::vector<std::string> AuthoriseAll(
        const std::vector<common::SignedOrder>& orders) {
        v1::AuthoriseAllRequest request;
        for (const common::SignedOrder& order : orders) {
            auto& entry = *request.add_entries();
            *entry.mutable_order() = order;
            entry.set_amount("1000");
        }
        const auto answer = gate_->AuthoriseAll(request, daemon_);
        EXPECT_TRUE(answer);
        std::vector<std::string> words;
        for (const auto& outcome : answer->outcomes()) {
            const auto& response = outcome.response();
            words.push_back(!outcome.has_response() ? rpc::UnpackError(outcome.error()).reason
                            : response.verdict() == v1::AuthoriseResponse::VERDICT_ALLOW
                                ? "allow"
                                : "deny: " + response.reason());
        }
        return words;
    }

    struct Attempt {
        common::SignedOrder order;
        std::uint64_t nonce = 0;
    };

    // The signed bytes, or the error's reason.
    [[nodiscard]] std::vector<std::string> SignAll(const std::vector<Attempt>& attempts) {
        v1::SignAllRequest request;
        for (const Attempt& attempt : attempts) {
            auto& entry = *request.add_entries();
            *entry.mutable_order() = attempt.order;
            entry.set_attempt(1);
            entry.set_unsigned_tx(Transaction(attempt.nonce));
        }
        const auto answer = gate_->SignAll(request, daemon_);
        EXPECT_TRUE(answer);
        std::vector<std::string> made;
        for (const auto& outcome : answer->outcomes()) {
            made.push_back(outcome.has_response() ? outcome.response().signed_tx()
                                                  : rpc::UnpackError(outcome.error()).reason);
        }
        return made;
    }

    void ExpectSigned(const std::string& bytes, std::uint64_t nonce) const {
        const auto read = evm::DecodeSigned(base::AsBytes(bytes));
        ASSERT_TRUE(read) << bytes;
        EXPECT_EQ(read->from.ToString(), wallet_.address);
        EXPECT_EQ(read->transaction.nonce, nonce);
    }

    [[nodiscard]] std::string Events() const {
        return stack_.postgres.Sql(
            "SELECT string_agg(kind, ' ' ORDER BY seq) FROM wallet_events "
            "WHERE wallet_id = '" +
            wallet_.id.ToString() + "' AND (kind = 'signed' OR kind LIKE 'payment_%')");
    }

    [[nodiscard]] std::string IsChainWhole() const {
        return stack_.postgres.Sql("SELECT wallet_chain_fault('" + wallet_.id.ToString() +
                                   "') IS NULL");
    }

    void LimitADay(const std::string& amount) {
        v1::Policy policy;
        auto* limit = policy.add_limits();
        limit->set_network(kNetwork);
        limit->set_per_day(amount);
        SetPolicy(policy);
    }

    using Words = std::vector<std::string>;
};

TEST_F(GateBatch, CountsEachPaymentBeforeTheNext) {
    LimitADay("2500");
    EXPECT_EQ(AuthoriseAll(Orders(4)),
              (Words{"allow", "allow", "deny: policy_denied", "deny: policy_denied"}));
    EXPECT_EQ(AuthoriseAll(Orders(1)), Words{"deny: policy_denied"});
    EXPECT_EQ(IsChainWhole(), "t");
}

TEST_F(GateBatch, AnswersARepeatFromWhatIsStored) {
    LimitADay("1500");
    const auto orders = Orders(2);
    const Words verdicts{"allow", "deny: policy_denied"};
    EXPECT_EQ(AuthoriseAll(orders), verdicts);
    LimitADay("1000");
    EXPECT_EQ(AuthoriseAll(orders), verdicts);
}

TEST_F(GateBatch, JudgesTheOthersWhereOneOrderIsForged) {
    auto orders = Orders(3);
    orders[1].mutable_signature()->front() ^= 1;
    EXPECT_EQ(AuthoriseAll(orders), (Words{"allow", "bad_order_signature", "allow"}));
}

TEST_F(GateBatch, JudgesTheOthersWhereOneIntentIsAnotherWallets) {
    auto orders = Orders(3);
    common::Order stolen;
    ASSERT_TRUE(stolen.ParseFromString(orders[0].order()));
    stack_.postgres.Sql("INSERT INTO gate_intents (intent_id, network) VALUES ('" +
                        stolen.intent_id() + "', 'eip155:97')");
    EXPECT_EQ(AuthoriseAll(orders), (Words{"order_conflict", "allow", "allow"}));
}

TEST_F(GateBatch, JudgesTwoOrdersOfOneIntentOneAfterTheOther) {
    common::Order payment = Payment();
    const auto first = Sign(payment);
    payment.set_fee_cap("9999999999999999");
    EXPECT_EQ(AuthoriseAll({first, Sign(payment)}), (Words{"allow", "deny: order_conflict"}));
}

TEST_F(GateBatch, SignsEachAndWritesEachDown) {
    const auto orders = Orders(3);
    ASSERT_EQ(AuthoriseAll(orders), Words(3, "allow"));
    const auto made = SignAll({{orders[0], 0}, {orders[1], 1}, {orders[2], 2}});
    for (std::uint64_t nonce = 0; nonce < 3; ++nonce) {
        ExpectSigned(made[nonce], nonce);
    }
    EXPECT_EQ(Events(), "signed signed signed");
    EXPECT_EQ(IsChainWhole(), "t");
    EXPECT_EQ(SignVerdict(Sign(Payment()), 3), "not_authorised");
}

TEST_F(GateBatch, SignsTheOthersWhereOneIsVoid) {
    const common::Order payment = Payment();
    const std::vector<common::SignedOrder> orders{Sign(Payment()), Sign(payment), Sign(Payment())};
    ASSERT_EQ(AuthoriseAll(orders), Words(3, "allow"));
    ASSERT_TRUE(Void(payment.intent_id()));
    const auto made = SignAll({{orders[0], 0}, {orders[1], 1}, {orders[2], 2}});
    ExpectSigned(made[0], 0);
    EXPECT_EQ(made[1], "voided");
    ExpectSigned(made[2], 2);
    EXPECT_EQ(stack_.postgres.Sql("SELECT count(*) FROM gate_attempts WHERE intent_id = '" +
                                  payment.intent_id() + "'"),
              "0");
}

TEST_F(GateBatch, GivesOneNonceToOnePaymentOfABatch) {
    const auto orders = Orders(2);
    ASSERT_EQ(AuthoriseAll(orders), Words(2, "allow"));
    const auto made = SignAll({{orders[0], 0}, {orders[1], 0}});
    ExpectSigned(made[0], 0);
    EXPECT_EQ(made[1], "nonce_taken");
}

TEST_F(GateBatch, SignsNoTransactionThatItsOrderDoesNotAllow) {
    auto orders = Orders(2);
    common::Order dear = Payment();
    dear.set_fee_cap("1");
    orders.push_back(Sign(dear));
    ASSERT_EQ(AuthoriseAll(orders), Words(3, "allow"));
    const auto made = SignAll({{orders[0], 0}, {orders[2], 1}, {orders[1], 2}});
    ExpectSigned(made[0], 0);
    EXPECT_EQ(made[1], "fee_cap_exceeded");
    ExpectSigned(made[2], 2);
}

TEST_F(GateBatch, AnswersStoredBytesBesideNewOnes) {
    const auto orders = Orders(2);
    ASSERT_EQ(AuthoriseAll(orders), Words(2, "allow"));
    const auto first = SignAll({{orders[0], 0}});
    const auto again = SignAll({{orders[0], 7}, {orders[1], 1}, {orders[0], 9}});
    EXPECT_EQ(again[0], first[0]);
    ExpectSigned(again[1], 1);
    EXPECT_EQ(again[2], first[0]);
}

TEST_F(GateBatch, SettlesEachOutcomeByItself) {
    LimitADay("2000");
    std::vector<common::Order> payments{Payment(), Payment()};
    ASSERT_EQ(AuthoriseAll({Sign(payments[0]), Sign(payments[1])}), Words(2, "allow"));
    v1::ReportOutcomesRequest request;
    for (const auto& [intent, state] : {std::pair(payments[0].intent_id(), "FINAL"),
                                        std::pair(std::string("no id"), "FINAL"),
                                        std::pair(payments[1].intent_id(), "REJECTED"),
                                        std::pair(payments[1].intent_id(), "SIGNED")}) {
        auto& entry = *request.add_entries();
        entry.set_intent_id(intent);
        entry.set_state(state);
    }
    const auto answer = gate_->ReportOutcomes(request, daemon_);
    ASSERT_TRUE(answer);
    ASSERT_EQ(answer->outcomes_size(), 4);
    EXPECT_TRUE(answer->outcomes(0).has_response());
    EXPECT_FALSE(answer->outcomes(1).has_response());
    EXPECT_TRUE(answer->outcomes(2).has_response());
    EXPECT_EQ(rpc::UnpackError(answer->outcomes(3).error()).reason, "bad_state");
    // What was rejected is given back to the window, what was paid is not.
    EXPECT_EQ(AuthoriseAll(Orders(2)), (Words{"allow", "deny: policy_denied"}));
    EXPECT_EQ(Events(), "payment_ended payment_ended payment_denied");
    EXPECT_EQ(IsChainWhole(), "t");
}

TEST_F(GateBatch, HasBounds) {
    v1::SignAllRequest none;
    EXPECT_EQ(gate_->SignAll(none, daemon_).error().reason, "number_out_of_range");
    v1::AuthoriseAllRequest many;
    while (many.entries_size() <= 64) {
        many.add_entries();
    }
    EXPECT_EQ(gate_->AuthoriseAll(many, daemon_).error().reason, "number_out_of_range");
}

}  // namespace

}  // namespace wallet_test
