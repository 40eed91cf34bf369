// What a hostile chain daemon could ask the signer to sign.
#include "signer/utxo_rules.h"

#include <functional>
#include <gtest/gtest.h>
#include <string>
#include <utility>
#include <vector>

#include "crypto/secp256k1.h"
#include "platform/common/v1/order.pb.h"
#include "signer/key_forms.h"
#include "utxo/address.h"
#include "utxo/branch_id.h"
#include "utxo/keys.h"
#include "utxo/params.h"
#include "utxo/payment.h"
#include "utxo/script.h"
#include "utxo/sign.h"

namespace {

namespace common = platform::common::v1;

class UtxoRulesTest : public ::testing::TestWithParam<const char*> {
protected:
    UtxoRulesTest()
        : params(utxo::ParamsOf(GetParam(), chain::Mode::kDevnet).value()),
          key(secret::Bytes::Copy(base::Bytes(32, 0x11))) {
        own = signer::AddressOfKey(key, params.common.network).value();
        script = params.format->ParseAddress(own, params.network)->script;
        stranger = utxo::PayToKeyHash(base::ToArray<20>(base::Bytes(20, 0x33)));
        recipient = utxo::PayToKeyHash(base::ToArray<20>(base::Bytes(20, 0x22)));
        order.set_network(params.common.network);
        order.set_intent_id("11111111-1111-4111-8111-111111111111");
        order.set_from(own);
        order.set_fee_cap("20000");
        order.mutable_transfer()->set_mode(common::TRANSFER_MODE_EXACT);
        auto* to = order.mutable_transfer()->add_recipients();
        to->set_address(params.format->AddressOf(recipient, params.network).value());
        to->set_amount("400000");
    }

    // Spends a coin of 1,000,000 for the order; the rest less 10,000 comes back.
    utxo::UnsignedTx Payment(std::uint32_t coin = 1) const { return Payment(coin, script); }

