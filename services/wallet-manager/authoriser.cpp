#include "wallet-manager/authoriser.h"

#include <optional>
#include <set>
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

base::Result<AuthoriseResponse> JudgeReplacement(pg::Tx& tx, const GateOrder& order) {
    BASE_ASSIGN_OR_RETURN(const int orders, CountReplacementOrders(tx, order.intent));
    if (orders >= kReplacementOrdersMax) {
        return Deny("too_many_replacements", "a payment is sped up or cancelled 20 times at most");
    }
    return Answer(AuthoriseResponse::VERDICT_ALLOW);
}

base::Result<AuthoriseResponse> JudgeApproval(pg::Tx& tx,
                                              const GateOrder& order,
                                              const PolicyVerdict& verdict) {
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
    return Answer(AuthoriseResponse::VERDICT_ALLOW);
}

base::Result<AuthoriseResponse> JudgePayment(pg::Tx& tx,
                                             const GateOrder& order,
                                             const Payer& payer,
                                             SpendBook& book) {
    const PolicyVerdict verdict = book.Judge(payer);
    switch (verdict.ruling) {
        case Ruling::kDeny:
            return Deny("policy_denied", verdict.detail);
        case Ruling::kNeedsApproval: {
            BASE_ASSIGN_OR_RETURN(const auto response, JudgeApproval(tx, order, verdict));
            if (response.verdict() != AuthoriseResponse::VERDICT_ALLOW) {
                return response;
            }
            break;
        }
        case Ruling::kAllow:
            break;
    }
    book.Add(payer, order.intent);
    return Answer(AuthoriseResponse::VERDICT_ALLOW);
}

// The verdicts that are for good.
base::Result<> Store(pg::Tx& tx,
                     const std::vector<AuthoriseCall>& calls,
                     const std::vector<std::optional<AuthoriseResponse>>& made) {
    Orders orders;
    std::vector<Authorisation> verdicts;
    std::vector<WalletEvent> events;
    for (std::size_t index = 0; index < calls.size(); ++index) {
        const auto& response = made[index];
        if (!response || !IsFinal(*response)) {
            continue;
        }
        const GateOrder& order = calls[index].order;
        const bool allowed = response->verdict() == AuthoriseResponse::VERDICT_ALLOW;
        orders.push_back(&order);
        verdicts.push_back(
            {allowed, response->reason(), response->detail(), calls[index].stated.ToDecimal()});
        if (!allowed) {
            const nlohmann::json detail = {{"intent_id", order.intent.ToString()},
                                           {"reason", response->reason()}};
            events.push_back({order.wallet, "payment_denied", detail.dump()});
        }
    }
    BASE_RETURN_IF_ERROR(StoreAuthorisations(tx, orders, verdicts));
    return AppendEvents(tx, events);
}

}  // namespace

// One order and what is known of it.
struct Authoriser::Case {
    const AuthoriseCall* call = nullptr;
    std::optional<IntentRow> intent;
    std::optional<Authorisation> stored;
    std::optional<WalletRow> wallet;
    std::optional<std::string> pause;

    // Nothing is written about it: it was decided before, or it is not for this gate.
    [[nodiscard]] std::optional<Response> Known() const {
        if (!intent) {
            return Deny("unknown_wallet", "there is no such wallet");
        }
        if (intent->is_voided) {
            return Deny("voided", "this payment was ended before it was signed");
        }
        return stored ? std::optional(FromStored(*stored)) : std::nullopt;
    }

