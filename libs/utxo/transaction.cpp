#include "utxo/transaction.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/hex.h"
#include "utxo/transaction_fields.h"

namespace utxo {

namespace {

constexpr std::uint8_t kWitnessMark = 0;
constexpr std::uint8_t kWitnessFlag = 1;
constexpr std::size_t kInputSizeMin = 41;
constexpr std::size_t kOutputSizeMin = 9;

bool HasWitness(const Transaction& transaction) {
    return std::any_of(transaction.inputs.begin(),
                       transaction.inputs.end(),
                       [](const Input& input) { return !input.witness.empty(); });
}

base::Bytes Serialize(const Transaction& transaction, bool with_witness) {
    Writer writer;
    writer.U32(transaction.version);
    if (with_witness) {
        writer.U8(kWitnessMark);
        writer.U8(kWitnessFlag);
    }
    WriteInputs(writer, transaction.inputs);
    WriteOutputs(writer, transaction.outputs);
    if (with_witness) {
        for (const Input& input : transaction.inputs) {
            writer.CompactSize(input.witness.size());
            for (const base::Bytes& item : input.witness) {
                writer.Block(item);
            }
        }
    }
    writer.U32(transaction.locktime);
    return writer.bytes();
}

void ReadWitnesses(Reader& reader, std::vector<Input>& inputs) {
    for (Input& input : inputs) {
        const std::size_t count = reader.Count(1);
        for (std::size_t i = 0; i < count && reader.good(); ++i) {
            input.witness.push_back(base::ToBytes(reader.Block()));
        }
    }
}

}  // namespace

base::Error BadTransaction(std::string detail) {
    return base::InvalidArgument("bad_tx", std::move(detail));
}

void WriteOutPoint(Writer& writer, const OutPoint& outpoint) {
    writer.Raw(outpoint.tx_hash);
    writer.U32(outpoint.index);
}

void WriteOutput(Writer& writer, const Output& output) {
    writer.U64(output.amount);
    writer.Block(output.script);
}

void WriteInputs(Writer& writer, const std::vector<Input>& inputs) {
    writer.CompactSize(inputs.size());
    for (const Input& input : inputs) {
        WriteOutPoint(writer, input.prevout);
        writer.Block(input.script_sig);
        writer.U32(input.sequence);
    }
}

void WriteOutputs(Writer& writer, const std::vector<Output>& outputs) {
    writer.CompactSize(outputs.size());
    for (const Output& output : outputs) {
        WriteOutput(writer, output);
    }
}

OutPoint ReadOutPoint(Reader& reader) {
    OutPoint outpoint;
    outpoint.tx_hash = reader.Hash();
    outpoint.index = reader.U32();
    return outpoint;
}

std::vector<Input> ReadInputs(Reader& reader) {
    std::vector<Input> inputs(reader.Count(kInputSizeMin));
    for (Input& input : inputs) {
        input.prevout = ReadOutPoint(reader);
        input.script_sig = base::ToBytes(reader.Block());
        input.sequence = reader.U32();
    }
    return inputs;
}

std::vector<Output> ReadOutputs(Reader& reader) {
    std::vector<Output> outputs(reader.Count(kOutputSizeMin));
    for (Output& output : outputs) {
        output.amount = reader.U64();
        output.script = base::ToBytes(reader.Block());
    }
    return outputs;
}

std::string TxHashText(const crypto::Hash256& hash) {
    crypto::Hash256 display = hash;
    std::reverse(display.begin(), display.end());
    return base::HexEncode(display);
}

base::Result<crypto::Hash256> ParseTxHash(std::string_view text) {
    const auto bytes = base::HexDecode(text);
    if (!bytes || bytes->size() != sizeof(crypto::Hash256)) {
        return base::InvalidArgument("bad_tx_hash", "a transaction id has 64 hex digits");
    }
    auto hash = base::ToArray<32>(*bytes);
    std::reverse(hash.begin(), hash.end());
    return hash;
}

base::Result<std::uint64_t> TotalAmount(const std::vector<Output>& outputs) {
    std::uint64_t total = 0;
    for (const Output& output : outputs) {
        if (output.amount > kMoneyMax || total + output.amount > kMoneyMax) {
            return BadTransaction("the amounts are above all coins that can exist");
        }
        total += output.amount;
    }
    return total;
}

base::Result<> CheckTransaction(const Transaction& transaction) {
    if (transaction.inputs.empty() || transaction.outputs.empty()) {
        return BadTransaction("a transaction has inputs and outputs");
    }
    std::set<OutPoint> seen;
    for (const Input& input : transaction.inputs) {
        if (!seen.insert(input.prevout).second) {
            return BadTransaction("spends an output twice");
        }
    }
    BASE_RETURN_IF_ERROR(TotalAmount(transaction.outputs));
    return {};
}

base::Bytes SerializeBitcoin(const Transaction& transaction) {
    return Serialize(transaction, HasWitness(transaction));
}

base::Bytes SerializeBitcoinWithoutWitness(const Transaction& transaction) {
    return Serialize(transaction, false);
}

base::Result<Transaction> ParseBitcoin(base::ByteView raw) {
    if (raw.size() > kTransactionSizeMax) {
        return BadTransaction("the transaction is too large");
    }
    // BIP-144: where the number of inputs should be, a zero byte marks a witness.
    constexpr std::size_t kMarkPlace = 4;
    const bool with_witness = raw.size() > kMarkPlace + 1 && raw[kMarkPlace] == kWitnessMark &&
                              raw[kMarkPlace + 1] == kWitnessFlag;
    Reader reader(raw);
    Transaction transaction;
    transaction.version = reader.U32();
    if (with_witness) {
        static_cast<void>(reader.Raw(2));
    }
    transaction.inputs = ReadInputs(reader);
    transaction.outputs = ReadOutputs(reader);
    if (with_witness) {
        ReadWitnesses(reader, transaction.inputs);
    }
    transaction.locktime = reader.U32();
    if (!reader.Complete()) {
        return BadTransaction("the transaction is cut short, too long or malformed");
    }
    if (with_witness && !HasWitness(transaction)) {
        return BadTransaction("the transaction has the mark of a witness but none");
    }
    return transaction;
}

crypto::Hash256 BitcoinTxHash(const Transaction& transaction) {
    return crypto::DoubleSha256(SerializeBitcoinWithoutWitness(transaction));
}

crypto::Hash256 BitcoinWitnessHash(const Transaction& transaction) {
    return crypto::DoubleSha256(SerializeBitcoin(transaction));
}

std::size_t WeightOf(const Transaction& transaction) {
    return 3 * SerializeBitcoinWithoutWitness(transaction).size() +
           SerializeBitcoin(transaction).size();
}

}  // namespace utxo
