// What the daemon answers about the chain and about payments, with its refusals.
#include <gtest/gtest.h>
#include <thread>

#include "base/hex.h"
#include "base/text.h"
#include "component/ethereum-service/fleet.h"
#include "evm/abi.h"
#include "support/files.h"

namespace ethereum_service_test {

namespace {

using Stub = chain_v1::ChainService::Stub;
using nlohmann::json;
using std::chrono::milliseconds;

constexpr const char* kPayee = "0x0000000000000000000000000000000000054321";
constexpr const char* kOther = "0x0000000000000000000000000000000000012345";

// A daemon that has paid once.
class Reads : public ::testing::Test {
protected:
    void SetUp() override {
        ASSERT_TRUE(fleet_.AwaitReady()) << fleet_.Log();
        ASSERT_TRUE(fleet_.Fund());
        const auto sent = fleet_.Send(fleet_.Payment(kPayee, kOneEther));
        ASSERT_TRUE(sent) << sent.error().reason;
        const auto paid = fleet_.AwaitStatus(sent->id(), chain_v1::TRANSFER_STATUS_FINAL);
        ASSERT_TRUE(paid);
        ASSERT_EQ(paid->status(), chain_v1::TRANSFER_STATUS_FINAL);
        paid_ = *paid;
    }

    template <class Request, class Response>
    base::Result<Response> Call(grpc::Status (Stub::*method)(grpc::ClientContext*,
                                                             const Request&,
                                                             Response*),
                                const Request& request) {
        return fleet_.client().Call(method, request, Fleet::Context());
    }

    template <class Request, class Response>
    std::string Refusal(grpc::Status (Stub::*method)(grpc::ClientContext*,
                                                     const Request&,
                                                     Response*),
                        const Request& request) {
        const auto answer = Call(method, request);
        return answer ? "" : answer.error().reason;
    }

    chain_v1::EstimateTransferRequest Estimate(const std::string& to, const std::string& amount) {
        chain_v1::EstimateTransferRequest request;
        request.set_from(fleet_.from());
        request.set_mode(common_v1::TRANSFER_MODE_EXACT);
        auto* recipient = request.add_recipients();
        recipient->set_address(to);
        recipient->set_amount(amount);
        return request;
    }

    // A transaction of the node's own first account, in a block.
    json FromNode(json transaction) {
        transaction["from"] = fleet_.AskNode("eth_accounts", json::array()).at(0);
        const json hash = fleet_.AskNode("eth_sendTransaction", json::array({transaction}));
        for (int look = 0; look < 100; ++look) {
            const json receipt = fleet_.AskNode("eth_getTransactionReceipt", json::array({hash}));
            if (receipt.is_object()) {
                return receipt;
            }
            std::this_thread::sleep_for(milliseconds(100));
        }
        return json::object();
    }

