// SQL of coins as the engine reserves them: one coin serves one intent, from its reservation to the
// end. The coins themselves are the follower's rows. The caller's transaction began with Fence.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "chain/types.h"
#include "pg/tx.h"

namespace transfer {

// "hash:output", as attempts.coins and wallet-manager spell it.
[[nodiscard]] std::vector<std::string> CoinNames(std::span<const chain::Coin> coins);

struct CoinUse {
    const std::string& network;
    const base::WalletId& wallet;
    const base::IntentId& intent;
    std::span<const chain::Coin> coins;
    bool first_attempt = true;  // its first coin becomes the anchor
};

// Locks those that the intent does not have yet. False: one of them serves another payment, is
// spent, or is change that may not be built on any more; then none is locked.
[[nodiscard]] base::Result<bool> TakeCoins(pg::Tx& tx, const CoinUse& use);

// What a first attempt pays.
struct SignedOutputs {
    base::IntentId intent;
    std::vector<chain::NewCoin> coins;
};

// What comes back to an address of the paying wallet, whichever of them its coins were at, can be
// spent before it is in a block.
[[nodiscard]] base::Result<> InsertChange(pg::Tx& tx, std::span<const SignedOutputs> payments);

// Of ended intents: what the landed transaction did not spend is free again, and change of those
// that can never land is no coin.
[[nodiscard]] base::Result<> ReleaseCoins(pg::Tx& tx, const std::vector<base::IntentId>& ids);

// Another payment of ours spends change of this one.
[[nodiscard]] base::Result<bool> HasChild(pg::Tx& tx, const base::IntentId& intent);

// A transaction in a block that no attempt here is.
struct Stranger {
    std::string tx_hash;
    std::uint64_t height = 0;
};

// Of these intents, those whose anchor one has spent: it may be an attempt that is forgotten here.
[[nodiscard]] base::Result<std::map<base::IntentId, Stranger>> LoadAnchorStrangers(
    pg::Tx& tx, const std::vector<base::IntentId>& ids);

struct ConflictRules {
    std::uint64_t final_height = 0;
    bool mortal = false;  // transactions die of age: what waits for one that did dies by itself
};

// Of these intents, those of which no attempt can land any more: each spends a coin that is gone
// for good. A transaction that is not one of their own has spent it up to the final height, or the
// payment that would have made it can never land.
[[nodiscard]] base::Result<std::set<base::IntentId>> LoadCoinConflicts(
    pg::Tx& tx, const std::vector<base::IntentId>& ids, const ConflictRules& rules);

// Of the last block that the follower has read; empty before the first.
[[nodiscard]] base::Result<std::string> LoadFollowedHash(pg::Tx& tx, const std::string& network);

}  // namespace transfer
