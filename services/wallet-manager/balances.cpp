#include "wallet-manager/balances.h"

#include <future>
#include <string>

#include "chain/catalog.h"
#include "wallet-manager/funding.h"

namespace wallet_manager {

namespace {

using platform::wallet::v1::ChainBalance;

// Of it, so that the balance can still be read after a gift that does not come.
constexpr std::chrono::seconds kGiftTimeMax{2};
constexpr std::size_t kLastKnownMax = 50'000;

ChainBalance Blank(const WalletRow& wallet) {
    ChainBalance balance;
    balance.set_chain(wallet.chain);
    balance.set_address(wallet.address);
    if (const chain::ChainInfo* chain = chain::FindNetwork(wallet.network)) {
        balance.set_currency(std::string(chain->symbol));
        balance.set_decimals(chain->decimals);
    }
    return balance;
}

bool HasCoins(const ChainBalance& balance) {
    return balance.balance().find_first_of("123456789") != std::string::npos;
}

}  // namespace

std::vector<ChainBalance> Balances::Read(const std::vector<WalletRow>& wallets,
                                         const rpc::Context& context) {
    const rpc::Context bounded = context.Within(kAnswerTimeMax);
    std::vector<std::future<ChainBalance>> asked;
    asked.reserve(wallets.size());
    for (const WalletRow& wallet : wallets) {
        asked.push_back(std::async(std::launch::async,
                                   [this, &wallet, &bounded] { return ReadOne(wallet, bounded); }));
    }
    std::vector<ChainBalance> balances;
    balances.reserve(asked.size());
    for (auto& answer : asked) {
        balances.push_back(answer.get());
    }
    return balances;
}

ChainBalance Balances::ReadOne(const WalletRow& wallet, const rpc::Context& context) {
    ChainBalance balance = Blank(wallet);
    const auto peer = peers_.find(wallet.chain);
    if (peer == peers_.end()) {
        balance.set_error("chain_not_configured");
        return balance;
    }
    FundIfFree(pool_, peers_, wallet, context.Within(kGiftTimeMax));
    platform::chain::v1::GetBalanceRequest request;
    request.set_address(wallet.address);
    const auto answer =
        peer->second.Call(&platform::chain::v1::ChainService::Stub::GetBalance, request, context);
    if (!answer) {
        Recall(wallet, balance);
        balance.set_stale(true);
        balance.set_error(answer.error().reason);
        return balance;
    }
    balance.set_balance(answer->balance());
    *balance.mutable_as_of() = answer->as_of();
    balance.set_stale(answer->stale());
    if (HasCoins(balance)) {
        NoteGift(pool_, wallet);
    }
    Remember(wallet, balance);
    return balance;
}

void Balances::Remember(const WalletRow& wallet, const ChainBalance& balance) {
    const std::scoped_lock lock(mutex_);
    if (last_known_.size() >= kLastKnownMax) {
        last_known_.erase(last_known_.begin());
    }
    last_known_[wallet.id] = balance;
}

void Balances::Recall(const WalletRow& wallet, ChainBalance& balance) {
    const std::scoped_lock lock(mutex_);
    if (const auto found = last_known_.find(wallet.id); found != last_known_.end()) {
        balance = found->second;
    }
}

}  // namespace wallet_manager
