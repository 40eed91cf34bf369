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

base::Result<StoredPolicy> ReadStored(const pg::Row& row) {
    StoredPolicy stored;
    BASE_ASSIGN_OR_RETURN(stored.policy, ParsePolicy(row.Get<std::string>("policy")));
    if (row.IsNull("pending")) {
        return stored;
    }
    BASE_ASSIGN_OR_RETURN(Policy pending, ParsePolicy(row.Get<std::string>("pending")));
    if (row.Get<bool>("due")) {
        stored.policy = std::move(pending);
        return stored;
    }
    stored.pending = std::move(pending);
    stored.pending_at = row.Get<base::Time>("pending_at");
    return stored;
}

constexpr const char* kSelect =
    "SELECT user_id, policy, pending, pending_at, pending_at <= now() AS due FROM policies "
    "WHERE user_id = ANY ($1::uuid[]) ORDER BY user_id";

base::Result<Policies> SelectPolicies(pg::Tx& tx,
                                      const std::string& sql,
                                      const std::set<base::UserId>& users,
                                      const Policy& standard) {
    BASE_ASSIGN_OR_RETURN(const pg::Rows rows,
                          tx.Exec(sql, std::vector<base::UserId>(users.begin(), users.end())));
    Policies policies;
    for (const pg::Row row : rows) {
        BASE_ASSIGN_OR_RETURN(policies[row.Get<base::UserId>("user_id")], ReadStored(row));
    }
    for (const base::UserId& user : users) {
        policies.try_emplace(user, StoredPolicy{standard, std::nullopt, std::nullopt});
    }
    return policies;
}

}  // namespace

base::Result<Policy> ParsePolicy(const std::string& json) {
    Policy policy;
    if (!google::protobuf::util::JsonStringToMessage(json, &policy).ok()) {
        return base::InvalidArgument("bad_policy", "the policy's JSON does not parse");
    }
    return policy;
}

base::Result<Policies> LoadPolicies(pg::Tx& tx,
                                    const std::set<base::UserId>& users,
                                    const Policy& standard) {
    return SelectPolicies(tx, kSelect, users, standard);
}

base::Result<Policies> LockPolicies(pg::Tx& tx,
                                    const std::set<base::UserId>& users,
                                    const Policy& standard) {
    BASE_RETURN_IF_ERROR(
        tx.Exec("INSERT INTO policies (user_id, policy) SELECT id, $2::jsonb "
                "FROM unnest($1::uuid[]) AS u (id) ORDER BY id ON CONFLICT DO NOTHING",
                std::vector<base::UserId>(users.begin(), users.end()),
                ToJson(standard)));
    return SelectPolicies(tx, std::string(kSelect) + " FOR NO KEY UPDATE", users, standard);
}

base::Result<StoredPolicy> LoadPolicy(pg::Tx& tx,
                                      const base::UserId& user,
                                      const Policy& standard) {
    BASE_ASSIGN_OR_RETURN(auto policies, LoadPolicies(tx, {user}, standard));
    return std::move(policies.at(user));
}

base::Result<StoredPolicy> LockPolicy(pg::Tx& tx,
                                      const base::UserId& user,
                                      const Policy& standard) {
    BASE_ASSIGN_OR_RETURN(auto policies, LockPolicies(tx, {user}, standard));
    return std::move(policies.at(user));
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

base::Result<Sums> SpentInWindows(pg::Tx& tx, const std::set<Window>& windows) {
    std::vector<base::UserId> users;
    std::vector<std::string> networks;
    std::vector<std::string> contracts;
    for (const Window& window : windows) {
        users.push_back(window.user);
        networks.push_back(window.network);
        contracts.push_back(window.contract);
    }
    BASE_ASSIGN_OR_RETURN(
        const pg::Rows rows,
        // Whole hours by their sums; row by row the hour in which the window begins, and what is
        // older and not settled.
        tx.Exec("SELECT u.owner, u.network, u.contract, least(2::numeric ^ 256 - 1, "
                "(SELECT coalesce(sum(h.amount), 0) FROM spend_hours h WHERE h.user_id = u.owner "
                "AND h.network = u.network AND h.contract = u.contract "
                "AND h.hour > hour_of(now() - INTERVAL '24 hours')) + "
                "(SELECT coalesce(sum(r.amount), 0) FROM spend_reservations r "
                "WHERE r.user_id = u.owner AND r.network = u.network AND r.contract = u.contract "
                "AND r.counts AND r.reserved_at > now() - INTERVAL '24 hours' "
                "AND r.reserved_at < hour_of(now() - INTERVAL '23 hours')) + "
                "(SELECT coalesce(sum(r.amount), 0) FROM spend_reservations r "
                "WHERE r.user_id = u.owner AND r.network = u.network AND r.contract = u.contract "
                "AND r.counts AND r.settled_at IS NULL "
                "AND r.reserved_at <= now() - INTERVAL '24 hours')) AS spent "
                "FROM unnest($1::uuid[], $2::text[], $3::text[]) AS u (owner, network, contract)",
                users,
                networks,
                contracts));
    Sums sums;
    for (const pg::Row row : rows) {
        const Window window{row.Get<base::UserId>("owner"),
                            row.Get<std::string>("network"),
                            row.Get<std::string>("contract")};
        const std::string text = row.Get<std::string>("spent");
        BASE_ASSIGN_OR_RETURN(sums[window], money::UInt256::Parse(text.substr(0, text.find('.'))));
    }
    return sums;
}

base::Result<> Reserve(pg::Tx& tx, const std::vector<Reservation>& reservations) {
    if (reservations.empty()) {
        return {};
    }
    std::vector<base::IntentId> intents;
    std::vector<base::UserId> users;
    std::vector<std::string> networks;
    std::vector<std::string> contracts;
    std::vector<std::string> amounts;
    for (const Reservation& reservation : reservations) {
        intents.push_back(reservation.intent);
        users.push_back(reservation.window.user);
        networks.push_back(reservation.window.network);
        contracts.push_back(reservation.window.contract);
        amounts.push_back(reservation.amount.ToDecimal());
    }
    BASE_RETURN_IF_ERROR(
        tx.Exec("INSERT INTO spend_reservations (intent_id, user_id, network, contract, amount) "
                "SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], "
                "$5::numeric[]) ON CONFLICT DO NOTHING",
                intents,
                users,
                networks,
                contracts,
                amounts));
    return {};
}

base::Result<> Settle(pg::Tx& tx, const std::vector<base::IntentId>& intents, bool counts) {
    if (intents.empty()) {
        return {};
    }
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE spend_reservations SET counts = $2, settled_at = now() "
                "WHERE intent_id = ANY ($1::uuid[]) AND settled_at IS NULL",
                intents,
                counts));
    return {};
}

}  // namespace wallet_manager
