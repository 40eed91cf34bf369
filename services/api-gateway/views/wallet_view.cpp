#include "api-gateway/views/wallet_view.h"

#include "api-gateway/views/text.h"
#include "api-gateway/views/time.h"
#include "api-gateway/views/transfer_view.h"
#include "base/bytes.h"
#include "base/hex.h"
#include "chain/catalog.h"

namespace gateway {

namespace {

namespace wallet_v1 = platform::wallet::v1;
namespace common = platform::common::v1;
using Json = nlohmann::json;

std::string_view ActionName(const common::Order& order) {
    switch (order.action_case()) {
        case common::Order::kTransfer:
            return "transfer";
        case common::Order::kApprove:
            return "approve";
        case common::Order::kRevoke:
            return "revoke";
        case common::Order::kSwap:
            return "swap";
        case common::Order::kWrap:
            return "wrap";
        case common::Order::kUnwrap:
            return "unwrap";
        case common::Order::kSpeedUp:
            return "speed_up";
        case common::Order::kCancel:
            return "cancel";
        case common::Order::kCpfp:
            return "cpfp";
        case common::Order::kMessage:
            return "message";
        case common::Order::ACTION_NOT_SET:
            break;
    }
    return "none";
}

Json AmountJson(const std::string& units, const common::Asset& asset) {
    return {{"amount", TextOrNull(DecimalText(units, asset.decimals()))},
            {"amount_atomic", TextOrNull(units)}};
}

void AddAction(Json& plan, const common::Order& order) {
    const common::Asset& asset = order.asset();
    if (order.has_transfer()) {
        Json recipients = Json::array();
        for (const common::Recipient& recipient : order.transfer().recipients()) {
            Json one = AmountJson(recipient.amount(), asset);
            one["address"] = recipient.address();
            recipients.push_back(std::move(one));
        }
        plan["recipients"] = std::move(recipients);
        plan["subtract_fee"] = order.transfer().mode() == common::TRANSFER_MODE_SUBTRACT_FEE;
        plan["everything"] = order.transfer().mode() == common::TRANSFER_MODE_ALL;
    } else if (order.has_approve()) {
        plan.update(AmountJson(order.approve().amount(), asset));
        plan["spender"] = order.approve().spender();
    } else if (order.has_revoke()) {
        plan["spender"] = order.revoke().spender();
    } else if (order.has_swap()) {
        plan["protocol"] = order.swap().protocol();
        plan["amount_in_atomic"] = order.swap().amount_in();
        plan["amount_out_min_atomic"] = order.swap().amount_out_min();
        plan["token_out"] = order.swap().hops(order.swap().hops_size() - 1).token();
    }
}

}  // namespace

Json WalletJson(const wallet_v1::Wallet& wallet) {
    return {{"wallet_id", wallet.wallet_id()},
            {"chain", wallet.chain()},
            {"network", wallet.network()},
            {"address", wallet.address()},
            {"is_default", wallet.is_default()},
            {"label", wallet.label()},
            {"kind", wallet.kind()},
            {"path", TextOrNull(wallet.path())},
            {"created_at", TimeJson(wallet.created_at())},
            {"paused", wallet.paused()},
            {"paused_reason", TextOrNull(wallet.paused_reason())},
            {"backup_due", wallet.backup_due()}};
}

Json BalancesJson(const wallet_v1::GetBalancesResponse& balances) {
    Json map = Json::object();
    for (const wallet_v1::ChainBalance& entry : balances.balances()) {
        Json chain{{"address", entry.address()},
                   {"balance", TextOrNull(DecimalText(entry.balance(), entry.decimals()))},
                   {"currency", entry.currency()},
                   {"balance_atomic", TextOrNull(entry.balance())},
                   {"as_of", entry.has_as_of() ? TimeJson(entry.as_of()) : Json()},
                   {"stale", entry.stale()}};
        if (!entry.error().empty()) {
            chain["error"] = entry.error();
        }
        map[entry.chain()] = std::move(chain);
    }
    return map;
}

Json PolicyJson(const wallet_v1::Policy& policy) {
    Json limits = Json::array();
    for (const wallet_v1::AssetLimit& limit : policy.limits()) {
        const chain::ChainInfo* chain = chain::FindNetwork(limit.network());
        Json one{{"chain", chain == nullptr ? Json() : Json(chain->name)},
                 {"network", limit.network()},
                 {"token", TextOrNull(limit.contract())},
                 {"per_tx_atomic", TextOrNull(limit.per_transaction())},
                 {"per_day_atomic", TextOrNull(limit.per_day())},
                 {"approval_above_atomic", TextOrNull(limit.approval_above())}};
        if (chain != nullptr && limit.contract().empty()) {
            one["currency"] = chain->symbol;
            one["per_tx"] = TextOrNull(DecimalText(limit.per_transaction(), chain->decimals));
            one["per_day"] = TextOrNull(DecimalText(limit.per_day(), chain->decimals));
            one["approval_above"] =
                TextOrNull(DecimalText(limit.approval_above(), chain->decimals));
        }
        limits.push_back(std::move(one));
    }
    return {
        {"limits", std::move(limits)},
        {"allow_list",
         Json(std::vector<std::string>(policy.allow_list().begin(), policy.allow_list().end()))},
        {"chains", Json(std::vector<std::string>(policy.chains().begin(), policy.chains().end()))},
        {"require_approval", policy.require_approval()}};
}

Json PlanJson(const common::Order& order) {
    const chain::ChainInfo* chain = chain::FindNetwork(order.network());
    Json plan{{"action", ActionName(order)},
              {"chain", chain == nullptr ? Json() : Json(chain->name)},
              {"network", order.network()},
              {"from", order.from()},
              {"wallet_id", order.wallet_id()},
              {"currency", order.asset().symbol()},
              {"token", TextOrNull(order.asset().contract())},
              {"fee_cap_atomic", order.fee_cap()},
              {"has_memo", !order.memo_hash().empty()}};
    if (chain != nullptr) {
        plan["fee_cap"] = DecimalText(order.fee_cap(), chain->decimals);
        plan["fee_currency"] = chain->symbol;
    }
    AddAction(plan, order);
    return plan;
}

base::Result<Json> ApprovalJson(const wallet_v1::Approval& approval) {
    common::Order order;
    if (!order.ParseFromString(approval.order())) {
        return base::Internal("a stored approval's order does not parse");
    }
    Json json{{"id", "apr_" + approval.approval_id()},
              {"transaction_id", "tx_" + approval.intent_id()},
              {"state", approval.state()},
              {"digest", base::HexEncode(base::AsBytes(approval.digest()))},
              {"plan", PlanJson(order)},
              {"rule", approval.rule()},
              {"created_at", TimeJson(approval.created_at())},
              {"expires_at", TimeJson(approval.expires_at())},
              {"decided_at", approval.has_decided_at() ? TimeJson(approval.decided_at()) : Json()}};
    return {boost::system::in_place_value, std::move(json)};
}

}  // namespace gateway
