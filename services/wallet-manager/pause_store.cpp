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

base::Result<std::vector<std::optional<std::string>>> FindPauses(
    pg::Tx& tx, const std::vector<PauseSubject>& subjects) {
    std::vector<std::string> networks;
    std::vector<std::string> users;
    std::vector<std::string> wallets;
    for (const PauseSubject& subject : subjects) {
        networks.push_back(subject.network);
        users.push_back(subject.user.ToString());
        wallets.push_back(subject.wallet.ToString());
    }
    BASE_ASSIGN_OR_RETURN(
        const pg::Rows rows,
        tx.Exec("SELECT (SELECT p.reason FROM pauses p WHERE p.scope = 'global' "
                "OR (p.scope = 'network' AND p.subject = u.network) "
                "OR (p.scope = 'user' AND p.subject = u.owner) "
                "OR (p.scope = 'wallet' AND p.subject = u.wallet) ORDER BY "
                "array_position(ARRAY['global', 'network', 'user', 'wallet'], p.scope) LIMIT 1) "
                "AS reason FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY "
                "AS u (network, owner, wallet, place) ORDER BY u.place",
                networks,
                users,
                wallets));
    std::vector<std::optional<std::string>> reasons;
    for (const pg::Row row : rows) {
        reasons.push_back(row.Get<std::optional<std::string>>("reason"));
    }
    return reasons;
}

base::Result<std::optional<std::string>> FindPause(pg::Tx& tx, const PauseSubject& subject) {
    BASE_ASSIGN_OR_RETURN(const auto reasons, FindPauses(tx, {subject}));
    return reasons.front();
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
