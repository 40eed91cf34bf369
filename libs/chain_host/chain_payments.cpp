// The methods of ChainService that ask the money engine.
#include <algorithm>
#include <chrono>
#include <utility>

#include "base/hex.h"
#include "base/text.h"
#include "chain_host/chain_service.h"
#include "chain_host/order_reader.h"
#include "chain_host/view.h"

namespace chain_host {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kWaitMax{25'000};
// Left of the caller's time for the answer's own way.
constexpr milliseconds kAnswerTime{300};
constexpr std::uint32_t kPageStandard = 20;
constexpr std::uint32_t kPageMax = 100;

transfer::Wait WaitOf(const rpc::Context& context) {
    const milliseconds left = std::max(context.Remaining() - kAnswerTime, milliseconds(0));
    return {std::chrono::steady_clock::now() + std::min(left, kWaitMax), context.cancellation};
}

base::Error UnknownIntent() {
    return base::NotFound("unknown_intent", "there is no payment with this id");
}

// A cursor is the last entry's place, as hex so that nobody builds on its form.
std::string WriteCursor(const transfer::PageKey& key) {
    return base::HexEncode(base::AsBytes(key.created_at + "|" + key.id));
}

base::Result<std::optional<transfer::PageKey>> ReadCursor(const std::string& cursor) {
    if (cursor.empty()) {
        return std::optional<transfer::PageKey>();
    }
    const auto bytes = base::HexDecode(cursor);
    const std::string text = bytes ? base::ToText(*bytes) : "";
    const auto parts = base::Split(text, '|');
    if (parts.size() != 2 || !base::ParseUuid(parts[1])) {
        return base::InvalidArgument("bad_cursor", "this cursor was not made by us");
    }
    return std::optional(transfer::PageKey{std::string(parts[0]), std::string(parts[1])});
}

std::string StatusOf(const chain::TxStatus& status, const chain::Head& head) {
    if (status.place != chain::TxPlace::kBlock) {
        return "pending";
    }
    if (!status.succeeded) {
        return "failed";
    }
    return status.block_height <= head.final.height ? "final" : "confirmed";
}

}  // namespace

base::Result<v1::TransferResponse> ChainService::Transfer(const v1::TransferRequest& request,
                                                          const rpc::Context& context) {
    BASE_RETURN_IF_ERROR(RequireOpen());
    BASE_ASSIGN_OR_RETURN(const auto intent, ReadTransfer(request, parts_.trust));
    if (!MayAct(context, intent.user)) {
        return base::PermissionDenied("bad_order", "the order is another user's");
    }
    const base::Time now = base::SystemClock().Now();
    if (intent.issued > now + auth::kOrderClockSkew) {
        return base::FailedPrecondition("order_from_future", "the order is not valid yet");
    }
    if (intent.expires <= now) {
        // Still good for looking the intent up, never for making it.
        const auto known = parts_.engine.Get(intent.id.ToString());
        if (!known) {
            return known.error().reason == "unknown_intent"
                       ? base::FailedPrecondition("order_expired", "the order's time is over")
                       : known.error();
        }
    }
    BASE_ASSIGN_OR_RETURN(const auto payment, parts_.engine.Accept(intent, WaitOf(context)));
    v1::TransferResponse response;
    *response.mutable_transfer() = WriteTransfer(payment);
    return response;
}

base::Result<v1::GetTransferResponse> ChainService::GetTransfer(
    const v1::GetTransferRequest& request, const rpc::Context& context) {
    BASE_ASSIGN_OR_RETURN(const auto id, base::IntentId::Parse(request.intent_id()));
    BASE_ASSIGN_OR_RETURN(const auto payment, parts_.engine.Get(id.ToString()));
    if (!MayAct(context, payment.user)) {
        return UnknownIntent();
    }
    v1::GetTransferResponse response;
    *response.mutable_transfer() = WriteTransfer(payment);
    return response;
}

base::Result<std::optional<transfer::Payment>> ChainService::OwnPayment(
    const v1::GetTransactionRequest& request, const rpc::Context& context) const {
    if (request.user_id().empty()) {
        return std::optional<transfer::Payment>();
    }
    BASE_ASSIGN_OR_RETURN(const auto user, base::UserId::Parse(request.user_id()));
    if (!MayAct(context, user)) {
        return std::optional<transfer::Payment>();
    }
    return parts_.engine.FindByHash(user, request.tx_hash());
}

base::Result<v1::GetTransactionResponse> ChainService::GetTransaction(
    const v1::GetTransactionRequest& request, const rpc::Context& context) {
    BASE_ASSIGN_OR_RETURN(const auto payment, OwnPayment(request, context));
    const auto view = parts_.chain.View(request.tx_hash());
    v1::GetTransactionResponse response;
    if (payment) {
        *response.mutable_transfer() = WriteTransfer(*payment);
    }
    if (!view) {
        if (!payment) {
            return view.error();
        }
        // An own payment is known before the node has it, and while the node is down.
        response.set_tx_hash(payment->tx_hash);
        response.set_status(payment->status);
        response.set_from(payment->from);
        return response;
    }
    BASE_ASSIGN_OR_RETURN(const auto head, parts_.chain.GetHead());
    response.set_tx_hash(view->tx_hash);
    response.set_status(StatusOf(view->status, head));
    if (view->status.place == chain::TxPlace::kBlock) {
        response.set_block_height(view->status.block_height);
        response.set_block_hash(view->status.block_hash);
        response.set_fee(view->status.fee_paid.ToDecimal());
        if (head.newest.height >= view->status.block_height) {
            response.set_confirmations(head.newest.height - view->status.block_height + 1);
        }
    }
    response.set_from(view->from);
    response.set_to(view->to);
    response.set_value(view->value.ToDecimal());
    for (const std::string& line : view->decoded) {
        response.add_decoded(line);
    }
    return response;
}

base::Result<v1::ListHistoryResponse> ChainService::ListHistory(
    const v1::ListHistoryRequest& request, const rpc::Context& context) {
    transfer::PageRequest page;
    BASE_ASSIGN_OR_RETURN(page.user, base::UserId::Parse(request.user_id()));
    BASE_ASSIGN_OR_RETURN(page.wallet, base::WalletId::Parse(request.wallet_id()));
    BASE_ASSIGN_OR_RETURN(page.after, ReadCursor(request.page().cursor()));
    const std::uint32_t limit = request.page().limit();
    if (limit > kPageMax) {
        return base::InvalidArgument("bad_limit", "a page has 1 to 100 entries");
    }
    page.limit = limit == 0 ? kPageStandard : limit;
    v1::ListHistoryResponse response;
    if (!MayAct(context, page.user)) {
        return response;
    }
    BASE_ASSIGN_OR_RETURN(const auto listed, parts_.engine.List(page));
    for (const transfer::Payment& payment : listed.payments) {
        *response.add_transfers() = WriteTransfer(payment);
    }
    if (listed.next) {
        response.mutable_page()->set_next_cursor(WriteCursor(*listed.next));
    }
    return response;
}

base::Result<v1::SpeedUpResponse> ChainService::SpeedUp(const v1::SpeedUpRequest& request,
                                                        const rpc::Context& context) {
    BASE_RETURN_IF_ERROR(RequireOpen());
    BASE_ASSIGN_OR_RETURN(
        const auto replacement,
        ReadReplacement({request.order(), request.fee(), chain::AttemptKind::kSpeedUp},
                        parts_.trust));
    if (!MayAct(context, replacement.user)) {
        return UnknownIntent();
    }
    BASE_ASSIGN_OR_RETURN(const auto payment, parts_.engine.Replace(replacement, WaitOf(context)));
    v1::SpeedUpResponse response;
    *response.mutable_transfer() = WriteTransfer(payment);
    return response;
}

base::Result<v1::CancelResponse> ChainService::Cancel(const v1::CancelRequest& request,
                                                      const rpc::Context& context) {
    BASE_RETURN_IF_ERROR(RequireOpen());
    BASE_ASSIGN_OR_RETURN(
        const auto replacement,
        ReadReplacement({request.order(), request.fee(), chain::AttemptKind::kCancel},
                        parts_.trust));
    if (!MayAct(context, replacement.user)) {
        return UnknownIntent();
    }
    BASE_ASSIGN_OR_RETURN(const auto payment, parts_.engine.Replace(replacement, WaitOf(context)));
    v1::CancelResponse response;
    *response.mutable_transfer() = WriteTransfer(payment);
    return response;
}

base::Result<> ChainService::WatchTransfers(const v1::WatchTransfersRequest& request,
                                            WatchHub::Sink sink,
                                            const rpc::Context& context) {
    BASE_ASSIGN_OR_RETURN(const auto user, base::UserId::Parse(request.user_id()));
    if (!MayAct(context, user)) {
        return base::PermissionDenied("forbidden", "another user's payments are not yours");
    }
    hub_.Add(user, std::move(sink));
    return {};
}

}  // namespace chain_host
