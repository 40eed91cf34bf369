#include "unit/signer/signer_fixture.h"

#include <utility>

#include "base/hex.h"
#include "crypto/ed25519.h"
#include "evm/address.h"

namespace signer_test {

namespace common = platform::common::v1;

namespace {

constexpr const char* kDeployment = "5d1f2f0e-6a53-4d57-9f43-0d4c8a3d8a11";
constexpr const char* kUser = "0f6a3a52-7a0f-4f0a-8b2e-3c1f2d4e5f60";
constexpr const char* kWallet = "9b0e7a86-4b3f-4a64-8f53-9f54a1b5c6d7";
constexpr const char* kIntent = "c2b9d0a4-1f3e-4c58-a1f0-7e6d5c4b3a29";

}  // namespace

money::UInt256 Gwei(std::uint64_t count) {
    return money::UInt256(count * 1'000'000'000);
}

money::UInt256 Units(const std::string& decimal) {
    return *money::UInt256::Parse(decimal);
}

void SignerTest::SetUp() {
    gateway_seed_ = secret::Bytes::Copy(base::Bytes(32, 7));
    keyvault::KekSet keks;
    ASSERT_TRUE(keks.AddHex(1, secret::String(std::string(64, '1'))));
    ASSERT_TRUE(keks.AddHex(2, secret::String(std::string(64, '2'))));
    signer::Settings settings;
    settings.trust.key = *crypto::Ed25519PublicKeyOf(gateway_seed_);
    settings.trust.deployment_id = kDeployment;
    settings.networks = {kNetwork};
    settings.mode = chain::Mode::kDevnet;
    settings.allow_list = {{kNetwork, "uniswap_v2_router02", kRouter, kRouter}};
    signer_ = std::make_unique<signer::Signer>(std::move(settings), std::move(keks), clock_);
    const auto seed = Get<signer::SealedSeed>(signer::CreateSeed{kUser, 1});
    ASSERT_TRUE(seed);
    seed_envelope_ = seed->envelope;
    const auto key =
        Get<signer::SealedKey>(signer::DeriveKey{kUser, seed_envelope_, kWallet, kNetwork, 0, 1});
    ASSERT_TRUE(key);
    key_ = {kWallet, kUser, kNetwork, key->address, key->envelope};
}

common::Order SignerTest::Payment() const {
    common::Order order;
    order.set_deployment_id(kDeployment);
    order.set_network(kNetwork);
    order.set_intent_id(kIntent);
    order.set_user_id(kUser);
    order.set_wallet_id(kWallet);
    order.set_from(key_.address);
    order.mutable_asset()->set_decimals(18);
    order.mutable_asset()->set_symbol("ETH");
    order.set_fee_cap("10000000000000000");
    order.mutable_transfer()->set_mode(common::TRANSFER_MODE_EXACT);
    common::Recipient* recipient = order.mutable_transfer()->add_recipients();
    recipient->set_address(kRecipient);
    recipient->set_amount("1000000000000000000");
    return order;
}

evm::Transaction SignerTest::PaymentTx() const {
    evm::Transaction transaction;
    transaction.type = evm::TxType::kDynamicFee;
    transaction.chain_id = 31337;
    transaction.nonce = 7;
    transaction.max_fee_per_gas = Gwei(20);
    transaction.max_priority_fee_per_gas = Gwei(1);
    transaction.gas_limit = 21000;
    transaction.to = *evm::Address::Parse(kRecipient);
    transaction.value = Units("1000000000000000000");
    return transaction;
}

signer::OrderBytes SignerTest::Sign(const common::Order& order) const {
    const auto made = auth::SignOrder(order, clock_.now, gateway_seed_);
    EXPECT_TRUE(made) << made.error().detail;
    return {made->order(), made->signature()};
}

signer::SignTransaction SignerTest::Request(const common::Order& order,
                                            const evm::Transaction& transaction) const {
    signer::SignTransaction request;
    request.key = key_;
    request.order = Sign(order);
    const auto encoded = evm::EncodeUnsigned(transaction);
    EXPECT_TRUE(encoded);
    request.unsigned_tx = *encoded;
    return request;
}

base::Result<signer::SignedBytes> SignerTest::Ask(const signer::SignTransaction& request) {
    return Get<signer::SignedBytes>(request);
}

std::string SignerTest::Verdict(const signer::SignTransaction& request) {
    const auto answer = Ask(request);
    return answer ? "signed" : answer.error().reason;
}

std::string SignerTest::Verdict(const common::Order& order, const evm::Transaction& transaction) {
    return Verdict(Request(order, transaction));
}

}  // namespace signer_test
