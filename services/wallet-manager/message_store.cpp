#include "wallet-manager/message_store.h"

#include <chrono>

#include "auth/proto_time.h"

namespace wallet_manager {

namespace {

constexpr int kTypesMax = 100;
constexpr int kMessagesPerMinuteMax = 30;

constexpr std::string_view kColumns =
    "id, network, contract, primary_type, created_at, effective_at";

MessageType ReadRow(const pg::Row& row) {
    MessageType type;
    type.set_id(row.Get<std::string>("id"));
    type.set_network(row.Get<std::string>("network"));
    type.set_contract(row.Get<std::string>("contract"));
    type.set_primary_type(row.Get<std::string>("primary_type"));
    *type.mutable_created_at() = auth::ToTimestamp(row.Get<base::Time>("created_at"));
    *type.mutable_effective_at() = auth::ToTimestamp(row.Get<base::Time>("effective_at"));
    return type;
}

base::Result<> CheckRate(pg::Tx& tx, const base::WalletId& wallet) {
    BASE_ASSIGN_OR_RETURN(
        const pg::Row row,
        tx.One("SELECT count(*) AS messages FROM message_orders WHERE wallet_id = $1 "
               "AND requested_at > now() - INTERVAL '1 minute'",
               wallet));
    if (row.Get<int>("messages") >= kMessagesPerMinuteMax) {
        base::Error error = base::MakeError(base::ErrorKind::kResourceExhausted,
                                            "rate_limited",
                                            "a wallet signs 30 messages a minute at most");
        error.retry_after = std::chrono::minutes(1);
        return error;
    }
    return {};
}

}  // namespace

base::Result<bool> IsMessageTypeAllowed(pg::Tx& tx,
                                        const base::UserId& user,
                                        const MessageTypeKey& key) {
    BASE_ASSIGN_OR_RETURN(
        const auto row,
        tx.Maybe("SELECT 1 AS one FROM message_types WHERE user_id = $1 AND network = $2 "
                 "AND contract = $3 AND primary_type = $4 AND effective_at <= now()",
                 user,
                 key.network,
                 key.contract,
                 key.primary_type));
    return row.has_value();
}

base::Result<std::vector<MessageType>> ListMessageTypes(pg::Tx& tx, const base::UserId& user) {
    BASE_ASSIGN_OR_RETURN(
        const pg::Rows rows,
        tx.Exec("SELECT " + std::string(kColumns) +
                    " FROM message_types WHERE user_id = $1 ORDER BY created_at, id",
                user));
    std::vector<MessageType> types;
    for (const pg::Row row : rows) {
        types.push_back(ReadRow(row));
    }
    return types;
}

base::Result<MessageType> AddMessageType(pg::Tx& tx,
                                         const base::UserId& user,
                                         const MessageTypeKey& key) {
    BASE_ASSIGN_OR_RETURN(
        const pg::Row count,
        tx.One("SELECT count(*) AS types FROM message_types WHERE user_id = $1", user));
    if (count.Get<int>("types") >= kTypesMax) {
        return base::FailedPrecondition("too_many_message_types",
                                        "a user allows 100 types of messages at most");
    }
    BASE_RETURN_IF_ERROR(
        tx.Exec("INSERT INTO message_types (id, user_id, network, contract, primary_type) "
                "VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                base::FormatUuid(base::RandomUuid()),
                user,
                key.network,
                key.contract,
                key.primary_type));
    BASE_ASSIGN_OR_RETURN(
        const pg::Row row,
        tx.One("SELECT " + std::string(kColumns) +
                   " FROM message_types WHERE user_id = $1 AND network = $2 AND contract = $3 "
                   "AND primary_type = $4",
               user,
               key.network,
               key.contract,
               key.primary_type));
    return ReadRow(row);
}

base::Result<MessageType> RemoveMessageType(pg::Tx& tx,
                                            const base::UserId& user,
                                            const std::string& id) {
    const auto parsed = base::ParseUuid(id);
    std::optional<pg::Row> row;
    if (parsed) {
        BASE_ASSIGN_OR_RETURN(
            row,
            tx.Maybe("DELETE FROM message_types WHERE id = $1 AND user_id = $2 RETURNING " +
                         std::string(kColumns),
                     base::FormatUuid(*parsed),
                     user));
    }
    if (!row) {
        return base::NotFound("unknown_message_type", "there is no such type of messages");
    }
    return ReadRow(*row);
}

base::Result<> RecordMessage(pg::Tx& tx, const MessageRecord& record) {
    BASE_RETURN_IF_ERROR(CheckRate(tx, record.wallet));
    BASE_ASSIGN_OR_RETURN(
        const auto row,
        tx.Maybe("INSERT INTO message_orders (order_id, wallet_id, kind, digest) "
                 "VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING 1 AS one",
                 record.order,
                 record.wallet,
                 record.kind,
                 record.digest));
    if (!row) {
        return base::FailedPrecondition("order_used", "this order was used before");
    }
    return {};
}

}  // namespace wallet_manager
