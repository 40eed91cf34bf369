// Values that pass between the money engine and a chain's core. Amounts are base units.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "chain/catalog.h"
#include "money/amount.h"

namespace chain {

// What one payment reserves beside money, so that its attempts exclude each other.
enum class SlotKind {
    kNonce,  // account-model chains with a count (EVM)
    kCoins,  // UTXO
    kNone,   // Solana: at most one attempt is alive, and the others are proven dead
};

struct Parameters {
    const ChainInfo* info = nullptr;
    Mode mode = Mode::kDevnet;
    std::string network;  // CAIP-2
    money::Asset native;
    money::UInt256 fee_ceiling;     // static: no intent of this chain ever costs more
    std::uint32_t final_depth = 0;  // used where the node has no notion of finality
    SlotKind slot = SlotKind::kNonce;
    bool replaceable = true;  // the mempool takes a replacement (EVM, Bitcoin)
    bool mortal = false;      // a transaction that landed nowhere can be proven dead: FateOf
    std::chrono::milliseconds rebroadcast{30'000};  // at least this often
};

struct Recipient {
    std::string address;
    money::UInt256 amount;
};

enum class TransferMode { kExact, kSubtractFee, kAll };

struct Transfer {
    std::vector<Recipient> recipients;
    TransferMode mode = TransferMode::kExact;
    bool accept_off_curve = false;  // Solana: pay an address that has no private key
};

struct Approve {
    std::string spender;
    money::UInt256 amount;
};

struct Revoke {
    std::string spender;
};

struct SwapHop {
    std::string token;
    std::uint32_t fee = 0;  // of the pool to the next stop, hundredths of a basis point
};

struct Swap {
    std::string protocol;
    std::vector<SwapHop> hops;
    bool native_in = false;
    bool native_out = false;
    money::UInt256 amount_in;
    money::UInt256 amount_out_min;
    base::Time deadline;
};

struct Wrap {
    money::UInt256 amount;
};

struct Unwrap {
    money::UInt256 amount;
};

struct Cpfp {
    std::string parent_tx_hash;
};

using Action = std::variant<Transfer, Approve, Revoke, Swap, Wrap, Unwrap, Cpfp>;

enum class Speed { kSlow, kNormal, kFast };

struct EvmFeeWish {
    std::optional<money::UInt256> gas_price;  // set = a legacy transaction
    std::optional<money::UInt256> max_fee_per_gas;
    std::optional<money::UInt256> max_priority_fee_per_gas;
};

struct UtxoFeeWish {
    std::uint64_t rate_milli_per_vbyte = 0;
};

struct SolanaFeeWish {
    std::uint64_t compute_unit_price = 0;  // micro-lamports
};

// A figure beats the speed.
struct FeeWish {
    Speed speed = Speed::kNormal;
    std::variant<std::monostate, EvmFeeWish, UtxoFeeWish, SolanaFeeWish> figure;
};

// What an order comes to on a chain.
struct Plan {
    std::string from;
    money::Asset asset;
    Action action;
    FeeWish fee;
    money::UInt256 fee_cap;
    std::string memo;
    // Mode all, once it is authorised: at most this leaves, fee not included. Not a part of the
    // order, and not stored with it.
    std::optional<money::UInt256> amount_max{};
};

struct AddressCheck {
    bool valid = false;
    std::string canonical;
    std::string type;
    std::string checksum;  // valid, absent, wrong or empty
    std::string reason;    // stable code where not valid
    std::string detail;
    std::string suggestion;
};

// How far the blocks since an address's birthday have been read.
struct RescanProgress {
    std::uint64_t from_height = 0;
    std::uint64_t next_height = 0;
    std::uint64_t to_height = 0;
    std::string detail;  // why it does not go on
};

struct Balance {
    money::UInt256 amount;
    std::uint64_t block_height = 0;
    std::optional<RescanProgress> rescan{};  // while it runs the amount is not complete
    money::UInt256 arriving{};  // UTXO: on its way here in the node's memory pool, beside `amount`
};

struct Token {
    money::Asset asset;
    std::string name;
};

// One output of a UTXO chain.
struct Coin {
    std::string tx_hash;
    std::uint32_t index = 0;
    money::UInt256 amount;
};

// The figures a plan was priced at. `terms` is the chain's own record of them (JSON), stored with
// the intent and handed back to Build and Bump unread.
struct Quote {
    money::UInt256 amount;        // leaves the wallet in the plan's asset, fee not included
    money::UInt256 native_value;  // leaves the wallet in the native coin, fee not included
    money::UInt256 fee_expected;
    money::UInt256 fee_max;
    std::string terms;
    std::vector<std::string> warnings;  // "code: sentence"
    std::vector<Coin> coins{};          // UTXO: to be spent, the anchor first
};

// What was reserved for one intent: a nonce (EVM) or coins (UTXO, the first one is the anchor).
struct Slot {
    std::optional<std::uint64_t> nonce;
    std::vector<Coin> coins;
    // Solana: a number that no intent of the wallet shares for a long time. It keeps two equal
    // payments from being one transaction.
    std::uint64_t serial = 0;
};

enum class AttemptKind { kPay, kSpeedUp, kCancel };

struct Unsigned {
    base::Bytes payload;  // the family's canonical encoding
    std::string terms;    // the Quote's terms it was built from
    money::UInt256 fee_max;
    std::vector<Coin> coins{};  // UTXO: what it spends, the anchor first
};

// An output that pays a watched address and can be spent by its key.
struct NewCoin {
    Coin coin;
    std::string address;
    bool coinbase = false;
};

struct Signed {
    base::Bytes payload;
    std::string tx_hash;             // computed here, never taken from a node
    std::vector<NewCoin> outputs{};  // UTXO: those with an address, whoever's
};

enum class BroadcastResult {
    kAccepted,
    kAlreadyKnown,       // these very bytes are in the mempool or on the chain
    kSlotTaken,          // nonce used or an input spent: look the own hashes up
    kUnderpriced,        // fee below the market or the replacement rule
    kInsufficientFunds,  // the node thinks so
    kExpired,            // its life is over, or has not begun for this node
    kRejected,           // any other refusal; `text` says which
};

struct BroadcastAnswer {
    BroadcastResult result = BroadcastResult::kAccepted;
    std::string text;  // the node's own words, cut to 300 characters
};

struct Block {
    std::uint64_t height = 0;
    std::string hash;
    std::string parent_hash;
    base::Time time;
};

struct Head {
    Block newest;
    Block final;
};

enum class TxPlace { kUnknown, kMempool, kBlock };

struct TxStatus {
    TxPlace place = TxPlace::kUnknown;
    std::uint64_t block_height = 0;
    std::string block_hash;
    bool succeeded = false;  // receipt status; true on chains without one
    money::UInt256 fee_paid;
};

// A transaction of ours as it was sent.
struct SentTx {
    std::string from;
    std::string tx_hash;
    std::string terms;
};

// What is known of a transaction that is in no block.
enum class Life {
    kMayLand,
    kUnproven,  // its time is over, and whether it landed is not known
    kGone,      // its time is over and the chain does not show it
    kDead,      // proven: its time is over, and our books of every block of it have no trace
};

// A landed transaction always costs its payer something. So one that is gone is dead if the payer's
// own money is what the books say without it.
struct Fate {
    Life life = Life::kMayLand;
    std::string detail;  // what was seen, or what is missing
    Balance before{};    // kGone: native money of the payer when it was made
    Balance after{};     // kGone: at final depth, past its life
};

// A further transaction of a payment whose former one is proven dead.
struct Renewal {
    Unsigned unsigned_tx;
    std::optional<money::UInt256> amount;  // leaves the wallet; empty = the same as before
};

// Numbers of an account-model address. `final_count` is the count at the final block.
struct Account {
    std::uint64_t final_count = 0;
    std::uint64_t newest_count = 0;
    std::uint64_t pending_count = 0;
    money::UInt256 native_balance;
    std::uint64_t block_height = 0;  // of native_balance and newest_count
};

// One payment to a watched address, found in a block.
struct Incoming {
    std::string tx_hash;
    std::string position;  // inside the transaction: log ordinal, vout or instruction path
    std::string from;
    std::string to;
    money::Asset asset;
    money::UInt256 amount;
};

// An output that some transaction of a block spends, whoever's it was.
struct SpentCoin {
    std::string tx_hash;
    std::uint32_t index = 0;
    std::string spender;  // the hash of that transaction
};

// A transaction that made coins of ours. Spending them takes its bytes as the proof of their
// amounts.
struct CoinSource {
    std::string tx_hash;
    base::Bytes raw;
};

// A transaction that a watched address has signed.
struct Sender {
    std::string tx_hash;
    std::string address;
};

struct BlockContent {
    Block block;
    std::vector<Incoming> incoming;
    std::vector<Sender> senders{};  // account-model chains alone
    // UTXO chains alone.
    std::vector<NewCoin> coins{};
    std::vector<SpentCoin> spent{};
    std::vector<CoinSource> sources{};  // where signatures need them
    std::vector<std::string> alarms{};  // what may be missing from it: a person must see them
};

// A transaction in the memory pool of a UTXO chain's node.
struct PooledTx {
    std::string tx_hash;
    std::vector<NewCoin> outputs;  // those with an address, whoever's
    std::vector<SpentCoin> spends;
    std::size_t size = 0;  // bytes
};

// A transaction as the node shows it, for people.
struct TxView {
    std::string tx_hash;
    std::string from;
    std::string to;
    money::UInt256 value;
    TxStatus status;
    std::vector<std::string> decoded;
};

struct FeeOffer {
    Speed speed = Speed::kNormal;
    FeeWish figures;
    money::UInt256 transfer_cost;
    std::uint32_t expected_seconds = 0;
};

}  // namespace chain
