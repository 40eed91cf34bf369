#include "wallet-manager/policy_store.h"

#include <google/protobuf/util/json_util.h>
#include <string>

namespace wallet_manager {

namespace {

std::string ToJson(const Policy& policy) {
    google::protobuf::util::JsonPrintOptions options;
    options.preserve_proto_field_names = true;
    std::string json;
    // Fails only for messages that hold google.protobuf.Any.
    (void)google::protobuf::util::MessageToJsonString(policy, &json, options);
    return json;
}

base::Result<StoredPolicy> ReadRow(const std::optional<pg::Row>& row, const Policy& standard) {
    if (!row) {
        return StoredPolicy{standard, std::nullopt, std::nullopt};
    }
    StoredPolicy stored;
    BASE_ASSIGN_OR_RETURN(stored.policy, ParsePolicy(row->Get<std::string>("policy")));
    if (row->IsNull("pending")) {
        return stored;
    }
    BASE_ASSIGN_OR_RETURN(Policy pending, ParsePolicy(row->Get<std::string>("pending")));
    if (row->Get<bool>("due")) {
        stored.policy = std::move(pending);
        return stored;
    }
    stored.pending = std::move(pending);
    stored.pending_at = row->Get<base::Time>("pending_at");
    return stored;
}

constexpr const char* kSelect =
    "SELECT policy, pending, pending_at, pending_at <= now() AS due FROM policies "
    "WHERE user_id = $1";

}  // namespace

base::Result<Policy> ParsePolicy(const std::string& json) {
    Policy policy;
    if (!google::protobuf::util::JsonStringToMessage(json, &policy).ok()) {
        return base::InvalidArgument("bad_policy", "the policy's JSON does not parse");
    }
    return policy;
}

base::Result<StoredPolicy> LoadPolicy(pg::Tx& tx,
                                      const base::UserId& user,
                                      const Policy& standard) {
    BASE_ASSIGN_OR_RETURN(const auto row, tx.Maybe(kSelect, user));
    return ReadRow(row, standard);
}

base::Result<StoredPolicy> LockPolicy(pg::Tx& tx,
                                      const base::UserId& user,
                                      const Policy& standard) {
    BASE_RETURN_IF_ERROR(
        tx.Exec("INSERT INTO policies (user_id, policy) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                user,
                ToJson(standard)));
    BASE_ASSIGN_OR_RETURN(const auto row,
                          tx.Maybe(std::string(kSelect) + " FOR NO KEY UPDATE", user));
    return ReadRow(row, standard);
}

base::Result<> StorePolicy(pg::Tx& tx, const base::UserId& user, const Policy& policy) {
    BASE_RETURN_IF_ERROR(tx.Exec(
        "UPDATE policies SET policy = $2, pending = NULL, pending_at = NULL, updated_at = now() "
        "WHERE user_id = $1",
        user,
        ToJson(policy)));
    return {};
}

base::Result<base::Time> StorePending(pg::Tx& tx,
                                      const base::UserId& user,
                                      const Policy& in_force,
                                      const Policy& pending) {
    BASE_ASSIGN_OR_RETURN(const pg::Row row,
                          tx.One("UPDATE policies SET policy = $2, pending = $3, "
                                 "pending_at = now() + INTERVAL '24 hours', updated_at = now() "
                                 "WHERE user_id = $1 RETURNING pending_at",
                                 user,
                                 ToJson(in_force),
                                 ToJson(pending)));
    return row.Get<base::Time>("pending_at");
}

base::Result<money::UInt256> SpentInWindow(pg::Tx& tx,
                                           const base::UserId& user,
                                           const Spend& spend) {
    BASE_ASSIGN_OR_RETURN(
        const pg::Row row,
        tx.One("SELECT least(coalesce(sum(amount), 0), 2::numeric ^ 256 - 1) AS spent "
               "FROM spend_reservations WHERE user_id = $1 AND network = $2 AND contract = $3 "
               "AND counts AND (settled_at IS NULL OR reserved_at > now() - INTERVAL '24 hours')",
               user,
               spend.network,
               spend.contract));
    const std::string text = row.Get<std::string>("spent");
    return money::UInt256::Parse(text.substr(0, text.find('.')));
}

base::Result<> Reserve(pg::Tx& tx,
                       const base::IntentId& intent,
                       const base::UserId& user,
                       const Spend& spend) {
    BASE_RETURN_IF_ERROR(
        tx.Exec("INSERT INTO spend_reservations (intent_id, user_id, network, contract, amount) "
                "VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                intent,
                user,
                spend.network,
                spend.contract,
                spend.amount.ToDecimal()));
    return {};
}

base::Result<> Settle(pg::Tx& tx, const base::IntentId& intent, bool counts) {
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE spend_reservations SET counts = $2, settled_at = now() "
                "WHERE intent_id = $1 AND settled_at IS NULL",
                intent,
                counts));
    return {};
}

}  // namespace wallet_manager
