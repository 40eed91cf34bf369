// Ethereum's keys: BIP-44 derivation (coin type 60), import, addresses.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "crypto/bip32.h"
#include "evm/address.h"
#include "secret/secret.h"

namespace evm {

// m/44'/60'/0'/0/index. The index is below 2^31.
[[nodiscard]] crypto::DerivationPath DefaultPath(std::uint32_t index);

// The private key at `path` of a BIP-39 seed. Errors: `bad_seed`, `bad_path`, `bad_child`.
[[nodiscard]] base::Result<secret::Bytes> DeriveKey(const secret::Bytes& seed,
                                                    const crypto::DerivationPath& path);

// 64 hex digits, 0x before them or not. Errors: `bad_key`, which never repeats the text.
[[nodiscard]] base::Result<secret::Bytes> ImportPrivateKey(const secret::String& text);

// The words are checked. Errors: `bad_key`, which never repeats a word; `bad_path`.
[[nodiscard]] base::Result<secret::Bytes> ImportMnemonic(const secret::String& mnemonic,
                                                         const secret::String& passphrase,
                                                         const crypto::DerivationPath& path);

// Errors: `bad_private_key`.
[[nodiscard]] base::Result<Address> AddressOfKey(const secret::Bytes& private_key);

}  // namespace evm
