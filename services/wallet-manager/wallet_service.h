// WalletService as the gateway calls it: every call acts for the user of its signed context, and
// another user's object answers like an absent one.
#pragma once

#include <cstddef>
#include <set>
#include <string>

#include "auth/order.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "chain/catalog.h"
#include "pg/pool.h"
#include "platform/wallet/v1/wallet_service.grpc.pb.h"
#include "rpc/service.h"
#include "secret/secret.h"
#include "wallet-manager/balances.h"
#include "wallet-manager/chain_peers.h"
#include "wallet-manager/incarnation.h"
#include "wallet-manager/message_desk.h"
#include "wallet-manager/policy.h"
#include "wallet-manager/proof.h"
#include "wallet-manager/refusal_log.h"
#include "wallet-manager/signer_client.h"
#include "wallet-manager/wallet_maker.h"

namespace wallet_manager {

// Bytes of the reason that a caller may give.
inline constexpr std::size_t kReasonMax = 200;

struct WalletParts {
    pg::Pool& pool;
    SignerClient& signer;
    keyvault::Journal& journal;
    const ChainPeers& peers;
    Incarnation& incarnation;
    RefusalLog& refusals;
    auth::OrderTrust trust;  // its network is not looked at
    chain::Mode mode = chain::Mode::kDevnet;
    bool autofund = false;
    Policy standard_policy;
    secret::Bytes totp_key = {};  // empty: no second factors
    const base::Clock& clock = base::SystemClock();
};

class WalletService final : public rpc::Service<platform::wallet::v1::WalletService> {
public:
    explicit WalletService(WalletParts parts);

    // Short names for the many types of the contract.
    template <class Response>
    using Answer = base::Result<Response>;
    using Context = rpc::Context;

    // wallet_service.cpp
    Answer<platform::wallet::v1::EnsureWalletResponse> EnsureWallet(
        const platform::wallet::v1::EnsureWalletRequest& request, const Context& context);
    Answer<platform::wallet::v1::CreateWalletResponse> CreateWallet(
        const platform::wallet::v1::CreateWalletRequest& request, const Context& context);
    Answer<platform::wallet::v1::ListWalletsResponse> ListWallets(
        const platform::wallet::v1::ListWalletsRequest& request, const Context& context);
    Answer<platform::wallet::v1::GetWalletResponse> GetWallet(
        const platform::wallet::v1::GetWalletRequest& request, const Context& context);
    Answer<platform::wallet::v1::GetBalancesResponse> GetBalances(
        const platform::wallet::v1::GetBalancesRequest& request, const Context& context);
    Answer<platform::wallet::v1::ListTransactionsResponse> ListTransactions(
        const platform::wallet::v1::ListTransactionsRequest& request, const Context& context);
    Answer<platform::wallet::v1::GetTransactionResponse> GetTransaction(
        const platform::wallet::v1::GetTransactionRequest& request, const Context& context);

    // wallet_service_keys.cpp: what opens keys, takes them in or gives them up.
    Answer<platform::wallet::v1::ImportWalletResponse> ImportWallet(
        const platform::wallet::v1::ImportWalletRequest& request, const Context& context);
    Answer<platform::wallet::v1::ExportWalletResponse> ExportWallet(
        const platform::wallet::v1::ExportWalletRequest& request, const Context& context);
    Answer<platform::wallet::v1::RemoveWalletResponse> RemoveWallet(
        const platform::wallet::v1::RemoveWalletRequest& request, const Context& context);

    // wallet_service_addresses.cpp
    Answer<platform::wallet::v1::AddAddressResponse> AddAddress(
        const platform::wallet::v1::AddAddressRequest& request, const Context& context);
    Answer<platform::wallet::v1::ListOwnAddressesResponse> ListOwnAddresses(
        const platform::wallet::v1::ListOwnAddressesRequest& request, const Context& context);

    // wallet_service_operator.cpp: administrators' stops, restored databases, final blocks.
    Answer<platform::wallet::v1::PauseSendsResponse> PauseSends(
        const platform::wallet::v1::PauseSendsRequest& request, const Context& context);
    Answer<platform::wallet::v1::ResumeSendsResponse> ResumeSends(
        const platform::wallet::v1::ResumeSendsRequest& request, const Context& context);
    Answer<platform::wallet::v1::AcceptRestoreResponse> AcceptRestore(
        const platform::wallet::v1::AcceptRestoreRequest& request, const Context& context);
    Answer<platform::wallet::v1::CloseRestoreResponse> CloseRestore(
        const platform::wallet::v1::CloseRestoreRequest& request, const Context& context);
    Answer<platform::wallet::v1::AcceptFinalBlockResponse> AcceptFinalBlock(
        const platform::wallet::v1::AcceptFinalBlockRequest& request, const Context& context);

