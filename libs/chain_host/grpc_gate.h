// transfer::WalletGate over gRPC to wallet-manager.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "platform/wallet/v1/wallet_service.grpc.pb.h"
#include "rpc/call.h"
#include "transfer/gate.h"

namespace chain_host {

class GrpcGate final : public transfer::WalletGate {
public:
    GrpcGate(std::shared_ptr<const rpc::Peer> wallet_manager, std::string network)
        : gate_(std::move(wallet_manager)), network_(std::move(network)) {}

    [[nodiscard]] base::Result<transfer::Authorisation> Authorise(
        const transfer::SignedOrder& order, const money::UInt256& amount) override;
    [[nodiscard]] base::Result<transfer::SignAnswer> Sign(const transfer::SignCall& call) override;
    [[nodiscard]] base::Result<bool> Void(const base::IntentId& intent,
                                          const std::string& reason) override;
    [[nodiscard]] base::Result<> ReportOutcome(const base::IntentId& intent,
                                               transfer::State state) override;
    [[nodiscard]] base::Result<transfer::SignAnswer> SignFill(
        const transfer::FillCall& call) override;
    // In as few calls as their sizes allow.
    [[nodiscard]] std::vector<base::Result<transfer::Authorisation>> AuthoriseAll(
        const std::vector<transfer::AuthoriseCall>& calls) override;
    [[nodiscard]] std::vector<base::Result<transfer::SignAnswer>> SignAll(
        const std::vector<transfer::SignCall>& calls) override;
    [[nodiscard]] std::vector<base::Result<>> ReportOutcomes(
        const std::vector<transfer::Outcome>& outcomes) override;
    [[nodiscard]] base::Result<std::vector<transfer::OwnAddress>> ListAddresses(
        std::uint64_t after_epoch, std::uint32_t limit) override;

private:
    rpc::Client<platform::wallet::v1::GateService> gate_;
    const std::string network_;
};

}  // namespace chain_host
