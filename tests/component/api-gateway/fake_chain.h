// An ethereum-service whose money is in memory: one intent an id, as the contract promises.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "auth/order.h"
#include "base/result.h"
#include "platform/chain/v1/chain_service.grpc.pb.h"
#include "rpc/service.h"

namespace gateway_test {

namespace chain_v1 = platform::chain::v1;
namespace common = platform::common::v1;

inline constexpr const char* kRecipient = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
inline constexpr const char* kNetwork = "eip155:31337";
inline constexpr const char* kDeployment = "5d1f2f0e-6a53-4d57-9f43-0d4c8a3d8a11";

class FakeChain final : public rpc::Service<chain_v1::ChainService> {
public:
    explicit FakeChain(auth::OrderTrust trust);

    // What a test may change; set before the calls that it concerns.
    struct Script {
        // The fate of a new intent; an error is a refusal that stores nothing.
        std::function<base::Result<chain_v1::TransferView>(const common::Order&,
                                                           chain_v1::TransferView)>
            on_transfer{};
        std::optional<base::Error> estimate_error{};
        std::optional<base::Error> tokens_error{};
        std::vector<chain_v1::TokenBalance> tokens{};
        std::optional<base::Error> after_storing{};  // the intent is stored, the reply is lost
        std::chrono::milliseconds transfer_time{0};
        std::string fee = "21000000000000";
        std::string fee_ceiling = "50000000000000000";
        chain_v1::GetFinalBlockResponse final_block{};
        std::string canonical{};  // what EstimateTransfer makes of the recipient; empty: as asked
    };

    void Set(Script script);
    void SetStatus(const std::string& intent_id, chain_v1::TransferStatus status);

    [[nodiscard]] std::vector<common::Order> orders() const;
    [[nodiscard]] std::size_t intents() const;
    [[nodiscard]] std::size_t estimates() const;

private:
    using Context = rpc::Context;

    base::Result<chain_v1::ValidateAddressResponse> ValidateAddress(
        const chain_v1::ValidateAddressRequest& request, const Context& context);
    base::Result<chain_v1::GetBalanceResponse> GetBalance(
        const chain_v1::GetBalanceRequest& request, const Context& context);
    base::Result<chain_v1::ListTokensResponse> ListTokens(
        const chain_v1::ListTokensRequest& request, const Context& context);
    base::Result<chain_v1::ListUsedAddressesResponse> ListUsedAddresses(
        const chain_v1::ListUsedAddressesRequest& request, const Context& context);
    base::Result<chain_v1::GetTokenResponse> GetToken(const chain_v1::GetTokenRequest& request,
                                                      const Context& context);
    base::Result<chain_v1::EstimateTransferResponse> EstimateTransfer(
        const chain_v1::EstimateTransferRequest& request, const Context& context);
    base::Result<chain_v1::TransferResponse> Transfer(const chain_v1::TransferRequest& request,
                                                      const Context& context);
    base::Result<chain_v1::GetTransferResponse> GetTransfer(
        const chain_v1::GetTransferRequest& request, const Context& context);
    base::Result<chain_v1::GetTransactionResponse> GetTransaction(
        const chain_v1::GetTransactionRequest& request, const Context& context);
    base::Result<chain_v1::ListHistoryResponse> ListHistory(
        const chain_v1::ListHistoryRequest& request, const Context& context);
    base::Result<chain_v1::GetFeesResponse> GetFees(const chain_v1::GetFeesRequest& request,
                                                    const Context& context);
    base::Result<chain_v1::SpeedUpResponse> SpeedUp(const chain_v1::SpeedUpRequest& request,
                                                    const Context& context);
    base::Result<chain_v1::CancelResponse> Cancel(const chain_v1::CancelRequest& request,
                                                  const Context& context);
    base::Result<chain_v1::GetNodeStatusResponse> GetNodeStatus(
        const chain_v1::GetNodeStatusRequest& request, const Context& context);
    base::Result<chain_v1::RequestFaucetResponse> RequestFaucet(
        const chain_v1::RequestFaucetRequest& request, const Context& context);
    base::Result<chain_v1::GetFinalBlockResponse> GetFinalBlock(
        const chain_v1::GetFinalBlockRequest& request, const Context& context);
    // Takes over the node's block and opens sends.
    base::Result<chain_v1::AdoptFinalBlockResponse> AdoptFinalBlock(
        const chain_v1::AdoptFinalBlockRequest& request, const Context& context);
    base::Result<> WatchTransfers(const chain_v1::WatchTransfersRequest& request,
                                  rpc::Sink<chain_v1::WatchTransfersResponse> sink,
                                  const Context& context);

    [[nodiscard]] base::Result<common::Order> Record(const common::SignedOrder& signed_order);
    [[nodiscard]] base::Result<chain_v1::TransferView> Attempt(
        const common::SignedOrder& signed_order, const std::string& kind);

    const auth::OrderTrust trust_;
    mutable std::mutex mutex_;
    Script script_;
    std::map<std::string, chain_v1::TransferView> intents_;
    std::vector<common::Order> orders_;
    std::size_t estimates_ = 0;
};

}  // namespace gateway_test
