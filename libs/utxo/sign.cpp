#include "utxo/sign.h"

#include <utility>

namespace utxo {

namespace {

Transaction WithoutSignatures(Transaction transaction) {
    for (Input& input : transaction.inputs) {
        input.script_sig.clear();
        input.witness.clear();
    }
    return transaction;
}

}  // namespace

base::Result<SignedTx> SignTransaction(const TxFormat& format,
                                       const UnsignedTx& unsigned_tx,
                                       const KeySource& keys) {
    const std::vector<Output> spent = SpentOutputs(unsigned_tx);
    Transaction transaction = unsigned_tx.transaction;
    for (std::size_t i = 0; i < unsigned_tx.inputs.size(); ++i) {
        BASE_ASSIGN_OR_RETURN(const secret::Bytes key, keys(unsigned_tx.inputs[i]));
        BASE_ASSIGN_OR_RETURN(utxo::Spend spend,
                              format.Spend({unsigned_tx.transaction, spent, i}, key));
        transaction.inputs[i].script_sig = std::move(spend.script_sig);
        transaction.inputs[i].witness = std::move(spend.witness);
    }
    const base::Bytes raw = format.Serialize(transaction);
    return MatchSigned(format, raw, unsigned_tx.transaction);
}

base::Result<SignedTx> MatchSigned(const TxFormat& format,
                                   base::ByteView raw,
                                   const Transaction& unsigned_transaction) {
    SignedTx result;
    BASE_ASSIGN_OR_RETURN(result.transaction, format.Parse(raw));
    for (const Input& input : result.transaction.inputs) {
        if (input.script_sig.empty() && input.witness.empty()) {
            return base::InvalidArgument("tx_mismatch", "an input is not signed");
        }
    }
    if (result.transaction.branch_id == 0) {
        // Zcash version 4 signs its branch id without saying it.
        result.transaction.branch_id = unsigned_transaction.branch_id;
    }
    if (WithoutSignatures(result.transaction) != unsigned_transaction) {
        return base::InvalidArgument("tx_mismatch",
                                     "the signed transaction is not the one to be signed");
    }
    result.raw = base::ToBytes(raw);
    result.hash = format.TxHash(result.transaction);
    return result;
}

}  // namespace utxo
