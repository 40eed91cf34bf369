#include "utxo/spend.h"

#include <string>
#include <utility>

#include "crypto/schnorr.h"
#include "utxo/script.h"
#include "utxo/sighash.h"
#include "utxo/transaction_fields.h"
#include "utxo/zcash_transaction.h"

namespace utxo {

namespace {

using crypto::Secp256k1PublicKey;

base::Error KeyMismatch() {
    return base::PermissionDenied("key_mismatch", "the key does not control the output it spends");
}

base::Error UnsupportedScript(base::ByteView script) {
    return base::InvalidArgument("unsupported_script_type",
                                 "one key cannot spend an output of type " +
                                     std::string(ScriptTypeName(TypeOfScript(script))));
}

// Hash types in a signature are one byte, and payments have no other than these.
base::Result<std::uint32_t> EcdsaHashType(const SpendOptions& options) {
    const std::uint32_t hash_type = options.hash_type.value_or(kSighashAll);
    const std::uint32_t base_type = hash_type & ~kSighashAnyoneCanPay;
    if (base_type < kSighashAll || base_type > kSighashSingle) {
        return base::InvalidArgument("bad_hash_type", "this hash type has no meaning");
    }
    return hash_type;
}

base::Result<base::Bytes> EcdsaSignatureOf(const crypto::Hash256& digest,
                                           const secret::Bytes& key,
                                           const SpendOptions& options) {
    BASE_ASSIGN_OR_RETURN(const std::uint32_t hash_type, EcdsaHashType(options));
    BASE_ASSIGN_OR_RETURN(const crypto::EcdsaSignature signature,
                          crypto::EcdsaSign(key, digest, options.low_r));
    base::Bytes encoded = crypto::EcdsaToDer(signature);
    encoded.push_back(static_cast<std::uint8_t>(hash_type));
    return encoded;
}

// The form of the public key that the script's hash is of: compressed, or uncompressed in old
// wallets.
base::Result<base::Bytes> KeyOfHash(const Secp256k1PublicKey& key,
                                    const crypto::Hash160Bytes& hash) {
    if (crypto::Hash160(key.Compressed()) == hash) {
        return base::ToBytes(key.Compressed());
    }
    if (crypto::Hash160(key.Uncompressed()) == hash) {
        return base::ToBytes(key.Uncompressed());
    }
    return KeyMismatch();
}

struct Signing {
    const SpendTask& task;
    const secret::Bytes& key;
    const SpendOptions& options;
    const Output& spent;
    Secp256k1PublicKey public_key;
};

base::Result<base::Bytes> LegacySignature(const Signing& signing) {
    BASE_ASSIGN_OR_RETURN(const std::uint32_t hash_type, EcdsaHashType(signing.options));
    BASE_ASSIGN_OR_RETURN(
        const crypto::Hash256 digest,
        SighashLegacy(
            signing.task.transaction, {signing.task.input, hash_type}, signing.spent.script));
    return EcdsaSignatureOf(digest, signing.key, signing.options);
}

base::Result<Spend> SpendBareKey(const Signing& signing) {
    const base::ByteView script(signing.spent.script);
    const base::ByteView wanted = script.subspan(1, script.size() - 2);
    if (!base::Equal(wanted, signing.public_key.Compressed()) &&
        !base::Equal(wanted, signing.public_key.Uncompressed())) {
        return KeyMismatch();
    }
    BASE_ASSIGN_OR_RETURN(const base::Bytes signature, LegacySignature(signing));
    Spend spend;
    AppendPush(spend.script_sig, signature);
    return spend;
}

base::Result<Spend> SpendKeyHash(const Signing& signing) {
    BASE_ASSIGN_OR_RETURN(const base::Bytes public_key,
                          KeyOfHash(signing.public_key, HashOfScript(signing.spent.script)));
    BASE_ASSIGN_OR_RETURN(const base::Bytes signature, LegacySignature(signing));
    Spend spend;
    AppendPush(spend.script_sig, signature);
    AppendPush(spend.script_sig, public_key);
    return spend;
}

base::Result<Spend> SpendWitnessKeyHash(const Signing& signing) {
    const auto public_key = signing.public_key.Compressed();
    BASE_ASSIGN_OR_RETURN(const std::uint32_t hash_type, EcdsaHashType(signing.options));
    // BIP-143, item 5: the script code of P2WPKH is the P2PKH script.
    const Output spent{signing.spent.amount, PayToKeyHash(crypto::Hash160(public_key))};
    BASE_ASSIGN_OR_RETURN(
        const crypto::Hash256 digest,
        SighashV0(signing.task.transaction, {signing.task.input, hash_type}, spent));
    BASE_ASSIGN_OR_RETURN(base::Bytes signature,
                          EcdsaSignatureOf(digest, signing.key, signing.options));
    Spend spend;
    spend.witness = {std::move(signature), base::ToBytes(public_key)};
    return spend;
}

// BIP-49: the redeem script is the P2WPKH script.
base::Result<Spend> SpendNested(const Signing& signing) {
    BASE_ASSIGN_OR_RETURN(const base::Bytes redeem,
                          ScriptOfKey(signing.public_key, ScriptType::kP2wpkh));
    if (crypto::Hash160(redeem) != HashOfScript(signing.spent.script)) {
        return KeyMismatch();
    }
    BASE_ASSIGN_OR_RETURN(Spend spend, SpendWitnessKeyHash(signing));
    AppendPush(spend.script_sig, redeem);
    return spend;
}

base::Result<Spend> SpendTaproot(const Signing& signing) {
    const SpendOptions& options = signing.options;
    BASE_ASSIGN_OR_RETURN(
        const crypto::TaprootOutput output,
        crypto::TaprootOutputKey(signing.public_key.XOnly(), options.taproot_root));
    if (PayToTaproot(output.key) != signing.spent.script) {
        return KeyMismatch();
    }
    const std::uint32_t hash_type = options.hash_type.value_or(kSighashDefault);
    BASE_ASSIGN_OR_RETURN(
        const crypto::Hash256 digest,
        SighashTaproot(
            signing.task.transaction, {signing.task.input, hash_type}, signing.task.spent));
    BASE_ASSIGN_OR_RETURN(const secret::Bytes tweaked,
                          crypto::TaprootPrivateKey(signing.key, options.taproot_root));
    BASE_ASSIGN_OR_RETURN(const crypto::SchnorrSignature signature,
                          crypto::SchnorrSign(tweaked, digest, options.taproot_aux));
    base::Bytes encoded = base::ToBytes(signature);
    if (hash_type != kSighashDefault) {
        encoded.push_back(static_cast<std::uint8_t>(hash_type));
    }
    Spend spend;
    spend.witness = {std::move(encoded)};
    return spend;
}

base::Result<Signing> Begin(const SpendTask& task,
                            const secret::Bytes& key,
                            const SpendOptions& options) {
    if (task.spent.size() != task.transaction.inputs.size() || task.input >= task.spent.size()) {
        return BadTransaction("the spent outputs of all inputs are needed");
    }
    BASE_ASSIGN_OR_RETURN(const Secp256k1PublicKey public_key,
                          Secp256k1PublicKey::FromPrivate(key));
    return Signing{task, key, options, task.spent[task.input], public_key};
}

}  // namespace

base::Result<Spend> SpendBitcoin(const SpendTask& task,
                                 const secret::Bytes& key,
                                 const SpendOptions& options) {
    BASE_ASSIGN_OR_RETURN(const Signing signing, Begin(task, key, options));
    switch (TypeOfScript(signing.spent.script)) {
        case ScriptType::kP2pk:
            return SpendBareKey(signing);
        case ScriptType::kP2pkh:
            return SpendKeyHash(signing);
        case ScriptType::kP2sh:
            return SpendNested(signing);
        case ScriptType::kP2wpkh:
            if (crypto::Hash160(signing.public_key.Compressed()) !=
                HashOfScript(signing.spent.script)) {
                return KeyMismatch();
            }
            return SpendWitnessKeyHash(signing);
        case ScriptType::kP2tr:
            return SpendTaproot(signing);
        case ScriptType::kP2wsh:
        case ScriptType::kWitness:
        case ScriptType::kData:
        case ScriptType::kOther:
            break;
    }
    return UnsupportedScript(signing.spent.script);
}

base::Result<Spend> SpendZcash(const SpendTask& task,
                               const secret::Bytes& key,
                               const SpendOptions& options) {
    BASE_ASSIGN_OR_RETURN(const Signing signing, Begin(task, key, options));
    if (TypeOfScript(signing.spent.script) != ScriptType::kP2pkh) {
        return UnsupportedScript(signing.spent.script);
    }
    BASE_ASSIGN_OR_RETURN(const base::Bytes public_key,
                          KeyOfHash(signing.public_key, HashOfScript(signing.spent.script)));
    BASE_ASSIGN_OR_RETURN(const std::uint32_t hash_type, EcdsaHashType(options));
    const ZcashTarget target{task.input, hash_type};
    BASE_ASSIGN_OR_RETURN(
        const crypto::Hash256 digest,
        task.transaction.version == kZcashVersion4
            ? SighashZcashV4(task.transaction, ShieldedV4(), target, signing.spent)
            : SighashZcashV5(task.transaction, ShieldedV5(), target, task.spent));
    BASE_ASSIGN_OR_RETURN(const base::Bytes signature, EcdsaSignatureOf(digest, key, options));
    Spend spend;
    AppendPush(spend.script_sig, signature);
    AppendPush(spend.script_sig, public_key);
    return spend;
}

}  // namespace utxo
