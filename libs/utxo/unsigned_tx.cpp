#include "utxo/unsigned_tx.h"

#include <algorithm>
#include <string>

#include "utxo/script.h"
#include "utxo/transaction_fields.h"
#include "utxo/unsigned_checks.h"

namespace utxo {

std::vector<Output> SpentOutputs(const UnsignedTx& unsigned_tx) {
    std::vector<Output> spent;
    spent.reserve(unsigned_tx.inputs.size());
    for (const UnsignedInput& input : unsigned_tx.inputs) {
        spent.push_back(input.spent);
    }
    return spent;
}

base::Result<std::uint64_t> FeeOf(const UnsignedTx& unsigned_tx) {
    BASE_ASSIGN_OR_RETURN(const std::uint64_t in, TotalAmount(SpentOutputs(unsigned_tx)));
    BASE_ASSIGN_OR_RETURN(const std::uint64_t out, TotalAmount(unsigned_tx.transaction.outputs));
    if (in < out) {
        return BadTransaction("pays more than it spends");
    }
    return in - out;
}

bool NeedsBitcoinProofs(const std::vector<Output>& spent) {
    return std::any_of(spent.begin(), spent.end(), [](const Output& output) {
        return TypeOfScript(output.script) != ScriptType::kP2tr;
    });
}

base::Error AmountUnproven(std::string detail) {
    return base::InvalidArgument("amount_unproven", std::move(detail));
}

base::Result<> CheckUnsigned(const UnsignedTx& unsigned_tx) {
    const Transaction& transaction = unsigned_tx.transaction;
    BASE_RETURN_IF_ERROR(CheckTransaction(transaction));
    if (unsigned_tx.inputs.size() != transaction.inputs.size() ||
        unsigned_tx.outputs.size() != transaction.outputs.size()) {
        return BadTransaction("not every input and output is described");
    }
    for (const Input& input : transaction.inputs) {
        if (!input.script_sig.empty() || !input.witness.empty()) {
            return BadTransaction("an unsigned transaction has no signatures");
        }
    }
    BASE_RETURN_IF_ERROR(FeeOf(unsigned_tx));
    return {};
}

base::Result<> CheckProof(const crypto::Hash256& hash,
                          const std::vector<Output>& outputs,
                          const OutPoint& prevout,
                          const Output& spent) {
    if (hash != prevout.tx_hash) {
        return AmountUnproven("a previous transaction is not the one that is spent");
    }
    if (prevout.index >= outputs.size() || outputs[prevout.index] != spent) {
        return AmountUnproven("output " + std::to_string(prevout.index) + " of " +
                              TxHashText(hash) + " is not what is said to be spent");
    }
    return {};
}

}  // namespace utxo
