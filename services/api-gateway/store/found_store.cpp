#include "api-gateway/store/found_store.h"

#include <nlohmann/json.hpp>

namespace gateway {

base::Result<std::vector<FoundPayment>> ListFoundPayments(pg::Pool& pool,
                                                          base::UserId user,
                                                          const std::string& network,
                                                          unsigned limit) {
    return pg::Transact(pool, [&](pg::Tx& tx) -> base::Result<std::vector<FoundPayment>> {
        BASE_ASSIGN_OR_RETURN(
            const auto rows,
            tx.Exec("SELECT tx_hash, recipient, amount, to_json(lines)::text AS lines, "
                    "block_height, block_time FROM unknown_spends WHERE user_id = $1 "
                    "AND network = $2 AND described ORDER BY block_height DESC, tx_hash LIMIT $3",
                    user,
                    network,
                    limit));
        std::vector<FoundPayment> found;
        for (const pg::Row row : rows) {
            FoundPayment payment;
            payment.tx_hash = row.Get<std::string>("tx_hash");
            payment.to = row.Get<std::string>("recipient");
            BASE_ASSIGN_OR_RETURN(payment.amount,
                                  money::UInt256::Parse(row.Get<std::string>("amount")));
            payment.lines = nlohmann::json::parse(row.Get<std::string>("lines"))
                                .get<std::vector<std::string>>();
            payment.block_height = row.Get<std::uint64_t>("block_height");
            payment.at = row.Get<base::Time>("block_time");
            found.push_back(std::move(payment));
        }
        return found;
    });
}

}  // namespace gateway