    // What stands against it before anybody looks at the money.
    [[nodiscard]] std::optional<Response> Refused(base::Time now) const {
        const GateOrder& order = call->order;
        if (!wallet || wallet->is_removed || wallet->address != order.order.from()) {
            return Deny("unknown_wallet", "there is no such wallet with this address");
        }
        if (intent->has_ended) {
            return Deny("intent_ended", "this payment has ended");
        }
        if (const auto living = auth::CheckNotExpired(order.order, now); !living) {
            return Deny(living.error().reason, living.error().detail);
        }
        if (pause) {
            return Answer(Response::VERDICT_WAIT, "paused", *pause);
        }
        if (order.kind == OrderKind::kPayment) {
            return intent->order_digest
                       ? std::optional(Deny("order_conflict",
                                            "another order of this payment was allowed before"))
                       : std::nullopt;
        }
        return intent->is_signed ? std::nullopt
                                 : std::optional(Deny("not_signed_yet",
                                                      "there is no signed transaction to replace"));
    }
};

base::Result<std::vector<AuthoriseResponse>> Authoriser::Authorise(
    const std::vector<AuthoriseCall>& calls, base::Time now) const {
    auto verdicts = pg::Transact(pool_, [&](pg::Tx& tx) { return Judge(tx, calls, now); });
    BASE_CRASH_POINT("gate_authorised");
    return verdicts;
}

base::Result<std::vector<Authoriser::Case>> Authoriser::Load(
    pg::Tx& tx, const std::vector<AuthoriseCall>& calls) {
    Orders orders;
    std::set<base::WalletId> wallets;
    std::vector<PauseSubject> subjects;
    for (const AuthoriseCall& call : calls) {
        orders.push_back(&call.order);
        wallets.insert(call.order.wallet);
        subjects.push_back({call.order.order.network(), call.order.user, call.order.wallet});
    }
    BASE_ASSIGN_OR_RETURN(const auto intents, LockIntents(tx, orders));
    BASE_ASSIGN_OR_RETURN(const auto stored, FindAuthorisations(tx, orders));
    BASE_ASSIGN_OR_RETURN(const auto rows, FindWalletsEvenRemoved(tx, wallets));
    BASE_ASSIGN_OR_RETURN(const auto pauses, FindPauses(tx, subjects));
    std::vector<Case> cases;
    for (std::size_t index = 0; index < calls.size(); ++index) {
        const auto wallet = rows.find(calls[index].order.wallet);
        cases.push_back({&calls[index],
                         intents[index],
                         stored[index],
                         wallet == rows.end() ? std::nullopt : std::optional(wallet->second),
                         pauses[index]});
    }
    return cases;
}

base::Result<std::vector<AuthoriseResponse>> Authoriser::Judge(
    pg::Tx& tx, const std::vector<AuthoriseCall>& calls, base::Time now) const {
    BASE_ASSIGN_OR_RETURN(const auto cases, Load(tx, calls));
    std::vector<std::optional<Response>> known;
    std::vector<std::optional<Response>> made;
    std::vector<std::optional<Payer>> paying;
    std::vector<Payer> payers;
    for (const Case& subject : cases) {
        const GateOrder& order = subject.call->order;
        known.push_back(subject.Known());
        made.push_back(known.back() ? std::nullopt : subject.Refused(now));
        paying.emplace_back();
        if (!known.back() && !made.back() && order.kind == OrderKind::kPayment) {
            BASE_ASSIGN_OR_RETURN(Spend spend, SpendOf(order.order, subject.call->stated));
            paying.back().emplace(Payer{order.user, std::move(spend)});
            payers.push_back(*paying.back());
        }
    }
    BASE_ASSIGN_OR_RETURN(SpendBook book, SpendBook::Open(tx, payers, standard_));
    std::vector<Response> responses;
    for (std::size_t index = 0; index < cases.size(); ++index) {
        const GateOrder& order = calls[index].order;
        if (paying[index]) {
            BASE_ASSIGN_OR_RETURN(made[index], JudgePayment(tx, order, *paying[index], book));
        } else if (!known[index] && !made[index]) {
            BASE_ASSIGN_OR_RETURN(made[index], JudgeReplacement(tx, order));
        }
        responses.push_back(known[index] ? *known[index] : *made[index]);
    }
    BASE_RETURN_IF_ERROR(book.Store(tx));
    BASE_RETURN_IF_ERROR(Store(tx, calls, made));
    return responses;
}

}  // namespace wallet_manager
