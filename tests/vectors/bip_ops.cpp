#include <array>
#include <utility>

#include "base/hex.h"
#include "crypto/base58.h"
#include "crypto/bip32.h"
#include "crypto/bip39.h"
#include "crypto/ed25519.h"
#include "crypto/slip10.h"
#include "vectors/oracle.h"

namespace oracle {

namespace {

using base::HexEncode;

Answer MnemonicSeed(const Json& in) {
    const secret::String mnemonic = SecretText(in, "mnemonic");
    BASE_ASSIGN_OR_RETURN(const auto seed,
                          crypto::MnemonicToSeed(mnemonic, SecretText(in, "passphrase")));
    BASE_ASSIGN_OR_RETURN(const auto master, crypto::ExtendedPrivateKey::FromSeed(seed));
    Json out = {{"seed", HexEncode(seed.Expose())},
                {"xprv", master.Serialize(crypto::KeyPrefix::kX).Expose()}};
    // Seeds of other languages' mnemonics have no entropy by the English list.
    if (const auto entropy = crypto::MnemonicToEntropy(mnemonic)) {
        out["entropy"] = HexEncode(entropy->Expose());
    }
    return Ok(std::move(out));
}

Answer MnemonicFromEntropy(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const auto entropy, SecretHex(in, "entropy"));
    BASE_ASSIGN_OR_RETURN(const auto mnemonic, crypto::MnemonicFromEntropy(entropy));
    return Ok({{"mnemonic", mnemonic.Expose()}});
}

Answer MnemonicValidate(const Json& in) {
    BASE_RETURN_IF_ERROR(crypto::MnemonicToEntropy(secret::String(Text(in, "mnemonic"))));
    return Ok({{"valid", true}});
}

Answer Bip32Derive(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const auto seed, SecretHex(in, "seed"));
    BASE_ASSIGN_OR_RETURN(const auto path, crypto::ParsePath(Text(in, "path")));
    BASE_ASSIGN_OR_RETURN(const auto master, crypto::ExtendedPrivateKey::FromSeed(seed));
    BASE_ASSIGN_OR_RETURN(const auto key, master.Derive(path));
    BASE_ASSIGN_OR_RETURN(const auto public_key, key.Neuter());
    return Ok({{"xprv", key.Serialize(crypto::KeyPrefix::kX).Expose()},
               {"xpub", public_key.Serialize(crypto::KeyPrefix::kX)},
               {"private_key", HexEncode(key.key.Expose())},
               {"public_key", HexEncode(public_key.key.Compressed())},
               {"chain_code", HexEncode(key.chain_code)},
               {"fingerprint", HexEncode(public_key.Fingerprint())},
               {"depth", key.origin.depth}});
}

Json Describe(const crypto::KeyOrigin& origin, const crypto::Hash256& chain_code) {
    return {{"depth", origin.depth},
            {"parent_fingerprint", HexEncode(origin.parent_fingerprint)},
            {"index", origin.index},
            {"chain_code", HexEncode(chain_code)}};
}

Answer Bip32Parse(const Json& in) {
    const std::string text = Text(in, "key");
    if (const auto parsed = crypto::ParseExtendedPublic(text)) {
        Json out = Describe(parsed->key.origin, parsed->key.chain_code);
        out["kind"] = "xpub";
        out["key"] = HexEncode(parsed->key.key.Compressed());
        return Ok(std::move(out));
    }
    BASE_ASSIGN_OR_RETURN(const auto parsed, crypto::ParseExtendedPrivate(secret::String(text)));
    Json out = Describe(parsed.key.origin, parsed.key.chain_code);
    out["kind"] = "xprv";
    out["key"] = HexEncode(parsed.key.key.Expose());
    return Ok(std::move(out));
}

Answer Slip10Ed25519(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const auto seed, SecretHex(in, "seed"));
    BASE_ASSIGN_OR_RETURN(const auto path, crypto::ParsePath(Text(in, "path")));
    BASE_ASSIGN_OR_RETURN(const auto key, crypto::Slip10Derive(seed, path));
    BASE_ASSIGN_OR_RETURN(const auto public_key, crypto::Ed25519PublicKeyOf(key.seed));
    return Ok({{"private_key", HexEncode(key.seed.Expose())},
               {"chain_code", HexEncode(key.chain_code)},
               {"public_key", HexEncode(public_key)}});
}

Answer SolanaDerive(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const auto seed, SeedIn(in));
    BASE_ASSIGN_OR_RETURN(const auto path, crypto::ParsePath(Text(in, "path")));
    BASE_ASSIGN_OR_RETURN(const auto key, crypto::Slip10Derive(seed, path));
    BASE_ASSIGN_OR_RETURN(const auto public_key, crypto::Ed25519PublicKeyOf(key.seed));
    base::Bytes both = base::ToBytes(key.seed.Expose());
    base::Append(both, public_key);
    return Ok({{"address", crypto::Base58Encode(public_key)},
               {"private_key", HexEncode(key.seed.Expose())},
               {"public_key", HexEncode(public_key)},
               {"secret_key_base58", crypto::Base58Encode(both)}});
}

}  // namespace

std::span<const Operation> BipOperations() {
    static constexpr auto table = std::to_array<Operation>({
        {"bip39.seed", MnemonicSeed},
        {"bip39.from_entropy", MnemonicFromEntropy},
        {"bip39.validate", MnemonicValidate},
        {"bip32.derive", Bip32Derive},
        {"bip32.parse", Bip32Parse},
        {"slip10.ed25519", Slip10Ed25519},
        {"solana.derive", SolanaDerive},
    });
    return table;
}

}  // namespace oracle
