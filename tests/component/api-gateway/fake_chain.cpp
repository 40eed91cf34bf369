#include "component/api-gateway/fake_chain.h"

#include <thread>

#include "base/clock.h"
#include "base/hex.h"
#include "crypto/random.h"

namespace gateway_test {

namespace {

google::protobuf::Timestamp NowStamp() {
    google::protobuf::Timestamp stamp;
    stamp.set_seconds(std::chrono::duration_cast<std::chrono::seconds>(
                          base::SystemClock().Now().time_since_epoch())
                          .count());
    return stamp;
}

std::string NewHash() {
    return base::HexEncodePrefixed(crypto::RandomArray<32>());
}

common::Asset Ether() {
    common::Asset asset;
    asset.set_decimals(18);
    asset.set_symbol("ETH");
    return asset;
}

// Signed and on its way.
chain_v1::TransferView NewView(const common::Order& order,
                               const chain_v1::TransferRequest& request) {
    chain_v1::TransferView view;
    view.set_id(order.intent_id());
    view.set_network(order.network());
    view.set_wallet_id(order.wallet_id());
    view.set_user_id(order.user_id());
    view.set_from(order.from());
    for (const common::Recipient& recipient : order.transfer().recipients()) {
        *view.add_to() = recipient;
        view.set_amount(recipient.amount());
    }
    *view.mutable_asset() = order.asset();
    view.set_status(chain_v1::TRANSFER_STATUS_PENDING);
    view.set_tx_hash(NewHash());
    view.set_nonce(7);
    view.set_fee_estimate(request.fee_estimate());
    view.set_memo(request.memo());
    view.set_action("transfer");
    *view.mutable_created_at() = NowStamp();
    auto& entry = *view.add_timeline();
    entry.set_state("RECEIVED");
    *entry.mutable_at() = NowStamp();
    return view;
}

}  // namespace

FakeChain::FakeChain(auth::OrderTrust trust) : trust_(std::move(trust)) {
    Unary("ValidateAddress", &FakeChain::ValidateAddress);
    Unary("GetBalance", &FakeChain::GetBalance);
    Unary("ListTokens", &FakeChain::ListTokens);
    Unary("ListUsedAddresses", &FakeChain::ListUsedAddresses);
    Unary("GetToken", &FakeChain::GetToken);
    Unary("EstimateTransfer", &FakeChain::EstimateTransfer);
    Unary("Transfer", &FakeChain::Transfer);
    Unary("GetTransfer", &FakeChain::GetTransfer);
    Unary("GetTransaction", &FakeChain::GetTransaction);
    Unary("ListHistory", &FakeChain::ListHistory);
    Unary("GetFees", &FakeChain::GetFees);
    Unary("SpeedUp", &FakeChain::SpeedUp);
    Unary("Cancel", &FakeChain::Cancel);
    Unary("GetNodeStatus", &FakeChain::GetNodeStatus);
    Unary("RequestFaucet", &FakeChain::RequestFaucet);
    Unary("GetFinalBlock", &FakeChain::GetFinalBlock);
    Unary("AdoptFinalBlock", &FakeChain::AdoptFinalBlock);
    Stream("WatchTransfers", &FakeChain::WatchTransfers);
}

void FakeChain::Set(Script script) {
    const std::lock_guard lock(mutex_);
    script_ = std::move(script);
}

void FakeChain::SetStatus(const std::string& intent_id, chain_v1::TransferStatus status) {
    const std::lock_guard lock(mutex_);
    intents_.at(intent_id).set_status(status);
}

std::vector<common::Order> FakeChain::orders() const {
    const std::lock_guard lock(mutex_);
    return orders_;
}

std::size_t FakeChain::intents() const {
    const std::lock_guard lock(mutex_);
    return intents_.size();
}

std::size_t FakeChain::estimates() const {
    const std::lock_guard lock(mutex_);
    return estimates_;
}

base::Result<common::Order> FakeChain::Record(const common::SignedOrder& signed_order) {
    BASE_ASSIGN_OR_RETURN(common::Order order, auth::VerifyOrder(signed_order, trust_));
    BASE_RETURN_IF_ERROR(auth::CheckNotExpired(order, base::SystemClock().Now()));
    orders_.push_back(order);
    return order;
}

base::Result<chain_v1::ValidateAddressResponse> FakeChain::ValidateAddress(
    const chain_v1::ValidateAddressRequest& request, const Context&) {
    chain_v1::ValidateAddressResponse response;
    response.set_valid(request.address() == kRecipient);
    response.set_canonical(response.valid() ? kRecipient : "");
    return response;
}

base::Result<chain_v1::GetBalanceResponse> FakeChain::GetBalance(const chain_v1::GetBalanceRequest&,
                                                                 const Context&) {
    chain_v1::GetBalanceResponse response;
    *response.mutable_asset() = Ether();
    response.set_balance("1234567890000000000");
    response.set_spendable("1000000000000000000");
    response.set_pending("-234567890000000000");
    response.set_block_height(42);
    *response.mutable_as_of() = NowStamp();
    return response;
}

base::Result<chain_v1::ListTokensResponse> FakeChain::ListTokens(const chain_v1::ListTokensRequest&,
                                                                 const Context&) {
    const std::lock_guard lock(mutex_);
    if (script_.tokens_error) {
        return *script_.tokens_error;
    }
    chain_v1::ListTokensResponse response;
    response.mutable_tokens()->Assign(script_.tokens.begin(), script_.tokens.end());
    return response;
}

base::Result<chain_v1::ListUsedAddressesResponse> FakeChain::ListUsedAddresses(
    const chain_v1::ListUsedAddressesRequest&, const Context&) {
    return chain_v1::ListUsedAddressesResponse();
}

base::Result<chain_v1::GetTokenResponse> FakeChain::GetToken(
    const chain_v1::GetTokenRequest& request, const Context&) {
    chain_v1::GetTokenResponse response;
    response.mutable_asset()->set_contract(request.contract());
    response.mutable_asset()->set_decimals(6);
    response.mutable_asset()->set_symbol("USDT");
    response.set_listed(false);
    return response;
}

base::Result<chain_v1::EstimateTransferResponse> FakeChain::EstimateTransfer(
    const chain_v1::EstimateTransferRequest& request, const Context&) {
    const std::lock_guard lock(mutex_);
    ++estimates_;
    if (script_.estimate_error) {
        return *script_.estimate_error;
    }
    chain_v1::EstimateTransferResponse response;
    const bool native = request.asset().contract().empty();
    *response.mutable_asset() = native ? Ether() : request.asset();
    for (const common::Recipient& recipient : request.recipients()) {
        common::Recipient& resolved = *response.add_recipients();
        resolved = recipient;
        if (!script_.canonical.empty()) {
            resolved.set_address(script_.canonical);
        }
    }
    response.set_fee(script_.fee);
    response.set_fee_max(script_.fee);
    response.set_fee_ceiling(script_.fee_ceiling);
    response.set_total_native("100021000000000000");
    response.set_balance_after("900000000000000000");
    response.add_warnings("first_time_recipient: you never paid this address before");
    response.set_listed(native);
    return response;
}

base::Result<chain_v1::TransferResponse> FakeChain::Transfer(
    const chain_v1::TransferRequest& request, const Context&) {
    std::unique_lock lock(mutex_);
    BASE_ASSIGN_OR_RETURN(const common::Order order, Record(request.order()));
    const Script script = script_;
    chain_v1::TransferResponse response;
    const auto known = intents_.find(order.intent_id());
    if (known == intents_.end()) {
        chain_v1::TransferView view = NewView(order, request);
        if (script.on_transfer) {
            BASE_ASSIGN_OR_RETURN(view, script.on_transfer(order, view));
        }
        intents_.emplace(order.intent_id(), view);
        *response.mutable_transfer() = view;
    } else {
        if (known->second.status() == chain_v1::TRANSFER_STATUS_AWAITING_APPROVAL &&
            !order.approval_digest().empty()) {
            known->second.set_status(chain_v1::TRANSFER_STATUS_PENDING);
            known->second.set_tx_hash(NewHash());
        }
        *response.mutable_transfer() = known->second;
    }
    lock.unlock();
    std::this_thread::sleep_for(script.transfer_time);
    if (script.after_storing) {
        return *script.after_storing;
    }
    return response;
}

base::Result<chain_v1::GetTransferResponse> FakeChain::GetTransfer(
    const chain_v1::GetTransferRequest& request, const Context&) {
    const std::lock_guard lock(mutex_);
    const auto found = intents_.find(request.intent_id());
    if (found == intents_.end()) {
        return base::NotFound("unknown_intent", "there is no such intent");
    }
    chain_v1::GetTransferResponse response;
    *response.mutable_transfer() = found->second;
    return response;
}

base::Result<chain_v1::GetTransactionResponse> FakeChain::GetTransaction(
    const chain_v1::GetTransactionRequest& request, const Context&) {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, view] : intents_) {
        if (view.tx_hash() == request.tx_hash()) {
            chain_v1::GetTransactionResponse response;
            response.set_tx_hash(view.tx_hash());
            response.set_status("pending");
            if (view.user_id() == request.user_id()) {
                *response.mutable_transfer() = view;
            }
            return response;
        }
    }
    return base::NotFound("unknown_tx", "no node knows this hash");
}

