#include "chain_host/grpc_gate.h"

#include "observe/trace.h"
#include "rpc/status.h"

namespace chain_host {

namespace {

namespace wallet_v1 = platform::wallet::v1;

using Stub = wallet_v1::GateService::Stub;

// The engine's calls belong to no request of a user: it repeats them long after that has ended.
rpc::Context OwnContext() {
    constexpr std::chrono::seconds kBudget{10};
    rpc::Context context;
    context.request.request_id = observe::NewRequestId();
    context.request.trace = observe::TraceContext::NewRoot(false);
    context.deadline = std::chrono::system_clock::now() + kBudget;
    return context;
}

platform::common::v1::SignedOrder ToProto(const transfer::SignedOrder& order) {
    platform::common::v1::SignedOrder proto;
    proto.set_order(base::ToText(order.order));
    proto.set_signature(base::ToText(order.signature));
    return proto;
}

transfer::Verdict VerdictOf(wallet_v1::AuthoriseResponse::Verdict verdict) {
    switch (verdict) {
        case wallet_v1::AuthoriseResponse::VERDICT_ALLOW:
            return transfer::Verdict::kAllow;
        case wallet_v1::AuthoriseResponse::VERDICT_DENY:
            return transfer::Verdict::kDeny;
        case wallet_v1::AuthoriseResponse::VERDICT_NEEDS_APPROVAL:
            return transfer::Verdict::kNeedsApproval;
        default:  // proto3 enums are open: what a newer release says is asked again later
            return transfer::Verdict::kWait;
    }
}

wallet_v1::AuthoriseRequest ToProto(const transfer::AuthoriseCall& call) {
    wallet_v1::AuthoriseRequest request;
    *request.mutable_order() = ToProto(call.order);
    request.set_amount(call.amount.ToDecimal());
    return request;
}

wallet_v1::SignRequest ToProto(const transfer::SignCall& call) {
    wallet_v1::SignRequest request;
    *request.mutable_order() = ToProto(call.order);
    request.set_attempt(call.attempt);
    request.set_unsigned_tx(base::ToText(call.unsigned_tx));
    request.set_first_signed_tx(base::ToText(call.first_signed_tx));
    if (call.first_order) {
        *request.mutable_first_order() = ToProto(*call.first_order);
    }
    return request;
}

wallet_v1::ReportOutcomeRequest ToProto(const transfer::Outcome& outcome) {
    wallet_v1::ReportOutcomeRequest request;
    request.set_intent_id(outcome.id.ToString());
    request.set_state(std::string(transfer::StateName(outcome.state)));
    return request;
}

base::Result<transfer::Authorisation> Read(const wallet_v1::AuthoriseResponse& response) {
    transfer::Authorisation answer;
    answer.verdict = VerdictOf(response.verdict());
    answer.reason = response.reason();
    answer.detail = response.detail();
    if (!response.approval_id().empty()) {
        BASE_ASSIGN_OR_RETURN(answer.approval, base::ApprovalId::Parse(response.approval_id()));
    }
    return answer;
}

base::Result<transfer::SignAnswer> Read(const wallet_v1::SignResponse& response) {
    return transfer::SignAnswer{base::ToBytes(base::AsBytes(response.signed_tx())),
                                response.tx_hash(),
                                base::ToBytes(base::AsBytes(response.unsigned_tx()))};
}

base::Result<> Read(const wallet_v1::ReportOutcomeResponse& /*response*/) {
    return {};
}

// What one call carries: as many entries as wallet-manager takes, and half of what a message may
// have, since the answers repeat the transactions.
constexpr int kBatchEntriesMax = 64;
constexpr std::size_t kBatchBytesMax = 4 * 1024 * 1024;

// `call` sends a batch. Each entry gets what came of it, or what its batch failed with.
template <class Answer, class Batch, class Entry, class Call>
std::vector<base::Result<Answer>> InBatches(const std::vector<Entry>& entries, const Call& call) {
    std::vector<base::Result<Answer>> answers;
    Batch batch;
    std::size_t bytes = 0;
    const auto flush = [&] {
        const auto response = call(batch);
        for (int index = 0; index < batch.entries_size(); ++index) {
            if (!response) {
                answers.emplace_back(response.error());
            } else if (index >= response->outcomes_size()) {
                answers.emplace_back(base::Internal("wallet-manager left an entry unanswered"));
            } else if (const auto& outcome = response->outcomes(index); outcome.has_response()) {
                answers.push_back(Read(outcome.response()));
            } else {
                answers.emplace_back(rpc::UnpackError(outcome.error()));
            }
        }
        batch.Clear();
        bytes = 0;
    };
    for (const Entry& entry : entries) {
        auto request = ToProto(entry);
        const std::size_t size = request.ByteSizeLong();
        if (batch.entries_size() == kBatchEntriesMax ||
            (batch.entries_size() > 0 && bytes + size > kBatchBytesMax)) {
            flush();
        }
        bytes += size;
        *batch.add_entries() = std::move(request);
    }
    if (batch.entries_size() > 0) {
        flush();
    }
    return answers;
}

}  // namespace

base::Result<transfer::Authorisation> GrpcGate::Authorise(const transfer::SignedOrder& order,
                                                          const money::UInt256& amount) {
    return std::move(AuthoriseAll({{order, amount}}).front());
}

std::vector<base::Result<transfer::Authorisation>> GrpcGate::AuthoriseAll(
    const std::vector<transfer::AuthoriseCall>& calls) {
    return InBatches<transfer::Authorisation, wallet_v1::AuthoriseAllRequest>(
        calls,
        [this](const auto& batch) { return gate_.Call(&Stub::AuthoriseAll, batch, OwnContext()); });
}

base::Result<transfer::SignAnswer> GrpcGate::Sign(const transfer::SignCall& call) {
    return std::move(SignAll({call}).front());
}

std::vector<base::Result<transfer::SignAnswer>> GrpcGate::SignAll(
    const std::vector<transfer::SignCall>& calls) {
    return InBatches<transfer::SignAnswer, wallet_v1::SignAllRequest>(
        calls,
        [this](const auto& batch) { return gate_.Call(&Stub::SignAll, batch, OwnContext()); });
}

base::Result<bool> GrpcGate::Void(const base::IntentId& intent, const std::string& reason) {
    wallet_v1::VoidRequest request;
    request.set_intent_id(intent.ToString());
    request.set_network(network_);
    request.set_reason(reason);
    BASE_ASSIGN_OR_RETURN(const auto response, gate_.Call(&Stub::Void, request, OwnContext()));
    return response.voided();
}

base::Result<> GrpcGate::ReportOutcome(const base::IntentId& intent, transfer::State state) {
    return std::move(ReportOutcomes({{intent, state}}).front());
}

std::vector<base::Result<>> GrpcGate::ReportOutcomes(
    const std::vector<transfer::Outcome>& outcomes) {
    return InBatches<void, wallet_v1::ReportOutcomesRequest>(outcomes, [this](const auto& batch) {
        return gate_.Call(&Stub::ReportOutcomes, batch, OwnContext());
    });
}

base::Result<transfer::SignAnswer> GrpcGate::SignFill(const transfer::FillCall& call) {
    wallet_v1::SignFillRequest request;
    request.set_wallet_id(call.wallet.ToString());
    request.set_network(network_);
    request.set_unsigned_tx(base::ToText(call.unsigned_tx));
    BASE_ASSIGN_OR_RETURN(const auto response, gate_.Call(&Stub::SignFill, request, OwnContext()));
    return transfer::SignAnswer{
        base::ToBytes(base::AsBytes(response.signed_tx())), response.tx_hash(), {}};
}

base::Result<std::vector<transfer::OwnAddress>> GrpcGate::ListAddresses(std::uint64_t after_epoch,
                                                                        std::uint32_t limit) {
    wallet_v1::ListAddressesRequest request;
    request.set_network(network_);
    request.set_after_epoch(after_epoch);
    request.set_limit(limit);
    BASE_ASSIGN_OR_RETURN(const auto response,
                          gate_.Call(&Stub::ListAddresses, request, OwnContext()));
    std::vector<transfer::OwnAddress> list;
    for (const wallet_v1::OwnAddress& address : response.addresses()) {
        transfer::OwnAddress own;
        own.address = address.address();
        BASE_ASSIGN_OR_RETURN(own.wallet, base::WalletId::Parse(address.wallet_id()));
        BASE_ASSIGN_OR_RETURN(own.user, base::UserId::Parse(address.user_id()));
        own.epoch = address.epoch();
        if (address.has_birthday_height()) {
            own.birthday_height = address.birthday_height();
        }
        list.push_back(std::move(own));
    }
    return list;
}

}  // namespace chain_host
