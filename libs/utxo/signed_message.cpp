#include "utxo/signed_message.h"

#include <cstdint>

#include "crypto/base64.h"
#include "crypto/secp256k1.h"
#include "utxo/script.h"
#include "utxo/wire.h"

namespace utxo {

namespace {

constexpr std::size_t kHeaderSignatureSize = 65;
constexpr std::uint8_t kUncompressed = 27;  // to 30
constexpr std::uint8_t kCompressed = 31;    // to 34
constexpr std::uint8_t kNested = 35;        // to 38: BIP-137, P2SH around P2WPKH
constexpr std::uint8_t kWitness = 39;       // to 42: BIP-137, P2WPKH
constexpr std::uint8_t kHeaderEnd = 43;

base::Error BadSignature(const char* detail) {
    return base::InvalidArgument("bad_signature", detail);
}

base::Error UnsupportedScript(ScriptType type) {
    return base::InvalidArgument("unsupported_script_type",
                                 "messages are not signed this way for addresses of type " +
                                     std::string(ScriptTypeName(type)));
}

base::Result<std::uint8_t> HeaderOf(const TxFormat& format, ScriptType type) {
    if (type == ScriptType::kP2pkh) {
        return kCompressed;
    }
    if (&format == &BitcoinFormat() && type == ScriptType::kP2sh) {
        return kNested;
    }
    if (&format == &BitcoinFormat() && type == ScriptType::kP2wpkh) {
        return kWitness;
    }
    return UnsupportedScript(type);
}

bool IsHeaderOf(std::uint8_t first, std::uint8_t header) {
    constexpr std::uint8_t kRecoveryIds = 4;
    return header >= first && header < first + kRecoveryIds;
}

}  // namespace

crypto::Hash256 SignedMessageHash(const TxFormat& format, base::ByteView message) {
    const std::string_view prefix =
        &format == &BitcoinFormat() ? "Bitcoin Signed Message:\n" : "Zcash Signed Message:\n";
    Writer writer;
    writer.Block(base::AsBytes(prefix));
    writer.Block(message);
    return crypto::DoubleSha256(writer.bytes());
}

base::Result<std::string> SignWithHeader(const TxFormat& format,
                                         base::ByteView script,
                                         base::ByteView message,
                                         const secret::Bytes& key) {
    const ScriptType type = TypeOfScript(script);
    BASE_ASSIGN_OR_RETURN(const std::uint8_t header, HeaderOf(format, type));
    BASE_ASSIGN_OR_RETURN(const auto public_key, crypto::Secp256k1PublicKey::FromPrivate(key));
    BASE_ASSIGN_OR_RETURN(const base::Bytes own, ScriptOfKey(public_key, type));
    if (!base::Equal(own, script)) {
        return base::PermissionDenied("key_mismatch", "the key is not this address's");
    }
    BASE_ASSIGN_OR_RETURN(const auto parts,
                          crypto::EcdsaSign(key, SignedMessageHash(format, message)));
    base::Bytes signature{static_cast<std::uint8_t>(header + parts.recovery_id)};
    base::Append(signature, parts.r);
    base::Append(signature, parts.s);
    return crypto::Base64Encode(signature);
}

base::Result<bool> VerifyWithHeader(const TxFormat& format,
                                    base::ByteView script,
                                    base::ByteView message,
                                    std::string_view signature) {
    const ScriptType type = TypeOfScript(script);
    BASE_ASSIGN_OR_RETURN(const std::uint8_t own_header, HeaderOf(format, type));
    const auto bytes = crypto::Base64Decode(signature);
    if (!bytes || bytes->size() != kHeaderSignatureSize) {
        return BadSignature("a signature of this form is base64 of 65 bytes");
    }
    const std::uint8_t header = bytes->front();
    const bool uncompressed = IsHeaderOf(kUncompressed, header);
    if (uncompressed ? type != ScriptType::kP2pkh
                     : !IsHeaderOf(own_header, header) && !IsHeaderOf(kCompressed, header)) {
        return BadSignature("the signature's first byte is not one of this address type");
    }
    crypto::EcdsaSignature parts;
    parts.r = base::ToArray<32>(base::ByteView(*bytes).subspan(1, 32));
    parts.s = base::ToArray<32>(base::ByteView(*bytes).subspan(33, 32));
    parts.recovery_id = static_cast<std::uint8_t>((header - kUncompressed) % 4);
    const auto key = crypto::EcdsaRecover(SignedMessageHash(format, message), parts);
    if (!key) {
        return false;
    }
    if (uncompressed) {
        return PayToKeyHash(crypto::Hash160(key->Uncompressed())) == base::ToBytes(script);
    }
    BASE_ASSIGN_OR_RETURN(const base::Bytes of_key, ScriptOfKey(*key, type));
    return base::Equal(of_key, script);
}

bool HasHeader(std::string_view signature) {
    const auto bytes = crypto::Base64Decode(signature);
    return bytes && bytes->size() == kHeaderSignatureSize && bytes->front() >= kUncompressed &&
           bytes->front() < kHeaderEnd;
}

}  // namespace utxo
