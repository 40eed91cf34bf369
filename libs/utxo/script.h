// Output scripts: the standard kinds, how they are made and told apart. A script here is its raw
// bytes, without a length before it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/hash.h"
#include "crypto/schnorr.h"
#include "crypto/secp256k1.h"

namespace utxo {

enum class ScriptType {
    kP2pk,     // bare public key, compressed or not
    kP2pkh,    // BIP-13's elder
    kP2sh,     // BIP-16
    kP2wpkh,   // BIP-141, version 0, 20 bytes
    kP2wsh,    // BIP-141, version 0, 32 bytes
    kP2tr,     // BIP-341, version 1, 32 bytes
    kWitness,  // any other witness program: anyone may spend it until a soft fork gives it a
               // meaning
    kData,     // OP_RETURN: nobody can spend it
    kOther,
};

[[nodiscard]] ScriptType TypeOfScript(base::ByteView script);

// "p2pkh".
[[nodiscard]] std::string_view ScriptTypeName(ScriptType type);

// Errors: `unsupported_script_type` for a name that is none of the above.
[[nodiscard]] base::Result<ScriptType> ParseScriptType(std::string_view name);

struct WitnessProgram {
    std::uint8_t version = 0;  // 0 to 16
    base::Bytes program;       // 2 to 40 bytes
};

// BIP-141, "Witness program". Empty where the script is none.
[[nodiscard]] std::optional<WitnessProgram> ReadWitnessProgram(base::ByteView script);

[[nodiscard]] base::Bytes PayToKeyHash(const crypto::Hash160Bytes& key_hash);
[[nodiscard]] base::Bytes PayToScriptHash(const crypto::Hash160Bytes& script_hash);
[[nodiscard]] base::Bytes PayToWitness(const WitnessProgram& program);
[[nodiscard]] base::Bytes PayToTaproot(const crypto::XOnlyKey& output_key);

// The script of that type that this one key can spend; of kP2sh the one around its P2WPKH script
// (BIP-49), of kP2tr the one without scripts (BIP-86). Errors: `unsupported_script_type`.
[[nodiscard]] base::Result<base::Bytes> ScriptOfKey(const crypto::Secp256k1PublicKey& key,
                                                    ScriptType type);

// The 20 bytes of a P2PKH, P2SH or P2WPKH script.
[[nodiscard]] crypto::Hash160Bytes HashOfScript(base::ByteView script);

// Appends the shortest opcode that pushes these bytes (at most 255).
void AppendPush(base::Bytes& script, base::ByteView data);

}  // namespace utxo
