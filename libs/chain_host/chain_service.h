// ChainService, written once for every chain: it reads orders and requests, asks the chain and the
// money engine, and writes answers. chain_reads.cpp asks the node, chain_payments.cpp the engine,
// chain_operator.cpp serves administrators.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "auth/order.h"
#include "base/result.h"
#include "chain/chain.h"
#include "chain_host/rpc_node.h"
#include "chain_host/token_registry.h"
#include "chain_host/watch_hub.h"
#include "pg/pool.h"
#include "platform/chain/v1/chain_service.grpc.pb.h"
#include "rpc/access.h"
#include "rpc/service.h"
#include "transfer/account_book.h"
#include "transfer/engine.h"

namespace chain_host {

namespace v1 = platform::chain::v1;

// Sends test coins of the devnet and answers the transaction's hash.
using Faucet = std::function<base::Result<std::string>(const std::string& address,
                                                       const money::UInt256& amount)>;

struct ServiceParts {
    chain::Chain& chain;
    const RpcNode& node;
    transfer::Engine& engine;
    pg::Pool& pool;
    auth::OrderTrust trust;
    Faucet faucet;  // empty: this network has none
    std::uint64_t gift_coins = 10;
    const std::atomic<bool>& open;  // payments may be taken: boot is done
};

class ChainService final : public rpc::Service<platform::chain::v1::ChainService> {
public:
    explicit ChainService(ServiceParts parts);

    // Who may call what.
    [[nodiscard]] static std::vector<rpc::AccessRule> AccessRules();

private:
    // The caller's own payment with the hash asked for.
    base::Result<std::optional<transfer::Payment>> OwnPayment(
        const v1::GetTransactionRequest& request, const rpc::Context& context) const;
    base::Result<v1::ValidateAddressResponse> ValidateAddress(
        const v1::ValidateAddressRequest& request, const rpc::Context& context);
    base::Result<v1::GetBalanceResponse> GetBalance(const v1::GetBalanceRequest& request,
                                                    const rpc::Context& context);
    base::Result<v1::ListUsedAddressesResponse> ListUsedAddresses(
        const v1::ListUsedAddressesRequest& request, const rpc::Context& context);
    base::Result<v1::ListTokensResponse> ListTokens(const v1::ListTokensRequest& request,
                                                    const rpc::Context& context);
    base::Result<v1::GetTokenResponse> GetToken(const v1::GetTokenRequest& request,
                                                const rpc::Context& context);
    base::Result<v1::EstimateTransferResponse> EstimateTransfer(
        const v1::EstimateTransferRequest& request, const rpc::Context& context);
    base::Result<v1::TransferResponse> Transfer(const v1::TransferRequest& request,
                                                const rpc::Context& context);
    base::Result<v1::GetTransferResponse> GetTransfer(const v1::GetTransferRequest& request,
                                                      const rpc::Context& context);
    base::Result<v1::GetTransactionResponse> GetTransaction(
        const v1::GetTransactionRequest& request, const rpc::Context& context);
    base::Result<v1::ListHistoryResponse> ListHistory(const v1::ListHistoryRequest& request,
                                                      const rpc::Context& context);
    base::Result<v1::GetFeesResponse> GetFees(const v1::GetFeesRequest& request,
                                              const rpc::Context& context);
    base::Result<v1::SpeedUpResponse> SpeedUp(const v1::SpeedUpRequest& request,
                                              const rpc::Context& context);
    base::Result<v1::CancelResponse> Cancel(const v1::CancelRequest& request,
                                            const rpc::Context& context);
    base::Result<v1::GetNodeStatusResponse> GetNodeStatus(const v1::GetNodeStatusRequest& request,
                                                          const rpc::Context& context);
    base::Result<v1::RequestFaucetResponse> RequestFaucet(const v1::RequestFaucetRequest& request,
                                                          const rpc::Context& context);
    base::Result<v1::GetFinalBlockResponse> GetFinalBlock(const v1::GetFinalBlockRequest& request,
                                                          const rpc::Context& context);
    base::Result<v1::AdoptFinalBlockResponse> AdoptFinalBlock(
        const v1::AdoptFinalBlockRequest& request, const rpc::Context& context);
    base::Result<> WatchTransfers(const v1::WatchTransfersRequest& request,
                                  WatchHub::Sink sink,
                                  const rpc::Context& context);

    [[nodiscard]] base::Result<std::string> Canonical(const std::string& address) const;
    // Waits until a gift can be spent.
    [[nodiscard]] base::Result<> AwaitBlock(const std::string& tx_hash,
                                            const rpc::Context& context);

    struct KnownToken {
        chain::Token token;
        bool listed = false;
    };

    // By contract or, where it is listed, by symbol. What the registry says of a token counts more
    // than what its contract says. Errors: `unknown_token`, those of chain::Chain::GetToken.
    [[nodiscard]] base::Result<KnownToken> FindToken(const std::string& name);
    // The native coin where no token is named.
    [[nodiscard]] base::Result<KnownToken> Resolve(const platform::common::v1::Asset& asset);
    [[nodiscard]] base::Result<chain::Plan> PlanOf(const v1::EstimateTransferRequest& request);
    [[nodiscard]] base::Result<> RequireOpen() const;

    [[nodiscard]] const chain::Parameters& parameters() const { return parts_.chain.parameters(); }

    ServiceParts parts_;
    transfer::AccountBook book_;
    TokenRegistry registry_;
    WatchHub hub_;
};

// A call for a user acts for no other. Calls without a user are the daemons' own.
[[nodiscard]] bool MayAct(const rpc::Context& context, const base::UserId& user);

}  // namespace chain_host
