// Whether an intent's row still says what its order says: rows can be edited by whoever reaches the
// database, orders cannot. Only for the .cpp files of libs/transfer.
#pragma once

#include "base/ids.h"
#include "base/result.h"
#include "transfer/core.h"
#include "transfer/store_intents.h"

namespace transfer {

// `wallet`: whose queue the row stands in. Errors: `row_mismatch`.
[[nodiscard]] base::Result<> CheckRow(const Core& core,
                                      const base::WalletId& wallet,
                                      const Queued& row);

}  // namespace transfer
