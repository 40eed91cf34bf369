// Messages that a wallet signs, on every chain: what they are, which of them are never signed, the
// signature, and its check. What is hashed is computed here from the message; no function takes a
// digest. Pure; parsing is bounded by kContentMax.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "secret/secret.h"

namespace messages {

// Bytes of a message. Whole requests are smaller than 64 KiB, and hex takes two letters a byte.
inline constexpr std::size_t kContentMax = 30'000;

enum class Kind {
    kPersonal,        // "eip191": EIP-191, version 0x45 ("personal_sign")
    kTypedData,       // "eip712": EIP-712, the JSON text of eth_signTypedData_v4
    kBitcoinLegacy,   // "bitcoin_legacy": Bitcoin Core's signmessage, BIP-137
    kBip322,          // "bip322": the simple form
    kZcashLegacy,     // "zcash_legacy": zcashd's signmessage
    kSolanaOffchain,  // "solana_offchain": behind the header that begins with 0xff
};

// As in MessageAction of order.proto.
[[nodiscard]] std::string_view KindName(Kind kind);
// Errors: `unknown_format`, naming what there is.
[[nodiscard]] base::Result<Kind> ParseKind(std::string_view name);

struct Message {
    Kind kind = Kind::kPersonal;
    std::string network;  // CAIP-2, of the wallet or the address
    base::Bytes content;  // as it was given: text, bytes, or JSON text
};

// What a policy looks at.
struct TypedDataTerms {
    std::string contract;  // verifying contract, canonical; empty = the domain names none
    std::string primary_type;
};

// What this network signs, without more being said, for this address: BIP-322 for Bitcoin's segwit
// addresses, the header form for P2PKH. Errors: `unsupported_network`, those of parsing addresses.
[[nodiscard]] base::Result<Kind> StandardKind(std::string_view network, std::string_view address);

// What a message must be before a wallet signs it: of a kind of its network, not too long, no
// permit to take tokens, no transaction, typed data of this very chain. Empty terms but for typed
// data. Errors: `unknown_format`, `message_too_long`, `permit_refused`, `wrong_network`,
// `bad_message`, those of evm::ReadTypedData.
[[nodiscard]] base::Result<std::optional<TypedDataTerms>> CheckSignable(const Message& message);

// The signature as text: 0x-hex, base64 or base58. It is verified before it is returned. Errors:
// those of CheckSignable; `unsupported_script_type`, `key_mismatch`, `bad_private_key`.
[[nodiscard]] base::Result<std::string> Sign(const Message& message,
                                             const std::string& address,
                                             const secret::Bytes& key);

// What somebody says: that this address signed this message.
struct Claim {
    std::optional<Kind> kind;  // none = as the signature tells
    std::string network;
    base::Bytes content;
    std::string address;  // anybody's
    std::string signature;
};

struct Verdict {
    bool valid = false;
    std::string address;  // canonical where it is one
    std::string_view
        reason;  // empty where valid: bad_address, wrong_network, bad_checksum,
                 // shielded_only, bad_signature, unsupported_script_type, not_signed_by
};

// Errors are about the message alone: `unknown_format`, `message_too_long`, `bad_message`, those of
// evm::ReadTypedData.
[[nodiscard]] base::Result<Verdict> Verify(const Claim& claim);

}  // namespace messages
