// Hierarchical deterministic Ed25519 keys (SLIP-0010), hardened children only. Thread-safe.
#pragma once

#include "base/result.h"
#include "crypto/bip32.h"
#include "crypto/hash.h"
#include "secret/secret.h"

namespace crypto {

struct Slip10Key {
    secret::Bytes seed;  // 32 bytes: the private key as ed25519.h takes it
    Hash256 chain_code{};
};

// Errors: `bad_seed` unless the master seed has 16 to 64 bytes; `bad_path` for a step that is not
// hardened.
[[nodiscard]] base::Result<Slip10Key> Slip10Derive(const secret::Bytes& master_seed,
                                                   const DerivationPath& path);

}  // namespace crypto