    // wallet_service_rules.cpp: policies, pauses, approvals.
    Answer<platform::wallet::v1::GetPolicyResponse> GetPolicy(
        const platform::wallet::v1::GetPolicyRequest& request, const Context& context);
    Answer<platform::wallet::v1::SetPolicyResponse> SetPolicy(
        const platform::wallet::v1::SetPolicyRequest& request, const Context& context);
    Answer<platform::wallet::v1::PauseResponse> Pause(
        const platform::wallet::v1::PauseRequest& request, const Context& context);
    Answer<platform::wallet::v1::ResumeResponse> Resume(
        const platform::wallet::v1::ResumeRequest& request, const Context& context);
    Answer<platform::wallet::v1::ListApprovalsResponse> ListApprovals(
        const platform::wallet::v1::ListApprovalsRequest& request, const Context& context);
    Answer<platform::wallet::v1::GetApprovalResponse> GetApproval(
        const platform::wallet::v1::GetApprovalRequest& request, const Context& context);
    Answer<platform::wallet::v1::DecideApprovalResponse> DecideApproval(
        const platform::wallet::v1::DecideApprovalRequest& request, const Context& context);

    // wallet_service_messages.cpp: messages, and which typed data is signed without asking.
    Answer<platform::wallet::v1::SignMessageResponse> SignMessage(
        const platform::wallet::v1::SignMessageRequest& request, const Context& context);
    Answer<platform::wallet::v1::ListMessageTypesResponse> ListMessageTypes(
        const platform::wallet::v1::ListMessageTypesRequest& request, const Context& context);
    Answer<platform::wallet::v1::AllowMessageTypeResponse> AllowMessageType(
        const platform::wallet::v1::AllowMessageTypeRequest& request, const Context& context);
    Answer<platform::wallet::v1::ForbidMessageTypeResponse> ForbidMessageType(
        const platform::wallet::v1::ForbidMessageTypeRequest& request, const Context& context);

private:
    [[nodiscard]] base::Result<platform::wallet::v1::SignMessageResponse> TrySignMessage(
        const platform::wallet::v1::SignMessageRequest& request, const Context& context) const;
    [[nodiscard]] base::Result<WalletWish> WishOf(const base::UserId& user,
                                                  const std::string& chain,
                                                  const std::string& label) const;
    [[nodiscard]] base::Result<WalletRow> Find(const base::UserId& user,
                                               const std::string& wallet_id) const;
    // The wallet after its devnet gift, if one is due.
    [[nodiscard]] base::Result<WalletRow> Funded(const WalletRow& wallet,
                                                 const Context& context) const;
    // CAIP-2 of a chain's name; empty for an empty name.
    [[nodiscard]] base::Result<std::string> NetworkOf(const std::string& chain) const;
    [[nodiscard]] base::Result<> ProveAdmin(const base::UserId& admin,
                                            const platform::wallet::v1::FreshProof& proof) const;
    [[nodiscard]] base::Result<std::set<std::string>> UsedAddresses(const WalletRow& wallet,
                                                                    const Context& context) const;
    [[nodiscard]] base::Result<> CheckEmpty(const WalletRow& wallet, const Context& context) const;

    const WalletParts parts_;
    const WalletMaker maker_;
    const ProofDesk proofs_;
    const MessageDesk desk_;
    Balances balances_;
};

// The user that the call acts for. Errors: `user_context_required` where the signed context is
// missing or another user's.
[[nodiscard]] base::Result<base::UserId> UserOf(const rpc::Context& context,
                                                const std::string& user_id);

// Keys and agents may ask; only a person in session decides. Errors: `session_required`.
[[nodiscard]] base::Result<> RequireSession(const rpc::Context& context);

// Entries a page. Errors: `number_out_of_range`.
[[nodiscard]] base::Result<int> PageLimit(const platform::common::v1::PageRequest& page);

}  // namespace wallet_manager
