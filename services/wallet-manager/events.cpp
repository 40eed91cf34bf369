#include "wallet-manager/events.h"

#include <nlohmann/json.hpp>

#include "wallet-manager/wallet_store.h"

namespace wallet_manager {

base::Result<> AppendEvent(pg::Tx& tx,
                           const base::WalletId& wallet,
                           std::string_view kind,
                           const nlohmann::json& detail) {
    BASE_RETURN_IF_ERROR(
        tx.Exec("SELECT append_wallet_event($1, $2, $3)", wallet, kind, detail.dump()));
    return {};
}

base::Result<> AppendEvents(pg::Tx& tx, const std::vector<WalletEvent>& events) {
    if (events.empty()) {
        return {};
    }
    std::vector<base::WalletId> wallets;
    std::vector<std::string> kinds;
    std::vector<std::string> details;
    for (const WalletEvent& event : events) {
        wallets.push_back(event.wallet);
        kinds.push_back(event.kind);
        details.push_back(event.detail);
    }
    BASE_RETURN_IF_ERROR(tx.Exec("SELECT append_wallet_events($1::uuid[], $2::text[], $3::text[])",
                                 wallets,
                                 kinds,
                                 details));
    return {};
}

base::Result<> AppendEventForAll(pg::Tx& tx,
                                 const base::UserId& user,
                                 std::string_view kind,
                                 const nlohmann::json& detail) {
    BASE_ASSIGN_OR_RETURN(const auto wallets, ListWallets(tx, user, ""));
    for (const WalletRow& wallet : wallets) {
        BASE_RETURN_IF_ERROR(AppendEvent(tx, wallet.id, kind, detail));
    }
    return {};
}

}  // namespace wallet_manager
