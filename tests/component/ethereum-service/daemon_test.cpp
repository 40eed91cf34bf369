#include <future>
#include <gtest/gtest.h>
#include <set>
#include <thread>
#include <vector>

#include "component/ethereum-service/fleet.h"

namespace ethereum_service_test {

namespace {

using Stub = chain_v1::ChainService::Stub;

constexpr const char* kBob = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
constexpr const char* kFresh = "0x00000000000000000000000000000000000BEEF1";

}  // namespace

TEST(EthereumService, PaysOnARealNodeAndEndsFinal) {
    Fleet fleet;
    ASSERT_TRUE(fleet.AwaitReady()) << fleet.Log();
    ASSERT_TRUE(fleet.Fund());
    EXPECT_EQ(fleet.BalanceOf(fleet.from()), "10000000000000000000");
    const auto request = fleet.Payment(kFresh, kOneEther);
    const auto sent = fleet.Send(request);
    ASSERT_TRUE(sent) << sent.error().reason << " " << fleet.Log();
    EXPECT_EQ(sent->status(), chain_v1::TRANSFER_STATUS_PENDING);
    EXPECT_EQ(sent->tx_hash().size(), 66U);
    EXPECT_EQ(sent->nonce(), 0U);
    const auto final = fleet.AwaitStatus(sent->id(), chain_v1::TRANSFER_STATUS_FINAL);
    ASSERT_TRUE(final);
    EXPECT_EQ(final->status(), chain_v1::TRANSFER_STATUS_FINAL);
    EXPECT_EQ(fleet.BalanceOf(kFresh), kOneEther);
    // The same order again is a look at the same payment.
    const auto again = fleet.Send(request);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->tx_hash(), sent->tx_hash());
    EXPECT_EQ(fleet.gate().signatures(), 1U);
}

TEST(EthereumService, FiftyIdenticalCallsAreOnePaymentAndAHundredAreContiguous) {
    Fleet fleet;
    ASSERT_TRUE(fleet.AwaitReady()) << fleet.Log();
    ASSERT_TRUE(fleet.Fund());
    const auto same = fleet.Payment(kFresh, kOneEther);
    std::vector<std::future<base::Result<chain_v1::TransferView>>> calls;
    for (int index = 0; index < 50; ++index) {
        calls.push_back(std::async(std::launch::async, [&] { return fleet.Send(same); }));
    }
    std::set<std::string> hashes;
    for (auto& call : calls) {
        const auto view = call.get();
        ASSERT_TRUE(view) << view.error().reason;
        hashes.insert(view->tx_hash());
    }
    EXPECT_EQ(hashes.size(), 1U);
    EXPECT_EQ(fleet.gate().signatures(), 1U);

    calls.clear();
    for (int index = 0; index < 100; ++index) {
        calls.push_back(std::async(std::launch::async,
                                   [&] { return fleet.Send(fleet.Payment(kBob, "1000")); }));
    }
    std::set<std::uint64_t> nonces;
    std::vector<std::string> ids;
    for (auto& call : calls) {
        const auto view = call.get();
        ASSERT_TRUE(view) << view.error().reason;
        nonces.insert(view->nonce());
        ids.push_back(view->id());
    }
    EXPECT_EQ(nonces.size(), 100U);
    EXPECT_EQ(*nonces.begin(), 1U);
    EXPECT_EQ(*nonces.rbegin(), 100U);
    for (const std::string& id : ids) {
        const auto view = fleet.AwaitStatus(id, chain_v1::TRANSFER_STATUS_FINAL);
        ASSERT_TRUE(view);
        EXPECT_EQ(view->status(), chain_v1::TRANSFER_STATUS_FINAL);
    }
}

TEST(EthereumService, GoesOnWhereItWasKilled) {
    Fleet fleet;
    ASSERT_TRUE(fleet.AwaitReady()) << fleet.Log();
    ASSERT_TRUE(fleet.Fund());
    std::vector<std::string> ids;
    for (int index = 0; index < 20; ++index) {
        const auto sent = fleet.Send(fleet.Payment(kFresh, "1000"));
        ASSERT_TRUE(sent) << sent.error().reason;
        ids.push_back(sent->id());
    }
    fleet.KillDaemon();
    fleet.StartDaemon();
    ASSERT_TRUE(fleet.AwaitReady()) << fleet.Log();
    for (const std::string& id : ids) {
        const auto view = fleet.AwaitStatus(id, chain_v1::TRANSFER_STATUS_FINAL);
        ASSERT_TRUE(view);
        EXPECT_EQ(view->status(), chain_v1::TRANSFER_STATUS_FINAL);
    }
    EXPECT_EQ(fleet.BalanceOf(kFresh), "20000");
    EXPECT_EQ(fleet.StopDaemon(), 0);
}

