#include "api-gateway/flow/estimate.h"

namespace gateway {

namespace {

using boost::asio::awaitable;
namespace v1 = platform::chain::v1;

// The field of our request that a daemon's refusal is about.
base::Error Pointed(base::Error error) {
    if (error.reason == "bad_address" || error.reason == "bad_checksum" ||
        error.reason == "wrong_network" || error.reason == "off_curve_recipient" ||
        error.reason == "token_account_recipient") {
        error.pointer = "/to";
        if (error.detail.starts_with("has ")) {
            error.detail = "`to` " + error.detail;
        }
    } else if (error.reason == "unknown_token" || error.reason == "token_not_supported") {
        error.pointer = "/token";
    } else if (error.reason == "insufficient_funds" || error.reason == "dust_output" ||
               error.reason == "rent_minimum") {
        error.pointer = "/amount";
    }
    return error;
}

// Sets asset and amount in base units; a token's decimals are its chain's to say.
awaitable<base::Result<>> SetAmount(App& app,
                                    const Call& call,
                                    const Chain& chain,
                                    const PaymentWish& wish,
                                    v1::EstimateTransferRequest& request) {
    unsigned decimals = chain.native.decimals;
    if (!wish.token.empty()) {
        v1::GetTokenRequest query;
        query.set_contract(wish.token);
        auto context = app.backends().ContextOf(call);
        const auto token = co_await rpc::Await(
            *chain.client, &ChainAsync::GetToken, std::move(query), std::move(context));
        if (!token) {
            co_return Pointed(token.error());
        }
        *request.mutable_asset() = token->asset();
        decimals = token->asset().decimals();
    }
    auto& recipient = *request.add_recipients();
    recipient.set_address(wish.to);
    if (wish.mode != platform::common::v1::TRANSFER_MODE_ALL) {
        const auto units = ReadAmount(wish.amount, decimals);
        if (!units) {
            co_return units.error();
        }
        recipient.set_amount(units->ToDecimal());
    }
    co_return base::Result<>();
}

}  // namespace

awaitable<base::Result<v1::EstimateTransferResponse>> Estimate(
    App& app,
    const Call& call,
    const Chain& chain,
    const PaymentWish& wish,
    const platform::wallet::v1::Wallet& wallet) {
    v1::EstimateTransferRequest request;
    request.set_from(wallet.address());
    request.set_mode(wish.mode);
    request.set_accept_off_curve(wish.accept_off_curve);
    request.set_memo(wish.memo);
    *request.mutable_fee() = wish.fee;
    const auto amount = co_await SetAmount(app, call, chain, wish, request);
    if (!amount) {
        co_return amount.error();
    }
    auto context = app.backends().ContextOf(call);
    auto estimate = co_await rpc::Await(
        *chain.client, &ChainAsync::EstimateTransfer, std::move(request), std::move(context));
    if (!estimate) {
        co_return Pointed(estimate.error());
    }
    if (!estimate->listed() && !wish.accept_unlisted) {
        co_return base::InvalidArgument("unlisted_token",
                                        "this token is not in the registry; its name proves "
                                        "nothing")
            .At("/token");
    }
    co_return estimate;
}

}  // namespace gateway
