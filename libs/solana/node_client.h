// The JSON-RPC methods this platform uses, typed. Every answer is checked for its shape; errors are
// those of chain::NodeRpc. Only for this folder.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "chain/node_rpc.h"
#include "chain/types.h"
#include "solana/answers.h"
#include "solana/pubkey.h"

namespace solana {

enum class Commitment { kProcessed, kConfirmed, kFinalized };

struct LatestBlockhash {
    std::uint64_t slot = 0;
    Pubkey blockhash;
    std::uint64_t last_valid_height = 0;
};

struct EpochInfo {
    std::uint64_t slot = 0;
    std::uint64_t block_height = 0;
};

struct AccountsSeen {
    std::uint64_t slot = 0;
    std::vector<std::optional<NodeAccount>> accounts;  // in the order asked for
};

struct Simulation {
    std::string error;  // empty: it would succeed
    std::uint64_t units = 0;
};

struct SignatureStatus {
    std::uint64_t slot = 0;
    bool failed = false;
    Commitment commitment = Commitment::kProcessed;
};

struct StatusSeen {
    std::uint64_t context_slot = 0;
    std::optional<SignatureStatus> status;
};

struct SignatureRow {
    std::string signature;
    std::uint64_t slot = 0;
};

// Where a block stands: heights count blocks, which slots leave out. Not every node tells.
struct BlockPlace {
    std::optional<std::uint64_t> parent_slot;
    std::optional<std::uint64_t> height;
};

// Newest first.
struct SignaturesQuery {
    Pubkey address;
    std::string before;  // a signature; empty = from the newest on
    std::uint64_t context_slot_min = 0;
};

struct TokenBalance {
    std::size_t account = 0;  // index into the keys
    std::string mint;
    std::string owner;
    std::string program;
    std::uint64_t amount = 0;
    std::uint32_t decimals = 0;
};

struct NodeTransaction {
    std::uint64_t slot = 0;
    bool failed = false;
    std::uint64_t fee = 0;
    std::vector<std::string> keys;  // static ones, then the looked-up ones
    std::vector<std::uint64_t> lamports_before;
    std::vector<std::uint64_t> lamports_after;
    std::vector<TokenBalance> tokens_before;
    std::vector<TokenBalance> tokens_after;
};

struct TokenAccountsSeen {
    std::vector<Pubkey> accounts;
    bool all = true;  // false: there are more than a node tells, or than are taken
};

// Token accounts of one owner and program that are taken at most.
inline constexpr std::size_t kTokenAccountsMax = 10'000;
// Rows of one page of signatures.
inline constexpr std::size_t kSignaturesPage = 1'000;
// Slots of one call.
inline constexpr std::uint64_t kBlocksRange = 10'000;
// Accounts of one call.
inline constexpr std::size_t kAccountsPage = 100;

class NodeClient {
public:
    // `node` outlives this object.
    explicit NodeClient(chain::NodeRpc& node) : node_(node) {}

    [[nodiscard]] base::Result<std::string> GenesisHash() const;
    [[nodiscard]] base::Result<std::string> Version() const;
    [[nodiscard]] base::Result<std::uint64_t> Slot(Commitment commitment) const;
    [[nodiscard]] base::Result<std::uint64_t> BlockHeight(Commitment commitment) const;
    [[nodiscard]] base::Result<EpochInfo> Epoch(Commitment commitment) const;
    [[nodiscard]] base::Result<LatestBlockhash> Newest(Commitment commitment) const;
    // At most kAccountsPage.
    [[nodiscard]] base::Result<AccountsSeen> Accounts(const std::vector<Pubkey>& keys,
                                                      Commitment commitment) const;
    // Lamports that an account with this much data must hold.
    [[nodiscard]] base::Result<std::uint64_t> Rent(std::uint64_t size) const;
    // Micro-lamports a unit that recent blocks asked for to write these accounts, in no order.
    [[nodiscard]] base::Result<std::vector<std::uint64_t>> RecentPrices(
        const std::vector<Pubkey>& writable) const;
    // Signatures are not looked at; the blockhash is replaced.
    [[nodiscard]] base::Result<Simulation> Simulate(base::ByteView transaction) const;
    [[nodiscard]] base::Result<std::string> Send(base::ByteView transaction) const;
    // Also of old transactions.
    [[nodiscard]] base::Result<StatusSeen> Status(const std::string& signature) const;
    [[nodiscard]] base::Result<std::vector<SignatureRow>> Signatures(
        const SignaturesQuery& query) const;
    // What any of the nodes has, of the first page alone; a silent node is passed over.
    [[nodiscard]] std::vector<SignatureRow> SignaturesOfEach(const SignaturesQuery& query) const;
    // At commitment confirmed; empty = no node has one with this signature.
    [[nodiscard]] base::Result<std::optional<NodeTransaction>> TransactionOf(
        const std::string& signature) const;
    // The same as it was sent, unchecked.
    [[nodiscard]] base::Result<std::optional<base::Bytes>> BytesOf(
        const std::string& signature) const;
    // At commitment confirmed. Empty: the slot was skipped, or no node has its block (yet).
    [[nodiscard]] base::Result<std::optional<chain::Block>> BlockAt(std::uint64_t slot) const;
    [[nodiscard]] base::Result<std::optional<BlockPlace>> PlaceOf(std::uint64_t slot) const;
    // The slots of the final blocks that one node has from `first` to `last`, kBlocksRange of them
    // at most.
    [[nodiscard]] base::Result<std::vector<std::uint64_t>> BlocksIn(std::uint64_t first,
                                                                    std::uint64_t last) const;
    // Token accounts of an owner, at commitment finalized.
    [[nodiscard]] base::Result<TokenAccountsSeen> TokenAccounts(const Pubkey& owner,
                                                                const Pubkey& program) const;

private:
    // A part of the history that one node may lack: it began later, or has a hole in its ledger.
    // One that does not have it is believed only once none of the others has it. Null: none has.
    [[nodiscard]] base::Result<Json> Find(std::string_view method, Json parameters) const;
    [[nodiscard]] base::Result<Json> FindBlock(std::uint64_t slot) const;
    [[nodiscard]] base::Result<Json> FindTransaction(const std::string& signature,
                                                     const char* encoding) const;

    chain::NodeRpc& node_;
};

}  // namespace solana