TEST(EthereumService, CancelsWhatIsNotMined) {
    Fleet fleet({.automine = false});
    ASSERT_TRUE(fleet.AwaitReady()) << fleet.Log();
    // The faucet's gift needs a block, which only a call to the node makes here.
    fleet.MineEvery(std::chrono::milliseconds(200));
    ASSERT_TRUE(fleet.Fund());
    fleet.StopMining();
    const auto sent = fleet.Send(fleet.Payment(kFresh, kOneEther));
    ASSERT_TRUE(sent) << sent.error().reason;
    chain_v1::CancelRequest cancel;
    *cancel.mutable_order() = fleet.Replacement(*sent, true);
    const auto answer = fleet.client().Call(&Stub::Cancel, cancel, Fleet::Context());
    ASSERT_TRUE(answer) << answer.error().reason << ": " << answer.error().detail;
    ASSERT_EQ(answer->transfer().attempts_size(), 2);
    // The node has it before the next block comes.
    ASSERT_TRUE(fleet.AwaitAttempt(sent->id(), 2, "live"));
    fleet.MineEvery(std::chrono::milliseconds(200));
    const auto ended = fleet.AwaitStatus(sent->id(), chain_v1::TRANSFER_STATUS_REPLACED);
    ASSERT_TRUE(ended);
    EXPECT_EQ(ended->status(), chain_v1::TRANSFER_STATUS_REPLACED);
    EXPECT_EQ(ended->replaced_by(), answer->transfer().attempts(1).tx_hash());
    EXPECT_EQ(fleet.BalanceOf(kFresh), "0");
}

TEST(EthereumService, BooksWhatComesIn) {
    Fleet fleet;
    ASSERT_TRUE(fleet.AwaitReady()) << fleet.Log();
    ASSERT_TRUE(fleet.Fund());
    chain_v1::ListHistoryRequest request;
    request.set_user_id(fleet.user().ToString());
    request.set_wallet_id(fleet.wallet().ToString());
    chain_v1::ListHistoryResponse history;
    for (int look = 0; look < 60 && history.transfers_size() == 0; ++look) {
        history = fleet.client().Call(&Stub::ListHistory, request, Fleet::Context()).value();
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
    ASSERT_EQ(history.transfers_size(), 1) << fleet.Log();
    EXPECT_TRUE(history.transfers(0).incoming());
    EXPECT_EQ(history.transfers(0).amount(), "10000000000000000000");
    request.set_user_id(base::UserId::Random().ToString());
    EXPECT_EQ(
        fleet.client().Call(&Stub::ListHistory, request, Fleet::Context()).value().transfers_size(),
        0);
}

TEST(EthereumService, RefusesForgedOrdersAndStrangers) {
    Fleet fleet;
    ASSERT_TRUE(fleet.AwaitReady()) << fleet.Log();
    auto request = fleet.Payment(kFresh, kOneEther);
    request.mutable_order()->mutable_order()->back() ^= 1;
    const auto forged = fleet.Send(request);
    ASSERT_FALSE(forged);
    EXPECT_EQ(forged.error().reason, "bad_order_signature");
    EXPECT_EQ(fleet.Sql("SELECT count(*) FROM intents"), "0");

    const auto stranger = fleet.ClientOf("price-service");
    const auto refused =
        stranger.Call(&Stub::Transfer, fleet.Payment(kFresh, kOneEther), Fleet::Context());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "caller_not_allowed");

    const auto poor = fleet.Send(fleet.Payment(kFresh, kOneEther));
    ASSERT_FALSE(poor);
    EXPECT_EQ(poor.error().reason, "insufficient_funds");
    EXPECT_EQ(fleet.gate().signatures(), 0U);
}

TEST(EthereumService, IsNeverReadyOnAnotherChainsNode) {
    Fleet fleet;
    ASSERT_TRUE(fleet.AwaitReady()) << fleet.Log();
    EXPECT_EQ(fleet.StopDaemon(), 0);
    fleet.ReplaceNode();
    fleet.StartDaemon();
    EXPECT_FALSE(fleet.AwaitReady(std::chrono::seconds(4)));
    EXPECT_NE(fleet.Log().find("wrong_network"), std::string::npos) << fleet.Log();
}

}  // namespace ethereum_service_test
