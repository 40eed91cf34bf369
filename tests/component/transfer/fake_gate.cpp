#include "component/transfer/fake_gate.h"

#include "component/transfer/fake_chain.h"

namespace transfer_test {

namespace {

std::string IntentOf(const transfer::SignedOrder& order) {
    return base::ToText(order.order).substr(0, 36);
}

std::string SlotOf(base::ByteView unsigned_tx) {
    const auto tx = FakeDecode(unsigned_tx);
    return tx.at("from").get<std::string>() + "/" + std::to_string(tx.at("nonce").get<int>());
}

}  // namespace

transfer::SignedOrder OrderFor(const base::IntentId& intent, const std::string& suffix) {
    const std::string text = intent.ToString() + (suffix.empty() ? "" : ":" + suffix);
    return {base::ToBytes(base::AsBytes(text)), base::Bytes(64)};
}

void FakeGate::SetDown(bool down) {
    const std::lock_guard lock(mutex_);
    down_ = down;
}

void FakeGate::RefuseSign(std::optional<base::Error> error) {
    const std::lock_guard lock(mutex_);
    refusal_ = std::move(error);
}

void FakeGate::RefuseSignOf(const base::IntentId& intent, base::Error error) {
    const std::lock_guard lock(mutex_);
    refusals_[intent.ToString()] = std::move(error);
}

void FakeGate::AddAddress(transfer::OwnAddress address) {
    const std::lock_guard lock(mutex_);
    addresses_.push_back(std::move(address));
}

std::size_t FakeGate::signatures() {
    const std::lock_guard lock(mutex_);
    return stored_.size();
}

std::size_t FakeGate::fills() {
    const std::lock_guard lock(mutex_);
    return fills_;
}

std::map<std::string, transfer::State> FakeGate::outcomes() {
    const std::lock_guard lock(mutex_);
    return outcomes_;
}

void FakeGate::RefuseFills(bool refuse) {
    const std::lock_guard lock(mutex_);
    refuse_fills_ = refuse;
}

void FakeGate::SignWrongly(bool wrongly) {
    const std::lock_guard lock(mutex_);
    sign_wrongly_ = wrongly;
}

std::vector<std::string> FakeGate::offences() {
    const std::lock_guard lock(mutex_);
    return offences_;
}

base::Result<> FakeGate::Reachable() {
    const std::lock_guard lock(mutex_);
    if (down_) {
        return base::Unavailable("service_unavailable", "wallet-manager is down");
    }
    return {};
}

base::Result<transfer::Authorisation> FakeGate::Authorise(const transfer::SignedOrder& order,
                                                          const money::UInt256&) {
    const Fault::Call call(fault);
    BASE_RETURN_IF_ERROR(Reachable());
    const std::lock_guard lock(mutex_);
    transfer::Authorisation answer;
    answer.verdict = transfer::Verdict::kAllow;
    if (voided_.count(IntentOf(order)) > 0) {
        return base::FailedPrecondition("voided", "the intent was voided");
    }
    if (policy) {
        answer = policy(order);
    }
    if (answer.verdict == transfer::Verdict::kAllow) {
        allowed_.insert(base::ToText(order.order));
    }
    call.Done();
    return answer;
}

base::Result<transfer::SignAnswer> FakeGate::Sign(const transfer::SignCall& request) {
    const Fault::Call call(fault);
    BASE_RETURN_IF_ERROR(Reachable());
    const std::lock_guard lock(mutex_);
    const std::string intent = IntentOf(request.order);
    const std::string key = intent + "/" + std::to_string(request.attempt);
    if (const auto known = stored_.find(key); known != stored_.end()) {
        return known->second;
    }
    if (voided_.count(intent) > 0) {
        return base::FailedPrecondition("voided", "the intent was voided");
    }
    if (allowed_.count(base::ToText(request.order.order)) == 0) {
        return base::FailedPrecondition("not_authorised", "no Authorise for this order");
    }
    if (refusal_) {
        return *refusal_;
    }
    if (const auto refused = refusals_.find(intent); refused != refusals_.end()) {
        return refused->second;
    }
    if (sign_wrongly_) {
        return transfer::SignAnswer{base::ToBytes(base::AsBytes("other")), "0x0", {}};
    }
    const std::string slot = SlotOf(request.unsigned_tx);
    const auto [entry, fresh] = slots_.emplace(slot, intent);
    if (!fresh && entry->second != intent) {
        offences_.push_back("two intents on " + slot);
        return base::FailedPrecondition("slot_taken", slot);
    }
    transfer::SignAnswer answer;
    answer.signed_tx = FakeSign(request.unsigned_tx);
    answer.tx_hash = FakeHash(answer.signed_tx);
    answer.unsigned_tx = request.unsigned_tx;
    stored_[key] = answer;
    signed_intents_.insert(intent);
    call.Done();
    return answer;
}

base::Result<bool> FakeGate::Void(const base::IntentId& intent, const std::string&) {
    const Fault::Call call(fault);
    BASE_RETURN_IF_ERROR(Reachable());
    const std::lock_guard lock(mutex_);
    if (signed_intents_.count(intent.ToString()) > 0) {
        return false;
    }
    voided_.insert(intent.ToString());
    call.Done();
    return true;
}

base::Result<> FakeGate::ReportOutcome(const base::IntentId& intent, transfer::State state) {
    const Fault::Call call(fault);
    BASE_RETURN_IF_ERROR(Reachable());
    const std::lock_guard lock(mutex_);
    outcomes_[intent.ToString()] = state;
    call.Done();
    return {};
}

base::Result<transfer::SignAnswer> FakeGate::SignFill(const transfer::FillCall& request) {
    const Fault::Call call(fault);
    BASE_RETURN_IF_ERROR(Reachable());
    const std::lock_guard lock(mutex_);
    if (refuse_fills_) {
        return base::MakeError(
            base::ErrorKind::kResourceExhausted, "too_many_fills", "twenty an hour");
    }
    const std::string slot = SlotOf(request.unsigned_tx);
    const auto [entry, fresh] = slots_.emplace(slot, "fill");
    if (!fresh && entry->second != "fill") {
        offences_.push_back("a fill on the used nonce " + slot);
        return base::FailedPrecondition("slot_taken", slot);
    }
    ++fills_;
    transfer::SignAnswer answer;
    answer.signed_tx = FakeSign(request.unsigned_tx);
    answer.tx_hash = FakeHash(answer.signed_tx);
    answer.unsigned_tx = request.unsigned_tx;
    call.Done();
    return answer;
}

base::Result<std::vector<transfer::OwnAddress>> FakeGate::ListAddresses(std::uint64_t after_epoch,
                                                                        std::uint32_t limit) {
    BASE_RETURN_IF_ERROR(Reachable());
    const std::lock_guard lock(mutex_);
    std::vector<transfer::OwnAddress> list;
    for (const transfer::OwnAddress& address : addresses_) {
        if (address.epoch > after_epoch && list.size() < limit) {
            list.push_back(address);
        }
    }
    return list;
}

}  // namespace transfer_test
