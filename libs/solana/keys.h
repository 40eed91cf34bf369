// Solana's keys: SLIP-0010 derivation (coin type 501), import and export.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "crypto/bip32.h"
#include "secret/secret.h"
#include "solana/pubkey.h"

namespace solana {

// m/44'/501'/index'/0'. The index is below 2^31.
[[nodiscard]] crypto::DerivationPath DefaultPath(std::uint32_t index);

// The private key (32-byte seed) at `path` of a BIP-39 seed. Errors: `bad_seed`, `bad_path`.
[[nodiscard]] base::Result<secret::Bytes> DeriveKey(const secret::Bytes& seed,
                                                    const crypto::DerivationPath& path);

// What wallets export: base58 of seed || public key, or the list of its 64 numbers that
// solana-keygen writes. The public key must be the seed's. Errors: `bad_key`, which never repeats
// the text.
[[nodiscard]] base::Result<secret::Bytes> ImportSecretKey(const secret::String& text);

// base58 of seed || public key. Errors: `bad_private_key`.
[[nodiscard]] base::Result<secret::String> ExportSecretKey(const secret::Bytes& seed);

// Errors: `bad_private_key`.
[[nodiscard]] base::Result<Pubkey> AddressOfKey(const secret::Bytes& seed);

}  // namespace solana
