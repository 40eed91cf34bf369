// Anchor coins of UTXO wallets: one coin, one payment. Every attempt of a payment spends its
// anchor, so that at most one of them can land.
#pragma once

#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "pg/tx.h"
#include "utxo/transaction.h"

namespace wallet_manager {

// "hash:output" of each input, in order.
[[nodiscard]] std::vector<std::string> CoinNames(const utxo::Transaction& transaction);

// Gives the first coin to the intent, or finds it given. Errors: `coin_taken` (another payment has
// it), `slot_mismatch` (the intent has another one).
[[nodiscard]] base::Result<> TakeAnchor(pg::Tx& tx,
                                        const base::IntentId& intent,
                                        const std::string& network,
                                        const std::vector<std::string>& coins);

// For a later attempt: one of the coins is the anchor. Errors: `slot_mismatch`.
[[nodiscard]] base::Result<> CheckAnchor(pg::Tx& tx,
                                         const base::IntentId& intent,
                                         const std::string& network,
                                         const std::vector<std::string>& coins);

// The intent was voided, or none of its attempts can land any more and none spent the coin.
[[nodiscard]] base::Result<> FreeAnchor(pg::Tx& tx, const base::IntentId& intent);

}  // namespace wallet_manager
