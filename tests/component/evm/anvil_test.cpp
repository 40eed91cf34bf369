// EvmChain against a real node.
#include "support/anvil.h"

#include <gtest/gtest.h>

#include "base/hex.h"
#include "base/text.h"
#include "evm/abi.h"
#include "evm/evm_chain.h"
#include "evm/keys.h"
#include "evm/transaction.h"
#include "support/files.h"
#include "support/http_node.h"

namespace {

using chain::AttemptKind;
using chain::BroadcastResult;
using chain::TransferMode;
using chain::TxPlace;
using money::UInt256;
using Json = nlohmann::json;

// Anvil's first public test key.
constexpr std::string_view kKey =
    "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
constexpr std::string_view kBob = "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045";

UInt256 Ether(std::uint64_t thousandths) {
    return UInt256(thousandths * 1000000000000000);
}

class AnvilTest : public testing::Test {
protected:
    explicit AnvilTest(const support::AnvilOptions& options = {}, const char* name = "ethereum")
        : params_(*evm::ParamsOf(name, chain::Mode::kDevnet)),
          automine_(options.automine),
          anvil_(options),
          node_(anvil_.port()),
          chain_(params_, node_) {}

    Json Ask(const char* method, Json parameters = Json::array()) {
        auto answer = node_.Call(method, std::move(parameters));
        EXPECT_TRUE(answer.has_value()) << method << ": " << answer.error().metadata["upstream"];
        return answer ? *answer : Json();
    }

    void Mine(unsigned blocks = 1) {
        for (unsigned i = 0; i < blocks; ++i) {
            Ask("evm_mine");
        }
    }

    chain::Plan PlanOf(chain::Action action, std::string contract = "", unsigned decimals = 18) {
        chain::Plan plan;
        plan.from = alice_;
        plan.asset = params_.common.native;
        plan.asset.contract = std::move(contract);
        plan.asset.decimals = decimals;
        plan.action = std::move(action);
        plan.fee_cap = params_.common.fee_ceiling;
        return plan;
    }

    static chain::Transfer To(std::string_view address,
                              const UInt256& amount,
                              TransferMode mode = TransferMode::kExact) {
        return {{{std::string(address), amount}}, mode};
    }

    std::uint64_t Nonce() { return chain_.GetAccount(alice_)->pending_count; }

    chain::Unsigned Unsigned(const chain::Plan& plan) {
        const auto quote = chain_.Price(plan);
        EXPECT_TRUE(quote.has_value()) << quote.error().reason << ": " << quote.error().detail;
        const auto built = chain_.Build(plan, *quote, {Nonce(), {}});
        EXPECT_TRUE(built.has_value()) << built.error().reason;
        return *built;
    }

    // What the signer and the daemon do between them.
    chain::Signed Sign(const chain::Unsigned& built) {
        const auto transaction = evm::DecodeUnsigned(built.payload);
        const auto result = evm::SignTransaction(*transaction, key_);
        const auto inspected = chain_.Inspect(result->raw, built.payload);
        EXPECT_TRUE(inspected.has_value());
        EXPECT_EQ(result->from.ToString(), alice_);
        return *inspected;
    }

    // Anvil mines at once, but not before it answers.
    std::string Settle(base::ByteView signed_tx) {
        const auto answer = chain_.Broadcast(signed_tx);
        EXPECT_TRUE(answer.has_value());
        EXPECT_EQ(answer->result, BroadcastResult::kAccepted) << answer->text;
        const std::string hash = base::HexEncodePrefixed(crypto::Keccak256(signed_tx));
        EXPECT_TRUE(support::WaitUntil(
            [&] { return !automine_ || chain_.Status(hash)->place == TxPlace::kBlock; },
            std::chrono::seconds(10)));
        return hash;
    }

    std::string Pay(const chain::Plan& plan) { return Settle(Sign(Unsigned(plan)).payload); }

