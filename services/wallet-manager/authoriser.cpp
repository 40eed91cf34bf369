#include "wallet-manager/authoriser.h"

#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/bytes.h"
#include "base/crash_point.h"
#include "wallet-manager/approval_store.h"
#include "wallet-manager/events.h"
#include "wallet-manager/pause_store.h"
#include "wallet-manager/wallet_store.h"

namespace wallet_manager {

namespace {

using platform::wallet::v1::AuthoriseResponse;

// A user's speed-ups and cancels of one payment.
constexpr int kReplacementOrdersMax = 20;

AuthoriseResponse Answer(AuthoriseResponse::Verdict verdict,
                         std::string reason = "",
                         std::string detail = "") {
    AuthoriseResponse response;
    response.set_verdict(verdict);
    response.set_reason(std::move(reason));
    response.set_detail(std::move(detail));
    return response;
}

AuthoriseResponse Deny(std::string reason, std::string detail) {
    return Answer(AuthoriseResponse::VERDICT_DENY, std::move(reason), std::move(detail));
}

AuthoriseResponse Ask(const Approval& approval, std::string detail) {
    AuthoriseResponse response =
        Answer(AuthoriseResponse::VERDICT_NEEDS_APPROVAL, approval.rule(), std::move(detail));
    response.set_approval_id(approval.approval_id());
    return response;
}

AuthoriseResponse FromStored(const Authorisation& stored) {
    return stored.allowed ? Answer(AuthoriseResponse::VERDICT_ALLOW)
                          : Deny(stored.reason, stored.detail);
}

bool IsFinal(const AuthoriseResponse& response) {
    return response.verdict() == AuthoriseResponse::VERDICT_ALLOW ||
           response.verdict() == AuthoriseResponse::VERDICT_DENY;
}

// The approval's digest in the order, in the approval and over the order itself are one.
bool Approves(const Approval& approval, const GateOrder& order) {
    const auto digest = auth::ApprovalDigest(order.order);
    return approval.digest() == base::AsText(digest) &&
           order.order.approval_digest() == approval.digest();
}

}  // namespace

struct Authoriser::Case {
    const GateOrder& order;
    const money::UInt256& stated;
    base::Time now;
    IntentRow intent;
};

base::Result<AuthoriseResponse> Authoriser::Authorise(const GateOrder& order,
                                                      const money::UInt256& stated,
                                                      base::Time now) const {
    auto verdict = pg::Transact(pool_, [&](pg::Tx& tx) -> base::Result<Response> {
        const auto intent = LockIntent(tx, order);
        if (!intent) {
            return intent.error().reason == "unknown_wallet"
                       ? base::Result<Response>(Deny("unknown_wallet", intent.error().detail))
                       : intent.error();
        }
        if (intent->is_voided) {
            return Deny("voided", "this payment was ended before it was signed");
        }
        BASE_ASSIGN_OR_RETURN(const auto stored, FindAuthorisation(tx, order.intent, order.digest));
        if (stored) {
            return FromStored(*stored);
        }
        BASE_ASSIGN_OR_RETURN(Response response, Judge(tx, {order, stated, now, *intent}));
        if (!IsFinal(response)) {
            return response;
        }
        const bool allowed = response.verdict() == Response::VERDICT_ALLOW;
        BASE_RETURN_IF_ERROR(StoreAuthorisation(
            tx, order, {allowed, response.reason(), response.detail(), stated.ToDecimal()}));
        if (!allowed) {
            BASE_RETURN_IF_ERROR(AppendEvent(
                tx,
                order.wallet,
                "payment_denied",
                {{"intent_id", order.intent.ToString()}, {"reason", response.reason()}}));
        }
        return response;
    });
    BASE_CRASH_POINT("gate_authorised");
    return verdict;
}

base::Result<AuthoriseResponse> Authoriser::Judge(pg::Tx& tx, const Case& subject) const {
    const GateOrder& order = subject.order;
    BASE_ASSIGN_OR_RETURN(const auto wallet, FindWalletEvenRemoved(tx, order.wallet));
    if (!wallet || wallet->is_removed || wallet->address != order.order.from()) {
        return Deny("unknown_wallet", "there is no such wallet with this address");
    }
    if (subject.intent.has_ended) {
        return Deny("intent_ended", "this payment has ended");
    }
    if (const auto living = auth::CheckNotExpired(order.order, subject.now); !living) {
        return Deny(living.error().reason, living.error().detail);
    }
    BASE_ASSIGN_OR_RETURN(const auto pause,
                          FindPause(tx, {order.order.network(), order.user, order.wallet}));
    if (pause) {
        return Answer(Response::VERDICT_WAIT, "paused", *pause);
    }
    return order.kind == OrderKind::kPayment ? JudgePayment(tx, subject)
                                             : JudgeReplacement(tx, subject);
}

base::Result<AuthoriseResponse> Authoriser::JudgeReplacement(pg::Tx& tx,
                                                             const Case& subject) const {
    if (!subject.intent.is_signed) {
        return Deny("not_signed_yet", "there is no signed transaction to replace");
    }
    BASE_ASSIGN_OR_RETURN(const int orders, CountReplacementOrders(tx, subject.order.intent));
    if (orders >= kReplacementOrdersMax) {
        return Deny("too_many_replacements", "a payment is sped up or cancelled 20 times at most");
    }
    return Answer(Response::VERDICT_ALLOW);
}

base::Result<StoredPolicy> Authoriser::PolicyFor(pg::Tx& tx,
                                                 const Case& subject,
                                                 const Spend& spend) const {
    BASE_ASSIGN_OR_RETURN(StoredPolicy stored, LoadPolicy(tx, subject.order.user, standard_));
    // The lock caps a user's payments at one a commit: only a window needs it.
    if (!HasDailyLimit(stored.policy, spend)) {
        return stored;
    }
    return LockPolicy(tx, subject.order.user, standard_);
}

base::Result<AuthoriseResponse> Authoriser::JudgePayment(pg::Tx& tx, const Case& subject) const {
    const GateOrder& order = subject.order;
    if (subject.intent.order_digest) {
        return Deny("order_conflict", "another order of this payment was allowed before");
    }
    BASE_ASSIGN_OR_RETURN(const Spend spend, SpendOf(order.order, subject.stated));
    BASE_ASSIGN_OR_RETURN(const StoredPolicy stored, PolicyFor(tx, subject, spend));
    money::UInt256 spent;
    if (HasDailyLimit(stored.policy, spend)) {
        BASE_ASSIGN_OR_RETURN(spent, SpentInWindow(tx, order.user, spend));
    }
    const PolicyVerdict verdict = Evaluate(stored.policy, spend, spent);
    switch (verdict.ruling) {
        case Ruling::kDeny:
            return Deny("policy_denied", verdict.detail);
        case Ruling::kNeedsApproval: {
            BASE_ASSIGN_OR_RETURN(const Response response, JudgeApproval(tx, subject, verdict));
            if (response.verdict() != Response::VERDICT_ALLOW) {
                return response;
            }
            break;
        }
        case Ruling::kAllow:
            break;
    }
    BASE_RETURN_IF_ERROR(Reserve(tx, order.intent, order.user, spend));
    return Answer(Response::VERDICT_ALLOW);
}

base::Result<AuthoriseResponse> Authoriser::JudgeApproval(pg::Tx& tx,
                                                          const Case& subject,
                                                          const PolicyVerdict& verdict) const {
    const GateOrder& order = subject.order;
    BASE_ASSIGN_OR_RETURN(const auto approval, FindApprovalOfIntent(tx, order.intent));
    if (!approval) {
        if (!order.order.approval_digest().empty()) {
            return Deny("approval_mismatch", "nobody was asked about this payment");
        }
        BASE_ASSIGN_OR_RETURN(const Approval made, CreateApproval(tx, order, verdict.rule));
        return Ask(made, verdict.detail);
    }
    if (approval->state() == "denied") {
        return Deny("approval_denied", "the payment was denied");
    }
    if (approval->state() == "expired") {
        return Deny("approval_expired", "nobody approved the payment in time");
    }
    if (order.order.approval_digest().empty()) {
        return Ask(*approval, verdict.detail);
    }
    BASE_ASSIGN_OR_RETURN(const bool fresh, IsFreshlyApproved(tx, order.intent));
    if (!Approves(*approval, order) || approval->state() != "approved" || !fresh) {
        return Deny("approval_mismatch", "what was approved is not this payment, or not now");
    }
    return Answer(Response::VERDICT_ALLOW);
}

}  // namespace wallet_manager
