// A wallet-manager in memory: one wallet a user, approvals as a test sets them.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "base/result.h"
#include "platform/wallet/v1/wallet_service.grpc.pb.h"
#include "rpc/service.h"

namespace gateway_test {

namespace wallet_v1 = platform::wallet::v1;

inline constexpr const char* kSender = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC";

class FakeWallets final : public rpc::Service<wallet_v1::WalletService> {
public:
    FakeWallets();

    void SetApproval(const wallet_v1::Approval& approval);
    void SetTransaction(const platform::chain::v1::TransferView& view);

    // The password that came with the last fresh proof, and its code after a space.
    [[nodiscard]] std::string proof() const;

    // "chain: reason" of an administrator's stop; empty where there is none.
    [[nodiscard]] std::string stop() const;

    // "chain network hash" of the final block that was accepted last.
    [[nodiscard]] std::string accepted_block() const;

    // The request of the last signature, whose order its signature covers.
    [[nodiscard]] wallet_v1::SignMessageRequest message() const;

private:
    using Context = rpc::Context;

    // Handlers are registered by name; the unused ones answer kUnimplemented.
    base::Result<wallet_v1::EnsureWalletResponse> EnsureWallet(
        const wallet_v1::EnsureWalletRequest& request, const Context& context);
    base::Result<wallet_v1::CreateWalletResponse> CreateWallet(
        const wallet_v1::CreateWalletRequest& request, const Context& context);
    base::Result<wallet_v1::ImportWalletResponse> ImportWallet(
        const wallet_v1::ImportWalletRequest& request, const Context& context);
    base::Result<wallet_v1::ExportWalletResponse> ExportWallet(
        const wallet_v1::ExportWalletRequest& request, const Context& context);
    base::Result<wallet_v1::ListWalletsResponse> ListWallets(
        const wallet_v1::ListWalletsRequest& request, const Context& context);
    base::Result<wallet_v1::GetWalletResponse> GetWallet(const wallet_v1::GetWalletRequest& request,
                                                         const Context& context);
    base::Result<wallet_v1::RemoveWalletResponse> RemoveWallet(
        const wallet_v1::RemoveWalletRequest& request, const Context& context);
    base::Result<wallet_v1::GetBalancesResponse> GetBalances(
        const wallet_v1::GetBalancesRequest& request, const Context& context);
    base::Result<wallet_v1::ListTransactionsResponse> ListTransactions(
        const wallet_v1::ListTransactionsRequest& request, const Context& context);
    base::Result<wallet_v1::GetTransactionResponse> GetTransaction(
        const wallet_v1::GetTransactionRequest& request, const Context& context);
    base::Result<wallet_v1::GetPolicyResponse> GetPolicy(const wallet_v1::GetPolicyRequest& request,
                                                         const Context& context);
    base::Result<wallet_v1::SetPolicyResponse> SetPolicy(const wallet_v1::SetPolicyRequest& request,
                                                         const Context& context);
    base::Result<wallet_v1::PauseSendsResponse> PauseSends(
        const wallet_v1::PauseSendsRequest& request, const Context& context);
    base::Result<wallet_v1::ResumeSendsResponse> ResumeSends(
        const wallet_v1::ResumeSendsRequest& request, const Context& context);
    base::Result<wallet_v1::AcceptRestoreResponse> AcceptRestore(
        const wallet_v1::AcceptRestoreRequest& request, const Context& context);
    base::Result<wallet_v1::CloseRestoreResponse> CloseRestore(
        const wallet_v1::CloseRestoreRequest& request, const Context& context);
    base::Result<wallet_v1::AcceptFinalBlockResponse> AcceptFinalBlock(
        const wallet_v1::AcceptFinalBlockRequest& request, const Context& context);
    base::Result<wallet_v1::PauseResponse> Pause(const wallet_v1::PauseRequest& request,
                                                 const Context& context);
    base::Result<wallet_v1::ResumeResponse> Resume(const wallet_v1::ResumeRequest& request,
                                                   const Context& context);
    base::Result<wallet_v1::ListApprovalsResponse> ListApprovals(
        const wallet_v1::ListApprovalsRequest& request, const Context& context);
    base::Result<wallet_v1::GetApprovalResponse> GetApproval(
        const wallet_v1::GetApprovalRequest& request, const Context& context);
    base::Result<wallet_v1::DecideApprovalResponse> DecideApproval(
        const wallet_v1::DecideApprovalRequest& request, const Context& context);

    base::Result<wallet_v1::AddAddressResponse> AddAddress(
        const wallet_v1::AddAddressRequest& request, const Context& context);
    base::Result<wallet_v1::ListOwnAddressesResponse> ListOwnAddresses(
        const wallet_v1::ListOwnAddressesRequest& request, const Context& context);
    base::Result<wallet_v1::SignMessageResponse> SignMessage(
        const wallet_v1::SignMessageRequest& request, const Context& context);
    base::Result<wallet_v1::ListMessageTypesResponse> ListMessageTypes(
        const wallet_v1::ListMessageTypesRequest& request, const Context& context);
    base::Result<wallet_v1::AllowMessageTypeResponse> AllowMessageType(
        const wallet_v1::AllowMessageTypeRequest& request, const Context& context);
    base::Result<wallet_v1::ForbidMessageTypeResponse> ForbidMessageType(
        const wallet_v1::ForbidMessageTypeRequest& request, const Context& context);

    [[nodiscard]] base::Result<> CheckUser(const std::string& user_id,
                                           const Context& context) const;

    mutable std::mutex mutex_;
    std::map<std::string, wallet_v1::Approval> approvals_;
    std::map<std::string, platform::chain::v1::TransferView> transactions_;
    std::string proof_;
    std::string stop_;
    std::string accepted_block_;
    wallet_v1::SignMessageRequest message_;
    std::map<std::string, wallet_v1::MessageType> types_;
    wallet_v1::Policy policy_;
};

// The wallet that a user has, always the same.
[[nodiscard]] wallet_v1::Wallet WalletOf(const std::string& user_id);

}  // namespace gateway_test
