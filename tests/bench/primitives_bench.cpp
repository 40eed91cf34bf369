// What one payment and one request cost in primitives, one core.
#include <benchmark/benchmark.h>

#include "auth/order.h"
#include "base/check.h"
#include "base/ids.h"
#include "crypto/ed25519.h"
#include "crypto/hash.h"
#include "crypto/random.h"
#include "crypto/secp256k1.h"

namespace {

platform::common::v1::Order SampleOrder() {
    platform::common::v1::Order order;
    order.set_deployment_id(base::FormatUuid(base::RandomUuid()));
    order.set_network("eip155:31337");
    order.set_intent_id(base::IntentId::Random().ToString());
    order.set_user_id(base::UserId::Random().ToString());
    order.set_wallet_id(base::WalletId::Random().ToString());
    order.set_from("0x70997970C51812dc3A010C7d01b50e0d17dc79C8");
    order.mutable_asset()->set_decimals(18);
    order.mutable_asset()->set_symbol("ETH");
    order.set_fee_cap("1000000000000000");
    auto* transfer = order.mutable_transfer();
    transfer->set_mode(platform::common::v1::TRANSFER_MODE_EXACT);
    auto* recipient = transfer->add_recipients();
    recipient->set_address("0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC");
    recipient->set_amount("100000000000000000");
    return order;
}

void BenchKeccak256Of64Bytes(benchmark::State& state) {
    const base::Bytes data(64, 7);
    for (auto _ : state) {
        benchmark::DoNotOptimize(crypto::Keccak256(data));
    }
}

void BenchEcdsaSign(benchmark::State& state) {
    const secret::Bytes key = crypto::GeneratePrivateKey();
    const crypto::Hash256 digest = crypto::Sha256(base::AsBytes("digest"));
    for (auto _ : state) {
        benchmark::DoNotOptimize(crypto::EcdsaSign(key, digest));
    }
}

void BenchOrderSign(benchmark::State& state) {
    const platform::common::v1::Order order = SampleOrder();
    const secret::Bytes seed = crypto::RandomSecret(crypto::kEd25519SeedSize);
    for (auto _ : state) {
        BASE_CHECK(auth::SignOrder(order, base::SystemClock().Now(), seed).has_value());
    }
}

void BenchOrderVerify(benchmark::State& state) {
    const platform::common::v1::Order order = SampleOrder();
    const secret::Bytes seed = crypto::RandomSecret(crypto::kEd25519SeedSize);
    const auto signed_order = auth::SignOrder(order, base::SystemClock().Now(), seed);
    auth::OrderTrust trust;
    trust.key = *crypto::Ed25519PublicKeyOf(seed);
    trust.deployment_id = order.deployment_id();
    trust.network = order.network();
    for (auto _ : state) {
        BASE_CHECK(auth::VerifyOrder(*signed_order, trust).has_value());
    }
}

BENCHMARK(BenchKeccak256Of64Bytes);
BENCHMARK(BenchEcdsaSign);
BENCHMARK(BenchOrderSign);
BENCHMARK(BenchOrderVerify);

}  // namespace
