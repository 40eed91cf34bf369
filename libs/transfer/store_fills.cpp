#include "transfer/store_fills.h"

#include "transfer/store_moves.h"

namespace transfer {

namespace {

constexpr std::uint32_t kFillsMax = 16;  // of one address in one round

}  // namespace

base::Result<std::vector<GapRange>> LoadGapRanges(pg::Tx& tx,
                                                  const std::string& network,
                                                  const base::WalletId& wallet) {
    BASE_ASSIGN_OR_RETURN(
        const auto rows,
        tx.Exec("SELECT t.from_address, t.above FROM (SELECT s.from_address, max(s.nonce) AS above "
                "FROM intents i JOIN nonce_slots s ON s.intent_id = i.id WHERE i.network = $1 "
                "AND i.wallet_id = $2 AND i.state IN ('SIGNED', 'SUBMITTED') "
                "GROUP BY s.from_address) t WHERE EXISTS (SELECT 1 FROM nonce_slots f "
                "WHERE f.network = $1 AND f.from_address = t.from_address "
                "AND f.used_by = 'nobody' AND f.nonce < t.above) "
                "AND NOT EXISTS (SELECT 1 FROM intents w WHERE w.wallet_id = $2 "
                "AND w.state IN ('RECEIVED', 'AUTHORISED') AND w.reason = '')",
                network,
                wallet));
    std::vector<GapRange> ranges;
    for (const pg::Row row : rows) {
        ranges.push_back(
            {row.Get<std::string>("from_address"), 0, row.Get<std::uint64_t>("above")});
    }
    return ranges;
}

base::Result<std::vector<Gap>> LoadGaps(pg::Tx& tx,
                                        const std::string& network,
                                        const GapRange& range) {
    BASE_ASSIGN_OR_RETURN(const auto rows,
                          tx.Exec("SELECT nonce FROM nonce_slots WHERE network = $1 "
                                  "AND from_address = $2 AND used_by = 'nobody' AND nonce >= $3 "
                                  "AND nonce < $4 ORDER BY nonce LIMIT $5",
                                  network,
                                  range.from,
                                  range.lowest,
                                  range.above,
                                  kFillsMax));
    std::vector<Gap> gaps;
    for (const pg::Row row : rows) {
        gaps.push_back({range.from, row.Get<std::uint64_t>("nonce")});
    }
    return gaps;
}

base::Result<> InsertFill(pg::Tx& tx,
                          const std::string& network,
                          const base::WalletId& wallet,
                          const Gap& gap,
                          base::ByteView unsigned_tx) {
    BASE_ASSIGN_OR_RETURN(
        const auto slot,
        tx.Exec("UPDATE nonce_slots SET used_by = 'fill' WHERE network = $1 "
                "AND from_address = $2 AND nonce = $3 AND used_by IN ('nobody', 'fill')",
                network,
                gap.from,
                gap.nonce));
    BASE_RETURN_IF_ERROR(CheckMoved(slot, 1));
    BASE_RETURN_IF_ERROR(
        tx.Exec("INSERT INTO fills (network, from_address, nonce, number, wallet_id, "
                "unsigned_tx) SELECT $1, $2, $3, 1 + coalesce(max(number), 0), $4, $5 "
                "FROM fills WHERE network = $1 AND from_address = $2 AND nonce = $3 "
                "HAVING NOT coalesce(bool_or(state = 'requested'), false)",
                network,
                gap.from,
                gap.nonce,
                wallet,
                unsigned_tx));
    return {};
}

base::Result<std::vector<UnsignedFill>> LoadUnsignedFills(pg::Tx& tx,
                                                          const std::string& network,
                                                          const base::WalletId& wallet) {
    BASE_ASSIGN_OR_RETURN(
        const auto rows,
        tx.Exec("SELECT wallet_id, from_address, nonce, number, unsigned_tx FROM fills "
                "WHERE network = $1 AND wallet_id = $2 AND state = 'requested' "
                "AND next_try_at <= now() ORDER BY nonce LIMIT 16",
                network,
                wallet));
    std::vector<UnsignedFill> fills;
    for (const pg::Row row : rows) {
        fills.push_back({row.Get<base::WalletId>("wallet_id"),
                         row.Get<std::string>("from_address"),
                         row.Get<std::uint64_t>("nonce"),
                         row.Get<std::uint32_t>("number"),
                         row.Get<base::Bytes>("unsigned_tx")});
    }
    return fills;
}

base::Result<> MarkFillSigned(pg::Tx& tx,
                              const std::string& network,
                              const UnsignedFill& fill,
                              const chain::Signed& signed_tx) {
    BASE_ASSIGN_OR_RETURN(
        const auto rows,
        tx.Exec("UPDATE fills SET signed_tx = $5, tx_hash = $6, signed_at = now(), "
                "state = 'live', next_try_at = now() WHERE network = $1 AND from_address = $2 "
                "AND nonce = $3 AND number = $4 AND state = 'requested'",
                network,
                fill.from,
                fill.nonce,
                fill.number,
                signed_tx.payload,
                signed_tx.tx_hash));
    return CheckMoved(rows, 1);
}

base::Result<> PostponeFill(pg::Tx& tx,
                            const std::string& network,
                            const UnsignedFill& fill,
                            std::chrono::milliseconds again_in) {
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE fills SET next_try_at = now() + $5 * interval '1 millisecond' "
                "WHERE network = $1 AND from_address = $2 AND nonce = $3 AND number = $4 "
                "AND state = 'requested'",
                network,
                fill.from,
                fill.nonce,
                fill.number,
                again_in.count()));
    return {};
}

}  // namespace transfer
