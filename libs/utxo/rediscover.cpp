// Transactions of ours that our own records have lost.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/hex.h"
#include "utxo/payment.h"
#include "utxo/utxo_chain.h"

namespace utxo {

base::Result<base::Bytes> UtxoChain::BytesOf(const std::string& tx_hash) const {
    BASE_ASSIGN_OR_RETURN(const auto found, node_.FindTx(tx_hash));
    std::string hex = found ? found->transaction.hex : "";
    if (!found) {
        // A node without an index of transactions shows them in their blocks alone.
        BASE_ASSIGN_OR_RETURN(const auto booked, ledger_.FindTransaction(tx_hash));
        if (booked) {
            BASE_ASSIGN_OR_RETURN(const NodeBlock block, node_.BlockOf(booked->block_hash));
            for (const NodeTx& transaction : block.transactions) {
                hex = transaction.tx_hash == tx_hash ? transaction.hex : hex;
            }
        }
    }
    auto raw = base::HexDecode(hex);
    if (!raw || raw->empty()) {
        return BadAnswer("a transaction's bytes");
    }
    return raw;
}

// What it spends beside the coins of `asked` can only be coins that paid us, as a raised fee takes
// them; of those our books have the transactions. Empty: it spends others as well.
base::Result<std::optional<UnsignedTx>> UtxoChain::Reconstruct(const Transaction& landed,
                                                               const UnsignedTx& asked) const {
    UnsignedTx again;
    again.transaction = landed;
    again.outputs.resize(landed.outputs.size());
    if (again.transaction.branch_id == 0) {
        again.transaction.branch_id = asked.transaction.branch_id;  // Zcash version 4
    }
    const std::vector<Input>& known = asked.transaction.inputs;
    for (Input& input : again.transaction.inputs) {
        input.script_sig.clear();
        input.witness.clear();
        const auto same = std::find_if(known.begin(), known.end(), [&](const Input& other) {
            return other.prevout == input.prevout;
        });
        if (same != known.end()) {
            again.inputs.push_back(asked.inputs[static_cast<std::size_t>(same - known.begin())]);
            continue;
        }
        const auto source = ledger_.SourceOf(TxHashText(input.prevout.tx_hash));
        if (!source && source.error().reason == "unknown_tx") {
            return std::optional<UnsignedTx>();
        }
        if (!source) {
            return source.error();
        }
        BASE_ASSIGN_OR_RETURN(const Transaction previous, params_.format->Parse(*source));
        if (input.prevout.index >= previous.outputs.size()) {
            return std::optional<UnsignedTx>();
        }
        again.inputs.emplace_back().spent = previous.outputs[input.prevout.index];
    }
    return std::optional(std::move(again));
}

base::Result<std::optional<chain::Rediscovered>> UtxoChain::Rediscover(const std::string& tx_hash,
                                                                       const chain::Plan& plan,
                                                                       base::ByteView unsigned_tx) {
    using Found = std::optional<chain::Rediscovered>;
    BASE_ASSIGN_OR_RETURN(const UnsignedTx asked, params_.format->DecodeUnsigned(unsigned_tx));
    BASE_ASSIGN_OR_RETURN(base::Bytes raw, BytesOf(tx_hash));
    // What has shielded parts, or a version that we do not sign, is not ours.
    const auto landed = params_.format->Parse(raw);
    if (!landed) {
        return Found();
    }
    if (TxHashText(params_.format->TxHash(*landed)) != tx_hash) {
        return BadAnswer("another transaction");
    }
    if (!SpendsAnchor(*landed, asked.transaction)) {
        return Found();
    }
    BASE_ASSIGN_OR_RETURN(auto again, Reconstruct(*landed, asked));
    if (!again) {
        return Found();
    }
    // A speed-up has a fee cap of its own, and that order may be lost too.
    chain::Plan any_fee = plan;
    any_fee.fee_cap = params_.common.fee_ceiling;
    if (!CheckPayment(*params_.format, *again, any_fee, RulesFor(plan.from))) {
        return Found();
    }
    BASE_RETURN_IF_ERROR(Prove(*again));
    BASE_ASSIGN_OR_RETURN(chain::Unsigned made, Describe(*again));
    return std::optional(chain::Rediscovered{std::move(made), std::move(raw)});
}

}  // namespace utxo
