// What wallet-manager takes from the chain daemons and from their tables: gifts, balances, history.
#include <atomic>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "component/wallet-manager/gate_fixture.h"
#include "observe/metrics.h"
#include "observe/tracer.h"
#include "rpc/channel.h"
#include "rpc/tls.h"
#include "support/dev_certs.h"

namespace wallet_test {

namespace {

namespace chain_v1 = platform::chain::v1;

class FakeDaemon final : public chain_v1::ChainService::Service {
public:
    grpc::Status GetBalance(grpc::ServerContext* /*context*/,
                            const chain_v1::GetBalanceRequest* /*request*/,
                            chain_v1::GetBalanceResponse* response) override {
        if (dead) {
            return {grpc::StatusCode::UNAVAILABLE, "no node"};
        }
        response->set_balance(balance);
        response->set_pending(pending);
        return grpc::Status::OK;
    }

    grpc::Status RequestFaucet(grpc::ServerContext* /*context*/,
                               const chain_v1::RequestFaucetRequest* request,
                               chain_v1::RequestFaucetResponse* /*response*/) override {
        if (dead) {
            return {grpc::StatusCode::UNAVAILABLE, "no node"};
        }
        if (silent) {
            std::this_thread::sleep_for(std::chrono::seconds(5));
            return {grpc::StatusCode::UNAVAILABLE, "too late"};
        }
        ++gifts;
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        last_address = request->address();
        balance = "10";
        return grpc::Status::OK;
    }

    std::atomic<bool> dead = false;
    std::atomic<bool> silent = false;  // takes a wish for a gift and does not answer
    std::atomic<int> gifts = 0;
    std::string last_address;
    std::string balance = "0";
    std::string pending = "0";
};

class Chain : public GateTest {
protected:
    void SetUp() override {
        GateTest::SetUp();
        auto credentials = rpc::ServerTls(support::DevCerts() / "ethereum-service");
        ASSERT_TRUE(credentials) << credentials.error().detail;
        int port = 0;
        grpc::ServerBuilder builder;
        builder.AddListeningPort("127.0.0.1:0", *credentials, &port);
        builder.RegisterService(&daemon_service_);
        server_ = builder.BuildAndStart();
        ASSERT_NE(server_, nullptr);
        const auto peer = rpc::Peer::Make({"ethereum-service",
                                           "127.0.0.1:" + std::to_string(port),
                                           support::DevCerts() / "wallet-manager"},
                                          {metrics_, tracer_});
        ASSERT_TRUE(peer);
        peers_.emplace("ethereum", rpc::Client<chain_v1::ChainService>(*peer));
        wallets_ = std::make_unique<wallet_manager::WalletService>(
            wallet_manager::WalletParts{*stack_.pool,
                                        *stack_.signer,
                                        *stack_.journal,
                                        peers_,
                                        *stack_.incarnation,
                                        refusals_,
                                        Trust(),
                                        chain::Mode::kDevnet,
                                        true,
                                        {}});
    }

    [[nodiscard]] std::string Ensure(const base::UserId& user) {
        v1::EnsureWalletRequest request;
        request.set_user_id(user.ToString());
        request.set_chain("ethereum");
        const auto answer = wallets_->EnsureWallet(request, UserContext(user));
        return answer ? answer->wallet().address() : answer.error().reason;
    }

    [[nodiscard]] v1::ChainBalance Balance(const base::UserId& user) {
        v1::GetBalancesRequest request;
        request.set_user_id(user.ToString());
        const auto answer = wallets_->GetBalances(request, UserContext(user));
        EXPECT_TRUE(answer) << answer.error().detail;
        return answer ? answer->balances(0) : v1::ChainBalance();
    }

