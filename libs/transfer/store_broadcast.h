// SQL of the broadcaster: it reads committed bytes, sends them, and writes down what the node said.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "pg/tx.h"

namespace transfer {

struct Claimed {
    base::IntentId intent;
    base::WalletId wallet;
    std::uint32_t number = 1;
    std::string tx_hash;
    base::Bytes signed_tx;
    base::Bytes unsigned_tx;
    std::string reason;  // why the intent waits so far
};

struct Claim {
    std::string network;
    std::string holder;  // only wallets whose live lease it has
    std::size_t limit = 64;
    std::chrono::milliseconds lifetime{10'000};
};

// Attempts that are due, in order of nonce, locked for this process until the claim's end. Of one
// intent the newest, and older ones only where the node refused the newest: what was replaced is
// not sent again. Intents that were SIGNED become SUBMITTED: the network write may follow.
[[nodiscard]] base::Result<std::vector<Claimed>> ClaimDue(pg::Tx& tx, const Claim& claim);

// Of lost payments (store_lost.h) the attempts that had landed, whoever has their wallets' leases.
[[nodiscard]] base::Result<std::vector<Claimed>> ClaimLost(pg::Tx& tx, const Claim& claim);

struct Sent {
    base::IntentId intent;
    std::uint32_t number = 1;
    std::string answer;        // the node's words where it refused, else empty
    std::string reason;        // why the intent waits; empty = it does not
    bool other_reason = true;  // than before
    std::chrono::milliseconds again_in{30'000};
};

[[nodiscard]] base::Result<> RecordSent(pg::Tx& tx, std::span<const Sent> sent);

struct FillToSend {
    std::string from;
    std::uint64_t nonce = 0;
    std::uint32_t number = 1;
    base::Bytes signed_tx;
};

// Signed fills that are due, put off by `again_in` as they are read: sending them twice is
// harmless.
[[nodiscard]] base::Result<std::vector<FillToSend>> TakeFills(pg::Tx& tx,
                                                              const Claim& claim,
                                                              std::chrono::milliseconds again_in);

}  // namespace transfer
