// Fresh proofs that an account's owner is there, verified here and nowhere else: a taken-over
// gateway cannot export a key.
#pragma once

#include <string>

#include "base/ids.h"
#include "base/result.h"
#include "pg/pool.h"
#include "platform/wallet/v1/wallet_service.pb.h"

namespace wallet_manager {

// What opens keys or takes them in: limited also when the proofs are good.
enum class ProofUse { kSecret, kSetting };

class ProofDesk {
public:
    explicit ProofDesk(pg::Pool& pool) : pool_(pool) {}

    // Every attempt is recorded before the password is looked at. Errors: `proof_required`,
    // `bad_credentials`, `account_disabled`, `locked`, `password_change_required`, `rate_limited`
    // with a time to retry after.
    [[nodiscard]] base::Result<> Verify(const base::UserId& user,
                                        const platform::wallet::v1::FreshProof& proof,
                                        ProofUse use) const;

private:
    pg::Pool& pool_;
};

}  // namespace wallet_manager