    observe::Metrics metrics_;
    observe::Tracer tracer_{{.service = "test"}, metrics_};
    FakeDaemon daemon_service_;
    std::unique_ptr<grpc::Server> server_;
};

TEST_F(Chain, ANewDefaultWalletIsFundedOnceAndAnsweredThen) {
    const base::UserId user = NewUser();
    std::vector<std::string> addresses(6);
    std::vector<std::thread> threads;
    for (std::string& address : addresses) {
        threads.emplace_back([&] { address = Ensure(user); });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(daemon_service_.gifts, 1);
    for (const std::string& address : addresses) {
        EXPECT_EQ(address, daemon_service_.last_address);
    }
    EXPECT_EQ(Ensure(user), addresses[0]);
    EXPECT_EQ(daemon_service_.gifts, 1);
}

TEST_F(Chain, AGiftThatFailedIsAskedForAgain) {
    const base::UserId user = NewUser();
    daemon_service_.dead = true;
    EXPECT_EQ(Ensure(user), "service_unavailable");
    daemon_service_.dead = false;
    EXPECT_TRUE(Ensure(user).starts_with("0x"));
    EXPECT_EQ(daemon_service_.gifts, 1);
}

TEST_F(Chain, BalancesOfANewUserDoNotWaitForADeadDaemon) {
    const base::UserId user = NewUser();
    daemon_service_.dead = true;
    EXPECT_EQ(Ensure(user), "service_unavailable");
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < 3; ++i) {
        const auto entry = Balance(user);
        EXPECT_EQ(entry.error(), "service_unavailable");
        EXPECT_EQ(entry.balance(), "");
    }
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
    daemon_service_.dead = false;
    EXPECT_EQ(Balance(user).balance(), "10");
}

TEST_F(Chain, BalancesAreReadWhileAGiftDoesNotCome) {
    const base::UserId user = NewUser();
    daemon_service_.silent = true;
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(Balance(user).balance(), "0");
    EXPECT_EQ(Balance(user).balance(), "0") << "and nobody waits for the first call's gift";
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(4));
}

TEST_F(Chain, AGiftWhoseAnswerNeverCameIsNotedOnceItIsSeen) {
    const base::UserId user = NewUser();
    daemon_service_.silent = true;
    EXPECT_EQ(Balance(user).balance(), "0");
    daemon_service_.silent = false;
    daemon_service_.balance = "0.10";
    EXPECT_EQ(Balance(user).balance(), "0.10");
    EXPECT_TRUE(Ensure(user).starts_with("0x")) << "and a payment does not wait for it";
    EXPECT_EQ(daemon_service_.gifts, 0) << "nor asks for another one";
}

TEST_F(Chain, CoinsOfOthersAreNoGift) {
    const base::UserId user = NewUser();
    daemon_service_.dead = true;
    EXPECT_EQ(Ensure(user), "service_unavailable");
    daemon_service_.dead = false;
    daemon_service_.balance = "0.10";
    EXPECT_TRUE(Ensure(user).starts_with("0x"));
    EXPECT_EQ(daemon_service_.gifts, 1);
}

TEST_F(Chain, ADeadChainShowsTheLastKnownBalance) {
    const base::UserId user = NewUser();
    const auto living = Balance(user);
    EXPECT_EQ(living.balance(), "10");
    EXPECT_FALSE(living.stale());
    daemon_service_.dead = true;
    const auto dead = Balance(user);
    EXPECT_EQ(dead.balance(), "10");
    EXPECT_TRUE(dead.stale());
    EXPECT_EQ(dead.error(), "service_unavailable");
}

TEST_F(Chain, AWalletIsRemovedOnceItIsEmptyAndTheNextOneHasAnotherAddress) {
    v1::RemoveWalletRequest request;
    request.set_user_id(user_.ToString());
    request.set_wallet_id(wallet_.id.ToString());
    request.set_confirm_address(wallet_.address);
    *request.mutable_proof() = Proof();
    daemon_service_.balance = "7";
    EXPECT_EQ(wallets_->RemoveWallet(request, UserContext(user_)).error().reason,
              "balance_not_zero");
    daemon_service_.balance = "0";
    daemon_service_.pending = "7";
    EXPECT_EQ(wallets_->RemoveWallet(request, UserContext(user_)).error().reason, "pending_tx");
    daemon_service_.pending = "0";
    const common::Order payment = Payment();
    ASSERT_EQ(Authorise(Sign(payment)).verdict(), v1::AuthoriseResponse::VERDICT_ALLOW);
    EXPECT_EQ(wallets_->RemoveWallet(request, UserContext(user_)).error().reason, "pending_tx");
    ASSERT_TRUE(Void(payment.intent_id()));
    ASSERT_TRUE(wallets_->RemoveWallet(request, UserContext(user_)));
    EXPECT_EQ(Authorise(Sign(Payment())).reason(), "unknown_wallet");
    const std::string next = Ensure(user_);
    EXPECT_TRUE(next.starts_with("0x"));
    EXPECT_NE(next, wallet_.address);
}

class History : public Chain {
protected:
    // A payment that was made, then one that came in.
    void Fill() {
        const std::string ids = "'" + user_.ToString() + "', '" + wallet_.id.ToString() + "'";
        stack_.postgres.Sql(
            "INSERT INTO intents (id, network, user_id, wallet_id, from_address, action, "
            "asset_symbol, asset_decimals, recipients, plan, fee_cap, order_bytes, "
            "order_signature, order_issued_at, order_expires_at, parameters_digest, amount, memo, "
            "created_at) VALUES ('" +
            intent_ + "', 'eip155:31337', " + ids + ", '" + wallet_.address +
            "', 'transfer', 'ETH', 18, '[{\"address\": \"" + kRecipient +
            "\", \"amount\": \"1000\"}]', '{}', 5, '', '', now(), now(), sha256(''), 1000, "
            "'rent', now() - INTERVAL '1 hour')");
        stack_.postgres.Sql(
            "INSERT INTO incoming_transfers (id, network, tx_hash, position, user_id, wallet_id, "
            "address, from_address, asset_symbol, asset_decimals, amount, state, block_height, "
            "block_hash, block_time) VALUES ('" +
            incoming_ + "', 'eip155:31337', '0x" + incoming_ + "', '0', " + ids + ", '" +
            wallet_.address + "', '" + kStranger + "', 'ETH', 18, 77, 'FINAL', 12, '0xb', now())");
    }

