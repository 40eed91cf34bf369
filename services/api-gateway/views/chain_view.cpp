#include "api-gateway/views/chain_view.h"

#include "api-gateway/views/text.h"
#include "api-gateway/views/time.h"
#include "api-gateway/views/transfer_view.h"

namespace gateway {

namespace {

namespace v1 = platform::chain::v1;
using Json = nlohmann::json;

constexpr unsigned kGweiDecimals = 9;
constexpr unsigned kMilliDecimals = 3;

std::string_view SpeedName(v1::FeePreference::Speed speed) {
    switch (speed) {
        case v1::FeePreference::SPEED_SLOW:
            return "slow";
        case v1::FeePreference::SPEED_FAST:
            return "fast";
        default:
            return "normal";
    }
}

// The figures in the units that the send endpoint takes.
Json FiguresJson(const v1::FeePreference& figures) {
    switch (figures.figure_case()) {
        case v1::FeePreference::kEvm: {
            const auto& evm = figures.evm();
            if (!evm.gas_price().empty()) {
                return {{"gas_price_gwei", DecimalText(evm.gas_price(), kGweiDecimals)}};
            }
            return {
                {"max_fee_gwei", DecimalText(evm.max_fee_per_gas(), kGweiDecimals)},
                {"priority_fee_gwei", DecimalText(evm.max_priority_fee_per_gas(), kGweiDecimals)}};
        }
        case v1::FeePreference::kUtxo:
            return {{"fee_rate",
                     DecimalText(std::to_string(figures.utxo().rate_milli_per_vbyte()),
                                 kMilliDecimals)}};
        case v1::FeePreference::kSolana:
            return {{"priority_fee", std::to_string(figures.solana().compute_unit_price())}};
        case v1::FeePreference::FIGURE_NOT_SET:
            break;
    }
    return Json::object();
}

Json WarningsJson(const v1::EstimateTransferResponse& estimate) {
    Json list = Json::array();
    for (const std::string& warning : estimate.warnings()) {
        const std::size_t colon = warning.find(": ");
        if (colon == std::string::npos) {
            list.push_back({{"code", warning}, {"detail", warning}});
        } else {
            list.push_back(
                {{"code", warning.substr(0, colon)}, {"detail", warning.substr(colon + 2)}});
        }
    }
    return list;
}

}  // namespace

Json AddressCheckJson(const v1::ValidateAddressResponse& check, std::string_view asked) {
    return {{"address", asked},
            {"valid", check.valid()},
            {"canonical", TextOrNull(check.canonical())},
            {"type", TextOrNull(check.type())},
            {"checksum", TextOrNull(check.checksum())},
            {"reason", TextOrNull(check.reason())},
            {"detail", TextOrNull(check.detail())},
            {"suggestion", TextOrNull(check.suggestion())}};
}

Json BalanceJson(const Chain& chain,
                 const std::string& address,
                 const v1::GetBalanceResponse& balance) {
    const unsigned decimals = balance.asset().decimals();
    const std::string& pending = balance.pending();
    const bool negative = pending.starts_with('-');
    const std::string pending_text = DecimalText(pending.substr(negative ? 1 : 0), decimals);
    Json json{{"chain", chain.info->name},
              {"network", chain.network},
              {"address", address},
              {"currency", balance.asset().symbol()},
              {"token", TextOrNull(balance.asset().contract())},
              {"balance", DecimalText(balance.balance(), decimals)},
              {"balance_atomic", balance.balance()},
              {"spendable", DecimalText(balance.spendable(), decimals)},
              {"spendable_atomic", balance.spendable()},
              {"pending", (negative ? "-" : "") + pending_text},
              {"pending_atomic", pending},
              {"block", balance.block_height()},
              {"as_of", TimeJson(balance.as_of())},
              {"stale", balance.stale()}};
    if (balance.has_rescan()) {
        json["rescan"] = {{"from_height", balance.rescan().from_height()},
                          {"next_height", balance.rescan().next_height()},
                          {"to_height", balance.rescan().to_height()},
                          {"detail", TextOrNull(balance.rescan().detail())}};
    }
    return json;
}

Json TokenBalanceJson(const v1::TokenBalance& token) {
    const unsigned decimals = token.asset().decimals();
    return {{"token", token.asset().contract()},
            {"symbol", token.asset().symbol()},
            {"name", token.name()},
            {"decimals", decimals},
            {"balance", DecimalText(token.balance(), decimals)},
            {"balance_atomic", token.balance()},
            {"listed", token.listed()}};
}

Json TokenJson(const v1::GetTokenResponse& token) {
    return {{"token", token.asset().contract()},
            {"program", TextOrNull(token.asset().program())},
            {"symbol", token.asset().symbol()},
            {"name", token.name()},
            {"decimals", token.asset().decimals()},
            {"listed", token.listed()}};
}

Json FeesJson(const Chain& chain, const v1::GetFeesResponse& fees) {
    Json body{{"chain", chain.info->name},
              {"currency", chain.info->symbol},
              {"block", fees.block_height()}};
    for (const v1::FeeOffer& offer : fees.offers()) {
        body[std::string(SpeedName(offer.speed()))] = {
            {"price", FiguresJson(offer.figures())},
            {"cost", DecimalText(offer.transfer_cost(), chain.native.decimals)},
            {"cost_atomic", offer.transfer_cost()},
            {"expected_seconds", offer.expected_seconds()}};
    }
    return body;
}

Json ChainTransactionJson(const Chain& chain, const v1::GetTransactionResponse& found) {
    const unsigned decimals = chain.native.decimals;
    Json body{{"tx_hash", found.tx_hash()},
              {"chain", chain.info->name},
              {"network", chain.network},
              {"status", found.status()},
              {"confirmations", found.confirmations()},
              {"block", found.has_block_height() ? Json(found.block_height()) : Json()},
              {"block_hash", TextOrNull(found.block_hash())},
              {"fee", TextOrNull(DecimalText(found.fee(), decimals))},
              {"fee_atomic", TextOrNull(found.fee())},
              {"from", TextOrNull(found.from())},
              {"to", TextOrNull(found.to())},
              {"value", TextOrNull(DecimalText(found.value(), decimals))},
              {"value_atomic", TextOrNull(found.value())},
              {"decoded", std::vector<std::string>(found.decoded().begin(), found.decoded().end())},
              {"explorer_url", TextOrNull(ExplorerUrl(chain.network, found.tx_hash()))},
              {"transaction", nullptr}};
    if (found.has_transfer()) {
        body["transaction"] = TransferDetailJson(found.transfer());
    }
    return body;
}

Json NodeStatusJson(const Chain& chain, const v1::GetNodeStatusResponse& status) {
    Json nodes = Json::array();
    for (const v1::NodeEndpoint& node : status.endpoints()) {
        nodes.push_back({{"url", node.url()},
                         {"state", node.state()},
                         {"height", node.block_height()},
                         {"latency_ms", node.latency_ms()},
                         {"error", TextOrNull(node.error())}});
    }
    return {{"chain", chain.info->name},
            {"network", status.network()},
            {"mode", status.mode()},
            {"height", status.block_height()},
            {"final_height", status.final_height()},
            {"followed_height", status.followed_height()},
            {"lag_seconds", status.lag_seconds()},
            {"client_version", status.client_version()},
            {"sends_stopped_reason", TextOrNull(status.sends_stopped_reason())},
            {"nodes", std::move(nodes)}};
}

Json FinalBlockJson(const Chain& chain, const v1::GetFinalBlockResponse& block) {
    Json node;
    if (block.has_node()) {
        node = {{"height", block.node().block_height()},
                {"final_height", block.node().final_height()},
                {"hash", TextOrNull(block.node().hash())}};
    }
    Json lost = Json::array();
    for (const v1::LostTransfer& payment : block.lost()) {
        lost.push_back({{"id", "tx_" + payment.intent_id()}, {"tx_hash", payment.tx_hash()}});
    }
    return {{"chain", chain.info->name},
            {"network", block.network()},
            {"height", block.height()},
            {"hash", block.hash()},
            {"sends_stopped_reason", TextOrNull(block.sends_stopped_reason())},
            {"node", std::move(node)},
            {"lost", std::move(lost)}};
}

Json EstimateJson(const Chain& chain, const v1::EstimateTransferResponse& estimate) {
    const unsigned native = chain.native.decimals;
    const unsigned decimals = estimate.asset().decimals();
    Json recipients = Json::array();
    for (const auto& recipient : estimate.recipients()) {
        recipients.push_back({{"address", recipient.address()},
                              {"amount", DecimalText(recipient.amount(), decimals)},
                              {"amount_atomic", recipient.amount()}});
    }
    return {{"chain", chain.info->name},
            {"network", chain.network},
            {"currency", estimate.asset().symbol()},
            {"token", TextOrNull(estimate.asset().contract())},
            {"listed", estimate.listed()},
            {"fee_currency", chain.info->symbol},
            {"fee", DecimalText(estimate.fee(), native)},
            {"fee_atomic", estimate.fee()},
            {"fee_max", DecimalText(estimate.fee_max(), native)},
            {"fee_max_atomic", estimate.fee_max()},
            {"total", DecimalText(estimate.total_native(), native)},
            {"total_atomic", estimate.total_native()},
            {"balance_after", TextOrNull(DecimalText(estimate.balance_after(), decimals))},
            {"balance_after_atomic", TextOrNull(estimate.balance_after())},
            {"warnings", WarningsJson(estimate)},
            {"plan", {{"recipients", std::move(recipients)}}}};
}

}  // namespace gateway
