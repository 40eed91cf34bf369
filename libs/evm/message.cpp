#include "evm/message.h"

#include <algorithm>

#include "crypto/secp256k1.h"

namespace evm {

namespace {

constexpr std::uint8_t kVOffset = 27;

base::Error BadSignature(const char* detail) {
    return base::InvalidArgument("bad_signature", detail);
}

base::Result<MessageSignature> Sign(const crypto::Hash256& digest,
                                    const secret::Bytes& private_key) {
    BASE_ASSIGN_OR_RETURN(const auto parts, crypto::EcdsaSign(private_key, digest));
    MessageSignature signature{};
    std::copy(parts.r.begin(), parts.r.end(), signature.begin());
    std::copy(parts.s.begin(), parts.s.end(), signature.begin() + 32);
    signature.back() = static_cast<std::uint8_t>(kVOffset + parts.recovery_id);
    return signature;
}

base::Result<Address> Recover(const crypto::Hash256& digest, base::ByteView signature) {
    if (signature.size() != std::tuple_size_v<MessageSignature>) {
        return BadSignature("a signature has 65 bytes");
    }
    crypto::EcdsaSignature parts;
    parts.r = base::ToArray<32>(signature.first(32));
    parts.s = base::ToArray<32>(signature.subspan(32, 32));
    const std::uint8_t v = signature.back();
    parts.recovery_id = v >= kVOffset ? static_cast<std::uint8_t>(v - kVOffset) : v;
    if (parts.recovery_id > 1) {
        return BadSignature("v is none of 0, 1, 27 and 28");
    }
    if (!crypto::IsLowS(parts.s)) {
        return BadSignature("s is not from 1 to half the group order");
    }
    BASE_ASSIGN_OR_RETURN(const auto key, crypto::EcdsaRecover(digest, parts));
    return Address::FromPublicKey(key);
}

}  // namespace

crypto::Hash256 PersonalMessageHash(base::ByteView message) {
    base::Bytes data =
        base::ToBytes(base::AsBytes("\x19"
                                    "Ethereum Signed Message:\n" +
                                    std::to_string(message.size())));
    base::Append(data, message);
    return crypto::Keccak256(data);
}

base::Result<MessageSignature> SignPersonalMessage(base::ByteView message,
                                                   const secret::Bytes& private_key) {
    return Sign(PersonalMessageHash(message), private_key);
}

base::Result<Address> RecoverPersonalMessage(base::ByteView message, base::ByteView signature) {
    return Recover(PersonalMessageHash(message), signature);
}

base::Result<Address> RecoverTypedData(const TypedData& data, base::ByteView signature) {
    return Recover(data.digest, signature);
}

base::Result<MessageSignature> SignTypedData(const nlohmann::json& typed_data,
                                             const secret::Bytes& private_key) {
    BASE_ASSIGN_OR_RETURN(const TypedData data, ReadTypedData(typed_data));
    return Sign(data.digest, private_key);
}

}  // namespace evm
