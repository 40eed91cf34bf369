#include "api-gateway/resources/approvals.h"

#include "api-gateway/flow/order.h"
#include "api-gateway/flow/payment.h"
#include "api-gateway/views/transfer_view.h"
#include "api-gateway/views/wallet_view.h"
#include "auth/order.h"
#include "base/crash_point.h"
#include "base/hex.h"

namespace gateway {

namespace {

using boost::asio::awaitable;
namespace wallet_v1 = platform::wallet::v1;
namespace chain_v1 = platform::chain::v1;
namespace common = platform::common::v1;

constexpr std::string_view kApprovalPrefix = "apr_";

awaitable<base::Result<wallet_v1::Approval>> Find(App& app, const Call& call) {
    const auto id = ParseId<base::ApprovalId>(call.Segment("id"), kApprovalPrefix);
    if (!id) {
        co_return id.error();
    }
    wallet_v1::GetApprovalRequest request;
    request.set_user_id(call.caller.user->id.ToString());
    request.set_approval_id(id->ToString());
    auto context = app.backends().ContextOf(call);
    auto answer = co_await rpc::Await(app.backends().wallets(),
                                      &WalletAsync::GetApproval,
                                      std::move(request),
                                      std::move(context));
    if (!answer) {
        co_return answer.error();
    }
    co_return std::move(*answer->mutable_approval());
}

base::Result<base::Bytes> ReadDigest(Call& call) {
    BASE_ASSIGN_OR_RETURN(const nlohmann::json body, ReadBody(call));
    net::ObjectReader reader(body);
    const std::string text = reader.Text("digest", net::kNeeded);
    BASE_RETURN_IF_ERROR(Finish(call, reader));
    auto digest = base::HexDecode(text);
    if (!digest) {
        return base::Error(digest.error()).At("/digest");
    }
    return digest;
}

// The order that was shown; its digest is computed here, not believed. Errors: `plan_changed`.
base::Result<common::Order> CheckPlan(const wallet_v1::Approval& approval, base::ByteView digest) {
    common::Order order;
    if (!order.ParseFromString(approval.order())) {
        return base::Internal("a stored approval's order does not parse");
    }
    const auto actual = auth::ApprovalDigest(order);
    if (!base::Equal(digest, actual) || !base::Equal(base::AsBytes(approval.digest()), actual)) {
        return base::FailedPrecondition("plan_changed",
                                        "the digest is not that of the plan as it stands")
            .At("/digest");
    }
    return order;
}

awaitable<base::Result<wallet_v1::Approval>> Decide(App& app,
                                                    const Call& call,
                                                    wallet_v1::Approval approval,
                                                    bool approve) {
    wallet_v1::DecideApprovalRequest request;
    request.set_user_id(call.caller.user->id.ToString());
    request.set_approval_id(approval.approval_id());
    request.set_digest(approval.digest());
    request.set_approve(approve);
    auto context = app.backends().ContextOf(call);
    auto answer = co_await rpc::Await(app.backends().wallets(),
                                      &WalletAsync::DecideApproval,
                                      std::move(request),
                                      std::move(context));
    if (!answer) {
        co_return answer.error();
    }
    co_return std::move(*answer->mutable_approval());
}

// A fresh order over the parameters that were approved, for the same intent.
awaitable<base::Result<chain_v1::TransferView>> Resume(
    App& app, const Call& call, common::Order order, std::string digest, bool repeated) {
    const auto* const info = chain::FindNetwork(order.network());
    if (info == nullptr) {
        co_return base::Internal("an approval is for a network that does not exist");
    }
    const auto chain = app.backends().FindChain(info->name);
    if (!chain) {
        co_return chain.error();
    }
    const auto intent = base::IntentId::Parse(order.intent_id());
    if (!intent) {
        co_return base::Internal("an approval's intent id is not a UUID");
    }
    const auto waiting = co_await FindPayment(app, call, *chain, *intent);
    if (!waiting) {
        co_return waiting.error();
    }
    if (repeated && *waiting &&
        (*waiting)->status() != chain_v1::TRANSFER_STATUS_AWAITING_APPROVAL) {
        co_return base::MakeError(
            base::ErrorKind::kAlreadyExists, "already_decided", "this payment was approved before");
    }
    chain_v1::TransferRequest request;
    if (*waiting) {
        request.set_memo((*waiting)->memo());
        request.set_fee_estimate((*waiting)->fee_estimate());
    }
    order.set_approval_digest(std::move(digest));
    auto sealed = Sign(app, std::move(order));
    if (!sealed) {
        co_return sealed.error();
    }
    *request.mutable_order() = std::move(*sealed);
    auto context = app.backends().ContextOf(call);
    auto answer = co_await rpc::Await(
        *chain->client, &ChainAsync::Transfer, std::move(request), std::move(context));
    if (!answer) {
        co_return answer.error();
    }
    co_return std::move(*answer->mutable_transfer());
}

}  // namespace

Answer ListApprovals(App& app, Call& call) {
    const auto limit = PageLimit(call);
    if (!limit) {
        co_return limit.error();
    }
    wallet_v1::ListApprovalsRequest request;
    request.set_user_id(call.caller.user->id.ToString());
    request.set_state(std::string(call.query.Find("state").value_or("")));
    request.mutable_page()->set_limit(*limit);
    request.mutable_page()->set_cursor(std::string(call.query.Find("cursor").value_or("")));
    auto context = app.backends().ContextOf(call);
    const auto page = co_await rpc::Await(app.backends().wallets(),
                                          &WalletAsync::ListApprovals,
                                          std::move(request),
                                          std::move(context));
    if (!page) {
        co_return page.error();
    }
    nlohmann::json data = nlohmann::json::array();
    for (const wallet_v1::Approval& approval : page->approvals()) {
        auto json = ApprovalJson(approval);
        if (!json) {
            co_return json.error();
        }
        data.push_back(std::move(*json));
    }
    co_return PageResponse(call, std::move(data), page->page().next_cursor());
}

Answer GetApproval(App& app, Call& call) {
    const auto approval = co_await Find(app, call);
    if (!approval) {
        co_return approval.error();
    }
    const auto json = ApprovalJson(*approval);
    if (!json) {
        co_return json.error();
    }
    co_return JsonResponse(200, *json);
}

Answer Approve(App& app, Call& call) {
    const auto digest = ReadDigest(call);
    if (!digest) {
        co_return digest.error();
    }
    auto approval = co_await Find(app, call);
    if (!approval) {
        co_return approval.error();
    }
    auto order = CheckPlan(*approval, *digest);
    if (!order) {
        co_return order.error();
    }
    // An approved one whose payment still waits lost its caller between the two steps: go on.
    auto decided = std::move(*approval);
    const bool repeated = decided.state() == "approved";
    if (!repeated) {
        auto answer = co_await Decide(app, call, decided, true);
        if (!answer) {
            co_return answer.error();
        }
        decided = std::move(*answer);
        BASE_CRASH_POINT("rest_approved");
    }
    const auto view = co_await Resume(app, call, std::move(*order), decided.digest(), repeated);
    BASE_CRASH_POINT("rest_resumed");
    if (!view) {
        co_return view.error();
    }
    auto json = ApprovalJson(decided);
    if (!json) {
        co_return json.error();
    }
    (*json)["transaction"] = TransferJson(*view);
    co_return JsonResponse(200, *json);
}

Answer Deny(App& app, Call& call) {
    const auto body = ReadOptionalBody(call);
    if (!body) {
        co_return body.error();
    }
    net::ObjectReader reader(*body);
    const auto given = reader.Text("digest");
    BASE_CO_RETURN_IF_ERROR(Finish(call, reader));
    auto approval = co_await Find(app, call);
    if (!approval) {
        co_return approval.error();
    }
    if (given && *given != base::HexEncode(base::AsBytes(approval->digest()))) {
        co_return base::FailedPrecondition("plan_changed",
                                           "the digest is not that of the plan as it stands")
            .At("/digest");
    }
    const auto decided = co_await Decide(app, call, std::move(*approval), false);
    BASE_CRASH_POINT("rest_denied");
    if (!decided) {
        co_return decided.error();
    }
    const auto json = ApprovalJson(*decided);
    if (!json) {
        co_return json.error();
    }
    co_return JsonResponse(200, *json);
}

}  // namespace gateway
