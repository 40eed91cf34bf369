#include "wallet-manager/slot_store.h"

#include <map>
#include <optional>
#include <set>

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

using Floors = std::map<base::WalletId, std::optional<std::int64_t>>;

base::Result<Floors> LoadFloors(pg::Tx& tx, const std::vector<SlotWish>& wishes) {
    std::set<base::WalletId> wallets;
    for (const SlotWish& wish : wishes) {
        wallets.insert(wish.wallet);
    }
    BASE_ASSIGN_OR_RETURN(const pg::Rows rows,
                          tx.Exec("SELECT id, nonce_floor FROM wallets WHERE id = ANY ($1::uuid[])",
                                  std::vector<base::WalletId>(wallets.begin(), wallets.end())));
    Floors floors;
    for (const pg::Row row : rows) {
        floors[row.Get<base::WalletId>("id")] = row.Get<std::optional<std::int64_t>>("nonce_floor");
    }
    return floors;
}

// An imported key may have any history: its first nonce here is taken as it comes.
base::Result<> CheckDistance(pg::Tx& tx, const SlotWish& wish, std::optional<std::int64_t>& floor) {
    const Slot& slot = wish.slot;
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
                wish.wallet,
                lowest,
                floor));
    floor = lowest;
    return {};
}

base::Error OtherNonce() {
    return SlotError("slot_mismatch", "the intent was given another nonce");
}

// The wishes whose intents have no nonce yet.
base::Result<std::vector<SlotWish>> Unserved(pg::Tx& tx, const std::vector<SlotWish>& wishes) {
    std::vector<base::IntentId> intents;
    for (const SlotWish& wish : wishes) {
        intents.push_back(wish.intent);
    }
    BASE_ASSIGN_OR_RETURN(const pg::Rows rows,
                          tx.Exec("SELECT intent_id, network, from_address, nonce FROM gate_slots "
                                  "WHERE intent_id = ANY ($1::uuid[])",
                                  intents));
    std::map<base::IntentId, Slot> given;
    for (const pg::Row row : rows) {
        given[row.Get<base::IntentId>("intent_id")] = {row.Get<std::string>("network"),
                                                       row.Get<std::string>("from_address"),
                                                       row.Get<std::int64_t>("nonce")};
    }
    std::vector<SlotWish> open;
    for (const SlotWish& wish : wishes) {
        const auto found = given.find(wish.intent);
        if (found == given.end()) {
            open.push_back(wish);
        } else if (found->second != wish.slot) {
            return OtherNonce();
        }
    }
    return open;
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
        return OtherNonce();
    }
    return {};
}

base::Result<> TakeSlots(pg::Tx& tx, const std::vector<SlotWish>& wishes) {
    BASE_ASSIGN_OR_RETURN(const auto open, Unserved(tx, wishes));
    if (open.empty()) {
        return {};
    }
    BASE_ASSIGN_OR_RETURN(Floors floors, LoadFloors(tx, open));
    std::vector<std::string> networks;
    std::vector<std::string> addresses;
    std::vector<std::int64_t> nonces;
    std::vector<base::IntentId> intents;
    for (const SlotWish& wish : open) {
        BASE_RETURN_IF_ERROR(CheckDistance(tx, wish, floors[wish.wallet]));
        networks.push_back(wish.slot.network);
        addresses.push_back(wish.slot.from);
        nonces.push_back(wish.slot.nonce);
        intents.push_back(wish.intent);
    }
    BASE_ASSIGN_OR_RETURN(
        const pg::Rows taken,
        tx.Exec("INSERT INTO gate_slots (network, from_address, nonce, intent_id) "
                "SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::uuid[]) "
                "ON CONFLICT (network, from_address, nonce) DO NOTHING",
                networks,
                addresses,
                nonces,
                intents));
    if (taken.affected() != open.size()) {
        return SlotError("nonce_taken",
                         "nonce " + std::to_string(open.front().slot.nonce) +
                             (open.size() > 1 ? " or one after it" : "") +
                             " serves another payment");
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
