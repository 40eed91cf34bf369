// Calls that open keys, take them in or give them up: each needs the fresh password.
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "secret/secret.h"
#include "wallet-manager/events.h"
#include "wallet-manager/wallet_service.h"

namespace wallet_manager {

namespace v1 = platform::wallet::v1;

namespace {

signer::ImportKey KeyOf(const v1::ImportWalletRequest& request) {
    signer::ImportKey key;
    switch (request.key_case()) {
        case v1::ImportWalletRequest::kPrivateKey:
            key.form = static_cast<std::uint8_t>(signer::ImportForm::kPrivateKey);
            key.key = secret::String(request.private_key());
            break;
        case v1::ImportWalletRequest::kMnemonic:
            key.form = static_cast<std::uint8_t>(signer::ImportForm::kMnemonic);
            key.key = secret::String(request.mnemonic().mnemonic());
            key.passphrase = secret::String(request.mnemonic().passphrase());
            key.path = request.mnemonic().path();
            break;
        case v1::ImportWalletRequest::kWif:
            key.form = static_cast<std::uint8_t>(signer::ImportForm::kWif);
            key.key = secret::String(request.wif());
            break;
        case v1::ImportWalletRequest::KEY_NOT_SET:
            break;
    }
    return key;
}

// What an export hands out.
enum class Exported { kPrivateKey, kMnemonic };

base::Result<Exported> FormatOf(const std::string& format, const WalletRow& wallet) {
    if (format.empty() || format == "private_key") {
        return Exported::kPrivateKey;
    }
    if (format == "mnemonic" && wallet.kind == "hd") {
        return Exported::kMnemonic;
    }
    return base::InvalidArgument("invalid_request",
                                 format == "mnemonic" ? "an imported wallet has no mnemonic here"
                                                      : "format is private_key or mnemonic")
        .At("/format");
}

}  // namespace

base::Result<v1::ImportWalletResponse> WalletService::ImportWallet(
    const v1::ImportWalletRequest& request, const Context& context) {
    BASE_ASSIGN_OR_RETURN(const auto user, UserOf(context, request.user_id()));
    BASE_ASSIGN_OR_RETURN(WalletWish wish, WishOf(user, request.chain(), request.label()));
    if (request.has_birthday_height()) {
        wish.birthday_height = request.birthday_height();
    }
    if (request.key_case() == v1::ImportWalletRequest::KEY_NOT_SET) {
        return base::InvalidArgument("missing_field", "give private_key, mnemonic or wif");
    }
    BASE_RETURN_IF_ERROR(proofs_.Verify(user, request.proof(), ProofUse::kSecret));
    BASE_ASSIGN_OR_RETURN(const WalletRow wallet, maker_.Import(wish, KeyOf(request)));
    v1::ImportWalletResponse response;
    *response.mutable_wallet() = ToProto(wallet);
    return response;
}

base::Result<v1::ExportWalletResponse> WalletService::ExportWallet(
    const v1::ExportWalletRequest& request, const Context& context) {
    BASE_ASSIGN_OR_RETURN(const auto user, UserOf(context, request.user_id()));
    BASE_ASSIGN_OR_RETURN(const WalletRow wallet, Find(user, request.wallet_id()));
    BASE_ASSIGN_OR_RETURN(const Exported format, FormatOf(request.format(), wallet));
    BASE_RETURN_IF_ERROR(proofs_.Verify(user, request.proof(), ProofUse::kSecret));
    const bool mnemonic = format == Exported::kMnemonic;
    const std::string name = mnemonic ? "mnemonic" : "private_key";
    // The event is committed before the key is opened: no export without a trace.
    BASE_ASSIGN_OR_RETURN(
        const auto seed,
        pg::Transact(parts_.pool, [&](pg::Tx& tx) -> base::Result<std::optional<SeedRow>> {
            if (mnemonic) {
                BASE_RETURN_IF_ERROR(MarkSeedExported(tx, user));
            }
            BASE_RETURN_IF_ERROR(AppendEvent(tx, wallet.id, "key_exported", {{"format", name}}));
            return FindSeed(tx, user);
        }));
    signer::Request question = signer::ExportKey{KeyRefOf(wallet)};
    if (mnemonic) {
        question = signer::ExportSeed{user.ToString(), seed ? seed->envelope : ""};
    }
    BASE_ASSIGN_OR_RETURN(const auto secret,
                          parts_.signer.Ask<signer::ExportedSecret>(std::move(question)));
    v1::ExportWalletResponse response;
    response.set_secret(std::string(secret.text.Expose()));
    response.set_format(name);
    response.set_path(mnemonic ? wallet.path : "");
    return response;
}

base::Result<> WalletService::CheckEmpty(const WalletRow& wallet, const Context& context) const {
    const auto peer = parts_.peers.find(wallet.chain);
    if (peer == parts_.peers.end()) {
        return {};
    }
    platform::chain::v1::GetBalanceRequest request;
    request.set_address(wallet.address);
    BASE_ASSIGN_OR_RETURN(
        const auto answer,
        peer->second.Call(&platform::chain::v1::ChainService::Stub::GetBalance, request, context));
    if (answer.stale()) {
        return base::Unavailable("node_unavailable", "the wallet's balance is not known now");
    }
    if (answer.has_rescan()) {
        return base::FailedPrecondition("wallet_rescanning",
                                        "not all of the wallet's blocks have been read");
    }
    if (answer.balance() != "0") {
        return base::FailedPrecondition("balance_not_zero", "the wallet still holds money");
    }
    if (!answer.pending().empty() && answer.pending() != "0") {
        return base::FailedPrecondition("pending_tx", "a payment to this wallet is under way");
    }
    return {};
}

base::Result<v1::RemoveWalletResponse> WalletService::RemoveWallet(
    const v1::RemoveWalletRequest& request, const Context& context) {
    BASE_ASSIGN_OR_RETURN(const auto user, UserOf(context, request.user_id()));
    BASE_ASSIGN_OR_RETURN(const WalletRow wallet, Find(user, request.wallet_id()));
    if (request.confirm_address() != wallet.address) {
        return base::InvalidArgument("address_mismatch",
                                     "the address is not the one of this wallet");
    }
    BASE_RETURN_IF_ERROR(proofs_.Verify(user, request.proof(), ProofUse::kSetting));
    BASE_RETURN_IF_ERROR(CheckEmpty(wallet, context));
    return pg::Transact(parts_.pool, [&](pg::Tx& tx) -> base::Result<v1::RemoveWalletResponse> {
        BASE_ASSIGN_OR_RETURN(const bool open, HasOpenIntents(tx, wallet.id));
        if (open) {
            return base::FailedPrecondition("pending_tx", "a payment of this wallet is under way");
        }
        BASE_RETURN_IF_ERROR(MarkRemoved(tx, wallet.id));
        BASE_RETURN_IF_ERROR(
            AppendEvent(tx, wallet.id, "wallet_removed", {{"address", wallet.address}}));
        return v1::RemoveWalletResponse();
    });
}

}  // namespace wallet_manager
