// The methods of ChainService that ask the node.
#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "auth/proto_time.h"
#include "chain_host/chain_service.h"
#include "chain_host/order_reader.h"
#include "chain_host/view.h"
#include "orders/order_plan.h"
#include "transfer/pin.h"

namespace chain_host {

namespace {

constexpr std::size_t kAddressBytesMax = 200;
constexpr std::uint64_t kGiftCoinsMax = 1'000;
constexpr std::chrono::milliseconds kGiftInterval{100};
constexpr int kGiftLooksMax = 150;

base::Result<money::UInt256> Coins(std::uint64_t count, unsigned decimals) {
    return money::ParseDecimal(std::to_string(count), decimals);
}

bool IsUnanswered(const base::Error& error) {
    return error.kind == base::ErrorKind::kUnavailable ||
           error.kind == base::ErrorKind::kDeadlineExceeded;
}

// With its sign.
std::string Difference(const money::UInt256& plus, const money::UInt256& minus) {
    const auto more = money::CheckedSub(plus, minus);
    const auto less = money::CheckedSub(minus, plus);
    return more ? more->ToDecimal() : "-" + less->ToDecimal();
}

money::UInt256 OrZero(const base::Result<money::UInt256>& difference) {
    return difference ? *difference : money::UInt256();
}

}  // namespace

base::Result<v1::ValidateAddressResponse> ChainService::ValidateAddress(
    const v1::ValidateAddressRequest& request, const rpc::Context&) {
    if (request.address().size() > kAddressBytesMax) {
        return base::InvalidArgument("bad_address", "an address has at most 200 characters");
    }
    const chain::AddressCheck check = parts_.chain.CheckAddress(request.address());
    v1::ValidateAddressResponse response;
    response.set_valid(check.valid);
    response.set_canonical(check.canonical);
    response.set_type(check.type);
    response.set_checksum(check.checksum);
    response.set_reason(check.reason);
    response.set_detail(check.detail);
    response.set_suggestion(check.suggestion);
    return response;
}

base::Result<v1::GetBalanceResponse> ChainService::GetBalance(const v1::GetBalanceRequest& request,
                                                              const rpc::Context&) {
    BASE_ASSIGN_OR_RETURN(const auto address, Canonical(request.address()));
    v1::GetBalanceResponse response;
    chain::Balance balance;
    base::Time as_of = base::SystemClock().Now();
    money::Asset asset = parameters().native;
    const auto ask = [&]() -> base::Result<chain::Balance> {
        BASE_ASSIGN_OR_RETURN(const auto known, Resolve(request.asset()));
        asset = known.token.asset;
        return parts_.chain.GetBalance(address, asset);
    };
    const auto fresh = ask();
    if (fresh) {
        balance = *fresh;
    } else if (IsUnanswered(fresh.error())) {
        BASE_ASSIGN_OR_RETURN(const auto stored,
                              book_.LastBalance(address, request.asset().contract()));
        if (!stored) {
            return fresh.error();
        }
        balance = stored->balance;
        as_of = stored->observed_at;
        response.set_stale(true);
        if (!request.asset().contract().empty()) {
            asset = orders::ReadAsset(request.asset(), parameters().network);
        }
    } else {
        return fresh.error();
    }
    BASE_ASSIGN_OR_RETURN(const auto held,
                          book_.Held(address, asset.contract, balance.block_height));
    *response.mutable_asset() = WriteAsset(asset);
    response.set_balance(balance.amount.ToDecimal());
    response.set_spendable(OrZero(money::CheckedSub(balance.amount, held)).ToDecimal());
    response.set_pending(Difference(balance.arriving, held));
    response.set_block_height(balance.block_height);
    *response.mutable_as_of() = auth::ToTimestamp(as_of);
    if (balance.rescan) {
        v1::RescanProgress& rescan = *response.mutable_rescan();
        rescan.set_from_height(balance.rescan->from_height);
        rescan.set_next_height(balance.rescan->next_height);
        rescan.set_to_height(balance.rescan->to_height);
        rescan.set_detail(balance.rescan->detail);
    }
    return response;
}

base::Result<v1::ListUsedAddressesResponse> ChainService::ListUsedAddresses(
    const v1::ListUsedAddressesRequest& request, const rpc::Context&) {
    BASE_ASSIGN_OR_RETURN(const auto wallet, base::WalletId::Parse(request.wallet_id()));
    BASE_ASSIGN_OR_RETURN(const auto addresses, book_.PaidAddresses(wallet));
    v1::ListUsedAddressesResponse response;
    response.mutable_addresses()->Assign(addresses.begin(), addresses.end());
    return response;
}

base::Result<v1::ListTokensResponse> ChainService::ListTokens(const v1::ListTokensRequest& request,
                                                              const rpc::Context& context) {
    BASE_ASSIGN_OR_RETURN(const auto address, Canonical(request.address()));
    BASE_ASSIGN_OR_RETURN(const auto contracts, book_.KnownContracts(address));
    v1::ListTokensResponse response;
    for (const std::string& contract : contracts) {
        if (context.IsCancelled()) {
            return base::MakeError(base::ErrorKind::kCancelled, "cancelled", "the caller has gone");
        }
        const auto known = FindToken(contract);
        if (!known && !IsUnanswered(known.error())) {
            continue;  // it no longer answers like a token
        }
        if (!known) {
            return known.error();
        }
        BASE_ASSIGN_OR_RETURN(const auto balance,
                              parts_.chain.GetBalance(address, known->token.asset));
        auto* added = response.add_tokens();
        *added->mutable_asset() = WriteAsset(known->token.asset);
        added->set_name(known->token.name);
        added->set_balance(balance.amount.ToDecimal());
        added->set_listed(known->listed);
    }
    return response;
}

base::Result<v1::GetTokenResponse> ChainService::GetToken(const v1::GetTokenRequest& request,
                                                          const rpc::Context&) {
    BASE_ASSIGN_OR_RETURN(const auto known, FindToken(request.contract()));
    v1::GetTokenResponse response;
    *response.mutable_asset() = WriteAsset(known.token.asset);
    response.set_name(known.token.name);
    response.set_listed(known.listed);
    return response;
}

base::Result<chain::Plan> ChainService::PlanOf(const v1::EstimateTransferRequest& request) {
    chain::Plan plan;
    BASE_ASSIGN_OR_RETURN(plan.from, Canonical(request.from()));
    BASE_ASSIGN_OR_RETURN(const auto known, Resolve(request.asset()));
    plan.asset = known.token.asset;
    chain::Transfer transfer;
    BASE_ASSIGN_OR_RETURN(transfer.mode, orders::ReadMode(request.mode()));
    transfer.accept_off_curve = request.accept_off_curve();
    for (const auto& recipient : request.recipients()) {
        chain::Recipient to;
        BASE_ASSIGN_OR_RETURN(to.address, Canonical(recipient.address()));
        BASE_ASSIGN_OR_RETURN(to.amount, orders::ReadAmount(recipient.amount(), transfer.mode));
        transfer.recipients.push_back(std::move(to));
    }
    if (transfer.recipients.empty()) {
        return base::InvalidArgument("bad_recipients", "a payment has at least one recipient");
    }
    plan.action = std::move(transfer);
    BASE_ASSIGN_OR_RETURN(plan.fee, ReadFee(request.fee()));
    plan.fee_cap = parameters().fee_ceiling;
    plan.memo = request.memo();
    return plan;
}

base::Result<v1::EstimateTransferResponse> ChainService::EstimateTransfer(
    const v1::EstimateTransferRequest& request, const rpc::Context&) {
    BASE_ASSIGN_OR_RETURN(const auto plan, PlanOf(request));
    BASE_ASSIGN_OR_RETURN(const auto quote, parts_.chain.Price(plan));
    BASE_ASSIGN_OR_RETURN(const auto balance, parts_.chain.GetBalance(plan.from, plan.asset));
    BASE_ASSIGN_OR_RETURN(const auto held,
                          book_.Held(plan.from, plan.asset.contract, balance.block_height));
    const auto& transfer = std::get<chain::Transfer>(plan.action);
    v1::EstimateTransferResponse response;
    *response.mutable_asset() = WriteAsset(plan.asset);
    for (const chain::Recipient& recipient : transfer.recipients) {
        auto* to = response.add_recipients();
        to->set_address(recipient.address);
        to->set_amount(
            (transfer.mode == chain::TransferMode::kAll ? quote.amount : recipient.amount)
                .ToDecimal());
        BASE_ASSIGN_OR_RETURN(const bool known, book_.HasPaid(plan.from, recipient.address));
        if (!known) {
            response.add_warnings("first_time_recipient: this address was never paid before");
        }
    }
    response.set_fee(quote.fee_expected.ToDecimal());
    response.set_fee_max(quote.fee_max.ToDecimal());
    response.set_fee_ceiling(parameters().fee_ceiling.ToDecimal());
    BASE_ASSIGN_OR_RETURN(const auto total, money::CheckedAdd(quote.native_value, quote.fee_max));
    response.set_total_native(total.ToDecimal());
    money::UInt256 left = OrZero(money::CheckedSub(balance.amount, held));
    left = OrZero(money::CheckedSub(left, quote.amount));
    if (plan.asset.IsNative()) {
        left = OrZero(money::CheckedSub(left, quote.fee_expected));
    }
    response.set_balance_after(left.ToDecimal());
    for (const std::string& warning : quote.warnings) {
        response.add_warnings(warning);
    }
    response.set_listed(plan.asset.IsNative());
    if (!plan.asset.IsNative()) {
        BASE_ASSIGN_OR_RETURN(const auto listed, registry_.Find(plan.asset.contract));
        response.set_listed(listed.has_value());
    }
    return response;
}

base::Result<v1::GetFeesResponse> ChainService::GetFees(const v1::GetFeesRequest&,
                                                        const rpc::Context&) {
    BASE_ASSIGN_OR_RETURN(const auto offers, parts_.chain.GetFees());
    BASE_ASSIGN_OR_RETURN(const auto head, parts_.chain.GetHead());
    v1::GetFeesResponse response;
    for (const chain::FeeOffer& offer : offers) {
        *response.add_offers() = WriteFeeOffer(offer);
    }
    response.set_block_height(head.newest.height);
    return response;
}

base::Result<v1::GetNodeStatusResponse> ChainService::GetNodeStatus(const v1::GetNodeStatusRequest&,
                                                                    const rpc::Context&) {
    using std::chrono::milliseconds;
    v1::GetNodeStatusResponse response;
    response.set_network(parameters().network);
    response.set_mode(std::string(chain::ModeName(parameters().mode)));
    const auto asked = std::chrono::steady_clock::now();
    const auto head = parts_.chain.GetHead();
    const auto latency =
        std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - asked);
    if (head) {
        response.set_block_height(head->newest.height);
        response.set_final_height(head->final.height);
        const auto lag =
            std::chrono::floor<std::chrono::seconds>(base::SystemClock().Now() - head->newest.time);
        response.set_lag_seconds(
            static_cast<std::uint32_t>(std::max<std::int64_t>(0, lag.count())));
        const auto version = parts_.chain.ClientVersion();
        response.set_client_version(version ? *version : "");
    }
    BASE_ASSIGN_OR_RETURN(const auto stopped,
                          transfer::SendsStoppedReason(parts_.pool, parameters().network));
    response.set_sends_stopped_reason(stopped);
    BASE_ASSIGN_OR_RETURN(const auto followed, book_.FollowedHeight());
    response.set_followed_height(followed);
    bool answered = !head;
    for (const net::NodeHealth& health : parts_.node.Health()) {
        auto* endpoint = response.add_endpoints();
        endpoint->set_url(health.host);
        endpoint->set_state(health.resting ? "open" : health.failures > 0 ? "down" : "up");
        endpoint->set_error(health.last_error);
        if (!answered && !health.resting && health.failures == 0) {
            // The first one that is well gave the head.
            endpoint->set_block_height(head->newest.height);
            endpoint->set_latency_ms(static_cast<std::uint32_t>(latency.count()));
            answered = true;
        }
    }
    return response;
}

