// chain::Ledger over the follower's tables.
#pragma once

#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "chain/ledger.h"
#include "pg/pool.h"

namespace follower {

class CoinLedger final : public chain::Ledger {
public:
    // The pool outlives this object.
    CoinLedger(pg::Pool& pool, std::string network) : pool_(pool), network_(std::move(network)) {}

    [[nodiscard]] base::Result<chain::Holdings> HoldingsOf(const std::string& address) override;
    [[nodiscard]] base::Result<chain::Balance> BalanceOf(const std::string& address) override;
    [[nodiscard]] base::Result<std::optional<chain::TxStatus>> FindTransaction(
        const std::string& tx_hash) override;
    [[nodiscard]] base::Result<std::optional<money::UInt256>> FeeOf(
        const std::string& tx_hash) override;
    [[nodiscard]] base::Result<base::Bytes> SourceOf(const std::string& tx_hash) override;

private:
    pg::Pool& pool_;
    const std::string network_;
};

}  // namespace follower
