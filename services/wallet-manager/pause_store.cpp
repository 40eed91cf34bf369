#include "wallet-manager/pause_store.h"

namespace wallet_manager {

namespace {

base::Result<> Put(pg::Tx& tx,
                   const char* scope,
                   const std::string& subject,
                   const std::string& reason) {
    BASE_RETURN_IF_ERROR(tx.Exec(
        "INSERT INTO pauses (scope, subject, reason) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        scope,
        subject,
        reason));
    return {};
}

base::Result<> Take(pg::Tx& tx, const char* scope, const std::string& subject) {
    BASE_RETURN_IF_ERROR(
        tx.Exec("DELETE FROM pauses WHERE scope = $1 AND subject = $2", scope, subject));
    return {};
}

}  // namespace

base::Result<std::optional<std::string>> FindPause(pg::Tx& tx, const PauseSubject& subject) {
    BASE_ASSIGN_OR_RETURN(
        const pg::Rows rows,
        tx.Exec("SELECT reason FROM pauses WHERE scope = 'global' "
                "OR (scope = 'network' AND subject = $1) OR (scope = 'user' AND subject = $2) "
                "OR (scope = 'wallet' AND subject = $3) "
                "ORDER BY array_position(ARRAY['global', 'network', 'user', 'wallet'], scope)",
                subject.network,
                subject.user.ToString(),
                subject.wallet.ToString()));
    if (rows.empty()) {
        return std::optional<std::string>();
    }
    return std::optional<std::string>(rows[0].Get<std::string>("reason"));
}

base::Result<> PauseWallet(pg::Tx& tx, const base::WalletId& wallet, const std::string& reason) {
    return Put(tx, "wallet", wallet.ToString(), reason);
}

base::Result<> PauseUser(pg::Tx& tx, const base::UserId& user, const std::string& reason) {
    return Put(tx, "user", user.ToString(), reason);
}

base::Result<> PauseNetwork(pg::Tx& tx, const std::string& network, const std::string& reason) {
    return Put(tx, network.empty() ? "global" : "network", network, reason);
}

base::Result<> ResumeNetwork(pg::Tx& tx, const std::string& network) {
    return Take(tx, network.empty() ? "global" : "network", network);
}

base::Result<> ResumeWallet(pg::Tx& tx, const base::WalletId& wallet) {
    return Take(tx, "wallet", wallet.ToString());
}

base::Result<> ResumeUser(pg::Tx& tx, const base::UserId& user) {
    return Take(tx, "user", user.ToString());
}

}  // namespace wallet_manager
