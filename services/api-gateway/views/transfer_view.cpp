#include "api-gateway/views/transfer_view.h"

#include <array>
#include <utility>

#include "api-gateway/views/text.h"
#include "api-gateway/views/time.h"
#include "chain/catalog.h"
#include "money/amount.h"
#include "orders/transfer_status.h"

namespace gateway {

namespace {

namespace v1 = platform::chain::v1;
using Json = nlohmann::json;

constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kExplorers = {{
    {"eip155:1", "https://etherscan.io/tx/"},
    {"eip155:11155111", "https://sepolia.etherscan.io/tx/"},
    {"eip155:56", "https://bscscan.com/tx/"},
    {"eip155:97", "https://testnet.bscscan.com/tx/"},
    {"bip122:000000000019d6689c085ae165831e93", "https://mempool.space/tx/"},
    {"bip122:00000000da84f2bafbbc53dee25a72ae", "https://mempool.space/testnet4/tx/"},
    {"bip122:00040fe8ec8471911baa1db1266ea15d", "https://mainnet.zcashexplorer.app/transactions/"},
    {"bip122:05a60a92d99d85997cce3b87616c089f", "https://testnet.zcashexplorer.app/transactions/"},
    {"solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp", "https://explorer.solana.com/tx/"},
    {"solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1", "https://explorer.solana.com/tx/"},
}};

Json RecipientsJson(const v1::TransferView& view) {
    Json list = Json::array();
    for (const auto& recipient : view.to()) {
        list.push_back({{"address", recipient.address()},
                        {"amount", DecimalText(recipient.amount(), view.asset().decimals())},
                        {"amount_atomic", recipient.amount()}});
    }
    return list;
}

void AddFees(Json& json, const v1::TransferView& view, const chain::ChainInfo* chain) {
    if (chain == nullptr) {
        return;
    }
    json["fee_currency"] = chain->symbol;
    json["fee_estimate"] = TextOrNull(DecimalText(view.fee_estimate(), chain->decimals));
    json["fee_estimate_atomic"] = TextOrNull(view.fee_estimate());
    json["fee_paid"] = TextOrNull(DecimalText(view.fee_paid(), chain->decimals));
    json["fee_paid_atomic"] = TextOrNull(view.fee_paid());
}

}  // namespace

base::Result<v1::TransferStatus> ParseStatus(std::string_view name) {
    if (const auto status = orders::StatusOf(name); status != v1::TRANSFER_STATUS_UNSPECIFIED) {
        return status;
    }
    std::string names;
    for (const auto& [known, status] : orders::kTransferStatuses) {
        names += (names.empty() ? "" : ", ") + std::string(known);
    }
    return base::InvalidArgument("unknown_status", "status is one of " + names);
}

bool IsUndecided(v1::TransferStatus status) {
    return status == v1::TRANSFER_STATUS_AWAITING_APPROVAL || status == v1::TRANSFER_STATUS_PENDING;
}

bool NeverPays(v1::TransferStatus status) {
    return status == v1::TRANSFER_STATUS_FAILED || status == v1::TRANSFER_STATUS_REPLACED ||
           status == v1::TRANSFER_STATUS_EXPIRED;
}

bool IsTerminal(v1::TransferStatus status) {
    return status == v1::TRANSFER_STATUS_FINAL || NeverPays(status);
}

std::string DecimalText(const std::string& units, unsigned decimals) {
    const auto parsed = money::UInt256::Parse(units);
    return parsed ? money::FormatDecimal(*parsed, decimals) : std::string();
}

std::string ExplorerUrl(std::string_view network, const std::string& tx_hash) {
    for (const auto& [id, prefix] : kExplorers) {
        if (id == network && !tx_hash.empty()) {
            return std::string(prefix) + tx_hash;
        }
    }
    return {};
}

Json TransferJson(const v1::TransferView& view) {
    const chain::ChainInfo* chain = chain::FindNetwork(view.network());
    const std::string value = DecimalText(view.amount(), view.asset().decimals());
    Json json{{"id", "tx_" + view.id()},
              {"tx_hash", TextOrNull(view.tx_hash())},
              {"from", view.from()},
              {"to", view.to().empty() ? Json() : Json(view.to(0).address())},
              {"value", value},
              {"status", orders::StatusName(view.status())},
              {"chain", chain == nullptr ? Json() : Json(chain->name)},
              {"network", view.network()},
              {"wallet_id", view.wallet_id()},
              {"direction", view.incoming() ? "in" : "out"},
              {"action", view.action()},
              {"amount", value},
              {"amount_atomic", view.amount()},
              {"currency", view.asset().symbol()},
              {"token", TextOrNull(view.asset().contract())},
              {"recipients", RecipientsJson(view)},
              {"reason", TextOrNull(view.reason())},
              {"detail", TextOrNull(view.detail())},
              {"nonce", view.has_nonce() ? Json(view.nonce()) : Json()},
              {"block_height", view.has_block_height() ? Json(view.block_height()) : Json()},
              {"block_hash", TextOrNull(view.block_hash())},
              {"confirmations", view.confirmations()},
              {"replaced_by", TextOrNull(view.replaced_by())},
              {"memo", TextOrNull(view.memo())},
              {"explorer_url", TextOrNull(ExplorerUrl(view.network(), view.tx_hash()))},
              {"needs_operator", view.needs_operator()},
              {"created_at", view.has_created_at() ? TimeJson(view.created_at()) : Json()},
              {"confirmed_at", view.has_confirmed_at() ? TimeJson(view.confirmed_at()) : Json()}};
    if (!view.approval_id().empty()) {
        json["approval_id"] = "apr_" + view.approval_id();
    }
    AddFees(json, view, chain);
    return json;
}

Json TransferDetailJson(const v1::TransferView& view) {
    Json json = TransferJson(view);
    Json attempts = Json::array();
    for (const v1::Attempt& attempt : view.attempts()) {
        attempts.push_back({{"number", attempt.number()},
                            {"tx_hash", attempt.tx_hash()},
                            {"state", attempt.state()},
                            {"kind", attempt.kind()},
                            {"signed_at", TimeJson(attempt.signed_at())}});
    }
    Json timeline = Json::array();
    for (const v1::TimelineEntry& entry : view.timeline()) {
        timeline.push_back({{"state", entry.state()},
                            {"reason", TextOrNull(entry.reason())},
                            {"at", TimeJson(entry.at())}});
    }
    json["attempts"] = std::move(attempts);
    json["timeline"] = std::move(timeline);
    return json;
}

}  // namespace gateway
