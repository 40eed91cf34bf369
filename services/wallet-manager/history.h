// Payments of a user over all chains, read from the view user_payments.
#pragma once

#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "pg/tx.h"
#include "platform/wallet/v1/wallet_service.pb.h"

namespace wallet_manager {

// Newest first. Errors: `bad_cursor`.
[[nodiscard]] base::Result<platform::wallet::v1::ListTransactionsResponse> ListPayments(
    pg::Tx& tx,
    const base::UserId& user,
    const platform::wallet::v1::ListTransactionsRequest& request,
    int limit);

// Another user's payment answers like an absent one. Errors: `unknown_tx`.
[[nodiscard]] base::Result<platform::chain::v1::TransferView> GetPayment(pg::Tx& tx,
                                                                         const base::UserId& user,
                                                                         const std::string& id);

}  // namespace wallet_manager
