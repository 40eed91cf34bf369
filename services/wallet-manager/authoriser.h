// Authorise: may these orders go on? Policy, windows, approvals and pauses are judged in one
// transaction, and a final verdict is committed before it is answered.
#pragma once

#include <vector>

#include "base/result.h"
#include "pg/pool.h"
#include "platform/wallet/v1/wallet_service.pb.h"
#include "wallet-manager/gate_store.h"
#include "wallet-manager/order_reader.h"
#include "wallet-manager/policy.h"
#include "wallet-manager/spend_book.h"

namespace wallet_manager {

struct AuthoriseCall {
    GateOrder order;
    money::UInt256 stated;  // base units that the chain daemon says leave the wallet
};

class Authoriser {
public:
    using Response = platform::wallet::v1::AuthoriseResponse;

    // `standard` = the policy of users who set none. The pool outlives this object.
    Authoriser(pg::Pool& pool, Policy standard) : pool_(pool), standard_(std::move(standard)) {}

    // Of different intents, judged in their order: each counts those before it. Either all have a
    // verdict or none was written.
    [[nodiscard]] base::Result<std::vector<Response>> Authorise(
        const std::vector<AuthoriseCall>& calls, base::Time now) const;

private:
    struct Case;

    [[nodiscard]] base::Result<std::vector<Response>> Judge(pg::Tx& tx,
                                                            const std::vector<AuthoriseCall>& calls,
                                                            base::Time now) const;
    [[nodiscard]] static base::Result<std::vector<Case>> Load(
        pg::Tx& tx, const std::vector<AuthoriseCall>& calls);

    pg::Pool& pool_;
    const Policy standard_;
};

}  // namespace wallet_manager
