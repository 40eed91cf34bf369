#include "utxo/sighash.h"

#include <utility>

#include "utxo/transaction_fields.h"
#include "utxo/wire.h"

namespace utxo {

namespace {

constexpr std::uint32_t kBaseMask = 0x1f;

bool IsAnyoneCanPay(std::uint32_t hash_type) {
    return (hash_type & kSighashAnyoneCanPay) != 0;
}

base::Result<> CheckInput(const Transaction& transaction, std::size_t input) {
    if (input >= transaction.inputs.size()) {
        return BadTransaction("there is no input " + std::to_string(input));
    }
    return {};
}

// Bitcoin Core's CTransactionSignatureSerializer leaves every OP_CODESEPARATOR out, but not a byte
// of the same value inside pushed data.
base::Bytes WithoutCodeSeparators(base::ByteView script) {
    constexpr std::uint8_t kPushData1 = 0x4c;
    constexpr std::uint8_t kPushData4 = 0x4e;
    constexpr std::uint8_t kCodeSeparator = 0xab;
    base::Bytes result;
    while (!script.empty()) {
        const std::uint8_t opcode = script[0];
        std::size_t size = 1;
        if (opcode < kPushData1) {
            size += opcode;
        } else if (opcode <= kPushData4) {
            const std::size_t width = std::size_t{1} << (opcode - kPushData1);
            std::size_t length = 0;
            for (std::size_t i = 0; i < width && i + 1 < script.size(); ++i) {
                length |= std::size_t{script[i + 1]} << (8 * i);
            }
            size += width + length;
        }
        if (size > script.size()) {
            base::Append(result, script);  // a push that is cut short ends the script
            break;
        }
        if (opcode != kCodeSeparator) {
            base::Append(result, script.first(size));
        }
        script = script.subspan(size);
    }
    return result;
}

// The transaction as the legacy digest sees it.
Transaction LegacyView(const Transaction& transaction,
                       SighashTarget target,
                       base::ByteView script_code) {
    Transaction view = transaction;
    const std::uint32_t base_type = target.hash_type & kBaseMask;
    const bool others_may_change = base_type == kSighashNone || base_type == kSighashSingle;
    for (std::size_t i = 0; i < view.inputs.size(); ++i) {
        Input& input = view.inputs[i];
        input.script_sig = i == target.input ? WithoutCodeSeparators(script_code) : base::Bytes();
        if (i != target.input && others_may_change) {
            input.sequence = 0;
        }
    }
    if (IsAnyoneCanPay(target.hash_type)) {
        view.inputs = {view.inputs[target.input]};
    }
    if (base_type == kSighashNone) {
        view.outputs.clear();
    } else if (base_type == kSighashSingle) {
        view.outputs.resize(target.input + 1);
        for (std::size_t i = 0; i < target.input; ++i) {
            view.outputs[i] = Output{~std::uint64_t{0}, {}};
        }
    }
    return view;
}

// Which hash closes over parts of a transaction.
using Hasher = crypto::Hash256 (*)(base::ByteView);

struct Parts {
    base::Bytes prevouts;
    base::Bytes sequences;
    base::Bytes outputs;
};

Parts PartsOf(const Transaction& transaction) {
    Writer prevouts;
    Writer sequences;
    Writer outputs;
    for (const Input& input : transaction.inputs) {
        WriteOutPoint(prevouts, input.prevout);
        sequences.U32(input.sequence);
    }
    for (const Output& output : transaction.outputs) {
        WriteOutput(outputs, output);
    }
    return {prevouts.bytes(), sequences.bytes(), outputs.bytes()};
}

base::Bytes Serialized(const Output& output) {
    Writer writer;
    WriteOutput(writer, output);
    return writer.bytes();
}

bool IsKnownTaprootType(std::uint32_t hash_type) {
    const std::uint32_t base_type = hash_type & ~kSighashAnyoneCanPay;
    return hash_type == kSighashDefault ||
           (base_type >= kSighashAll && base_type <= kSighashSingle);
}

void WriteSpentHashes(Writer& writer, std::span<const Output> spent) {
    Writer amounts;
    Writer scripts;
    for (const Output& output : spent) {
        amounts.U64(output.amount);
        scripts.Block(output.script);
    }
    writer.Raw(crypto::Sha256(amounts.bytes()));
    writer.Raw(crypto::Sha256(scripts.bytes()));
}

}  // namespace

base::Result<crypto::Hash256> SighashLegacy(const Transaction& transaction,
                                            SighashTarget target,
                                            base::ByteView script_code) {
    BASE_RETURN_IF_ERROR(CheckInput(transaction, target.input));
    if ((target.hash_type & kBaseMask) == kSighashSingle &&
        target.input >= transaction.outputs.size()) {
        // A quirk that is consensus: there is nothing to sign, and the digest is the number 1.
        crypto::Hash256 one{};
        one[0] = 1;
        return one;
    }
    Writer writer;
    writer.Raw(SerializeBitcoinWithoutWitness(LegacyView(transaction, target, script_code)));
    writer.U32(target.hash_type);
    return crypto::DoubleSha256(writer.bytes());
}

base::Result<base::Bytes> SighashV0Preimage(const Transaction& transaction,
                                            SighashTarget target,
                                            const Output& spent) {
    BASE_RETURN_IF_ERROR(CheckInput(transaction, target.input));
    const Parts parts = PartsOf(transaction);
    const std::uint32_t base_type = target.hash_type & kBaseMask;
    const bool all_outputs = base_type != kSighashNone && base_type != kSighashSingle;
    const bool one_input = IsAnyoneCanPay(target.hash_type);
    const crypto::Hash256 zero{};
    crypto::Hash256 outputs = zero;
    if (all_outputs) {
        outputs = crypto::DoubleSha256(parts.outputs);
    } else if (base_type == kSighashSingle && target.input < transaction.outputs.size()) {
        outputs = crypto::DoubleSha256(Serialized(transaction.outputs[target.input]));
    }
    const Input& input = transaction.inputs[target.input];
    Writer writer;
    writer.U32(transaction.version);                                                       // item 1
    writer.Raw(one_input ? zero : crypto::DoubleSha256(parts.prevouts));                   // 2
    writer.Raw(one_input || !all_outputs ? zero : crypto::DoubleSha256(parts.sequences));  // 3
    WriteOutPoint(writer, input.prevout);                                                  // 4
    writer.Block(spent.script);                                                            // 5
    writer.U64(spent.amount);                                                              // 6
    writer.U32(input.sequence);                                                            // 7
    writer.Raw(outputs);                                                                   // 8
    writer.U32(transaction.locktime);                                                      // 9
    writer.U32(target.hash_type);                                                          // 10
    return writer.bytes();
}

base::Result<crypto::Hash256> SighashV0(const Transaction& transaction,
                                        SighashTarget target,
                                        const Output& spent) {
    BASE_ASSIGN_OR_RETURN(const base::Bytes preimage,
                          SighashV0Preimage(transaction, target, spent));
    return crypto::DoubleSha256(preimage);
}

base::Result<base::Bytes> SighashTaprootMessage(const Transaction& transaction,
                                                SighashTarget target,
                                                std::span<const Output> spent) {
    BASE_RETURN_IF_ERROR(CheckInput(transaction, target.input));
    if (spent.size() != transaction.inputs.size()) {
        return BadTransaction("the spent outputs of all inputs are needed");
    }
    const std::uint32_t base_type = target.hash_type & ~kSighashAnyoneCanPay;
    if (!IsKnownTaprootType(target.hash_type) ||
        (base_type == kSighashSingle && target.input >= transaction.outputs.size())) {
        return base::InvalidArgument("bad_hash_type", "BIP-341 gives this hash type no meaning");
    }
    const Parts parts = PartsOf(transaction);
    const bool one_input = IsAnyoneCanPay(target.hash_type);
    Writer writer;
    writer.U8(0);  // epoch
    writer.U8(static_cast<std::uint8_t>(target.hash_type));
    writer.U32(transaction.version);
    writer.U32(transaction.locktime);
    if (!one_input) {
        writer.Raw(crypto::Sha256(parts.prevouts));
        WriteSpentHashes(writer, spent);
        writer.Raw(crypto::Sha256(parts.sequences));
    }
    if (base_type == kSighashDefault || base_type == kSighashAll) {
        writer.Raw(crypto::Sha256(parts.outputs));
    }
    writer.U8(0);  // spend type: key path, no annex
    if (one_input) {
        const Input& input = transaction.inputs[target.input];
        WriteOutPoint(writer, input.prevout);
        WriteOutput(writer, spent[target.input]);
        writer.U32(input.sequence);
    } else {
        writer.U32(static_cast<std::uint32_t>(target.input));
    }
    if (base_type == kSighashSingle) {
        writer.Raw(crypto::Sha256(Serialized(transaction.outputs[target.input])));
    }
    return writer.bytes();
}

base::Result<crypto::Hash256> SighashTaproot(const Transaction& transaction,
                                             SighashTarget target,
                                             std::span<const Output> spent) {
    BASE_ASSIGN_OR_RETURN(const base::Bytes message,
                          SighashTaprootMessage(transaction, target, spent));
    return crypto::TaggedHash("TapSighash", message);
}

}  // namespace utxo
