#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "utxo/script.h"
#include "utxo/transaction_fields.h"
#include "utxo/unsigned_checks.h"
#include "utxo/unsigned_tx.h"
#include "utxo/wire.h"

namespace utxo {

namespace {

constexpr std::string_view kMagic = "psbt\xff";
constexpr std::string_view kOwner = "platform";

// BIP-174 and BIP-371, "Types".
constexpr std::uint8_t kGlobalUnsignedTx = 0x00;
constexpr std::uint8_t kInPreviousTx = 0x00;
constexpr std::uint8_t kInWitnessOutput = 0x01;
constexpr std::uint8_t kInKeyOrigin = 0x06;
constexpr std::uint8_t kInTaprootOrigin = 0x16;
constexpr std::uint8_t kInTaprootKey = 0x17;
constexpr std::uint8_t kOutKeyOrigin = 0x02;
constexpr std::uint8_t kOutTaprootKey = 0x05;
constexpr std::uint8_t kOutTaprootOrigin = 0x07;
constexpr std::uint8_t kProprietary = 0xfc;
constexpr std::uint8_t kPlaceSubtype = 0;

// Which key types the origin of a key has on this side.
struct OriginTypes {
    std::uint8_t plain;
    std::uint8_t taproot;
    std::uint8_t taproot_key;
};

constexpr OriginTypes kInTypes = {kInKeyOrigin, kInTaprootOrigin, kInTaprootKey};
constexpr OriginTypes kOutTypes = {kOutKeyOrigin, kOutTaprootOrigin, kOutTaprootKey};

base::Error BadPsbt(std::string detail) {
    return base::InvalidArgument("bad_psbt", std::move(detail));
}

// Key type and key data together, to value. A map's order is the canonical one.
using Fields = std::map<base::Bytes, base::Bytes>;

base::Bytes KeyOf(std::uint8_t type, base::ByteView data) {
    base::Bytes key{type};
    base::Append(key, data);
    return key;
}

base::Bytes PlaceKey() {
    Writer writer;
    writer.U8(kProprietary);
    writer.Block(base::AsBytes(kOwner));
    writer.CompactSize(kPlaceSubtype);
    return writer.bytes();
}

base::ByteView XOnlyOf(const KeyOrigin& origin) {
    return base::ByteView(origin.public_key).subspan(1);
}

void WritePath(Writer& writer, const KeyOrigin& origin) {
    writer.Raw(origin.master_fingerprint);
    for (const std::uint32_t step : origin.path) {
        writer.U32(step);
    }
}

void PutHint(Fields& fields, const KeyHint& hint, const OriginTypes& types, bool taproot) {
    if (hint.origin) {
        Writer writer;
        if (taproot) {
            writer.CompactSize(0);  // no leaves: the key path
        }
        WritePath(writer, *hint.origin);
        if (taproot) {
            fields[KeyOf(types.taproot, XOnlyOf(*hint.origin))] = writer.bytes();
            fields[KeyOf(types.taproot_key, {})] = base::ToBytes(XOnlyOf(*hint.origin));
        } else {
            fields[KeyOf(types.plain, hint.origin->public_key)] = writer.bytes();
        }
    }
    if (hint.place) {
        Writer writer;
        writer.U32(hint.place->change);
        writer.U32(hint.place->index);
        fields[PlaceKey()] = writer.bytes();
    }
}

void WriteFields(Writer& writer, const Fields& fields) {
    for (const auto& [key, value] : fields) {
        writer.Block(key);
        writer.Block(value);
    }
    writer.U8(0);
}

base::Result<Fields> ReadFields(Reader& reader) {
    Fields fields;
    while (true) {
        base::Bytes key = base::ToBytes(reader.Block());
        if (!reader.good()) {
            return BadPsbt("the PSBT is cut short");
        }
        if (key.empty()) {
            return fields;
        }
        if (!fields.empty() && fields.rbegin()->first >= key) {
            return BadPsbt("the fields of a map are not in order");
        }
        fields[std::move(key)] = base::ToBytes(reader.Block());
    }
}

// Takes the value of that key out of the map.
std::optional<base::Bytes> Take(Fields& fields, const base::Bytes& key) {
    const auto found = fields.find(key);
    if (found == fields.end()) {
        return std::nullopt;
    }
    base::Bytes value = std::move(found->second);
    fields.erase(found);
    return value;
}

base::Result<KeyOrigin> ReadOrigin(base::ByteView value) {
    Reader reader(value);
    KeyOrigin origin;
    origin.master_fingerprint = base::ToArray<4>(reader.Raw(4));
    while (reader.good() && reader.size_left() > 0) {
        origin.path.push_back(reader.U32());
    }
    if (!reader.good()) {
        return BadPsbt("the path of a key is malformed");
    }
    return origin;
}

base::Result<std::optional<KeyOrigin>> TakeOrigin(Fields& fields, std::uint8_t type, bool taproot) {
    const auto found = fields.lower_bound({type});
    if (found == fields.end() || found->first[0] != type) {
        return std::optional<KeyOrigin>();
    }
    const base::ByteView key = base::ByteView(found->first).subspan(1);
    base::ByteView value = found->second;
    if (key.size() != (taproot ? std::size_t{32} : std::size_t{33}) ||
        (taproot && (value.empty() || value[0] != 0))) {
        return BadPsbt("the key of an input or output is malformed");
    }
    BASE_ASSIGN_OR_RETURN(KeyOrigin origin, ReadOrigin(taproot ? value.subspan(1) : value));
    // An x-only key stands for the point with even y.
    base::Bytes point;
    if (taproot) {
        point.push_back(0x02);
    }
    base::Append(point, key);
    origin.public_key = base::ToArray<33>(point);
    fields.erase(found);
    return std::optional<KeyOrigin>(std::move(origin));
}

base::Result<KeyHint> TakeHint(Fields& fields, const OriginTypes& types, bool taproot) {
    KeyHint hint;
    BASE_ASSIGN_OR_RETURN(hint.origin,
                          TakeOrigin(fields, taproot ? types.taproot : types.plain, taproot));
    if (taproot && hint.origin) {
        static_cast<void>(Take(fields, KeyOf(types.taproot_key, {})));
    }
    if (const auto value = Take(fields, PlaceKey())) {
        Reader reader(*value);
        hint.place = KeyPlace{reader.U32(), reader.U32()};
        if (!reader.Complete()) {
            return BadPsbt("the place of a key is malformed");
        }
    }
    if (!fields.empty()) {
        return BadPsbt("the PSBT has a field that is not supported here");
    }
    return hint;
}

bool IsTaproot(const Output& output) {
    return TypeOfScript(output.script) == ScriptType::kP2tr;
}

Fields InputFields(const UnsignedInput& input) {
    Fields fields;
    if (!input.previous_tx.empty()) {
        fields[{kInPreviousTx}] = input.previous_tx;
    }
    if (TypeOfScript(input.spent.script) != ScriptType::kP2pkh) {
        Writer writer;
        WriteOutput(writer, input.spent);
        fields[{kInWitnessOutput}] = writer.bytes();
    }
    PutHint(fields, input.key, kInTypes, IsTaproot(input.spent));
    return fields;
}

base::Result<Output> ReadSpent(const std::optional<base::Bytes>& witness_output,
                               const base::Bytes& previous_tx,
                               std::uint32_t index) {
    if (witness_output) {
        Reader reader(*witness_output);
        Output output;
        output.amount = reader.U64();
        output.script = base::ToBytes(reader.Block());
        if (!reader.Complete()) {
            return BadPsbt("a spent output is malformed");
        }
        return output;
    }
    BASE_ASSIGN_OR_RETURN(const Transaction previous, ParseBitcoin(previous_tx));
    if (index >= previous.outputs.size()) {
        return AmountUnproven("a previous transaction has no output " + std::to_string(index));
    }
    return previous.outputs[index];
}

base::Result<UnsignedInput> ReadInput(Reader& reader, const OutPoint& prevout) {
    BASE_ASSIGN_OR_RETURN(Fields fields, ReadFields(reader));
    UnsignedInput input;
    input.previous_tx = Take(fields, {kInPreviousTx}).value_or(base::Bytes());
    const auto witness_output = Take(fields, {kInWitnessOutput});
    BASE_ASSIGN_OR_RETURN(input.spent, ReadSpent(witness_output, input.previous_tx, prevout.index));
    BASE_ASSIGN_OR_RETURN(input.key, TakeHint(fields, kInTypes, IsTaproot(input.spent)));
    return input;
}

base::Result<> CheckInput(const UnsignedInput& input, const OutPoint& prevout, bool needs_proof) {
    const ScriptType type = TypeOfScript(input.spent.script);
    if (type != ScriptType::kP2pkh && type != ScriptType::kP2wpkh && type != ScriptType::kP2tr) {
        return BadPsbt("an input of type " + std::string(ScriptTypeName(type)) +
                       " is not supported here");
    }
    if (input.previous_tx.empty() == needs_proof) {
        return AmountUnproven(needs_proof ? "an input comes without its previous transaction"
                                          : "taproot inputs need no previous transaction");
    }
    if (!needs_proof) {
        return {};
    }
    BASE_ASSIGN_OR_RETURN(const Transaction previous, ParseBitcoin(input.previous_tx));
    if (SerializeBitcoinWithoutWitness(previous) != input.previous_tx) {
        return BadPsbt("a previous transaction comes with its witnesses");
    }
    return CheckProof(BitcoinTxHash(previous), previous.outputs, prevout, input.spent);
}

base::Result<> CheckPsbt(const UnsignedTx& unsigned_tx) {
    BASE_RETURN_IF_ERROR(CheckUnsigned(unsigned_tx));
    const bool needs_proofs = NeedsBitcoinProofs(SpentOutputs(unsigned_tx));
    for (std::size_t i = 0; i < unsigned_tx.inputs.size(); ++i) {
        BASE_RETURN_IF_ERROR(CheckInput(
            unsigned_tx.inputs[i], unsigned_tx.transaction.inputs[i].prevout, needs_proofs));
    }
    return {};
}

base::Bytes Encode(const UnsignedTx& unsigned_tx) {
    Writer writer;
    writer.Raw(base::AsBytes(kMagic));
    Fields global;
    global[{kGlobalUnsignedTx}] = SerializeBitcoinWithoutWitness(unsigned_tx.transaction);
    WriteFields(writer, global);
    for (const UnsignedInput& input : unsigned_tx.inputs) {
        WriteFields(writer, InputFields(input));
    }
    for (std::size_t i = 0; i < unsigned_tx.outputs.size(); ++i) {
        Fields fields;
        const bool taproot = IsTaproot(unsigned_tx.transaction.outputs[i]);
        PutHint(fields, unsigned_tx.outputs[i], kOutTypes, taproot);
        WriteFields(writer, fields);
    }
    return writer.bytes();
}

}  // namespace

base::Result<base::Bytes> EncodePsbt(const UnsignedTx& unsigned_tx) {
    BASE_RETURN_IF_ERROR(CheckPsbt(unsigned_tx));
    base::Bytes encoded = Encode(unsigned_tx);
    if (encoded.size() > kUnsignedTxSizeMax) {
        return BadPsbt("the PSBT is too large");
    }
    return encoded;
}

base::Result<UnsignedTx> DecodePsbt(base::ByteView bytes) {
    if (bytes.size() > kUnsignedTxSizeMax || !base::AsText(bytes).starts_with(kMagic)) {
        return BadPsbt("this is no PSBT, or too large");
    }
    Reader reader(bytes.subspan(kMagic.size()));
    BASE_ASSIGN_OR_RETURN(Fields global, ReadFields(reader));
    const auto raw = Take(global, {kGlobalUnsignedTx});
    if (!raw || !global.empty()) {
        return BadPsbt("the global map has the unsigned transaction and nothing else");
    }
    UnsignedTx unsigned_tx;
    BASE_ASSIGN_OR_RETURN(unsigned_tx.transaction, ParseBitcoin(*raw));
    for (const Input& input : unsigned_tx.transaction.inputs) {
        BASE_ASSIGN_OR_RETURN(UnsignedInput described, ReadInput(reader, input.prevout));
        unsigned_tx.inputs.push_back(std::move(described));
    }
    for (const Output& output : unsigned_tx.transaction.outputs) {
        BASE_ASSIGN_OR_RETURN(Fields fields, ReadFields(reader));
        BASE_ASSIGN_OR_RETURN(KeyHint hint, TakeHint(fields, kOutTypes, IsTaproot(output)));
        unsigned_tx.outputs.push_back(std::move(hint));
    }
    if (!reader.Complete()) {
        return BadPsbt("the PSBT has something after its end");
    }
    BASE_RETURN_IF_ERROR(CheckPsbt(unsigned_tx));
    // Whatever was read loosely above shows here.
    if (!base::Equal(Encode(unsigned_tx), bytes)) {
        return BadPsbt("the PSBT is not in the form that is written here");
    }
    return unsigned_tx;
}

}  // namespace utxo
