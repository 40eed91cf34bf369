#include "wallet-manager/gate_service.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "base/bytes.h"
#include "base/crash_point.h"
#include "money/uint256.h"
#include "wallet-manager/events.h"
#include "wallet-manager/gate_store.h"
#include "wallet-manager/pause_store.h"
#include "wallet-manager/policy_store.h"

namespace wallet_manager {

namespace {

namespace v1 = platform::wallet::v1;

constexpr std::uint32_t kAttemptMax = 64;
constexpr std::uint32_t kAddressesMax = 1000;
constexpr std::string_view kServiceSuffix = "-service";

base::Bytes BytesOf(const std::string& text) {
    return base::ToBytes(base::AsBytes(text));
}

bool IsOutcome(const std::string& state) {
    for (const char* known :
         {"FINAL", "REVERTED", "CANCELLED", "CONFLICTED", "EXPIRED", "REJECTED"}) {
        if (state == known) {
            return true;
        }
    }
    return false;
}

}  // namespace

GateService::GateService(GateParts parts)
    : parts_(std::move(parts)),
      authoriser_(parts_.pool, parts_.standard_policy),
      desk_(parts_.pool, parts_.signer, parts_.incarnation, parts_.renew_after) {
    Unary("Authorise", &GateService::Authorise);
    Unary("Sign", &GateService::Sign);
    Unary("Void", &GateService::Void);
    Unary("ReportOutcome", &GateService::ReportOutcome);
    Unary("SignFill", &GateService::SignFill);
    Unary("ListAddresses", &GateService::ListAddresses);
}

base::Result<std::string> GateService::NetworkOf(const rpc::Context& context) const {
    const std::string_view caller = context.caller;
    for (const chain::ChainInfo& chain : chain::AllChains()) {
        if (caller == std::string(chain.name) + std::string(kServiceSuffix)) {
            return std::string(chain::NetworkId(chain, parts_.mode));
        }
    }
    return base::PermissionDenied("caller_not_allowed", "the gate serves chain daemons alone");
}

base::Result<> GateService::RequireNetwork(const rpc::Context& context,
                                           const std::string& network) const {
    BASE_ASSIGN_OR_RETURN(const std::string own, NetworkOf(context));
    if (network != own) {
        return base::PermissionDenied("caller_not_allowed",
                                      "'" + context.caller + "' serves another network");
    }
    return {};
}

base::Result<GateOrder> GateService::Read(const platform::common::v1::SignedOrder& order,
                                          const rpc::Context& context) const {
    BASE_RETURN_IF_ERROR(parts_.incarnation.CheckOpen());
    auth::OrderTrust trust = parts_.trust;
    BASE_ASSIGN_OR_RETURN(trust.network, NetworkOf(context));
    return ReadOrder(order, trust, parts_.clock.Now());
}

template <class Response>
base::Result<Response> GateService::Recorded(base::Result<Response> answer,
                                             Refusal refusal,
                                             const rpc::Context& context) const {
    if (!answer) {
        refusal.caller = context.caller;
        refusal.method = context.request.route;
        parts_.refusals.Write(refusal, answer.error());
    }
    return answer;
}

base::Result<v1::AuthoriseResponse> GateService::Authorise(const v1::AuthoriseRequest& request,
                                                           const rpc::Context& context) {
    return Recorded(TryAuthorise(request, context), RefusalOf(request.order()), context);
}

base::Result<v1::SignResponse> GateService::Sign(const v1::SignRequest& request,
                                                 const rpc::Context& context) {
    return Recorded(TrySign(request, context), RefusalOf(request.order()), context);
}

base::Result<v1::VoidResponse> GateService::Void(const v1::VoidRequest& request,
                                                 const rpc::Context& context) {
    Refusal refusal;
    refusal.intent = request.intent_id();
    return Recorded(TryVoid(request, context), std::move(refusal), context);
}

base::Result<v1::SignFillResponse> GateService::SignFill(const v1::SignFillRequest& request,
                                                         const rpc::Context& context) {
    Refusal refusal;
    refusal.wallet = request.wallet_id();
    return Recorded(TrySignFill(request, context), std::move(refusal), context);
}

base::Result<v1::AuthoriseResponse> GateService::TryAuthorise(const v1::AuthoriseRequest& request,
                                                              const rpc::Context& context) const {
    BASE_ASSIGN_OR_RETURN(const GateOrder order, Read(request.order(), context));
    BASE_RETURN_IF_ERROR(parts_.incarnation.CheckIssued(auth::IssuedAt(order.order)));
    BASE_ASSIGN_OR_RETURN(const money::UInt256 amount, money::UInt256::Parse(request.amount()));
    return authoriser_.Authorise(order, amount, parts_.clock.Now());
}

base::Result<v1::SignResponse> GateService::TrySign(const v1::SignRequest& request,
                                                    const rpc::Context& context) const {
    if (request.attempt() < 1 || request.attempt() > kAttemptMax) {
        return base::InvalidArgument("attempt_mismatch", "attempts count from 1 to 64");
    }
    SignCall call;
    BASE_ASSIGN_OR_RETURN(call.order, Read(request.order(), context));
    if (call.order.kind != OrderKind::kPayment) {
        BASE_ASSIGN_OR_RETURN(call.first_order, Read(request.first_order(), context));
    }
    call.attempt = request.attempt();
    call.unsigned_tx = BytesOf(request.unsigned_tx());
    call.first_signed_tx = BytesOf(request.first_signed_tx());
    return desk_.Sign(call);
}

base::Result<v1::VoidResponse> GateService::TryVoid(const v1::VoidRequest& request,
                                                    const rpc::Context& context) const {
    BASE_RETURN_IF_ERROR(RequireNetwork(context, request.network()));
    BASE_ASSIGN_OR_RETURN(const auto intent, base::IntentId::Parse(request.intent_id()));
    auto answer = pg::Transact(parts_.pool, [&](pg::Tx& tx) -> base::Result<v1::VoidResponse> {
        BASE_ASSIGN_OR_RETURN(const auto before, FindIntent(tx, intent));
        v1::VoidResponse response;
        BASE_ASSIGN_OR_RETURN(const bool voided,
                              VoidIntent(tx, intent, request.network(), request.reason()));
        response.set_voided(voided);
        if (voided && before && before->wallet && !before->is_voided) {
            BASE_RETURN_IF_ERROR(
                AppendEvent(tx,
                            *before->wallet,
                            "voided",
                            {{"intent_id", intent.ToString()}, {"reason", request.reason()}}));
        }
        return response;
    });
    BASE_CRASH_POINT("gate_voided");
    return answer;
}

base::Result<v1::ReportOutcomeResponse> GateService::ReportOutcome(
    const v1::ReportOutcomeRequest& request, const rpc::Context& context) {
    BASE_ASSIGN_OR_RETURN(const std::string network, NetworkOf(context));
    BASE_ASSIGN_OR_RETURN(const auto intent, base::IntentId::Parse(request.intent_id()));
    if (!IsOutcome(request.state())) {
        return base::InvalidArgument("bad_state", "'" + request.state() + "' ends no payment");
    }
    auto answer =
        pg::Transact(parts_.pool, [&](pg::Tx& tx) -> base::Result<v1::ReportOutcomeResponse> {
            BASE_ASSIGN_OR_RETURN(const auto row, FindIntent(tx, intent));
            BASE_ASSIGN_OR_RETURN(const bool first,
                                  StoreOutcome(tx, intent, network, request.state()));
            if (!first) {
                return v1::ReportOutcomeResponse();
            }
            BASE_RETURN_IF_ERROR(Settle(tx, intent, request.state() == "FINAL"));
            if (row->wallet && request.state() == "CONFLICTED") {
                BASE_RETURN_IF_ERROR(
                    PauseWallet(tx,
                                *row->wallet,
                                "a transaction that this platform did not sign spent from it"));
            }
            if (row->wallet) {
                BASE_RETURN_IF_ERROR(
                    AppendEvent(tx,
                                *row->wallet,
                                "payment_ended",
                                {{"intent_id", intent.ToString()}, {"state", request.state()}}));
            }
            return v1::ReportOutcomeResponse();
        });
    BASE_CRASH_POINT("gate_outcome");
    return answer;
}

base::Result<v1::SignFillResponse> GateService::TrySignFill(const v1::SignFillRequest& request,
                                                            const rpc::Context& context) const {
    BASE_RETURN_IF_ERROR(RequireNetwork(context, request.network()));
    BASE_ASSIGN_OR_RETURN(const auto wallet, base::WalletId::Parse(request.wallet_id()));
    return desk_.SignFill(wallet, request.network(), BytesOf(request.unsigned_tx()));
}

base::Result<v1::ListAddressesResponse> GateService::ListAddresses(
    const v1::ListAddressesRequest& request, const rpc::Context& context) {
    BASE_RETURN_IF_ERROR(RequireNetwork(context, request.network()));
    if (request.limit() < 1 || request.limit() > kAddressesMax) {
        return base::InvalidArgument("number_out_of_range", "limit is from 1 to 1,000");
    }
    return pg::Transact(parts_.pool, [&](pg::Tx& tx) -> base::Result<v1::ListAddressesResponse> {
        BASE_ASSIGN_OR_RETURN(
            const auto addresses,
            ListAddressesAfter(
                tx, request.network(), request.after_epoch(), static_cast<int>(request.limit())));
        v1::ListAddressesResponse response;
        response.mutable_addresses()->Assign(addresses.begin(), addresses.end());
        return response;
    });
}

}  // namespace wallet_manager