    std::string DeployToken() {
        const std::string text =
            support::ReadFile(support::SourceDir() / "tests/support/contracts/TestToken.hex");
        base::Bytes code = *base::HexDecode(base::Trim(text));
        const auto arguments = evm::EncodeCall("f(string,string,uint8,uint256)",
                                               {evm::AbiValue{std::string("Test USD")},
                                                evm::AbiValue{std::string("TUSD")},
                                                evm::AbiValue{money::UInt256(6)},
                                                evm::AbiValue{money::UInt256(1'000'000'000)}});
        base::Append(code, base::ByteView(*arguments).subspan(4));
        return FromNode({{"data", base::HexEncodePrefixed(code)}})
            .value("contractAddress", std::string());
    }

    Fleet fleet_;
    chain_v1::TransferView paid_;
};

}  // namespace

TEST_F(Reads, AddressesAreChecked) {
    chain_v1::ValidateAddressRequest request;
    request.set_address("0x70997970c51812dc3a010c7d01b50e0d17dc79c8");
    const auto good = Call(&Stub::ValidateAddress, request);
    ASSERT_TRUE(good);
    EXPECT_TRUE(good->valid());
    EXPECT_EQ(good->canonical(), "0x70997970C51812dc3A010C7d01b50e0d17dc79C8");
    request.set_address("0x70997970C51812dc3A010C7d01b50e0d17dc79c8");
    const auto wrong = Call(&Stub::ValidateAddress, request);
    ASSERT_TRUE(wrong);
    EXPECT_FALSE(wrong->valid());
    EXPECT_EQ(wrong->reason(), "bad_checksum");
    request.set_address(std::string(201, 'a'));
    EXPECT_EQ(Refusal(&Stub::ValidateAddress, request), "bad_address");
}

TEST_F(Reads, FeesAndTheNodeAreShown) {
    const auto fees = Call(&Stub::GetFees, chain_v1::GetFeesRequest());
    ASSERT_TRUE(fees);
    EXPECT_EQ(fees->offers_size(), 3);
    EXPECT_EQ(fees->offers(0).speed(), chain_v1::FeePreference::SPEED_SLOW);
    EXPECT_NE(fees->offers(2).figures().evm().max_fee_per_gas(), "");
    EXPECT_GE(fees->block_height(), paid_.block_height());

    const auto node = Call(&Stub::GetNodeStatus, chain_v1::GetNodeStatusRequest());
    ASSERT_TRUE(node);
    EXPECT_EQ(node->network(), "eip155:31337");
    EXPECT_EQ(node->mode(), "devnet");
    EXPECT_NE(node->client_version(), "");
    EXPECT_EQ(node->sends_stopped_reason(), "");
    EXPECT_GT(node->followed_height(), 0U);
    ASSERT_EQ(node->endpoints_size(), 1);
    EXPECT_EQ(node->endpoints(0).state(), "up");
}

TEST_F(Reads, AnEstimateNamesWhatIsNewAndWhatIsWrong) {
    const auto first = Call(&Stub::EstimateTransfer, Estimate(kOther, "1000"));
    ASSERT_TRUE(first);
    ASSERT_EQ(first->warnings_size(), 1);
    EXPECT_EQ(first->warnings(0).find("first_time_recipient"), 0U);
    EXPECT_TRUE(first->listed());
    const auto again = Call(&Stub::EstimateTransfer, Estimate(kPayee, "1000"));
    ASSERT_TRUE(again);
    EXPECT_EQ(again->warnings_size(), 0);
    EXPECT_EQ(again->recipients(0).amount(), "1000");

    auto all = Estimate(kPayee, "");
    all.set_mode(common_v1::TRANSFER_MODE_ALL);
    const auto everything = Call(&Stub::EstimateTransfer, all);
    ASSERT_TRUE(everything);
    EXPECT_EQ(everything->balance_after().substr(0, 1) == "-", false);
    EXPECT_GT(everything->recipients(0).amount().size(), 18U);

    auto subtracted = Estimate(kPayee, kOneEther);
    subtracted.set_mode(common_v1::TRANSFER_MODE_SUBTRACT_FEE);
    subtracted.mutable_fee()->mutable_evm()->set_gas_price("3000000000");
    EXPECT_TRUE(Call(&Stub::EstimateTransfer, subtracted));

    auto bad = Estimate(kPayee, "1000");
    bad.set_mode(common_v1::TRANSFER_MODE_UNSPECIFIED);
    EXPECT_EQ(Refusal(&Stub::EstimateTransfer, bad), "bad_order");
    bad = Estimate(kPayee, "1000");
    bad.clear_recipients();
    EXPECT_EQ(Refusal(&Stub::EstimateTransfer, bad), "bad_recipients");
    EXPECT_EQ(Refusal(&Stub::EstimateTransfer, Estimate("0x12", "1")), "bad_address");
    EXPECT_EQ(Refusal(&Stub::EstimateTransfer, Estimate(kPayee, "99000000000000000000")),
              "insufficient_funds");
}

TEST_F(Reads, ATransactionIsShownToEverybodyAndItsPaymentToItsOwner) {
    chain_v1::GetTransactionRequest request;
    request.set_tx_hash(paid_.tx_hash());
    const auto plain = Call(&Stub::GetTransaction, request);
    ASSERT_TRUE(plain);
    EXPECT_EQ(plain->status(), "final");
    EXPECT_EQ(plain->value(), kOneEther);
    EXPECT_EQ(plain->block_height(), paid_.block_height());
    EXPECT_GT(plain->confirmations(), 0U);
    EXPECT_FALSE(plain->has_transfer());
    request.set_user_id(fleet_.user().ToString());
    const auto own = Call(&Stub::GetTransaction, request);
    ASSERT_TRUE(own);
    EXPECT_EQ(own->transfer().id(), paid_.id());
    request.set_user_id(base::UserId::Random().ToString());
    EXPECT_FALSE(Call(&Stub::GetTransaction, request)->has_transfer());
    request.set_tx_hash("0x" + std::string(64, '7'));
    EXPECT_NE(Refusal(&Stub::GetTransaction, request), "");
}

TEST_F(Reads, HistoryHasPages) {
    ASSERT_TRUE(fleet_.Send(fleet_.Payment(kOther, "1000")));
    chain_v1::ListHistoryRequest request;
    request.set_user_id(fleet_.user().ToString());
    request.set_wallet_id(fleet_.wallet().ToString());
    request.mutable_page()->set_limit(1);
    const auto newest = Call(&Stub::ListHistory, request);
    ASSERT_TRUE(newest);
    ASSERT_EQ(newest->transfers_size(), 1);
    EXPECT_EQ(newest->transfers(0).to(0).address(), kOther);
    request.mutable_page()->set_cursor(newest->page().next_cursor());
    const auto next = Call(&Stub::ListHistory, request);
    ASSERT_TRUE(next);
    ASSERT_EQ(next->transfers_size(), 1);
    EXPECT_NE(next->transfers(0).id(), newest->transfers(0).id());
    request.mutable_page()->set_cursor("00");
    EXPECT_EQ(Refusal(&Stub::ListHistory, request), "bad_cursor");
    request.mutable_page()->clear_cursor();
    request.mutable_page()->set_limit(101);
    EXPECT_EQ(Refusal(&Stub::ListHistory, request), "bad_limit");
}

TEST_F(Reads, AWatcherSeesAPaymentToItsEnd) {
    chain_v1::WatchTransfersRequest request;
    request.set_user_id(fleet_.user().ToString());
    rpc::ClientCall call(fleet_.client().peer(),
                         "platform.chain.v1.WatchTransfers",
                         Fleet::Context(),
                         rpc::ClientCall::Lifetime::kStream);
    const auto reader = fleet_.client().stub().WatchTransfers(call.grpc_context(), request);
    std::string id;
    std::jthread sender([&] {
        std::this_thread::sleep_for(milliseconds(500));
        const auto sent = fleet_.Send(fleet_.Payment(kOther, "1000"));
        id = sent ? sent->id() : sent.error().reason;
    });
    chain_v1::WatchTransfersResponse change;
    bool ended = false;
    while (!ended && reader->Read(&change)) {
        ended = change.transfer().to(0).address() == kOther &&
                change.transfer().status() == chain_v1::TRANSFER_STATUS_FINAL;
    }
    sender.join();
    EXPECT_TRUE(ended);
    EXPECT_EQ(change.transfer().id(), id);
    call.Cancel();
    static_cast<void>(call.End(reader->Finish()));
}

TEST_F(Reads, TokensThatCameInAreListed) {
    const std::string contract = DeployToken();
    ASSERT_EQ(contract.size(), 42U);
    const auto payout = evm::EncodeCall("transfer(address,uint256)",
                                        {evm::AbiValue{*evm::Address::Parse(fleet_.from())},
                                         evm::AbiValue{money::UInt256(2'500'000)}});
    FromNode({{"to", contract}, {"data", base::HexEncodePrefixed(*payout)}});

    chain_v1::ListTokensRequest list;
    list.set_address(fleet_.from());
    chain_v1::ListTokensResponse tokens;
    for (int look = 0; look < 100 && tokens.tokens_size() == 0; ++look) {
        std::this_thread::sleep_for(milliseconds(100));
        tokens = Call(&Stub::ListTokens, list).value();
    }
    ASSERT_EQ(tokens.tokens_size(), 1) << fleet_.Log();
    EXPECT_EQ(tokens.tokens(0).name(), "Test USD");
    EXPECT_EQ(tokens.tokens(0).balance(), "2500000");
    EXPECT_EQ(tokens.tokens(0).asset().decimals(), 6U);

    chain_v1::GetTokenRequest one;
    one.set_contract(contract);
    EXPECT_EQ(Call(&Stub::GetToken, one)->asset().symbol(), "TUSD");
    one.set_contract(kOther);
    EXPECT_EQ(Refusal(&Stub::GetToken, one), "unknown_token");

    chain_v1::GetBalanceRequest balance;
    balance.set_address(fleet_.from());
    balance.mutable_asset()->set_contract(contract);
    const auto held = Call(&Stub::GetBalance, balance);
    ASSERT_TRUE(held);
    EXPECT_EQ(held->balance(), "2500000");
    EXPECT_EQ(held->asset().symbol(), "TUSD");

    auto estimate = Estimate(kPayee, "500000");
    estimate.mutable_asset()->set_contract(contract);
    const auto priced = Call(&Stub::EstimateTransfer, estimate);
    ASSERT_TRUE(priced) << priced.error().reason;
    EXPECT_EQ(priced->balance_after(), "2000000");
    EXPECT_FALSE(priced->listed());
}

TEST_F(Reads, AFaucetHasBounds) {
    chain_v1::RequestFaucetRequest request;
    request.set_address(kOther);
    request.set_amount("0");
    EXPECT_EQ(Refusal(&Stub::RequestFaucet, request), "amount_out_of_range");
    request.set_amount("1001000000000000000000");
    EXPECT_EQ(Refusal(&Stub::RequestFaucet, request), "amount_out_of_range");
    request.set_amount("7");
    ASSERT_TRUE(Call(&Stub::RequestFaucet, request));
    EXPECT_EQ(fleet_.BalanceOf(kOther), "7");
}

TEST_F(Reads, WithoutANodeTheLastKnownBalanceIsShownAsStale) {
    fleet_.StopNode();
    chain_v1::GetBalanceRequest request;
    request.set_address(fleet_.from());
    const auto known = Call(&Stub::GetBalance, request);
    ASSERT_TRUE(known) << known.error().reason;
    EXPECT_TRUE(known->stale());
    EXPECT_EQ(known->balance(), "10000000000000000000");  // as the payment was reserved
    request.set_address(kOther);
    EXPECT_EQ(Refusal(&Stub::GetBalance, request), "node_unavailable");

    // A payment of our own is shown without the node.
    chain_v1::GetTransactionRequest transaction;
    transaction.set_tx_hash(paid_.tx_hash());
    transaction.set_user_id(fleet_.user().ToString());
    const auto shown = Call(&Stub::GetTransaction, transaction);
    ASSERT_TRUE(shown);
    EXPECT_EQ(shown->transfer().id(), paid_.id());
    EXPECT_EQ(shown->status(), "final");

    const auto node = Call(&Stub::GetNodeStatus, chain_v1::GetNodeStatusRequest());
    ASSERT_TRUE(node);
    EXPECT_EQ(node->block_height(), 0U);
    ASSERT_EQ(node->endpoints_size(), 1);
    EXPECT_NE(node->endpoints(0).state(), "up");
}

TEST_F(Reads, OrdersOfTheWrongKindAreRefused) {
    chain_v1::SpeedUpRequest speed_up;
    *speed_up.mutable_order() = fleet_.Replacement(paid_, true);
    EXPECT_EQ(Refusal(&Stub::SpeedUp, speed_up), "bad_order");
    *speed_up.mutable_order() = fleet_.Replacement(paid_, false);
    EXPECT_EQ(Refusal(&Stub::SpeedUp, speed_up), "already_confirmed");
    chain_v1::TransferRequest transfer;
    *transfer.mutable_order() = fleet_.Replacement(paid_, true);
    EXPECT_EQ(Refusal(&Stub::Transfer, transfer), "bad_order");
    transfer = fleet_.Payment(kPayee, "1");
    transfer.set_memo("not the one of the order");
    EXPECT_EQ(Refusal(&Stub::Transfer, transfer), "bad_order");
}

}  // namespace ethereum_service_test
