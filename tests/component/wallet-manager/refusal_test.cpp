// What the gate refuses leaves a row of its own, in a chain that cannot be rewritten.
#include <gtest/gtest.h>
#include <string>

#include "component/wallet-manager/gate_fixture.h"

namespace wallet_test {

namespace {

class Refusals : public GateTest {
protected:
    void SetUp() override {
        GateTest::SetUp();
        daemon_.request.route = "/platform.wallet.v1.GateService/Sign";
    }

    [[nodiscard]] std::string Of(const std::string& intent) {
        return stack_.postgres.Sql(
            "SELECT coalesce(string_agg(caller || ' ' || reason || ' ' || wallet_id, ',' "
            "ORDER BY seq), '') FROM gate_refusals WHERE intent_id = '" +
            intent + "'");
    }

    [[nodiscard]] std::string Row(const std::string& reason) const {
        return "ethereum-service " + reason + " " + wallet_.id.ToString();
    }
};

TEST_F(Refusals, AreWrittenDownOnceAMinute) {
    const common::Order payment = Payment();
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(SignVerdict(Sign(payment), 0), "not_authorised");
    }
    EXPECT_EQ(Of(payment.intent_id()), Row("not_authorised"));
}

TEST_F(Refusals, NameWhomAForgedOrderNames) {
    common::Order payment = Payment();
    auto order = Sign(payment);
    std::string& bytes = *order.mutable_order();
    bytes[bytes.size() - 1] ^= 1;
    EXPECT_EQ(SignVerdict(order, 0), "bad_order_signature");
    EXPECT_EQ(Of(payment.intent_id()), Row("bad_order_signature"));
    order.set_order("no order at all");
    EXPECT_EQ(SignVerdict(order, 0), "bad_order_signature");
    EXPECT_EQ(stack_.postgres.Sql("SELECT reason FROM gate_refusals WHERE intent_id IS NULL "
                                  "AND wallet_id IS NULL ORDER BY seq DESC LIMIT 1"),
              "bad_order_signature");
}

TEST_F(Refusals, TellOfADamagedKey) {
    const common::Order payment = Payment();
    const auto order = Sign(payment);
    ASSERT_EQ(Authorise(order).verdict(), v1::AuthoriseResponse::VERDICT_ALLOW);
    stack_.postgres.Sql(
        "UPDATE wallets SET encrypted_private_key = left(encrypted_private_key, -9) WHERE id = '" +
        wallet_.id.ToString() + "'");
    const std::string reason = SignVerdict(order, 0);
    EXPECT_NE(reason, "signed");
    EXPECT_EQ(Of(payment.intent_id()), Row(reason));
}

TEST_F(Refusals, LeaveOutWhatMayBeAskedAgain) {
    const common::Order payment = Payment();
    const auto order = Sign(payment);
    ASSERT_EQ(Authorise(order).verdict(), v1::AuthoriseResponse::VERDICT_ALLOW);
    stack_.postgres.Sql("INSERT INTO pauses VALUES ('wallet', '" + wallet_.id.ToString() +
                        "', 'testing')");
    EXPECT_EQ(SignVerdict(order, 0), "paused");
    stack_.postgres.Sql("DELETE FROM pauses");
    EXPECT_EQ(SignVerdict(order, 0), "signed");
    EXPECT_EQ(Of(payment.intent_id()), "");
}

TEST_F(Refusals, CannotBeRewritten) {
    EXPECT_EQ(SignVerdict(Sign(Payment()), 0), "not_authorised");
    EXPECT_EQ(SignVerdict(Sign(Payment()), 0), "not_authorised");
    EXPECT_EQ(stack_.postgres.Sql("SELECT gate_refusal_chain_fault() IS NULL"), "t");
    const auto changed = pg::Transact(*stack_.pool, [](pg::Tx& tx) {
        return tx.Exec("UPDATE gate_refusals SET reason = 'none'");
    });
    EXPECT_FALSE(changed);
    stack_.postgres.Sql(
        "SET session_replication_role = replica; UPDATE gate_refusals SET reason = 'none' "
        "WHERE seq = (SELECT max(seq) - 1 FROM gate_refusals)");
    EXPECT_EQ(stack_.postgres.Sql("SELECT gate_refusal_chain_fault() = "
                                  "(SELECT max(seq) - 1 FROM gate_refusals)"),
              "t");
}

}  // namespace

}  // namespace wallet_test
