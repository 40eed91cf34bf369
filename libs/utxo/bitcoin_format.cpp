#include "utxo/tx_format.h"

namespace utxo {

namespace {

class Bitcoin final : public TxFormat {
public:
    std::string_view chain() const override { return "bitcoin"; }

    std::uint32_t CoinType(Network network) const override {
        return network == Network::kMain ? 0 : 1;
    }

    ScriptType DefaultType() const override { return ScriptType::kP2wpkh; }

    bool IsSpendable(ScriptType type) const override {
        return type == ScriptType::kP2pkh || type == ScriptType::kP2wpkh ||
               type == ScriptType::kP2tr;
    }

    base::Result<Address> ParseAddress(std::string_view text, Network network) const override {
        return ParseBitcoinAddress(text, network);
    }

    base::Result<std::string> AddressOf(base::ByteView script, Network network) const override {
        return BitcoinAddressOf(script, network);
    }

    base::Bytes Serialize(const Transaction& transaction) const override {
        return SerializeBitcoin(transaction);
    }

    base::Result<Transaction> Parse(base::ByteView raw) const override { return ParseBitcoin(raw); }

    crypto::Hash256 TxHash(const Transaction& transaction) const override {
        return BitcoinTxHash(transaction);
    }

    base::Result<utxo::Spend> Spend(const SpendTask& task,
                                    const secret::Bytes& key) const override {
        return SpendBitcoin(task, key);
    }

    base::Result<base::Bytes> EncodeUnsigned(const UnsignedTx& unsigned_tx) const override {
        return EncodePsbt(unsigned_tx);
    }

    base::Result<UnsignedTx> DecodeUnsigned(base::ByteView bytes) const override {
        return DecodePsbt(bytes);
    }

    bool NeedsProofs(const Transaction& /*transaction*/,
                     const std::vector<Output>& spent) const override {
        return NeedsBitcoinProofs(spent);
    }

    base::Result<base::Bytes> ProofOf(base::ByteView raw) const override {
        BASE_ASSIGN_OR_RETURN(const Transaction transaction, ParseBitcoin(raw));
        return SerializeBitcoinWithoutWitness(transaction);
    }

    base::Result<std::uint64_t> Fee(const TxShape& shape, std::uint64_t rate_milli) const override {
        BASE_ASSIGN_OR_RETURN(const std::size_t weight, WeightOfShape(shape));
        return FeeOfSize(VirtualSize(weight), rate_milli);
    }

    base::Result<std::uint64_t> InputFee(ScriptType type, std::uint64_t rate_milli) const override {
        BASE_ASSIGN_OR_RETURN(const std::size_t weight, WeightOfInput(type));
        return FeeOfSize(VirtualSize(weight), rate_milli);
    }

    std::uint64_t DustLimit(base::ByteView script) const override {
        return BitcoinDustLimit(script);
    }

    std::uint64_t ChangeMinimum(base::ByteView script) const override {
        return BitcoinDustLimit(script);
    }
};

}  // namespace

const TxFormat& BitcoinFormat() {
    static const Bitcoin format;
    return format;
}

base::Result<const TxFormat*> FindFormat(std::string_view chain) {
    for (const TxFormat* format : {&BitcoinFormat(), &ZcashFormat()}) {
        if (format->chain() == chain) {
            return format;
        }
    }
    return base::NotFound("unknown_chain", std::string(chain) + " has no coins of this kind");
}

}  // namespace utxo
