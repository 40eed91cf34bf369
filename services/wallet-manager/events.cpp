#include "wallet-manager/events.h"

#include <nlohmann/json.hpp>

namespace wallet_manager {

base::Result<> AppendEvent(pg::Tx& tx,
                           const base::WalletId& wallet,
                           std::string_view kind,
                           const nlohmann::json& detail) {
    BASE_RETURN_IF_ERROR(
        tx.Exec("SELECT append_wallet_event($1, $2, $3)", wallet, kind, detail.dump()));
    return {};
}

}  // namespace wallet_manager