    // Creates the contract of a .hex file of tests/support/contracts; gives its address.
    std::string Deploy(const std::string& name, const evm::AbiList& arguments = {}) {
        const std::string text =
            support::ReadFile(support::SourceDir() / ("tests/support/contracts/" + name + ".hex"));
        evm::Transaction transaction;
        transaction.chain_id = params_.chain_id;
        transaction.nonce = Nonce();
        transaction.gas_limit = 3000000;
        transaction.max_fee_per_gas = UInt256(100000000000);
        transaction.data = *base::HexDecode(base::Trim(text));
        if (!arguments.empty()) {
            const auto call = evm::EncodeCall("f(string,string,uint8,uint256)", arguments);
            base::Append(transaction.data, base::ByteView(*call).subspan(4));
        }
        const auto result = evm::SignTransaction(transaction, key_);
        EXPECT_TRUE(chain_.Status(Settle(result->raw))->succeeded);
        const evm::Address creator = *evm::Address::Parse(alice_);
        return evm::CreateAddress(creator, transaction.nonce).ToString();
    }

    std::string DeployUsd() {
        return Deploy("TestToken",
                      {evm::AbiValue{std::string("Test USD")},
                       evm::AbiValue{std::string("TUSD")},
                       evm::AbiValue{UInt256(6)},
                       evm::AbiValue{UInt256(1000000000000)}});
    }

