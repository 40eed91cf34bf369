// The sealed form of a private key or mnemonic, one text value:
//
//     v1.<kek id>.<wrapped data key>.<nonce>.<ciphertext+tag>      (binary parts in hex)
//
// AES-256-GCM twice: a fresh data key for each envelope, wrapped by a key-encryption key. The
// associated data of both are the length-prefixed parts of the label, so that a row that is moved,
// swapped or edited does not open. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "keyvault/kek_set.h"
#include "secret/secret.h"

namespace keyvault {

enum class SecretType {
    kPrivateKey,  // of a wallet's default address
    kMnemonic,    // of a user; its label has no wallet, network and address
};

// What the secret is and whose it is. Not secret itself.
struct Label {
    SecretType type = SecretType::kPrivateKey;
    std::string wallet_id;
    std::string user_id;
    std::string network;  // CAIP-2
    std::string address;
};

// Errors: `unknown_kek`.
[[nodiscard]] base::Result<std::string> Seal(const KekSet& keks,
                                             int version,
                                             const Label& label,
                                             const secret::Bytes& plaintext);

// Errors: `bad_envelope` for a text of another form; `unknown_kek`; `decryption_failed` where key,
// label or any part of the text is not the sealed one.
[[nodiscard]] base::Result<secret::Bytes> Open(const KekSet& keks,
                                               const Label& label,
                                               std::string_view envelope);

// The same secret with its data key wrapped by another key-encryption key. Errors: as Open.
[[nodiscard]] base::Result<std::string> Rewrap(const KekSet& keks,
                                               int version,
                                               const Label& label,
                                               std::string_view envelope);

// Which key-encryption key wraps it. Errors: `bad_envelope`.
[[nodiscard]] base::Result<int> KekVersionOf(std::string_view envelope);

}  // namespace keyvault
