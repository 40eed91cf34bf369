#include "wallet-manager/proof.h"

#include <chrono>
#include <cstdint>
#include <optional>

#include "auth/totp.h"
#include "base/clock.h"
#include "crypto/bcrypt.h"
#include "crypto/unicode.h"
#include "secret/secret.h"

namespace wallet_manager {

namespace {

constexpr int kFailedPerHourMax = 5;
constexpr int kSecretsPerHourMax = 5;

struct Account {
    std::string password_hash;
    std::int64_t attempt = 0;  // its row in proof_attempts
    base::Bytes totp;          // the sealed secret of its codes; empty without a second factor
    std::int64_t totp_step = 0;
};

std::string_view UseName(ProofUse use) {
    switch (use) {
        case ProofUse::kSecret:
            return "secret";
        case ProofUse::kSetting:
            return "setting";
    }
    return "";
}

base::Error BadCredentials() {
    return base::MakeError(
        base::ErrorKind::kUnauthenticated, "bad_credentials", "the password is wrong");
}

base::Error RateLimited() {
    base::Error error = base::MakeError(base::ErrorKind::kResourceExhausted,
                                        "rate_limited",
                                        "too many proofs of the password within an hour");
    error.retry_after = std::chrono::minutes(10);
    return error;
}

base::Result<> CheckRate(pg::Tx& tx, const base::UserId& user, ProofUse use) {
    BASE_ASSIGN_OR_RETURN(
        const pg::Row row,
        tx.One("SELECT count(*) FILTER (WHERE NOT succeeded) AS failed, "
               "count(*) FILTER (WHERE succeeded AND purpose = 'secret') AS secrets "
               "FROM proof_attempts WHERE user_id = $1 AND at > now() - INTERVAL '1 hour'",
               user));
    const bool many_secrets =
        use == ProofUse::kSecret && row.Get<int>("secrets") >= kSecretsPerHourMax;
    if (many_secrets || row.Get<int>("failed") >= kFailedPerHourMax) {
        return RateLimited();
    }
    return {};
}

base::Result<Account> FindAccount(pg::Tx& tx, const base::UserId& user) {
    // The lock makes guesses that arrive together count one after the other.
    BASE_RETURN_IF_ERROR(tx.Exec(
        "SELECT pg_advisory_xact_lock(hashtextextended('proof:' || $1, 0))", user.ToString()));
    BASE_ASSIGN_OR_RETURN(const auto row,
                          tx.Maybe("SELECT u.password_hash, u.is_active, u.must_change_password, "
                                   "u.locked_at IS NOT NULL AS is_locked, "
                                   "coalesce(t.sealed, '') AS totp, "
                                   "coalesce(t.last_step, 0) AS totp_step "
                                   "FROM users u LEFT JOIN user_totp t ON t.user_id = u.id AND "
                                   "t.confirmed_at IS NOT NULL WHERE u.id = $1",
                                   user));
    if (!row) {
        return BadCredentials();
    }
    if (!row->Get<bool>("is_active")) {
        return base::PermissionDenied("account_disabled", "the account is disabled");
    }
    if (row->Get<bool>("is_locked")) {
        return base::PermissionDenied("locked", "the account is locked");
    }
    if (row->Get<bool>("must_change_password")) {
        return base::PermissionDenied("password_change_required",
                                      "the account's password was for one sign-in");
    }
    return Account{row->Get<std::string>("password_hash"),
                   0,
                   row->Get<base::Bytes>("totp"),
                   row->Get<std::int64_t>("totp_step")};
}

struct TotpTry {
    const secret::Bytes& key;
    const base::UserId& user;
    const Account& account;
    const std::string& code;
};

// Counted as a failure until it turns out otherwise: a crash in between gives nobody a free guess.
base::Result<std::int64_t> RecordAttempt(pg::Tx& tx, const base::UserId& user, ProofUse use) {
    BASE_RETURN_IF_ERROR(tx.Exec(
        "DELETE FROM proof_attempts WHERE user_id = $1 AND at < now() - INTERVAL '1 day'", user));
    BASE_ASSIGN_OR_RETURN(const pg::Row row,
                          tx.One("INSERT INTO proof_attempts (user_id, purpose, succeeded) "
                                 "VALUES ($1, $2, false) RETURNING id",
                                 user,
                                 UseName(use)));
    return row.Get<std::int64_t>("id");
}

base::Result<bool> Matches(const std::string& password, const std::string& hash) {
    const auto normal = crypto::NormaliseNfc(secret::String(password));
    if (!normal) {
        return false;
    }
    auto verified = crypto::BcryptVerify(*normal, hash);
    if (!verified && verified.error().reason == "bad_password") {
        return false;
    }
    return verified;
}

base::Result<> CheckCodeIsThere(const Account& account,
                                const platform::wallet::v1::FreshProof& proof,
                                const secret::Bytes& key) {
    if (!account.totp.empty() && key.empty()) {
        return base::Unavailable("totp_unavailable", "TOTP_KEY is not set");
    }
    if (!account.totp.empty() && proof.totp().empty()) {
        return base::MakeError(base::ErrorKind::kUnauthenticated,
                               "totp_required",
                               "this account's proofs need a one-time code too")
            .At("/totp");
    }
    return {};
}

base::Result<bool> TakeCode(pg::Tx& tx, const TotpTry& attempt) {
    BASE_ASSIGN_OR_RETURN(const secret::Bytes secret,
                          auth::OpenTotpSecret(attempt.key, attempt.user, attempt.account.totp));
    const auto step = auth::FindTotpStep(
        secret, attempt.code, base::SystemClock().Now(), attempt.account.totp_step);
    if (!step) {
        return false;
    }
    BASE_ASSIGN_OR_RETURN(const pg::Row taken,
                          tx.One("SELECT take_totp_step($1, $2) AS taken", attempt.user, *step));
    return taken.Get<bool>("taken");
}

}  // namespace

base::Result<> ProofDesk::Verify(const base::UserId& user,
                                 const platform::wallet::v1::FreshProof& proof,
                                 ProofUse use) const {
    if (proof.password().empty()) {
        return base::MakeError(base::ErrorKind::kUnauthenticated,
                               "proof_required",
                               "this call needs the account's password");
    }
    BASE_ASSIGN_OR_RETURN(const Account account,
                          pg::Transact(pool_, [&](pg::Tx& tx) -> base::Result<Account> {
                              BASE_ASSIGN_OR_RETURN(Account found, FindAccount(tx, user));
                              BASE_RETURN_IF_ERROR(CheckCodeIsThere(found, proof, totp_key_));
                              BASE_RETURN_IF_ERROR(CheckRate(tx, user, use));
                              BASE_ASSIGN_OR_RETURN(found.attempt, RecordAttempt(tx, user, use));
                              return found;
                          }));
    BASE_ASSIGN_OR_RETURN(const bool good, Matches(proof.password(), account.password_hash));
    if (!good) {
        return BadCredentials();
    }
    return pg::Transact(pool_, [&](pg::Tx& tx) -> base::Result<> {
        if (!account.totp.empty()) {
            BASE_ASSIGN_OR_RETURN(const bool taken,
                                  TakeCode(tx, {totp_key_, user, account, proof.totp()}));
            if (!taken) {
                return base::FailedPrecondition("bad_code",
                                                "the one-time code is wrong, old or used")
                    .At("/totp");
            }
        }
        BASE_RETURN_IF_ERROR(
            tx.Exec("UPDATE proof_attempts SET succeeded = true WHERE id = $1", account.attempt));
        return {};
    });
}

}  // namespace wallet_manager
