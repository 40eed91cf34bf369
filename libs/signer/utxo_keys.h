// Keys and addresses of the UTXO chains inside the signer. A wallet here is one key: it receives on
// one address, and its change comes back to it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/bip32.h"
#include "secret/secret.h"
#include "utxo/ground.h"
#include "utxo/script.h"

namespace signer {

// What other wallets derive: BIP-84 on Bitcoin, BIP-44 on Zcash, account 0, the receiving chain.
[[nodiscard]] base::Result<crypto::DerivationPath> UtxoStandardPath(const utxo::Ground& ground,
                                                                    std::uint32_t index);

// The address type of a path's purpose (BIP-44, 49, 84, 86). Errors: `bad_path` for another purpose
// or one whose outputs are not spendable here.
[[nodiscard]] base::Result<utxo::ScriptType> TypeOfPath(const utxo::Ground& ground,
                                                        const crypto::DerivationPath& path);

[[nodiscard]] base::Result<std::string> UtxoAddressOf(const secret::Bytes& key,
                                                      const utxo::Ground& ground,
                                                      utxo::ScriptType type);

// Whether the key is the one that spends what this address receives.
[[nodiscard]] base::Result<bool> OwnsUtxoAddress(const secret::Bytes& key,
                                                 const utxo::Ground& ground,
                                                 std::string_view address);

// Wallet import format, of compressed keys alone. Errors: `bad_key`, whose detail never repeats any
// of it.
[[nodiscard]] base::Result<secret::Bytes> ReadWif(const secret::String& text,
                                                  const utxo::Ground& ground);
[[nodiscard]] base::Result<secret::String> WriteWif(const secret::Bytes& key,
                                                    const utxo::Ground& ground);

}  // namespace signer
