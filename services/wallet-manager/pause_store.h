// Pauses: no sends while one applies, by the operator (all, a network), the user or the engine (a
// wallet).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "pg/tx.h"

namespace wallet_manager {

struct PauseSubject {
    std::string network;
    base::UserId user;
    base::WalletId wallet;
};

// The reason of the widest pause that applies to each; none = its sends are open.
[[nodiscard]] base::Result<std::vector<std::optional<std::string>>> FindPauses(
    pg::Tx& tx, const std::vector<PauseSubject>& subjects);
[[nodiscard]] base::Result<std::optional<std::string>> FindPause(pg::Tx& tx,
                                                                 const PauseSubject& subject);

[[nodiscard]] base::Result<> PauseWallet(pg::Tx& tx,
                                         const base::WalletId& wallet,
                                         const std::string& reason);
[[nodiscard]] base::Result<> PauseUser(pg::Tx& tx,
                                       const base::UserId& user,
                                       const std::string& reason);
// `network` empty = everywhere.
[[nodiscard]] base::Result<> PauseNetwork(pg::Tx& tx,
                                          const std::string& network,
                                          const std::string& reason);
[[nodiscard]] base::Result<> ResumeNetwork(pg::Tx& tx, const std::string& network);
[[nodiscard]] base::Result<> ResumeWallet(pg::Tx& tx, const base::WalletId& wallet);
[[nodiscard]] base::Result<> ResumeUser(pg::Tx& tx, const base::UserId& user);

}  // namespace wallet_manager
