#include "wallet-manager/funding.h"

#include <chrono>

namespace wallet_manager {

namespace {

constexpr std::chrono::milliseconds kPollInterval{100};
constexpr int kPollsMax = 100;

base::Result<> AskForGift(pg::Pool& pool,
                          const rpc::Client<platform::chain::v1::ChainService>& chain,
                          const WalletRow& wallet,
                          const rpc::Context& context) {
    platform::chain::v1::RequestFaucetRequest request;
    request.set_address(wallet.address);
    BASE_RETURN_IF_ERROR(
        chain.Call(&platform::chain::v1::ChainService::Stub::RequestFaucet, request, context));
    return pg::Transact(pool, [&](pg::Tx& tx) { return MarkFunded(tx, wallet.id); });
}

base::Result<> AwaitGift(pg::Pool& pool, const WalletRow& wallet, const rpc::Context& context) {
    for (int i = 0; i < kPollsMax && context.WaitFor(kPollInterval); ++i) {
        BASE_ASSIGN_OR_RETURN(const WalletRow now, pg::Transact(pool, [&](pg::Tx& tx) {
                                  return GetWallet(tx, wallet.user, wallet.id);
                              }));
        if (!now.funding_due) {
            return {};
        }
    }
    return base::Unavailable("funding_pending", "the wallet's test coins are still on their way");
}

}  // namespace

base::Result<> Fund(pg::Pool& pool,
                    const ChainPeers& peers,
                    const WalletRow& wallet,
                    const rpc::Context& context) {
    const auto peer = peers.find(wallet.chain);
    if (!wallet.funding_due || peer == peers.end()) {
        return {};
    }
    BASE_ASSIGN_OR_RETURN(const bool ours, pg::Transact(pool, [&](pg::Tx& tx) {
                              return ClaimFunding(tx, wallet.id);
                          }));
    return ours ? AskForGift(pool, peer->second, wallet, context)
                : AwaitGift(pool, wallet, context);
}

}  // namespace wallet_manager
