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
