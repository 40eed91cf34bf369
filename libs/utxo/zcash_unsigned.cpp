#include <string_view>
#include <utility>

#include "utxo/branch_id.h"
#include "utxo/script.h"
#include "utxo/transaction_fields.h"
#include "utxo/unsigned_checks.h"
#include "utxo/unsigned_tx.h"
#include "utxo/wire.h"
#include "utxo/zcash_transaction.h"

namespace utxo {

namespace {

constexpr std::string_view kMagic = "ztx\xff\x01";

base::Error BadUnsigned(std::string detail) {
    return base::InvalidArgument("bad_unsigned_tx", std::move(detail));
}

void WriteHint(Writer& writer, const KeyHint& hint) {
    writer.U8(hint.place ? 1 : 0);
    if (hint.place) {
        writer.U32(hint.place->change);
        writer.U32(hint.place->index);
    }
}

KeyHint ReadHint(Reader& reader) {
    KeyHint hint;
    const std::uint8_t mark = reader.U8();
    if (mark == 1) {
        const std::uint32_t change = reader.U32();
        hint.place = KeyPlace{change, reader.U32()};
    } else if (mark != 0) {
        reader.Fail();
    }
    return hint;
}

base::Result<> CheckInput(const UnsignedInput& input, const OutPoint& prevout, bool is_v5) {
    if (TypeOfScript(input.spent.script) != ScriptType::kP2pkh) {
        return BadUnsigned("only P2PKH outputs are spent here");
    }
    if (input.previous_tx.empty() != is_v5) {
        return AmountUnproven(is_v5 ? "version 5 needs no previous transactions"
                                    : "an input comes without its previous transaction");
    }
    if (is_v5) {
        return {};
    }
    BASE_ASSIGN_OR_RETURN(const ProvenOutputs proven, ReadProvenOutputs(input.previous_tx));
    return CheckProof(proven.hash, proven.outputs, prevout, input.spent);
}

base::Result<> CheckVersion(const Transaction& transaction) {
    const bool is_v5 = transaction.version == kZcashVersion5;
    if (!is_v5 && transaction.version != kZcashVersion4) {
        return BadUnsigned("Zcash transactions here have version 4 or 5");
    }
    if (HasVersion5(transaction.branch_id) != is_v5) {
        return BadUnsigned("the version does not fit the consensus branch " +
                           BranchIdText(transaction.branch_id));
    }
    return {};
}

base::Result<> CheckAll(const UnsignedTx& unsigned_tx) {
    const Transaction& transaction = unsigned_tx.transaction;
    BASE_RETURN_IF_ERROR(CheckVersion(transaction));
    BASE_RETURN_IF_ERROR(CheckUnsigned(unsigned_tx));
    for (std::size_t i = 0; i < unsigned_tx.inputs.size(); ++i) {
        BASE_RETURN_IF_ERROR(CheckInput(unsigned_tx.inputs[i],
                                        transaction.inputs[i].prevout,
                                        transaction.version == kZcashVersion5));
    }
    return {};
}

base::Result<Transaction> ReadTransaction(Reader& reader) {
    const std::uint32_t branch_id = reader.U32();
    BASE_ASSIGN_OR_RETURN(const ZcashTransaction parsed, ParseZcash(reader.Block()));
    if (parsed.has_shielded) {
        return BadUnsigned("shielded parts are not signed here");
    }
    Transaction transaction = parsed.transparent;
    if (transaction.version == kZcashVersion5 && transaction.branch_id != branch_id) {
        return BadUnsigned("the consensus branch is named twice, differently");
    }
    transaction.branch_id = branch_id;
    return transaction;
}

}  // namespace

base::Result<base::Bytes> EncodeZcashUnsigned(const UnsignedTx& unsigned_tx) {
    BASE_RETURN_IF_ERROR(CheckAll(unsigned_tx));
    Writer writer;
    writer.Raw(base::AsBytes(kMagic));
    writer.U32(unsigned_tx.transaction.branch_id);
    writer.Block(SerializeZcash(unsigned_tx.transaction));
    for (const UnsignedInput& input : unsigned_tx.inputs) {
        WriteOutput(writer, input.spent);
        WriteHint(writer, input.key);
        writer.Block(input.previous_tx);
    }
    for (const KeyHint& hint : unsigned_tx.outputs) {
        WriteHint(writer, hint);
    }
    if (writer.bytes().size() > kUnsignedTxSizeMax) {
        return BadUnsigned("the unsigned transaction is too large");
    }
    return writer.bytes();
}

base::Result<UnsignedTx> DecodeZcashUnsigned(base::ByteView bytes) {
    if (bytes.size() > kUnsignedTxSizeMax || !base::AsText(bytes).starts_with(kMagic)) {
        return BadUnsigned("this is no unsigned Zcash transaction, or too large");
    }
    Reader reader(bytes.subspan(kMagic.size()));
    UnsignedTx unsigned_tx;
    BASE_ASSIGN_OR_RETURN(unsigned_tx.transaction, ReadTransaction(reader));
    unsigned_tx.inputs.resize(unsigned_tx.transaction.inputs.size());
    for (UnsignedInput& input : unsigned_tx.inputs) {
        input.spent.amount = reader.U64();
        input.spent.script = base::ToBytes(reader.Block());
        input.key = ReadHint(reader);
        input.previous_tx = base::ToBytes(reader.Block());
    }
    unsigned_tx.outputs.resize(unsigned_tx.transaction.outputs.size());
    for (KeyHint& hint : unsigned_tx.outputs) {
        hint = ReadHint(reader);
    }
    if (!reader.Complete()) {
        return BadUnsigned("the unsigned transaction is cut short, too long or malformed");
    }
    BASE_RETURN_IF_ERROR(CheckAll(unsigned_tx));
    return unsigned_tx;
}

}  // namespace utxo
