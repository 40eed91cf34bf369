#include "wallet-manager/signing_desk.h"

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

// The nonce or the anchor coin that makes all attempts of one payment exclude each other.
base::Result<> Reserve(pg::Tx& tx, const SignCall& call) {
    const GateOrder& order = call.order;
    const std::string& network = order.order.network();
    const chain::ChainInfo* info = chain::FindNetwork(network);
    if (info != nullptr && info->family == chain::Family::kUtxo) {
        BASE_ASSIGN_OR_RETURN(const utxo::TxFormat* format, utxo::FindFormat(info->name));
        BASE_ASSIGN_OR_RETURN(const utxo::UnsignedTx unsigned_tx,
                              format->DecodeUnsigned(call.unsigned_tx));
        const std::vector<std::string> coins = CoinNames(unsigned_tx.transaction);
        return call.attempt == 1 ? TakeAnchor(tx, order.intent, network, coins)
                                 : CheckAnchor(tx, order.intent, network, coins);
    }
    BASE_ASSIGN_OR_RETURN(const Slot slot, SlotOf(network, order.order.from(), call.unsigned_tx));
    return call.attempt == 1 ? TakeSlot(tx, order.wallet, order.intent, slot)
                             : CheckSlot(tx, order.intent, slot);
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

// Wallet-manager's own verdict on exactly these order bytes.
base::Result<Authorisation> RequireAllowed(pg::Tx& tx, const GateOrder& order) {
    BASE_ASSIGN_OR_RETURN(const auto stored, FindAuthorisation(tx, order.intent, order.digest));
    if (!stored || !stored->allowed) {
        return Refuse("not_authorised", "this order was not authorised");
    }
    return *stored;
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

base::Result<> CheckOpen(pg::Tx& tx, const SignCall& call) {
    BASE_ASSIGN_OR_RETURN(
        const auto pause,
        FindPause(tx, {call.order.order.network(), call.order.user, call.order.wallet}));
    if (pause) {
        return base::Unavailable("paused", *pause);
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
    BASE_ASSIGN_OR_RETURN(const auto former, FindAttempt(tx, call.order.intent, call.attempt - 1));
    if (!first || first->signed_tx.empty() || !former) {
        return Refuse("attempt_mismatch", "an earlier attempt of this payment is missing");
    }
    if (!call.first_signed_tx.empty() && call.first_signed_tx != first->signed_tx) {
        return Refuse("attempt_mismatch", "the first attempt's bytes are other ones");
    }
    return first->signed_tx;
}

base::Result<> CheckAttemptCount(pg::Tx& tx, const SignCall& call) {
    BASE_ASSIGN_OR_RETURN(const int attempts,
                          CountAttempts(tx, call.order.intent, call.order.digest));
    if (attempts >= kAttemptsPerOrderMax) {
        return Refuse("too_many_attempts", "an order is signed six times at most");
    }
    return {};
}

}  // namespace

// Attempts that cannot exclude each other by a nonce: the former one has had time to die, of which
// the daemon has the proof, and there are three at most.
base::Result<> SigningDesk::CheckRenewal(pg::Tx& tx, const SignCall& call) const {
    if (call.attempt == 1) {
        return {};
    }
    if (call.attempt > kMortalAttemptsMax) {
        return Refuse("too_many_attempts", "a payment is signed three times at most here");
    }
    BASE_ASSIGN_OR_RETURN(const bool old,
                          IsSignedBefore(tx, call.order.intent, call.attempt - 1, renew_after_));
    if (!old) {
        return base::Unavailable("signed_lately",
                                 "the former transaction of this payment may still be included");
    }
    return {};
}

base::Result<SigningDesk::Prepared> SigningDesk::Prepare(pg::Tx& tx, const SignCall& call) const {
    const GateOrder& order = call.order;
    Prepared prepared;
    BASE_ASSIGN_OR_RETURN(const auto intent, FindIntent(tx, order.intent));
    if (!intent || intent->network != order.order.network()) {
        return Refuse("not_authorised", "this payment was never authorised");
    }
    BASE_ASSIGN_OR_RETURN(const auto known, FindAttempt(tx, order.intent, call.attempt));
    if (known && !known->signed_tx.empty()) {
        prepared.stored = StoredAnswer(*known);
        return prepared;
    }
    BASE_RETURN_IF_ERROR(incarnation_.CheckIssued(auth::IssuedAt(order.order)));
    if (call.first_order) {
        BASE_RETURN_IF_ERROR(incarnation_.CheckIssued(auth::IssuedAt(call.first_order->order)));
    }
    if (intent->is_voided || intent->has_ended) {
        return Refuse("voided", "this payment has ended");
    }
    BASE_ASSIGN_OR_RETURN(const Authorisation allowed, RequireAllowed(tx, order));
    BASE_RETURN_IF_ERROR(CheckFirstOrder(call, *intent));
    BASE_RETURN_IF_ERROR(CheckOpen(tx, call));
    if (!known) {
        BASE_RETURN_IF_ERROR(CheckAttemptCount(tx, call));
    }
    BASE_ASSIGN_OR_RETURN(prepared.request.first_signed_tx, FirstBytes(tx, call));
    BASE_RETURN_IF_ERROR(IsMortal(order.order.network()) ? CheckRenewal(tx, call)
                                                         : Reserve(tx, call));
    BASE_RETURN_IF_ERROR(RecordAttempt(tx, order, call.attempt, call.unsigned_tx));
    BASE_ASSIGN_OR_RETURN(const WalletRow wallet, GetWallet(tx, order.user, order.wallet));
    prepared.request.key = KeyRefOf(wallet);
    BASE_ASSIGN_OR_RETURN(const auto paid_from, SpentAddresses(wallet.network, call.unsigned_tx));
    if (!paid_from.empty()) {
        BASE_ASSIGN_OR_RETURN(prepared.request.further_keys,
                              FindFurtherKeys(tx, wallet, paid_from));
    }
    prepared.request.order = BytesOf(order);
    if (call.first_order) {
        prepared.request.first_order = BytesOf(*call.first_order);
    }
    prepared.request.unsigned_tx = call.unsigned_tx;
    prepared.request.amount_max = allowed.amount;
    return prepared;
}

base::Result<SignResponse> SigningDesk::Sign(const SignCall& call) const {
    BASE_ASSIGN_OR_RETURN(Prepared prepared,
                          pg::Transact(pool_, [&](pg::Tx& tx) { return Prepare(tx, call); }));
    if (prepared.stored) {
        return std::move(*prepared.stored);
    }
    BASE_CRASH_POINT("gate_recorded");
    BASE_RETURN_IF_ERROR(incarnation_.CountSignature());
    BASE_CRASH_POINT("gate_counted");
    BASE_ASSIGN_OR_RETURN(signer::SignedBytes made,
                          signer_.Ask<signer::SignedBytes>(std::move(prepared.request)));
    BASE_CRASH_POINT("gate_signed");
    auto kept = Keep(call, std::move(made));
    BASE_CRASH_POINT("gate_stored");
    return kept;
}

base::Result<SignResponse> SigningDesk::Keep(const SignCall& call, signer::SignedBytes made) const {
    const SignedAttempt attempt{
        call.order.intent, call.attempt, call.unsigned_tx, made.signed_tx, made.tx_hash};
    auto answer = pg::Transact(pool_, [&](pg::Tx& tx) -> base::Result<SignResponse> {
        BASE_ASSIGN_OR_RETURN(const bool stored, StoreSignature(tx, attempt));
        if (!stored) {
            return Refuse("lost_race", "the payment was voided or signed otherwise meanwhile");
        }
        BASE_RETURN_IF_ERROR(AppendEvent(tx,
                                         call.order.wallet,
                                         "signed",
                                         {{"intent_id", call.order.intent.ToString()},
                                          {"attempt", call.attempt},
                                          {"tx_hash", made.tx_hash}}));
        return StoredAnswer({call.order.digest, call.unsigned_tx, made.signed_tx, made.tx_hash});
    });
    if (answer || answer.error().reason != "lost_race") {
        return answer;
    }
    Wipe(made.signed_tx);
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
