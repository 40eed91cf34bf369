#include "wallet-manager/slot_store.h"

#include <optional>

namespace wallet_manager {

namespace {

// The stored floor is moved in steps, so that most signatures do not write the wallet's row.
constexpr std::int64_t kFloorStep = 128;
constexpr int kFloorScanMax = 1024;

base::Error SlotError(std::string_view reason, std::string detail) {
    return base::FailedPrecondition(reason, std::move(detail));
}

// The first nonce from `floor` on that is not signed.
base::Result<std::int64_t> LowestUnsigned(pg::Tx& tx, const Slot& slot, std::int64_t floor) {
    BASE_ASSIGN_OR_RETURN(const pg::Rows rows,
                          tx.Exec("SELECT nonce FROM gate_slots WHERE network = $1 AND "
                                  "from_address = $2 AND nonce >= $3 AND signed "
                                  "ORDER BY nonce LIMIT $4",
                                  slot.network,
                                  slot.from,
                                  floor,
                                  kFloorScanMax));
    for (const pg::Row row : rows) {
        if (row.Get<std::int64_t>("nonce") != floor) {
            break;
        }
        ++floor;
    }
    return floor;
}

// An imported key may have any history: its first nonce here is taken as it comes.
base::Result<> CheckDistance(pg::Tx& tx, const base::WalletId& wallet, const Slot& slot) {
    BASE_ASSIGN_OR_RETURN(const pg::Row row,
                          tx.One("SELECT nonce_floor FROM wallets WHERE id = $1", wallet));
    const auto floor = row.Get<std::optional<std::int64_t>>("nonce_floor");
    if (floor && slot.nonce <= *floor + kFloorStep) {
        return {};
    }
    std::int64_t lowest = slot.nonce;
    if (floor) {
        BASE_ASSIGN_OR_RETURN(lowest, LowestUnsigned(tx, slot, *floor));
    }
    if (slot.nonce > lowest + kNonceAheadMax) {
        return SlotError("nonce_too_far",
                         "nonce " + std::to_string(slot.nonce) + " is too far above " +
                             std::to_string(lowest) + ", the lowest one not signed yet");
    }
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE wallets SET nonce_floor = $2 "
                "WHERE id = $1 AND nonce_floor IS NOT DISTINCT FROM $3",
                wallet,
                lowest,
                floor));
    return {};
}

}  // namespace

base::Result<> CheckSlot(pg::Tx& tx, const base::IntentId& intent, const Slot& slot) {
    BASE_ASSIGN_OR_RETURN(
        const auto own,
        tx.Maybe("SELECT 1 AS one FROM gate_slots WHERE intent_id = $1 AND network = $2 AND "
                 "from_address = $3 AND nonce = $4",
                 intent,
                 slot.network,
                 slot.from,
                 slot.nonce));
    if (!own) {
        return SlotError("slot_mismatch", "the intent was given another nonce");
    }
    return {};
}

base::Result<> TakeSlot(pg::Tx& tx,
                        const base::WalletId& wallet,
                        const base::IntentId& intent,
                        const Slot& slot) {
    BASE_ASSIGN_OR_RETURN(const auto mine,
                          tx.Maybe("SELECT nonce FROM gate_slots WHERE intent_id = $1", intent));
    if (mine) {
        return CheckSlot(tx, intent, slot);
    }
    BASE_RETURN_IF_ERROR(CheckDistance(tx, wallet, slot));
    BASE_ASSIGN_OR_RETURN(
        const pg::Rows taken,
        tx.Exec("INSERT INTO gate_slots (network, from_address, nonce, intent_id) "
                "VALUES ($1, $2, $3, $4) ON CONFLICT (network, from_address, nonce) DO NOTHING",
                slot.network,
                slot.from,
                slot.nonce,
                intent));
    if (taken.affected() == 0) {
        return SlotError("nonce_taken",
                         "nonce " + std::to_string(slot.nonce) + " serves another payment");
    }
    return {};
}

base::Result<> TakeFillSlot(pg::Tx& tx, const Slot& slot) {
    BASE_ASSIGN_OR_RETURN(const auto above,
                          tx.Maybe("SELECT 1 AS one FROM gate_slots WHERE network = $1 AND "
                                   "from_address = $2 AND nonce > $3 AND signed LIMIT 1",
                                   slot.network,
                                   slot.from,
                                   slot.nonce));
    if (!above) {
        return SlotError("no_gap", "no payment above this nonce waits for it");
    }
    BASE_RETURN_IF_ERROR(
        tx.Exec("INSERT INTO gate_slots (network, from_address, nonce) VALUES ($1, $2, $3) "
                "ON CONFLICT (network, from_address, nonce) DO NOTHING",
                slot.network,
                slot.from,
                slot.nonce));
    BASE_ASSIGN_OR_RETURN(const pg::Row row,
                          tx.One("SELECT intent_id IS NULL AS is_fill FROM gate_slots WHERE "
                                 "network = $1 AND from_address = $2 AND nonce = $3",
                                 slot.network,
                                 slot.from,
                                 slot.nonce));
    if (!row.Get<bool>("is_fill")) {
        return SlotError("nonce_taken",
                         "nonce " + std::to_string(slot.nonce) + " serves a payment");
    }
    return {};
}

}  // namespace wallet_manager
