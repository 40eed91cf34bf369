// What every chain can answer. One object serves all threads of a daemon; calls that ask the node
// are marked, all others are pure. A payment is Price -> Build -> (signer) -> Inspect -> Broadcast
// -> Status.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "chain/types.h"

namespace chain {

// A transaction of ours that we do not remember: its bytes, as the node has them.
struct Rediscovered {
    Unsigned unsigned_tx;  // without terms: all but its payload is as it was stored
    base::Bytes signed_tx;
};

class Chain {
public:
    virtual ~Chain() = default;

    [[nodiscard]] virtual const Parameters& parameters() const = 0;
    [[nodiscard]] virtual AddressCheck CheckAddress(std::string_view text) const = 0;

    // Asks the node. Refuses what can never pay: `bad_address`, `insufficient_funds`,
    // `insufficient_gas`, `fee_too_low`, `fee_cap_exceeded`, `unknown_token`, `would_revert`.
    [[nodiscard]] virtual base::Result<Quote> Price(const Plan& plan) = 0;
    // The unsigned transaction of a first attempt.
    [[nodiscard]] virtual base::Result<Unsigned> Build(const Plan& plan,
                                                       const Quote& quote,
                                                       const Slot& slot) const = 0;
    // Asks the node. A later attempt over the same slot: higher fees by the replacement rule,
    // inside the plan's fee cap. `plan.fee` is the wish for this attempt; without a figure it is
    // the smallest allowed bump at current fees. Errors: `fee_cap_exceeded`, `fee_bump_too_small`
    // (metadata `minimum`).
    [[nodiscard]] virtual base::Result<Unsigned> Bump(const Plan& plan,
                                                      AttemptKind kind,
                                                      const Unsigned& previous) = 0;
    // 0 to self at a gap below a signed nonce (account-model chains).
    [[nodiscard]] virtual base::Result<Unsigned> Fill(const std::string& from,
                                                      std::uint64_t nonce) = 0;
    // Checks that signed bytes are of this unsigned transaction and network, and computes the hash.
    [[nodiscard]] virtual base::Result<Signed> Inspect(base::ByteView signed_tx,
                                                       base::ByteView unsigned_tx) const = 0;

    // All below ask the node. An error = no answer, outcome unknown.
    [[nodiscard]] virtual base::Result<BroadcastAnswer> Broadcast(base::ByteView signed_tx) = 0;
    [[nodiscard]] virtual base::Result<TxStatus> Status(const std::string& tx_hash) = 0;

    // Of networks whose parameters say `mortal`; on others every transaction may land for ever.
    [[nodiscard]] virtual base::Result<Fate> FateOf(const SentTx& /*sent*/) { return Fate(); }

    // A further attempt of a payment whose attempt `dead` is proven dead: priced and built anew, or
    // over the same coins. Errors: those of Price.
    [[nodiscard]] virtual base::Result<Renewal> Renew(const Plan& plan,
                                                      const SentTx& /*dead*/,
                                                      const Slot& slot) {
        BASE_ASSIGN_OR_RETURN(const Quote quote, Price(plan));
        BASE_ASSIGN_OR_RETURN(Unsigned unsigned_tx, Build(plan, quote, slot));
        return Renewal{std::move(unsigned_tx), quote.amount};
    }

    // The transaction of this hash, which a block has, if it is the payment of `plan` in the slot
    // of `unsigned_tx`, whatever its fee. Empty: it is another one, or this family cannot tell.
    [[nodiscard]] virtual base::Result<std::optional<Rediscovered>> Rediscover(
        const std::string& /*tx_hash*/, const Plan& /*plan*/, base::ByteView /*unsigned_tx*/) {
        return std::optional<Rediscovered>();
    }

    [[nodiscard]] virtual base::Result<TxView> View(const std::string& tx_hash) = 0;
    [[nodiscard]] virtual base::Result<Head> GetHead() = 0;
    [[nodiscard]] virtual base::Result<Block> GetBlock(std::uint64_t height) = 0;
    [[nodiscard]] virtual base::Result<Account> GetAccount(const std::string& address) = 0;

    // Account::final_count, the least of what all nodes that answer say. Where there is one node,
    // its word stands. Errors: fewer than two of several answered.
    [[nodiscard]] virtual base::Result<std::uint64_t> ConfirmedCount(const std::string& address) {
        BASE_ASSIGN_OR_RETURN(const Account account, GetAccount(address));
        return account.final_count;
    }

    [[nodiscard]] virtual base::Result<Balance> GetBalance(const std::string& address,
                                                           const money::Asset& asset) = 0;
    [[nodiscard]] virtual base::Result<Token> GetToken(const std::string& contract) = 0;
    [[nodiscard]] virtual base::Result<std::vector<FeeOffer>> GetFees() = 0;
    // One block with the payments to `watched` (canonical addresses) in it. Chains that leave
    // heights out answer the next block from `height` on that matters, and one below `height` where
    // there is none yet.
    [[nodiscard]] virtual base::Result<BlockContent> ReadBlock(
        std::uint64_t height, const std::set<std::string>& watched) = 0;

    // Hashes of the transactions that wait in the node's memory pool; UTXO chains alone.
    [[nodiscard]] virtual base::Result<std::vector<std::string>> ListPool() {
        return std::vector<std::string>();
    }

    // One of them. Empty: it waits no longer.
    [[nodiscard]] virtual base::Result<std::optional<PooledTx>> ReadPooled(
        const std::string& /*tx_hash*/) {
        return std::optional<PooledTx>();
    }

    // Chain id or the like, and genesis hash: compared with the pinned ones at start and each
    // minute.
    [[nodiscard]] virtual base::Result<std::string> Identity() = 0;
    [[nodiscard]] virtual base::Result<std::string> ClientVersion() = 0;
};

}  // namespace chain
