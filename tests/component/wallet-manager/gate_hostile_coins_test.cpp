// What a hostile bitcoin-service or zcash-service could ask the gate to sign.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <gtest/gtest.h>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "component/wallet-manager/gate_hostile.h"
#include "crypto/secp256k1.h"
#include "pg/pool.h"
#include "signer/messages.h"
#include "utxo/branch_id.h"
#include "utxo/params.h"
#include "utxo/payment.h"
#include "utxo/script.h"
#include "utxo/sign.h"
#include "utxo/zcash_transaction.h"
#include "wallet-manager/wallet_store.h"

namespace wallet_test {

namespace {

constexpr std::uint32_t kBranchCanopy = 0xe9ff75a6;
constexpr std::uint32_t kBranchNu6 = 0xc8e71055;
constexpr std::uint32_t kTip = 200;
constexpr std::uint32_t kFarIndex = 2'000'000'000;
constexpr std::uint32_t kKek = 1;
constexpr std::uint64_t kCoin = 1'000'000;
constexpr std::uint64_t kPaid = 400'000;
constexpr std::uint64_t kFee = 10'000;

// What AssemblePayment makes of a payment with change.
constexpr std::size_t kChange = 0;
constexpr std::size_t kRecipientOutput = 1;

class HostileCoins : public HostileDaemon {
protected:
    using Edit = std::function<void(utxo::UnsignedTx&)>;

    void ServeCoins(std::string_view chain) {
        Serve(chain);
        params_ = *utxo::ParamsOf(chain, chain::Mode::kDevnet);
        terms_ = params_.has_fee_market ? utxo::BitcoinTerms(kTip)
                                        : utxo::ZcashTerms(kTip, utxo::kBranchNu5);
        own_ = ScriptOf(wallet_.address);
    }

    [[nodiscard]] base::Bytes ScriptOf(const std::string& address) const {
        return params_.format->ParseAddress(address, params_.network)->script;
    }

    // Costs half of what it may.
    [[nodiscard]] common::Order Order() const {
        return OrderFor({*params_.format->AddressOf(recipient_, params_.network),
                         std::to_string(kPaid),
                         std::to_string(2 * kFee)});
    }

    // A transaction that nothing else has spent from, with one coin for that script.
    [[nodiscard]] utxo::Transaction Source(const utxo::Output& coin) const {
        static std::uint32_t sources = 0;
        utxo::Transaction source;
        source.version = terms_.version;
        source.branch_id = terms_.branch_id;
        source.inputs.resize(1);
        source.inputs[0].prevout.index = ++sources;
        source.outputs = {coin};
        return source;
    }

    void AddInput(utxo::UnsignedTx& made, const utxo::Transaction& source) const {
        utxo::Input input;
        input.prevout = {params_.format->TxHash(source), 0};
        input.sequence = terms_.sequence;
        made.transaction.inputs.push_back(input);
        made.inputs.emplace_back().spent = source.outputs[0];
        if (params_.format->NeedsProofs(made.transaction, utxo::SpentOutputs(made))) {
            made.inputs.back().previous_tx = params_.format->Serialize(source);
        }
    }

    // The order's payment out of that coin; what is left above the fee comes back.
    [[nodiscard]] utxo::UnsignedTx Payment(const utxo::Transaction& source) const {
        const std::uint64_t coin = source.outputs[0].amount;
        utxo::Selection selection;
        selection.recipients = {{kPaid, recipient_}};
        if (coin > kPaid + kFee) {
            selection.change = utxo::Output{coin - kPaid - kFee, own_};
        }
        utxo::UnsignedTx made = utxo::AssemblePayment(selection, terms_, {});
        AddInput(made, source);
        return made;
    }

    [[nodiscard]] base::Bytes Encode(const utxo::UnsignedTx& made) const {
        const auto encoded = params_.format->EncodeUnsigned(made);
        EXPECT_TRUE(encoded) << encoded.error().reason << " " << encoded.error().detail;
        return encoded ? *encoded : base::Bytes();
    }