base::Result<v1::RequestFaucetResponse> ChainService::RequestFaucet(
    const v1::RequestFaucetRequest& request, const rpc::Context& context) {
    if (parameters().mode == chain::Mode::kMainnet) {
        return base::PermissionDenied("live_network", "coins of a live network are not given");
    }
    if (!parts_.faucet) {
        return base::PermissionDenied("faucet_unavailable",
                                      "this network has no faucet of ours; use a public one");
    }
    BASE_RETURN_IF_ERROR(RequireOpen());
    BASE_ASSIGN_OR_RETURN(const auto address, Canonical(request.address()));
    const unsigned decimals = parameters().native.decimals;
    BASE_ASSIGN_OR_RETURN(auto amount, Coins(parts_.gift_coins, decimals));
    BASE_ASSIGN_OR_RETURN(const auto most, Coins(kGiftCoinsMax, decimals));
    if (!request.amount().empty()) {
        BASE_ASSIGN_OR_RETURN(amount, money::UInt256::Parse(request.amount()));
    }
    if (amount.IsZero() || amount > most) {
        return base::InvalidArgument("amount_out_of_range",
                                     "the faucet gives from the smallest unit up to 1,000 coins");
    }
    BASE_ASSIGN_OR_RETURN(const auto tx_hash, parts_.faucet(address, amount));
    BASE_RETURN_IF_ERROR(AwaitBlock(tx_hash, context));
    v1::RequestFaucetResponse response;
    response.set_tx_hash(tx_hash);
    response.set_amount(amount.ToDecimal());
    return response;
}

base::Result<> ChainService::AwaitBlock(const std::string& tx_hash, const rpc::Context& context) {
    for (int look = 0; look < kGiftLooksMax; ++look) {
        BASE_ASSIGN_OR_RETURN(const auto status, parts_.chain.Status(tx_hash));
        if (status.place == chain::TxPlace::kBlock) {
            return {};
        }
        if (!context.WaitFor(kGiftInterval)) {
            break;
        }
    }
    return base::Unavailable("faucet_slow", "the gift was sent and is not in a block yet");
}

}  // namespace chain_host
