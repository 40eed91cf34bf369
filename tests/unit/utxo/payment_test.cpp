#include "utxo/payment.h"

#include <gtest/gtest.h>
#include <variant>

#include "unit/utxo/samples.h"

namespace {

using chain::TransferMode;
using money::UInt256;
using samples::ReasonOf;
using samples::ScriptOf;
using utxo::ScriptType;
using utxo::UnsignedTx;

// Key 1 is the wallet's, key 2 the recipient's.
utxo::PaymentRules Rules() {
    utxo::PaymentRules rules;
    rules.network = utxo::Network::kRegtest;
    rules.fee_ceiling = 50'000;
    rules.is_own = [](base::ByteView script, const utxo::KeyHint&) {
        return base::Equal(script, ScriptOf(1, utxo::TypeOfScript(script)));
    };
    return rules;
}

chain::Plan PlanOf(const chain::Action& action) {
    chain::Plan plan;
    plan.action = action;
    plan.fee_cap = UInt256(20'000);
    return plan;
}

chain::Plan Pay(std::uint64_t amount, TransferMode mode = TransferMode::kExact) {
    const std::string address =
        utxo::BitcoinAddressOf(ScriptOf(2, ScriptType::kP2wpkh), utxo::Network::kRegtest).value();
    return PlanOf(chain::Transfer{{{address, UInt256(amount)}}, mode});
}

std::string Check(const UnsignedTx& unsigned_tx, const chain::Plan& plan) {
    return ReasonOf(utxo::CheckPayment(utxo::BitcoinFormat(), unsigned_tx, plan, Rules()));
}

// Spends 100,000; pays 60,000 to key 2 and 30,000 to key 1: a fee of 10,000.
UnsignedTx Payment() {
    return samples::Unsigned({ScriptType::kP2wpkh});
}

TEST(CheckPayment, TakesExactlyTheOrder) {
    EXPECT_EQ(Check(Payment(), Pay(60'000)), "");
    EXPECT_EQ(Check(Payment(), Pay(59'999)), "tx_mismatch");
    EXPECT_EQ(Check(Payment(), Pay(60'001)), "tx_mismatch");
}

TEST(CheckPayment, ChangeIsOneOutputToThisWallet) {
    UnsignedTx foreign = Payment();
    foreign.transaction.outputs[1].script = ScriptOf(3, ScriptType::kP2wpkh);
    EXPECT_EQ(Check(foreign, Pay(60'000)), "tx_mismatch");
    UnsignedTx two = Payment();
    two.transaction.outputs[1].amount = 15'000;
    two.transaction.outputs.push_back(two.transaction.outputs[1]);
    two.outputs.resize(3);
    EXPECT_EQ(Check(two, Pay(60'000)), "tx_mismatch");
    UnsignedTx twice = Payment();
    twice.transaction.outputs[1] = twice.transaction.outputs[0];
    twice.transaction.outputs[1].amount = 60'000;
    twice.inputs[0].spent.amount = 130'000;
    EXPECT_EQ(Check(twice, Pay(60'000)), "tx_mismatch");
}

TEST(CheckPayment, FeeStaysInsideCapAndCeiling) {
    chain::Plan plan = Pay(60'000);
    plan.fee_cap = UInt256(9'999);
    EXPECT_EQ(Check(Payment(), plan), "fee_cap_exceeded");
    plan.fee_cap = UInt256(10'000);
    EXPECT_EQ(Check(Payment(), plan), "");
    plan.fee_cap = UInt256(1'000'000);
    utxo::PaymentRules rules = Rules();
    rules.fee_ceiling = 9'999;
    EXPECT_EQ(ReasonOf(utxo::CheckPayment(utxo::BitcoinFormat(), Payment(), plan, rules)),
              "fee_cap_exceeded");
}

TEST(CheckPayment, SubtractFeeAddsUpToTheOrder) {
    EXPECT_EQ(Check(Payment(), Pay(70'000, TransferMode::kSubtractFee)), "");
    EXPECT_EQ(Check(Payment(), Pay(60'000, TransferMode::kSubtractFee)), "");
    EXPECT_EQ(Check(Payment(), Pay(70'001, TransferMode::kSubtractFee)), "tx_mismatch");
    EXPECT_EQ(Check(Payment(), Pay(59'999, TransferMode::kSubtractFee)), "tx_mismatch");
}

TEST(CheckPayment, AllHasNoChange) {
    EXPECT_EQ(Check(Payment(), Pay(0, TransferMode::kAll)), "tx_mismatch");
    UnsignedTx all = Payment();
    all.transaction.outputs = {{90'000, ScriptOf(2, ScriptType::kP2wpkh)}};
    all.outputs.resize(1);
    EXPECT_EQ(Check(all, Pay(0, TransferMode::kAll)), "");
    all.transaction.outputs[0].script = ScriptOf(3, ScriptType::kP2wpkh);
    EXPECT_EQ(Check(all, Pay(0, TransferMode::kAll)), "tx_mismatch");
}

TEST(CheckPayment, RefusesTermsThatHangForEver) {
    UnsignedTx timed = Payment();
    timed.transaction.locktime = 500'000'000;
    EXPECT_EQ(Check(timed, Pay(60'000)), "tx_mismatch");
    UnsignedTx endless = samples::UnsignedZcash(utxo::kZcashVersion5);
    endless.transaction.expiry_height = 0;
    const std::string address =
        utxo::ZcashAddressOf(ScriptOf(2, ScriptType::kP2pkh), utxo::Network::kRegtest).value();
    const chain::Plan plan = PlanOf(chain::Transfer{{{address, UInt256(60'000)}}, {}});
    const auto check = [&](const UnsignedTx& unsigned_tx) {
        return ReasonOf(utxo::CheckPayment(utxo::ZcashFormat(), unsigned_tx, plan, Rules()));
    };
    EXPECT_EQ(check(endless), "tx_mismatch");
    EXPECT_EQ(check(samples::UnsignedZcash(utxo::kZcashVersion5)), "");
}

TEST(CheckPayment, RefusesOtherNetworksAndActions) {
    chain::Plan plan = Pay(60'000);
    std::get<chain::Transfer>(plan.action).recipients[0].address =
        "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu";
    EXPECT_EQ(Check(Payment(), plan), "wrong_network");
    EXPECT_EQ(Check(Payment(), PlanOf(chain::Wrap{UInt256(1)})), "unsupported_action");
}

TEST(CheckPayment, CpfpSpendsItsParentToSelf) {
    UnsignedTx child = Payment();
    const std::string parent = utxo::TxHashText(child.transaction.inputs[0].prevout.tx_hash);
    EXPECT_EQ(Check(child, PlanOf(chain::Cpfp{parent})), "tx_mismatch");  // pays somebody
    child.transaction.outputs = {{90'000, ScriptOf(1, ScriptType::kP2wpkh)}};
    child.outputs.resize(1);
    EXPECT_EQ(Check(child, PlanOf(chain::Cpfp{parent})), "");
    EXPECT_EQ(Check(child, PlanOf(chain::Cpfp{std::string(64, '1')})), "tx_mismatch");
    EXPECT_EQ(ReasonOf(utxo::CheckSelfPayment(child, UInt256(10'000), Rules())), "");
    EXPECT_EQ(ReasonOf(utxo::CheckSelfPayment(child, UInt256(9'999), Rules())), "fee_cap_exceeded");
    EXPECT_EQ(ReasonOf(utxo::CheckSelfPayment(Payment(), UInt256(10'000), Rules())), "tx_mismatch");
}

TEST(AssemblePayment, PutsTheAnchorFirstAndChangeInItsPlace) {
    utxo::Selection selection;
    selection.coins = {samples::CoinOf(50'000, ScriptOf(1, ScriptType::kP2wpkh), 4),
                       samples::CoinOf(60'000, ScriptOf(1, ScriptType::kP2wpkh), 2)};
    selection.coins[1].place = utxo::KeyPlace{1, 9};
    selection.recipients = {{70'000, ScriptOf(2, ScriptType::kP2wpkh)}};
    selection.change = utxo::Output{30'000, ScriptOf(1, ScriptType::kP2wpkh)};
    const auto first =
        utxo::AssemblePayment(selection, utxo::BitcoinTerms(800), {utxo::KeyPlace{1, 5}, 0});
    EXPECT_EQ(first.transaction.inputs[0].prevout.index, 4U);
    EXPECT_EQ(first.inputs[1].key.place, selection.coins[1].place);
    EXPECT_EQ(first.transaction.outputs[0], *selection.change);
    EXPECT_EQ(first.outputs[0].place, (utxo::KeyPlace{1, 5}));
    EXPECT_FALSE(first.outputs[1].place.has_value());
    EXPECT_EQ(first.transaction.locktime, 800U);
    EXPECT_EQ(first.transaction.inputs[0].sequence, utxo::kSequenceReplaceable);
    EXPECT_EQ(Check(first, Pay(70'000)), "");
    const auto last = utxo::AssemblePayment(selection, utxo::BitcoinTerms(800), {{}, 99});
    EXPECT_EQ(last.transaction.outputs[1], *selection.change);
    EXPECT_TRUE(utxo::SpendsAnchor(last.transaction, first.transaction));
    selection.coins.erase(selection.coins.begin());
    const auto other = utxo::AssemblePayment(selection, utxo::BitcoinTerms(800), {});
    EXPECT_FALSE(utxo::SpendsAnchor(other.transaction, first.transaction));
}

TEST(AttachProofs, BringsWhatTheFormatNeeds) {
    UnsignedTx unsigned_tx = Payment();
    const base::Bytes proof = unsigned_tx.inputs[0].previous_tx;
    const crypto::Hash256 hash = unsigned_tx.transaction.inputs[0].prevout.tx_hash;
    utxo::Transaction previous = utxo::ParseBitcoin(proof).value();
    previous.inputs[0].witness = {{1, 2, 3}};
    unsigned_tx.inputs[0].previous_tx.clear();
    EXPECT_EQ(ReasonOf(utxo::AttachProofs(utxo::BitcoinFormat(), {}, unsigned_tx)),
              "amount_unproven");
    ASSERT_TRUE(utxo::AttachProofs(
                    utxo::BitcoinFormat(), {{hash, utxo::SerializeBitcoin(previous)}}, unsigned_tx)
                    .has_value());
    EXPECT_EQ(unsigned_tx.inputs[0].previous_tx, proof);
    UnsignedTx taproot = samples::Unsigned({ScriptType::kP2tr});
    EXPECT_TRUE(utxo::AttachProofs(utxo::BitcoinFormat(), {}, taproot).has_value());
    UnsignedTx zcash = samples::UnsignedZcash(utxo::kZcashVersion5);
    EXPECT_TRUE(utxo::AttachProofs(utxo::ZcashFormat(), {}, zcash).has_value());
}

TEST(ZcashTerms, FollowTheBranch) {
    EXPECT_EQ(utxo::ZcashTerms(1000, 0xc8e71055).version, utxo::kZcashVersion5);
    EXPECT_EQ(utxo::ZcashTerms(1000, 0xc8e71055).expiry_height, 1040U);
    EXPECT_EQ(utxo::ZcashTerms(1000, 0xe9ff75a6).version, utxo::kZcashVersion4);
}

TEST(CheckPayment, OnlyOneRecipientsAmountMayDependOnTheFee) {
    for (const TransferMode mode : {TransferMode::kSubtractFee, TransferMode::kAll}) {
        chain::Plan plan = Pay(70'000, mode);
        auto& recipients = std::get<chain::Transfer>(plan.action).recipients;
        recipients.push_back(recipients[0]);
        EXPECT_EQ(Check(Payment(), plan), "tx_mismatch");
    }
}

}  // namespace
