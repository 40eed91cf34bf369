// Addresses of Bitcoin and Zcash: text to script and back, with a reason for every refusal.
//
// Errors of parsing: `bad_address` (it is none), `bad_checksum` (mistyped), `wrong_network` (of
// another network or chain; the detail says which), `shielded_only` (a Zcash address that no
// transparent output can pay).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "utxo/network.h"
#include "utxo/script.h"

namespace utxo {

enum class AddressForm {
    kPlain,    // the script's own form
    kTex,      // ZIP-320: P2PKH that must be paid from transparent coins alone, as ours are
    kUnified,  // ZIP-316, with a transparent receiver
};

struct Address {
    AddressForm form = AddressForm::kPlain;
    base::Bytes script;
    std::string canonical;  // bech32 in lower case; else as given
};

// "p2wpkh"; "tex" and "unified" for those forms.
[[nodiscard]] std::string_view AddressTypeName(const Address& address);

[[nodiscard]] base::Result<Address> ParseBitcoinAddress(std::string_view text, Network network);

// Errors: `no_address`: scripts of this type have none.
[[nodiscard]] base::Result<std::string> BitcoinAddressOf(base::ByteView script, Network network);

[[nodiscard]] base::Result<Address> ParseZcashAddress(std::string_view text, Network network);

// t1, t3, tm or t2. Errors: `no_address`.
[[nodiscard]] base::Result<std::string> ZcashAddressOf(base::ByteView script, Network network);

// ZIP-320.
[[nodiscard]] std::string ZcashTexAddress(const crypto::Hash160Bytes& key_hash, Network network);

// Whether money sent there can be spent again by somebody: refuses witness versions that have no
// meaning yet and taproot keys that are no points. Errors: `bad_address`.
[[nodiscard]] base::Result<> CheckPayable(const Address& address);

}  // namespace utxo
