// Fills: transactions of 0 to self that close a nonce gap.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"
#include "pg/tx.h"
#include "platform/wallet/v1/wallet_service.pb.h"
#include "signer/messages.h"
#include "wallet-manager/slot_store.h"

namespace wallet_manager {

// The stored answer for exactly this transaction, if it was signed.
[[nodiscard]] base::Result<std::optional<platform::wallet::v1::SignFillResponse>> FindFill(
    pg::Tx& tx, const Slot& slot, const base::Bytes& unsigned_tx);

// Errors: `rate_limited` with a time to retry after.
[[nodiscard]] base::Result<> CheckFillRate(pg::Tx& tx,
                                           const base::WalletId& wallet,
                                           int per_hour_max);

[[nodiscard]] base::Result<> RecordFill(pg::Tx& tx,
                                        const base::WalletId& wallet,
                                        const Slot& slot,
                                        const base::Bytes& unsigned_tx);

[[nodiscard]] base::Result<> StoreFill(pg::Tx& tx,
                                       const Slot& slot,
                                       const base::Bytes& unsigned_tx,
                                       const signer::SignedBytes& made);

}  // namespace wallet_manager
