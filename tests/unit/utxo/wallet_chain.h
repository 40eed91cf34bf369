// UtxoChain on Bitcoin's devnet over a scripted node, with a wallet's books in memory.
#pragma once

#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <vector>

#include "crypto/secp256k1.h"
#include "unit/utxo/fakes.h"
#include "utxo/address.h"
#include "utxo/script.h"
#include "utxo/sign.h"
#include "utxo/utxo_chain.h"

namespace utxo_test {

inline const std::string kHash(64, 'a');
inline const std::string kParent(64, 'b');

class WalletChain : public ::testing::Test {
protected:
    WalletChain()
        : key(secret::Bytes::Copy(base::Bytes(32, 0x11))),
          params(utxo::ParamsOf("bitcoin", chain::Mode::kDevnet).value()),
          chain(params, node, ledger) {
        const auto point = crypto::Secp256k1PublicKey::FromPrivate(key).value();
        script = utxo::ScriptOfKey(point, utxo::ScriptType::kP2wpkh).value();
        own = params.format->AddressOf(script, params.network).value();
        to =
            params.format->AddressOf(utxo::PayToWitness({0, base::Bytes(20, 0x22)}), params.network)
                .value();
        ledger.holdings.tip_height = 200;
        node.Answer("estimatesmartfee", nlohmann::json{{"errors", {"Insufficient data"}}});
    }

    // A transaction somewhere that paid us, in our books.
    std::string Receive(std::uint64_t amount, std::uint64_t height = 100) {
        utxo::Transaction source;
        source.inputs.resize(1);
        source.inputs[0].prevout.index = ++made;
        source.outputs = {{amount, script}};
        const std::string hash = utxo::TxHashText(params.format->TxHash(source));
        ledger.sources[hash] = params.format->Serialize(source);
        chain::FreeCoin coin;
        coin.coin = {hash, 0, money::UInt256(amount)};
        coin.address = own;
        coin.block_height = height;
        ledger.holdings.free.push_back(coin);
        ledger.holdings.left =
            money::CheckedAdd(ledger.holdings.left, money::UInt256(amount)).value();
        return hash;
    }

    chain::Plan Pay(std::uint64_t amount,
                    chain::TransferMode mode = chain::TransferMode::kExact) const {
        chain::Plan plan;
        plan.from = own;
        plan.asset = params.common.native;
        plan.action = chain::Transfer{{{to, money::UInt256(amount)}}, mode};
        plan.fee_cap = params.common.fee_ceiling;
        return plan;
    }

    std::string PriceReason(const chain::Plan& plan) {
        const auto quote = chain.Price(plan);
        return quote ? "priced" : quote.error().reason;
    }

    secret::Bytes key;
    utxo::Params params;
    FakeNode node;
    FakeLedger ledger;
    utxo::UtxoChain chain;
    base::Bytes script;
    std::string own;
    std::string to;
    std::uint32_t made = 0;
};

}  // namespace utxo_test
