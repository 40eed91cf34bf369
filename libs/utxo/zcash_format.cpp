#include <utility>

#include "utxo/transaction_fields.h"
#include "utxo/tx_format.h"
#include "utxo/zcash_transaction.h"

namespace utxo {

namespace {

class Zcash final : public TxFormat {
public:
    std::string_view chain() const override { return "zcash"; }

    std::uint32_t CoinType(Network network) const override {
        return network == Network::kMain ? 133 : 1;
    }

    ScriptType DefaultType() const override { return ScriptType::kP2pkh; }

    bool IsSpendable(ScriptType type) const override { return type == ScriptType::kP2pkh; }

    base::Result<Address> ParseAddress(std::string_view text, Network network) const override {
        return ParseZcashAddress(text, network);
    }

    base::Result<std::string> AddressOf(base::ByteView script, Network network) const override {
        return ZcashAddressOf(script, network);
    }

    base::Bytes Serialize(const Transaction& transaction) const override {
        return SerializeZcash(transaction);
    }

    base::Result<Transaction> Parse(base::ByteView raw) const override {
        BASE_ASSIGN_OR_RETURN(ZcashTransaction parsed, ParseZcash(raw));
        if (parsed.has_shielded) {
            return BadTransaction("the transaction has shielded parts");
        }
        return std::move(parsed.transparent);
    }

    crypto::Hash256 TxHash(const Transaction& transaction) const override {
        return ZcashTxHash(transaction);
    }

    base::Result<utxo::Spend> Spend(const SpendTask& task,
                                    const secret::Bytes& key) const override {
        return SpendZcash(task, key);
    }

    base::Result<base::Bytes> EncodeUnsigned(const UnsignedTx& unsigned_tx) const override {
        return EncodeZcashUnsigned(unsigned_tx);
    }

    base::Result<UnsignedTx> DecodeUnsigned(base::ByteView bytes) const override {
        return DecodeZcashUnsigned(bytes);
    }

    // Version 5 signatures commit to the amounts of all inputs (ZIP-244, S.2c).
    bool NeedsProofs(const Transaction& transaction,
                     const std::vector<Output>& /*spent*/) const override {
        return transaction.version != kZcashVersion5;
    }

    base::Result<base::Bytes> ProofOf(base::ByteView raw) const override {
        return base::ToBytes(raw);
    }

    base::Result<std::uint64_t> Fee(const TxShape& shape,
                                    std::uint64_t /*rate_milli*/) const override {
        return ZcashFeeOfShape(shape);
    }

    base::Result<std::uint64_t> InputFee(ScriptType /*type*/,
                                         std::uint64_t /*rate_milli*/) const override {
        return kZcashMarginalFee;
    }

    std::uint64_t DustLimit(base::ByteView script) const override { return ZcashDustLimit(script); }

    // Change that costs as much to spend as it holds is worth nothing.
    std::uint64_t ChangeMinimum(base::ByteView /*script*/) const override {
        return kZcashMarginalFee;
    }
};

}  // namespace

const TxFormat& ZcashFormat() {
    static const Zcash format;
    return format;
}

}  // namespace utxo