    utxo::UnsignedTx Payment(std::uint32_t coin, const base::Bytes& from) const {
        utxo::Transaction source;
        source.inputs.resize(1);
        source.inputs[0].prevout.index = coin;
        source.outputs = {{1'000'000, from}};
        utxo::Selection selection;
        selection.coins = {{{params.format->TxHash(source), 0}, {1'000'000, from}, {}}};
        selection.recipients = {{400'000, recipient}};
        selection.change = utxo::Output{590'000, script};
        const auto terms = params.has_fee_market ? utxo::BitcoinTerms(200)
                                                 : utxo::ZcashTerms(200, utxo::kBranchNu5);
        auto made = utxo::AssemblePayment(selection, terms, {});
        if (params.keeps_sources) {
            made.inputs[0].previous_tx = params.format->Serialize(source);
        }
        return made;
    }

    std::string Verdict(const utxo::UnsignedTx& unsigned_tx, base::ByteView first = {}) const {
        const auto bytes = params.format->EncodeUnsigned(unsigned_tx);
        if (!bytes) {
            return bytes.error().reason;
        }
        const auto checked =
            signer::CheckUtxoAttempt({order, payment(), *bytes, first, "0"}, chain::Mode::kDevnet);
        return checked ? "allowed" : checked.error().reason;
    }

    const common::Order& payment() const { return replaced ? *replaced : order; }

    base::Bytes Signed(const utxo::UnsignedTx& unsigned_tx, const secret::Bytes& by) const {
        return utxo::SignTransaction(*params.format,
                                     unsigned_tx,
                                     [&by](const utxo::UnsignedInput&) {
                                         return base::Result<secret::Bytes>(by.Clone());
                                     })
            ->raw;
    }

    utxo::Params params;
    secret::Bytes key;
    std::string own;
    base::Bytes script;
    base::Bytes stranger;
    base::Bytes recipient;
    common::Order order;
    const common::Order* replaced = nullptr;
};

TEST_P(UtxoRulesTest, AllowsWhatTheOrderSays) {
    EXPECT_EQ(Verdict(Payment()), "allowed");
}

TEST_P(UtxoRulesTest, RefusesEveryOtherTransaction) {
    using Change = std::function<void(utxo::UnsignedTx&)>;
    const std::vector<std::pair<const char*, Change>> changes = {
        {"change to a stranger",
         [this](auto& made) { made.transaction.outputs[0].script = stranger; }},
        {"recipient swapped",
         [this](auto& made) { made.transaction.outputs[1].script = stranger; }},
        {"less paid", [](auto& made) { made.transaction.outputs[1].amount -= 1; }},
        {"a second change",
         [this](auto& made) {
             made.transaction.outputs[0].amount -= 1'000;
             made.transaction.outputs.push_back({1'000, script});
             made.outputs.emplace_back();
         }},
        {"change at a far index",
         [](auto& made) {
             made.outputs[0].place = utxo::KeyPlace{1, 2'000'000'000};
         }},
        {"fee above the cap", [](auto& made) { made.transaction.outputs[0].amount -= 10'001; }},
        {"locked until a time", [](auto& made) { made.transaction.locktime = 1'900'000'000; }},
        {"somebody else's input", [this](auto& made) { made.inputs[0].spent.script = stranger; }},
    };
    for (const auto& [name, change] : changes) {
        auto made = Payment();
        // AssemblePayment puts the change first.
        ASSERT_EQ(made.transaction.outputs[0].script, script);
        change(made);
        EXPECT_NE(Verdict(made), "allowed") << name;
    }
}

TEST_P(UtxoRulesTest, AmountsAreProvenOnBitcoin) {
    if (!params.keeps_sources) {
        GTEST_SKIP() << "version 5 signatures commit to all amounts";
    }
    auto understated = Payment();
    understated.inputs[0].spent.amount = 900'000;
    EXPECT_NE(Verdict(understated), "allowed");
    auto bare = Payment();
    bare.inputs[0].previous_tx.clear();
    EXPECT_EQ(Verdict(bare), "amount_unproven");
}

TEST_P(UtxoRulesTest, ALaterAttemptSpendsEveryCoinOfTheFirst) {
    const auto first = Signed(Payment(1), key);
    EXPECT_EQ(Verdict(Payment(1), first), "allowed");
    EXPECT_EQ(Verdict(Payment(2), first), "first_attempt_mismatch");
}

TEST_P(UtxoRulesTest, TheFirstAttemptWasSignedByThisWallet) {
    const auto made = Payment();
    const auto bytes = params.format->EncodeUnsigned(made).value();
    auto first = Signed(made, key);
    const auto checked =
        signer::CheckUtxoAttempt({order, order, bytes, first, "0"}, chain::Mode::kDevnet).value();
    signer::UtxoKeys keys;
    keys.insert_or_assign(script, key.Clone());
    EXPECT_TRUE(signer::CheckOwnFirst(checked, first, keys));
    keys.insert_or_assign(script, secret::Bytes::Copy(base::Bytes(32, 0x12)));
    EXPECT_FALSE(signer::CheckOwnFirst(checked, first, keys));
    keys.clear();
    EXPECT_EQ(signer::CheckOwnFirst(checked, first, keys).error().reason, "tx_mismatch");
}

TEST_P(UtxoRulesTest, CoinsOfFurtherAddressesAreSpentAndNothingComesBackThere) {
    const auto other = secret::Bytes::Copy(base::Bytes(32, 0x12));
    const auto point = crypto::Secp256k1PublicKey::FromPrivate(other).value();
    const auto type = utxo::TypeOfScript(script);
    const base::Bytes further = utxo::ScriptOfKey(point, type).value();
    const auto verdict = [&](const utxo::UnsignedTx& unsigned_tx, bool known) {
        const auto bytes = params.format->EncodeUnsigned(unsigned_tx).value();
        signer::UtxoCase attempt{order, order, bytes, {}, "0"};
        if (known) {
            attempt.further_addresses = {params.format->AddressOf(further, params.network).value()};
        }
        const auto checked = signer::CheckUtxoAttempt(attempt, chain::Mode::kDevnet);
        return checked ? "allowed" : checked.error().reason;
    };
    auto spending = Payment(1, further);
    EXPECT_EQ(verdict(spending, false), "tx_mismatch");
    EXPECT_EQ(verdict(spending, true), "allowed");
    auto returning = Payment(1, further);
    for (auto& output : returning.transaction.outputs) {
        if (output.script == script) {
            output.script = further;
        }
    }
    EXPECT_EQ(verdict(returning, true), "tx_mismatch");
}

TEST_P(UtxoRulesTest, ACancelPaysTheWalletAlone) {
    const common::Order paid = order;
    replaced = &paid;
    const auto first = Signed(Payment(), key);
    order.clear_transfer();
    order.mutable_cancel();
    EXPECT_EQ(Verdict(Payment(), first), "tx_mismatch");
    auto back = Payment();
    back.transaction.outputs = {{985'000, script}};
    back.outputs.resize(1);
    EXPECT_EQ(Verdict(back, first), "allowed");
    EXPECT_EQ(Verdict(back), "first_attempt_mismatch");
}

TEST_P(UtxoRulesTest, KeysComeAndGoInWalletImportFormat) {
    const auto text = signer::WriteExportedKey(key, params.common.network).value();
    signer::ImportKey request;
    request.network = params.common.network;
    request.form = static_cast<std::uint8_t>(signer::ImportForm::kWif);
    request.key = text.Clone();
    const auto read = signer::ReadImportedKey(request).value();
    EXPECT_EQ(read.address, own);
    EXPECT_TRUE(signer::OwnsAddress(key, params.common.network, own).value());
    EXPECT_FALSE(
        signer::OwnsAddress(secret::Bytes::Copy(base::Bytes(32, 0x12)), params.common.network, own)
            .value());
}

INSTANTIATE_TEST_SUITE_P(Chains, UtxoRulesTest, ::testing::Values("bitcoin", "zcash"));

}  // namespace
