#include "rpc/user_context.h"

#include <google/protobuf/util/time_util.h>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "base/check.h"
#include "base/hex.h"
#include "platform/rpc/v1/user_context.pb.h"

namespace rpc {
namespace {

using google::protobuf::util::TimeUtil;

constexpr std::string_view kSignatureDomain = "platform.user_context.v1";

// The domain keeps a signature from being taken for one of another kind.
std::string SignedBytes(std::string_view payload) {
    std::string bytes(kSignatureDomain);
    bytes += '\0';
    bytes += payload;
    return bytes;
}

base::Error BadContext(std::string_view reason, std::string detail) {
    return base::MakeError(base::ErrorKind::kUnauthenticated, reason, std::move(detail));
}

}  // namespace

base::Result<UserContextSigner> UserContextSigner::Make(secret::Bytes seed) {
    BASE_ASSIGN_OR_RETURN(const auto public_key, crypto::Ed25519PublicKeyOf(seed));
    return UserContextSigner(std::move(seed), public_key);
}

std::string UserContextSigner::Sign(const UserContext& context) const {
    platform::rpc::v1::UserContext message;
    message.set_user_id(context.user.ToString());
    message.set_role(context.role);
    message.set_caller(context.caller);
    message.mutable_scopes()->Add(context.scopes.begin(), context.scopes.end());
    message.set_run(context.run);
    *message.mutable_issued() =
        TimeUtil::MillisecondsToTimestamp(context.issued.time_since_epoch().count());

    platform::rpc::v1::SignedUserContext token;
    token.set_payload(message.SerializeAsString());
    const auto signature = crypto::Ed25519Sign(seed_, base::AsBytes(SignedBytes(token.payload())));
    BASE_CHECK(signature.has_value());  // Make() has proven the seed
    token.set_signature(base::ToText(*signature));
    return token.SerializeAsString();
}

std::string UserContextSigner::VerifyKey() const {
    return base::HexEncode(public_key_);
}

base::Result<UserContextVerifier> UserContextVerifier::Make(std::string_view public_key_hex) {
    const auto bytes = base::HexDecode(public_key_hex);
    if (!bytes || bytes->size() != crypto::Ed25519PublicKey().size()) {
        return base::InvalidArgument("bad_verify_key",
                                     "the context verify key must have 64 hex digits");
    }
    return UserContextVerifier(base::ToArray<32>(*bytes));
}

// By the exact bytes of the token: whatever differs in one bit is verified afresh.
struct UserContextVerifier::Known {
    std::mutex mutex;
    std::unordered_map<std::string, std::shared_ptr<const UserContext>> contexts;
};

UserContextVerifier::UserContextVerifier(const crypto::Ed25519PublicKey& key)
    : key_(key), known_(std::make_shared<Known>()) {}

std::size_t UserContextVerifier::known() const {
    const std::lock_guard lock(known_->mutex);
    return known_->contexts.size();
}

base::Result<UserContext> UserContextVerifier::Verify(std::string_view token,
                                                      base::Time now) const {
    std::string bytes(token);
    std::shared_ptr<const UserContext> context;
    {
        const std::lock_guard lock(known_->mutex);
        if (const auto found = known_->contexts.find(bytes); found != known_->contexts.end()) {
            context = found->second;
        }
    }
    const bool is_new = context == nullptr;
    if (is_new) {
        BASE_ASSIGN_OR_RETURN(auto opened, Open(token));
        context = std::make_shared<const UserContext>(std::move(opened));
    }
    if (now >= context->issued + kUserContextLifetime || context->issued > now + kClockSkewMax) {
        return BadContext("user_context_expired", "the user context is outside its 60 seconds");
    }
    if (is_new) {
        const std::lock_guard lock(known_->mutex);
        if (known_->contexts.size() >= kKnownContextsMax) {
            known_->contexts.clear();  // costs each living one a verification
        }
        known_->contexts.emplace(std::move(bytes), context);
    }
    return *context;
}

base::Result<UserContext> UserContextVerifier::Open(std::string_view token) const {
    platform::rpc::v1::SignedUserContext signed_context;
    platform::rpc::v1::UserContext message;
    if (!signed_context.ParseFromArray(token.data(), static_cast<int>(token.size())) ||
        signed_context.signature().size() != crypto::Ed25519Signature().size()) {
        return BadContext("bad_user_context", "the user context is malformed");
    }
    const auto signature = base::ToArray<64>(base::AsBytes(signed_context.signature()));
    const std::string bytes = SignedBytes(signed_context.payload());
    if (!crypto::Ed25519Verify(key_, base::AsBytes(bytes), signature)) {
        return BadContext("bad_user_context", "the user context is not signed by the gateway");
    }
    if (!message.ParseFromString(signed_context.payload())) {
        return BadContext("bad_user_context", "the user context is malformed");
    }
    BASE_ASSIGN_OR_RETURN(const auto user, base::UserId::Parse(message.user_id()));
    UserContext context;
    context.user = user;
    context.role = message.role();
    context.caller = message.caller();
    context.scopes.assign(message.scopes().begin(), message.scopes().end());
    context.run = message.run();
    context.issued =
        base::Time(std::chrono::milliseconds(TimeUtil::TimestampToMilliseconds(message.issued())));
    return context;
}

}  // namespace rpc
