#include "utxo/script.h"

#include <array>
#include <string>

#include "base/check.h"

namespace utxo {

namespace {

constexpr std::uint8_t kPush20 = 0x14;
constexpr std::uint8_t kPush33 = 0x21;
constexpr std::uint8_t kPush65 = 0x41;
constexpr std::uint8_t kPushData1 = 0x4c;
constexpr std::uint8_t kOne = 0x51;
constexpr std::uint8_t kSixteen = 0x60;
constexpr std::uint8_t kReturn = 0x6a;
constexpr std::uint8_t kDup = 0x76;
constexpr std::uint8_t kEqual = 0x87;
constexpr std::uint8_t kEqualVerify = 0x88;
constexpr std::uint8_t kHash160 = 0xa9;
constexpr std::uint8_t kCheckSig = 0xac;

bool IsKeyHash(base::ByteView script) {
    return script.size() == 25 && script[0] == kDup && script[1] == kHash160 &&
           script[2] == kPush20 && script[23] == kEqualVerify && script[24] == kCheckSig;
}

bool IsScriptHash(base::ByteView script) {
    return script.size() == 23 && script[0] == kHash160 && script[1] == kPush20 &&
           script[22] == kEqual;
}

bool IsBareKey(base::ByteView script) {
    return script.size() > 1 && (script[0] == kPush33 || script[0] == kPush65) &&
           script.size() == std::size_t{script[0]} + 2 && script.back() == kCheckSig &&
           crypto::Secp256k1PublicKey::Parse(script.subspan(1, script[0])).has_value();
}

ScriptType TypeOfProgram(const WitnessProgram& witness) {
    if (witness.version == 0) {
        if (witness.program.size() == 20) {
            return ScriptType::kP2wpkh;
        }
        // BIP-141: every other size of version 0 can never be spent.
        return witness.program.size() == 32 ? ScriptType::kP2wsh : ScriptType::kOther;
    }
    return witness.version == 1 && witness.program.size() == 32 ? ScriptType::kP2tr
                                                                : ScriptType::kWitness;
}

struct TypeName {
    ScriptType type;
    std::string_view name;
};

constexpr std::array<TypeName, 9> kTypeNames = {{
    {ScriptType::kP2pk, "p2pk"},
    {ScriptType::kP2pkh, "p2pkh"},
    {ScriptType::kP2sh, "p2sh"},
    {ScriptType::kP2wpkh, "p2wpkh"},
    {ScriptType::kP2wsh, "p2wsh"},
    {ScriptType::kP2tr, "p2tr"},
    {ScriptType::kWitness, "witness"},
    {ScriptType::kData, "data"},
    {ScriptType::kOther, "other"},
}};

}  // namespace

ScriptType TypeOfScript(base::ByteView script) {
    if (IsKeyHash(script)) {
        return ScriptType::kP2pkh;
    }
    if (IsScriptHash(script)) {
        return ScriptType::kP2sh;
    }
    if (const auto witness = ReadWitnessProgram(script)) {
        return TypeOfProgram(*witness);
    }
    if (IsBareKey(script)) {
        return ScriptType::kP2pk;
    }
    return !script.empty() && script[0] == kReturn ? ScriptType::kData : ScriptType::kOther;
}

std::string_view ScriptTypeName(ScriptType type) {
    for (const TypeName& row : kTypeNames) {
        if (row.type == type) {
            return row.name;
        }
    }
    return "other";
}

base::Result<ScriptType> ParseScriptType(std::string_view name) {
    for (const TypeName& row : kTypeNames) {
        if (row.name == name) {
            return row.type;
        }
    }
    return base::InvalidArgument("unsupported_script_type",
                                 "there is no script type " + std::string(name));
}

std::optional<WitnessProgram> ReadWitnessProgram(base::ByteView script) {
    if (script.size() < 4 || script.size() > 42 || std::size_t{script[1]} + 2 != script.size()) {
        return std::nullopt;
    }
    WitnessProgram witness;
    if (script[0] >= kOne && script[0] <= kSixteen) {
        witness.version = static_cast<std::uint8_t>(script[0] - kOne + 1);
    } else if (script[0] != 0) {
        return std::nullopt;
    }
    witness.program = base::ToBytes(script.subspan(2));
    return witness;
}

base::Bytes PayToKeyHash(const crypto::Hash160Bytes& key_hash) {
    base::Bytes script{kDup, kHash160, kPush20};
    base::Append(script, key_hash);
    script.push_back(kEqualVerify);
    script.push_back(kCheckSig);
    return script;
}

base::Bytes PayToScriptHash(const crypto::Hash160Bytes& script_hash) {
    base::Bytes script{kHash160, kPush20};
    base::Append(script, script_hash);
    script.push_back(kEqual);
    return script;
}

base::Bytes PayToWitness(const WitnessProgram& program) {
    base::Bytes script;
    script.push_back(program.version == 0 ? std::uint8_t{0}
                                          : static_cast<std::uint8_t>(kOne + program.version - 1));
    script.push_back(static_cast<std::uint8_t>(program.program.size()));
    base::Append(script, program.program);
    return script;
}

base::Bytes PayToTaproot(const crypto::XOnlyKey& output_key) {
    return PayToWitness({1, base::ToBytes(output_key)});
}

base::Result<base::Bytes> ScriptOfKey(const crypto::Secp256k1PublicKey& key, ScriptType type) {
    const crypto::Hash160Bytes key_hash = crypto::Hash160(key.Compressed());
    switch (type) {
        case ScriptType::kP2pkh:
            return PayToKeyHash(key_hash);
        case ScriptType::kP2wpkh:
            return PayToWitness({0, base::ToBytes(key_hash)});
        case ScriptType::kP2sh:
            return PayToScriptHash(crypto::Hash160(PayToWitness({0, base::ToBytes(key_hash)})));
        case ScriptType::kP2tr: {
            BASE_ASSIGN_OR_RETURN(const crypto::TaprootOutput output,
                                  crypto::TaprootOutputKey(key.XOnly(), std::nullopt));
            return PayToTaproot(output.key);
        }
        case ScriptType::kP2pk: {
            base::Bytes script;
            AppendPush(script, key.Compressed());
            script.push_back(kCheckSig);
            return script;
        }
        case ScriptType::kP2wsh:
        case ScriptType::kWitness:
        case ScriptType::kData:
        case ScriptType::kOther:
            break;
    }
    return base::InvalidArgument(
        "unsupported_script_type",
        "one key alone has no script of type " + std::string(ScriptTypeName(type)));
}

crypto::Hash160Bytes HashOfScript(base::ByteView script) {
    switch (TypeOfScript(script)) {
        case ScriptType::kP2pkh:
            return base::ToArray<20>(script.subspan(3, 20));
        case ScriptType::kP2sh:
        case ScriptType::kP2wpkh:
            return base::ToArray<20>(script.subspan(2, 20));
        case ScriptType::kP2pk:
        case ScriptType::kP2wsh:
        case ScriptType::kP2tr:
        case ScriptType::kWitness:
        case ScriptType::kData:
        case ScriptType::kOther:
            break;
    }
    BASE_CHECK(false);
    return {};
}

void AppendPush(base::Bytes& script, base::ByteView data) {
    BASE_CHECK(data.size() <= 0xff);
    if (data.size() >= kPushData1) {
        script.push_back(kPushData1);
    }
    script.push_back(static_cast<std::uint8_t>(data.size()));
    base::Append(script, data);
}

}  // namespace utxo
