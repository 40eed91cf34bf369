#include "api-gateway/routes.h"

#include <array>
#include <initializer_list>
#include <vector>

#include "api-gateway/resources/admin.h"
#include "api-gateway/resources/api_keys.h"
#include "api-gateway/resources/approvals.h"
#include "api-gateway/resources/auth.h"
#include "api-gateway/resources/chain.h"
#include "api-gateway/resources/docs.h"
#include "api-gateway/resources/messages.h"
#include "api-gateway/resources/payments.h"
#include "api-gateway/resources/wallet.h"

namespace gateway {

namespace {

using auth::Access;
using auth::Role;
using auth::Scope;
using net::Method;

const auth::Roles kEveryone{Role::kUser, Role::kAuditor, Role::kAdmin, Role::kService};
// An auditor looks, and moves nothing.
const auth::Roles kOwners{Role::kUser, Role::kAdmin, Role::kService};
const auth::Roles kOverseers{Role::kAdmin, Role::kAuditor};
const auth::Roles kAdmins{Role::kAdmin};

const Access kOpen{.open = true};
const Access kLook{.roles = kEveryone, .scope = Scope::kRead};
const Access kPay{.roles = kOwners, .scope = Scope::kSend};
const Access kSign{.roles = kOwners, .scope = Scope::kSign};
// A person at a keyboard.
const Access kPerson{.roles = kEveryone};
const Access kOwnerInPerson{.roles = kOwners};
const Access kOversee{.roles = kOverseers, .scope = Scope::kAdmin};
const Access kAdministerInPerson{.roles = kAdmins};
const Access kAdminister{.roles = kAdmins, .scope = Scope::kAdmin};

struct Row : Route {
    Row Query(std::initializer_list<std::string_view> names) const {
        Row row = *this;
        row.query = names;
        return row;
    }

