#include "wallet-manager/anchor_store.h"

namespace wallet_manager {

namespace {

base::Error OtherAnchor() {
    return base::FailedPrecondition("slot_mismatch", "the intent was given another anchor coin");
}

}  // namespace

std::vector<std::string> CoinNames(const utxo::Transaction& transaction) {
    std::vector<std::string> names;
    for (const utxo::Input& input : transaction.inputs) {
        names.push_back(utxo::TxHashText(input.prevout.tx_hash) + ":" +
                        std::to_string(input.prevout.index));
    }
    return names;
}

base::Result<> CheckAnchor(pg::Tx& tx,
                           const base::IntentId& intent,
                           const std::string& network,
                           const std::vector<std::string>& coins) {
    BASE_ASSIGN_OR_RETURN(const auto own,
                          tx.Maybe("SELECT 1 AS one FROM gate_anchors WHERE intent_id = $1 "
                                   "AND network = $2 AND coin = ANY ($3::text[])",
                                   intent,
                                   network,
                                   coins));
    return own ? base::Result<>() : OtherAnchor();
}

base::Result<> TakeAnchor(pg::Tx& tx,
                          const base::IntentId& intent,
                          const std::string& network,
                          const std::vector<std::string>& coins) {
    const std::string& anchor = coins.front();
    BASE_RETURN_IF_ERROR(
        tx.Exec("INSERT INTO gate_anchors (network, coin, intent_id) "
                "VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                network,
                anchor,
                intent));
    BASE_ASSIGN_OR_RETURN(const auto row,
                          tx.Maybe("SELECT intent_id FROM gate_anchors "
                                   "WHERE network = $1 AND coin = $2",
                                   network,
                                   anchor));
    if (!row) {
        return OtherAnchor();
    }
    if (row->Get<base::IntentId>("intent_id") != intent) {
        return base::FailedPrecondition("coin_taken", "coin " + anchor + " serves another payment");
    }
    return {};
}

base::Result<> FreeAnchor(pg::Tx& tx, const base::IntentId& intent) {
    BASE_RETURN_IF_ERROR(tx.Exec("DELETE FROM gate_anchors WHERE intent_id = $1", intent));
    return {};
}

}  // namespace wallet_manager