base::Result<chain_v1::ListHistoryResponse> FakeChain::ListHistory(
    const chain_v1::ListHistoryRequest& request, const Context&) {
    const std::lock_guard lock(mutex_);
    chain_v1::ListHistoryResponse response;
    for (const auto& [id, view] : intents_) {
        if (view.user_id() == request.user_id()) {
            *response.add_transfers() = view;
        }
    }
    return response;
}

base::Result<chain_v1::GetFeesResponse> FakeChain::GetFees(const chain_v1::GetFeesRequest&,
                                                           const Context&) {
    chain_v1::GetFeesResponse response;
    auto& offer = *response.add_offers();
    offer.set_speed(chain_v1::FeePreference::SPEED_FAST);
    offer.mutable_figures()->mutable_evm()->set_max_fee_per_gas("3000000000");
    offer.set_transfer_cost("63000000000000");
    offer.set_expected_seconds(12);
    return response;
}

base::Result<chain_v1::TransferView> FakeChain::Attempt(const common::SignedOrder& signed_order,
                                                        const std::string& kind) {
    const std::lock_guard lock(mutex_);
    BASE_ASSIGN_OR_RETURN(const common::Order order, Record(signed_order));
    const auto found = intents_.find(order.intent_id());
    if (found == intents_.end()) {
        return base::NotFound("unknown_intent", "there is no such intent");
    }
    auto& attempt = *found->second.add_attempts();
    attempt.set_number(static_cast<std::uint32_t>(found->second.attempts_size()) + 1);
    attempt.set_kind(kind);
    attempt.set_tx_hash(NewHash());
    return found->second;
}

