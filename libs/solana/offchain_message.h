// Messages off the chain, signed with the key of an address: the text behind a header that begins
// with 0xff, which no transaction does (docs.anza.xyz/proposals/off-chain-message-signing, version
// 0). Pure.
#pragma once

#include <cstddef>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/ed25519.h"
#include "secret/secret.h"
#include "solana/pubkey.h"

namespace solana {

// What is signed: header with an empty application domain and this one signer, then the text.
// Errors: `bad_message` for a text that is empty, no UTF-8, too long for its format, or could pass
// for a transaction (see IsTransaction).
[[nodiscard]] base::Result<base::Bytes> EncodeOffchainMessage(base::ByteView text,
                                                              const Pubkey& signer);

// The shorter header, without domain and signers, that `solana sign-offchain-message` has written
// so far: read, never made. Errors: as above.
[[nodiscard]] base::Result<base::Bytes> EncodeShortOffchainMessage(base::ByteView text);

// Errors: those of EncodeOffchainMessage, `bad_private_key`.
[[nodiscard]] base::Result<crypto::Ed25519Signature> SignOffchainMessage(base::ByteView text,
                                                                         const secret::Bytes& seed);

// With either header. Errors: those of EncodeOffchainMessage.
[[nodiscard]] base::Result<bool> VerifyOffchainMessage(base::ByteView text,
                                                       const Pubkey& signer,
                                                       const crypto::Ed25519Signature& signature);

// A transaction or the message of one, as bytes or as their text in base58, base64 or hex. Nobody
// means to sign one as a text, whatever header goes before it.
[[nodiscard]] bool IsTransaction(base::ByteView text);

}  // namespace solana
