// BIP-322, the form "simple".
#include <utility>
#include <vector>

#include "crypto/base64.h"
#include "crypto/schnorr.h"
#include "crypto/secp256k1.h"
#include "utxo/script.h"
#include "utxo/sighash.h"
#include "utxo/signed_message.h"
#include "utxo/spend.h"
#include "utxo/wire.h"

namespace utxo {

namespace {

constexpr std::uint8_t kOpReturn = 0x6a;
constexpr std::string_view kSimplePrefix = "smp";

using Witness = std::vector<base::Bytes>;

base::Error BadSignature(const char* detail) {
    return base::InvalidArgument("bad_signature", detail);
}

// Segwit scripts that one key spends: the others have no simple form, or need an interpreter.
base::Result<> CheckScript(ScriptType type) {
    if (type != ScriptType::kP2wpkh && type != ScriptType::kP2tr) {
        return base::InvalidArgument("unsupported_script_type",
                                     "BIP-322's simple form is for P2WPKH and P2TR addresses here");
    }
    return {};
}

base::Result<Witness> ReadWitness(std::string_view signature) {
    if (signature.starts_with(kSimplePrefix)) {
        signature.remove_prefix(kSimplePrefix.size());
    }
    const auto bytes = crypto::Base64Decode(signature);
    if (!bytes) {
        return BadSignature("a signature of this form is base64 of a witness");
    }
    Reader reader(*bytes);
    Witness witness;
    const std::size_t count = reader.Count(1);
    for (std::size_t i = 0; i < count; ++i) {
        witness.push_back(base::ToBytes(reader.Block()));
    }
    if (!reader.Complete()) {
        return BadSignature("the signature is no witness");
    }
    return witness;
}

// Only SIGHASH_ALL is allowed ("required rules").
bool VerifyKeyHash(const Transaction& to_sign, const Output& spent, const Witness& witness) {
    if (witness.size() != 2 || witness[0].empty() || witness[0].back() != kSighashAll ||
        witness[1].size() != sizeof(base::ByteArray<33>)) {
        return false;
    }
    const auto key = crypto::Secp256k1PublicKey::Parse(witness[1]);
    const base::ByteView der(witness[0].data(), witness[0].size() - 1);
    const auto signature = crypto::EcdsaFromDer(der);
    if (!key || !signature || crypto::Hash160(witness[1]) != HashOfScript(spent.script)) {
        return false;
    }
    // BIP-143, item 5: the script code of P2WPKH is the P2PKH script.
    const Output code{spent.amount, PayToKeyHash(HashOfScript(spent.script))};
    const auto digest = SighashV0(to_sign, {0, kSighashAll}, code);
    return digest && crypto::EcdsaVerify(*key, *digest, *signature);
}

bool VerifyTaproot(const Transaction& to_sign, const Output& spent, const Witness& witness) {
    constexpr std::size_t kSize = sizeof(crypto::SchnorrSignature);
    if (witness.size() != 1 || witness[0].size() < kSize || witness[0].size() > kSize + 1) {
        return false;
    }
    const bool explicit_type = witness[0].size() > kSize;
    if (explicit_type && witness[0].back() != kSighashAll) {
        return false;
    }
    const std::uint32_t hash_type = explicit_type ? kSighashAll : kSighashDefault;
    const auto digest = SighashTaproot(to_sign, {0, hash_type}, {&spent, 1});
    const auto key = base::ToArray<32>(base::ByteView(spent.script).subspan(2));
    return digest &&
           crypto::SchnorrVerify(key, *digest, base::ToArray<kSize>(base::ByteView(witness[0])));
}

}  // namespace

Transaction Bip322ToSpend(base::ByteView script, base::ByteView message) {
    constexpr std::uint32_t kNoIndex = 0xffffffff;
    Input input;
    input.prevout.index = kNoIndex;
    input.sequence = 0;
    input.script_sig = {0};  // OP_0
    AppendPush(input.script_sig, crypto::TaggedHash("BIP0322-signed-message", message));
    Transaction to_spend;
    to_spend.version = 0;
    to_spend.inputs.push_back(std::move(input));
    to_spend.outputs.push_back({0, base::ToBytes(script)});
    return to_spend;
}

Transaction Bip322ToSign(const Transaction& to_spend) {
    Input input;
    input.prevout.tx_hash = BitcoinTxHash(to_spend);
    input.sequence = 0;
    Transaction to_sign;
    to_sign.version = 0;
    to_sign.inputs.push_back(std::move(input));
    to_sign.outputs.push_back({0, base::Bytes{kOpReturn}});
    return to_sign;
}

base::Result<std::string> SignBip322(base::ByteView script,
                                     base::ByteView message,
                                     const secret::Bytes& key) {
    BASE_RETURN_IF_ERROR(CheckScript(TypeOfScript(script)));
    const Transaction to_spend = Bip322ToSpend(script, message);
    const Transaction to_sign = Bip322ToSign(to_spend);
    BASE_ASSIGN_OR_RETURN(const Spend spend, SpendBitcoin({to_sign, to_spend.outputs, 0}, key));
    Writer writer;
    writer.CompactSize(spend.witness.size());
    for (const base::Bytes& item : spend.witness) {
        writer.Block(item);
    }
    return crypto::Base64Encode(writer.bytes());
}

base::Result<bool> VerifyBip322(base::ByteView script,
                                base::ByteView message,
                                std::string_view signature) {
    const ScriptType type = TypeOfScript(script);
    BASE_RETURN_IF_ERROR(CheckScript(type));
    BASE_ASSIGN_OR_RETURN(const Witness witness, ReadWitness(signature));
    const Transaction to_spend = Bip322ToSpend(script, message);
    const Transaction to_sign = Bip322ToSign(to_spend);
    const Output& spent = to_spend.outputs.front();
    return type == ScriptType::kP2tr ? VerifyTaproot(to_sign, spent, witness)
                                     : VerifyKeyHash(to_sign, spent, witness);
}

}  // namespace utxo
