#include "api-gateway/flow/paying_wallet.h"
#include "api-gateway/flow/proof.h"
#include "api-gateway/resources/chain.h"
#include "api-gateway/views/wallet_view.h"

namespace gateway {

namespace {

namespace wallet_v1 = platform::wallet::v1;

constexpr std::size_t kLabelMax = 64;
constexpr std::int64_t kHeightMax = 1'000'000'000;

// Exactly one of private_key, wif and mnemonic.
base::Result<wallet_v1::ImportWalletRequest> ReadImport(Call& call) {
    BASE_ASSIGN_OR_RETURN(const SecretBody body, ReadSecretBody(call));
    net::ObjectReader reader(body.json());
    wallet_v1::ImportWalletRequest request;
    request.set_label(reader.Text("label", kLabelMax).value_or(""));
    const Proof proof = ReadProof(reader);
    const secret::String key = reader.Secret("private_key", net::Presence::kOptional);
    const secret::String wif = reader.Secret("wif", net::Presence::kOptional);
    const secret::String mnemonic = reader.Secret("mnemonic", net::Presence::kOptional);
    const secret::String passphrase = reader.Secret("passphrase", net::Presence::kOptional);
    const std::string path = reader.Text("path").value_or("");
    const auto birthday = reader.Integer("birthday_height", 0, kHeightMax);
    BASE_RETURN_IF_ERROR(Finish(call, reader));
    const int given = (key.empty() ? 0 : 1) + (wif.empty() ? 0 : 1) + (mnemonic.empty() ? 0 : 1);
    if (given != 1) {
        return base::InvalidArgument("invalid_request",
                                     "give exactly one of private_key, wif and mnemonic");
    }
    if (!key.empty()) {
        request.set_private_key(std::string(key.Expose()));
    } else if (!wif.empty()) {
        request.set_wif(std::string(wif.Expose()));
    } else {
        request.mutable_mnemonic()->set_mnemonic(std::string(mnemonic.Expose()));
        request.mutable_mnemonic()->set_passphrase(std::string(passphrase.Expose()));
        request.mutable_mnemonic()->set_path(path);
    }
    if (birthday) {
        request.set_birthday_height(static_cast<std::uint64_t>(*birthday));
    }
    SetProof(*request.mutable_proof(), proof);
    return request;
}

struct ExportWish {
    std::string format;
    std::optional<std::string> wallet_id;
    Proof proof;
};

base::Result<ExportWish> ReadExport(Call& call) {
    BASE_ASSIGN_OR_RETURN(const SecretBody body, ReadSecretBody(call));
    net::ObjectReader reader(body.json());
    ExportWish wish;
    wish.format = reader.Text("format").value_or("private_key");
    wish.wallet_id = reader.Text("wallet_id");
    wish.proof = ReadProof(reader);
    BASE_RETURN_IF_ERROR(Finish(call, reader));
    if (wish.format != "private_key" && wish.format != "mnemonic") {
        return base::InvalidArgument("invalid_request", "format is private_key or mnemonic")
            .At("/format");
    }
    return wish;
}

struct RemoveWish {
    std::string confirm;
    std::optional<std::string> wallet_id;
    Proof proof;
};

base::Result<RemoveWish> ReadRemove(Call& call) {
    BASE_ASSIGN_OR_RETURN(const SecretBody body, ReadSecretBody(call));
    net::ObjectReader reader(body.json());
    RemoveWish wish;
    wish.confirm = reader.Text("confirm", net::kNeeded);
    wish.wallet_id = reader.Text("wallet_id");
    wish.proof = ReadProof(reader);
    BASE_RETURN_IF_ERROR(Finish(call, reader));
    return wish;
}

}  // namespace

Answer CreateWallet(App& app, Call& call) {
    const auto chain = app.backends().FindChain(call.Segment("chain"));
    if (!chain) {
        co_return chain.error();
    }
    const auto body = ReadOptionalBody(call);
    if (!body) {
        co_return body.error();
    }
    net::ObjectReader reader(*body);
    const std::string label = reader.Text("label", kLabelMax).value_or("");
    BASE_CO_RETURN_IF_ERROR(Finish(call, reader));
    wallet_v1::CreateWalletRequest request;
    request.set_user_id(call.caller.user->id.ToString());
    request.set_chain(std::string(chain->info->name));
    request.set_label(label);
    auto context = app.backends().ContextOf(call);
    const auto made = co_await rpc::Await(app.backends().wallets(),
                                          &WalletAsync::CreateWallet,
                                          std::move(request),
                                          std::move(context));
    if (!made) {
        co_return made.error();
    }
    co_return JsonResponse(201, WalletJson(made->wallet()));
}

Answer ImportWallet(App& app, Call& call) {
    const auto chain = app.backends().FindChain(call.Segment("chain"));
    if (!chain) {
        co_return chain.error();
    }
    auto request = ReadImport(call);
    if (!request) {
        co_return request.error();
    }
    request->set_user_id(call.caller.user->id.ToString());
    request->set_chain(std::string(chain->info->name));
    auto context = app.backends().ContextOf(call);
    const auto added = co_await rpc::Await(app.backends().wallets(),
                                           &WalletAsync::ImportWallet,
                                           std::move(*request),
                                           std::move(context));
    if (!added) {
        co_return added.error();
    }
    co_return JsonResponse(201, WalletJson(added->wallet()));
}

Answer ExportWallet(App& app, Call& call) {
    const auto chain = app.backends().FindChain(call.Segment("chain"));
    if (!chain) {
        co_return chain.error();
    }
    const auto wish = ReadExport(call);
    if (!wish) {
        co_return wish.error();
    }
    const auto wallet = co_await FindExistingWallet(app, call, *chain, wish->wallet_id);
    if (!wallet) {
        co_return wallet.error();
    }
    wallet_v1::ExportWalletRequest request;
    request.set_user_id(call.caller.user->id.ToString());
    request.set_wallet_id(wallet->wallet_id());
    request.set_format(wish->format);
    SetProof(*request.mutable_proof(), wish->proof);
    auto context = app.backends().ContextOf(call);
    auto exported = co_await rpc::Await(app.backends().wallets(),
                                        &WalletAsync::ExportWallet,
                                        std::move(request),
                                        std::move(context));
    if (!exported) {
        co_return exported.error();
    }
    SecretBody body({{"wallet_id", wallet->wallet_id()},
                     {"chain", chain->info->name},
                     {"address", wallet->address()},
                     {"format", exported->format()},
                     {exported->format(), exported->secret()},
                     {"path", exported->path()}});
    secret::Wipe(*exported->mutable_secret());
    co_return JsonResponse(200, body.json());
}

Answer RemoveWallet(App& app, Call& call) {
    const auto chain = app.backends().FindChain(call.Segment("chain"));
    if (!chain) {
        co_return chain.error();
    }
    const auto wish = ReadRemove(call);
    if (!wish) {
        co_return wish.error();
    }
    const auto wallet = co_await FindExistingWallet(app, call, *chain, wish->wallet_id);
    if (!wallet) {
        co_return wallet.error();
    }
    wallet_v1::RemoveWalletRequest request;
    request.set_user_id(call.caller.user->id.ToString());
    request.set_wallet_id(wallet->wallet_id());
    request.set_confirm_address(wish->confirm);
    SetProof(*request.mutable_proof(), wish->proof);
    auto context = app.backends().ContextOf(call);
    const auto removed = co_await rpc::Await(app.backends().wallets(),
                                             &WalletAsync::RemoveWallet,
                                             std::move(request),
                                             std::move(context));
    if (!removed) {
        co_return removed.error();
    }
    co_return NoContent();
}

}  // namespace gateway
