#include "wallet-manager/message_desk.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "crypto/hash.h"
#include "wallet-manager/address_store.h"
#include "wallet-manager/events.h"
#include "wallet-manager/message_store.h"
#include "wallet-manager/pause_store.h"
#include "wallet-manager/wallet_store.h"

namespace wallet_manager {

namespace {

base::Error OrderMismatch(std::string detail) {
    return base::PermissionDenied("order_mismatch", std::move(detail));
}

// Denied by default: the list names a contract and a type, or the user wants exactly this.
base::Result<> CheckTypedData(pg::Tx& tx,
                              const MessageCall& call,
                              const std::string& network,
                              const messages::TypedDataTerms& terms) {
    if (call.wanted) {
        return {};
    }
    if (!terms.contract.empty()) {
        BASE_ASSIGN_OR_RETURN(
            const bool allowed,
            IsMessageTypeAllowed(tx, call.user, {network, terms.contract, terms.primary_type}));
        if (allowed) {
            return {};
        }
    }
    return base::PermissionDenied("approval_needed",
                                  "typed data of the type '" + terms.primary_type + "'" +
                                      (terms.contract.empty() ? "" : " for " + terms.contract) +
                                      " is not allowed")
        .Remedy(
            "Read it, then repeat the call signed in and with your password, or allow the "
            "type at /api/v1/wallet/message-types.");
}

// The key of the order's address: the wallet's own, or that of a further receive address.
base::Result<signer::KeyRef> KeyOf(pg::Tx& tx,
                                   const WalletRow& wallet,
                                   const platform::common::v1::Order& order) {
    if (wallet.network != order.network()) {
        return OrderMismatch("the order names another network than the wallet's");
    }
    if (wallet.address == order.from()) {
        return KeyRefOf(wallet);
    }
    BASE_ASSIGN_OR_RETURN(auto further, FindFurtherKeys(tx, wallet, {order.from()}));
    if (further.size() != 1) {
        return base::InvalidArgument("address_mismatch", "the address is not one of this wallet");
    }
    return std::move(further.front());
}

}  // namespace

struct MessageDesk::Task {
    platform::common::v1::Order order;
    base::IntentId id;
    base::WalletId wallet;
    std::optional<messages::TypedDataTerms> terms;
};

MessageDesk::MessageDesk(Parts parts) : parts_(std::move(parts)) {
    for (const chain::ChainInfo& chain : chain::AllChains()) {
        networks_.emplace_back(chain::NetworkId(chain, parts_.mode));
    }
}

base::Result<MessageDesk::Task> MessageDesk::Read(const MessageCall& call) const {
    BASE_RETURN_IF_ERROR(parts_.incarnation.CheckOpen());
    Task task;
    BASE_ASSIGN_OR_RETURN(task.order, auth::VerifyOrder(call.order, parts_.trust, networks_));
    const base::Time now = parts_.clock.Now();
    BASE_RETURN_IF_ERROR(auth::CheckNotFuture(task.order, now));
    BASE_RETURN_IF_ERROR(auth::CheckNotExpired(task.order, now));
    BASE_RETURN_IF_ERROR(parts_.incarnation.CheckIssued(auth::IssuedAt(task.order)));
    if (!task.order.has_message()) {
        return base::InvalidArgument("unsupported_action", "the order is about no message");
    }
    if (task.order.user_id() != call.user.ToString()) {
        return OrderMismatch("the order is another user's");
    }
    if (!base::Equal(crypto::Sha256(call.content), base::AsBytes(task.order.message().digest()))) {
        return OrderMismatch("the order is about another message");
    }
    messages::Message message;
    BASE_ASSIGN_OR_RETURN(message.kind, messages::ParseKind(task.order.message().kind()));
    message.network = task.order.network();
    message.content = call.content;
    BASE_ASSIGN_OR_RETURN(task.terms, messages::CheckSignable(message));
    BASE_ASSIGN_OR_RETURN(task.id, base::IntentId::Parse(task.order.intent_id()));
    BASE_ASSIGN_OR_RETURN(task.wallet, base::WalletId::Parse(task.order.wallet_id()));
    return task;
}

// In one transaction: may it be signed, and the traces of it.
base::Result<signer::KeyRef> MessageDesk::Admit(pg::Tx& tx,
                                                const MessageCall& call,
                                                const Task& task) const {
    const std::string& network = task.order.network();
    BASE_ASSIGN_OR_RETURN(const WalletRow wallet, GetWallet(tx, call.user, task.wallet));
    BASE_ASSIGN_OR_RETURN(signer::KeyRef key, KeyOf(tx, wallet, task.order));
    BASE_ASSIGN_OR_RETURN(const auto pause, FindPause(tx, {network, call.user, task.wallet}));
    if (pause) {
        return base::Unavailable("paused", *pause);
    }
    if (task.terms) {
        BASE_RETURN_IF_ERROR(CheckTypedData(tx, call, network, *task.terms));
    }
    const auto& action = task.order.message();
    BASE_RETURN_IF_ERROR(
        RecordMessage(tx, {task.id, task.wallet, action.kind(), base::AsBytes(action.digest())}));
    nlohmann::json detail{{"order_id", task.id.ToString()},
                          {"kind", action.kind()},
                          {"digest", base::HexEncode(base::AsBytes(action.digest()))}};
    if (task.terms) {
        detail["contract"] = task.terms->contract;
        detail["primary_type"] = task.terms->primary_type;
        detail["wanted"] = call.wanted;
    }
    BASE_RETURN_IF_ERROR(AppendEvent(tx, task.wallet, "message_signing", detail));
    return key;
}

base::Result<std::string> MessageDesk::Sign(const MessageCall& call) const {
    BASE_ASSIGN_OR_RETURN(const Task task, Read(call));
    BASE_ASSIGN_OR_RETURN(signer::KeyRef key, pg::Transact(parts_.pool, [&](pg::Tx& tx) {
                              return Admit(tx, call, task);
                          }));
    BASE_RETURN_IF_ERROR(parts_.incarnation.CountSignature());
    BASE_ASSIGN_OR_RETURN(
        signer::MessageSignature made,
        parts_.signer.Ask<signer::MessageSignature>(signer::SignMessage{
            std::move(key), {call.order.order(), call.order.signature()}, call.content}));
    return std::move(made.text);
}

}  // namespace wallet_manager