    // Each case spends a coin of its own.
    void Refuses(const std::string& reason, const Edit& edit) {
        const utxo::UnsignedTx honest = Payment(Source({kCoin, own_}));
        utxo::UnsignedTx hostile = honest;
        edit(hostile);
        ExpectRefusalOfTheEdit(Order(), {Encode(hostile), reason}, Encode(honest));
    }

    // What no honest encoder writes: these bytes, which are in there once, replaced.
    [[nodiscard]] static base::Bytes Replaced(base::Bytes bytes,
                                              base::ByteView from,
                                              base::ByteView to) {
        const auto place = std::search(bytes.begin(), bytes.end(), from.begin(), from.end());
        if (place == bytes.end()) {
            ADD_FAILURE() << "nothing to replace";
            return bytes;
        }
        EXPECT_EQ(std::search(place + 1, bytes.end(), from.begin(), from.end()), bytes.end());
        const auto rest = bytes.erase(place, place + static_cast<std::ptrdiff_t>(from.size()));
        bytes.insert(rest, to.begin(), to.end());
        return bytes;
    }

    // The coin is said to hold just enough: what it holds above that would go to the miner. The
    // proof is a transaction that does hold so little, or the coin's own one.
    enum class Proof { kOfAnother, kOfTheCoin };

    void RefusesAnUnderstatedAmount(Proof proof) {
        const utxo::Transaction source = Source({kCoin, own_});
        utxo::Transaction poorer = source;
        poorer.outputs[0].amount = kPaid + kFee;
        base::Bytes hostile = Replaced(Encode(Payment(poorer)),
                                       params_.format->TxHash(poorer),
                                       params_.format->TxHash(source));
        if (proof == Proof::kOfTheCoin) {
            hostile = Replaced(
                hostile, params_.format->Serialize(poorer), params_.format->Serialize(source));
        }
        ExpectRefusalOfTheEdit(Order(), {hostile, "amount_unproven"}, Encode(Payment(source)));
    }

