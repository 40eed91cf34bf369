#include "auth/order.h"
#include "base/hex.h"
#include "component/api-gateway/fake_chain.h"
#include "component/api-gateway/fake_wallets.h"
#include "component/api-gateway/fixture.h"

namespace gateway_test {
namespace {

class Approvals : public GatewayTest {
protected:
    void SetUp() override {
        chain().Set({.on_transfer = [](const common::Order&, chain_v1::TransferView view)
                         -> base::Result<chain_v1::TransferView> {
            view.set_status(chain_v1::TRANSFER_STATUS_AWAITING_APPROVAL);
            view.clear_tx_hash();
            view.set_approval_id(view.id());
            return view;
        }});
        user_ = NewUser();
        Reply sent = gateway().Call("POST",
                                    "/api/v1/ethereum/send",
                                    {{"to", kRecipient}, {"amount", "0.1"}, {"memo", "rent"}},
                                    user_.Auth());
        ASSERT_EQ(sent.status, 202) << sent.text;
        id_ = sent.body["approval_id"];
        first_ = chain().orders().back();
        wallet_v1::Approval approval;
        approval.set_approval_id(id_.substr(4));
        approval.set_intent_id(first_.intent_id());
        approval.set_user_id(user_.id);
        approval.set_state("pending");
        approval.set_digest(base::ToText(auth::ApprovalDigest(first_)));
        approval.set_order(first_.SerializeAsString());
        approval.set_rule("approval_above");
        Stack::Get().wallets().SetApproval(approval);
    }

    void TearDown() override { chain().Set({}); }

    static FakeChain& chain() { return Stack::Get().chain(); }

    Reply Decide(const std::string& word, const Json& body) {
        return gateway().Call("POST", "/api/v1/approvals/" + id_ + "/" + word, body, user_.Auth());
    }

    std::string Digest() const { return base::HexEncode(auth::ApprovalDigest(first_)); }

    User user_;
    std::string id_;
    common::Order first_;
};

TEST_F(Approvals, ShowThePlanAndItsDigest) {
    Reply one = gateway().Call("GET", "/api/v1/approvals/" + id_, nullptr, user_.Auth());
    ASSERT_EQ(one.status, 200) << one.text;
    EXPECT_EQ(one.body["digest"], Digest());
    EXPECT_EQ(one.body["plan"]["recipients"][0]["address"], kRecipient);
    EXPECT_EQ(one.body["plan"]["recipients"][0]["amount"], "0.1");
    EXPECT_EQ(one.body["plan"]["fee_cap"], "0.000063");
    EXPECT_EQ(one.body["plan"]["has_memo"], true);
    Reply list = gateway().Call("GET", "/api/v1/approvals", nullptr, user_.Auth());
    ASSERT_EQ(list.body["data"].size(), 1U);
    EXPECT_EQ(list.body["data"][0], one.body);
}

TEST_F(Approvals, ApprovingSendsAFreshOrderForTheSameIntent) {
    Reply reply = Decide("approve", {{"digest", Digest()}});
    ASSERT_EQ(reply.status, 200) << reply.text;
    EXPECT_EQ(reply.body["state"], "approved");
    EXPECT_EQ(reply.body["transaction"]["status"], "pending");
    EXPECT_TRUE(reply.body["transaction"]["tx_hash"].is_string());
    const common::Order second = chain().orders().back();
    EXPECT_EQ(second.intent_id(), first_.intent_id());
    EXPECT_EQ(base::HexEncode(base::AsBytes(second.approval_digest())), Digest());
    EXPECT_EQ(auth::ApprovalDigest(second), auth::ApprovalDigest(first_));
    EXPECT_GE(auth::IssuedAt(second), auth::IssuedAt(first_));
    Reply again = Decide("approve", {{"digest", Digest()}});
    EXPECT_EQ(again.status, 409);
    EXPECT_EQ(again.Code(), "already_decided");
}

TEST_F(Approvals, AnotherPlanIsNotApproved) {
    std::string other = Digest();
    other[0] = other[0] == '0' ? '1' : '0';
    EXPECT_EQ(Decide("approve", {{"digest", other}}).Code(), "plan_changed");
    EXPECT_EQ(Decide("approve", {{"digest", "xyz"}}).status, 400);
    EXPECT_EQ(Decide("approve", Json::object()).Code(), "missing_field");
    EXPECT_EQ(chain().orders().back().intent_id(), first_.intent_id());
    EXPECT_TRUE(chain().orders().back().approval_digest().empty());
}

TEST_F(Approvals, AStoredOrderThatWasChangedIsNotApproved) {
    // The digest in the database is that of the old plan, the order pays somebody else.
    common::Order forged = first_;
    forged.mutable_transfer()->mutable_recipients(0)->set_address(kSender);
    wallet_v1::Approval approval;
    approval.set_approval_id(id_.substr(4));
    approval.set_user_id(user_.id);
    approval.set_state("pending");
    approval.set_digest(base::ToText(auth::ApprovalDigest(first_)));
    approval.set_order(forged.SerializeAsString());
    Stack::Get().wallets().SetApproval(approval);
    EXPECT_EQ(Decide("approve", {{"digest", Digest()}}).Code(), "plan_changed");
}

TEST_F(Approvals, DenyingEndsIt) {
    EXPECT_EQ(Decide("deny", {{"digest", "00"}}).Code(), "plan_changed");
    Reply denied = Decide("deny", nullptr);
    ASSERT_EQ(denied.status, 200) << denied.text;
    EXPECT_EQ(denied.body["state"], "denied");
    EXPECT_EQ(Decide("approve", {{"digest", Digest()}}).Code(), "already_decided");
}

TEST_F(Approvals, AnotherUsersApprovalIsNotThere) {
    const User stranger = NewUser();
    Reply reply = gateway().Call(
        "POST", "/api/v1/approvals/" + id_ + "/approve", {{"digest", Digest()}}, stranger.Auth());
    EXPECT_EQ(reply.status, 404);
    EXPECT_EQ(reply.Code(), "unknown_approval");
}

}  // namespace
}  // namespace gateway_test
