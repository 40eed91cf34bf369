// Native balances over all chains. A dead chain never fails the call: its entry shows the last
// known figure, marked stale, and why.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "pg/pool.h"
#include "platform/wallet/v1/wallet_service.pb.h"
#include "rpc/context.h"
#include "wallet-manager/chain_peers.h"
#include "wallet-manager/wallet_store.h"

namespace wallet_manager {

inline constexpr std::chrono::seconds kAnswerTimeMax{3};

// Thread-safe.
class Balances {
public:
    Balances(pg::Pool& pool, const ChainPeers& peers) : pool_(pool), peers_(peers) {}

    // One entry a wallet, in their order. All chains are asked at once, first for the devnet's gift
    // where one is due. Takes kAnswerTimeMax at the longest.
    [[nodiscard]] std::vector<platform::wallet::v1::ChainBalance> Read(
        const std::vector<WalletRow>& wallets, const rpc::Context& context);

private:
    using ChainBalance = platform::wallet::v1::ChainBalance;

    [[nodiscard]] ChainBalance ReadOne(const WalletRow& wallet, const rpc::Context& context);
    void Remember(const WalletRow& wallet, const ChainBalance& balance);
    void Recall(const WalletRow& wallet, ChainBalance& balance);

    pg::Pool& pool_;
    const ChainPeers& peers_;
    std::mutex mutex_;
    std::map<base::WalletId, ChainBalance> last_known_;
};

}  // namespace wallet_manager
