// Values that enter and leave the money engine.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "chain/types.h"
#include "crypto/hash.h"
#include "transfer/gate.h"
#include "transfer/state.h"

namespace transfer {

// A verified order, in the engine's terms.
struct NewIntent {
    base::IntentId id;
    std::optional<base::IntentId> parent;
    base::UserId user;
    base::WalletId wallet;
    SignedOrder order;
    base::Time issued;
    base::Time expires;
    bool approved = false;              // carries an approval's digest
    crypto::Hash256 parameters_digest;  // equal for fresh orders over the same parameters
    chain::Plan plan;
    std::optional<money::UInt256> fee_estimate;  // as it was shown
};

// A verified order for a further attempt of an intent.
struct Replacement {
    base::IntentId intent;
    base::UserId user;
    base::WalletId wallet;
    chain::AttemptKind kind = chain::AttemptKind::kSpeedUp;  // or kCancel
    SignedOrder order;
    base::Time expires;
    money::UInt256 fee_cap;
    chain::FeeWish fee;
};

// How long a caller waits for an answerable state. Its end never ends the intent.
struct Wait {
    std::chrono::steady_clock::time_point until;
    std::stop_token cancelled;
};

struct AttemptView {
    std::uint32_t number = 0;
    std::string tx_hash;
    std::string state;
    std::string kind;
    std::optional<base::Time> signed_at;
};

struct TimelineEntry {
    std::string state;
    std::string reason;
    base::Time at;
};

// One row of the view user_payments: an intent, or an incoming transfer.
struct Payment {
    std::string id;
    base::UserId user;
    base::WalletId wallet;
    std::string network;
    bool incoming = false;
    std::string action;
    std::string from;
    std::vector<chain::Recipient> recipients;
    money::Asset asset;
    money::UInt256 amount;
    std::string state;
    std::string status;  // the public word
    std::string reason;
    std::string detail;
    std::string tx_hash;
    std::vector<AttemptView> attempts;
    std::optional<std::uint64_t> nonce;
    std::optional<money::UInt256> fee_estimate;
    std::optional<money::UInt256> fee_paid;
    std::optional<std::uint64_t> block_height;
    std::string block_hash;
    std::uint64_t confirmations = 0;
    std::string replaced_by;
    std::optional<base::ApprovalId> approval;
    std::string memo;
    std::vector<TimelineEntry> timeline;
    base::Time created_at;
    std::optional<base::Time> confirmed_at;
    bool needs_operator = false;
};

// A place in a list, newest first: below this creation time (the database's own text, which is
// finer than base::Time) and id.
struct PageKey {
    std::string created_at;
    std::string id;
};

struct PaymentPage {
    std::vector<Payment> payments;
    std::optional<PageKey> next;  // empty on the last page
};

// What a subscriber of changes is told. `event` rises without going back.
struct Change {
    std::uint64_t event = 0;
    base::UserId user;
    base::WalletId wallet;
    std::string subject;  // Payment::id
};

}  // namespace transfer
