// Who may call wallet-manager, over real connections with mutual TLS.
#include "wallet-manager/access.h"

#include <chrono>
#include <gtest/gtest.h>
#include <memory>
#include <string>

#include "component/wallet-manager/gate_fixture.h"
#include "observe/metrics.h"
#include "observe/tracer.h"
#include "rpc/call.h"
#include "rpc/channel.h"
#include "rpc/server.h"
#include "support/dev_certs.h"

namespace wallet_test {

namespace {

class Access : public GateTest {
protected:
    void SetUp() override {
        GateTest::SetUp();
        rpc::ServerOptions options;
        options.address = "127.0.0.1:0";
        options.mtls_dir = support::DevCerts() / "wallet-manager";
        options.dispatcher.access = wallet_manager::WalletAccess();
        for (rpc::AccessRule& rule : wallet_manager::GateAccess()) {
            options.dispatcher.access.push_back(std::move(rule));
        }
        options.dispatcher.auditor = [this](const std::string& method,
                                            const rpc::Context& context,
                                            const base::Error& refusal) {
            refusals_.Write({context.caller, method, "", ""}, refusal);
        };
        server_ = std::make_unique<rpc::Server>(std::move(options), Observer());
        server_->Add(*gate_);
        server_->Add(*wallets_);
        const auto started = server_->Start();
        ASSERT_TRUE(started) << started.error().detail;
    }

    [[nodiscard]] rpc::Observer Observer() { return {metrics_, tracer_}; }

    [[nodiscard]] std::shared_ptr<const rpc::Peer> As(const std::string& caller) {
        auto peer = rpc::Peer::Make({"wallet-manager",
                                     "127.0.0.1:" + std::to_string(server_->port()),
                                     support::DevCerts() / caller},
                                    Observer());
        EXPECT_TRUE(peer);
        return *peer;
    }

    [[nodiscard]] static rpc::Context Soon() {
        rpc::Context context;
        context.deadline = std::chrono::system_clock::now() + std::chrono::seconds(5);
        return context;
    }

    [[nodiscard]] std::string Voids(const std::string& caller) {
        v1::VoidRequest request;
        request.set_intent_id(base::IntentId::Random().ToString());
        request.set_network(kNetwork);
        const rpc::Client<v1::GateService> client(As(caller));
        const auto answer = client.Call(&v1::GateService::Stub::Void, request, Soon());
        return answer ? "served" : answer.error().reason;
    }

    [[nodiscard]] std::string Lists(const std::string& caller) {
        v1::ListWalletsRequest request;
        request.set_user_id(user_.ToString());
        const rpc::Client<v1::WalletService> client(As(caller));
        const auto answer = client.Call(&v1::WalletService::Stub::ListWallets, request, Soon());
        return answer ? "served" : answer.error().reason;
    }

    observe::Metrics metrics_;
    observe::Tracer tracer_{{.service = "test"}, metrics_};
    std::unique_ptr<rpc::Server> server_;
};

TEST_F(Access, TheGateServesChainDaemonsForTheirOwnNetworkAlone) {
    EXPECT_EQ(Voids("ethereum-service"), "served");
    EXPECT_EQ(Voids("binance-service"), "caller_not_allowed");
    EXPECT_EQ(Voids("api-gateway"), "caller_not_allowed");
    EXPECT_EQ(Voids("dex-service"), "caller_not_allowed");
    EXPECT_EQ(stack_.postgres.Sql("SELECT string_agg(caller || ' ' || reason, ',' ORDER BY seq) "
                                  "FROM (SELECT * FROM gate_refusals WHERE method = "
                                  "'/platform.wallet.v1.GateService/Void' "
                                  "ORDER BY seq DESC LIMIT 3) last"),
              "binance-service caller_not_allowed,api-gateway caller_not_allowed,"
              "dex-service caller_not_allowed");
}

TEST_F(Access, WalletsServeTheGatewayAloneAndOnlyForAUser) {
    EXPECT_EQ(Lists("api-gateway"), "user_context_required");
    EXPECT_EQ(Lists("ethereum-service"), "caller_not_allowed");
}

}  // namespace

}  // namespace wallet_test
