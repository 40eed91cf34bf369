#include "wallet-manager/wallet_service.h"

#include <string_view>
#include <utility>
#include <vector>

#include "wallet-manager/funding.h"
#include "wallet-manager/history.h"

namespace wallet_manager {

namespace v1 = platform::wallet::v1;

namespace {

constexpr std::size_t kLabelMax = 64;
constexpr std::uint32_t kPageMax = 100;
constexpr int kPageStandard = 20;

}  // namespace

base::Result<base::UserId> UserOf(const rpc::Context& context, const std::string& user_id) {
    BASE_ASSIGN_OR_RETURN(const auto user, base::UserId::Parse(user_id));
    if (!context.user || context.user->user != user) {
        return base::MakeError(base::ErrorKind::kUnauthenticated,
                               "user_context_required",
                               "the call's signed context is not this user's");
    }
    return user;
}

base::Result<> RequireSession(const rpc::Context& context) {
    const std::string& caller = context.user ? context.user->caller : "";
    if (caller != "session" && caller != "browser") {
        return base::PermissionDenied("session_required",
                                      "a signed-in person decides, never a key or an agent");
    }
    return {};
}

base::Result<int> PageLimit(const platform::common::v1::PageRequest& page) {
    if (page.limit() > kPageMax) {
        return base::InvalidArgument("number_out_of_range", "a page has 1 to 100 entries");
    }
    return page.limit() == 0 ? kPageStandard : static_cast<int>(page.limit());
}

WalletService::WalletService(WalletParts parts)
    : parts_(std::move(parts)),
      maker_({parts_.pool, parts_.signer, parts_.journal, parts_.mode, parts_.autofund}),
      proofs_(parts_.pool, parts_.totp_key),
      desk_({parts_.pool,
             parts_.signer,
             parts_.incarnation,
             parts_.trust,
             parts_.mode,
             parts_.clock}),
      balances_(parts_.pool, parts_.peers) {
    Unary("EnsureWallet", &WalletService::EnsureWallet);
    Unary("CreateWallet", &WalletService::CreateWallet);
    Unary("ImportWallet", &WalletService::ImportWallet);
    Unary("ExportWallet", &WalletService::ExportWallet);
    Unary("ListWallets", &WalletService::ListWallets);
    Unary("GetWallet", &WalletService::GetWallet);
    Unary("AddAddress", &WalletService::AddAddress);
    Unary("ListOwnAddresses", &WalletService::ListOwnAddresses);
    Unary("RemoveWallet", &WalletService::RemoveWallet);
    Unary("GetBalances", &WalletService::GetBalances);
    Unary("ListTransactions", &WalletService::ListTransactions);
    Unary("GetTransaction", &WalletService::GetTransaction);
    Unary("GetPolicy", &WalletService::GetPolicy);
    Unary("SetPolicy", &WalletService::SetPolicy);
    Unary("Pause", &WalletService::Pause);
    Unary("Resume", &WalletService::Resume);
    Unary("PauseSends", &WalletService::PauseSends);
    Unary("ResumeSends", &WalletService::ResumeSends);
    Unary("AcceptRestore", &WalletService::AcceptRestore);
    Unary("CloseRestore", &WalletService::CloseRestore);
    Unary("AcceptFinalBlock", &WalletService::AcceptFinalBlock);
    Unary("ListApprovals", &WalletService::ListApprovals);
    Unary("GetApproval", &WalletService::GetApproval);
    Unary("DecideApproval", &WalletService::DecideApproval);
    Unary("SignMessage", &WalletService::SignMessage);
    Unary("ListMessageTypes", &WalletService::ListMessageTypes);
    Unary("AllowMessageType", &WalletService::AllowMessageType);
    Unary("ForbidMessageType", &WalletService::ForbidMessageType);
}

base::Result<WalletWish> WalletService::WishOf(const base::UserId& user,
                                               const std::string& chain,
                                               const std::string& label) const {
    BASE_ASSIGN_OR_RETURN(const chain::ChainInfo* info, chain::FindChain(chain));
    if (!parts_.peers.contains(std::string(info->name))) {
        return base::Unavailable("chain_unavailable",
                                 std::string(info->name) + " is not configured here");
    }
    if (label.size() > kLabelMax) {
        return base::InvalidArgument("text_too_long", "a label has at most 64 characters")
            .At("/label");
    }
    return WalletWish{user, info, label};
}

base::Result<WalletRow> WalletService::Find(const base::UserId& user,
                                            const std::string& wallet_id) const {
    const auto wallet = base::WalletId::Parse(wallet_id);
    if (!wallet) {
        return base::NotFound("unknown_wallet", "there is no such wallet");
    }
    return pg::Transact(parts_.pool,
                        [&](pg::Tx& tx) { return wallet_manager::GetWallet(tx, user, *wallet); });
}

base::Result<WalletRow> WalletService::Funded(const WalletRow& wallet,
                                              const Context& context) const {
    if (!wallet.funding_due) {
        return wallet;
    }
    BASE_RETURN_IF_ERROR(Fund(parts_.pool, parts_.peers, wallet, context));
    return Find(wallet.user, wallet.id.ToString());
}

base::Result<v1::EnsureWalletResponse> WalletService::EnsureWallet(
    const v1::EnsureWalletRequest& request, const Context& context) {
    BASE_ASSIGN_OR_RETURN(const auto user, UserOf(context, request.user_id()));
    BASE_ASSIGN_OR_RETURN(const WalletWish wish, WishOf(user, request.chain(), ""));
    BASE_ASSIGN_OR_RETURN(const MadeWallet made, maker_.Ensure(wish));
    BASE_ASSIGN_OR_RETURN(const WalletRow wallet, Funded(made.wallet, context));
    v1::EnsureWalletResponse response;
    *response.mutable_wallet() = ToProto(wallet);
    response.set_created(made.created);
    return response;
}

base::Result<v1::CreateWalletResponse> WalletService::CreateWallet(
    const v1::CreateWalletRequest& request, const Context& context) {
    BASE_ASSIGN_OR_RETURN(const auto user, UserOf(context, request.user_id()));
    BASE_ASSIGN_OR_RETURN(const WalletWish wish, WishOf(user, request.chain(), request.label()));
    BASE_ASSIGN_OR_RETURN(const MadeWallet made, maker_.Ensure(wish));
    if (!made.created) {
        return base::MakeError(base::ErrorKind::kAlreadyExists,
                               "wallet_exists",
                               "there is a default wallet on this chain already")
            .With("wallet_id", made.wallet.id.ToString());
    }
    BASE_ASSIGN_OR_RETURN(const WalletRow wallet, Funded(made.wallet, context));
    v1::CreateWalletResponse response;
    *response.mutable_wallet() = ToProto(wallet);
    return response;
}

base::Result<v1::ListWalletsResponse> WalletService::ListWallets(
    const v1::ListWalletsRequest& request, const Context& context) {
    BASE_ASSIGN_OR_RETURN(const auto user, UserOf(context, request.user_id()));
    std::string network;
    if (!request.chain().empty()) {
        BASE_ASSIGN_OR_RETURN(const auto* chain, chain::FindChain(request.chain()));
        network = chain::NetworkId(*chain, parts_.mode);
    }
    BASE_ASSIGN_OR_RETURN(const auto wallets, pg::Transact(parts_.pool, [&](pg::Tx& tx) {
                              return wallet_manager::ListWallets(tx, user, network);
                          }));
    v1::ListWalletsResponse response;
    for (const WalletRow& wallet : wallets) {
        *response.add_wallets() = ToProto(wallet);
    }
    return response;
}

base::Result<v1::GetWalletResponse> WalletService::GetWallet(const v1::GetWalletRequest& request,
                                                             const Context& context) {
    BASE_ASSIGN_OR_RETURN(const auto user, UserOf(context, request.user_id()));
    BASE_ASSIGN_OR_RETURN(const WalletRow wallet, Find(user, request.wallet_id()));
    v1::GetWalletResponse response;
    *response.mutable_wallet() = ToProto(wallet);
    return response;
}

base::Result<v1::GetBalancesResponse> WalletService::GetBalances(
    const v1::GetBalancesRequest& request, const Context& context) {
    BASE_ASSIGN_OR_RETURN(const auto user, UserOf(context, request.user_id()));
    std::vector<WalletRow> wallets;
    for (const chain::ChainInfo& chain : chain::AllChains()) {
        if (!parts_.peers.contains(std::string(chain.name))) {
            continue;
        }
        BASE_ASSIGN_OR_RETURN(const MadeWallet made, maker_.Ensure({user, &chain, ""}));
        wallets.push_back(made.wallet);
    }
    const auto balances = balances_.Read(wallets, context);
    v1::GetBalancesResponse response;
    response.mutable_balances()->Assign(balances.begin(), balances.end());
    return response;
}

base::Result<v1::ListTransactionsResponse> WalletService::ListTransactions(
    const v1::ListTransactionsRequest& request, const Context& context) {
    BASE_ASSIGN_OR_RETURN(const auto user, UserOf(context, request.user_id()));
    BASE_ASSIGN_OR_RETURN(const int limit, PageLimit(request.page()));
    if (!request.direction().empty() && request.direction() != "in" &&
        request.direction() != "out") {
        return base::InvalidArgument("invalid_request", "direction is in or out").At("/direction");
    }
    return pg::Transact(parts_.pool,
                        [&](pg::Tx& tx) { return ListPayments(tx, user, request, limit); });
}

base::Result<v1::GetTransactionResponse> WalletService::GetTransaction(
    const v1::GetTransactionRequest& request, const Context& context) {
    BASE_ASSIGN_OR_RETURN(const auto user, UserOf(context, request.user_id()));
    v1::GetTransactionResponse response;
    BASE_ASSIGN_OR_RETURN(
        *response.mutable_transaction(),
        pg::Transact(parts_.pool, [&](pg::Tx& tx) { return GetPayment(tx, user, request.id()); }));
    return response;
}

}  // namespace wallet_manager
