#include "wallet-manager/history.h"

#include <cstdint>
#include <optional>
#include <string_view>

#include <nlohmann/json.hpp>

#include "auth/proto_time.h"
#include "chain/catalog.h"
#include "orders/transfer_status.h"

namespace wallet_manager {

namespace {

namespace chain_v1 = platform::chain::v1;

using nlohmann::json;

constexpr std::string_view kUtc = "+00:00";

constexpr std::string_view kColumns =
    "SELECT id, user_id, wallet_id, network, incoming, action, from_address, recipients::text AS "
    "recipients, asset_contract, asset_program, asset_symbol, asset_decimals, amount, status, "
    "reason, detail, tx_hash, attempts::text AS attempts, nonce, fee_estimate, fee_paid, "
    "block_height, block_hash, confirmations, replaced_by, approval_id, memo, timeline::text AS "
    "timeline, created_at, confirmed_at, needs_operator FROM user_payments ";

// jsonb writes times of the UTC session as 2026-01-28T10:00:00.123456+00:00.
google::protobuf::Timestamp TimeOf(const json& text) {
    std::string time = text.is_string() ? text.get<std::string>() : std::string();
    if (time.ends_with(kUtc)) {
        time.replace(time.size() - kUtc.size(), kUtc.size(), "Z");
    }
    const auto parsed = base::ParseRfc3339(time);
    return parsed ? auth::ToTimestamp(*parsed) : google::protobuf::Timestamp();
}

std::string TextOf(const json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

void ReadLists(const pg::Row& row, chain_v1::TransferView& view) {
    for (const json& recipient : json::parse(row.Get<std::string>("recipients"))) {
        auto* added = view.add_to();
        added->set_address(TextOf(recipient, "address"));
        added->set_amount(TextOf(recipient, "amount"));
    }
    for (const json& attempt : json::parse(row.Get<std::string>("attempts"))) {
        auto* added = view.add_attempts();
        added->set_number(attempt.value("number", std::uint32_t{0}));
        added->set_tx_hash(TextOf(attempt, "tx_hash"));
        added->set_state(TextOf(attempt, "state"));
        added->set_kind(TextOf(attempt, "kind"));
        *added->mutable_signed_at() = TimeOf(attempt.value("signed_at", json()));
    }
    for (const json& step : json::parse(row.Get<std::string>("timeline"))) {
        auto* added = view.add_timeline();
        added->set_state(TextOf(step, "state"));
        added->set_reason(TextOf(step, "reason"));
        *added->mutable_at() = TimeOf(step.value("at", json()));
    }
}

void ReadChainFacts(const pg::Row& row, chain_v1::TransferView& view) {
    view.set_tx_hash(row.Get<std::string>("tx_hash"));
    if (const auto nonce = row.Get<std::optional<std::uint64_t>>("nonce")) {
        view.set_nonce(*nonce);
    }
    view.set_fee_estimate(row.Get<std::optional<std::string>>("fee_estimate").value_or(""));
    view.set_fee_paid(row.Get<std::optional<std::string>>("fee_paid").value_or(""));
    if (const auto height = row.Get<std::optional<std::uint64_t>>("block_height")) {
        view.set_block_height(*height);
    }
    view.set_block_hash(row.Get<std::optional<std::string>>("block_hash").value_or(""));
    view.set_confirmations(row.Get<std::optional<std::uint64_t>>("confirmations").value_or(0));
    view.set_replaced_by(row.Get<std::string>("replaced_by"));
    if (const auto confirmed = row.Get<std::optional<base::Time>>("confirmed_at")) {
        *view.mutable_confirmed_at() = auth::ToTimestamp(*confirmed);
    }
}

chain_v1::TransferView ReadView(const pg::Row& row) {
    chain_v1::TransferView view;
    view.set_id(row.Get<std::string>("id"));
    view.set_network(row.Get<std::string>("network"));
    view.set_wallet_id(row.Get<std::string>("wallet_id"));
    view.set_user_id(row.Get<std::string>("user_id"));
    view.set_incoming(row.Get<bool>("incoming"));
    view.set_from(row.Get<std::string>("from_address"));
    view.mutable_asset()->set_contract(row.Get<std::string>("asset_contract"));
    view.mutable_asset()->set_program(row.Get<std::string>("asset_program"));
    view.mutable_asset()->set_symbol(row.Get<std::string>("asset_symbol"));
    view.mutable_asset()->set_decimals(row.Get<std::uint32_t>("asset_decimals"));
    view.set_amount(row.Get<std::string>("amount"));
    view.set_status(orders::StatusOf(row.Get<std::string>("status")));
    view.set_reason(row.Get<std::string>("reason"));
    view.set_detail(row.Get<std::string>("detail"));
    view.set_approval_id(row.Get<std::optional<std::string>>("approval_id").value_or(""));
    view.set_memo(row.Get<std::string>("memo"));
    *view.mutable_created_at() = auth::ToTimestamp(row.Get<base::Time>("created_at"));
    view.set_action(row.Get<std::string>("action"));
    view.set_needs_operator(row.Get<bool>("needs_operator"));
    ReadLists(row, view);
    ReadChainFacts(row, view);
    return view;
}

base::Result<> UseUtc(pg::Tx& tx) {
    BASE_RETURN_IF_ERROR(tx.Exec("SET LOCAL TIME ZONE 'UTC'"));
    return {};
}

// Empty = no bound.
base::Result<std::optional<std::string>> ReadId(const std::string& text, std::string_view reason) {
    if (text.empty()) {
        return std::optional<std::string>();
    }
    const auto id = base::ParseUuid(text);
    if (!id) {
        return base::InvalidArgument(reason, "it is not from a list of payments");
    }
    return std::optional<std::string>(base::FormatUuid(*id));
}

std::optional<base::Time> Bound(bool present, const google::protobuf::Timestamp& stamp) {
    return present ? std::optional<base::Time>(auth::FromTimestamp(stamp)) : std::nullopt;
}

}  // namespace

base::Result<platform::wallet::v1::ListTransactionsResponse> ListPayments(
    pg::Tx& tx,
    const base::UserId& user,
    const platform::wallet::v1::ListTransactionsRequest& request,
    int limit) {
    BASE_RETURN_IF_ERROR(UseUtc(tx));
    BASE_ASSIGN_OR_RETURN(const auto cursor, ReadId(request.page().cursor(), "bad_cursor"));
    std::string chain;
    if (!request.chain().empty()) {
        BASE_ASSIGN_OR_RETURN(const auto* found, chain::FindChain(request.chain()));
        chain = found->name;
    }
    BASE_ASSIGN_OR_RETURN(
        const pg::Rows rows,
        tx.Exec(std::string(kColumns) +
                    "WHERE user_id = $1 AND ($2 = '' OR chain = $2) AND ($3 = '' OR status = $3) "
                    "AND ($4 = '' OR incoming = ($4 = 'in')) "
                    "AND ($5::timestamptz IS NULL OR created_at >= $5::timestamptz) "
                    "AND ($6::timestamptz IS NULL OR created_at < $6::timestamptz) "
                    "AND ($7::uuid IS NULL OR (created_at, id) < (SELECT created_at, id FROM "
                    "user_payments WHERE id = $7::uuid AND user_id = $1)) "
                    "ORDER BY created_at DESC, id DESC LIMIT $8",
                user,
                chain,
                std::string(orders::StatusName(request.status())),
                request.direction(),
                Bound(request.has_from(), request.from()),
                Bound(request.has_to(), request.to()),
                cursor,
                limit + 1));
    platform::wallet::v1::ListTransactionsResponse response;
    for (const pg::Row row : rows) {
        if (response.transactions_size() == limit) {
            response.mutable_page()->set_next_cursor(response.transactions(limit - 1).id());
            break;
        }
        *response.add_transactions() = ReadView(row);
    }
    return response;
}

base::Result<chain_v1::TransferView> GetPayment(pg::Tx& tx,
                                                const base::UserId& user,
                                                const std::string& id) {
    BASE_RETURN_IF_ERROR(UseUtc(tx));
    BASE_ASSIGN_OR_RETURN(const auto parsed, ReadId(id, "bad_id"));
    BASE_ASSIGN_OR_RETURN(
        const auto row,
        tx.Maybe(std::string(kColumns) + "WHERE id = $1 AND user_id = $2", parsed, user));
    if (!row) {
        return base::NotFound("unknown_tx", "there is no such payment");
    }
    return ReadView(*row);
}

}  // namespace wallet_manager
