// Hierarchical keys of UTXO wallets: BIP-44 (P2PKH), BIP-84 (P2WPKH) and BIP-86 (P2TR) paths.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "crypto/bip32.h"
#include "secret/secret.h"
#include "utxo/script.h"
#include "utxo/tx_format.h"

namespace utxo {

// m/purpose'/coin'/account'. Errors: `unsupported_script_type` for types without a purpose.
struct AccountId {
    ScriptType type = ScriptType::kP2wpkh;
    std::uint32_t coin_type = 0;
    std::uint32_t account = 0;
};

[[nodiscard]] base::Result<crypto::DerivationPath> AccountPath(const AccountId& id);

// The key below the account's. Errors: `bad_path` for a place that is hardened or not receive (0)
// or change (1).
[[nodiscard]] base::Result<crypto::ExtendedPrivateKey> KeyAt(
    const crypto::ExtendedPrivateKey& account, const KeyPlace& place);

// The same without the private key: for addresses. Errors: as above.
[[nodiscard]] base::Result<base::Bytes> ScriptAt(const crypto::ExtendedPublicKey& account,
                                                 ScriptType type,
                                                 const KeyPlace& place);

}  // namespace utxo