    [[nodiscard]] v1::ListTransactionsResponse List(const v1::ListTransactionsRequest& wanted) {
        v1::ListTransactionsRequest request = wanted;
        request.set_user_id(user_.ToString());
        const auto page = wallets_->ListTransactions(request, UserContext(user_));
        EXPECT_TRUE(page) << page.error().reason << " " << page.error().detail;
        return page ? *page : v1::ListTransactionsResponse();
    }

    const std::string intent_ = base::IntentId::Random().ToString();
    const std::string incoming_ = base::IntentId::Random().ToString();
};

TEST_F(History, ShowsWhatWentOutAndCameInNewestFirst) {
    Fill();
    const auto page = List({});
    ASSERT_EQ(page.transactions_size(), 2);
    const auto& in = page.transactions(0);
    EXPECT_TRUE(in.incoming());
    EXPECT_EQ(in.id(), incoming_);
    EXPECT_EQ(in.amount(), "77");
    EXPECT_EQ(in.status(), chain_v1::TRANSFER_STATUS_FINAL);
    EXPECT_EQ(in.block_height(), 12U);
    const auto& out = page.transactions(1);
    EXPECT_FALSE(out.incoming());
    EXPECT_EQ(out.to(0).address(), kRecipient);
    EXPECT_EQ(out.to(0).amount(), "1000");
    EXPECT_EQ(out.status(), chain_v1::TRANSFER_STATUS_PENDING);
    EXPECT_EQ(out.memo(), "rent");
    ASSERT_EQ(out.timeline_size(), 1);
    EXPECT_EQ(out.timeline(0).state(), "RECEIVED");
    EXPECT_GT(out.timeline(0).at().seconds(), 1'600'000'000);
}

TEST_F(History, PagesFollowTheCursor) {
    Fill();
    v1::ListTransactionsRequest request;
    request.mutable_page()->set_limit(1);
    const auto first = List(request);
    ASSERT_EQ(first.transactions_size(), 1);
    EXPECT_EQ(first.transactions(0).id(), incoming_);
    request.mutable_page()->set_cursor(first.page().next_cursor());
    const auto second = List(request);
    ASSERT_EQ(second.transactions_size(), 1);
    EXPECT_EQ(second.transactions(0).id(), intent_);
    EXPECT_EQ(second.page().next_cursor(), "");
}

TEST_F(History, FiltersByChainDirectionStatusAndTime) {
    Fill();
    v1::ListTransactionsRequest request;
    request.set_direction("out");
    EXPECT_EQ(List(request).transactions(0).id(), intent_);
    request.set_direction("in");
    EXPECT_EQ(List(request).transactions(0).id(), incoming_);
    request = {};
    request.set_status(chain_v1::TRANSFER_STATUS_FINAL);
    ASSERT_EQ(List(request).transactions_size(), 1);
    request = {};
    request.set_chain("binance");
    EXPECT_EQ(List(request).transactions_size(), 0);
    request.set_chain("eth");
    EXPECT_EQ(List(request).transactions_size(), 2);
    const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    request.mutable_from()->set_seconds(now - 60);
    EXPECT_EQ(List(request).transactions(0).id(), incoming_);
    request.clear_from();
    request.mutable_to()->set_seconds(now - 60);
    EXPECT_EQ(List(request).transactions(0).id(), intent_);
}

TEST_F(History, OnePaymentIsItsOwnersAlone) {
    Fill();
    v1::GetTransactionRequest request;
    request.set_user_id(user_.ToString());
    request.set_id(intent_);
    const auto mine = wallets_->GetTransaction(request, UserContext(user_));
    ASSERT_TRUE(mine) << mine.error().detail;
    EXPECT_EQ(mine->transaction().id(), intent_);
    const base::UserId other = NewUser();
    request.set_user_id(other.ToString());
    EXPECT_EQ(wallets_->GetTransaction(request, UserContext(other)).error().reason, "unknown_tx");
}

}  // namespace

}  // namespace wallet_test
