#include "component/wallet-manager/gate_hostile.h"

#include "base/hex.h"
#include "chain/catalog.h"

namespace wallet_test {

void HostileDaemon::SetUp() {
    GateTest::SetUp();
    daemon_.request.route = "/platform.wallet.v1.GateService/Sign";
    refusals_seen_ = CountRefusals();
}

void HostileDaemon::Serve(std::string_view chain) {
    wallet_ = WalletOf(user_, chain);
    daemon_.caller = std::string(chain) + "-service";
}

wallet_manager::WalletRow HostileDaemon::WalletOf(const base::UserId& user,
                                                  std::string_view chain) const {
    const wallet_manager::WalletMaker maker(
        {*stack_.pool, *stack_.signer, *stack_.journal, chain::Mode::kDevnet, false});
    const auto made = maker.Ensure({user, *chain::FindChain(chain), ""});
    EXPECT_TRUE(made) << made.error().detail;
    return made ? made->wallet : wallet_manager::WalletRow();
}

common::Order HostileDaemon::OrderFor(const Wish& wish) const {
    common::Order order;
    order.set_deployment_id(kDeployment);
    order.set_network(wallet_.network);
    order.set_user_id(user_.ToString());
    order.set_wallet_id(wallet_.id.ToString());
    order.set_from(wallet_.address);
    order.mutable_asset()->set_decimals(chain::FindNetwork(wallet_.network)->decimals);
    order.set_fee_cap(wish.fee_cap);
    order.mutable_transfer()->set_mode(common::TRANSFER_MODE_EXACT);
    auto* recipient = order.mutable_transfer()->add_recipients();
    recipient->set_address(wish.recipient);
    recipient->set_amount(wish.amount);
    return order;
}

HostileDaemon::Allowed HostileDaemon::Allow(common::Order order) {
    order.set_intent_id(base::IntentId::Random().ToString());
    const std::string amount = order.transfer().recipients(0).amount();
    Allowed allowed{order.intent_id(), amount, Sign(order)};
    EXPECT_EQ(Authorise(allowed.order, amount).verdict(), v1::AuthoriseResponse::VERDICT_ALLOW);
    return allowed;
}

base::Result<v1::SignResponse> HostileDaemon::Ask(const Allowed& allowed,
                                                  const base::Bytes& unsigned_tx,
                                                  std::uint32_t attempt) {
    v1::SignRequest request;
    *request.mutable_order() = allowed.order;
    request.set_attempt(attempt);
    request.set_unsigned_tx(base::ToText(unsigned_tx));
    return gate_->Sign(request, daemon_);
}

std::string HostileDaemon::SignedBytesOf(const std::string& intent) const {
    return stack_.postgres.Sql(
        "SELECT coalesce(string_agg(encode(signed_tx, 'hex'), ' ' ORDER BY attempt), '') "
        "FROM gate_attempts WHERE intent_id = '" +
        intent + "' AND signed_tx IS NOT NULL");
}

long HostileDaemon::CountRefusals() const {
    return std::stol(stack_.postgres.Sql("SELECT count(*) FROM gate_refusals"));
}

// With the number of all rows before it.
std::string HostileDaemon::LastRefusal() const {
    return stack_.postgres.Sql(
        "SELECT concat_ws(' ', (SELECT count(*) FROM gate_refusals) - 1, caller, reason, "
        "wallet_id, intent_id) FROM gate_refusals "
        "ORDER BY seq DESC LIMIT 1");
}

void HostileDaemon::ExpectRefusal(const Allowed& allowed, const Hostile& hostile) {
    const std::string before = SignedBytesOf(allowed.intent);
    const auto answer = Ask(allowed, hostile.unsigned_tx, hostile.attempt);
    EXPECT_EQ(SignedBytesOf(allowed.intent), before);
    ASSERT_FALSE(answer) << "signed";
    EXPECT_EQ(answer.error().reason, hostile.reason) << answer.error().detail;
    EXPECT_EQ(LastRefusal(),
              std::to_string(refusals_seen_++) + " " + daemon_.caller + " " + hostile.reason + " " +
                  wallet_.id.ToString() + " " + allowed.intent);
}

base::Bytes HostileDaemon::ExpectSignature(const Allowed& allowed, const base::Bytes& honest) {
    const auto answer = Ask(allowed, honest);
    EXPECT_TRUE(answer) << answer.error().reason << " " << answer.error().detail;
    if (!answer) {
        return {};
    }
    base::Bytes made = base::ToBytes(base::AsBytes(answer->signed_tx()));
    EXPECT_FALSE(made.empty());
    EXPECT_EQ(SignedBytesOf(allowed.intent), base::HexEncode(made));
    EXPECT_EQ(CountRefusals(), refusals_seen_);
    return made;
}

void HostileDaemon::ExpectRefusalOfTheEdit(const common::Order& order,
                                           const Hostile& hostile,
                                           const base::Bytes& honest) {
    const Allowed allowed = Allow(order);
    ASSERT_NE(hostile.unsigned_tx, honest);
    ExpectRefusal(allowed, hostile);
    EXPECT_EQ(SignedBytesOf(allowed.intent), "");
    ExpectSignature(allowed, honest);
}

void HostileDaemon::ExpectItsOwnDaemonAlone(const common::Order& order, const base::Bytes& honest) {
    const Allowed allowed = Allow(order);
    const std::string own = daemon_.caller;
    for (const chain::ChainInfo& chain : chain::AllChains()) {
        daemon_.caller = std::string(chain.name) + "-service";
        if (daemon_.caller != own) {
            SCOPED_TRACE(daemon_.caller);
            ExpectRefusal(allowed, {honest, "bad_order"});
        }
    }
    daemon_.caller = "api-gateway";
    ExpectRefusal(allowed, {honest, "caller_not_allowed"});
    daemon_.caller = own;
    EXPECT_EQ(SignedBytesOf(allowed.intent), "");
    ExpectSignature(allowed, honest);
}

}  // namespace wallet_test