    utxo::Params params_;
    utxo::TxTerms terms_;
    base::Bytes own_;
    const base::Bytes recipient_ = utxo::PayToKeyHash(base::ToArray<20>(base::Bytes(20, 0x22)));
    const base::Bytes stranger_ = utxo::PayToKeyHash(base::ToArray<20>(base::Bytes(20, 0x33)));
};

class HostileCoinDaemon : public HostileCoins, public ::testing::WithParamInterface<const char*> {
protected:
    void SetUp() override {
        HostileDaemon::SetUp();
        ServeCoins(GetParam());
    }
};

TEST_P(HostileCoinDaemon, GetsWhatWasOrderedSigned) {
    const utxo::UnsignedTx made = Payment(Source({kCoin, own_}));
    const base::Bytes raw = ExpectSignature(Allow(Order()), Encode(made));
    EXPECT_TRUE(utxo::MatchSigned(*params_.format, raw, made.transaction));
}

TEST_P(HostileCoinDaemon, PaysNobodyElseAndNoOtherAmount) {
    Refuses("tx_mismatch",
            [&](auto& made) { made.transaction.outputs[kRecipientOutput].script = stranger_; });
    Refuses("tx_mismatch",
            [](auto& made) { made.transaction.outputs[kRecipientOutput].amount -= 1; });
}

TEST_P(HostileCoinDaemon, AddsNoOutput) {
    const auto add = [](utxo::UnsignedTx& made, const base::Bytes& script) {
        made.transaction.outputs[kChange].amount -= 20'000;
        made.transaction.outputs.push_back({20'000, script});
        made.outputs.emplace_back();
    };
    Refuses("tx_mismatch", [&](auto& made) { add(made, stranger_); });
    // Called change.
    Refuses("tx_mismatch", [&](auto& made) {
        add(made, stranger_);
        made.outputs.back().place = utxo::KeyPlace{1, 0};
    });
    Refuses("tx_mismatch", [&](auto& made) { add(made, own_); });
}

TEST_P(HostileCoinDaemon, SendsChangeToTheWalletAlone) {
    Refuses("tx_mismatch",
            [&](auto& made) { made.transaction.outputs[kChange].script = stranger_; });
    Refuses("tx_mismatch", [&](auto& made) {
        made.transaction.outputs[kChange].script = stranger_;
        made.outputs[kChange].place = utxo::KeyPlace{1, 0};
    });
}

TEST_P(HostileCoinDaemon, SendsNoChangeWhereNobodyLooks) {
    const utxo::KeyPlace far{1, kFarIndex};
    Refuses("tx_mismatch", [&](auto& made) { made.outputs[kChange].place = far; });
    // A key that the owner's mnemonic does give, two thousand million places on.
    const auto seed =
        pg::Transact(*stack_.pool, [&](pg::Tx& tx) { return wallet_manager::FindSeed(tx, user_); });
    ASSERT_TRUE(seed && *seed);
    const auto key = stack_.signer->Ask<signer::SealedKey>(signer::DeriveKey{user_.ToString(),
                                                                             (*seed)->envelope,
                                                                             wallet_.id.ToString(),
                                                                             wallet_.network,
                                                                             kFarIndex,
                                                                             kKek});
    ASSERT_TRUE(key) << key.error().detail;
    const base::Bytes script = ScriptOf(key->address);
    ASSERT_NE(script, own_);
    Refuses("tx_mismatch", [&](auto& made) {
        made.transaction.outputs[kChange].script = script;
        made.outputs[kChange].place = far;
    });
    Refuses("tx_mismatch", [&](auto& made) { made.transaction.outputs[kChange].script = script; });
}

TEST_P(HostileCoinDaemon, CostsNoMoreThanTheOrderAllows) {
    Refuses("fee_cap_exceeded",
            [](auto& made) { made.transaction.outputs[kChange].amount -= kFee + 1; });
    Refuses("fee_cap_exceeded", [](auto& made) {
        made.transaction.outputs.erase(made.transaction.outputs.begin() + kChange);
        made.outputs.pop_back();
    });
}

TEST_P(HostileCoinDaemon, SpendsTheWalletsCoinsAlone) {
    const base::Bytes neighbour = ScriptOf(WalletOf(NewUser(), GetParam()).address);
    for (const base::Bytes& script : {stranger_, neighbour}) {
        // What it holds comes to the wallet.
        Refuses("tx_mismatch", [&](auto& made) {
            AddInput(made, Source({50'000, script}));
            made.transaction.outputs[kChange].amount += 50'000;
        });
        // An order stays with the first coin that was asked for: the control has its own.
        ExpectRefusal(Allow(Order()), {Encode(Payment(Source({kCoin, script}))), "tx_mismatch"});
        ExpectSignature(Allow(Order()), Encode(Payment(Source({kCoin, own_}))));
    }
}

TEST_P(HostileCoinDaemon, IsNotLockedUntilATime) {
    Refuses("tx_mismatch", [](auto& made) { made.transaction.locktime = 1'900'000'000; });
}

TEST_P(HostileCoinDaemon, ServesItsOwnChain) {
    ExpectItsOwnDaemonAlone(Order(), Encode(Payment(Source({kCoin, own_}))));
}

INSTANTIATE_TEST_SUITE_P(Chains, HostileCoinDaemon, ::testing::Values("bitcoin", "zcash"));

class HostileBitcoin : public HostileCoins {
protected:
    void SetUp() override {
        HostileDaemon::SetUp();
        ServeCoins("bitcoin");
    }
};

TEST_F(HostileBitcoin, ProvesTheAmountsOfItsCoins) {
    RefusesAnUnderstatedAmount(Proof::kOfAnother);
    RefusesAnUnderstatedAmount(Proof::kOfTheCoin);
}

TEST_F(HostileBitcoin, BringsTheTransactionsThatMadeItsCoins) {
    const utxo::Transaction source = Source({kCoin, own_});
    const base::Bytes honest = Encode(Payment(source));
    const base::Bytes proof = params_.format->Serialize(source);
    // BIP-174: PSBT_IN_NON_WITNESS_UTXO is key type 0 without data.
    base::Bytes field{0x01, 0x00, static_cast<std::uint8_t>(proof.size())};
    base::Append(field, proof);
    ExpectRefusalOfTheEdit(
        Order(), {Replaced(honest, field, base::Bytes()), "amount_unproven"}, honest);
}

class HostileZcash : public HostileCoins {
protected:
    void SetUp() override {
        HostileDaemon::SetUp();
        ServeCoins("zcash");
    }

    [[nodiscard]] static base::Bytes LittleEndian(std::uint32_t number) {
        base::Bytes bytes;
        for (int shift = 0; shift < 32; shift += 8) {
            bytes.push_back(static_cast<std::uint8_t>(number >> shift));
        }
        return bytes;
    }
};

TEST_F(HostileZcash, ProvesTheAmountsOfItsCoinsInVersion4) {
    terms_ = utxo::ZcashTerms(kTip, kBranchCanopy);
    ASSERT_EQ(terms_.version, utxo::kZcashVersion4);
    RefusesAnUnderstatedAmount(Proof::kOfAnother);
    RefusesAnUnderstatedAmount(Proof::kOfTheCoin);
}

// ZIP-244, S.2c: the digest holds the amounts of all inputs, so that a wrong one is not refused
// here but makes a signature that spends nothing.
TEST_F(HostileZcash, SpendsNothingByAnUnderstatedAmountInVersion5) {
    const utxo::Output coin{kCoin, own_};
    const utxo::Output understated{kPaid + kFee, own_};
    utxo::Transaction source = Source(coin);
    source.outputs[0] = understated;
    utxo::UnsignedTx made = Payment(source);
    const base::Bytes raw = ExpectSignature(Allow(Order()), Encode(made));
    const auto read = params_.format->Parse(raw);
    ASSERT_TRUE(read);
    // A signature with its hash type, then a public key.
    const base::ByteView script_sig = read->inputs[0].script_sig;
    const std::size_t size = script_sig[0];
    const auto signature = crypto::EcdsaFromDer(script_sig.subspan(1, size - 1));
    const auto key = crypto::Secp256k1PublicKey::Parse(script_sig.last(33));
    ASSERT_TRUE(signature && key);
    const auto spends = [&](const utxo::Output& spent) {
        const auto digest = utxo::SighashZcashV5(*read, {}, {0}, std::span(&spent, 1));
        return digest && crypto::EcdsaVerify(*key, *digest, *signature);
    };
    EXPECT_TRUE(spends(understated));
    EXPECT_FALSE(spends(coin));
}

TEST_F(HostileZcash, IsOfOneConsensusBranchThatHasItsVersion) {
    // The id stands behind the magic and again in the header of the transaction.
    struct Named {
        std::uint32_t outside;
        std::uint32_t inside;
    };

    const base::Bytes nu5 = LittleEndian(utxo::kBranchNu5);
    for (const Named& named : {Named{kBranchNu6, utxo::kBranchNu5},
                               Named{utxo::kBranchNu5, kBranchNu6},
                               Named{kBranchCanopy, kBranchCanopy},
                               Named{0, 0}}) {
        const base::Bytes honest = Encode(Payment(Source({kCoin, own_})));
        base::Bytes hostile = honest;
        const auto outside = std::search(hostile.begin(), hostile.end(), nu5.begin(), nu5.end());
        const auto inside = std::search(outside + 1, hostile.end(), nu5.begin(), nu5.end());
        ASSERT_NE(inside, hostile.end());
        std::ranges::copy(LittleEndian(named.outside), outside);
        std::ranges::copy(LittleEndian(named.inside), inside);
        ExpectRefusalOfTheEdit(Order(), {hostile, "bad_unsigned_tx"}, honest);
    }
}

TEST_F(HostileZcash, Expires) {
    Refuses("tx_mismatch", [](auto& made) { made.transaction.expiry_height = 0; });
    Refuses("tx_mismatch", [](auto& made) { made.transaction.expiry_height = 500'000'000; });
}

}  // namespace

}  // namespace wallet_test
