// An administrator's acceptance of another final block.
#include <gtest/gtest.h>
#include <string>

#include "component/wallet-manager/gate_fixture.h"

namespace wallet_test {

namespace {

class AcceptedBlock : public GateTest {
protected:
    void SetUp() override {
        GateTest::SetUp();
        admin_ = NewUser();
        Sql("UPDATE users SET role = 'admin' WHERE id = '" + admin_.ToString() + "'");
        Sql("INSERT INTO chain_pins (network, identity, final_height, final_hash, "
            "sends_stopped_reason) VALUES ('eip155:31337', '31337/0x01', 97, '0xold', 'changed')");
    }

    void TearDown() override { Sql("DELETE FROM chain_pins"); }

    std::string Sql(const std::string& statement) { return stack_.postgres.Sql(statement); }

    [[nodiscard]] v1::AcceptFinalBlockRequest Request() const {
        v1::AcceptFinalBlockRequest request;
        request.set_admin_id(admin_.ToString());
        *request.mutable_proof() = Proof();
        request.set_chain("ethereum");
        request.set_network(kNetwork);
        request.set_block_hash("0xnew");
        return request;
    }

    [[nodiscard]] std::string Accept(const v1::AcceptFinalBlockRequest& request) {
        const auto caller = base::UserId::Parse(request.admin_id());
        const auto answer = wallets_->AcceptFinalBlock(request, UserContext(*caller));
        return answer ? "" : answer.error().reason;
    }

    base::UserId admin_;
};

TEST_F(AcceptedBlock, IsWrittenDownForTheDaemonAndInTheAudit) {
    EXPECT_EQ(Accept(Request()), "");
    EXPECT_EQ(Sql("SELECT accepted_hash || final_hash || sends_stopped_reason FROM chain_pins"),
              "0xnew0xoldchanged")
        << "the daemon compares it with its node first";
    EXPECT_EQ(Sql("SELECT kind || ' ' || (detail->>'network') || ' ' || (detail->>'height') || ' ' "
                  "|| (detail->>'former_hash') || ' ' || (detail->>'accepted_hash') "
                  "FROM identity_events WHERE user_id = '" +
                  admin_.ToString() + "'"),
              "final_block_accepted eip155:31337 97 0xold 0xnew");
}

TEST_F(AcceptedBlock, NeedsAnAdministratorWhoNamesTheNetworkAndAStop) {
    auto request = Request();
    request.set_admin_id(user_.ToString());
    EXPECT_EQ(Accept(request), "role_not_allowed");
    request = Request();
    request.clear_proof();
    EXPECT_EQ(Accept(request), "proof_required");
    request = Request();
    request.set_network("eip155:1");
    EXPECT_EQ(Accept(request), "wrong_network");
    request = Request();
    request.clear_block_hash();
    EXPECT_EQ(Accept(request), "block_mismatch");
    request = Request();
    request.set_chain("bitcoin");
    request.set_network("bip122:0f9188f13cb7b2c71f2a335e3a4fc328");
    EXPECT_EQ(Accept(request), "sends_not_stopped");
    Sql("UPDATE chain_pins SET sends_stopped_reason = ''");
    EXPECT_EQ(Accept(Request()), "sends_not_stopped");
    EXPECT_EQ(Sql("SELECT accepted_hash FROM chain_pins"), "");
    EXPECT_EQ(
        Sql("SELECT count(*) FROM identity_events WHERE user_id = '" + admin_.ToString() + "'"),
        "0");
}

}  // namespace

}  // namespace wallet_test
