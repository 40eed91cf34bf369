#include "wallet-manager/funding.h"

#include <chrono>

#include "observe/log.h"

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
    const auto gift =
        chain.Call(&platform::chain::v1::ChainService::Stub::RequestFaucet, request, context);
    if (gift) {
        return pg::Transact(pool, [&](pg::Tx& tx) { return MarkFunded(tx, wallet.id); });
    }
    // After a deadline the gift may be on its way: nobody asks again until the claim lapses.
    if (gift.error().kind != base::ErrorKind::kDeadlineExceeded) {
        BASE_RETURN_IF_ERROR(
            pg::Transact(pool, [&](pg::Tx& tx) { return ReleaseFunding(tx, wallet.id); }));
    }
    return gift.error();
}

void LogNoGift(const base::Error& error) {
    observe::Warn(
        "no gift yet",
        {{observe::Key::kErrorCode, error.reason}, {observe::Key::kErrorDetail, error.detail}});
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

void FundIfFree(pg::Pool& pool,
                const ChainPeers& peers,
                const WalletRow& wallet,
                const rpc::Context& context) {
    const auto peer = peers.find(wallet.chain);
    if (!wallet.funding_due || peer == peers.end()) {
        return;
    }
    const auto ours = pg::Transact(pool, [&](pg::Tx& tx) { return ClaimFunding(tx, wallet.id); });
    if (!ours || !*ours) {
        return;
    }
    if (const auto gift = AskForGift(pool, peer->second, wallet, context); !gift) {
        LogNoGift(gift.error());
    }
}

void NoteGift(pg::Pool& pool, const WalletRow& wallet) {
    if (!wallet.funding_due) {
        return;
    }
    const auto noted = pg::Transact(pool, [&](pg::Tx& tx) { return MarkFunded(tx, wallet.id); });
    if (!noted) {
        LogNoGift(noted.error());
    }
}

}  // namespace wallet_manager
