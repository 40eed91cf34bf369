#include "utxo/fee.h"

#include <algorithm>
#include <string>

#include "money/amount.h"
#include "money/uint256.h"
#include "utxo/wire.h"

namespace utxo {

namespace {

constexpr std::size_t kWitnessScale = 4;
// Outpoint, empty script with its length, sequence.
constexpr std::size_t kInputBaseSize = 32 + 4 + 1 + 4;
// DER with a high r and a low s, and the hash type.
constexpr std::size_t kSignatureSize = 72;
constexpr std::size_t kKeySize = 33;
constexpr std::size_t kSchnorrSize = 64;

struct InputWeight {
    std::size_t script_sig = 0;  // bytes
    std::size_t witness = 0;     // bytes, its count included; 0 = none
};

base::Result<InputWeight> InputWeightOf(ScriptType type) {
    constexpr std::size_t kKeyHashWitness = 1 + 1 + kSignatureSize + 1 + kKeySize;
    switch (type) {
        case ScriptType::kP2pk:
            return InputWeight{1 + kSignatureSize, 0};
        case ScriptType::kP2pkh:
            return InputWeight{1 + kSignatureSize + 1 + kKeySize, 0};
        case ScriptType::kP2wpkh:
            return InputWeight{0, kKeyHashWitness};
        case ScriptType::kP2sh:  // around P2WPKH: one push of 22 bytes
            return InputWeight{23, kKeyHashWitness};
        case ScriptType::kP2tr:
            return InputWeight{0, 1 + 1 + kSchnorrSize};
        case ScriptType::kP2wsh:
        case ScriptType::kWitness:
        case ScriptType::kData:
        case ScriptType::kOther:
            break;
    }
    return base::InvalidArgument(
        "unsupported_script_type",
        "outputs of type " + std::string(ScriptTypeName(type)) + " cannot be spent here");
}

std::size_t OutputSize(base::ByteView script) {
    return 8 + CompactSizeLength(script.size()) + script.size();
}

bool IsWitness(ScriptType type) {
    return type == ScriptType::kP2wpkh || type == ScriptType::kP2wsh || type == ScriptType::kP2tr ||
           type == ScriptType::kWitness;
}

std::uint64_t DivideUp(std::uint64_t value, std::uint64_t divisor) {
    return value / divisor + (value % divisor == 0 ? 0 : 1);
}

}  // namespace

base::Result<std::size_t> WeightOfInput(ScriptType type) {
    BASE_ASSIGN_OR_RETURN(const InputWeight weight, InputWeightOf(type));
    // At worst the transaction has a witness elsewhere and this input an empty one: one byte.
    return kWitnessScale * (kInputBaseSize + weight.script_sig) +
           std::max<std::size_t>(weight.witness, 1);
}

base::Result<std::size_t> WeightOfShape(const TxShape& shape) {
    std::size_t base_size =
        4 + CompactSizeLength(shape.inputs.size()) + CompactSizeLength(shape.outputs.size()) + 4;
    std::size_t witness_size = 0;
    std::size_t without_witness = 0;
    for (const ScriptType type : shape.inputs) {
        BASE_ASSIGN_OR_RETURN(const InputWeight weight, InputWeightOf(type));
        base_size += kInputBaseSize + weight.script_sig;
        witness_size += weight.witness;
        without_witness += weight.witness == 0 ? 1 : 0;
    }
    for (const Output& output : shape.outputs) {
        base_size += OutputSize(output.script);
    }
    if (witness_size > 0) {
        witness_size += 2 + without_witness;  // mark, flag, empty witnesses
    }
    return kWitnessScale * base_size + witness_size;
}

base::Result<std::uint64_t> FeeOfSize(std::size_t virtual_size,
                                      std::uint64_t rate_milli_per_vbyte) {
    BASE_ASSIGN_OR_RETURN(const money::UInt256 fee,
                          money::CheckedMulDiv(money::UInt256(virtual_size),
                                               money::UInt256(rate_milli_per_vbyte),
                                               money::UInt256(1000),
                                               money::Rounding::kUp));
    return fee.ToUint64();
}

std::uint64_t RateOfFee(std::uint64_t fee, std::size_t virtual_size) {
    // Amounts of coins fit 51 bits, so that nothing overflows.
    return fee * 1000 / virtual_size;
}

std::uint64_t BitcoinDustLimit(base::ByteView script) {
    constexpr std::size_t kDustRate = 3;  // sat/vB
    const ScriptType type = TypeOfScript(script);
    if (type == ScriptType::kData) {
        return 0;
    }
    // policy.cpp, GetDustThreshold: a spending input of 107 bytes of signature and key, a quarter
    // of it where it is a witness.
    constexpr std::size_t kSpendScript = 107;
    const std::size_t spend_size =
        kInputBaseSize + (IsWitness(type) ? kSpendScript / kWitnessScale : kSpendScript);
    return kDustRate * (OutputSize(script) + spend_size);
}

base::Result<std::uint64_t> ParseNodeFeeRate(std::string_view btc_per_kvbyte) {
    BASE_ASSIGN_OR_RETURN(const money::UInt256 rate, money::ParseDecimal(btc_per_kvbyte, 8));
    return rate.ToUint64();
}

base::Result<std::uint64_t> ParseFeeRate(std::string_view sat_per_vbyte) {
    BASE_ASSIGN_OR_RETURN(const money::UInt256 rate, money::ParseDecimal(sat_per_vbyte, 3));
    return rate.ToUint64();
}

std::uint64_t LogicalActions(const ZcashActions& actions) {
    constexpr std::uint64_t kInputSize = 150;
    constexpr std::uint64_t kOutputSize = 34;
    const std::uint64_t transparent =
        std::max(DivideUp(actions.transparent_input_bytes, kInputSize),
                 DivideUp(actions.transparent_output_bytes, kOutputSize));
    return transparent + 2 * std::uint64_t{actions.joinsplits} +
           std::max(actions.sapling_spends, actions.sapling_outputs) + actions.orchard_actions;
}

std::uint64_t ConventionalFee(std::uint64_t logical_actions) {
    constexpr std::uint64_t kGraceActions = 2;
    return kZcashMarginalFee * std::max(kGraceActions, logical_actions);
}

base::Result<std::uint64_t> ZcashFeeOfShape(const TxShape& shape) {
    // ZIP-317: P2PKH inputs count as 150 bytes each, which is at least their real size.
    constexpr std::size_t kInputSize = 150;
    ZcashActions actions;
    for (const ScriptType type : shape.inputs) {
        if (type != ScriptType::kP2pkh) {
            return InputWeightOf(ScriptType::kOther).error();
        }
        actions.transparent_input_bytes += kInputSize;
    }
    for (const Output& output : shape.outputs) {
        actions.transparent_output_bytes += OutputSize(output.script);
    }
    return ConventionalFee(LogicalActions(actions));
}

std::uint64_t ZcashDustLimit(base::ByteView script) {
    constexpr std::size_t kSpendSize = 148;
    constexpr std::size_t kRelayFee = 100;  // zatoshi per 1000 bytes
    if (TypeOfScript(script) == ScriptType::kData) {
        return 0;
    }
    return 3 * (kRelayFee * (OutputSize(script) + kSpendSize) / 1000);
}

}  // namespace utxo