    Row WithOneTimePassword() const {
        Row row = *this;
        row.with_one_time_password = true;
        return row;
    }
};

struct Who {
    const Access& access;
    RateClass rate;
};

Row At(Method method, std::string_view pattern, const Who& who, Handler handler) {
    Row row;
    row.method = method;
    row.pattern = pattern;
    row.access = who.access;
    row.rate = who.rate;
    row.handler = handler;
    return row;
}

const std::array kAccountRoutes = {
    At(Method::kPost, "/auth/register", {kOpen, RateClass::kAuth}, Register),
    At(Method::kPost, "/auth/login", {kOpen, RateClass::kAuth}, Login),
    At(Method::kPost, "/auth/refresh", {kOpen, RateClass::kAuth}, Refresh),
    At(Method::kPost, "/auth/session", {kOpen, RateClass::kAuth}, BeginSession),
    At(Method::kPost, "/auth/logout", {kPerson, RateClass::kWrite}, Logout).WithOneTimePassword(),
    At(Method::kGet, "/auth/me", {kLook, RateClass::kRead}, GetMe).WithOneTimePassword(),
    At(Method::kPost, "/auth/password", {kPerson, RateClass::kWrite}, ChangePassword)
        .WithOneTimePassword(),
    At(Method::kPost, "/auth/totp", {kPerson, RateClass::kSecret}, BeginTotp),
    At(Method::kPost, "/auth/totp/confirm", {kPerson, RateClass::kSecret}, ConfirmTotp),
    At(Method::kDelete, "/auth/totp", {kPerson, RateClass::kSecret}, RemoveTotp),
    At(Method::kGet, "/api/v1/api-keys", {kPerson, RateClass::kRead}, ListKeys)
        .Query({"limit", "cursor"}),
    At(Method::kPost, "/api/v1/api-keys", {kPerson, RateClass::kSecret}, CreateKey),
    At(Method::kDelete, "/api/v1/api-keys/{id}", {kPerson, RateClass::kWrite}, RevokeKey),
    At(Method::kPost, "/api/v1/api-keys/{id}/rotate", {kPerson, RateClass::kWrite}, RotateKey),
};

const std::array kWalletRoutes = {
    At(Method::kGet, "/api/v1/wallet/balances", {kLook, RateClass::kRead}, GetBalances),
    At(Method::kGet, "/api/v1/wallet", {kLook, RateClass::kRead}, ListWallets),
    At(Method::kGet, "/api/v1/wallet/portfolio", {kLook, RateClass::kRead}, GetPortfolio)
        .Query({"vs_currency"}),
    At(Method::kGet, "/api/v1/wallet/transactions", {kLook, RateClass::kRead}, ListTransactions)
        .Query({"chain", "status", "direction", "from", "to", "limit", "cursor"}),
    At(Method::kGet, "/api/v1/wallet/transactions/{id}", {kLook, RateClass::kRead}, GetTransaction),
    At(Method::kGet, "/api/v1/wallet/policies", {kLook, RateClass::kRead}, GetPolicy),
    At(Method::kPut, "/api/v1/wallet/policies", {kOwnerInPerson, RateClass::kWrite}, SetPolicy),
    At(Method::kPost, "/api/v1/wallet/{wallet_id}/pause", {kPay, RateClass::kWrite}, PauseWallet),
    At(Method::kPost,
       "/api/v1/wallet/{wallet_id}/resume",
       {kOwnerInPerson, RateClass::kWrite},
       ResumeWallet),
    At(Method::kGet, "/api/v1/wallet/message-types", {kLook, RateClass::kRead}, ListMessageTypes),
    At(Method::kPost,
       "/api/v1/wallet/message-types",
       {kOwnerInPerson, RateClass::kWrite},
       AllowMessageType),
    At(Method::kDelete,
       "/api/v1/wallet/message-types/{id}",
       {kOwnerInPerson, RateClass::kWrite},
       ForbidMessageType),
    At(Method::kGet, "/api/v1/approvals", {kLook, RateClass::kRead}, ListApprovals)
        .Query({"state", "limit", "cursor"}),
    At(Method::kGet, "/api/v1/approvals/{id}", {kLook, RateClass::kRead}, GetApproval),
    At(Method::kPost,
       "/api/v1/approvals/{id}/approve",
       {kOwnerInPerson, RateClass::kSend},
       Approve),
    At(Method::kPost, "/api/v1/approvals/{id}/deny", {kOwnerInPerson, RateClass::kSend}, Deny),
};

const std::array kChainRoutes = {
    At(Method::kPost, "/api/v1/{chain}/wallet", {kPay, RateClass::kWrite}, CreateWallet),
    At(Method::kDelete,
       "/api/v1/{chain}/wallet",
       {kOwnerInPerson, RateClass::kSecret},
       RemoveWallet),
    At(Method::kPost,
       "/api/v1/{chain}/wallet/import",
       {kOwnerInPerson, RateClass::kSecret},
       ImportWallet),
    At(Method::kPost,
       "/api/v1/{chain}/wallet/export",
       {kOwnerInPerson, RateClass::kSecret},
       ExportWallet),
    At(Method::kGet, "/api/v1/{chain}/address", {kLook, RateClass::kRead}, OnChain<GetAddress>)
        .Query({"wallet_id"}),
    At(Method::kPost, "/api/v1/{chain}/address", {kPay, RateClass::kWrite}, OnChain<AddAddress>)
        .Query({"wallet_id"}),
    At(Method::kGet, "/api/v1/{chain}/addresses", {kLook, RateClass::kRead}, OnChain<ListAddresses>)
        .Query({"wallet_id"}),
    At(Method::kGet,
       "/api/v1/{chain}/address/validate",
       {kLook, RateClass::kRead},
       OnChain<ValidateAddress>)
        .Query({"address"}),
    At(Method::kGet, "/api/v1/{chain}/balance", {kLook, RateClass::kRead}, OnChain<GetBalance>)
        .Query({"address", "token", "wallet_id"}),
    At(Method::kGet, "/api/v1/{chain}/tokens", {kLook, RateClass::kRead}, OnChain<ListTokens>)
        .Query({"address", "wallet_id"}),
    At(Method::kGet,
       "/api/v1/{chain}/tokens/{token}",
       {kLook, RateClass::kRead},
       OnChain<GetToken>),
    At(Method::kGet, "/api/v1/{chain}/fees", {kLook, RateClass::kRead}, OnChain<GetFees>),
    At(Method::kPost, "/api/v1/{chain}/estimate", {kLook, RateClass::kRead}, EstimatePayment),
    At(Method::kPost, "/api/v1/{chain}/send", {kPay, RateClass::kSend}, Send).Query({"dry_run"}),
    At(Method::kGet,
       "/api/v1/{chain}/tx/{hash}",
       {kLook, RateClass::kRead},
       OnChain<GetChainTransaction>),
    At(Method::kPost, "/api/v1/{chain}/tx/{hash}/speed-up", {kPay, RateClass::kSend}, SpeedUp),
    At(Method::kPost, "/api/v1/{chain}/tx/{hash}/cancel", {kPay, RateClass::kSend}, Cancel),
    At(Method::kGet, "/api/v1/{chain}/history", {kLook, RateClass::kRead}, OnChain<GetHistory>)
        .Query({"wallet_id", "limit", "cursor"}),
    At(Method::kPost,
       "/api/v1/{chain}/sign-message",
       {kSign, RateClass::kWrite},
       OnChain<SignMessage>),
    At(Method::kPost,
       "/api/v1/{chain}/verify-message",
       {kSign, RateClass::kWrite},
       OnChain<VerifyMessage>),
    At(Method::kGet, "/api/v1/{chain}/status", {kLook, RateClass::kRead}, OnChain<GetChainStatus>),
    At(Method::kPost, "/api/v1/{chain}/faucet", {kPay, RateClass::kWrite}, OnChain<RequestFaucet>),
};

const std::array kServiceRoutes = {
    At(Method::kGet, "/api/v1/admin/users", {kOversee, RateClass::kAdmin}, AdminListUsers)
        .Query({"q", "limit", "cursor"}),
    At(Method::kGet, "/api/v1/admin/users/{id}", {kOversee, RateClass::kAdmin}, AdminGetUser),
    At(Method::kPost,
       "/api/v1/admin/users/{id}/lock",
       {kAdminister, RateClass::kAdmin},
       AdminLockUser),
    At(Method::kPost,
       "/api/v1/admin/users/{id}/unlock",
       {kAdminister, RateClass::kAdmin},
       AdminUnlockUser),
    At(Method::kPost,
       "/api/v1/admin/pause",
       {kAdministerInPerson, RateClass::kAdmin},
       AdminPauseSends),
    At(Method::kPost,
       "/api/v1/admin/resume",
       {kAdministerInPerson, RateClass::kAdmin},
       AdminResumeSends),
    At(Method::kPost,
       "/api/v1/admin/restore/accept",
       {kAdministerInPerson, RateClass::kAdmin},
       AdminAcceptRestore),
    At(Method::kPost,
       "/api/v1/admin/restore/close",
       {kAdministerInPerson, RateClass::kAdmin},
       AdminCloseRestore),
    At(Method::kGet,
       "/api/v1/admin/chains/{chain}/final-block",
       {kOversee, RateClass::kAdmin},
       OnChain<AdminGetFinalBlock>),
    At(Method::kPost,
       "/api/v1/admin/chains/{chain}/final-block",
       {kAdministerInPerson, RateClass::kAdmin},
       OnChain<AdminAcceptFinalBlock>),
    At(Method::kPost, "/api/v1/admin/invites", {kAdminister, RateClass::kAdmin}, AdminInvite),
    At(Method::kGet, "/api/v1/admin/limits", {kOversee, RateClass::kAdmin}, AdminGetLimits)
        .Query({"user_id"}),
    At(Method::kPut, "/api/v1/admin/limits", {kAdminister, RateClass::kAdmin}, AdminSetLimits),
    At(Method::kGet, "/openapi.json", {kOpen, RateClass::kOpen}, GetOpenApi),
    At(Method::kGet, "/docs", {kOpen, RateClass::kOpen}, GetDocs),
    At(Method::kGet, "/docs/{file}", {kOpen, RateClass::kOpen}, GetDocsFile),
    At(Method::kGet, "/problems", {kOpen, RateClass::kOpen}, ListProblems),
    At(Method::kGet, "/problems/{code}", {kOpen, RateClass::kOpen}, GetProblem),
};

std::vector<Route> MakeRoutes() {
    std::vector<Route> routes;
    routes.insert(routes.end(), kAccountRoutes.begin(), kAccountRoutes.end());
    routes.insert(routes.end(), kWalletRoutes.begin(), kWalletRoutes.end());
    routes.insert(routes.end(), kChainRoutes.begin(), kChainRoutes.end());
    routes.insert(routes.end(), kServiceRoutes.begin(), kServiceRoutes.end());
    return routes;
}

}  // namespace

std::span<const Route> Routes() {
    static const std::vector<Route> routes = MakeRoutes();
    return routes;
}

std::span<const std::string_view> RuntimePaths() {
    static constexpr std::array<std::string_view, 5> kPaths = {
        "/health", "/health/live", "/health/ready", "/metrics", "/version"};
    return kPaths;
}

}  // namespace gateway
