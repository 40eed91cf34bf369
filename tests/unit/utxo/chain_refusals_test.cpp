// UtxoChain: what is refused and why, and the values at which that changes.
#include <functional>
#include <gtest/gtest.h>
#include <string>
#include <variant>
#include <vector>

#include "base/hex.h"
#include "unit/utxo/samples.h"
#include "unit/utxo/wallet_chain.h"
#include "utxo/params.h"
#include "utxo/unified_address.h"

namespace {

using money::UInt256;
using nlohmann::json;
using samples::ReasonOf;

class Refusals : public utxo_test::WalletChain {
protected:
    chain::Unsigned Built(const chain::Plan& plan) {
        return chain.Build(plan, chain.Price(plan).value(), {}).value();
    }

    utxo::UnsignedTx Read(const chain::Unsigned& made_tx) const {
        return params.format->DecodeUnsigned(made_tx.payload).value();
    }
};

TEST_F(Refusals, OtherActionsAndAssetsAreNotOfThisChain) {
    Receive(1'000'000);
    chain::Plan plan = Pay(1'000);
    plan.asset.contract = "some";
    EXPECT_EQ(PriceReason(plan), "unsupported_action");
    EXPECT_EQ(ReasonOf(chain.GetBalance(own, plan.asset)), "unknown_token");
    EXPECT_EQ(ReasonOf(chain.GetToken("some")), "unknown_token");
    plan = Pay(1'000);
    plan.action = chain::Approve{to, UInt256(1)};
    EXPECT_EQ(PriceReason(plan), "unsupported_action");
    EXPECT_EQ(ReasonOf(chain.Fill(own, 1)), "internal");
}

TEST_F(Refusals, AmountsBeyondAllCoinsAreNoOrders) {
    Receive(1'000'000);
    EXPECT_EQ(PriceReason(Pay(utxo::kMoneyMax)), "insufficient_funds");
    EXPECT_EQ(PriceReason(Pay(utxo::kMoneyMax + 1)), "bad_order");
    chain::Plan plan = Pay(1'000);
    auto& recipients = std::get<chain::Transfer>(plan.action).recipients;
    recipients[0].amount = UInt256::Max();
    EXPECT_EQ(PriceReason(plan), "amount_overflow");
    recipients[0].amount = UInt256(utxo::kMoneyMax);
    recipients.push_back({to, UInt256(1'000)});
    EXPECT_EQ(PriceReason(plan), "bad_order");
    recipients.clear();
    EXPECT_EQ(PriceReason(plan), "bad_order");
}

TEST_F(Refusals, AddressesThatNobodyCanSpendFromAreNotPaid) {
    Receive(1'000'000);
    const auto reason = [this](const std::string& address) {
        chain::Plan plan = Pay(1'000);
        std::get<chain::Transfer>(plan.action).recipients[0].address = address;
        return PriceReason(plan);
    };
    const auto address = [this](const base::Bytes& bytes) {
        return params.format->AddressOf(bytes, params.network).value();
    };
    EXPECT_EQ(reason(address(samples::ScriptOf(2, utxo::ScriptType::kP2tr))), "priced");
    EXPECT_EQ(reason(address(samples::ScriptOf(2, utxo::ScriptType::kP2sh))), "priced");
    EXPECT_EQ(reason(address(utxo::PayToWitness({0, base::Bytes(32, 1)}))), "priced");
    EXPECT_EQ(reason(address(utxo::PayToTaproot({}))), "bad_address");
    EXPECT_EQ(reason(address(utxo::PayToWitness({2, base::Bytes(32, 1)}))), "bad_address");
    EXPECT_EQ(reason("hello"), "bad_address");
    const auto check = chain.CheckAddress(address(utxo::PayToTaproot({})));
    EXPECT_FALSE(check.valid);
    EXPECT_EQ(check.reason, "bad_address");
    std::string mistyped = own;
    mistyped.back() = mistyped.back() == 'q' ? 'p' : 'q';
    EXPECT_EQ(chain.CheckAddress(mistyped).checksum, "wrong");
    EXPECT_EQ(chain.CheckAddress("hello").checksum, "");
}

TEST_F(Refusals, ARewardIsSpentAfterAHundredBlocks) {
    Receive(1'000'000, 150);
    ledger.holdings.free[0].coinbase = true;
    ledger.holdings.tip_height = 248;
    EXPECT_EQ(PriceReason(Pay(1'000)), "insufficient_funds");
    ledger.holdings.tip_height = 249;
    EXPECT_EQ(PriceReason(Pay(1'000)), "priced");
}

TEST_F(Refusals, ARewardIsNeverSpentOpenlyWhereItMustBeShielded) {
    Receive(1'000'000, 50);
    Receive(2'000, 50);
    ledger.holdings.free[0].coinbase = true;
    utxo::Params strict = params;
    strict.shields_rewards = true;
    utxo::UtxoChain shielding(strict, node, ledger);
    const auto refused = shielding.Price(Pay(500'000));
    ASSERT_EQ(ReasonOf(refused), "insufficient_funds");
    EXPECT_NE(refused.error().detail.find("0.01 BTC of mining rewards"), std::string::npos)
        << refused.error().detail;
    EXPECT_EQ(refused.error().metadata.at("have"), "0.00002");
    EXPECT_EQ(PriceReason(Pay(500'000)), "priced");
    utxo::CoinState reward;
    reward.height = 50;
    reward.coinbase = true;
    reward.shielded_first = true;
    EXPECT_EQ(ReasonOf(utxo::CheckSpendable(reward, 1'000)), "coin_unshielded");
}

TEST_F(Refusals, OwnChangeIsBuiltOnTenDeep) {
    Receive(1'000'000, 0);
    ledger.holdings.free[0].parent_attempts = 1;
    ledger.holdings.free[0].own_chain = 10;
    EXPECT_EQ(PriceReason(Pay(1'000)), "priced");
    ledger.holdings.free[0].own_chain = 11;
    // It counts again once the chain is shorter.
    EXPECT_EQ(PriceReason(Pay(1'000)), "coins_locked");
    ledger.holdings.free[0].own_chain = 1;
    ledger.holdings.free[0].coinbase = true;
    EXPECT_EQ(PriceReason(Pay(1'000)), "coins_locked");
}

TEST_F(Refusals, WhatIsBoughtByDustIsRefusedAtItsLimit) {
    Receive(1'000'000);
    EXPECT_EQ(PriceReason(Pay(293)), "dust_output");
    EXPECT_EQ(PriceReason(Pay(294)), "priced");
    chain::Plan plan = Pay(329);
    auto& recipient = std::get<chain::Transfer>(plan.action).recipients[0];
    recipient.address =
        params.format->AddressOf(samples::ScriptOf(2, utxo::ScriptType::kP2tr), params.network)
            .value();
    EXPECT_EQ(PriceReason(plan), "dust_output");
    recipient.amount = UInt256(330);
    EXPECT_EQ(PriceReason(plan), "priced");
}

TEST_F(Refusals, AFeeAboveTheCapIsRefusedAndOneAtTheCapIsNot) {
    Receive(1'000'000);
    chain::Plan plan = Pay(400'000);
    plan.fee_cap = UInt256(705);
    EXPECT_EQ(PriceReason(plan), "priced");
    plan.fee_cap = UInt256(704);
    EXPECT_EQ(PriceReason(plan), "fee_cap_exceeded");
    // A cap that allows everything still ends at the chain's own ceiling.
    plan.fee_cap = UInt256::Max();
    EXPECT_EQ(PriceReason(plan), "priced");
    plan.fee.figure = chain::UtxoFeeWish{1'000'000};
    Receive(40'000'000);
    plan.action = chain::Transfer{{{to, UInt256(1'000'000)}}, chain::TransferMode::kExact};
    EXPECT_EQ(PriceReason(plan), "priced");
    for (int coin = 0; coin < 80; ++coin) {
        Receive(90'000);
    }
    plan.action = chain::Transfer{{{to, UInt256(0)}}, chain::TransferMode::kAll};
    EXPECT_EQ(PriceReason(plan), "fee_cap_exceeded");
}

TEST_F(Refusals, PayingOneselfIsSaid) {
    Receive(1'000'000);
    chain::Plan plan = Pay(1'000);
    EXPECT_TRUE(chain.Price(plan)->warnings.empty());
    std::get<chain::Transfer>(plan.action).recipients[0].address = own;
    const auto warnings = chain.Price(plan)->warnings;
    ASSERT_EQ(warnings.size(), 1U);
    EXPECT_TRUE(warnings[0].starts_with("own_address:"));
}

TEST_F(Refusals, ACoinWhoseBytesAreGoneCannotBeProven) {
    Receive(1'000'000);
    ledger.sources.clear();
    EXPECT_EQ(PriceReason(Pay(1'000)), "unknown_tx");
}

TEST_F(Refusals, BuildTakesNoTermsOfAnotherHand) {
    Receive(1'000'000);
    const chain::Plan plan = Pay(400'000);
    const chain::Quote good = chain.Price(plan).value();
    const auto with = [&](const std::string& terms) {
        chain::Quote quote = good;
        quote.terms = terms;
        return ReasonOf(chain.Build(plan, quote, {}));
    };
    EXPECT_EQ(with(good.terms), "");
    for (const char* terms : {"", "{", "[]", "5", "{}", R"({"tx":5})"}) {
        EXPECT_EQ(with(terms), "bad_record") << terms;
    }
    EXPECT_EQ(with(R"({"tx":"zz"})"), "bad_hex");
    EXPECT_EQ(with(R"({"tx":"00"})"), "bad_psbt");
    const auto changed = [&](const std::function<void(utxo::UnsignedTx&)>& change) {
        utxo::UnsignedTx unsigned_tx =
            params.format
                ->DecodeUnsigned(
                    base::HexDecode(json::parse(good.terms)["tx"].get<std::string>()).value())
                .value();
        change(unsigned_tx);
        return with(
            json{{"tx", base::HexEncode(params.format->EncodeUnsigned(unsigned_tx).value())}}
                .dump());
    };
    EXPECT_EQ(changed([](utxo::UnsignedTx&) {}), "");
    EXPECT_EQ(changed([this](utxo::UnsignedTx& tx) {
                  for (utxo::Output& output : tx.transaction.outputs) {
                      output.amount -= output.script == script ? 0 : 1;
                  }
              }),
              "tx_mismatch");
    EXPECT_EQ(changed([](utxo::UnsignedTx& tx) {
                  for (utxo::Output& output : tx.transaction.outputs) {
                      output.script = utxo::PayToWitness({0, base::Bytes(20, 0x33)});
                  }
              }),
              "tx_mismatch");
    EXPECT_EQ(changed([](utxo::UnsignedTx& tx) { tx.transaction.locktime = 500'000'000; }),
              "tx_mismatch");
    // Change that is said to be of another key is none of this wallet's.
    EXPECT_EQ(changed([this](utxo::UnsignedTx& tx) {
                  for (std::size_t i = 0; i < tx.outputs.size(); ++i) {
                      if (tx.transaction.outputs[i].script == script) {
                          tx.outputs[i].place = utxo::KeyPlace{1, 0};
                      }
                  }
              }),
              "tx_mismatch");
    chain::Plan cheaper = plan;
    cheaper.fee_cap = UInt256(704);
    EXPECT_EQ(ReasonOf(chain.Build(cheaper, good, {})), "fee_cap_exceeded");
}

// BIP-125, rule 2: a replacement brings no unconfirmed coins of its own.
TEST_F(Refusals, ABumpBringsConfirmedCoinsAlone) {
    Receive(400'705);
    const chain::Plan plan = Pay(400'000);
    const chain::Unsigned first = Built(plan);
    ASSERT_EQ(Read(first).transaction.outputs.size(), 1U);
    ledger.holdings.free.clear();
    const std::string change = Receive(600'000, 0);
    ledger.holdings.free[0].parent_attempts = 1;
    ledger.holdings.free[0].own_chain = 1;
    EXPECT_EQ(ReasonOf(chain.Bump(plan, chain::AttemptKind::kSpeedUp, first)),
              "insufficient_funds");
    const std::string settled = Receive(500'000);
    const auto bumped = chain.Bump(plan, chain::AttemptKind::kSpeedUp, first);
    ASSERT_TRUE(bumped) << bumped.error().detail;
    ASSERT_EQ(bumped->coins.size(), 2U);
    EXPECT_EQ(bumped->coins[0].tx_hash, first.coins[0].tx_hash);
    EXPECT_EQ(bumped->coins[1].tx_hash, settled);
    EXPECT_NE(settled, change);
    EXPECT_EQ(Read(*bumped).transaction.locktime, Read(first).transaction.locktime);
}

TEST_F(Refusals, ABumpsRateStartsWhereNodesTakeIt) {
    Receive(1'000'000);
    const chain::Plan plan = Pay(400'000);
    const chain::Unsigned first = Built(plan);
    const auto with = [&](std::uint64_t rate) {
        chain::Plan wish = plan;
        wish.fee.figure = chain::UtxoFeeWish{rate};
        return ReasonOf(chain.Bump(wish, chain::AttemptKind::kSpeedUp, first));
    };
    EXPECT_EQ(with(5'992), "fee_bump_too_small");
    EXPECT_EQ(with(5'993), "");  // 846 sat: 5 sat/vB before, and 1 for the relay
    EXPECT_EQ(with(999), "fee_too_low");
    chain::Plan capped = plan;
    capped.fee_cap = UInt256(705 + 140);
    EXPECT_EQ(ReasonOf(chain.Bump(capped, chain::AttemptKind::kSpeedUp, first)),
              "fee_cap_exceeded");
    capped.fee_cap = UInt256(705 + 141);
    EXPECT_EQ(ReasonOf(chain.Bump(capped, chain::AttemptKind::kSpeedUp, first)), "");
    chain::Unsigned broken = first;
    broken.payload.pop_back();
    EXPECT_EQ(ReasonOf(chain.Bump(plan, chain::AttemptKind::kSpeedUp, broken)), "bad_psbt");
}

TEST_F(Refusals, BalancesAreThoseOfTheBooks) {
    Receive(1'000'000);
    EXPECT_EQ(chain.GetAccount(own)->native_balance, UInt256(1'000'000));
    EXPECT_EQ(chain.GetBalance(own, params.common.native)->block_height, 200U);
}

// --- Zcash

class ZcashRefusals : public ::testing::Test {
protected:
    ZcashRefusals()
        : params_(utxo::ParamsOf("zcash", chain::Mode::kDevnet).value()),
          chain_(params_, node_, ledger_) {}

    utxo::Params params_;
    utxo_test::FakeNode node_;
    utxo_test::FakeLedger ledger_;
    utxo::UtxoChain chain_;
};

TEST_F(ZcashRefusals, NothingIsReplaced) {
    EXPECT_EQ(ReasonOf(chain_.Bump({}, chain::AttemptKind::kSpeedUp, {})), "not_replaceable");
}

TEST_F(ZcashRefusals, ThereIsOnePriceWhateverTheSpeed) {
    const auto offers = chain_.GetFees().value();
    ASSERT_EQ(offers.size(), 3U);
    for (const chain::FeeOffer& offer : offers) {
        EXPECT_EQ(offer.transfer_cost, UInt256(10'000));
        EXPECT_EQ(offer.expected_seconds, 75U);
        EXPECT_TRUE(std::holds_alternative<std::monostate>(offer.figures.figure));
    }
    EXPECT_TRUE(node_.calls.empty());
}

TEST_F(ZcashRefusals, AddressesAreNamedByTheirKind) {
    const auto type = [this](const std::string& text) { return chain_.CheckAddress(text).type; };
    const crypto::Hash160Bytes hash{};
    EXPECT_EQ(type(utxo::ZcashTexAddress(hash, params_.network)), "tex");
    EXPECT_EQ(type(params_.format->AddressOf(utxo::PayToScriptHash(hash), params_.network).value()),
              "p2sh");
    const auto unified = utxo::UnifiedAddressOf(
        {{utxo::kReceiverP2pkh, base::Bytes(20)}, {utxo::kReceiverOrchard, base::Bytes(43)}},
        params_.network);
    EXPECT_EQ(type(unified.value()), "unified");
    const auto shielded =
        utxo::UnifiedAddressOf({{utxo::kReceiverOrchard, base::Bytes(43)}}, params_.network);
    EXPECT_EQ(chain_.CheckAddress(shielded.value()).reason, "shielded_only");
}

TEST(UtxoParams, AreOfTheTwoChainsInTheirModes) {
    using chain::Mode;
    EXPECT_EQ(ReasonOf(utxo::ParamsOf("ethereum", Mode::kDevnet)), "unknown_chain");
    EXPECT_EQ(ReasonOf(utxo::ParamsOf("litecoin", Mode::kDevnet)), "unknown_chain");
    EXPECT_EQ(ReasonOf(utxo::FindFormat("ethereum")), "unknown_chain");
    const std::string live = utxo::ParamsOf("bitcoin", Mode::kMainnet)->common.network;
    EXPECT_EQ(utxo::ParamsOfNetwork(live, Mode::kMainnet)->network, utxo::Network::kMain);
    EXPECT_EQ(ReasonOf(utxo::ParamsOfNetwork(live, Mode::kDevnet)), "unknown_chain");
    EXPECT_EQ(ReasonOf(utxo::ParamsOfNetwork("eip155:1", Mode::kMainnet)), "unknown_chain");
    EXPECT_EQ(ReasonOf(utxo::ParamsOfNetwork("bip122:ff", Mode::kMainnet)), "unknown_chain");
    EXPECT_TRUE(utxo::ParamsOf("bitcoin", Mode::kTestnet)->common.replaceable);
    EXPECT_TRUE(utxo::ParamsOf("zcash", Mode::kTestnet)->common.mortal);
    EXPECT_EQ(utxo::ParamsOf("zcash", Mode::kTestnet)->network, utxo::Network::kTest);
    EXPECT_TRUE(utxo::ParamsOf("zcash", Mode::kMainnet)->shields_rewards);
    EXPECT_FALSE(utxo::ParamsOf("zcash", Mode::kDevnet)->shields_rewards);
    EXPECT_FALSE(utxo::ParamsOf("bitcoin", Mode::kMainnet)->shields_rewards);
}

}  // namespace
