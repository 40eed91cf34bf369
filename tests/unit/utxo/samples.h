// Keys, coins and transactions for the tests of utxo.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/hex.h"
#include "crypto/secp256k1.h"
#include "utxo/coin.h"
#include "utxo/payment.h"
#include "utxo/script.h"
#include "utxo/sign.h"
#include "utxo/tx_format.h"
#include "utxo/zcash_transaction.h"

namespace samples {

inline secret::Bytes Key(std::uint8_t number) {
    return secret::Bytes::Copy(base::Bytes(32, number));
}

inline base::Bytes ScriptOf(std::uint8_t number, utxo::ScriptType type) {
    const auto key = crypto::Secp256k1PublicKey::FromPrivate(Key(number)).value();
    return utxo::ScriptOfKey(key, type).value();
}

// A transaction with one foreign input that pays `outputs`.
inline utxo::Transaction Previous(std::vector<utxo::Output> outputs) {
    utxo::Transaction transaction;
    transaction.inputs.resize(1);
    transaction.inputs[0].prevout.tx_hash.fill(0xee);
    transaction.inputs[0].script_sig = {0x51};
    transaction.outputs = std::move(outputs);
    return transaction;
}

inline utxo::Coin CoinOf(std::uint64_t amount, const base::Bytes& script, std::uint32_t index) {
    utxo::Coin coin;
    coin.prevout.tx_hash.fill(0xcc);
    coin.prevout.index = index;
    coin.output = {amount, script};
    return coin;
}

// An unsigned Bitcoin payment that spends one output of each type, with its proofs.
inline utxo::UnsignedTx Unsigned(const std::vector<utxo::ScriptType>& types) {
    utxo::UnsignedTx unsigned_tx;
    const bool proofs =
        types != std::vector<utxo::ScriptType>(types.size(), utxo::ScriptType::kP2tr);
    for (const utxo::ScriptType type : types) {
        utxo::UnsignedInput input;
        input.spent = {100'000, ScriptOf(1, type)};
        const utxo::Transaction previous =
            Previous({{unsigned_tx.inputs.size(), {0x51}}, input.spent});
        if (proofs) {
            input.previous_tx = utxo::SerializeBitcoinWithoutWitness(previous);
        }
        utxo::Input spending;
        spending.prevout = {utxo::BitcoinTxHash(previous), 1};
        spending.sequence = utxo::kSequenceReplaceable;
        unsigned_tx.transaction.inputs.push_back(spending);
        unsigned_tx.inputs.push_back(input);
    }
    unsigned_tx.transaction.outputs = {{60'000, ScriptOf(2, utxo::ScriptType::kP2wpkh)},
                                       {30'000, ScriptOf(1, utxo::ScriptType::kP2tr)}};
    unsigned_tx.outputs.resize(2);
    return unsigned_tx;
}

// The same for Zcash, of either version.
inline utxo::UnsignedTx UnsignedZcash(std::uint32_t version) {
    utxo::UnsignedTx unsigned_tx;
    utxo::Transaction& transaction = unsigned_tx.transaction;
    const bool is_v5 = version == utxo::kZcashVersion5;
    transaction.version = version;
    transaction.branch_id = is_v5 ? 0xc8e71055 : 0xe9ff75a6;
    transaction.expiry_height = 1040;
    utxo::UnsignedInput input;
    input.spent = {100'000, ScriptOf(1, utxo::ScriptType::kP2pkh)};
    utxo::Transaction previous = Previous({input.spent});
    previous.version = utxo::kZcashVersion4;
    if (!is_v5) {
        input.previous_tx = utxo::SerializeZcash(previous);
    }
    transaction.inputs.resize(1);
    transaction.inputs[0].prevout = {utxo::ZcashTxHash(previous), 0};
    unsigned_tx.inputs.push_back(input);
    transaction.outputs = {{60'000, ScriptOf(2, utxo::ScriptType::kP2pkh)},
                           {30'000, ScriptOf(1, utxo::ScriptType::kP2pkh)}};
    unsigned_tx.outputs.resize(2);
    return unsigned_tx;
}

inline utxo::KeySource KeyNumber(std::uint8_t number) {
    return
        [number](const utxo::UnsignedInput&) -> base::Result<secret::Bytes> { return Key(number); };
}

template <class T>
std::string ReasonOf(const base::Result<T>& result) {
    return result ? "" : result.error().reason;
}

}  // namespace samples
