#include "api-gateway/store/totp_store.h"

#include <cstdint>
#include <optional>

#include "api-gateway/store/identity_store.h"
#include "auth/totp.h"

namespace gateway {

namespace {

struct TotpRow {
    base::Bytes sealed;
    bool confirmed = false;
    std::int64_t last_step = 0;
    std::optional<base::Time> blocked_until;
};

base::Error BadCode() {
    return base::FailedPrecondition("bad_code", "the one-time code is wrong, old or used")
        .At("/totp");
}

base::Result<std::optional<TotpRow>> FindTotp(pg::Tx& tx, base::UserId user) {
    BASE_ASSIGN_OR_RETURN(
        const auto row,
        tx.Maybe("SELECT sealed, confirmed_at IS NOT NULL AS confirmed, last_step, "
                 "CASE WHEN blocked_until > now() THEN blocked_until END AS blocked_until "
                 "FROM user_totp WHERE user_id = $1",
                 user));
    if (!row) {
        return std::optional<TotpRow>();
    }
    return std::optional<TotpRow>({row->Get<base::Bytes>("sealed"),
                                   row->Get<bool>("confirmed"),
                                   row->Get<std::int64_t>("last_step"),
                                   row->Get<std::optional<base::Time>>("blocked_until")});
}

base::Result<bool> TakeStep(pg::Tx& tx, const TotpCheck& check, const TotpRow& row) {
    BASE_ASSIGN_OR_RETURN(const secret::Bytes secret,
                          auth::OpenTotpSecret(check.key, check.user, row.sealed));
    const auto step = auth::FindTotpStep(secret, check.code, check.now, row.last_step);
    if (!step) {
        return false;
    }
    BASE_ASSIGN_OR_RETURN(const pg::Row taken,
                          tx.One("SELECT take_totp_step($1, $2) AS taken", check.user, *step));
    return taken.Get<bool>("taken");
}

base::Result<bool> TakeRecoveryCode(pg::Tx& tx, const TotpCheck& check) {
    BASE_ASSIGN_OR_RETURN(
        const pg::Rows used,
        tx.Exec("UPDATE totp_recovery_codes SET used_at = now() WHERE user_id = $1 AND "
                "code_hash = $2 AND used_at IS NULL",
                check.user,
                auth::RecoveryCodeHash(check.key, check.user, check.code)));
    if (used.affected() == 0) {
        return false;
    }
    BASE_RETURN_IF_ERROR(AppendEvent(tx, {check.user, "recovery_code_used"}));
    return true;
}

enum class Kind { kCode, kCodeOrRecovery };

// A wrong code is counted, so it is no error of the transaction.
base::Result<bool> Take(pg::Tx& tx, const TotpCheck& check, const TotpRow& row, Kind kind) {
    if (check.key.empty()) {
        return base::Unavailable("totp_unavailable", "TOTP_KEY is not set");
    }
    if (row.blocked_until) {
        return base::PermissionDenied("locked",
                                      "too many wrong codes; the next one is taken at " +
                                          base::FormatRfc3339(*row.blocked_until));
    }
    BASE_ASSIGN_OR_RETURN(bool good, TakeStep(tx, check, row));
    if (!good && kind == Kind::kCodeOrRecovery) {
        BASE_ASSIGN_OR_RETURN(good, TakeRecoveryCode(tx, check));
    }
    if (!good) {
        BASE_RETURN_IF_ERROR(tx.Exec("SELECT count_totp_failure($1)", check.user));
    }
    return good;
}

base::Error TotpEnabled() {
    return base::MakeError(base::ErrorKind::kAlreadyExists,
                           "totp_enabled",
                           "this account has a second factor already");
}

}  // namespace

base::Result<> BeginTotp(pg::Pool& pool, base::UserId user, const base::Bytes& sealed) {
    return pg::Transact(pool, [&](pg::Tx& tx) -> base::Result<> {
        BASE_ASSIGN_OR_RETURN(
            const pg::Rows begun,
            tx.Exec("INSERT INTO user_totp (user_id, sealed) VALUES ($1, $2) ON CONFLICT (user_id) "
                    "DO UPDATE SET sealed = EXCLUDED.sealed, created_at = now(), last_step = 0 "
                    "WHERE user_totp.confirmed_at IS NULL",
                    user,
                    sealed));
        if (begun.affected() == 0) {
            return TotpEnabled();
        }
        return {};
    });
}

base::Result<std::vector<secret::String>> ConfirmTotp(pg::Pool& pool, const TotpCheck& check) {
    std::vector<secret::String> codes;
    BASE_ASSIGN_OR_RETURN(
        const bool good, pg::Transact(pool, [&](pg::Tx& tx) -> base::Result<bool> {
            codes.clear();
            BASE_ASSIGN_OR_RETURN(const auto row, FindTotp(tx, check.user));
            if (!row) {
                return base::FailedPrecondition("totp_not_begun", "POST /auth/totp comes first");
            }
            if (row->confirmed) {
                return TotpEnabled();
            }
            BASE_ASSIGN_OR_RETURN(const bool taken, Take(tx, check, *row, Kind::kCode));
            if (!taken) {
                return false;
            }
            BASE_RETURN_IF_ERROR(tx.Exec(
                "UPDATE user_totp SET confirmed_at = now() WHERE user_id = $1", check.user));
            for (std::size_t i = 0; i < auth::kRecoveryCodes; ++i) {
                codes.push_back(auth::NewRecoveryCode());
                BASE_RETURN_IF_ERROR(
                    tx.Exec("INSERT INTO totp_recovery_codes (user_id, code_hash) VALUES ($1, $2)",
                            check.user,
                            auth::RecoveryCodeHash(check.key, check.user, codes.back().Expose())));
            }
            BASE_RETURN_IF_ERROR(AppendEvent(tx, {check.user, "totp_enabled"}));
            return true;
        }));
    if (!good) {
        return BadCode();
    }
    return codes;
}

base::Result<> CheckTotp(pg::Pool& pool, const TotpCheck& check) {
    BASE_ASSIGN_OR_RETURN(
        const bool good, pg::Transact(pool, [&](pg::Tx& tx) -> base::Result<bool> {
            BASE_ASSIGN_OR_RETURN(const auto row, FindTotp(tx, check.user));
            if (!row || !row->confirmed) {
                return true;
            }
            if (check.code.empty()) {
                return base::MakeError(base::ErrorKind::kUnauthenticated,
                                       "totp_required",
                                       "this account signs in with a one-time code too")
                    .At("/totp");
            }
            return Take(tx, check, *row, Kind::kCodeOrRecovery);
        }));
    if (!good) {
        return BadCode();
    }
    return {};
}

base::Result<> RemoveTotp(pg::Pool& pool, base::UserId user) {
    return pg::Transact(pool, [&](pg::Tx& tx) -> base::Result<> {
        BASE_ASSIGN_OR_RETURN(const pg::Rows removed,
                              tx.Exec("DELETE FROM user_totp WHERE user_id = $1", user));
        if (removed.affected() == 0) {
            return base::NotFound("not_found", "this account has no second factor");
        }
        return AppendEvent(tx, {user, "totp_removed"});
    });
}

}  // namespace gateway
