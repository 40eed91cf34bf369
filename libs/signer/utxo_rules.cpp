#include "signer/utxo_rules.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <utility>
#include <variant>
#include <vector>

#include "chain/types.h"
#include "money/uint256.h"
#include "orders/order_plan.h"
#include "utxo/address.h"
#include "utxo/params.h"
#include "utxo/payment.h"
#include "utxo/spend.h"

namespace signer {

namespace {

using money::UInt256;

base::Error Mismatch(std::string_view reason, std::string detail) {
    return base::PermissionDenied(reason, std::move(detail));
}

base::Result<utxo::PaymentRules> RulesOf(const utxo::Params& params, const std::string& from) {
    BASE_ASSIGN_OR_RETURN(const utxo::Address own,
                          params.format->ParseAddress(from, params.network));
    utxo::PaymentRules rules;
    rules.network = params.network;
    BASE_ASSIGN_OR_RETURN(rules.fee_ceiling, params.common.fee_ceiling.ToUint64());
    rules.is_own = [script = own.script](base::ByteView output, const utxo::KeyHint& hint) {
        return !hint.place && base::Equal(output, script);
    };
    return rules;
}

// Coins of the wallet's own address, or of those further ones.
base::Result<> CheckInputs(const utxo::UnsignedTx& unsigned_tx,
                           const utxo::PaymentRules& rules,
                           const std::set<base::Bytes>& further) {
    for (const utxo::UnsignedInput& input : unsigned_tx.inputs) {
        const bool own = rules.is_own(input.spent.script, input.key) ||
                         (!input.key.place && further.contains(input.spent.script));
        if (!own) {
            return Mismatch("tx_mismatch", "an input is not a coin of this wallet");
        }
    }
    return {};
}

base::Result<std::set<base::Bytes>> ScriptsOf(const utxo::Params& params,
                                              const std::vector<std::string>& addresses) {
    std::set<base::Bytes> scripts;
    for (const std::string& text : addresses) {
        BASE_ASSIGN_OR_RETURN(utxo::Address address,
                              params.format->ParseAddress(text, params.network));
        scripts.insert(std::move(address.script));
    }
    return scripts;
}

// Mode ALL names no amount: at most what was authorised leaves.
base::Result<> CheckAllAmount(const utxo::UnsignedTx& unsigned_tx,
                              const chain::Plan& plan,
                              const std::string& amount_max) {
    const auto* transfer = std::get_if<chain::Transfer>(&plan.action);
    if (transfer == nullptr || transfer->mode != chain::TransferMode::kAll) {
        return {};
    }
    BASE_ASSIGN_OR_RETURN(const UInt256 limit, UInt256::Parse(amount_max));
    BASE_ASSIGN_OR_RETURN(const std::uint64_t paid,
                          utxo::TotalAmount(unsigned_tx.transaction.outputs));
    if (UInt256(paid) > limit) {
        return Mismatch("tx_mismatch", "the transaction pays more than was authorised");
    }
    return {};
}

base::Error FirstMismatch(std::string detail) {
    return Mismatch("first_attempt_mismatch", std::move(detail));
}

// Every coin of the first attempt is spent again, so that of all attempts one can land.
base::Result<> CheckAgainstFirst(const CheckedUtxo& task, base::ByteView first_signed_tx) {
    BASE_ASSIGN_OR_RETURN(const utxo::Transaction first,
                          task.ground.format->Parse(first_signed_tx));
    if (!utxo::SpendsAnchor(task.unsigned_tx.transaction, first)) {
        return FirstMismatch("a later attempt spends the anchor coin of the first");
    }
    const auto& inputs = task.unsigned_tx.transaction.inputs;
    for (const utxo::Input& input : first.inputs) {
        if (std::none_of(inputs.begin(), inputs.end(), [&](const utxo::Input& now) {
                return now.prevout == input.prevout;
            })) {
            return FirstMismatch("a later attempt spends every coin of the first");
        }
    }
    return {};
}

}  // namespace

base::Result<CheckedUtxo> CheckUtxoAttempt(const UtxoCase& attempt, chain::Mode mode) {
    BASE_ASSIGN_OR_RETURN(const utxo::Params params,
                          utxo::ParamsOfNetwork(attempt.payment.network(), mode));
    BASE_ASSIGN_OR_RETURN(chain::Plan plan, orders::PlanOf(attempt.payment));
    if (!plan.asset.IsNative()) {
        return Mismatch("tx_mismatch", "this chain has no tokens");
    }
    BASE_ASSIGN_OR_RETURN(plan.fee_cap, UInt256::Parse(attempt.order.fee_cap()));
    CheckedUtxo task;
    task.ground = {params.format, params.network};
    BASE_ASSIGN_OR_RETURN(task.unsigned_tx, params.format->DecodeUnsigned(attempt.unsigned_tx));
    BASE_ASSIGN_OR_RETURN(const utxo::PaymentRules rules, RulesOf(params, plan.from));
    BASE_ASSIGN_OR_RETURN(const auto further, ScriptsOf(params, attempt.further_addresses));
    BASE_RETURN_IF_ERROR(CheckInputs(task.unsigned_tx, rules, further));
    if (!attempt.first_signed_tx.empty()) {
        BASE_RETURN_IF_ERROR(CheckAgainstFirst(task, attempt.first_signed_tx));
    } else if (orders::IsReplacement(attempt.order)) {
        return FirstMismatch("there is nothing to replace");
    }
    if (attempt.order.has_cancel()) {
        BASE_RETURN_IF_ERROR(utxo::CheckSelfPayment(task.unsigned_tx, plan.fee_cap, rules));
        return task;
    }
    BASE_RETURN_IF_ERROR(utxo::CheckPayment(*params.format, task.unsigned_tx, plan, rules));
    BASE_RETURN_IF_ERROR(CheckAllAmount(task.unsigned_tx, plan, attempt.amount_max));
    return task;
}

base::Result<secret::Bytes> KeyOfScript(const UtxoKeys& keys, base::ByteView script) {
    const auto found = keys.find(base::ToBytes(script));
    if (found == keys.end()) {
        return Mismatch("tx_mismatch", "an input is not a coin of this wallet");
    }
    return found->second.Clone();
}

base::Result<> CheckOwnFirst(const CheckedUtxo& task,
                             base::ByteView first_signed_tx,
                             const UtxoKeys& keys) {
    const utxo::TxFormat& format = *task.ground.format;
    BASE_ASSIGN_OR_RETURN(utxo::Transaction first, format.Parse(first_signed_tx));
    if (first.branch_id == 0) {
        first.branch_id = task.unsigned_tx.transaction.branch_id;
    }
    utxo::Transaction bare = first;
    std::vector<utxo::Output> spent;
    for (utxo::Input& input : bare.inputs) {
        input.script_sig.clear();
        input.witness.clear();
        const auto& inputs = task.unsigned_tx.transaction.inputs;
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            if (inputs[i].prevout == input.prevout) {
                spent.push_back(task.unsigned_tx.inputs[i].spent);
            }
        }
    }
    if (spent.size() != bare.inputs.size()) {
        return FirstMismatch("a later attempt spends every coin of the first");
    }
    for (std::size_t i = 0; i < bare.inputs.size(); ++i) {
        BASE_ASSIGN_OR_RETURN(const secret::Bytes key, KeyOfScript(keys, spent[i].script));
        BASE_ASSIGN_OR_RETURN(const utxo::Spend made, format.Spend({bare, spent, i}, key));
        if (made.script_sig != first.inputs[i].script_sig ||
            made.witness != first.inputs[i].witness) {
            return FirstMismatch("the first attempt is not signed by this wallet");
        }
    }
    return {};
}

}  // namespace signer
