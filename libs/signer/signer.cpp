#include "signer/signer.h"

#include <chrono>
#include <string_view>
#include <utility>
#include <variant>

#include "base/hex.h"
#include "crypto/hash.h"
#include "evm/transaction.h"
#include "keyvault/envelope.h"
#include "messages/message.h"
#include "orders/order_plan.h"
#include "signer/evm_rules.h"
#include "signer/key_forms.h"
#include "signer/solana_rules.h"
#include "signer/utxo_rules.h"
#include "utxo/address.h"
#include "utxo/sign.h"

namespace signer {

namespace {

namespace common = platform::common::v1;

constexpr std::chrono::minutes kIssueSpread{10};

keyvault::Label KeyLabel(const KeyRef& ref) {
    return {
        keyvault::SecretType::kPrivateKey, ref.wallet_id, ref.user_id, ref.network, ref.address};
}

keyvault::Label SeedLabel(const std::string& user_id) {
    return {keyvault::SecretType::kMnemonic, "", user_id, "", ""};
}

secret::Bytes BytesOf(const secret::String& text) {
    return secret::Bytes::Copy(base::AsBytes(text.Expose()));
}

base::Error OrderMismatch(std::string detail) {
    return base::PermissionDenied("order_mismatch", std::move(detail));
}

base::Result<> CheckKeyOfOrder(const KeyRef& key, const common::Order& order) {
    if (key.wallet_id != order.wallet_id() || key.user_id != order.user_id() ||
        key.network != order.network() || key.address != order.from()) {
        return OrderMismatch("the order is not about this wallet");
    }
    return {};
}

// The envelope of a further address names the same wallet; it opens under no other name.
base::Result<> CheckSameWallet(const KeyRef& further, const KeyRef& key) {
    if (further.wallet_id != key.wallet_id || further.user_id != key.user_id ||
        further.network != key.network) {
        return OrderMismatch("a further key is of another wallet");
    }
    return {};
}

// A speed-up or cancel and the payment it is about.
base::Result<> CheckSameIntent(const common::Order& order, const common::Order& payment) {
    if (order.intent_id() != payment.intent_id() || order.user_id() != payment.user_id() ||
        order.wallet_id() != payment.wallet_id() || order.network() != payment.network() ||
        order.from() != payment.from()) {
        return OrderMismatch("the two orders are not about one payment");
    }
    return {};
}

bool IsOfFamily(std::string_view network, chain::Family family) {
    const chain::ChainInfo* info = chain::FindNetwork(network);
    return info != nullptr && info->family == family;
}

base::Result<Reply> SignEvm(const evm::Transaction& transaction,
                            const secret::Bytes& key,
                            const std::string& address) {
    BASE_ASSIGN_OR_RETURN(const evm::SignedTransaction made,
                          evm::SignTransaction(transaction, key));
    // What leaves here is read again by the decoder that every other transaction passes.
    BASE_ASSIGN_OR_RETURN(const evm::SignedTransaction read, evm::DecodeSigned(made.raw));
    if (read.from.ToString() != address || !(read.transaction == transaction)) {
        return base::Internal("a signature did not verify");
    }
    return Reply(SignedBytes{read.raw, base::HexEncodePrefixed(read.hash)});
}

}  // namespace

Signer::Signer(Settings settings, keyvault::KekSet keks, const base::Clock& clock)
    : settings_(std::move(settings)), keks_(std::move(keks)), clock_(clock) {}

base::Result<Reply> Signer::Handle(const Request& request) {
    return std::visit([this](const auto& value) { return Answer(value); }, request);
}

base::Result<Reply> Signer::Answer(const CreateSeed& request) {
    BASE_ASSIGN_OR_RETURN(const secret::String mnemonic, NewMnemonic());
    SealedSeed sealed;
    BASE_ASSIGN_OR_RETURN(sealed.envelope,
                          keyvault::Seal(keks_,
                                         static_cast<int>(request.kek_version),
                                         SeedLabel(request.user_id),
                                         BytesOf(mnemonic)));
    return Reply(std::move(sealed));
}

base::Result<Reply> Signer::Answer(const DeriveKey& request) {
    BASE_ASSIGN_OR_RETURN(const secret::String mnemonic,
                          OpenSeed(request.user_id, request.seed_envelope));
    BASE_ASSIGN_OR_RETURN(const WalletKey key,
                          DeriveFromMnemonic(mnemonic, request.network, request.index));
    const KeyRef ref{request.wallet_id, request.user_id, request.network, key.address, ""};
    SealedKey sealed{key.address, key.path, ""};
    BASE_ASSIGN_OR_RETURN(
        sealed.envelope,
        keyvault::Seal(keks_, static_cast<int>(request.kek_version), KeyLabel(ref), key.key));
    return Reply(std::move(sealed));
}

base::Result<Reply> Signer::Answer(const ImportKey& request) {
    BASE_ASSIGN_OR_RETURN(const WalletKey key, ReadImportedKey(request));
    const KeyRef ref{request.wallet_id, request.user_id, request.network, key.address, ""};
    SealedKey sealed{key.address, key.path, ""};
    BASE_ASSIGN_OR_RETURN(
        sealed.envelope,
        keyvault::Seal(keks_, static_cast<int>(request.kek_version), KeyLabel(ref), key.key));
    return Reply(std::move(sealed));
}

base::Result<Reply> Signer::Answer(const ExportKey& request) {
    BASE_ASSIGN_OR_RETURN(const secret::Bytes key, OpenKey(request.key));
    ExportedSecret secret;
    BASE_ASSIGN_OR_RETURN(secret.text, WriteExportedKey(key, request.key.network));
    return Reply(std::move(secret));
}

base::Result<Reply> Signer::Answer(const ExportSeed& request) {
    ExportedSecret secret;
    BASE_ASSIGN_OR_RETURN(secret.text, OpenSeed(request.user_id, request.seed_envelope));
    return Reply(std::move(secret));
}

base::Result<Reply> Signer::Answer(const SignTransaction& request) {
    BASE_ASSIGN_OR_RETURN(const common::Order order, ReadOrder(request.order));
    const bool replacement = orders::IsReplacement(order);
    if (replacement == request.first_order.order.empty()) {
        return OrderMismatch("a speed-up or cancel, and nothing else, comes with a first order");
    }
    common::Order payment = order;
    if (replacement) {
        BASE_ASSIGN_OR_RETURN(payment, ReadOrder(request.first_order));
        BASE_RETURN_IF_ERROR(CheckSameIntent(order, payment));
    }
    BASE_RETURN_IF_ERROR(CheckKeyOfOrder(request.key, order));
    const bool first = request.first_signed_tx.empty();
    if (first) {
        BASE_RETURN_IF_ERROR(CheckFirstSignature(order));
    }
    BASE_ASSIGN_OR_RETURN(Reply reply, SignAttempt(request, order, payment));
    if (first) {
        NoteIssue(order);
    }
    return reply;
}

// By the rules of the order's network.
base::Result<Reply> Signer::SignAttempt(const SignTransaction& request,
                                        const common::Order& order,
                                        const common::Order& payment) const {
    if (IsOfFamily(order.network(), chain::Family::kUtxo)) {
        return SignUtxoAttempt(request, order, payment);
    }
    if (IsOfFamily(order.network(), chain::Family::kSolana)) {
        const SolanaCase attempt{
            order, request.unsigned_tx, request.first_signed_tx, request.amount_max};
        BASE_ASSIGN_OR_RETURN(const auto message, CheckSolanaAttempt(attempt, settings_.mode));
        BASE_ASSIGN_OR_RETURN(const secret::Bytes key, OpenKey(request.key));
        BASE_ASSIGN_OR_RETURN(SignedBytes made, SignSolana(message, key));
        return Reply(std::move(made));
    }
    return SignEvmAttempt(request, order, payment);
}

base::Result<Reply> Signer::SignEvmAttempt(const SignTransaction& request,
                                           const common::Order& order,
                                           const common::Order& payment) const {
    const EvmCase attempt{
        order, payment, request.unsigned_tx, request.first_signed_tx, request.amount_max};
    const EvmRules rules{settings_.mode, settings_.allow_list, clock_.Now()};
    BASE_ASSIGN_OR_RETURN(const evm::Transaction transaction, CheckEvmAttempt(attempt, rules));
    BASE_ASSIGN_OR_RETURN(const secret::Bytes key, OpenKey(request.key));
    return SignEvm(transaction, key, request.key.address);
}

base::Result<Reply> Signer::SignUtxoAttempt(const SignTransaction& request,
                                            const common::Order& order,
                                            const common::Order& payment) const {
    UtxoCase attempt{
        order, payment, request.unsigned_tx, request.first_signed_tx, request.amount_max};
    for (const KeyRef& further : request.further_keys) {
        BASE_RETURN_IF_ERROR(CheckSameWallet(further, request.key));
        attempt.further_addresses.push_back(further.address);
    }
    BASE_ASSIGN_OR_RETURN(const CheckedUtxo task, CheckUtxoAttempt(attempt, settings_.mode));
    BASE_ASSIGN_OR_RETURN(const UtxoKeys keys, OpenUtxoKeys(request, task.ground));
    if (!request.first_signed_tx.empty()) {
        BASE_RETURN_IF_ERROR(CheckOwnFirst(task, request.first_signed_tx, keys));
    }
    BASE_ASSIGN_OR_RETURN(
        const utxo::SignedTx made,
        utxo::SignTransaction(
            *task.ground.format, task.unsigned_tx, [&keys](const utxo::UnsignedInput& input) {
                return KeyOfScript(keys, input.spent.script);
            }));
    return Reply(SignedBytes{made.raw, utxo::TxHashText(made.hash)});
}

base::Result<Reply> Signer::Answer(const SignFill& request) {
    BASE_ASSIGN_OR_RETURN(
        const evm::Transaction transaction,
        CheckEvmFill(
            request.unsigned_tx, request.key.address, request.key.network, settings_.mode));
    BASE_ASSIGN_OR_RETURN(const secret::Bytes key, OpenKey(request.key));
    return SignEvm(transaction, key, request.key.address);
}

base::Result<Reply> Signer::Answer(const RewrapKey& request) {
    const bool seed = request.key.wallet_id.empty();
    const keyvault::Label label = seed ? SeedLabel(request.key.user_id) : KeyLabel(request.key);
    RewrappedKey moved;
    BASE_ASSIGN_OR_RETURN(
        moved.envelope,
        keyvault::Rewrap(
            keks_, static_cast<int>(request.kek_version), label, request.key.envelope));
    KeyRef proof = request.key;
    proof.envelope = moved.envelope;
    if (seed) {
        BASE_RETURN_IF_ERROR(OpenSeed(proof.user_id, proof.envelope));
    } else {
        BASE_RETURN_IF_ERROR(OpenKey(proof));
    }
    return Reply(std::move(moved));
}

base::Result<Reply> Signer::Answer(const ListKeks& /*request*/) {
    KekList list;
    for (const int version : keks_.Versions()) {
        BASE_ASSIGN_OR_RETURN(const auto check, keks_.CheckValue(version));
        list.keks.push_back({static_cast<std::uint32_t>(version), base::ToBytes(check)});
    }
    return Reply(std::move(list));
}

base::Result<Reply> Signer::Answer(const SignMessage& request) {
    BASE_ASSIGN_OR_RETURN(const common::Order order, ReadOrder(request.order));
    BASE_RETURN_IF_ERROR(CheckKeyOfOrder(request.key, order));
    if (!order.has_message() ||
        !base::Equal(crypto::Sha256(request.content), base::AsBytes(order.message().digest()))) {
        return OrderMismatch("the order is not about this message");
    }
    BASE_RETURN_IF_ERROR(CheckFirstSignature(order));
    messages::Message message;
    BASE_ASSIGN_OR_RETURN(message.kind, messages::ParseKind(order.message().kind()));
    message.network = order.network();
    message.content = request.content;
    BASE_RETURN_IF_ERROR(messages::CheckSignable(message));
    BASE_ASSIGN_OR_RETURN(const secret::Bytes key, OpenKey(request.key));
    MessageSignature signature;
    BASE_ASSIGN_OR_RETURN(signature.text, messages::Sign(message, request.key.address, key));
    NoteIssue(order);
    return Reply(std::move(signature));
}

void Signer::NoteIssue(const common::Order& order) {
    if (!latest_issue_ || *latest_issue_ < auth::IssuedAt(order)) {
        latest_issue_ = auth::IssuedAt(order);
    }
}

base::Result<common::Order> Signer::ReadOrder(const OrderBytes& bytes) const {
    common::SignedOrder signed_order;
    signed_order.set_order(bytes.order);
    signed_order.set_signature(bytes.signature);
    BASE_ASSIGN_OR_RETURN(common::Order order,
                          auth::VerifyOrder(signed_order, settings_.trust, settings_.networks));
    BASE_RETURN_IF_ERROR(auth::CheckNotFuture(order, clock_.Now()));
    return order;
}

base::Result<> Signer::CheckFirstSignature(const common::Order& order) const {
    BASE_RETURN_IF_ERROR(auth::CheckNotExpired(order, clock_.Now()));
    if (latest_issue_ && auth::IssuedAt(order) < *latest_issue_ - kIssueSpread) {
        return base::FailedPrecondition("order_outdated",
                                        "the order is older than others that were signed");
    }
    return {};
}

base::Result<secret::Bytes> Signer::OpenKey(const KeyRef& ref) const {
    BASE_ASSIGN_OR_RETURN(secret::Bytes key, keyvault::Open(keks_, KeyLabel(ref), ref.envelope));
    BASE_ASSIGN_OR_RETURN(const bool own, OwnsAddress(key, ref.network, ref.address));
    if (!own) {
        return base::MakeError(base::ErrorKind::kDataLoss,
                               "key_mismatch",
                               "the sealed key is not the one of " + ref.address);
    }
    return key;
}

base::Result<UtxoKeys> Signer::OpenUtxoKeys(const SignTransaction& request,
                                            const utxo::Ground& ground) const {
    UtxoKeys keys;
    std::vector<KeyRef> refs{request.key};
    refs.insert(refs.end(), request.further_keys.begin(), request.further_keys.end());
    for (const KeyRef& ref : refs) {
        BASE_ASSIGN_OR_RETURN(secret::Bytes key, OpenKey(ref));
        BASE_ASSIGN_OR_RETURN(const utxo::Address address,
                              ground.format->ParseAddress(ref.address, ground.network));
        keys.insert_or_assign(address.script, std::move(key));
    }
    return keys;
}

base::Result<secret::String> Signer::OpenSeed(const std::string& user_id,
                                              const std::string& envelope) const {
    BASE_ASSIGN_OR_RETURN(secret::Bytes text, keyvault::Open(keks_, SeedLabel(user_id), envelope));
    return secret::String(std::move(text));
}

}  // namespace signer
