// Authorise: may this order go on? Policy, windows, approvals and pauses are judged in one
// transaction, and a final verdict is committed before it is answered.
#pragma once

#include "base/result.h"
#include "pg/pool.h"
#include "platform/wallet/v1/wallet_service.pb.h"
#include "wallet-manager/gate_store.h"
#include "wallet-manager/order_reader.h"
#include "wallet-manager/policy.h"
#include "wallet-manager/policy_store.h"

namespace wallet_manager {

class Authoriser {
public:
    // `standard` = the policy of users who set none. The pool outlives this object.
    Authoriser(pg::Pool& pool, Policy standard) : pool_(pool), standard_(std::move(standard)) {}

    // `stated` = base units that the chain daemon says leave the wallet.
    [[nodiscard]] base::Result<platform::wallet::v1::AuthoriseResponse> Authorise(
        const GateOrder& order, const money::UInt256& stated, base::Time now) const;

private:
    using Response = platform::wallet::v1::AuthoriseResponse;

    struct Case;

    [[nodiscard]] base::Result<Response> Judge(pg::Tx& tx, const Case& subject) const;
    [[nodiscard]] base::Result<Response> JudgePayment(pg::Tx& tx, const Case& subject) const;
    [[nodiscard]] base::Result<Response> JudgeReplacement(pg::Tx& tx, const Case& subject) const;
    [[nodiscard]] base::Result<Response> JudgeApproval(pg::Tx& tx,
                                                       const Case& subject,
                                                       const PolicyVerdict& verdict) const;
    [[nodiscard]] base::Result<StoredPolicy> PolicyFor(pg::Tx& tx,
                                                       const Case& subject,
                                                       const Spend& spend) const;

    pg::Pool& pool_;
    const Policy standard_;
};

}  // namespace wallet_manager
