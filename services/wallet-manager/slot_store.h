// Nonces of account-model wallets: one nonce, one intent or one fill.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "pg/tx.h"

namespace wallet_manager {

// A nonce may be this far above the lowest one that is not signed yet: a daemon that asks for more
// would leave payments waiting for gaps that nobody fills.
inline constexpr std::int64_t kNonceAheadMax = 256;

struct Slot {
    std::string network;
    std::string from;  // canonical address
    std::int64_t nonce = 0;

    bool operator==(const Slot&) const = default;
};

struct SlotWish {
    base::WalletId wallet;
    base::IntentId intent;
    Slot slot;
};

// Gives each intent its nonce, or finds it given. Errors: `nonce_taken` (another intent or a fill
// has one), `slot_mismatch` (an intent has another one), `nonce_too_far`.
[[nodiscard]] base::Result<> TakeSlots(pg::Tx& tx, const std::vector<SlotWish>& wishes);

// For a later attempt. Errors: `slot_mismatch`.
[[nodiscard]] base::Result<> CheckSlot(pg::Tx& tx, const base::IntentId& intent, const Slot& slot);

// Errors: `no_gap` unless a higher nonce of the address is signed; `nonce_taken`.
[[nodiscard]] base::Result<> TakeFillSlot(pg::Tx& tx, const Slot& slot);

}  // namespace wallet_manager
