// Messages signed with the key of an address, in two forms.
//
// Header form: base64 of one header byte and a recoverable ECDSA signature over the double SHA-256
// of a prefix and the message. Bitcoin Core's signmessage (P2PKH) and zcashd's; BIP-137 for
// P2SH-P2WPKH and P2WPKH.
//
// BIP-322, simple: base64 of the witness that would spend an output which no chain has and which
// commits to the message. P2WPKH and the key path of P2TR.
//
// Neither can be, or become, a signature of a transaction. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/hash.h"
#include "secret/secret.h"
#include "utxo/transaction.h"
#include "utxo/tx_format.h"

namespace utxo {

// What the header form signs, on this chain.
[[nodiscard]] crypto::Hash256 SignedMessageHash(const TxFormat& format, base::ByteView message);

// `script` = of the address. Errors: `unsupported_script_type`, `key_mismatch`, `bad_private_key`.
[[nodiscard]] base::Result<std::string> SignWithHeader(const TxFormat& format,
                                                       base::ByteView script,
                                                       base::ByteView message,
                                                       const secret::Bytes& key);

// False: the signature is another key's or message's. P2WPKH and P2SH are also recognised with
// P2PKH's header for compressed keys, as several wallets write it. Errors: `bad_signature` for what
// is none; `unsupported_script_type`.
[[nodiscard]] base::Result<bool> VerifyWithHeader(const TxFormat& format,
                                                  base::ByteView script,
                                                  base::ByteView message,
                                                  std::string_view signature);

// Whether it has the size and the first byte of the header form.
[[nodiscard]] bool HasHeader(std::string_view signature);

// BIP-322, "Full": the transaction whose output is spent, and the one that spends it.
[[nodiscard]] Transaction Bip322ToSpend(base::ByteView script, base::ByteView message);
[[nodiscard]] Transaction Bip322ToSign(const Transaction& to_spend);

// Errors: `unsupported_script_type`, `key_mismatch`, `bad_private_key`.
[[nodiscard]] base::Result<std::string> SignBip322(base::ByteView script,
                                                   base::ByteView message,
                                                   const secret::Bytes& key);

// With and without the variant's prefix "smp". False: another key's or message's. Errors:
// `bad_signature` for what is none, or of another variant; `unsupported_script_type`.
[[nodiscard]] base::Result<bool> VerifyBip322(base::ByteView script,
                                              base::ByteView message,
                                              std::string_view signature);

}  // namespace utxo
