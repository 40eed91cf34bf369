// Signatures that spend one output with one key. Deterministic: RFC 6979 with low s, BIP-340 with
// the given auxiliary bytes; every signature is verified before it is returned.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/hash.h"
#include "crypto/secp256k1.h"
#include "secret/secret.h"
#include "utxo/transaction.h"

namespace utxo {

// Which input of a transaction is signed; `spent` are the outputs that all inputs spend, in order.
struct SpendTask {
    const Transaction& transaction;
    std::span<const Output> spent;
    std::size_t input = 0;
};

// Left alone in payments; the rest serves foreign transactions in tests.
struct SpendOptions {
    std::optional<std::uint32_t> hash_type;  // none = ALL, and DEFAULT for taproot
    crypto::LowR low_r = crypto::LowR::kNo;
    crypto::Hash256 taproot_aux{};
    std::optional<crypto::Hash256> taproot_root;  // none = a key without scripts (BIP-86)
};

// What goes into the signed input.
struct Spend {
    base::Bytes script_sig;
    std::vector<base::Bytes> witness;
};

// P2PK, P2PKH, P2SH around P2WPKH, P2WPKH and the key path of P2TR. Errors: `key_mismatch` where
// the key does not control the output; `unsupported_script_type`; `bad_private_key`.
[[nodiscard]] base::Result<Spend> SpendBitcoin(const SpendTask& task,
                                               const secret::Bytes& key,
                                               const SpendOptions& options = {});

// P2PKH of a transparent transaction, version 4 or 5. Errors: as above.
[[nodiscard]] base::Result<Spend> SpendZcash(const SpendTask& task,
                                             const secret::Bytes& key,
                                             const SpendOptions& options = {});

}  // namespace utxo
