#include "wallet-manager/gate_service.h"

#include <optional>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/bytes.h"
#include "base/crash_point.h"
#include "money/uint256.h"
#include "rpc/status.h"
#include "wallet-manager/events.h"
#include "wallet-manager/gate_store.h"
#include "wallet-manager/pause_store.h"
#include "wallet-manager/policy_store.h"

namespace wallet_manager {

namespace {

namespace v1 = platform::wallet::v1;

constexpr std::uint32_t kAttemptMax = 64;
constexpr std::uint32_t kAddressesMax = 1000;
constexpr int kEntriesMax = 64;
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

base::IntentId IntentOf(const AuthoriseCall& call) {
    return call.order.intent;
}

base::IntentId IntentOf(const SignCall& call) {
    return call.order.intent;
}

base::IntentId IntentOf(const IntentOutcome& outcome) {
    return outcome.intent;
}

template <class Call>
bool AreDifferent(const std::vector<Call>& calls) {
    std::set<base::IntentId> intents;
    for (const Call& call : calls) {
        intents.insert(IntentOf(call));
    }
    return intents.size() == calls.size();
}

// Reads each entry and runs those that could be read: together, or one after the other where two
// are of one intent. `run` gives one result a call.
template <class Answer, class Call, class Entries, class Read, class Run>
std::vector<base::Result<Answer>> RunEach(const Entries& entries,
                                          const Read& read,
                                          const Run& run) {
    std::vector<Call> calls;
    std::vector<std::optional<base::Error>> unread;
    for (const auto& entry : entries) {
        base::Result<Call> call = read(entry);
        unread.push_back(call ? std::nullopt : std::optional(call.error()));
        if (call) {
            calls.push_back(std::move(*call));
        }
    }
    std::vector<base::Result<Answer>> answers;
    if (AreDifferent(calls)) {
        answers = calls.empty() ? std::move(answers) : run(calls);
    } else {
        for (Call& call : calls) {
            std::vector<Call> one;
            one.push_back(std::move(call));
            answers.push_back(std::move(run(one).front()));
        }
    }
    std::vector<base::Result<Answer>> results;
    auto next = answers.begin();
    for (const auto& error : unread) {
        if (error) {
            results.emplace_back(*error);
        } else {
            results.push_back(std::move(*next++));
        }
    }
    return results;
}

// `all` does the calls in one transaction or none of them. What one fails with must not stop the
// others.
template <class Answer, class Call, class All>
std::vector<base::Result<Answer>> TogetherOrAlone(const std::vector<Call>& calls, const All& all) {
    base::Result<std::vector<Answer>> done = all(calls);
    std::vector<base::Result<Answer>> answers;
    if (done) {
        for (Answer& answer : *done) {
            answers.emplace_back(std::move(answer));
        }
        return answers;
    }
    if (calls.size() == 1 || ConcernsAll(done.error())) {
        return std::vector<base::Result<Answer>>(calls.size(), done.error());
    }
    for (const Call& call : calls) {
        answers.push_back(std::move(TogetherOrAlone<Answer>(std::vector<Call>{call}, all).front()));
    }
    return answers;
}

template <class Request>
base::Result<> CheckBatch(const Request& request) {
    if (request.entries_size() < 1 || request.entries_size() > kEntriesMax) {
        return base::InvalidArgument("number_out_of_range", "a batch has 1 to 64 entries");
    }
    return {};
}

template <class Response, class Answer>
Response Pack(std::vector<base::Result<Answer>> results) {
    Response response;
    for (auto& result : results) {
        auto& outcome = *response.add_outcomes();
        if (result) {
            *outcome.mutable_response() = std::move(*result);
        } else {
            outcome.set_error(rpc::PackError(result.error()));
        }
    }
    return response;
}

template <class Batch, class Request>
Batch BatchOf(const Request& request) {
    Batch batch;
    *batch.add_entries() = request;
    return batch;
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
    Unary("AuthoriseAll", &GateService::AuthoriseAll);
    Unary("SignAll", &GateService::SignAll);
    Unary("ReportOutcomes", &GateService::ReportOutcomes);
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
void GateService::Record(const base::Result<Response>& answer,
                         Refusal refusal,
                         const rpc::Context& context) const {
    if (!answer) {
        refusal.caller = context.caller;
        refusal.method = context.request.route;
        parts_.refusals.Write(refusal, answer.error());
    }
}

base::Result<v1::AuthoriseResponse> GateService::Authorise(const v1::AuthoriseRequest& request,
                                                           const rpc::Context& context) {
    return EachAuthorise(BatchOf<v1::AuthoriseAllRequest>(request), context).front();
}

base::Result<v1::AuthoriseAllResponse> GateService::AuthoriseAll(
    const v1::AuthoriseAllRequest& request, const rpc::Context& context) {
    BASE_RETURN_IF_ERROR(CheckBatch(request));
    return Pack<v1::AuthoriseAllResponse>(EachAuthorise(request, context));
}

base::Result<v1::SignResponse> GateService::Sign(const v1::SignRequest& request,
                                                 const rpc::Context& context) {
    return EachSign(BatchOf<v1::SignAllRequest>(request), context).front();
}

base::Result<v1::SignAllResponse> GateService::SignAll(const v1::SignAllRequest& request,
                                                       const rpc::Context& context) {
    BASE_RETURN_IF_ERROR(CheckBatch(request));
    return Pack<v1::SignAllResponse>(EachSign(request, context));
}

base::Result<v1::ReportOutcomeResponse> GateService::ReportOutcome(
    const v1::ReportOutcomeRequest& request, const rpc::Context& context) {
    return EachReport(BatchOf<v1::ReportOutcomesRequest>(request), context).front();
}

base::Result<v1::ReportOutcomesResponse> GateService::ReportOutcomes(
    const v1::ReportOutcomesRequest& request, const rpc::Context& context) {
    BASE_RETURN_IF_ERROR(CheckBatch(request));
    return Pack<v1::ReportOutcomesResponse>(EachReport(request, context));
}

base::Result<v1::VoidResponse> GateService::Void(const v1::VoidRequest& request,
                                                 const rpc::Context& context) {
    Refusal refusal;
    refusal.intent = request.intent_id();
    auto answer = TryVoid(request, context);
    Record(answer, std::move(refusal), context);
    return answer;
}

base::Result<v1::SignFillResponse> GateService::SignFill(const v1::SignFillRequest& request,
                                                         const rpc::Context& context) {
    Refusal refusal;
    refusal.wallet = request.wallet_id();
    auto answer = TrySignFill(request, context);
    Record(answer, std::move(refusal), context);
    return answer;
}

base::Result<AuthoriseCall> GateService::ReadAuthorise(const v1::AuthoriseRequest& request,
                                                       const rpc::Context& context) const {
    AuthoriseCall call;
    BASE_ASSIGN_OR_RETURN(call.order, Read(request.order(), context));
    BASE_RETURN_IF_ERROR(parts_.incarnation.CheckIssued(auth::IssuedAt(call.order.order)));
    BASE_ASSIGN_OR_RETURN(call.stated, money::UInt256::Parse(request.amount()));
    return call;
}

GateService::Results<v1::AuthoriseResponse> GateService::EachAuthorise(
    const v1::AuthoriseAllRequest& request, const rpc::Context& context) const {
    const auto all = [this](const std::vector<AuthoriseCall>& calls) {
        return authoriser_.Authorise(calls, parts_.clock.Now());
    };
    auto results = RunEach<v1::AuthoriseResponse, AuthoriseCall>(
        request.entries(),
        [&](const auto& entry) { return ReadAuthorise(entry, context); },
        [&](const auto& calls) { return TogetherOrAlone<v1::AuthoriseResponse>(calls, all); });
    for (int index = 0; index < request.entries_size(); ++index) {
        Record(results[static_cast<std::size_t>(index)],
               RefusalOf(request.entries(index).order()),
               context);
    }
    return results;
}

base::Result<SignCall> GateService::ReadSign(const v1::SignRequest& request,
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
    return call;
}

GateService::Results<v1::SignResponse> GateService::EachSign(const v1::SignAllRequest& request,
                                                             const rpc::Context& context) const {
    auto results = RunEach<v1::SignResponse, SignCall>(
        request.entries(),
        [&](const auto& entry) { return ReadSign(entry, context); },
        [&](const auto& calls) { return desk_.Sign(calls); });
    for (int index = 0; index < request.entries_size(); ++index) {
        Record(results[static_cast<std::size_t>(index)],
               RefusalOf(request.entries(index).order()),
               context);
    }
    return results;
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

base::Result<> GateService::WriteOutcomes(pg::Tx& tx,
                                          const std::string& network,
                                          const std::vector<IntentOutcome>& outcomes) const {
    std::vector<base::IntentId> intents;
    for (const IntentOutcome& outcome : outcomes) {
        intents.push_back(outcome.intent);
    }
    BASE_ASSIGN_OR_RETURN(const auto rows, FindIntents(tx, intents));
    BASE_ASSIGN_OR_RETURN(const auto first, StoreOutcomes(tx, network, outcomes));
    std::vector<base::IntentId> paid;
    std::vector<base::IntentId> unpaid;
    std::vector<WalletEvent> events;
    for (std::size_t index = 0; index < outcomes.size(); ++index) {
        const auto& [intent, state] = outcomes[index];
        if (first.count(intent) == 0) {
            continue;
        }
        (state == "FINAL" ? paid : unpaid).push_back(intent);
        const auto& wallet = rows[index]->wallet;
        if (wallet && state == "CONFLICTED") {
            BASE_RETURN_IF_ERROR(PauseWallet(
                tx, *wallet, "a transaction that this platform did not sign spent from it"));
        }
        if (wallet) {
            const nlohmann::json detail = {{"intent_id", intent.ToString()}, {"state", state}};
            events.push_back({*wallet, "payment_ended", detail.dump()});
        }
    }
    BASE_RETURN_IF_ERROR(Settle(tx, paid, true));
    BASE_RETURN_IF_ERROR(Settle(tx, unpaid, false));
    return AppendEvents(tx, events);
}

GateService::Results<v1::ReportOutcomeResponse> GateService::EachReport(
    const v1::ReportOutcomesRequest& request, const rpc::Context& context) const {
    const auto network = NetworkOf(context);
    if (!network) {
        return Results<v1::ReportOutcomeResponse>(static_cast<std::size_t>(request.entries_size()),
                                                  network.error());
    }
    const auto read = [](const v1::ReportOutcomeRequest& entry) -> base::Result<IntentOutcome> {
        BASE_ASSIGN_OR_RETURN(const auto intent, base::IntentId::Parse(entry.intent_id()));
        if (!IsOutcome(entry.state())) {
            return base::InvalidArgument("bad_state", "'" + entry.state() + "' ends no payment");
        }
        return IntentOutcome{intent, entry.state()};
    };
    using Written = base::Result<std::vector<v1::ReportOutcomeResponse>>;
    const auto all = [&](const std::vector<IntentOutcome>& outcomes) -> Written {
        const auto written = pg::Transact(
            parts_.pool, [&](pg::Tx& tx) { return WriteOutcomes(tx, *network, outcomes); });
        BASE_CRASH_POINT("gate_outcome");
        if (!written) {
            return written.error();
        }
        return std::vector<v1::ReportOutcomeResponse>(outcomes.size());
    };
    return RunEach<v1::ReportOutcomeResponse, IntentOutcome>(
        request.entries(), read, [&](const auto& calls) {
            return TogetherOrAlone<v1::ReportOutcomeResponse>(calls, all);
        });
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
