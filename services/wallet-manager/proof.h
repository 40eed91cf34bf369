// Fresh proofs that an account's owner is there, verified here and nowhere else: a taken-over
// gateway cannot export a key.
#pragma once

#include <string>

#include "base/ids.h"
#include "base/result.h"
#include "pg/pool.h"
#include "platform/wallet/v1/wallet_service.pb.h"
#include "secret/secret.h"

namespace wallet_manager {

// What opens keys or takes them in: limited also when the proofs are good.
enum class ProofUse { kSecret, kSetting };

class ProofDesk {
public:
    // `totp_key` opens the secrets of one-time codes; empty where there are none.
    ProofDesk(pg::Pool& pool, const secret::Bytes& totp_key) : pool_(pool), totp_key_(totp_key) {}

    // Every attempt is recorded before the password is looked at. Errors: `proof_required`,
    // `totp_required` where the account has a second factor and no code came, `bad_credentials`,
    // `bad_code`, `account_disabled`, `locked`, `password_change_required`, `totp_unavailable`,
    // `rate_limited` with a time to retry after.
    [[nodiscard]] base::Result<> Verify(const base::UserId& user,
                                        const platform::wallet::v1::FreshProof& proof,
                                        ProofUse use) const;

private:
    pg::Pool& pool_;
    const secret::Bytes& totp_key_;
};

}  // namespace wallet_manager
