// The real ethereum-service between a private Postgres, anvil, and a wallet-manager of the test
// that signs with one key, over the same mutual TLS as in production.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "base/ids.h"
#include "observe/metrics.h"
#include "observe/tracer.h"
#include "platform/chain/v1/chain_service.grpc.pb.h"
#include "platform/wallet/v1/wallet_service.grpc.pb.h"
#include "rpc/call.h"
#include "rpc/server.h"
#include "rpc/service.h"
#include "secret/secret.h"
#include "support/anvil.h"
#include "support/private_postgres.h"
#include "support/process.h"
#include "support/temp_dir.h"

namespace ethereum_service_test {

namespace chain_v1 = platform::chain::v1;
namespace common_v1 = platform::common::v1;
namespace wallet_v1 = platform::wallet::v1;

inline constexpr const char* kOneEther = "1000000000000000000";

// Allows everything, signs whatever it is asked with the wallet's key, and stores what it signed.
class SigningGate final : public rpc::Service<wallet_v1::GateService> {
public:
    SigningGate(secret::Bytes key, wallet_v1::OwnAddress own);

    [[nodiscard]] std::size_t signatures();
    [[nodiscard]] std::map<std::string, std::string> outcomes();

    [[nodiscard]] static std::vector<rpc::AccessRule> AccessRules();

private:
    base::Result<wallet_v1::AuthoriseResponse> Authorise(const wallet_v1::AuthoriseRequest& request,
                                                         const rpc::Context& context);
    base::Result<wallet_v1::SignResponse> Sign(const wallet_v1::SignRequest& request,
                                               const rpc::Context& context);
    base::Result<wallet_v1::VoidResponse> Void(const wallet_v1::VoidRequest& request,
                                               const rpc::Context& context);
    base::Result<wallet_v1::ReportOutcomeResponse> ReportOutcome(
        const wallet_v1::ReportOutcomeRequest& request, const rpc::Context& context);
    base::Result<wallet_v1::SignFillResponse> SignFill(const wallet_v1::SignFillRequest& request,
                                                       const rpc::Context& context);
    base::Result<wallet_v1::ListAddressesResponse> ListAddresses(
        const wallet_v1::ListAddressesRequest& request, const rpc::Context& context);
    base::Result<wallet_v1::AuthoriseAllResponse> AuthoriseAll(
        const wallet_v1::AuthoriseAllRequest& request, const rpc::Context& context);
    base::Result<wallet_v1::SignAllResponse> SignAll(const wallet_v1::SignAllRequest& request,
                                                     const rpc::Context& context);
    base::Result<wallet_v1::ReportOutcomesResponse> ReportOutcomes(
        const wallet_v1::ReportOutcomesRequest& request, const rpc::Context& context);

    std::mutex mutex_;
    const secret::Bytes key_;
    const wallet_v1::OwnAddress own_;
    std::map<std::string, wallet_v1::SignResponse> stored_;  // "intent/attempt"
    std::map<std::string, std::string> outcomes_;
};

class Fleet {
public:
    explicit Fleet(const support::AnvilOptions& anvil = {
                       .block_time = std::chrono::milliseconds(250)});
    ~Fleet();

    // `crash_at` names a crash point, where the build has them.
    void StartDaemon(const std::string& crash_at = "");
    // True once the daemon has died by itself.
    [[nodiscard]] bool AwaitDeath();

    void KillDaemon() { daemon_->Kill(); }

    // Its exit code.
    int StopDaemon() { return daemon_->Stop(); }

    // A node on another chain in the place of the one that the database knows.
    void ReplaceNode();

    // From now on nothing answers at the node's address.
    void StopNode() { anvil_.reset(); }

    // One call to the node, past the daemon. Null where it fails.
    [[nodiscard]] nlohmann::json AskNode(const std::string& method, const nlohmann::json& params);

    // Until gRPC answers and payments are open.
    [[nodiscard]] bool AwaitReady(std::chrono::seconds time = std::chrono::seconds(30));

    // A block by the test's hand, again and again, until StopMining. For a node without automine.
    void MineEvery(std::chrono::milliseconds interval);

    void StopMining() { miner_ = std::jthread(); }

    [[nodiscard]] const rpc::Client<chain_v1::ChainService>& client() { return *client_; }

    // Calls of another service of the fleet.
    [[nodiscard]] rpc::Client<chain_v1::ChainService> ClientOf(const std::string& service);
    [[nodiscard]] static rpc::Context Context(std::chrono::seconds time = std::chrono::seconds(20));

    [[nodiscard]] chain_v1::TransferRequest Payment(const std::string& to, const std::string& wei);
    // A cancel or speed-up of a payment.
    [[nodiscard]] common_v1::SignedOrder Replacement(const chain_v1::TransferView& target,
                                                     bool cancel);
    [[nodiscard]] base::Result<chain_v1::TransferView> Send(
        const chain_v1::TransferRequest& request);
    [[nodiscard]] base::Result<chain_v1::TransferView> AwaitStatus(const std::string& id,
                                                                   chain_v1::TransferStatus status);
    [[nodiscard]] bool AwaitAttempt(const std::string& id,
                                    std::uint32_t number,
                                    const std::string& state);
    [[nodiscard]] std::string BalanceOf(const std::string& address);
    [[nodiscard]] base::Result<> Fund();

    [[nodiscard]] const std::string& from() const { return from_; }

    [[nodiscard]] const base::UserId& user() const { return user_; }

    [[nodiscard]] const base::WalletId& wallet() const { return wallet_; }

    [[nodiscard]] SigningGate& gate() { return *gate_; }

    [[nodiscard]] std::string Log() const { return daemon_->Output(); }

    [[nodiscard]] std::string Sql(const std::string& text) { return postgres_.Sql(text); }

private:
    [[nodiscard]] common_v1::Order OrderOf(const std::string& intent);

    [[nodiscard]] rpc::Observer observer() { return {metrics_, tracer_}; }

    support::TempDir folder_;
    support::PrivatePostgres postgres_{{.fsync = true}};
    support::AnvilOptions anvil_options_;
    std::unique_ptr<support::Anvil> anvil_;
    observe::Metrics metrics_;
    observe::Tracer tracer_{{.service = "test"}, metrics_};
    const base::UserId user_ = base::UserId::Random();
    const base::WalletId wallet_ = base::WalletId::Random();
    const std::string deployment_ = base::UserId::Random().ToString();
    secret::Bytes order_seed_;
    std::string from_;
    std::unique_ptr<SigningGate> gate_;
    std::unique_ptr<rpc::Server> gate_server_;
    std::unique_ptr<support::Process> daemon_;
    std::optional<rpc::Client<chain_v1::ChainService>> client_;
    std::jthread miner_;
};

}  // namespace ethereum_service_test
