// Signed messages: personal messages (EIP-191, version 0x45) and typed data (EIP-712). There is no
// function that signs a hash that came from outside.
#pragma once

#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/hash.h"
#include "evm/address.h"
#include "money/uint256.h"
#include "secret/secret.h"

namespace evm {

// r || s || v with v 27 or 28.
using MessageSignature = base::ByteArray<65>;

// The length in the prefix counts bytes.
[[nodiscard]] crypto::Hash256 PersonalMessageHash(base::ByteView message);

// Errors: `bad_private_key`.
[[nodiscard]] base::Result<MessageSignature> SignPersonalMessage(base::ByteView message,
                                                                 const secret::Bytes& private_key);

// The signer. v may also be 0 or 1; a high s is refused. Errors: `bad_signature`.
[[nodiscard]] base::Result<Address> RecoverPersonalMessage(base::ByteView message,
                                                           base::ByteView signature);

// What typed data hashes to, and what a policy looks at.
struct TypedData {
    std::string primary_type;
    std::string encode_type;  // "Mail(Person from,Person to,string contents)Person(...)"
    std::optional<money::UInt256> chain_id;     // of the domain
    std::optional<Address> verifying_contract;  // of the domain
    crypto::Hash256 domain_separator{};
    crypto::Hash256 struct_hash{};
    crypto::Hash256 digest{};
};

// {"types", "primaryType", "domain", "message"}, with EIP712Domain among the types. Every declared
// field must be there; fields that are not declared are not signed. Errors: `bad_typed_data`,
// `bad_abi_type`, `bad_abi_value`, `bad_address`, `bad_checksum`.
[[nodiscard]] base::Result<TypedData> ReadTypedData(const nlohmann::json& typed_data);

// Errors: those of ReadTypedData, `bad_private_key`.
[[nodiscard]] base::Result<MessageSignature> SignTypedData(const nlohmann::json& typed_data,
                                                           const secret::Bytes& private_key);

// The signer, as RecoverPersonalMessage. Errors: `bad_signature`.
[[nodiscard]] base::Result<Address> RecoverTypedData(const TypedData& data,
                                                     base::ByteView signature);

// Whether the signature would let somebody take tokens: EIP-2612's permits and those of their
// kind, all of Permit2's, EIP-3009's transfers, and whatever names a spender.
[[nodiscard]] bool IsTokenPermit(const TypedData& data);

}  // namespace evm
