#include "wallet-manager/signing_desk.h"

#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/bytes.h"
#include "base/crash_point.h"
#include "chain/catalog.h"
#include "evm/transaction.h"
#include "utxo/ground.h"
#include "utxo/tx_format.h"
#include "wallet-manager/address_store.h"
#include "wallet-manager/anchor_store.h"
#include "wallet-manager/events.h"
#include "wallet-manager/fill_store.h"
#include "wallet-manager/pause_store.h"

namespace wallet_manager {

namespace {

using platform::wallet::v1::SignFillResponse;
using platform::wallet::v1::SignResponse;

// The first signature of an order and five more.
constexpr int kAttemptsPerOrderMax = 6;
constexpr std::uint32_t kMortalAttemptsMax = 3;
constexpr int kFillsPerHourMax = 20;
constexpr std::int64_t kNonceMax = INT64_MAX;

base::Error Refuse(std::string_view reason, std::string detail) {
    return base::FailedPrecondition(reason, std::move(detail));
}

// Whose transactions have no nonce and die of age.
bool IsMortal(const std::string& network) {
    const chain::ChainInfo* chain = chain::FindNetwork(network);
    return chain != nullptr && chain->family == chain::Family::kSolana;
}

base::Result<Slot> SlotOf(const std::string& network,
                          const std::string& from,
                          const base::Bytes& unsigned_tx) {
    BASE_ASSIGN_OR_RETURN(const evm::Transaction transaction, evm::DecodeUnsigned(unsigned_tx));
    if (transaction.nonce > static_cast<std::uint64_t>(kNonceMax)) {
        return base::InvalidArgument("bad_tx", "the nonce is out of range");
    }
    return Slot{network, from, static_cast<std::int64_t>(transaction.nonce)};
}

// The coins that the transaction spends, on a chain that has them.
base::Result<std::optional<std::vector<std::string>>> CoinsOf(const SignCall& call) {
    const chain::ChainInfo* info = chain::FindNetwork(call.order.order.network());
    if (info == nullptr || info->family != chain::Family::kUtxo) {
        return std::optional<std::vector<std::string>>();
    }
    BASE_ASSIGN_OR_RETURN(const utxo::TxFormat* format, utxo::FindFormat(info->name));
    BASE_ASSIGN_OR_RETURN(const utxo::UnsignedTx unsigned_tx,
                          format->DecodeUnsigned(call.unsigned_tx));
    return std::optional(CoinNames(unsigned_tx.transaction));
}

// Whose coins the transaction spends; none where the chain has no coins.
base::Result<std::vector<std::string>> SpentAddresses(const std::string& network,
                                                      const base::Bytes& unsigned_tx) {
    std::vector<std::string> addresses;
    const auto ground = utxo::GroundOf(network);
    if (!ground) {
        return addresses;
    }
    BASE_ASSIGN_OR_RETURN(const utxo::UnsignedTx read, ground->format->DecodeUnsigned(unsigned_tx));
    for (const utxo::UnsignedInput& input : read.inputs) {
        BASE_ASSIGN_OR_RETURN(std::string address,
                              ground->format->AddressOf(input.spent.script, ground->network));
        addresses.push_back(std::move(address));
    }
    return addresses;
}

SignResponse StoredAnswer(const AttemptRow& attempt) {
    SignResponse response;
    response.set_signed_tx(base::ToText(attempt.signed_tx));
    response.set_tx_hash(attempt.tx_hash);
    response.set_unsigned_tx(base::ToText(attempt.unsigned_tx));
    return response;
}

signer::OrderBytes BytesOf(const GateOrder& order) {
    return {order.raw.order(), order.raw.signature()};
}

base::Result<> CheckFirstOrder(const SignCall& call, const IntentRow& intent) {
    const GateOrder& payment = call.first_order ? *call.first_order : call.order;
    if (!intent.order_digest || !base::Equal(*intent.order_digest, payment.digest)) {
        return Refuse("not_authorised", "the payment's own order is another one");
    }
    if (call.first_order && call.first_order->intent != call.order.intent) {
        return Refuse("not_authorised", "the two orders are not about one payment");
    }
    return {};
}

// Later attempts carry the bytes of the first one as they are stored here, whatever the caller
// says.
base::Result<base::Bytes> FirstBytes(pg::Tx& tx, const SignCall& call) {
    if (call.attempt == 1) {
        return base::Bytes();
    }
    BASE_ASSIGN_OR_RETURN(const auto first, FindAttempt(tx, call.order.intent, 1));
    if (!first || first->signed_tx.empty()) {
        return Refuse("attempt_mismatch", "the first attempt of this payment is missing");
    }
    if (!call.first_signed_tx.empty() && call.first_signed_tx != first->signed_tx) {
        return Refuse("attempt_mismatch", "the first attempt's bytes are other ones");
    }
    return first->signed_tx;
}

}  // namespace

// One call and what is known of it.
struct SigningDesk::Case {
    const SignCall* call = nullptr;
    std::optional<IntentRow> intent;
    AttemptBefore before;
    std::optional<Authorisation> verdict;
    std::optional<std::string> pause;
    std::optional<WalletRow> wallet;  // not removed
};

// Attempts that cannot exclude each other by a nonce: the former ones have had time to die, of
// which the daemon has the proof, and there are three at most.
base::Result<> SigningDesk::CheckRenewal(pg::Tx& tx, const SignCall& call) const {
    if (call.attempt == 1) {
        return {};
    }
    if (call.attempt > kMortalAttemptsMax) {
        return Refuse("too_many_attempts", "a payment is signed three times at most here");
    }
    BASE_ASSIGN_OR_RETURN(const bool lately,
                          IsSignedLately(tx, call.order.intent, call.attempt, renew_after_));
    if (lately) {
        return base::Unavailable("signed_lately",
                                 "the former transaction of this payment may still be included");
    }
    return {};
}

base::Result<std::vector<SigningDesk::Case>> SigningDesk::Load(pg::Tx& tx,
                                                               const std::vector<SignCall>& calls) {
    Orders orders;
    std::vector<base::IntentId> ids;
    std::vector<AttemptOf> attempts;
    std::vector<PauseSubject> subjects;
    std::set<base::WalletId> wallets;
    for (const SignCall& call : calls) {
        const GateOrder& order = call.order;
        orders.push_back(&order);
        ids.push_back(order.intent);
        attempts.push_back({&order, call.attempt, {}});
        subjects.push_back({order.order.network(), order.user, order.wallet});
        wallets.insert(order.wallet);
    }
    BASE_ASSIGN_OR_RETURN(const auto intents, FindIntents(tx, ids));
    BASE_ASSIGN_OR_RETURN(const auto before, FindAttempts(tx, attempts));
    BASE_ASSIGN_OR_RETURN(const auto verdicts, FindAuthorisations(tx, orders));
    BASE_ASSIGN_OR_RETURN(const auto pauses, FindPauses(tx, subjects));
    BASE_ASSIGN_OR_RETURN(const auto rows, FindWalletsEvenRemoved(tx, wallets));
    std::vector<Case> cases;
    for (std::size_t index = 0; index < calls.size(); ++index) {
        Case& subject = cases.emplace_back();
        subject.call = &calls[index];
        subject.intent = intents[index];
        subject.before = before[index];
        subject.verdict = verdicts[index];
        subject.pause = pauses[index];
        if (const auto row = rows.find(calls[index].order.wallet);
            row != rows.end() && !row->second.is_removed &&
            row->second.user == calls[index].order.user) {
            subject.wallet = row->second;
        }
    }
    return cases;
}

base::Result<> SigningDesk::Check(const Case& subject) const {
    const SignCall& call = *subject.call;
    BASE_RETURN_IF_ERROR(incarnation_.CheckIssued(auth::IssuedAt(call.order.order)));
    if (call.first_order) {
        BASE_RETURN_IF_ERROR(incarnation_.CheckIssued(auth::IssuedAt(call.first_order->order)));
    }
    if (subject.intent->is_voided || subject.intent->has_ended) {
        return Refuse("voided", "this payment has ended");
    }
    // Wallet-manager's own verdict on exactly these order bytes.
    if (!subject.verdict || !subject.verdict->allowed) {
        return Refuse("not_authorised", "this order was not authorised");
    }
    BASE_RETURN_IF_ERROR(CheckFirstOrder(call, *subject.intent));
    if (subject.pause) {
        return base::Unavailable("paused", *subject.pause);
    }
    if (!subject.before.row && subject.before.of_order >= kAttemptsPerOrderMax) {
        return Refuse("too_many_attempts", "an order is signed six times at most");
    }
    return {};
}

base::Result<> SigningDesk::Reserve(pg::Tx& tx, const std::vector<const Case*>& cases) const {
    std::vector<SlotWish> wishes;
    for (const Case* subject : cases) {
        const SignCall& call = *subject->call;
        const GateOrder& order = call.order;
        const std::string& network = order.order.network();
        if (IsMortal(network)) {
            BASE_RETURN_IF_ERROR(CheckRenewal(tx, call));
            continue;
        }
        BASE_ASSIGN_OR_RETURN(const auto coins, CoinsOf(call));
        if (coins) {
            BASE_RETURN_IF_ERROR(call.attempt == 1
                                     ? TakeAnchor(tx, order.intent, network, *coins)
                                     : CheckAnchor(tx, order.intent, network, *coins));
            continue;
        }
        BASE_ASSIGN_OR_RETURN(const Slot slot,
                              SlotOf(network, order.order.from(), call.unsigned_tx));
        if (call.attempt == 1) {
            wishes.push_back({order.wallet, order.intent, slot});
        } else {
            BASE_RETURN_IF_ERROR(CheckSlot(tx, order.intent, slot));
        }
    }
    return wishes.empty() ? base::Result<>() : TakeSlots(tx, wishes);
}

base::Result<std::vector<SigningDesk::Prepared>> SigningDesk::Prepare(
    pg::Tx& tx, const std::vector<SignCall>& calls) const {
    BASE_ASSIGN_OR_RETURN(const auto cases, Load(tx, calls));
    std::vector<Prepared> prepared(calls.size());
    std::vector<const Case*> open;
    std::vector<AttemptOf> attempts;
    for (std::size_t index = 0; index < cases.size(); ++index) {
        const Case& subject = cases[index];
        const SignCall& call = *subject.call;
        if (!subject.intent || subject.intent->network != call.order.order.network()) {
            return Refuse("not_authorised", "this payment was never authorised");
        }
        if (subject.before.row && !subject.before.row->signed_tx.empty()) {
            prepared[index].stored = StoredAnswer(*subject.before.row);
            continue;
        }
        BASE_RETURN_IF_ERROR(Check(subject));
        BASE_ASSIGN_OR_RETURN(prepared[index].request.first_signed_tx, FirstBytes(tx, call));
        open.push_back(&subject);
        attempts.push_back({&call.order, call.attempt, call.unsigned_tx});
    }
    BASE_RETURN_IF_ERROR(Reserve(tx, open));
    BASE_RETURN_IF_ERROR(RecordAttempts(tx, attempts));
    for (std::size_t index = 0; index < cases.size(); ++index) {
        if (!prepared[index].stored) {
            BASE_RETURN_IF_ERROR(Ask(tx, cases[index], prepared[index].request));
        }
    }
    return prepared;
}

base::Result<> SigningDesk::Ask(pg::Tx& tx, const Case& subject, signer::SignTransaction& request) {
    const SignCall& call = *subject.call;
    if (!subject.wallet) {
        return base::NotFound("unknown_wallet", "there is no such wallet");
    }
    const WalletRow& wallet = *subject.wallet;
    request.key = KeyRefOf(wallet);
    BASE_ASSIGN_OR_RETURN(const auto paid_from, SpentAddresses(wallet.network, call.unsigned_tx));
    if (!paid_from.empty()) {
        BASE_ASSIGN_OR_RETURN(request.further_keys, FindFurtherKeys(tx, wallet, paid_from));
    }
    request.order = BytesOf(call.order);
    if (call.first_order) {
        request.first_order = BytesOf(*call.first_order);
    }
    request.unsigned_tx = call.unsigned_tx;
    request.amount_max = subject.verdict->amount;
    return {};
}

SigningDesk::Answers SigningDesk::Sign(const std::vector<SignCall>& calls) const {
    auto prepared = pg::Transact(pool_, [&](pg::Tx& tx) { return Prepare(tx, calls); });
    if (prepared) {
        return SignRecorded(calls, std::move(*prepared));
    }
    if (calls.size() == 1 || ConcernsAll(prepared.error())) {
        return Answers(calls.size(), prepared.error());
    }
    // What one of them fails with must not stop the others.
    Answers answers;
    for (const SignCall& call : calls) {
        answers.push_back(std::move(Sign({call}).front()));
    }
    return answers;
}

SigningDesk::Answers SigningDesk::SignRecorded(const std::vector<SignCall>& calls,
                                               std::vector<Prepared> prepared) const {
    std::vector<std::optional<base::Result<SignResponse>>> answers(calls.size());
    std::vector<std::size_t> asked;
    std::vector<signer::Request> requests;
    for (std::size_t index = 0; index < calls.size(); ++index) {
        if (prepared[index].stored) {
            answers[index].emplace(std::move(*prepared[index].stored));
        } else {
            asked.push_back(index);
            requests.emplace_back(std::move(prepared[index].request));
        }
    }
    const auto finish = [&] {
        Answers list;
        for (auto& answer : answers) {
            list.push_back(std::move(*answer));
        }
        return list;
    };
    if (asked.empty()) {
        return finish();
    }
    BASE_CRASH_POINT("gate_recorded");
    for (std::size_t count = 0; count < asked.size(); ++count) {
        if (const auto counted = incarnation_.CountSignature(); !counted) {
            for (const std::size_t index : asked) {
                answers[index].emplace(counted.error());
            }
            return finish();
        }
    }
    BASE_CRASH_POINT("gate_counted");
    auto signatures = signer_.AskAll<signer::SignedBytes>(std::move(requests));
    BASE_CRASH_POINT("gate_signed");
    std::vector<Made> made;
    std::vector<std::size_t> kept;
    for (std::size_t place = 0; place < asked.size(); ++place) {
        const std::size_t index = asked[place];
        if (signatures[place]) {
            made.push_back({&calls[index], std::move(*signatures[place])});
            kept.push_back(index);
        } else {
            answers[index].emplace(signatures[place].error());
        }
    }
    Answers stored = Keep(std::move(made));
    for (std::size_t place = 0; place < kept.size(); ++place) {
        answers[kept[place]].emplace(std::move(stored[place]));
    }
    BASE_CRASH_POINT("gate_stored");
    return finish();
}

SignResponse SigningDesk::AnswerOf(const Made& made) {
    return StoredAnswer({made.call->order.digest,
                         made.call->unsigned_tx,
                         made.bytes.signed_tx,
                         made.bytes.tx_hash});
}

base::Result<> SigningDesk::Store(pg::Tx& tx, const std::vector<Made>& made) {
    std::vector<SignedAttempt> attempts;
    std::vector<WalletEvent> events;
    for (const auto& [call, bytes] : made) {
        attempts.push_back(
            {call->order.intent, call->attempt, call->unsigned_tx, bytes.signed_tx, bytes.tx_hash});
        const nlohmann::json detail = {{"intent_id", call->order.intent.ToString()},
                                       {"attempt", call->attempt},
                                       {"tx_hash", bytes.tx_hash}};
        events.push_back({call->order.wallet, "signed", detail.dump()});
    }
    BASE_ASSIGN_OR_RETURN(const bool stored, StoreSignatures(tx, attempts));
    if (!stored) {
        return Refuse("lost_race", "a payment was voided or signed otherwise meanwhile");
    }
    return AppendEvents(tx, events);
}

SigningDesk::Answers SigningDesk::Keep(std::vector<Made> made) const {
    Answers answers;
    if (made.size() > 1) {
        const auto stored = pg::Transact(pool_, [&](pg::Tx& tx) { return Store(tx, made); });
        if (stored || ConcernsAll(stored.error())) {
            for (const Made& one : made) {
                answers.push_back(stored ? base::Result<SignResponse>(AnswerOf(one))
                                         : stored.error());
            }
            return answers;
        }
    }
    for (Made& one : made) {
        answers.push_back(KeepOne(std::move(one)));
    }
    return answers;
}

base::Result<SignResponse> SigningDesk::KeepOne(Made made) const {
    std::vector<Made> list;
    list.push_back(std::move(made));
    const SignCall& call = *list.front().call;
    const auto stored = pg::Transact(pool_, [&](pg::Tx& tx) { return Store(tx, list); });
    if (stored) {
        return AnswerOf(list.front());
    }
    if (stored.error().reason != "lost_race") {
        return stored.error();
    }
    Wipe(list.front().bytes.signed_tx);
    return pg::Transact(pool_, [&](pg::Tx& tx) -> base::Result<SignResponse> {
        BASE_ASSIGN_OR_RETURN(const auto winner, FindAttempt(tx, call.order.intent, call.attempt));
        if (winner && !winner->signed_tx.empty()) {
            return StoredAnswer(*winner);
        }
        return Refuse("voided", "this payment was ended before it was signed");
    });
}

base::Result<SigningDesk::PreparedFill> SigningDesk::PrepareFill(
    pg::Tx& tx,
    const base::WalletId& wallet,
    const std::string& network,
    const base::Bytes& unsigned_tx) const {
    BASE_ASSIGN_OR_RETURN(const auto row, FindWalletEvenRemoved(tx, wallet));
    if (!row || row->network != network) {
        return base::NotFound("unknown_wallet", "there is no such wallet");
    }
    PreparedFill prepared;
    prepared.key = KeyRefOf(*row);
    BASE_ASSIGN_OR_RETURN(prepared.slot, SlotOf(network, row->address, unsigned_tx));
    BASE_ASSIGN_OR_RETURN(prepared.stored, FindFill(tx, prepared.slot, unsigned_tx));
    if (!prepared.stored) {
        BASE_RETURN_IF_ERROR(CheckFillRate(tx, wallet, kFillsPerHourMax));
        BASE_RETURN_IF_ERROR(TakeFillSlot(tx, prepared.slot));
        BASE_RETURN_IF_ERROR(RecordFill(tx, wallet, prepared.slot, unsigned_tx));
    }
    return prepared;
}

base::Result<SignFillResponse> SigningDesk::SignFill(const base::WalletId& wallet,
                                                     const std::string& network,
                                                     const base::Bytes& unsigned_tx) const {
    BASE_ASSIGN_OR_RETURN(const PreparedFill prepared, pg::Transact(pool_, [&](pg::Tx& tx) {
                              return PrepareFill(tx, wallet, network, unsigned_tx);
                          }));
    if (prepared.stored) {
        return *prepared.stored;
    }
    BASE_CRASH_POINT("gate_fill_recorded");
    BASE_RETURN_IF_ERROR(incarnation_.CountSignature());
    BASE_ASSIGN_OR_RETURN(
        const signer::SignedBytes made,
        signer_.Ask<signer::SignedBytes>(signer::SignFill{prepared.key, unsigned_tx}));
    BASE_CRASH_POINT("gate_fill_signed");
    auto kept = pg::Transact(pool_, [&](pg::Tx& tx) -> base::Result<SignFillResponse> {
        BASE_RETURN_IF_ERROR(StoreFill(tx, prepared.slot, unsigned_tx, made));
        BASE_RETURN_IF_ERROR(AppendEvent(
            tx, wallet, "filled", {{"nonce", prepared.slot.nonce}, {"tx_hash", made.tx_hash}}));
        SignFillResponse response;
        response.set_signed_tx(base::ToText(made.signed_tx));
        response.set_tx_hash(made.tx_hash);
        return response;
    });
    BASE_CRASH_POINT("gate_fill_stored");
    return kept;
}

}  // namespace wallet_manager
