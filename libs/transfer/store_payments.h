// SQL of what people see (the view user_payments), of ends to report, and of the outbox.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "pg/tx.h"
#include "transfer/payment.h"

namespace transfer {

// An intent or incoming transfer of this network.
[[nodiscard]] base::Result<std::optional<Payment>> LoadPayment(pg::Tx& tx,
                                                               const std::string& network,
                                                               const std::string& id);

// Those of them that exist, in any order.
[[nodiscard]] base::Result<std::vector<Payment>> LoadPayments(
    pg::Tx& tx, const std::string& network, const std::vector<base::IntentId>& ids);

// The payment of a user that one of its hashes belongs to.
[[nodiscard]] base::Result<std::optional<Payment>> LoadPaymentByHash(pg::Tx& tx,
                                                                     const std::string& network,
                                                                     const base::UserId& user,
                                                                     const std::string& tx_hash);

struct PageQuery {
    std::string network;
    base::UserId user;
    base::WalletId wallet;
    std::size_t limit = 20;
    std::optional<PageKey> after;
};

[[nodiscard]] base::Result<PaymentPage> LoadPage(pg::Tx& tx, const PageQuery& query);

[[nodiscard]] base::Result<std::vector<Outcome>> LoadUnreported(pg::Tx& tx,
                                                                const std::string& network,
                                                                std::size_t limit);
[[nodiscard]] base::Result<> MarkReported(pg::Tx& tx, const std::vector<base::IntentId>& ids);

// Gives the committed rows their event ids, in order. The caller fenced the publisher's lease.
[[nodiscard]] base::Result<std::size_t> Publish(pg::Tx& tx,
                                                const std::string& network,
                                                std::size_t limit);
[[nodiscard]] base::Result<std::uint64_t> NewestEvent(pg::Tx& tx);
[[nodiscard]] base::Result<std::vector<Change>> LoadChanges(pg::Tx& tx,
                                                            const std::string& network,
                                                            std::uint64_t after,
                                                            std::size_t limit);

}  // namespace transfer
