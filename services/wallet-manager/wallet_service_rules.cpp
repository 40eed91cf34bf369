// Policies, pauses and approvals: what a user lets his money do.
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "auth/proto_time.h"
#include "base/crash_point.h"
#include "platform/common/v1/order.pb.h"
#include "wallet-manager/approval_store.h"
#include "wallet-manager/events.h"
#include "wallet-manager/pause_store.h"
#include "wallet-manager/policy_store.h"
#include "wallet-manager/wallet_service.h"

namespace wallet_manager {

namespace v1 = platform::wallet::v1;

namespace {

base::Result<> AppendDecision(pg::Tx& tx, const Approval& approval) {
    platform::common::v1::Order order;
    if (!order.ParseFromString(approval.order())) {
        return base::Internal("a stored order does not parse");
    }
    BASE_ASSIGN_OR_RETURN(const auto wallet, base::WalletId::Parse(order.wallet_id()));
    return AppendEvent(
        tx,
        wallet,
        "approval_" + approval.state(),
        {{"approval_id", approval.approval_id()}, {"intent_id", approval.intent_id()}});
}

}  // namespace

base::Result<v1::GetPolicyResponse> WalletService::GetPolicy(const v1::GetPolicyRequest& request,
                                                             const Context& context) {
    BASE_ASSIGN_OR_RETURN(const auto user, UserOf(context, request.user_id()));
    BASE_ASSIGN_OR_RETURN(const StoredPolicy stored, pg::Transact(parts_.pool, [&](pg::Tx& tx) {
                              return LoadPolicy(tx, user, parts_.standard_policy);
                          }));
    v1::GetPolicyResponse response;
    *response.mutable_policy() = stored.policy;
    if (stored.pending) {
        *response.mutable_pending() = *stored.pending;
        *response.mutable_pending_at() = auth::ToTimestamp(*stored.pending_at);
    }
    return response;
}

base::Result<v1::SetPolicyResponse> WalletService::SetPolicy(const v1::SetPolicyRequest& request,
                                                             const Context& context) {
    BASE_ASSIGN_OR_RETURN(const auto user, UserOf(context, request.user_id()));
    BASE_ASSIGN_OR_RETURN(const Policy wanted, NormalisePolicy(request.policy()));
    BASE_ASSIGN_OR_RETURN(const StoredPolicy before, pg::Transact(parts_.pool, [&](pg::Tx& tx) {
                              return LoadPolicy(tx, user, parts_.standard_policy);
                          }));
    const bool proven = IsLoosened(before.policy, wanted);
    if (proven) {
        BASE_RETURN_IF_ERROR(proofs_.Verify(user, request.proof(), ProofUse::kSetting));
    }
    return pg::Transact(parts_.pool, [&](pg::Tx& tx) -> base::Result<v1::SetPolicyResponse> {
        BASE_ASSIGN_OR_RETURN(const StoredPolicy stored,
                              LockPolicy(tx, user, parts_.standard_policy));
        v1::SetPolicyResponse response;
        if (IsLoosened(stored.policy, wanted)) {
            if (!proven) {
                return base::MakeError(
                    base::ErrorKind::kAborted, "conflict", "the policy changed at the same time");
            }
            BASE_ASSIGN_OR_RETURN(const base::Time at,
                                  StorePending(tx, user, stored.policy, wanted));
            *response.mutable_policy() = stored.policy;
            *response.mutable_pending() = wanted;
            *response.mutable_effective_at() = auth::ToTimestamp(at);
            BASE_RETURN_IF_ERROR(AppendEventForAll(tx, user, "policy_loosening_asked", {}));
            return response;
        }
        BASE_RETURN_IF_ERROR(StorePolicy(tx, user, wanted));
        *response.mutable_policy() = wanted;
        *response.mutable_effective_at() = auth::ToTimestamp(base::SystemClock().Now());
        BASE_RETURN_IF_ERROR(AppendEventForAll(tx, user, "policy_tightened", {}));
        return response;
    });
}

base::Result<v1::PauseResponse> WalletService::Pause(const v1::PauseRequest& request,
                                                     const Context& context) {
    BASE_ASSIGN_OR_RETURN(const auto user, UserOf(context, request.user_id()));
    if (request.reason().size() > kReasonMax) {
        return base::InvalidArgument("text_too_long", "a reason has at most 200 characters")
            .At("/reason");
    }
    const std::string reason = request.reason().empty() ? "paused by its owner" : request.reason();
    if (request.wallet_id().empty()) {
        return pg::Transact(parts_.pool, [&](pg::Tx& tx) -> base::Result<v1::PauseResponse> {
            BASE_RETURN_IF_ERROR(PauseUser(tx, user, reason));
            BASE_RETURN_IF_ERROR(AppendEventForAll(tx, user, "paused", {{"scope", "user"}}));
            return v1::PauseResponse();
        });
    }
    BASE_ASSIGN_OR_RETURN(const WalletRow wallet, Find(user, request.wallet_id()));
    return pg::Transact(parts_.pool, [&](pg::Tx& tx) -> base::Result<v1::PauseResponse> {
        BASE_RETURN_IF_ERROR(PauseWallet(tx, wallet.id, reason));
        BASE_RETURN_IF_ERROR(AppendEvent(tx, wallet.id, "paused", {{"scope", "wallet"}}));
        return v1::PauseResponse();
    });
}

base::Result<v1::ResumeResponse> WalletService::Resume(const v1::ResumeRequest& request,
                                                       const Context& context) {
    BASE_ASSIGN_OR_RETURN(const auto user, UserOf(context, request.user_id()));
    std::optional<WalletRow> wallet;
    if (!request.wallet_id().empty()) {
        BASE_ASSIGN_OR_RETURN(wallet, Find(user, request.wallet_id()));
    }
    BASE_RETURN_IF_ERROR(proofs_.Verify(user, request.proof(), ProofUse::kSetting));
    return pg::Transact(parts_.pool, [&](pg::Tx& tx) -> base::Result<v1::ResumeResponse> {
        if (!wallet) {
            BASE_RETURN_IF_ERROR(ResumeUser(tx, user));
            BASE_RETURN_IF_ERROR(AppendEventForAll(tx, user, "resumed", {{"scope", "user"}}));
            return v1::ResumeResponse();
        }
        BASE_RETURN_IF_ERROR(ResumeWallet(tx, wallet->id));
        // A foreign transaction may have moved the account's nonce on: its owner vouches for it.
        BASE_RETURN_IF_ERROR(ForgetNonceFloor(tx, wallet->id));
        BASE_RETURN_IF_ERROR(AppendEvent(tx, wallet->id, "resumed", {{"scope", "wallet"}}));
        return v1::ResumeResponse();
    });
}

base::Result<v1::ListApprovalsResponse> WalletService::ListApprovals(
    const v1::ListApprovalsRequest& request, const Context& context) {
    BASE_ASSIGN_OR_RETURN(const auto user, UserOf(context, request.user_id()));
    BASE_ASSIGN_OR_RETURN(const int limit, PageLimit(request.page()));
    const ApprovalQuery query{user, request.state(), request.page().cursor(), limit};
    BASE_ASSIGN_OR_RETURN(const ApprovalPage page, pg::Transact(parts_.pool, [&](pg::Tx& tx) {
                              return wallet_manager::ListApprovals(tx, query);
                          }));
    v1::ListApprovalsResponse response;
    response.mutable_approvals()->Assign(page.approvals.begin(), page.approvals.end());
    response.mutable_page()->set_next_cursor(page.next_cursor);
    return response;
}

base::Result<v1::GetApprovalResponse> WalletService::GetApproval(
    const v1::GetApprovalRequest& request, const Context& context) {
    BASE_ASSIGN_OR_RETURN(const auto user, UserOf(context, request.user_id()));
    const auto id = base::ApprovalId::Parse(request.approval_id());
    if (!id) {
        return base::NotFound("unknown_approval", "there is no such approval");
    }
    v1::GetApprovalResponse response;
    BASE_ASSIGN_OR_RETURN(*response.mutable_approval(), pg::Transact(parts_.pool, [&](pg::Tx& tx) {
        return wallet_manager::GetApproval(tx, user, *id);
    }));
    return response;
}

base::Result<v1::DecideApprovalResponse> WalletService::DecideApproval(
    const v1::DecideApprovalRequest& request, const Context& context) {
    BASE_ASSIGN_OR_RETURN(const auto user, UserOf(context, request.user_id()));
    BASE_RETURN_IF_ERROR(RequireSession(context));
    const auto id = base::ApprovalId::Parse(request.approval_id());
    if (!id) {
        return base::NotFound("unknown_approval", "there is no such approval");
    }
    const Decision decision{user, *id, request.digest(), request.approve()};
    v1::DecideApprovalResponse response;
    BASE_ASSIGN_OR_RETURN(*response.mutable_approval(),
                          pg::Transact(parts_.pool, [&](pg::Tx& tx) -> base::Result<Approval> {
                              BASE_ASSIGN_OR_RETURN(Approval approval, Decide(tx, decision));
                              BASE_RETURN_IF_ERROR(AppendDecision(tx, approval));
                              return approval;
                          }));
    BASE_CRASH_POINT("gate_decided");
    return response;
}

}  // namespace wallet_manager
