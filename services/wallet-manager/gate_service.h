// GateService as the chain daemons call it: each for its own network alone. What it refuses for
// good is recorded.
#pragma once

#include <chrono>
#include <string>
#include <vector>

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
    // Errors of the three: `number_out_of_range`; those of an entry are its outcome.
    [[nodiscard]] base::Result<platform::wallet::v1::AuthoriseAllResponse> AuthoriseAll(
        const platform::wallet::v1::AuthoriseAllRequest& request, const rpc::Context& context);
    [[nodiscard]] base::Result<platform::wallet::v1::SignAllResponse> SignAll(
        const platform::wallet::v1::SignAllRequest& request, const rpc::Context& context);
    [[nodiscard]] base::Result<platform::wallet::v1::ReportOutcomesResponse> ReportOutcomes(
        const platform::wallet::v1::ReportOutcomesRequest& request, const rpc::Context& context);

private:
    // The network that the caller serves. Errors: `caller_not_allowed`.
    [[nodiscard]] base::Result<std::string> NetworkOf(const rpc::Context& context) const;
    [[nodiscard]] base::Result<> RequireNetwork(const rpc::Context& context,
                                                const std::string& network) const;
    [[nodiscard]] base::Result<GateOrder> Read(const platform::common::v1::SignedOrder& order,
                                               const rpc::Context& context) const;

    [[nodiscard]] base::Result<AuthoriseCall> ReadAuthorise(
        const platform::wallet::v1::AuthoriseRequest& request, const rpc::Context& context) const;
    [[nodiscard]] base::Result<SignCall> ReadSign(const platform::wallet::v1::SignRequest& request,
                                                  const rpc::Context& context) const;

    // One outcome each, in order.
    template <class Answer>
    using Results = std::vector<base::Result<Answer>>;

    [[nodiscard]] Results<platform::wallet::v1::AuthoriseResponse> EachAuthorise(
        const platform::wallet::v1::AuthoriseAllRequest& request,
        const rpc::Context& context) const;
    [[nodiscard]] Results<platform::wallet::v1::SignResponse> EachSign(
        const platform::wallet::v1::SignAllRequest& request, const rpc::Context& context) const;
    [[nodiscard]] Results<platform::wallet::v1::ReportOutcomeResponse> EachReport(
        const platform::wallet::v1::ReportOutcomesRequest& request,
        const rpc::Context& context) const;
    [[nodiscard]] base::Result<> WriteOutcomes(pg::Tx& tx,
                                               const std::string& network,
                                               const std::vector<IntentOutcome>& outcomes) const;
    [[nodiscard]] base::Result<platform::wallet::v1::VoidResponse> TryVoid(
        const platform::wallet::v1::VoidRequest& request, const rpc::Context& context) const;
    [[nodiscard]] base::Result<platform::wallet::v1::SignFillResponse> TrySignFill(
        const platform::wallet::v1::SignFillRequest& request, const rpc::Context& context) const;

    // What is refused for good.
    template <class Response>
    void Record(const base::Result<Response>& answer,
                Refusal refusal,
                const rpc::Context& context) const;

    const GateParts parts_;
    const Authoriser authoriser_;
    const SigningDesk desk_;
};

}  // namespace wallet_manager
