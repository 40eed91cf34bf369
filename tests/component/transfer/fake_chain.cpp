#include "component/transfer/fake_chain.h"

#include <algorithm>
#include <thread>

#include "base/hex.h"
#include "crypto/hash.h"

namespace transfer_test {

namespace {

using nlohmann::json;

constexpr std::string_view kSigned = "signed:";

base::Bytes Encode(const FakeTx& tx) {
    return base::ToBytes(base::AsBytes(json{
        {"from", tx.from},
        {"to", tx.to},
        {"nonce", tx.nonce},
        {"amount", tx.amount},
        {"fee", tx.fee}}.dump()));
}

FakeTx Decode(base::ByteView unsigned_tx) {
    const json object = FakeDecode(unsigned_tx);
    return {object.at("from"),
            object.at("to"),
            object.at("nonce"),
            object.at("amount"),
            object.at("fee"),
            ""};
}

chain::Unsigned Finish(const FakeTx& tx) {
    return {Encode(tx), "terms", money::UInt256(tx.fee)};
}

}  // namespace

json FakeDecode(base::ByteView unsigned_tx) {
    return json::parse(base::AsText(unsigned_tx));
}

base::Bytes FakeSign(base::ByteView unsigned_tx) {
    base::Bytes bytes = base::ToBytes(base::AsBytes(kSigned));
    base::Append(bytes, unsigned_tx);
    return bytes;
}

std::string FakeHash(base::ByteView signed_tx) {
    return base::HexEncodePrefixed(crypto::Sha256(signed_tx));
}

FakeChain::FakeChain() {
    parameters_.network = kNetwork;
    parameters_.native.network = kNetwork;
    parameters_.native.symbol = "ETH";
    parameters_.native.decimals = 18;
    parameters_.info = chain::FindNetwork(kNetwork);
    parameters_.fee_ceiling = money::UInt256(1'000'000);
    Append({});
}

void FakeChain::Fund(const std::string& address, std::uint64_t amount) {
    const std::lock_guard lock(mutex_);
    funded_[address] += amount;
}

FakeChain::Ledger FakeChain::LedgerAt(std::uint64_t height) const {
    Ledger ledger;
    ledger.balance = funded_;
    for (const FakeBlock& block : blocks_) {
        if (block.header.height > height) {
            break;
        }
        for (const FakeTx& tx : block.txs) {
            ledger.balance[tx.from] -= tx.amount + tx.fee;
            ledger.balance[tx.to] += tx.amount;
            ledger.count[tx.from] = tx.nonce + 1;
        }
    }
    return ledger;
}

void FakeChain::Append(std::vector<FakeTx> txs) {
    FakeBlock block;
    block.header.height = blocks_.size();
    block.header.parent_hash = blocks_.empty() ? "" : blocks_.back().header.hash;
    block.header.hash =
        "block-" + std::to_string(block.header.height) + "-" + std::to_string(fork_);
    block.header.time = base::Time(std::chrono::seconds(1'700'000'000 + block.header.height));
    block.txs = std::move(txs);
    blocks_.push_back(std::move(block));
}

void FakeChain::Mine() {
    const std::lock_guard lock(mutex_);
    Ledger ledger = LedgerAt(blocks_.size());
    std::vector<FakeTx> txs;
    for (auto entry = mempool_.begin(); entry != mempool_.end();) {
        const FakeTx& tx = entry->second;
        if (tx.nonce < ledger.count[tx.from]) {
            entry = mempool_.erase(entry);
            continue;
        }
        if (tx.nonce == ledger.count[tx.from] && ledger.balance[tx.from] >= tx.amount + tx.fee &&
            tx.fee >= minimum_fee_) {
            ledger.balance[tx.from] -= tx.amount + tx.fee;
            ++ledger.count[tx.from];
            txs.push_back(tx);
            entry = mempool_.erase(entry);
            continue;
        }
        ++entry;
    }
    Append(std::move(txs));
}

void FakeChain::Reorganise(std::size_t depth, bool keep_transactions) {
    const std::lock_guard lock(mutex_);
    ++fork_;
    const std::size_t height = blocks_.size();
    while (depth-- > 0) {
        for (const FakeTx& tx : blocks_.back().txs) {
            if (keep_transactions) {
                mempool_[{tx.from, tx.nonce}] = tx;
            }
        }
        blocks_.pop_back();
    }
    while (blocks_.size() < height) {
        Append({});
    }
}

void FakeChain::SpendNonceElsewhere(const std::string& from) {
    const std::lock_guard lock(mutex_);
    const std::uint64_t nonce = LedgerAt(blocks_.size()).count[from];
    FakeTx tx{from, "0xstranger", nonce, 1, kFee, "foreign-" + std::to_string(blocks_.size())};
    mempool_.erase({from, nonce});
    Append({tx});
}

void FakeChain::ForgetMempool() {
    const std::lock_guard lock(mutex_);
    mempool_.clear();
}

std::uint64_t FakeChain::PaidTo(const std::string& address) {
    const std::lock_guard lock(mutex_);
    return LedgerAt(blocks_.size()).balance[address];
}

std::size_t FakeChain::PaymentsTo(const std::string& address) {
    const std::lock_guard lock(mutex_);
    std::size_t count = 0;
    for (const FakeBlock& block : blocks_) {
        for (const FakeTx& tx : block.txs) {
            count += tx.to == address ? 1 : 0;
        }
    }
    return count;
}

std::vector<std::uint64_t> FakeChain::NoncesOf(const std::string& from) {
    const std::lock_guard lock(mutex_);
    std::vector<std::uint64_t> nonces;
    for (const FakeBlock& block : blocks_) {
        for (const FakeTx& tx : block.txs) {
            if (tx.from == from) {
                nonces.push_back(tx.nonce);
            }
        }
    }
    return nonces;
}

std::size_t FakeChain::mempool_size() {
    const std::lock_guard lock(mutex_);
    return mempool_.size();
}

std::uint64_t FakeChain::newest() {
    const std::lock_guard lock(mutex_);
    return blocks_.back().header.height;
}

base::Result<> FakeChain::Reachable() const {
    const std::lock_guard lock(mutex_);
    if (down_) {
        return base::Unavailable("node_unavailable", "the node is down");
    }
    if (busy_) {
        return base::FailedPrecondition("node_rejected", "the node refused: too many requests");
    }
    return {};
}

std::uint64_t FakeChain::FinalHeight() const {
    const std::uint64_t newest = blocks_.size() - 1;
    return newest > final_lag_ ? newest - final_lag_ : 0;
}

chain::AddressCheck FakeChain::CheckAddress(std::string_view text) const {
    chain::AddressCheck check;
    check.valid = text.substr(0, 2) == "0x";
    check.canonical = text;
    return check;
}

base::Result<chain::Quote> FakeChain::Price(const chain::Plan& plan) {
    const Fault::Call call(fault);
    BASE_RETURN_IF_ERROR(Reachable());
    const auto& transfer = std::get<chain::Transfer>(plan.action);
    chain::Quote quote;
    quote.amount = transfer.recipients.front().amount;
    quote.native_value = quote.amount;
    quote.fee_expected = money::UInt256(kFee);
    quote.fee_max = money::UInt256(kFee);
    if (const auto* wish = std::get_if<chain::EvmFeeWish>(&plan.fee.figure)) {
        quote.fee_max = wish->gas_price ? *wish->gas_price : *wish->max_fee_per_gas;
    }
    quote.terms = std::to_string(Small(quote.fee_max));
    quote.coins = coins_;
    if (transfer.mode != chain::TransferMode::kExact) {
        const std::lock_guard lock(mutex_);
        const std::uint64_t sum = transfer.mode == chain::TransferMode::kAll
                                      ? LedgerAt(blocks_.size()).balance[plan.from]
                                      : Small(quote.amount);
        quote.amount = money::UInt256(sum - Small(quote.fee_max));
        if (transfer.mode == chain::TransferMode::kAll && plan.amount_max) {
            quote.amount = std::min(quote.amount, *plan.amount_max);
        }
        quote.native_value = quote.amount;
    }
    if (quote.fee_max > plan.fee_cap) {
        return base::FailedPrecondition("fee_cap_exceeded", "over the cap");
    }
    const std::lock_guard lock(mutex_);
    if (LedgerAt(blocks_.size()).balance[plan.from] <
        Small(quote.native_value) + Small(quote.fee_max)) {
        return base::FailedPrecondition("insufficient_funds", "the balance is too low");
    }
    call.Done();
    return quote;
}

base::Result<chain::Unsigned> FakeChain::Build(const chain::Plan& plan,
                                               const chain::Quote& quote,
                                               const chain::Slot& slot) const {
    const auto& recipient = std::get<chain::Transfer>(plan.action).recipients.front();
    chain::Unsigned made = Finish({plan.from,
                                   recipient.address,
                                   slot.nonce.value_or(0),
                                   Small(quote.amount),
                                   std::stoull(quote.terms),
                                   ""});
    made.coins = quote.coins;
    return made;
}

base::Result<chain::Unsigned> FakeChain::Bump(const chain::Plan& plan,
                                              chain::AttemptKind kind,
                                              const chain::Unsigned& previous) {
    const Fault::Call call(fault);
    BASE_RETURN_IF_ERROR(Reachable());
    FakeTx tx = Decode(previous.payload);
    const auto* wish = std::get_if<chain::EvmFeeWish>(&plan.fee.figure);
    const std::uint64_t minimum = (tx.fee * 9 + 7) / 8;
    const std::uint64_t fee =
        wish != nullptr ? Small(wish->gas_price ? *wish->gas_price : *wish->max_fee_per_gas)
                        : minimum;
    if (fee < minimum) {
        return base::FailedPrecondition("fee_bump_too_small", "below the replacement rule");
    }
    if (kind == chain::AttemptKind::kCancel) {
        tx.to = tx.from;
        tx.amount = 0;
    }
    const auto& transfer = std::get<chain::Transfer>(plan.action);
    if (transfer.mode != chain::TransferMode::kExact && tx.amount > 0) {
        tx.amount -= fee - tx.fee;
    }
    tx.fee = fee;
    if (money::UInt256(tx.fee) > plan.fee_cap) {
        return base::FailedPrecondition("fee_cap_exceeded", "over the cap");
    }
    call.Done();
    return Finish(tx);
}

base::Result<chain::Unsigned> FakeChain::Fill(const std::string& from, std::uint64_t nonce) {
    const Fault::Call call(fault);
    BASE_RETURN_IF_ERROR(Reachable());
    call.Done();
    return Finish({from, from, nonce, 0, kFee, ""});
}

base::Result<chain::Signed> FakeChain::Inspect(base::ByteView signed_tx,
                                               base::ByteView unsigned_tx) const {
    if (!base::Equal(signed_tx, FakeSign(unsigned_tx))) {
        return base::InvalidArgument("wrong_signature", "not of this transaction");
    }
    return chain::Signed{base::ToBytes(signed_tx), FakeHash(signed_tx)};
}

base::Result<chain::BroadcastAnswer> FakeChain::Broadcast(base::ByteView signed_tx) {
    const Fault::Call call(fault);
    BASE_RETURN_IF_ERROR(Reachable());
    const std::string hash = FakeHash(signed_tx);
    {
        const std::lock_guard lock(mutex_);
        if (broadcast_answer_) {
            return chain::BroadcastAnswer{*broadcast_answer_, "so says the test"};
        }
        FakeTx tx = Decode(signed_tx.subspan(kSigned.size()));
        tx.hash = hash;
        const auto known = mempool_.find({tx.from, tx.nonce});
        if (known != mempool_.end() && known->second.hash == hash) {
            return chain::BroadcastAnswer{chain::BroadcastResult::kAlreadyKnown, ""};
        }
        if (tx.nonce < LedgerAt(blocks_.size()).count[tx.from]) {
            return chain::BroadcastAnswer{chain::BroadcastResult::kSlotTaken, "nonce too low"};
        }
        if (tx.fee < minimum_fee_ || (known != mempool_.end() && tx.fee <= known->second.fee)) {
            return chain::BroadcastAnswer{chain::BroadcastResult::kUnderpriced, "underpriced"};
        }
        mempool_[{tx.from, tx.nonce}] = tx;
    }
    call.Done();
    return chain::BroadcastAnswer{};
}

base::Result<chain::TxStatus> FakeChain::Status(const std::string& tx_hash) {
    const Fault::Call call(fault);
    BASE_RETURN_IF_ERROR(Reachable());
    chain::TxStatus status;
    const std::lock_guard lock(mutex_);
    if (tx_hash == broken_status_) {
        return base::Unavailable("node_unavailable", "the node has lost its index");
    }
    for (const FakeBlock& block : blocks_) {
        for (const FakeTx& tx : block.txs) {
            if (tx.hash == tx_hash && receipts_hidden_) {
                status.place = chain::TxPlace::kMempool;
            } else if (tx.hash == tx_hash) {
                status.place = chain::TxPlace::kBlock;
                status.block_height = block.header.height;
                status.block_hash = block.header.hash;
                status.succeeded = tx.to != "0xreverts";
                status.fee_paid = money::UInt256(tx.fee);
            }
        }
    }
    call.Done();
    return status;
}

base::Result<std::optional<chain::Rediscovered>> FakeChain::Rediscover(const std::string& tx_hash,
                                                                       const chain::Plan& plan,
                                                                       base::ByteView unsigned_tx) {
    BASE_RETURN_IF_ERROR(Reachable());
    const FakeTx asked = Decode(unsigned_tx);
    const std::lock_guard lock(mutex_);
    for (const auto& block : blocks_) {
        for (const FakeTx& tx : block.txs) {
            if (tx.hash == tx_hash && tx.from == plan.from && tx.to == asked.to &&
                tx.nonce == asked.nonce && tx.amount == asked.amount) {
                const base::Bytes payload = Encode(tx);
                return std::optional(chain::Rediscovered{{payload, "", {}}, FakeSign(payload)});
            }
        }
    }
    return std::optional<chain::Rediscovered>();
}

base::Result<chain::TxView> FakeChain::View(const std::string& tx_hash) {
    const std::lock_guard lock(mutex_);
    for (const auto& block : blocks_) {
        for (const FakeTx& tx : block.txs) {
            if (tx.hash == tx_hash) {
                chain::TxView view;
                view.tx_hash = tx_hash;
                view.from = tx.from;
                view.to = tx.to;
                view.value = money::UInt256(tx.amount);
                view.decoded.push_back("pay " + std::to_string(tx.amount) + " to " + tx.to);
                return view;
            }
        }
    }
    return base::NotFound("unknown_tx", tx_hash);
}

base::Result<chain::Head> FakeChain::GetHead() {
    const Fault::Call call(fault);
    BASE_RETURN_IF_ERROR(Reachable());
    const std::lock_guard lock(mutex_);
    call.Done();
    return chain::Head{blocks_.back().header, blocks_[FinalHeight()].header};
}

base::Result<chain::Block> FakeChain::GetBlock(std::uint64_t height) {
    BASE_RETURN_IF_ERROR(Reachable());
    std::unique_lock lock(mutex_);
    if (height >= blocks_.size()) {
        return base::NotFound("unknown_block", "no such block");
    }
    const chain::Block block = blocks_[height].header;
    lock.unlock();
    if (const auto meanwhile = std::exchange(while_block_is_read, nullptr)) {
        meanwhile();
    }
    return block;
}

base::Result<chain::Account> FakeChain::GetAccount(const std::string& address) {
    const Fault::Call call(fault);
    BASE_RETURN_IF_ERROR(Reachable());
    const std::lock_guard lock(mutex_);
    Ledger newest = LedgerAt(blocks_.size());
    chain::Account account;
    account.final_count = LedgerAt(FinalHeight()).count[address] + count_lie_;
    account.newest_count = newest.count[address] + count_lie_;
    account.pending_count = account.newest_count;
    while (mempool_.count({address, account.pending_count}) > 0) {
        ++account.pending_count;
    }
    account.native_balance = money::UInt256(newest.balance[address]);
    account.block_height = blocks_.size() - 1;
    call.Done();
    return account;
}

base::Result<std::uint64_t> FakeChain::ConfirmedCount(const std::string& address) {
    BASE_ASSIGN_OR_RETURN(const chain::Account account, GetAccount(address));
    const std::lock_guard lock(mutex_);
    return account.final_count - (second_node_ ? count_lie_ : 0);
}

base::Result<chain::Balance> FakeChain::GetBalance(const std::string& address,
                                                   const money::Asset&) {
    BASE_RETURN_IF_ERROR(Reachable());
    const std::lock_guard lock(mutex_);
    return chain::Balance{money::UInt256(LedgerAt(blocks_.size()).balance[address]),
                          blocks_.size() - 1};
}

base::Result<chain::Token> FakeChain::GetToken(const std::string&) {
    return base::NotFound("unknown_token", "there are no tokens here");
}

base::Result<std::vector<chain::FeeOffer>> FakeChain::GetFees() {
    return std::vector<chain::FeeOffer>();
}

base::Result<chain::BlockContent> FakeChain::ReadBlock(std::uint64_t height,
                                                       const std::set<std::string>& watched) {
    BASE_RETURN_IF_ERROR(Reachable());
    std::unique_lock lock(mutex_);
    const std::chrono::milliseconds time = read_time_;
    lock.unlock();
    std::this_thread::sleep_for(time);
    lock.lock();
    if (height >= blocks_.size()) {
        return base::NotFound("unknown_block", "no such block");
    }
    chain::BlockContent content;
    content.block = blocks_[height].header;
    if (!alarm_.empty()) {
        content.alarms.push_back(std::exchange(alarm_, ""));
    }
    for (const FakeTx& tx : blocks_[height].txs) {
        if (watched.count(tx.from) > 0) {
            content.senders.push_back({tx.hash, tx.from});
        }
        if (watched.count(tx.to) > 0 && tx.amount > 0) {
            content.incoming.push_back(
                {tx.hash, "0", tx.from, tx.to, parameters_.native, money::UInt256(tx.amount)});
        }
    }
    return content;
}

base::Result<std::string> FakeChain::Identity() {
    BASE_RETURN_IF_ERROR(Reachable());
    const std::lock_guard lock(mutex_);
    return identity_;
}

base::Result<std::string> FakeChain::ClientVersion() {
    return std::string("fake/1");
}

}  // namespace transfer_test
