#include <array>
#include <optional>
#include <utility>

#include "base/hex.h"
#include "crypto/aes_gcm.h"
#include "crypto/bcrypt.h"
#include "crypto/bech32.h"
#include "crypto/hash.h"
#include "crypto/schnorr.h"
#include "crypto/secp256k1.h"
#include "vectors/oracle.h"

namespace oracle {

namespace {

using base::HexEncode;

Answer GcmEncrypt(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const auto key, SecretHex(in, "key"));
    BASE_ASSIGN_OR_RETURN(const auto nonce, HexArray<crypto::kGcmNonceSize>(in, "iv"));
    BASE_ASSIGN_OR_RETURN(const auto associated, Hex(in, "aad"));
    BASE_ASSIGN_OR_RETURN(const auto message, SecretHex(in, "msg"));
    BASE_ASSIGN_OR_RETURN(const auto sealed, crypto::AesGcmSeal(key, nonce, associated, message));
    const base::ByteView view = sealed;
    return Ok({{"ct", HexEncode(view.first(message.size()))},
               {"tag", HexEncode(view.last(crypto::kGcmTagSize))}});
}

Answer GcmDecrypt(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const auto key, SecretHex(in, "key"));
    BASE_ASSIGN_OR_RETURN(const auto nonce, HexArray<crypto::kGcmNonceSize>(in, "iv"));
    BASE_ASSIGN_OR_RETURN(const auto associated, Hex(in, "aad"));
    BASE_ASSIGN_OR_RETURN(auto sealed, Hex(in, "ct"));
    BASE_ASSIGN_OR_RETURN(const auto tag, HexArray<crypto::kGcmTagSize>(in, "tag"));
    base::Append(sealed, tag);
    BASE_ASSIGN_OR_RETURN(const auto message, crypto::AesGcmOpen(key, nonce, associated, sealed));
    return Ok({{"msg", HexEncode(message.Expose())}});
}

base::Result<secret::String> Password(const Json& in) {
    BASE_ASSIGN_OR_RETURN(auto bytes, SecretHex(in, "password_hex"));
    return secret::String(std::move(bytes));
}

Answer BcryptVerify(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const auto password, Password(in));
    BASE_ASSIGN_OR_RETURN(const bool match, crypto::BcryptVerify(password, Text(in, "hash")));
    return Ok({{"match", match}});
}

Answer BcryptHash(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const auto password, Password(in));
    BASE_ASSIGN_OR_RETURN(const auto hash, crypto::BcryptHashWith(password, Text(in, "setting")));
    return Ok({{"hash", hash}});
}

Answer Keccak256(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const auto data, Hex(in, "data"));
    return Ok({{"hash", HexEncode(crypto::Keccak256(data))}});
}

Answer EcdsaSign(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const auto key, SecretHex(in, "private_key"));
    crypto::Hash256 digest{};
    if (in.contains("hash")) {
        BASE_ASSIGN_OR_RETURN(digest, HexArray<32>(in, "hash"));
    } else {
        digest = crypto::Sha256(base::AsBytes(Text(in, "message")));
    }
    const auto low_r = in.value("low_r", false) ? crypto::LowR::kYes : crypto::LowR::kNo;
    BASE_ASSIGN_OR_RETURN(const auto signature, crypto::EcdsaSign(key, digest, low_r));
    return Ok({{"r", HexEncode(signature.r)},
               {"s", HexEncode(signature.s)},
               {"recovery_id", signature.recovery_id},
               {"der", HexEncode(crypto::EcdsaToDer(signature))}});
}

Answer SchnorrSign(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const auto key, SecretHex(in, "private_key"));
    BASE_ASSIGN_OR_RETURN(const auto message, Hex(in, "message"));
    base::ByteArray<32> aux{};
    if (in.contains("aux_rand")) {
        BASE_ASSIGN_OR_RETURN(aux, HexArray<32>(in, "aux_rand"));
    }
    BASE_ASSIGN_OR_RETURN(const auto signature, crypto::SchnorrSign(key, message, aux));
    BASE_ASSIGN_OR_RETURN(const auto public_key, crypto::Secp256k1PublicKey::FromPrivate(key));
    return Ok({{"public_key", HexEncode(public_key.XOnly())}, {"signature", HexEncode(signature)}});
}

Answer SchnorrVerify(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const auto key, HexArray<32>(in, "public_key"));
    BASE_ASSIGN_OR_RETURN(const auto message, Hex(in, "message"));
    BASE_ASSIGN_OR_RETURN(const auto signature, HexArray<64>(in, "signature"));
    return Ok({{"valid", crypto::SchnorrVerify(key, message, signature)}});
}

base::Result<std::optional<crypto::Hash256>> MerkleRoot(const Json& in) {
    if (!in.contains("merkle_root") || in.at("merkle_root").is_null()) {
        return std::optional<crypto::Hash256>();
    }
    BASE_ASSIGN_OR_RETURN(const auto root, HexArray<32>(in, "merkle_root"));
    return std::optional<crypto::Hash256>(root);
}

Answer TaprootOutput(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const auto internal_key, HexArray<32>(in, "internal_pubkey"));
    BASE_ASSIGN_OR_RETURN(const auto root, MerkleRoot(in));
    BASE_ASSIGN_OR_RETURN(const auto output, crypto::TaprootOutputKey(internal_key, root));
    // Witness version 1 and 32 bytes (BIP341), as an address by BIP350.
    crypto::Bech32Text address{"bc", {1}, crypto::Bech32Variant::kBech32m};
    base::Append(address.data, crypto::ToFiveBits(output.key));
    BASE_ASSIGN_OR_RETURN(const auto text, crypto::Bech32Encode(address));
    return Ok({{"tweak", HexEncode(output.tweak)},
               {"tweaked_pubkey", HexEncode(output.key)},
               {"script_pubkey", "5120" + HexEncode(output.key)},
               {"address", text}});
}

Answer TaprootTweakSecret(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const auto key, SecretHex(in, "private_key"));
    BASE_ASSIGN_OR_RETURN(const auto root, MerkleRoot(in));
    BASE_ASSIGN_OR_RETURN(const auto tweaked, crypto::TaprootPrivateKey(key, root));
    BASE_ASSIGN_OR_RETURN(const auto public_key, crypto::Secp256k1PublicKey::FromPrivate(key));
    return Ok({{"internal_pubkey", HexEncode(public_key.XOnly())},
               {"tweaked_private_key", HexEncode(tweaked.Expose())}});
}

}  // namespace

std::span<const Operation> CryptoOperations() {
    static constexpr auto table = std::to_array<Operation>({
        {"aes256gcm.encrypt", GcmEncrypt},
        {"aes256gcm.decrypt", GcmDecrypt},
        {"bcrypt.verify", BcryptVerify},
        {"bcrypt.hash", BcryptHash},
        {"keccak256", Keccak256},
        {"ecdsa.sign_rfc6979", EcdsaSign},
        {"schnorr.sign", SchnorrSign},
        {"schnorr.verify", SchnorrVerify},
        {"btc.taproot_output", TaprootOutput},
        {"btc.taproot_tweak_seckey", TaprootTweakSecret},
    });
    return table;
}

}  // namespace oracle