base::Result<chain_v1::SpeedUpResponse> FakeChain::SpeedUp(const chain_v1::SpeedUpRequest& request,
                                                           const Context&) {
    chain_v1::SpeedUpResponse response;
    BASE_ASSIGN_OR_RETURN(*response.mutable_transfer(), Attempt(request.order(), "speed_up"));
    return response;
}

base::Result<chain_v1::CancelResponse> FakeChain::Cancel(const chain_v1::CancelRequest& request,
                                                         const Context&) {
    chain_v1::CancelResponse response;
    BASE_ASSIGN_OR_RETURN(*response.mutable_transfer(), Attempt(request.order(), "cancel"));
    return response;
}

base::Result<chain_v1::GetNodeStatusResponse> FakeChain::GetNodeStatus(
    const chain_v1::GetNodeStatusRequest&, const Context&) {
    chain_v1::GetNodeStatusResponse response;
    response.set_network(kNetwork);
    response.set_mode("devnet");
    response.set_block_height(42);
    return response;
}

base::Result<chain_v1::RequestFaucetResponse> FakeChain::RequestFaucet(
    const chain_v1::RequestFaucetRequest& request, const Context&) {
    chain_v1::RequestFaucetResponse response;
    response.set_tx_hash(NewHash());
    response.set_amount(request.amount().empty() ? "1000000000000000000" : request.amount());
    return response;
}

base::Result<chain_v1::GetFinalBlockResponse> FakeChain::GetFinalBlock(
    const chain_v1::GetFinalBlockRequest&, const Context&) {
    const std::lock_guard lock(mutex_);
    return script_.final_block;
}

base::Result<chain_v1::AdoptFinalBlockResponse> FakeChain::AdoptFinalBlock(
    const chain_v1::AdoptFinalBlockRequest& request, const Context&) {
    const std::lock_guard lock(mutex_);
    script_.final_block.set_hash(request.block_hash());
    script_.final_block.clear_sends_stopped_reason();
    return chain_v1::AdoptFinalBlockResponse();
}

base::Result<> FakeChain::WatchTransfers(const chain_v1::WatchTransfersRequest&,
                                         rpc::Sink<chain_v1::WatchTransfersResponse>,
                                         const Context&) {
    return {};
}

}  // namespace gateway_test
