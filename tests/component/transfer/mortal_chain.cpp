#include "component/transfer/mortal_chain.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "component/transfer/fake_chain.h"

namespace transfer_test {

namespace {

using nlohmann::json;

constexpr std::size_t kSignedSize = 7;  // "signed:"

}  // namespace

MortalChain::MortalChain() {
    parameters_.network = kMortalNetwork;
    parameters_.native = {kMortalNetwork, "", "", "SOL", 9};
    parameters_.info = chain::FindNetwork(kMortalNetwork);
    parameters_.fee_ceiling = money::UInt256(1'000);
    parameters_.slot = chain::SlotKind::kNone;
    parameters_.replaceable = false;
    parameters_.mortal = true;
}

void MortalChain::Fund(const std::string& address, std::uint64_t amount) {
    const std::lock_guard lock(mutex_);
    funded_.push_back({"", "", address, amount, 0, height_});
}

void MortalChain::Mine(int blocks) {
    const std::lock_guard lock(mutex_);
    for (int i = 0; i < blocks; ++i) {
        ++height_;
        for (const auto& [hash, entry] : waiting_) {
            if (entry.second >= height_) {
                landed_.push_back(entry.first);
                landed_.back().height = height_;
            }
        }
        waiting_.clear();
    }
}

void MortalChain::SetDropping(bool dropping) {
    const std::lock_guard lock(mutex_);
    dropping_ = dropping;
}

void MortalChain::SetHiding(bool hiding) {
    const std::lock_guard lock(mutex_);
    hiding_ = hiding;
}

void MortalChain::RefusePrices(bool refuse) {
    const std::lock_guard lock(mutex_);
    refusing_ = refuse;
}

void MortalChain::SetFee(std::uint64_t fee) {
    const std::lock_guard lock(mutex_);
    fee_ = fee;
}

void MortalChain::LoseBlock(std::uint64_t height) {
    const std::lock_guard lock(mutex_);
    lost_block_ = height;
}

std::uint64_t MortalChain::newest() {
    const std::lock_guard lock(mutex_);
    return height_;
}

std::uint64_t MortalChain::final_height() {
    const std::lock_guard lock(mutex_);
    return Final();
}

std::size_t MortalChain::PaymentsTo(const std::string& address) {
    const std::lock_guard lock(mutex_);
    return static_cast<std::size_t>(std::count_if(
        landed_.begin(), landed_.end(), [&](const Landed& tx) { return tx.to == address; }));
}

std::size_t MortalChain::broadcasts() {
    const std::lock_guard lock(mutex_);
    return broadcasts_;
}

std::uint64_t MortalChain::BalanceAt(const std::string& address, std::uint64_t height) const {
    std::uint64_t balance = 0;
    for (const auto* list : {&funded_, &landed_}) {
        for (const Landed& tx : *list) {
            if (tx.height > height) {
                continue;
            }
            balance += tx.to == address ? tx.amount : 0;
            balance -= tx.from == address ? tx.amount + tx.fee : 0;
        }
    }
    return balance;
}

std::uint64_t MortalChain::Final() const {
    return height_ > kFinalBlocks ? height_ - kFinalBlocks : 0;
}

chain::Block MortalChain::Header(std::uint64_t height) {
    return {height,
            "block-" + std::to_string(height),
            height == 0 ? "" : "block-" + std::to_string(height - 1),
            base::Time(std::chrono::seconds(1'700'000'000 + height))};
}

chain::AddressCheck MortalChain::CheckAddress(std::string_view text) const {
    chain::AddressCheck check;
    check.valid = true;
    check.canonical = text;
    return check;
}

base::Result<chain::Quote> MortalChain::Price(const chain::Plan& plan) {
    const std::lock_guard lock(mutex_);
    if (refusing_) {
        return base::FailedPrecondition("insufficient_funds", "the balance is too low");
    }
    chain::Quote quote;
    quote.amount = std::get<chain::Transfer>(plan.action).recipients.front().amount;
    quote.native_value = quote.amount;
    quote.fee_expected = money::UInt256(fee_);
    quote.fee_max = quote.fee_expected;
    quote.terms = json{
        {"last", height_ + kLife},
        {"balance", BalanceAt(plan.from, height_)},
        {"height",
         height_}}.dump();
    return quote;
}

base::Result<chain::Unsigned> MortalChain::Build(const chain::Plan& plan,
                                                 const chain::Quote& quote,
                                                 const chain::Slot& slot) const {
    const json terms = json::parse(quote.terms);
    const json payload = {{"from", plan.from},
                          {"to", std::get<chain::Transfer>(plan.action).recipients.front().address},
                          {"nonce", slot.serial},
                          {"amount", Small(quote.amount)},
                          {"fee", Small(quote.fee_max)},
                          {"last", terms.at("last")}};
    return chain::Unsigned{
        base::ToBytes(base::AsBytes(payload.dump())), quote.terms, quote.fee_max};
}

base::Result<chain::Unsigned> MortalChain::Bump(const chain::Plan&,
                                                chain::AttemptKind,
                                                const chain::Unsigned&) {
    return base::FailedPrecondition("not_replaceable", "nothing is replaced here");
}

base::Result<chain::Unsigned> MortalChain::Fill(const std::string&, std::uint64_t) {
    return base::FailedPrecondition("not_replaceable", "nothing is replaced here");
}

base::Result<chain::Signed> MortalChain::Inspect(base::ByteView signed_tx,
                                                 base::ByteView unsigned_tx) const {
    if (!base::Equal(signed_tx, FakeSign(unsigned_tx))) {
        return base::InvalidArgument("wrong_signature", "not of this transaction");
    }
    return chain::Signed{base::ToBytes(signed_tx), FakeHash(signed_tx)};
}

base::Result<chain::BroadcastAnswer> MortalChain::Broadcast(base::ByteView signed_tx) {
    const std::lock_guard lock(mutex_);
    ++broadcasts_;
    const json tx = FakeDecode(signed_tx.subspan(kSignedSize));
    const std::string hash = FakeHash(signed_tx);
    for (const Landed& known : landed_) {
        if (known.hash == hash) {
            return chain::BroadcastAnswer{chain::BroadcastResult::kAlreadyKnown, ""};
        }
    }
    const auto last = tx.at("last").get<std::uint64_t>();
    if (last <= height_) {
        return chain::BroadcastAnswer{chain::BroadcastResult::kExpired, "Blockhash not found"};
    }
    if (!dropping_) {
        waiting_[hash] = {{hash,
                           tx.at("from"),
                           tx.at("to"),
                           tx.at("amount"),
                           tx.at("fee"),
                           0,
                           base::ToBytes(signed_tx)},
                          last};
    }
    return chain::BroadcastAnswer{};
}

base::Result<chain::TxStatus> MortalChain::Status(const std::string& tx_hash) {
    const std::lock_guard lock(mutex_);
    chain::TxStatus status;
    for (const Landed& tx : landed_) {
        if (tx.hash == tx_hash && !hiding_) {
            status.place = chain::TxPlace::kBlock;
            status.block_height = tx.height;
            status.block_hash = Header(tx.height).hash;
            status.succeeded = true;
            status.fee_paid = money::UInt256(tx.fee);
        }
    }
    return status;
}

base::Result<chain::Fate> MortalChain::FateOf(const chain::SentTx& sent) {
    const std::lock_guard lock(mutex_);
    const json terms = json::parse(sent.terms);
    chain::Fate fate;
    if (Final() <= terms.at("last").get<std::uint64_t>()) {
        return fate;
    }
    for (const Landed& tx : landed_) {
        if (tx.hash == sent.tx_hash && !hiding_) {
            fate.life = chain::Life::kUnproven;
            fate.detail = "the node shows it";
            return fate;
        }
    }
    fate.life = chain::Life::kGone;
    fate.detail = "nowhere";
    fate.before = {money::UInt256(terms.at("balance").get<std::uint64_t>()), terms.at("height")};
    fate.after = {money::UInt256(BalanceAt(sent.from, Final())), Final()};
    return fate;
}

base::Result<std::optional<chain::Rediscovered>> MortalChain::Rediscover(
    const std::string& tx_hash, const chain::Plan&, base::ByteView unsigned_tx) {
    const std::lock_guard lock(mutex_);
    for (const Landed& tx : landed_) {
        json asked = FakeDecode(unsigned_tx);
        if (tx.hash == tx_hash) {
            const auto payload = base::ByteView(tx.raw).subspan(kSignedSize);
            asked["last"] = FakeDecode(payload).at("last");
            if (asked == FakeDecode(payload)) {
                return std::optional(chain::Rediscovered{{base::ToBytes(payload), "", {}}, tx.raw});
            }
        }
    }
    return std::optional<chain::Rediscovered>();
}

base::Result<chain::TxView> MortalChain::View(const std::string& tx_hash) {
    return base::NotFound("unknown_tx", tx_hash);
}

base::Result<chain::Head> MortalChain::GetHead() {
    const std::lock_guard lock(mutex_);
    return chain::Head{Header(height_), Header(Final())};
}

base::Result<chain::Block> MortalChain::GetBlock(std::uint64_t height) {
    const std::lock_guard lock(mutex_);
    if (lost_block_ > 0 && height == lost_block_) {
        return base::NotFound("unknown_block", "no such block");
    }
    return Header(height);
}

base::Result<chain::Account> MortalChain::GetAccount(const std::string& address) {
    const std::lock_guard lock(mutex_);
    chain::Account account;
    account.native_balance = money::UInt256(BalanceAt(address, height_));
    account.block_height = height_;
    return account;
}

base::Result<chain::Balance> MortalChain::GetBalance(const std::string& address,
                                                     const money::Asset&) {
    const std::lock_guard lock(mutex_);
    return chain::Balance{money::UInt256(BalanceAt(address, height_)), height_};
}

base::Result<chain::Token> MortalChain::GetToken(const std::string&) {
    return base::NotFound("unknown_token", "there are no tokens here");
}

base::Result<std::vector<chain::FeeOffer>> MortalChain::GetFees() {
    return std::vector<chain::FeeOffer>();
}

base::Result<chain::BlockContent> MortalChain::ReadBlock(std::uint64_t height,
                                                         const std::set<std::string>&) {
    return chain::BlockContent{Header(height), {}};
}

base::Result<std::string> MortalChain::Identity() {
    return std::string("mortal/genesis");
}

base::Result<std::string> MortalChain::ClientVersion() {
    return std::string("mortal/1");
}

}  // namespace transfer_test
