// A payment of ours that only the chain remembers.
#include <cstdint>
#include <functional>
#include <string>

#include "base/hex.h"
#include "money/amount.h"
#include "unit/utxo/wallet_chain.h"

namespace {

using money::UInt256;
using nlohmann::json;

class Rediscovery : public utxo_test::WalletChain {
protected:
    // A payment that is planned, with its anchor and perhaps more coins.
    void Plan(const chain::Plan& wish) {
        plan = wish;
        asked = chain.Build(plan, chain.Price(plan).value(), {}).value();
    }

    // Signs a version of it, lets the node show that and answers its hash.
    std::string Land(const std::function<void(utxo::UnsignedTx&)>& change = {}) {
        auto made = params.format->DecodeUnsigned(asked.payload).value();
        if (change) {
            change(made);
        }
        const auto signed_tx =
            utxo::SignTransaction(*params.format, made, [this](const utxo::UnsignedInput&) {
                return base::Result<secret::Bytes>(key.Clone());
            }).value();
        raw = signed_tx.raw;
        json shown{{"txid", utxo::TxHashText(signed_tx.hash)}, {"hex", base::HexEncode(raw)}};
        for (const utxo::Input& input : made.transaction.inputs) {
            shown["vin"].push_back(
                {{"txid", utxo::TxHashText(input.prevout.tx_hash)}, {"vout", input.prevout.index}});
        }
        std::uint32_t place = 0;
        for (const utxo::Output& output : made.transaction.outputs) {
            shown["vout"].push_back({{"n", place++},
                                     {"value", money::FormatDecimal(UInt256(output.amount), 8)},
                                     {"scriptPubKey", {{"hex", base::HexEncode(output.script)}}}});
        }
        node.Answer("getrawtransaction", shown);
        node.Answer("getblock",
                    {{"hash", utxo_test::kHash},
                     {"height", 100U},
                     {"previousblockhash", utxo_test::kParent},
                     {"time", 1'700'000'000U},
                     {"tx", {shown}}});
        return shown["txid"];
    }

    // The same with a further coin of 300,000, of which 10,000 go into the fee.
    std::string LandWith(const std::string& coin) {
        return Land([&](utxo::UnsignedTx& made) {
            utxo::Input input = made.transaction.inputs[0];
            input.prevout = {utxo::ParseTxHash(coin).value(), 0};
            made.transaction.inputs.push_back(input);
            utxo::UnsignedInput described;
            described.spent = {300'000, script};
            made.inputs.push_back(described);
            OutputTo(made, script).amount += 290'000;
        });
    }

    base::Result<std::optional<chain::Rediscovered>> Ask(const std::string& hash) {
        return chain.Rediscover(hash, plan, asked.payload);
    }

    // Where a version of the payment pays whom.
    static utxo::Output& OutputTo(utxo::UnsignedTx& made, const base::Bytes& script) {
        for (utxo::Output& output : made.transaction.outputs) {
            if (output.script == script) {
                return output;
            }
        }
        return made.transaction.outputs.front();
    }

    const base::Bytes to_script = utxo::PayToWitness({0, base::Bytes(20, 0x22)});
    const base::Bytes stranger = utxo::PayToWitness({0, base::Bytes(20, 0x33)});
    chain::Plan plan;
    chain::Unsigned asked;
    base::Bytes raw;
};

TEST_F(Rediscovery, FindsWhatWasAsked) {
    Receive(1'000'000);
    Plan(Pay(400'000));
    const std::string hash = Land();
    const auto found = Ask(hash);
    ASSERT_TRUE(found) << found.error().detail;
    ASSERT_TRUE(*found);
    EXPECT_EQ((*found)->signed_tx, raw);
    EXPECT_EQ((*found)->unsigned_tx.payload, asked.payload);
    EXPECT_EQ(chain.Inspect(raw, (*found)->unsigned_tx.payload)->tx_hash, hash);
}

TEST_F(Rediscovery, FindsItInItsBlockWhereTheNodeHasNoIndex) {
    Receive(1'000'000);
    Plan(Pay(400'000));
    const std::string hash = Land();
    node.Refuse("getrawtransaction", "-5", "No such mempool transaction. Use -txindex");
    ledger.found = utxo_test::InBlock();
    ledger.found->block_hash = utxo_test::kHash;
    const auto found = Ask(hash);
    ASSERT_TRUE(found) << found.error().detail;
    ASSERT_TRUE(*found);
    EXPECT_EQ((*found)->signed_tx, raw);
}

TEST_F(Rediscovery, FindsItAtAFeeThatTookAnotherCoin) {
    Receive(450'000);
    Plan(Pay(400'000));
    const std::string more = Receive(300'000);
    const auto found = Ask(LandWith(more));
    ASSERT_TRUE(found) << found.error().detail;
    ASSERT_TRUE(*found);
    ASSERT_EQ((*found)->unsigned_tx.coins.size(), 2U);
    EXPECT_EQ((*found)->unsigned_tx.coins[1].tx_hash, more);
    EXPECT_EQ((*found)->unsigned_tx.fee_max,
              money::CheckedAdd(asked.fee_max, UInt256(10'000)).value());
}

// The recipient pays the fee, the higher one as well; a speed-up may cost more than the payment's
// own order allowed.
TEST_F(Rediscovery, FindsItWhereTheRecipientPaidAHigherFee) {
    Receive(1'000'000);
    chain::Plan wish = Pay(400'000, chain::TransferMode::kSubtractFee);
    wish.fee_cap = UInt256(1'000);
    Plan(wish);
    const auto found =
        Ask(Land([&](utxo::UnsignedTx& made) { OutputTo(made, to_script).amount -= 5'000; }));
    ASSERT_TRUE(found && *found);
    EXPECT_EQ((*found)->unsigned_tx.fee_max,
              money::CheckedAdd(asked.fee_max, UInt256(5'000)).value());
}

TEST_F(Rediscovery, TakesNothingElse) {
    Receive(1'000'000);
    Plan(Pay(400'000));
    const auto is_ours = [&](const std::function<void(utxo::UnsignedTx&)>& change) {
        const auto found = Ask(Land(change));
        EXPECT_TRUE(found) << found.error().detail;
        return found && *found;
    };
    EXPECT_FALSE(is_ours([&](auto& made) { OutputTo(made, to_script).amount -= 1; }));
    EXPECT_FALSE(is_ours([&](auto& made) { OutputTo(made, to_script).script = stranger; }));
    EXPECT_FALSE(is_ours([&](auto& made) { OutputTo(made, script).script = stranger; }));
    EXPECT_FALSE(is_ours([&](auto& made) {
        utxo::Output& change = OutputTo(made, script);
        change.amount -= 100'000;
        made.transaction.outputs.push_back({90'000, stranger});
        made.outputs.emplace_back();
    }));
    EXPECT_TRUE(is_ours({}));
}

TEST_F(Rediscovery, ACoinThatNeverPaidUsIsNotOurs) {
    Receive(450'000);
    Plan(Pay(400'000));
    const std::string other = Receive(300'000);
    ledger.sources.erase(other);
    const auto found = Ask(LandWith(other));
    ASSERT_TRUE(found) << found.error().detail;
    EXPECT_FALSE(*found);
}

TEST_F(Rediscovery, AnotherAnchorIsAnotherPayment) {
    Receive(450'000);
    Plan(Pay(400'000));
    const std::string hash = Land();
    ledger.holdings.free.clear();
    Receive(450'000);
    Plan(Pay(400'000));
    const auto found = Ask(hash);
    ASSERT_TRUE(found) << found.error().detail;
    EXPECT_FALSE(*found);
}

// A stranger's would end the payment: what is not known must not look like one.
TEST_F(Rediscovery, WithoutAnAnswerNothingIsKnown) {
    Receive(1'000'000);
    Plan(Pay(400'000));
    const std::string hash = Land();
    node.Refuse("getrawtransaction", "-5", "No such mempool or blockchain transaction");
    EXPECT_EQ(Ask(hash).error().reason, "node_unavailable");
    Land([&](utxo::UnsignedTx& made) { OutputTo(made, script).amount -= 1; });
    EXPECT_EQ(Ask(hash).error().reason, "node_unavailable") << "of another hash";
}

}  // namespace