    evm::Params params_;
    bool automine_;
    support::Anvil anvil_;
    support::HttpNode node_;
    evm::EvmChain chain_;
    secret::Bytes key_ = *evm::ImportPrivateKey(secret::String(kKey));
    std::string alice_ = evm::AddressOfKey(key_)->ToString();
};

// BNB Smart Chain: the base fee is 0, the tip is the whole price.
class Binance : public AnvilTest {
protected:
    Binance()
        : AnvilTest(
              {.chain_id = 97, .extra_arguments = {"--base-fee", "0", "--gas-price", "1000000000"}},
              "bnb") {}
};

class Manual : public AnvilTest {
protected:
    Manual() : AnvilTest({.automine = false, .slots_in_an_epoch = 8}) {}
};

TEST_F(AnvilTest, KnowsTheNode) {
    const auto identity = chain_.Identity();
    ASSERT_TRUE(identity.has_value());
    EXPECT_TRUE(identity->starts_with("eip155:31337 0x"));
    EXPECT_TRUE(chain_.ClientVersion()->starts_with("anvil"));
    evm::EvmChain other(*evm::ParamsOf("binance", chain::Mode::kDevnet), node_);
    EXPECT_EQ(other.Identity().error().reason, "wrong_network");
}

TEST_F(AnvilTest, PaysExactlyWhatItQuoted) {
    const chain::Plan plan = PlanOf(To(kBob, Ether(1500)));
    const auto quote = chain_.Price(plan);
    ASSERT_TRUE(quote.has_value());
    EXPECT_EQ(quote->amount, Ether(1500));
    const UInt256 before = chain_.GetBalance(std::string(kBob), plan.asset)->amount;
    const auto status = chain_.Status(Pay(plan));
    ASSERT_TRUE(status.has_value());
    EXPECT_EQ(status->place, TxPlace::kBlock);
    EXPECT_TRUE(status->succeeded);
    EXPECT_LE(status->fee_paid, quote->fee_max);
    const UInt256 after = chain_.GetBalance(std::string(kBob), plan.asset)->amount;
    EXPECT_EQ(*money::CheckedSub(after, before), Ether(1500));
}

TEST_F(AnvilTest, PaysALegacyTransaction) {
    chain::Plan plan = PlanOf(To(kBob, Ether(1)));
    plan.fee.figure = chain::EvmFeeWish{UInt256(20000000000), {}, {}};
    const std::string hash = Pay(plan);
    EXPECT_EQ(Ask("eth_getTransactionByHash", {hash})["type"], "0x0");
    EXPECT_TRUE(chain_.Status(hash)->succeeded);
}

TEST_F(AnvilTest, SendsEverythingAndSubtractsTheFee) {
    chain::Plan plan = PlanOf(To(kBob, Ether(100), TransferMode::kSubtractFee));
    const auto quote = chain_.Price(plan);
    ASSERT_TRUE(quote.has_value());
    EXPECT_EQ(*money::CheckedAdd(quote->amount, quote->fee_max), Ether(100));
    EXPECT_TRUE(chain_.Status(Pay(plan))->succeeded);
    plan.action = To(kBob, UInt256(), TransferMode::kAll);
    EXPECT_TRUE(chain_.Status(Pay(plan))->succeeded);
    // What stays is the part of the highest fee that the block did not take.
    EXPECT_LT(chain_.GetAccount(alice_)->native_balance, Ether(1));
}

TEST_F(AnvilTest, EstimatesGasForContracts) {
    const std::string purse = Deploy("Purse");
    const chain::Plan plan = PlanOf(To(purse, Ether(5)));
    const auto quote = chain_.Price(plan);
    ASSERT_TRUE(quote.has_value());
    EXPECT_TRUE(quote->warnings.front().starts_with("contract_recipient:"));
    EXPECT_TRUE(chain_.Status(Pay(plan))->succeeded);
    const std::string token = DeployUsd();
    EXPECT_EQ(chain_.Price(PlanOf(To(token, Ether(5)))).error().reason, "would_revert");
}

TEST_F(AnvilTest, PaysTokens) {
    const std::string contract = DeployUsd();
    const auto token = chain_.GetToken(contract);
    ASSERT_TRUE(token.has_value());
    EXPECT_EQ(token->name, "Test USD");
    EXPECT_EQ(token->asset.symbol, "TUSD");
    EXPECT_EQ(token->asset.decimals, 6U);
    const chain::Plan plan = PlanOf(To(kBob, UInt256(2500000)), contract, 6);
    const std::string hash = Pay(plan);
    EXPECT_TRUE(chain_.Status(hash)->succeeded);
    EXPECT_EQ(chain_.GetBalance(std::string(kBob), token->asset)->amount, UInt256(2500000));
    EXPECT_EQ(chain_.View(hash)->decoded.front(), "transfer 2.5 TUSD to " + std::string(kBob));
    const chain::Plan all = PlanOf(To(kBob, UInt256(), TransferMode::kAll), contract, 6);
    EXPECT_TRUE(chain_.Status(Pay(all))->succeeded);
    EXPECT_TRUE(chain_.GetBalance(alice_, token->asset)->amount.IsZero());
    EXPECT_EQ(chain_.Price(plan).error().reason, "insufficient_funds");
}

TEST_F(AnvilTest, KnowsTheHabitsOfTokens) {
    const std::string old = Deploy("OldToken");
    EXPECT_EQ(chain_.GetToken(old)->asset.symbol, "OLD");
    EXPECT_TRUE(chain_.Status(Pay(PlanOf(To(kBob, Ether(1)), old)))->succeeded);
    const std::string liar = Deploy("FalseToken");
    EXPECT_EQ(chain_.Price(PlanOf(To(kBob, Ether(1)), liar)).error().reason, "would_revert");
    EXPECT_EQ(chain_.Price(PlanOf(To(kBob, Ether(1)), old, 6)).error().reason, "unknown_token");
    EXPECT_EQ(chain_.GetToken(std::string(kBob)).error().reason, "unknown_token");
    const std::string purse = Deploy("Purse");
    EXPECT_EQ(chain_.GetToken(purse).error().reason, "unknown_token");
}

TEST_F(AnvilTest, ApprovesAndRevokes) {
    const std::string contract = DeployUsd();
    const std::string approve =
        Pay(PlanOf(chain::Approve{std::string(kBob), UInt256(7)}, contract, 6));
    EXPECT_TRUE(chain_.Status(approve)->succeeded);
    EXPECT_EQ(chain_.View(approve)->decoded.front(),
              "approve 0.000007 TUSD for " + std::string(kBob));
    EXPECT_TRUE(
        chain_.Status(Pay(PlanOf(chain::Revoke{std::string(kBob)}, contract, 6)))->succeeded);
}

TEST_F(AnvilTest, ReadsIncomingPaymentsOfABlock) {
    const std::string contract = Deploy("OldToken");
    const std::string token_hash = Pay(PlanOf(To(kBob, Ether(3)), contract));
    const auto token_block = chain_.Status(token_hash)->block_height;
    const auto tokens = chain_.ReadBlock(token_block, {std::string(kBob)});
    ASSERT_TRUE(tokens.has_value());
    ASSERT_EQ(tokens->incoming.size(), 1U);
    EXPECT_EQ(tokens->incoming[0].tx_hash, token_hash);
    EXPECT_EQ(tokens->incoming[0].position, "1");
    EXPECT_EQ(tokens->incoming[0].asset.contract, contract);
    EXPECT_EQ(tokens->incoming[0].asset.decimals, 18U);
    EXPECT_EQ(tokens->incoming[0].amount, *money::CheckedSub(Ether(3), UInt256(1)));
    const std::string native_hash = Pay(PlanOf(To(kBob, Ether(4))));
    const auto native =
        chain_.ReadBlock(chain_.Status(native_hash)->block_height, {std::string(kBob)});
    ASSERT_EQ(native->incoming.size(), 1U);
    EXPECT_EQ(native->incoming[0].position, "native");
    EXPECT_EQ(native->incoming[0].from, alice_);
    EXPECT_EQ(native->incoming[0].amount, Ether(4));
    EXPECT_EQ(native->block.parent_hash, tokens->block.hash);
    EXPECT_TRUE(chain_.ReadBlock(token_block, {alice_})->incoming.empty());
    EXPECT_EQ(chain_.ReadBlock(1000, {}).error().reason, "unknown_block");
}

TEST_F(AnvilTest, DoesNotCountFailedPayments) {
    const std::string purse = Deploy("Purse");
    const std::string contract = DeployUsd();
    // Gas enough to begin, not to end.
    evm::Transaction transaction =
        *evm::DecodeUnsigned(Unsigned(PlanOf(To(purse, Ether(5)))).payload);
    transaction.gas_limit = 21100;
    const auto result = evm::SignTransaction(transaction, key_);
    const auto status = chain_.Status(Settle(result->raw));
    EXPECT_EQ(status->place, TxPlace::kBlock);
    EXPECT_FALSE(status->succeeded);
    EXPECT_FALSE(status->fee_paid.IsZero());
    EXPECT_TRUE(chain_.ReadBlock(status->block_height, {purse})->incoming.empty());
}

TEST_F(Binance, PaysWithABaseFeeOfZero) {
    EXPECT_TRUE(chain_.Identity()->starts_with("eip155:97 0x"));
    const chain::Plan plan = PlanOf(To(kBob, Ether(1500)));
    const auto quote = chain_.Price(plan);
    ASSERT_TRUE(quote.has_value()) << quote.error().detail;
    EXPECT_GE(quote->fee_max, UInt256(21000ULL * 50000000));
    const auto status = chain_.Status(Pay(plan));
    EXPECT_TRUE(status->succeeded);
    EXPECT_LE(status->fee_paid, quote->fee_max);
}

TEST_F(Manual, ReplacesAndCancels) {
    const chain::Plan plan = PlanOf(To(kBob, Ether(7)));
    const chain::Unsigned first = Unsigned(plan);
    const chain::Signed first_signed = Sign(first);
    EXPECT_EQ(chain_.Broadcast(first_signed.payload)->result, BroadcastResult::kAccepted);
    EXPECT_EQ(chain_.Broadcast(first_signed.payload)->result, BroadcastResult::kAlreadyKnown);
    EXPECT_EQ(chain_.Status(first_signed.tx_hash)->place, TxPlace::kMempool);
    evm::Transaction same_fee = *evm::DecodeUnsigned(first.payload);
    same_fee.value = Ether(8);
    const auto refused = chain_.Broadcast(evm::SignTransaction(same_fee, key_)->raw);
    EXPECT_EQ(refused->result, BroadcastResult::kUnderpriced) << refused->text;
    const auto faster = chain_.Bump(plan, AttemptKind::kSpeedUp, first);
    ASSERT_TRUE(faster.has_value());
    EXPECT_EQ(chain_.Broadcast(Sign(*faster).payload)->result, BroadcastResult::kAccepted);
    const auto cancel = chain_.Bump(plan, AttemptKind::kCancel, *faster);
    ASSERT_TRUE(cancel.has_value());
    const chain::Signed cancelled = Sign(*cancel);
    EXPECT_EQ(chain_.Broadcast(cancelled.payload)->result, BroadcastResult::kAccepted);
    Mine();
    EXPECT_EQ(chain_.Status(first_signed.tx_hash)->place, TxPlace::kUnknown);
    EXPECT_TRUE(chain_.Status(cancelled.tx_hash)->succeeded);
    EXPECT_EQ(chain_.Broadcast(first_signed.payload)->result, BroadcastResult::kSlotTaken);
}

TEST_F(Manual, FillsAGap) {
    const chain::Plan plan = PlanOf(To(kBob, Ether(7)));
    const auto quote = chain_.Price(plan);
    const auto second = chain_.Build(plan, *quote, {1, {}});
    const chain::Signed second_signed = Sign(*second);
    EXPECT_EQ(chain_.Broadcast(second_signed.payload)->result, BroadcastResult::kAccepted);
    Mine();
    EXPECT_EQ(chain_.Status(second_signed.tx_hash)->place, TxPlace::kMempool);
    const auto fill = chain_.Fill(alice_, 0);
    ASSERT_TRUE(fill.has_value());
    EXPECT_EQ(chain_.Broadcast(Sign(*fill).payload)->result, BroadcastResult::kAccepted);
    Mine();
    EXPECT_TRUE(chain_.Status(second_signed.tx_hash)->succeeded);
}

TEST_F(Manual, KnowsWhatTheNodeRefuses) {
    evm::Transaction transaction =
        *evm::DecodeUnsigned(Unsigned(PlanOf(To(kBob, Ether(1)))).payload);
    transaction.value = UInt256::Max();
    EXPECT_EQ(chain_.Broadcast(evm::SignTransaction(transaction, key_)->raw)->result,
              BroadcastResult::kInsufficientFunds);
    transaction.value = UInt256(1);
    transaction.chain_id = 1;
    EXPECT_EQ(chain_.Broadcast(evm::SignTransaction(transaction, key_)->raw)->result,
              BroadcastResult::kRejected);
}

TEST_F(Manual, TellsHeadAndFinality) {
    EXPECT_EQ(chain_.GetHead()->final.height, 0U);
    Mine(40);
    const auto head = chain_.GetHead();
    ASSERT_TRUE(head.has_value());
    EXPECT_EQ(head->newest.height, 40U);
    EXPECT_EQ(head->final.height, 24U);
    EXPECT_EQ(chain_.GetBlock(24)->hash, head->final.hash);
    EXPECT_EQ(chain_.GetBlock(41).error().reason, "unknown_block");
}

TEST_F(Manual, FollowsAReorg) {
    Mine(10);
    const std::string hash = Pay(PlanOf(To(kBob, Ether(7))));
    Mine(2);
    const auto before = chain_.Status(hash);
    ASSERT_EQ(before->place, TxPlace::kBlock);
    EXPECT_EQ(chain_.GetAccount(alice_)->newest_count, 1U);
    Ask("anvil_reorg", {3, Json::array()});
    const auto after = chain_.Status(hash);
    ASSERT_TRUE(after.has_value());
    EXPECT_TRUE(after->place != TxPlace::kBlock || after->block_hash != before->block_hash);
    EXPECT_NE(chain_.GetBlock(before->block_height)->hash, before->block_hash);
}

TEST_F(AnvilTest, OffersFees) {
    const auto offers = chain_.GetFees();
    ASSERT_TRUE(offers.has_value());
    ASSERT_EQ(offers->size(), 3U);
    for (const chain::FeeOffer& offer : *offers) {
        chain::Plan plan = PlanOf(To(kBob, Ether(1)));
        plan.fee = offer.figures;
        EXPECT_TRUE(chain_.Status(Pay(plan))->succeeded);
    }
}

}  // namespace
