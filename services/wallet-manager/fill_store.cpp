#include "wallet-manager/fill_store.h"

#include <chrono>

namespace wallet_manager {

base::Result<std::optional<platform::wallet::v1::SignFillResponse>> FindFill(
    pg::Tx& tx, const Slot& slot, const base::Bytes& unsigned_tx) {
    using Response = platform::wallet::v1::SignFillResponse;
    BASE_ASSIGN_OR_RETURN(
        const auto row,
        tx.Maybe("SELECT signed_tx, tx_hash FROM gate_fills WHERE network = $1 AND "
                 "from_address = $2 AND nonce = $3 AND unsigned_tx = $4 AND signed_tx IS NOT NULL",
                 slot.network,
                 slot.from,
                 slot.nonce,
                 unsigned_tx));
    if (!row) {
        return std::optional<Response>();
    }
    Response response;
    response.set_signed_tx(base::ToText(row->Get<base::Bytes>("signed_tx")));
    response.set_tx_hash(row->Get<std::string>("tx_hash"));
    return std::optional<Response>(std::move(response));
}

base::Result<> CheckFillRate(pg::Tx& tx, const base::WalletId& wallet, int per_hour_max) {
    BASE_ASSIGN_OR_RETURN(const pg::Row row,
                          tx.One("SELECT count(*) AS fills FROM gate_fills WHERE wallet_id = $1 "
                                 "AND requested_at > now() - INTERVAL '1 hour'",
                                 wallet));
    if (row.Get<int>("fills") >= per_hour_max) {
        base::Error error = base::MakeError(base::ErrorKind::kResourceExhausted,
                                            "rate_limited",
                                            "too many nonce gaps were filled in the last hour");
        error.retry_after = std::chrono::minutes(1);
        return error;
    }
    return {};
}

base::Result<> RecordFill(pg::Tx& tx,
                          const base::WalletId& wallet,
                          const Slot& slot,
                          const base::Bytes& unsigned_tx) {
    BASE_RETURN_IF_ERROR(
        tx.Exec("INSERT INTO gate_fills (network, from_address, nonce, wallet_id, unsigned_tx) "
                "VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                slot.network,
                slot.from,
                slot.nonce,
                wallet,
                unsigned_tx));
    return {};
}

base::Result<> StoreFill(pg::Tx& tx,
                         const Slot& slot,
                         const base::Bytes& unsigned_tx,
                         const signer::SignedBytes& made) {
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE gate_fills SET signed_tx = $5, tx_hash = $6 WHERE network = $1 AND "
                "from_address = $2 AND nonce = $3 AND unsigned_tx = $4 AND signed_tx IS NULL",
                slot.network,
                slot.from,
                slot.nonce,
                unsigned_tx,
                made.signed_tx,
                made.tx_hash));
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE gate_slots SET signed = true WHERE network = $1 AND from_address = $2 "
                "AND nonce = $3 AND NOT signed",
                slot.network,
                slot.from,
                slot.nonce));
    return {};
}

}  // namespace wallet_manager
