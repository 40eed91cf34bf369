#include "component/wallet-manager/gate_fixture.h"

#include <chrono>
#include <map>
#include <utility>

#include "auth/order.h"
#include "base/bytes.h"
#include "base/check.h"
#include "chain/catalog.h"
#include "crypto/bcrypt.h"
#include "crypto/ed25519.h"
#include "evm/address.h"
#include "evm/transaction.h"
#include "wallet-manager/key_versions.h"
#include "wallet-manager/signer_child.h"

namespace wallet_test {

namespace {

secret::Bytes GatewaySeed() {
    return secret::Bytes::Copy(base::Bytes(32, 7));
}

}  // namespace

auth::OrderTrust Trust() {
    auth::OrderTrust trust;
    trust.key = *crypto::Ed25519PublicKeyOf(GatewaySeed());
    trust.deployment_id = kDeployment;
    return trust;
}

namespace {

std::unique_ptr<wallet_manager::SignerClient> MakeSigner() {
    signer::Settings settings;
    settings.trust = Trust();
    for (const chain::ChainInfo& chain : chain::AllChains()) {
        settings.networks.emplace_back(chain::NetworkId(chain, chain::Mode::kDevnet));
    }
    std::map<int, secret::String> keks;
    keks.emplace(1, secret::String(std::string(64, 'a')));
    const auto process = wallet_manager::StartSigner(std::move(settings), std::move(keks));
    BASE_CHECK(process.has_value());
    return std::make_unique<wallet_manager::SignerClient>(*process, nullptr);
}

const std::string& PasswordHash() {
    static const std::string hash =
        *crypto::BcryptHash(secret::String(kPassword), crypto::kBcryptCostMin);
    return hash;
}

}  // namespace

secret::Bytes TotpKey() {
    return secret::Bytes::Copy(base::Bytes(32, 4));
}

Stack& Stack::Get() {
    static Stack stack;
    return stack;
}

Stack::Stack() : postgres({.fsync = false}), signer(MakeSigner()) {
    pool = std::make_unique<pg::Pool>(pg::PoolOptions{.url = postgres.Url("wallet_manager")});
    auto counter = wallet_manager::Incarnation::Open(*pool, {folder.path(), "test"});
    BASE_CHECK(counter.has_value());
    incarnation = std::make_unique<wallet_manager::Incarnation>(std::move(*counter));
    auto opened = keyvault::Journal::Open(folder.path(), "test");
    BASE_CHECK(opened.has_value());
    journal = std::make_unique<keyvault::Journal>(std::move(*opened));
    const auto keks = signer->Ask<signer::KekList>(signer::ListKeks{});
    BASE_CHECK(keks.has_value() && wallet_manager::CheckKeks(*pool, *keks, "test"));
}

std::unique_ptr<wallet_manager::GateService> GateTest::MakeGate(
    wallet_manager::Incarnation& incarnation) {
    return std::make_unique<wallet_manager::GateService>(
        wallet_manager::GateParts{*stack_.pool,
                                  *stack_.signer,
                                  incarnation,
                                  refusals_,
                                  Trust(),
                                  chain::Mode::kDevnet,
                                  {},
                                  {},
                                  base::SystemClock()});
}

void GateTest::SetUp() {
    gate_ = MakeGate(*stack_.incarnation);
    wallets_ = std::make_unique<wallet_manager::WalletService>(
        wallet_manager::WalletParts{*stack_.pool,
                                    *stack_.signer,
                                    *stack_.journal,
                                    peers_,
                                    *stack_.incarnation,
                                    refusals_,
                                    Trust(),
                                    chain::Mode::kDevnet,
                                    false,
                                    {},
                                    TotpKey()});
    daemon_.caller = "ethereum-service";
    user_ = NewUser();
    const wallet_manager::WalletMaker maker(
        {*stack_.pool, *stack_.signer, *stack_.journal, chain::Mode::kDevnet, false});
    const auto made = maker.Ensure({user_, *chain::FindChain("ethereum"), ""});
    ASSERT_TRUE(made) << made.error().detail;
    wallet_ = made->wallet;
}

base::UserId GateTest::NewUser() {
    const auto user = base::UserId::Random();
    const std::string id = user.ToString();
    stack_.postgres.Sql("INSERT INTO users (id, email, password_hash, api_key) VALUES ('" + id +
                        "', '" + id + "@example.org', '" + PasswordHash() + "', 'none:" + id +
                        "')");
    return user;
}

rpc::Context GateTest::UserContext(const base::UserId& user) const {
    rpc::Context context;
    context.caller = "api-gateway";
    context.user.emplace();
    context.user->user = user;
    context.user->caller = "session";
    return context;
}

common::Order GateTest::Payment() const {
    common::Order order;
    order.set_deployment_id(kDeployment);
    order.set_network(kNetwork);
    order.set_intent_id(base::IntentId::Random().ToString());
    order.set_user_id(user_.ToString());
    order.set_wallet_id(wallet_.id.ToString());
    order.set_from(wallet_.address);
    order.mutable_asset()->set_decimals(18);
    order.set_fee_cap("10000000000000000");
    order.mutable_transfer()->set_mode(common::TRANSFER_MODE_EXACT);
    auto* recipient = order.mutable_transfer()->add_recipients();
    recipient->set_address(kRecipient);
    recipient->set_amount("1000");
    return order;
}

common::SignedOrder GateTest::Sign(const common::Order& order) const {
    return SignAt(order, base::SystemClock().Now());
}

common::SignedOrder GateTest::SignAt(const common::Order& order, base::Time issued) const {
    const auto made = auth::SignOrder(order, issued, GatewaySeed());
    EXPECT_TRUE(made) << made.error().detail;
    return *made;
}

std::string GateTest::Transaction(std::uint64_t nonce, std::uint64_t gwei) const {
    evm::Transaction transaction;
    transaction.chain_id = 31337;
    transaction.nonce = nonce;
    transaction.max_fee_per_gas = money::UInt256(gwei * 1'000'000'000);
    transaction.gas_limit = 21000;
    transaction.to = *evm::Address::Parse(kRecipient);
    transaction.value = money::UInt256(1000);
    return base::ToText(*evm::EncodeUnsigned(transaction));
}

v1::AuthoriseResponse GateTest::Authorise(const common::SignedOrder& order,
                                          const std::string& amount) {
    v1::AuthoriseRequest request;
    *request.mutable_order() = order;
    request.set_amount(amount);
    const auto answer = gate_->Authorise(request, daemon_);
    EXPECT_TRUE(answer) << answer.error().reason << " " << answer.error().detail;
    return answer ? *answer : v1::AuthoriseResponse();
}

base::Result<v1::SignResponse> GateTest::AskSign(const common::SignedOrder& order,
                                                 std::uint64_t nonce,
                                                 std::uint32_t attempt,
                                                 std::uint64_t gwei) {
    v1::SignRequest request;
    *request.mutable_order() = order;
    request.set_attempt(attempt);
    request.set_unsigned_tx(Transaction(nonce, gwei));
    return gate_->Sign(request, daemon_);
}

std::string GateTest::SignVerdict(const common::SignedOrder& order, std::uint64_t nonce) {
    const auto answer = AskSign(order, nonce);
    return answer ? "signed" : answer.error().reason;
}

bool GateTest::Void(const std::string& intent) {
    v1::VoidRequest request;
    request.set_intent_id(intent);
    request.set_network(kNetwork);
    request.set_reason("test");
    const auto answer = gate_->Void(request, daemon_);
    EXPECT_TRUE(answer) << answer.error().detail;
    return answer && answer->voided();
}

std::string GateTest::Report(const std::string& intent, const std::string& state) {
    v1::ReportOutcomeRequest request;
    request.set_intent_id(intent);
    request.set_state(state);
    const auto answer = gate_->ReportOutcome(request, daemon_);
    return answer ? "" : answer.error().reason;
}

void GateTest::SetPolicy(const v1::Policy& policy) {
    v1::SetPolicyRequest request;
    request.set_user_id(user_.ToString());
    *request.mutable_policy() = policy;
    const auto answer = wallets_->SetPolicy(request, UserContext(user_));
    ASSERT_TRUE(answer) << answer.error().detail;
    ASSERT_FALSE(answer->has_pending());
}

v1::FreshProof GateTest::Proof() const {
    v1::FreshProof proof;
    proof.set_password(kPassword);
    return proof;
}

}  // namespace wallet_test
