#include "chain_host/view.h"

#include "auth/proto_time.h"
#include "orders/transfer_status.h"

namespace chain_host {

namespace {

namespace chain_v1 = platform::chain::v1;

void WriteLists(const transfer::Payment& payment, chain_v1::TransferView& view) {
    for (const chain::Recipient& recipient : payment.recipients) {
        auto* to = view.add_to();
        to->set_address(recipient.address);
        to->set_amount(recipient.amount.ToDecimal());
    }
    for (const transfer::AttemptView& attempt : payment.attempts) {
        auto* added = view.add_attempts();
        added->set_number(attempt.number);
        added->set_tx_hash(attempt.tx_hash);
        added->set_state(attempt.state);
        added->set_kind(attempt.kind);
        if (attempt.signed_at) {
            *added->mutable_signed_at() = auth::ToTimestamp(*attempt.signed_at);
        }
    }
    for (const transfer::TimelineEntry& step : payment.timeline) {
        auto* added = view.add_timeline();
        added->set_state(step.state);
        added->set_reason(step.reason);
        *added->mutable_at() = auth::ToTimestamp(step.at);
    }
}

}  // namespace

platform::common::v1::Asset WriteAsset(const money::Asset& asset) {
    platform::common::v1::Asset written;
    written.set_contract(asset.contract);
    written.set_program(asset.program);
    written.set_decimals(asset.decimals);
    written.set_symbol(asset.symbol);
    return written;
}

chain_v1::TransferView WriteTransfer(const transfer::Payment& payment) {
    chain_v1::TransferView view;
    view.set_id(payment.id);
    view.set_network(payment.network);
    view.set_wallet_id(payment.wallet.ToString());
    view.set_user_id(payment.user.ToString());
    view.set_incoming(payment.incoming);
    view.set_from(payment.from);
    *view.mutable_asset() = WriteAsset(payment.asset);
    view.set_amount(payment.amount.ToDecimal());
    view.set_status(orders::StatusOf(payment.status));
    view.set_reason(payment.reason);
    view.set_detail(payment.detail);
    view.set_tx_hash(payment.tx_hash);
    if (payment.nonce) {
        view.set_nonce(*payment.nonce);
    }
    if (payment.fee_estimate) {
        view.set_fee_estimate(payment.fee_estimate->ToDecimal());
    }
    if (payment.fee_paid) {
        view.set_fee_paid(payment.fee_paid->ToDecimal());
    }
    if (payment.block_height) {
        view.set_block_height(*payment.block_height);
    }
    view.set_block_hash(payment.block_hash);
    view.set_confirmations(payment.confirmations);
    view.set_replaced_by(payment.replaced_by);
    if (payment.approval) {
        view.set_approval_id(payment.approval->ToString());
    }
    view.set_memo(payment.memo);
    *view.mutable_created_at() = auth::ToTimestamp(payment.created_at);
    if (payment.confirmed_at) {
        *view.mutable_confirmed_at() = auth::ToTimestamp(*payment.confirmed_at);
    }
    view.set_action(payment.action);
    view.set_needs_operator(payment.needs_operator);
    WriteLists(payment, view);
    return view;
}

chain_v1::FeeOffer WriteFeeOffer(const chain::FeeOffer& offer) {
    chain_v1::FeeOffer written;
    switch (offer.speed) {
        case chain::Speed::kSlow:
            written.set_speed(chain_v1::FeePreference::SPEED_SLOW);
            break;
        case chain::Speed::kNormal:
            written.set_speed(chain_v1::FeePreference::SPEED_NORMAL);
            break;
        case chain::Speed::kFast:
            written.set_speed(chain_v1::FeePreference::SPEED_FAST);
            break;
    }
    auto* figures = written.mutable_figures();
    figures->set_speed(written.speed());
    if (const auto* evm = std::get_if<chain::EvmFeeWish>(&offer.figures.figure)) {
        if (evm->gas_price) {
            figures->mutable_evm()->set_gas_price(evm->gas_price->ToDecimal());
        }
        if (evm->max_fee_per_gas) {
            figures->mutable_evm()->set_max_fee_per_gas(evm->max_fee_per_gas->ToDecimal());
        }
        if (evm->max_priority_fee_per_gas) {
            figures->mutable_evm()->set_max_priority_fee_per_gas(
                evm->max_priority_fee_per_gas->ToDecimal());
        }
    } else if (const auto* utxo = std::get_if<chain::UtxoFeeWish>(&offer.figures.figure)) {
        figures->mutable_utxo()->set_rate_milli_per_vbyte(utxo->rate_milli_per_vbyte);
    } else if (const auto* solana = std::get_if<chain::SolanaFeeWish>(&offer.figures.figure)) {
        figures->mutable_solana()->set_compute_unit_price(solana->compute_unit_price);
    }
    written.set_transfer_cost(offer.transfer_cost.ToDecimal());
    written.set_expected_seconds(offer.expected_seconds);
    return written;
}

}  // namespace chain_host
