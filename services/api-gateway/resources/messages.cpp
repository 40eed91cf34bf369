#include "api-gateway/resources/messages.h"

#include "api-gateway/flow/order.h"
#include "api-gateway/flow/paying_wallet.h"
#include "api-gateway/flow/proof.h"
#include "api-gateway/views/time.h"
#include "base/hex.h"
#include "base/utf8.h"
#include "crypto/hash.h"
#include "messages/message.h"

namespace gateway {

namespace {

using boost::asio::awaitable;
namespace wallet_v1 = platform::wallet::v1;
using Json = nlohmann::json;

constexpr std::string_view kTypePrefix = "mty_";
// The body is smaller; what is too long for a message is refused as such.
constexpr std::size_t kTextMax = 65'536;

// The message as a body gives it.
struct Content {
    std::optional<messages::Kind> kind;  // none = what is usual on the chain
    base::Bytes bytes;
};

base::Result<base::Bytes> Decode(const std::string& text, const std::string& encoding) {
    if (encoding == "utf8") {
        return base::ToBytes(base::AsBytes(text));
    }
    if (encoding != "hex") {
        return base::InvalidArgument("invalid_request", "encoding is utf8 or hex").At("/encoding");
    }
    auto bytes = base::HexDecode(text.starts_with("0x") ? text.substr(2) : text);
    if (!bytes) {
        return base::Error(bytes.error()).At("/message");
    }
    return bytes;
}

// The fields `message` and `encoding`, or `typed_data`; and `format`. Ends the reading.
base::Result<Content> ReadContent(Call& call, net::ObjectReader& reader) {
    const auto text = reader.Text("message", kTextMax);
    const auto encoding = reader.Text("encoding");
    const Json* const typed_data = reader.Object("typed_data");
    const auto format = reader.Text("format");
    BASE_RETURN_IF_ERROR(Finish(call, reader));
    if (text.has_value() == (typed_data != nullptr)) {
        return base::InvalidArgument("invalid_request",
                                     "give exactly one of message and typed_data");
    }
    Content content;
    if (format) {
        const auto kind = messages::ParseKind(*format);
        if (!kind) {
            return base::Error(kind.error()).At("/format");
        }
        content.kind = *kind;
    }
    const bool typed = typed_data != nullptr;
    if (typed ? encoding ||
                    content.kind.value_or(messages::Kind::kTypedData) != messages::Kind::kTypedData
              : content.kind == messages::Kind::kTypedData) {
        return base::InvalidArgument("invalid_request",
                                     "format eip712 and no encoding go with typed_data")
            .At("/format");
    }
    if (typed) {
        content.kind = messages::Kind::kTypedData;
        content.bytes = base::ToBytes(base::AsBytes(net::WriteJson(*typed_data)));
        return content;
    }
    BASE_ASSIGN_OR_RETURN(content.bytes, Decode(*text, encoding.value_or("utf8")));
    return content;
}

struct SignWish {
    Content content;
    std::optional<std::string> address;  // a further one of the wallet
    std::optional<std::string> wallet_id;
    std::optional<Proof> proof;
};

base::Result<SignWish> ReadSignWish(Call& call) {
    BASE_ASSIGN_OR_RETURN(const SecretBody body, ReadSecretBody(call));
    net::ObjectReader reader(body.json());
    SignWish wish;
    wish.wallet_id = reader.Text("wallet_id");
    wish.address = reader.Text("address");
    if (reader.Any("password") != nullptr) {
        wish.proof = ReadProof(reader);
    }
    BASE_ASSIGN_OR_RETURN(wish.content, ReadContent(call, reader));
    return wish;
}

// What is signed, as a person reads it.
Json ShownJson(const messages::Message& message,
               const std::optional<messages::TypedDataTerms>& terms) {
    const std::string_view text = base::AsText(message.content);
    Json shown{{"format", messages::KindName(message.kind)},
               {"message", nullptr},
               {"message_hex", base::HexEncodePrefixed(message.content)},
               {"digest", base::HexEncode(crypto::Sha256(message.content))},
               {"typed_data", nullptr}};
    if (terms) {
        shown["typed_data"] = {
            {"primary_type", terms->primary_type},
            {"contract", terms->contract.empty() ? Json() : Json(terms->contract)}};
    } else if (base::IsUtf8(text)) {
        shown["message"] = text;
    }
    return shown;
}

base::Result<wallet_v1::SignMessageRequest> MakeRequest(const ChainCall& at,
                                                        const messages::Message& message,
                                                        const wallet_v1::Wallet& wallet) {
    auto order = MakeMessageOrder(at.app, wallet);
    order.mutable_message()->set_kind(std::string(messages::KindName(message.kind)));
    order.mutable_message()->set_digest(base::ToText(crypto::Sha256(message.content)));
    wallet_v1::SignMessageRequest request;
    request.set_user_id(wallet.user_id());
    BASE_ASSIGN_OR_RETURN(*request.mutable_order(), Sign(at.app, std::move(order)));
    request.set_content(base::ToText(message.content));
    return request;
}

base::Error AtMessage(base::Error error) {
    return error.pointer.empty() ? std::move(error).At("/message") : error;
}

Json TypeJson(const wallet_v1::MessageType& type) {
    const chain::ChainInfo* chain = chain::FindNetwork(type.network());
    return {{"id", std::string(kTypePrefix) + type.id()},
            {"chain", chain == nullptr ? Json() : Json(chain->name)},
            {"network", type.network()},
            {"contract", type.contract()},
            {"primary_type", type.primary_type()},
            {"created_at", TimeJson(type.created_at())},
            {"effective_at", TimeJson(type.effective_at())}};
}

base::Result<wallet_v1::AllowMessageTypeRequest> ReadType(Call& call) {
    BASE_ASSIGN_OR_RETURN(const SecretBody body, ReadSecretBody(call));
    net::ObjectReader reader(body.json());
    wallet_v1::AllowMessageTypeRequest request;
    request.set_user_id(call.caller.user->id.ToString());
    request.set_chain(reader.Text("chain", net::kNeeded));
    request.set_contract(reader.Text("contract", net::kNeeded));
    request.set_primary_type(reader.Text("primary_type", net::kNeeded));
    const Proof proof = ReadProof(reader);
    BASE_RETURN_IF_ERROR(Finish(call, reader));
    SetProof(*request.mutable_proof(), proof);
    return request;
}

}  // namespace

Answer SignMessage(ChainCall at) {
    auto wish = ReadSignWish(at.call);
    if (!wish) {
        co_return wish.error();
    }
    auto wallet = co_await FindWallet(at.app, at.call, at.chain, wish->wallet_id);
    if (!wallet) {
        co_return wallet.error();
    }
    if (wish->address) {
        wallet->set_address(*wish->address);
    }
    const auto standard = messages::StandardKind(at.chain.network, wallet->address());
    if (!standard) {
        co_return base::Error(standard.error()).At("/address");
    }
    const messages::Message message{
        wish->content.kind.value_or(*standard), at.chain.network, std::move(wish->content.bytes)};
    const auto terms = messages::CheckSignable(message);
    if (!terms) {
        co_return AtMessage(terms.error());
    }
    auto request = MakeRequest(at, message, *wallet);
    if (!request) {
        co_return request.error();
    }
    if (wish->proof) {
        SetProof(*request->mutable_proof(), *wish->proof);
    }
    auto context = at.app.backends().ContextOf(at.call);
    const auto signature = co_await rpc::Await(at.app.backends().wallets(),
                                               &WalletAsync::SignMessage,
                                               std::move(*request),
                                               std::move(context));
    if (!signature) {
        co_return signature.error();
    }
    Json body = ShownJson(message, *terms);
    body["chain"] = at.chain.info->name;
    body["network"] = at.chain.network;
    body["wallet_id"] = wallet->wallet_id();
    body["address"] = wallet->address();
    body["signature"] = signature->signature();
    co_return JsonResponse(200, body);
}

Answer VerifyMessage(ChainCall at) {
    const auto body = ReadBody(at.call);
    if (!body) {
        co_return body.error();
    }
    net::ObjectReader reader(*body);
    messages::Claim claim;
    claim.network = at.chain.network;
    claim.address = reader.Text("address", net::kNeeded);
    claim.signature = reader.Text("signature", net::kNeeded);
    auto content = ReadContent(at.call, reader);
    if (!content) {
        co_return content.error();
    }
    claim.kind = content->kind;
    claim.content = std::move(content->bytes);
    const auto verdict = messages::Verify(claim);
    if (!verdict) {
        co_return AtMessage(verdict.error());
    }
    co_return JsonResponse(200,
                           {{"valid", verdict->valid},
                            {"address", verdict->address},
                            {"reason", verdict->valid ? Json() : Json(verdict->reason)}});
}

Answer ListMessageTypes(App& app, Call& call) {
    wallet_v1::ListMessageTypesRequest request;
    request.set_user_id(call.caller.user->id.ToString());
    auto context = app.backends().ContextOf(call);
    const auto types = co_await rpc::Await(app.backends().wallets(),
                                           &WalletAsync::ListMessageTypes,
                                           std::move(request),
                                           std::move(context));
    if (!types) {
        co_return types.error();
    }
    Json data = Json::array();
    for (const wallet_v1::MessageType& type : types->types()) {
        data.push_back(TypeJson(type));
    }
    co_return PageResponse(call, std::move(data), "");
}

Answer AllowMessageType(App& app, Call& call) {
    auto request = ReadType(call);
    if (!request) {
        co_return request.error();
    }
    auto context = app.backends().ContextOf(call);
    const auto added = co_await rpc::Await(app.backends().wallets(),
                                           &WalletAsync::AllowMessageType,
                                           std::move(*request),
                                           std::move(context));
    if (!added) {
        co_return added.error();
    }
    co_return JsonResponse(201, TypeJson(added->type()));
}

Answer ForbidMessageType(App& app, Call& call) {
    auto id = StripPrefix(call.Segment("id"), kTypePrefix);
    if (!id) {
        co_return id.error();
    }
    wallet_v1::ForbidMessageTypeRequest request;
    request.set_user_id(call.caller.user->id.ToString());
    request.set_id(std::move(*id));
    auto context = app.backends().ContextOf(call);
    const auto removed = co_await rpc::Await(app.backends().wallets(),
                                             &WalletAsync::ForbidMessageType,
                                             std::move(request),
                                             std::move(context));
    if (!removed) {
        co_return removed.error();
    }
    co_return NoContent();
}

}  // namespace gateway
