// Keys as people bring and take them, and the address each network gives a key. Runs inside the
// signer alone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "secret/secret.h"
#include "signer/messages.h"

namespace signer {

struct WalletKey {
    secret::Bytes key;
    std::string address;  // canonical
    std::string path;     // empty where the key has none
};

// A fresh English mnemonic of 24 words.
[[nodiscard]] base::Result<secret::String> NewMnemonic();

// The key at the network's standard path (BIP-44) with this index. Errors: `unsupported_network`,
// `bad_mnemonic`.
[[nodiscard]] base::Result<WalletKey> DeriveFromMnemonic(const secret::String& mnemonic,
                                                         std::string_view network,
                                                         std::uint32_t index);

// Errors: `bad_key`, whose detail never repeats any of it; `bad_path`; `unsupported_network`.
[[nodiscard]] base::Result<WalletKey> ReadImportedKey(const ImportKey& request);

// The standard address of a raw private key on a network. Errors: `unsupported_network`,
// `bad_private_key`.
[[nodiscard]] base::Result<std::string> AddressOfKey(const secret::Bytes& key,
                                                     std::string_view network);

// Whether the key is this address's; on Bitcoin a key has several. Errors: as above.
[[nodiscard]] base::Result<bool> OwnsAddress(const secret::Bytes& key,
                                             std::string_view network,
                                             std::string_view address);

// A raw private key as other wallets of the network read it. Errors: `unsupported_network`.
[[nodiscard]] base::Result<secret::String> WriteExportedKey(const secret::Bytes& key,
                                                            std::string_view network);

}  // namespace signer
