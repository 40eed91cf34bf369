// Messages and which typed data may be signed without asking.
#include <utility>

#include <nlohmann/json.hpp>

#include "evm/message.h"
#include "wallet-manager/events.h"
#include "wallet-manager/message_store.h"
#include "wallet-manager/wallet_service.h"

namespace wallet_manager {

namespace v1 = platform::wallet::v1;

namespace {

constexpr std::size_t kPrimaryTypeMax = 100;

base::Result<MessageTypeKey> ReadKey(const v1::AllowMessageTypeRequest& request, chain::Mode mode) {
    BASE_ASSIGN_OR_RETURN(const chain::ChainInfo* info, chain::FindChain(request.chain()));
    if (info->family != chain::Family::kEvm) {
        return base::InvalidArgument("invalid_request",
                                     std::string(info->name) + " has no typed data")
            .At("/chain");
    }
    const auto contract = evm::Address::Parse(request.contract());
    if (!contract) {
        return base::Error(contract.error()).At("/contract");
    }
    if (request.primary_type().empty() || request.primary_type().size() > kPrimaryTypeMax) {
        return base::InvalidArgument("text_too_long", "a primary type has 1 to 100 characters")
            .At("/primary_type");
    }
    evm::TypedData like;
    like.encode_type = request.primary_type() + "()";
    like.verifying_contract = *contract;
    if (evm::IsTokenPermit(like)) {
        return base::PermissionDenied("permit_refused",
                                      "a permit to take tokens cannot be allowed by its type");
    }
    return MessageTypeKey{
        std::string(chain::NetworkId(*info, mode)), contract->ToString(), request.primary_type()};
}

nlohmann::json DetailOf(const MessageType& type) {
    return {{"network", type.network()},
            {"contract", type.contract()},
            {"primary_type", type.primary_type()}};
}

}  // namespace

base::Result<v1::SignMessageResponse> WalletService::SignMessage(
    const v1::SignMessageRequest& request, const Context& context) {
    auto answer = TrySignMessage(request, context);
    if (!answer) {
        Refusal refusal = RefusalOf(request.order());
        refusal.caller = context.caller;
        refusal.method = context.request.route;
        parts_.refusals.Write(refusal, answer.error());
    }
    return answer;
}

base::Result<v1::SignMessageResponse> WalletService::TrySignMessage(
    const v1::SignMessageRequest& request, const Context& context) const {
    MessageCall call;
    BASE_ASSIGN_OR_RETURN(call.user, UserOf(context, request.user_id()));
    if (request.has_proof()) {
        BASE_RETURN_IF_ERROR(RequireSession(context));
        BASE_RETURN_IF_ERROR(proofs_.Verify(call.user, request.proof(), ProofUse::kSetting));
        call.wanted = true;
    }
    call.order = request.order();
    call.content = base::ToBytes(base::AsBytes(request.content()));
    v1::SignMessageResponse response;
    BASE_ASSIGN_OR_RETURN(*response.mutable_signature(), desk_.Sign(call));
    return response;
}

base::Result<v1::ListMessageTypesResponse> WalletService::ListMessageTypes(
    const v1::ListMessageTypesRequest& request, const Context& context) {
    BASE_ASSIGN_OR_RETURN(const auto user, UserOf(context, request.user_id()));
    BASE_ASSIGN_OR_RETURN(const auto types, pg::Transact(parts_.pool, [&](pg::Tx& tx) {
                              return wallet_manager::ListMessageTypes(tx, user);
                          }));
    v1::ListMessageTypesResponse response;
    response.mutable_types()->Assign(types.begin(), types.end());
    return response;
}

base::Result<v1::AllowMessageTypeResponse> WalletService::AllowMessageType(
    const v1::AllowMessageTypeRequest& request, const Context& context) {
    BASE_ASSIGN_OR_RETURN(const auto user, UserOf(context, request.user_id()));
    BASE_ASSIGN_OR_RETURN(const MessageTypeKey key, ReadKey(request, parts_.mode));
    BASE_RETURN_IF_ERROR(proofs_.Verify(user, request.proof(), ProofUse::kSetting));
    v1::AllowMessageTypeResponse response;
    BASE_ASSIGN_OR_RETURN(
        *response.mutable_type(),
        pg::Transact(parts_.pool, [&](pg::Tx& tx) -> base::Result<MessageType> {
            BASE_ASSIGN_OR_RETURN(MessageType type, AddMessageType(tx, user, key));
            BASE_RETURN_IF_ERROR(
                AppendEventForAll(tx, user, "message_type_allowed", DetailOf(type)));
            return type;
        }));
    return response;
}

base::Result<v1::ForbidMessageTypeResponse> WalletService::ForbidMessageType(
    const v1::ForbidMessageTypeRequest& request, const Context& context) {
    BASE_ASSIGN_OR_RETURN(const auto user, UserOf(context, request.user_id()));
    return pg::Transact(
        parts_.pool, [&](pg::Tx& tx) -> base::Result<v1::ForbidMessageTypeResponse> {
            BASE_ASSIGN_OR_RETURN(const MessageType type,
                                  RemoveMessageType(tx, user, request.id()));
            BASE_RETURN_IF_ERROR(
                AppendEventForAll(tx, user, "message_type_forbidden", DetailOf(type)));
            return v1::ForbidMessageTypeResponse();
        });
}

}  // namespace wallet_manager
