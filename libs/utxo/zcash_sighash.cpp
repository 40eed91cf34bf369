#include <string>
#include <vector>

#include "base/check.h"
#include "utxo/transaction_fields.h"
#include "utxo/wire.h"
#include "utxo/zcash_personal.h"
#include "utxo/zcash_transaction.h"

namespace utxo {

namespace {

constexpr std::uint32_t kBaseMask = 0x1f;

base::Bytes Prevouts(const std::vector<Input>& inputs) {
    Writer writer;
    for (const Input& input : inputs) {
        WriteOutPoint(writer, input.prevout);
    }
    return writer.bytes();
}

base::Bytes Sequences(const std::vector<Input>& inputs) {
    Writer writer;
    for (const Input& input : inputs) {
        writer.U32(input.sequence);
    }
    return writer.bytes();
}

base::Bytes Outputs(const std::vector<Output>& outputs) {
    Writer writer;
    for (const Output& output : outputs) {
        WriteOutput(writer, output);
    }
    return writer.bytes();
}

base::Result<> CheckTarget(const Transaction& transaction, const ZcashTarget& target) {
    if (target.input && *target.input >= transaction.inputs.size()) {
        return BadTransaction("there is no input " + std::to_string(*target.input));
    }
    return {};
}

// ZIP-244, T.1.
crypto::Hash256 HeaderDigest(const Transaction& transaction) {
    Writer writer;
    writer.U32(transaction.version);
    writer.U32(kVersionGroupV5);
    writer.U32(transaction.branch_id);
    writer.U32(transaction.locktime);
    writer.U32(transaction.expiry_height);
    return PersonalHash("ZTxIdHeadersHash", writer.bytes());
}

// ZIP-244, T.2.
crypto::Hash256 TransparentDigest(const Transaction& transaction) {
    Writer writer;
    if (!transaction.inputs.empty() || !transaction.outputs.empty()) {
        writer.Raw(PersonalHash("ZTxIdPrevoutHash", Prevouts(transaction.inputs)));
        writer.Raw(PersonalHash("ZTxIdSequencHash", Sequences(transaction.inputs)));
        writer.Raw(PersonalHash("ZTxIdOutputsHash", Outputs(transaction.outputs)));
    }
    return PersonalHash("ZTxIdTranspaHash", writer.bytes());
}

bool IsCoinbase(const Transaction& transaction) {
    return transaction.inputs.size() == 1 && transaction.inputs[0].prevout == OutPoint{{}, ~0U};
}

// ZIP-244, S.2e.
base::Bytes SignedOutputs(const Transaction& transaction, const ZcashTarget& target) {
    const std::uint32_t base_type = target.hash_type & ~kSighashAnyoneCanPay;
    if (base_type == kSighashAll || !target.input) {
        return Outputs(transaction.outputs);
    }
    return base_type == kSighashSingle ? Outputs({transaction.outputs[*target.input]})
                                       : base::Bytes();
}

// ZIP-244, S.2g.
base::Bytes SignedInput(const Transaction& transaction,
                        const ZcashTarget& target,
                        std::span<const Output> spent) {
    Writer writer;
    if (target.input) {
        const Input& input = transaction.inputs[*target.input];
        WriteOutPoint(writer, input.prevout);
        WriteOutput(writer, spent[*target.input]);
        writer.U32(input.sequence);
    }
    return writer.bytes();
}

// ZIP-244, S.2.
crypto::Hash256 TransparentSignatureDigest(const Transaction& transaction,
                                           const ZcashTarget& target,
                                           std::span<const Output> spent) {
    const bool one_input = (target.hash_type & kSighashAnyoneCanPay) != 0;
    Writer amounts;
    Writer scripts;
    for (const Output& output : spent) {
        amounts.U64(output.amount);
        scripts.Block(output.script);
    }
    const auto unless_one = [&](std::string_view personal, const base::Bytes& bytes) {
        return PersonalHash(personal, one_input ? base::Bytes() : bytes);
    };
    Writer writer;
    writer.U8(static_cast<std::uint8_t>(target.hash_type));
    writer.Raw(unless_one("ZTxIdPrevoutHash", Prevouts(transaction.inputs)));
    writer.Raw(unless_one("ZTxTrAmountsHash", amounts.bytes()));
    writer.Raw(unless_one("ZTxTrScriptsHash", scripts.bytes()));
    writer.Raw(unless_one("ZTxIdSequencHash", Sequences(transaction.inputs)));
    writer.Raw(PersonalHash("ZTxIdOutputsHash", SignedOutputs(transaction, target)));
    writer.Raw(PersonalHash("Zcash___TxInHash", SignedInput(transaction, target, spent)));
    return PersonalHash("ZTxIdTranspaHash", writer.bytes());
}

base::Result<> CheckHashType(const Transaction& transaction, const ZcashTarget& target) {
    const std::uint32_t base_type = target.hash_type & ~kSighashAnyoneCanPay;
    if (base_type < kSighashAll || base_type > kSighashSingle ||
        (!target.input && target.hash_type != kSighashAll) ||
        (base_type == kSighashSingle && *target.input >= transaction.outputs.size())) {
        return base::InvalidArgument("bad_hash_type", "ZIP-244 gives this hash type no meaning");
    }
    return {};
}

}  // namespace

ShieldedV5::ShieldedV5()
    : sapling(PersonalHash("ZTxIdSaplingHash", {})),
      orchard(PersonalHash("ZTxIdOrchardHash", {})) {}

base::Bytes SerializeZcash(const Transaction& transaction) {
    BASE_CHECK(transaction.version == kZcashVersion4 || transaction.version == kZcashVersion5);
    const bool is_v5 = transaction.version == kZcashVersion5;
    Writer writer;
    writer.U32(transaction.version);
    writer.U32(is_v5 ? kVersionGroupV5 : kVersionGroupV4);
    if (is_v5) {
        writer.U32(transaction.branch_id);
        writer.U32(transaction.locktime);
        writer.U32(transaction.expiry_height);
    }
    WriteInputs(writer, transaction.inputs);
    WriteOutputs(writer, transaction.outputs);
    if (is_v5) {
        writer.CompactSize(0);  // Sapling spends
        writer.CompactSize(0);  // Sapling outputs
        writer.CompactSize(0);  // Orchard actions
    } else {
        writer.U32(transaction.locktime);
        writer.U32(transaction.expiry_height);
        writer.U64(0);          // value balance
        writer.CompactSize(0);  // spends
        writer.CompactSize(0);  // outputs
        writer.CompactSize(0);  // joinsplits
    }
    return writer.bytes();
}

crypto::Hash256 ZcashTxHash(const Transaction& transaction) {
    if (transaction.version == kZcashVersion4) {
        return crypto::DoubleSha256(SerializeZcash(transaction));
    }
    return CombineZcashDigests(ZcashDigestsOf(transaction, ShieldedV5()), transaction.branch_id);
}

ZcashDigests ZcashDigestsOf(const Transaction& transaction, const ShieldedV5& shielded) {
    ZcashDigests digests;
    digests.header = HeaderDigest(transaction);
    digests.transparent = TransparentDigest(transaction);
    digests.shielded = shielded;
    return digests;
}

crypto::Hash256 CombineZcashDigests(const ZcashDigests& digests, std::uint32_t branch_id) {
    Writer writer;
    writer.Raw(digests.header);
    writer.Raw(digests.transparent);
    writer.Raw(digests.shielded.sapling);
    writer.Raw(digests.shielded.orchard);
    return BranchHash("ZcashTxHash_", branch_id, writer.bytes());
}

base::Result<crypto::Hash256> SighashZcashV4(const Transaction& transaction,
                                             const ShieldedV4& shielded,
                                             ZcashTarget target,
                                             const Output& spent) {
    BASE_RETURN_IF_ERROR(CheckTarget(transaction, target));
    const std::uint32_t base_type = target.hash_type & kBaseMask;
    const bool all_outputs = base_type != kSighashSingle && base_type != kSighashNone;
    const bool one_input = (target.hash_type & kSighashAnyoneCanPay) != 0;
    const crypto::Hash256 zero{};
    crypto::Hash256 outputs = zero;
    if (all_outputs) {
        outputs = PersonalHash("ZcashOutputsHash", Outputs(transaction.outputs));
    } else if (base_type == kSighashSingle && target.input &&
               *target.input < transaction.outputs.size()) {
        outputs = PersonalHash("ZcashOutputsHash", Outputs({transaction.outputs[*target.input]}));
    }
    Writer writer;
    writer.U32(transaction.version);
    writer.U32(kVersionGroupV4);
    writer.Raw(one_input ? zero : PersonalHash("ZcashPrevoutHash", Prevouts(transaction.inputs)));
    writer.Raw(one_input || !all_outputs
                   ? zero
                   : PersonalHash("ZcashSequencHash", Sequences(transaction.inputs)));
    writer.Raw(outputs);
    writer.Raw(shielded.joinsplits);
    writer.Raw(shielded.spends);
    writer.Raw(shielded.outputs);
    writer.U32(transaction.locktime);
    writer.U32(transaction.expiry_height);
    writer.U64(shielded.value_balance);
    writer.U32(target.hash_type);
    if (target.input) {
        const Input& input = transaction.inputs[*target.input];
        WriteOutPoint(writer, input.prevout);
        writer.Block(spent.script);
        writer.U64(spent.amount);
        writer.U32(input.sequence);
    }
    return BranchHash("ZcashSigHash", transaction.branch_id, writer.bytes());
}

base::Result<crypto::Hash256> SighashZcashV5(const Transaction& transaction,
                                             const ShieldedV5& shielded,
                                             ZcashTarget target,
                                             std::span<const Output> spent) {
    BASE_RETURN_IF_ERROR(CheckTarget(transaction, target));
    BASE_RETURN_IF_ERROR(CheckHashType(transaction, target));
    ZcashDigests digests = ZcashDigestsOf(transaction, shielded);
    if (!transaction.inputs.empty() && !IsCoinbase(transaction)) {
        if (spent.size() != transaction.inputs.size()) {
            return BadTransaction("the spent outputs of all inputs are needed");
        }
        digests.transparent = TransparentSignatureDigest(transaction, target, spent);
    }
    return CombineZcashDigests(digests, transaction.branch_id);
}

}  // namespace utxo
