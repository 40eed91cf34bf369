#include "component/api-gateway/fake_wallets.h"

#include "component/api-gateway/fake_chain.h"

namespace gateway_test {

namespace {

std::string ProofText(const wallet_v1::FreshProof& proof) {
    return proof.totp().empty() ? proof.password() : proof.password() + " " + proof.totp();
}

}  // namespace

wallet_v1::Wallet WalletOf(const std::string& user_id) {
    wallet_v1::Wallet wallet;
    // Same digits, other id.
    std::string id = user_id;
    std::swap(id[0], id[1]);
    wallet.set_wallet_id(id);
    wallet.set_user_id(user_id);
    wallet.set_network(kNetwork);
    wallet.set_chain("ethereum");
    wallet.set_address(kSender);
    wallet.set_is_default(true);
    wallet.set_kind("hd");
    wallet.set_backup_due(true);
    return wallet;
}

FakeWallets::FakeWallets() {
    Unary("EnsureWallet", &FakeWallets::EnsureWallet);
    Unary("CreateWallet", &FakeWallets::CreateWallet);
    Unary("ImportWallet", &FakeWallets::ImportWallet);
    Unary("ExportWallet", &FakeWallets::ExportWallet);
    Unary("ListWallets", &FakeWallets::ListWallets);
    Unary("GetWallet", &FakeWallets::GetWallet);
    Unary("RemoveWallet", &FakeWallets::RemoveWallet);
    Unary("GetBalances", &FakeWallets::GetBalances);
    Unary("ListTransactions", &FakeWallets::ListTransactions);
    Unary("GetTransaction", &FakeWallets::GetTransaction);
    Unary("GetPolicy", &FakeWallets::GetPolicy);
    Unary("SetPolicy", &FakeWallets::SetPolicy);
    Unary("Pause", &FakeWallets::Pause);
    Unary("PauseSends", &FakeWallets::PauseSends);
    Unary("AcceptRestore", &FakeWallets::AcceptRestore);
    Unary("CloseRestore", &FakeWallets::CloseRestore);
    Unary("AcceptFinalBlock", &FakeWallets::AcceptFinalBlock);
    Unary("ResumeSends", &FakeWallets::ResumeSends);
    Unary("Resume", &FakeWallets::Resume);
    Unary("ListApprovals", &FakeWallets::ListApprovals);
    Unary("GetApproval", &FakeWallets::GetApproval);
    Unary("DecideApproval", &FakeWallets::DecideApproval);
    Unary("AddAddress", &FakeWallets::AddAddress);
    Unary("ListOwnAddresses", &FakeWallets::ListOwnAddresses);
    Unary("SignMessage", &FakeWallets::SignMessage);
    Unary("ListMessageTypes", &FakeWallets::ListMessageTypes);
    Unary("AllowMessageType", &FakeWallets::AllowMessageType);
    Unary("ForbidMessageType", &FakeWallets::ForbidMessageType);
}

void FakeWallets::SetApproval(const wallet_v1::Approval& approval) {
    const std::lock_guard lock(mutex_);
    approvals_[approval.approval_id()] = approval;
}

void FakeWallets::SetTransaction(const platform::chain::v1::TransferView& view) {
    const std::lock_guard lock(mutex_);
    transactions_[view.id()] = view;
}

std::string FakeWallets::accepted_block() const {
    const std::lock_guard lock(mutex_);
    return accepted_block_;
}

std::string FakeWallets::stop() const {
    const std::lock_guard lock(mutex_);
    return stop_;
}

std::string FakeWallets::proof() const {
    const std::lock_guard lock(mutex_);
    return proof_;
}

// As wallet-manager does: the signed context says who the user is.
base::Result<> FakeWallets::CheckUser(const std::string& user_id, const Context& context) const {
    if (!context.user || context.user->user.ToString() != user_id) {
        return base::PermissionDenied("user_context_required", "no context of this user");
    }
    return {};
}

base::Result<wallet_v1::EnsureWalletResponse> FakeWallets::EnsureWallet(
    const wallet_v1::EnsureWalletRequest& request, const Context& context) {
    BASE_RETURN_IF_ERROR(CheckUser(request.user_id(), context));
    wallet_v1::EnsureWalletResponse response;
    *response.mutable_wallet() = WalletOf(request.user_id());
    return response;
}

base::Result<wallet_v1::CreateWalletResponse> FakeWallets::CreateWallet(
    const wallet_v1::CreateWalletRequest& request, const Context& context) {
    BASE_RETURN_IF_ERROR(CheckUser(request.user_id(), context));
    wallet_v1::CreateWalletResponse response;
    *response.mutable_wallet() = WalletOf(request.user_id());
    response.mutable_wallet()->set_label(request.label());
    return response;
}

base::Result<wallet_v1::ImportWalletResponse> FakeWallets::ImportWallet(
    const wallet_v1::ImportWalletRequest& request, const Context& context) {
    BASE_RETURN_IF_ERROR(CheckUser(request.user_id(), context));
    const std::lock_guard lock(mutex_);
    proof_ = ProofText(request.proof());
    wallet_v1::ImportWalletResponse response;
    *response.mutable_wallet() = WalletOf(request.user_id());
    response.mutable_wallet()->set_kind("imported");
    return response;
}

base::Result<wallet_v1::ExportWalletResponse> FakeWallets::ExportWallet(
    const wallet_v1::ExportWalletRequest& request, const Context& context) {
    BASE_RETURN_IF_ERROR(CheckUser(request.user_id(), context));
    const std::lock_guard lock(mutex_);
    proof_ = ProofText(request.proof());
    wallet_v1::ExportWalletResponse response;
    response.set_secret("0xsecret");
    response.set_format(request.format());
    return response;
}

base::Result<wallet_v1::ListWalletsResponse> FakeWallets::ListWallets(
    const wallet_v1::ListWalletsRequest& request, const Context& context) {
    BASE_RETURN_IF_ERROR(CheckUser(request.user_id(), context));
    wallet_v1::ListWalletsResponse response;
    *response.add_wallets() = WalletOf(request.user_id());
    return response;
}

base::Result<wallet_v1::GetWalletResponse> FakeWallets::GetWallet(
    const wallet_v1::GetWalletRequest& request, const Context& context) {
    BASE_RETURN_IF_ERROR(CheckUser(request.user_id(), context));
    wallet_v1::GetWalletResponse response;
    *response.mutable_wallet() = WalletOf(request.user_id());
    if (response.wallet().wallet_id() != request.wallet_id()) {
        return base::NotFound("unknown_wallet", "there is no such wallet");
    }
    return response;
}

base::Result<wallet_v1::RemoveWalletResponse> FakeWallets::RemoveWallet(
    const wallet_v1::RemoveWalletRequest& request, const Context& context) {
    BASE_RETURN_IF_ERROR(CheckUser(request.user_id(), context));
    if (request.confirm_address() != kSender) {
        return base::FailedPrecondition("address_mismatch", "this is another address");
    }
    return wallet_v1::RemoveWalletResponse();
}

base::Result<wallet_v1::GetBalancesResponse> FakeWallets::GetBalances(
    const wallet_v1::GetBalancesRequest& request, const Context& context) {
    BASE_RETURN_IF_ERROR(CheckUser(request.user_id(), context));
    wallet_v1::GetBalancesResponse response;
    auto& balance = *response.add_balances();
    balance.set_chain("ethereum");
    balance.set_address(kSender);
    balance.set_balance("1234567890000000000");
    balance.set_currency("ETH");
    balance.set_decimals(18);
    auto& dead = *response.add_balances();
    dead.set_chain("bitcoin");
    dead.set_currency("BTC");
    dead.set_decimals(8);
    dead.set_error("node_unavailable");
    return response;
}

base::Result<wallet_v1::ListTransactionsResponse> FakeWallets::ListTransactions(
    const wallet_v1::ListTransactionsRequest& request, const Context& context) {
    BASE_RETURN_IF_ERROR(CheckUser(request.user_id(), context));
    const std::lock_guard lock(mutex_);
    wallet_v1::ListTransactionsResponse response;
    for (const auto& [id, view] : transactions_) {
        *response.add_transactions() = view;
    }
    response.mutable_page()->set_next_cursor("next page");
    return response;
}

base::Result<wallet_v1::GetTransactionResponse> FakeWallets::GetTransaction(
    const wallet_v1::GetTransactionRequest& request, const Context& context) {
    BASE_RETURN_IF_ERROR(CheckUser(request.user_id(), context));
    const std::lock_guard lock(mutex_);
    const auto found = transactions_.find(request.id());
    if (found == transactions_.end()) {
        return base::NotFound("unknown_tx", "there is no such payment");
    }
    wallet_v1::GetTransactionResponse response;
    *response.mutable_transaction() = found->second;
    return response;
}

base::Result<wallet_v1::GetPolicyResponse> FakeWallets::GetPolicy(
    const wallet_v1::GetPolicyRequest& request, const Context& context) {
    BASE_RETURN_IF_ERROR(CheckUser(request.user_id(), context));
    const std::lock_guard lock(mutex_);
    wallet_v1::GetPolicyResponse response;
    *response.mutable_policy() = policy_;
    return response;
}

base::Result<wallet_v1::SetPolicyResponse> FakeWallets::SetPolicy(
    const wallet_v1::SetPolicyRequest& request, const Context& context) {
    BASE_RETURN_IF_ERROR(CheckUser(request.user_id(), context));
    const std::lock_guard lock(mutex_);
    policy_ = request.policy();
    wallet_v1::SetPolicyResponse response;
    *response.mutable_policy() = policy_;
    return response;
}

base::Result<wallet_v1::PauseSendsResponse> FakeWallets::PauseSends(
    const wallet_v1::PauseSendsRequest& request, const Context& context) {
    BASE_RETURN_IF_ERROR(CheckUser(request.admin_id(), context));
    const std::lock_guard lock(mutex_);
    proof_ = ProofText(request.proof());
    stop_ = request.chain() + ": " + request.reason();
    return wallet_v1::PauseSendsResponse();
}

base::Result<wallet_v1::ResumeSendsResponse> FakeWallets::ResumeSends(
    const wallet_v1::ResumeSendsRequest& request, const Context& context) {
    BASE_RETURN_IF_ERROR(CheckUser(request.admin_id(), context));
    const std::lock_guard lock(mutex_);
    proof_ = ProofText(request.proof());
    stop_.clear();
    return wallet_v1::ResumeSendsResponse();
}

base::Result<wallet_v1::AcceptRestoreResponse> FakeWallets::AcceptRestore(
    const wallet_v1::AcceptRestoreRequest& request, const Context& context) {
    BASE_RETURN_IF_ERROR(CheckUser(request.admin_id(), context));
    const std::lock_guard lock(mutex_);
    proof_ = ProofText(request.proof());
    return wallet_v1::AcceptRestoreResponse();
}

base::Result<wallet_v1::CloseRestoreResponse> FakeWallets::CloseRestore(
    const wallet_v1::CloseRestoreRequest& request, const Context& context) {
    BASE_RETURN_IF_ERROR(CheckUser(request.admin_id(), context));
    return base::FailedPrecondition("no_restore", "no restored database waits for this");
}

base::Result<wallet_v1::AcceptFinalBlockResponse> FakeWallets::AcceptFinalBlock(
    const wallet_v1::AcceptFinalBlockRequest& request, const Context& context) {
    BASE_RETURN_IF_ERROR(CheckUser(request.admin_id(), context));
    const std::lock_guard lock(mutex_);
    proof_ = ProofText(request.proof());
    accepted_block_ = request.chain() + " " + request.network() + " " + request.block_hash();
    return wallet_v1::AcceptFinalBlockResponse();
}

base::Result<wallet_v1::PauseResponse> FakeWallets::Pause(const wallet_v1::PauseRequest& request,
                                                          const Context& context) {
    BASE_RETURN_IF_ERROR(CheckUser(request.user_id(), context));
    return wallet_v1::PauseResponse();
}

base::Result<wallet_v1::ResumeResponse> FakeWallets::Resume(const wallet_v1::ResumeRequest& request,
                                                            const Context& context) {
    BASE_RETURN_IF_ERROR(CheckUser(request.user_id(), context));
    const std::lock_guard lock(mutex_);
    proof_ = ProofText(request.proof());
    return wallet_v1::ResumeResponse();
}

base::Result<wallet_v1::ListApprovalsResponse> FakeWallets::ListApprovals(
    const wallet_v1::ListApprovalsRequest& request, const Context& context) {
    BASE_RETURN_IF_ERROR(CheckUser(request.user_id(), context));
    const std::lock_guard lock(mutex_);
    wallet_v1::ListApprovalsResponse response;
    for (const auto& [id, approval] : approvals_) {
        if (approval.user_id() == request.user_id()) {
            *response.add_approvals() = approval;
        }
    }
    return response;
}

base::Result<wallet_v1::GetApprovalResponse> FakeWallets::GetApproval(
    const wallet_v1::GetApprovalRequest& request, const Context& context) {
    BASE_RETURN_IF_ERROR(CheckUser(request.user_id(), context));
    const std::lock_guard lock(mutex_);
    const auto found = approvals_.find(request.approval_id());
    if (found == approvals_.end() || found->second.user_id() != request.user_id()) {
        return base::NotFound("unknown_approval", "there is no such approval");
    }
    wallet_v1::GetApprovalResponse response;
    *response.mutable_approval() = found->second;
    return response;
}

base::Result<wallet_v1::DecideApprovalResponse> FakeWallets::DecideApproval(
    const wallet_v1::DecideApprovalRequest& request, const Context& context) {
    BASE_RETURN_IF_ERROR(CheckUser(request.user_id(), context));
    const std::lock_guard lock(mutex_);
    wallet_v1::Approval& approval = approvals_.at(request.approval_id());
    if (approval.state() != "pending") {
        return base::MakeError(
            base::ErrorKind::kAlreadyExists, "already_decided", "it was decided before");
    }
    approval.set_state(request.approve() ? "approved" : "denied");
    wallet_v1::DecideApprovalResponse response;
    *response.mutable_approval() = approval;
    return response;
}

base::Result<wallet_v1::AddAddressResponse> FakeWallets::AddAddress(
    const wallet_v1::AddAddressRequest& request, const Context& context) {
    BASE_RETURN_IF_ERROR(CheckUser(request.user_id(), context));
    wallet_v1::AddAddressResponse response;
    response.mutable_address()->set_address(kRecipient);
    return response;
}

base::Result<wallet_v1::ListOwnAddressesResponse> FakeWallets::ListOwnAddresses(
    const wallet_v1::ListOwnAddressesRequest& request, const Context& context) {
    BASE_RETURN_IF_ERROR(CheckUser(request.user_id(), context));
    wallet_v1::ListOwnAddressesResponse response;
    response.add_addresses()->set_address(kSender);
    return response;
}

wallet_v1::SignMessageRequest FakeWallets::message() const {
    const std::lock_guard lock(mutex_);
    return message_;
}

// Typed data without a proof is what asks for one.
base::Result<wallet_v1::SignMessageResponse> FakeWallets::SignMessage(
    const wallet_v1::SignMessageRequest& request, const Context& context) {
    BASE_RETURN_IF_ERROR(CheckUser(request.user_id(), context));
    const std::lock_guard lock(mutex_);
    platform::common::v1::Order order;
    if (!order.ParseFromString(request.order().order())) {
        return base::InvalidArgument("bad_order", "the order does not parse");
    }
    if (order.message().kind() == "eip712" && !request.has_proof()) {
        return base::PermissionDenied("approval_needed", "its type is not allowed");
    }
    message_ = request;
    proof_ = ProofText(request.proof());
    wallet_v1::SignMessageResponse response;
    response.set_signature("0xsigned");
    return response;
}

base::Result<wallet_v1::ListMessageTypesResponse> FakeWallets::ListMessageTypes(
    const wallet_v1::ListMessageTypesRequest& request, const Context& context) {
    BASE_RETURN_IF_ERROR(CheckUser(request.user_id(), context));
    const std::lock_guard lock(mutex_);
    wallet_v1::ListMessageTypesResponse response;
    for (const auto& [id, type] : types_) {
        *response.add_types() = type;
    }
    return response;
}

base::Result<wallet_v1::AllowMessageTypeResponse> FakeWallets::AllowMessageType(
    const wallet_v1::AllowMessageTypeRequest& request, const Context& context) {
    BASE_RETURN_IF_ERROR(CheckUser(request.user_id(), context));
    const std::lock_guard lock(mutex_);
    proof_ = ProofText(request.proof());
    wallet_v1::MessageType type;
    type.set_id("11111111-2222-4333-8444-555555555555");
    type.set_network(kNetwork);
    type.set_contract(request.contract());
    type.set_primary_type(request.primary_type());
    types_[type.id()] = type;
    wallet_v1::AllowMessageTypeResponse response;
    *response.mutable_type() = type;
    return response;
}

base::Result<wallet_v1::ForbidMessageTypeResponse> FakeWallets::ForbidMessageType(
    const wallet_v1::ForbidMessageTypeRequest& request, const Context& context) {
    BASE_RETURN_IF_ERROR(CheckUser(request.user_id(), context));
    const std::lock_guard lock(mutex_);
    if (types_.erase(request.id()) == 0) {
        return base::NotFound("unknown_message_type", "there is no such type");
    }
    return wallet_v1::ForbidMessageTypeResponse();
}

}  // namespace gateway_test
