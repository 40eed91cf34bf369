// Audit events: append-only, one hash chain a wallet, in the commit of what they tell of.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/ids.h"
#include "base/result.h"
#include "pg/tx.h"

namespace wallet_manager {

// Call it last in a transaction: it holds the lock of the wallet's chain until the commit.
[[nodiscard]] base::Result<> AppendEvent(pg::Tx& tx,
                                         const base::WalletId& wallet,
                                         std::string_view kind,
                                         const nlohmann::json& detail);

struct WalletEvent {
    base::WalletId wallet;
    std::string kind;
    std::string detail;  // JSON
};

// The same for several, in their order on each wallet.
[[nodiscard]] base::Result<> AppendEvents(pg::Tx& tx, const std::vector<WalletEvent>& events);

// On every wallet of the user, so that each chain of events tells the whole story.
[[nodiscard]] base::Result<> AppendEventForAll(pg::Tx& tx,
                                               const base::UserId& user,
                                               std::string_view kind,
                                               const nlohmann::json& detail);

}  // namespace wallet_manager
