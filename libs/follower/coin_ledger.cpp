#include "follower/coin_ledger.h"

#include <cstdint>

#include "transfer/rows.h"

namespace follower {

namespace {

// A wallet and the newest block that was read. $1 network, $2 address.
constexpr const char* kWallet =
    "WITH w AS (SELECT wallet_id FROM watched_addresses WHERE network = $1 AND address = $2), "
    "tip AS (SELECT max(height) AS height FROM follower_blocks WHERE network = $1) ";

// (With + gcc 12 takes the precompiled string for too short.)
std::string OfWallet(std::string_view query) {
    std::string text(kWallet);
    text.append(query);
    return text;
}

// Of a wallet of whose addresses some are still read from older blocks.
base::Result<std::optional<chain::RescanProgress>> FindRescan(pg::Tx& tx,
                                                              const std::string& network,
                                                              const std::string& address) {
    using Progress = std::optional<chain::RescanProgress>;
    BASE_ASSIGN_OR_RETURN(
        const auto row,
        tx.Maybe(OfWallet("SELECT r.from_height, r.next_height, r.detail, tip.height FROM tip, "
                          "rescans r JOIN watched_addresses o USING (network, address) "
                          "JOIN w USING (wallet_id) WHERE r.network = $1 "
                          "AND r.finished_at IS NULL ORDER BY r.next_height LIMIT 1"),
                 network,
                 address));
    if (!row) {
        return Progress();
    }
    chain::RescanProgress progress;
    progress.from_height = row->Get<std::uint64_t>("from_height");
    progress.next_height = row->Get<std::uint64_t>("next_height");
    progress.to_height = row->Get<std::uint64_t>("height");
    progress.detail = row->Get<std::string>("detail");
    return Progress(std::move(progress));
}

// A coin found may have been spent in a block that is still to be read.
base::Error Rescanning(const chain::RescanProgress& progress) {
    return base::FailedPrecondition("wallet_rescanning",
                                    "the blocks since this wallet's birthday are being read: at " +
                                        std::to_string(progress.next_height) + " of " +
                                        std::to_string(progress.to_height) +
                                        (progress.detail.empty() ? "" : "; " + progress.detail));
}

base::Error NotReady() {
    return base::Unavailable("follower_behind", "no block of this chain has been read yet");
}

}  // namespace

base::Result<chain::Holdings> CoinLedger::HoldingsOf(const std::string& address) {
    return pg::ReadSnapshot(pool_, [&](pg::Tx& tx) -> base::Result<chain::Holdings> {
        BASE_ASSIGN_OR_RETURN(
            const auto sums,
            tx.One(
                OfWallet("SELECT tip.height, greatest(0, coalesce((SELECT sum(c.amount) "
                         "FROM coins c JOIN w USING (wallet_id) WHERE c.network = $1 "
                         "AND c.block_height IS NOT NULL AND c.spent_height IS NULL), 0) "
                         "- coalesce((SELECT sum(h.amount) FROM holds h WHERE h.network = $1 "
                         "AND h.address = $2 AND h.asset_contract = '' AND h.released_at IS NULL "
                         "AND (h.mined_height IS NULL OR h.mined_height > tip.height)), 0)) "
                         "AS remaining FROM tip"),
                network_,
                address));
        if (sums.IsNull("height")) {
            return NotReady();
        }
        BASE_ASSIGN_OR_RETURN(const auto rescan, FindRescan(tx, network_, address));
        if (rescan) {
            return Rescanning(*rescan);
        }
        chain::Holdings holdings;
        holdings.tip_height = sums.Get<std::uint64_t>("height");
        holdings.left = transfer::UnitsOf(sums, "remaining");
        // Change in no block counts while its payment is under way and has one version alone.
        BASE_ASSIGN_OR_RETURN(
            const auto rows,
            tx.Exec(OfWallet("SELECT c.tx_hash, c.output, c.amount, c.address, c.coinbase, "
                             "c.own_chain, coalesce(c.block_height, 0) AS block_height, "
                             "coalesce(i.attempt_count, 0) AS attempts FROM coins c "
                             "JOIN w USING (wallet_id) LEFT JOIN intents i ON i.id = c.made_by "
                             "WHERE c.network = $1 AND c.spent_height IS NULL "
                             "AND (c.block_height IS NOT NULL "
                             "OR i.state IN ('SIGNED', 'SUBMITTED', 'MINED')) "
                             "AND NOT EXISTS (SELECT 1 FROM coin_locks l WHERE l.network = $1 "
                             "AND l.tx_hash = c.tx_hash AND l.output = c.output) "
                             "ORDER BY c.block_height, c.tx_hash, c.output"),
                    network_,
                    address));
        for (const pg::Row row : rows) {
            chain::FreeCoin coin;
            coin.coin = {row.Get<std::string>("tx_hash"),
                         row.Get<std::uint32_t>("output"),
                         transfer::UnitsOf(row, "amount")};
            coin.address = row.Get<std::string>("address");
            coin.coinbase = row.Get<bool>("coinbase");
            coin.block_height = row.Get<std::uint64_t>("block_height");
            coin.own_chain = row.Get<std::uint32_t>("own_chain");
            coin.parent_attempts = row.Get<std::uint32_t>("attempts");
            holdings.free.push_back(std::move(coin));
        }
        return holdings;
    });
}

base::Result<chain::Balance> CoinLedger::BalanceOf(const std::string& address) {
    return pg::ReadSnapshot(pool_, [&](pg::Tx& tx) -> base::Result<chain::Balance> {
        BASE_ASSIGN_OR_RETURN(
            const auto row,
            tx.One(
                OfWallet("SELECT tip.height, coalesce((SELECT sum(c.amount) FROM coins c "
                         "JOIN w USING (wallet_id) WHERE c.network = $1 "
                         "AND c.block_height IS NOT NULL AND c.spent_height IS NULL), 0) "
                         "AS amount, coalesce((SELECT sum(t.amount) FROM incoming_transfers t "
                         "JOIN w USING (wallet_id) WHERE t.network = $1 AND t.state = 'PENDING'), "
                         "0) AS arriving FROM tip"),
                network_,
                address));
        if (row.IsNull("height")) {
            return NotReady();
        }
        chain::Balance balance{transfer::UnitsOf(row, "amount"), row.Get<std::uint64_t>("height")};
        BASE_ASSIGN_OR_RETURN(balance.rescan, FindRescan(tx, network_, address));
        balance.arriving = transfer::UnitsOf(row, "arriving");
        return balance;
    });
}

base::Result<std::optional<chain::TxStatus>> CoinLedger::FindTransaction(
    const std::string& tx_hash) {
    using Found = std::optional<chain::TxStatus>;
    return pg::Transact(pool_, [&](pg::Tx& tx) -> base::Result<Found> {
        BASE_ASSIGN_OR_RETURN(
            const auto row,
            tx.Maybe("SELECT f.height, f.block, coalesce((SELECT a.fee_max FROM attempts a "
                     "WHERE a.network = $1 AND a.tx_hash = $2), 0) AS fee FROM ("
                     "SELECT spent_height AS height, spent_block AS block FROM coins "
                     "WHERE network = $1 AND spent_by = $2 AND spent_height IS NOT NULL "
                     "UNION ALL SELECT block_height, block_hash FROM coins WHERE network = $1 "
                     "AND tx_hash = $2 AND block_height IS NOT NULL) f LIMIT 1",
                     network_,
                     tx_hash));
        if (!row) {
            return Found();
        }
        chain::TxStatus status;
        status.place = chain::TxPlace::kBlock;
        status.block_height = row->Get<std::uint64_t>("height");
        status.block_hash = row->Get<std::string>("block");
        status.succeeded = true;
        status.fee_paid = transfer::UnitsOf(*row, "fee");
        return Found(status);
    });
}

base::Result<std::optional<money::UInt256>> CoinLedger::FeeOf(const std::string& tx_hash) {
    using Fee = std::optional<money::UInt256>;
    return pg::Transact(pool_, [&](pg::Tx& tx) -> base::Result<Fee> {
        BASE_ASSIGN_OR_RETURN(
            const auto row,
            tx.Maybe("SELECT fee_max FROM attempts WHERE network = $1 AND tx_hash = $2",
                     network_,
                     tx_hash));
        return row ? Fee(transfer::UnitsOf(*row, "fee_max")) : Fee();
    });
}

base::Result<base::Bytes> CoinLedger::SourceOf(const std::string& tx_hash) {
    return pg::Transact(pool_, [&](pg::Tx& tx) -> base::Result<base::Bytes> {
        BASE_ASSIGN_OR_RETURN(
            const auto row,
            tx.Maybe("SELECT raw FROM (SELECT raw FROM coin_sources WHERE network = $1 "
                     "AND tx_hash = $2 UNION ALL SELECT signed_tx FROM attempts "
                     "WHERE network = $1 AND tx_hash = $2) s LIMIT 1",
                     network_,
                     tx_hash));
        if (!row) {
            return base::NotFound("unknown_tx", "we do not have this transaction's bytes");
        }
        return row->Get<base::Bytes>("raw");
    });
}

}  // namespace follower
