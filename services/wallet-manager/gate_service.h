// GateService as the chain daemons call it: each for its own network alone. What it refuses for
// good is recorded.
#pragma once

#include <chrono>
#include <string>

#include "auth/order.h"
#include "base/clock.h"
#include "base/result.h"
#include "chain/catalog.h"
#include "pg/pool.h"
#include "platform/wallet/v1/wallet_service.grpc.pb.h"
#include "rpc/service.h"
#include "wallet-manager/authoriser.h"
#include "wallet-manager/refusal_log.h"
#include "wallet-manager/signing_desk.h"

namespace wallet_manager {

struct GateParts {
    pg::Pool& pool;
    SignerClient& signer;
    Incarnation& incarnation;
    RefusalLog& refusals;
    auth::OrderTrust trust;  // its network is filled in for each caller
    chain::Mode mode = chain::Mode::kDevnet;
    Policy standard_policy;
    std::chrono::milliseconds renew_after{};  // see SigningDesk
    const base::Clock& clock;
};

class GateService final : public rpc::Service<platform::wallet::v1::GateService> {
public:
    explicit GateService(GateParts parts);

    [[nodiscard]] base::Result<platform::wallet::v1::AuthoriseResponse> Authorise(
        const platform::wallet::v1::AuthoriseRequest& request, const rpc::Context& context);
    [[nodiscard]] base::Result<platform::wallet::v1::SignResponse> Sign(
        const platform::wallet::v1::SignRequest& request, const rpc::Context& context);
    [[nodiscard]] base::Result<platform::wallet::v1::VoidResponse> Void(
        const platform::wallet::v1::VoidRequest& request, const rpc::Context& context);
    [[nodiscard]] base::Result<platform::wallet::v1::ReportOutcomeResponse> ReportOutcome(
        const platform::wallet::v1::ReportOutcomeRequest& request, const rpc::Context& context);
    [[nodiscard]] base::Result<platform::wallet::v1::SignFillResponse> SignFill(
        const platform::wallet::v1::SignFillRequest& request, const rpc::Context& context);
    [[nodiscard]] base::Result<platform::wallet::v1::ListAddressesResponse> ListAddresses(
        const platform::wallet::v1::ListAddressesRequest& request, const rpc::Context& context);

private:
    // The network that the caller serves. Errors: `caller_not_allowed`.
    [[nodiscard]] base::Result<std::string> NetworkOf(const rpc::Context& context) const;
    [[nodiscard]] base::Result<> RequireNetwork(const rpc::Context& context,
                                                const std::string& network) const;
    [[nodiscard]] base::Result<GateOrder> Read(const platform::common::v1::SignedOrder& order,
                                               const rpc::Context& context) const;

    [[nodiscard]] base::Result<platform::wallet::v1::AuthoriseResponse> TryAuthorise(
        const platform::wallet::v1::AuthoriseRequest& request, const rpc::Context& context) const;
    [[nodiscard]] base::Result<platform::wallet::v1::SignResponse> TrySign(
        const platform::wallet::v1::SignRequest& request, const rpc::Context& context) const;
    [[nodiscard]] base::Result<platform::wallet::v1::VoidResponse> TryVoid(
        const platform::wallet::v1::VoidRequest& request, const rpc::Context& context) const;
    [[nodiscard]] base::Result<platform::wallet::v1::SignFillResponse> TrySignFill(
        const platform::wallet::v1::SignFillRequest& request, const rpc::Context& context) const;

    template <class Response>
    [[nodiscard]] base::Result<Response> Recorded(base::Result<Response> answer,
                                                  Refusal refusal,
                                                  const rpc::Context& context) const;

    const GateParts parts_;
    const Authoriser authoriser_;
    const SigningDesk desk_;
};

}  // namespace wallet_manager
