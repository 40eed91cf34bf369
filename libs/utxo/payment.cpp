#include "utxo/payment.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "utxo/branch_id.h"
#include "utxo/unsigned_checks.h"
#include "utxo/zcash_transaction.h"

namespace utxo {

namespace {

// Below, a lock time is a height; from here on it is a time.
constexpr std::uint32_t kLocktimeThreshold = 500'000'000;

base::Error Mismatch(std::string detail) {
    return base::PermissionDenied("tx_mismatch", std::move(detail));
}

base::Result<> CheckFee(const UnsignedTx& unsigned_tx,
                        const money::UInt256& fee_cap,
                        const PaymentRules& rules) {
    BASE_ASSIGN_OR_RETURN(const std::uint64_t fee, FeeOf(unsigned_tx));
    if (money::UInt256(fee) > fee_cap || fee > rules.fee_ceiling) {
        return base::PermissionDenied(
            "fee_cap_exceeded",
            "the fee of " + std::to_string(fee) + " base units is above what is allowed");
    }
    return {};
}

// Terms under which a payment could hang for ever.
base::Result<> CheckTerms(const Transaction& transaction) {
    if (transaction.locktime >= kLocktimeThreshold) {
        return Mismatch("a payment is not locked until a time");
    }
    const bool is_zcash =
        transaction.version == kZcashVersion4 || transaction.version == kZcashVersion5;
    if (is_zcash &&
        (transaction.expiry_height == 0 || transaction.expiry_height >= kLocktimeThreshold)) {
        return Mismatch("a Zcash payment expires");
    }
    return {};
}

// The outputs that no recipient accounts for, by their places.
base::Result<std::vector<std::size_t>> UnorderedOutputs(const Transaction& transaction,
                                                        std::vector<Output> ordered) {
    std::vector<std::size_t> rest;
    for (std::size_t i = 0; i < transaction.outputs.size(); ++i) {
        const auto found = std::find(ordered.begin(), ordered.end(), transaction.outputs[i]);
        if (found == ordered.end()) {
            rest.push_back(i);
        } else {
            ordered.erase(found);
        }
    }
    if (!ordered.empty()) {
        return Mismatch("a recipient of the order is not paid its amount");
    }
    return rest;
}

base::Result<> CheckChange(const UnsignedTx& unsigned_tx,
                           const std::vector<std::size_t>& rest,
                           const PaymentRules& rules) {
    if (rest.size() > 1) {
        return Mismatch("more than one output is not in the order");
    }
    for (const std::size_t place : rest) {
        if (!rules.is_own(unsigned_tx.transaction.outputs[place].script,
                          unsigned_tx.outputs[place])) {
            return Mismatch("an output that is not in the order does not pay this wallet");
        }
    }
    return {};
}

base::Result<std::vector<Output>> OutputsOf(const TxFormat& format,
                                            const chain::Transfer& transfer,
                                            Network network) {
    std::vector<Output> outputs;
    for (const chain::Recipient& recipient : transfer.recipients) {
        BASE_ASSIGN_OR_RETURN(const Address address,
                              format.ParseAddress(recipient.address, network));
        BASE_RETURN_IF_ERROR(CheckPayable(address));
        BASE_ASSIGN_OR_RETURN(const std::uint64_t amount, recipient.amount.ToUint64());
        outputs.push_back({amount, address.script});
    }
    return outputs;
}

// Modes subtract_fee and all: the amount is only known with the fee. Sets it to what the
// transaction pays that recipient, if the mode allows it.
base::Result<> AdoptPaidAmount(const UnsignedTx& unsigned_tx,
                               chain::TransferMode mode,
                               std::vector<Output>& ordered) {
    if (ordered.size() != 1) {
        return Mismatch("this mode pays exactly one recipient");
    }
    const std::vector<Output>& outputs = unsigned_tx.transaction.outputs;
    if (mode == chain::TransferMode::kAll) {
        if (outputs.size() != 1) {
            return Mismatch("everything goes to one recipient, and there is no change");
        }
        ordered[0].amount = outputs[0].amount;
        return {};
    }
    BASE_ASSIGN_OR_RETURN(const std::uint64_t fee, FeeOf(unsigned_tx));
    for (const Output& output : outputs) {
        if (output.script == ordered[0].script && output.amount <= ordered[0].amount &&
            output.amount + fee >= ordered[0].amount) {
            ordered[0].amount = output.amount;
            return {};
        }
    }
    return Mismatch("amount and fee do not come to what was ordered");
}

base::Result<> CheckTransfer(const TxFormat& format,
                             const UnsignedTx& unsigned_tx,
                             const chain::Transfer& transfer,
                             const PaymentRules& rules) {
    BASE_ASSIGN_OR_RETURN(std::vector<Output> ordered, OutputsOf(format, transfer, rules.network));
    if (transfer.mode != chain::TransferMode::kExact) {
        BASE_RETURN_IF_ERROR(AdoptPaidAmount(unsigned_tx, transfer.mode, ordered));
    }
    BASE_ASSIGN_OR_RETURN(const std::vector<std::size_t> rest,
                          UnorderedOutputs(unsigned_tx.transaction, std::move(ordered)));
    return CheckChange(unsigned_tx, rest, rules);
}

base::Result<> CheckOneOwnOutput(const UnsignedTx& unsigned_tx, const PaymentRules& rules) {
    if (unsigned_tx.transaction.outputs.size() != 1) {
        return Mismatch("there is exactly one output, to this wallet");
    }
    return CheckChange(unsigned_tx, {0}, rules);
}

// A cpfp spends an output of the parent that it names.
base::Result<> CheckCpfp(const UnsignedTx& unsigned_tx,
                         const chain::Cpfp& cpfp,
                         const PaymentRules& rules) {
    BASE_ASSIGN_OR_RETURN(const crypto::Hash256 parent, ParseTxHash(cpfp.parent_tx_hash));
    const std::vector<Input>& inputs = unsigned_tx.transaction.inputs;
    if (std::none_of(inputs.begin(), inputs.end(), [&](const Input& input) {
            return input.prevout.tx_hash == parent;
        })) {
        return Mismatch("the transaction does not spend an output of the named parent");
    }
    return CheckOneOwnOutput(unsigned_tx, rules);
}

}  // namespace

TxTerms BitcoinTerms(std::uint32_t tip_height) {
    TxTerms terms;
    terms.locktime = tip_height;
    terms.sequence = kSequenceReplaceable;
    return terms;
}

TxTerms ZcashTerms(std::uint32_t tip_height, std::uint32_t branch_id) {
    TxTerms terms;
    terms.version = HasVersion5(branch_id) ? kZcashVersion5 : kZcashVersion4;
    terms.branch_id = branch_id;
    terms.expiry_height = tip_height + kZcashExpiryBlocks;
    return terms;
}

UnsignedTx AssemblePayment(const Selection& selection,
                           const TxTerms& terms,
                           const ChangeOutput& change) {
    UnsignedTx unsigned_tx;
    Transaction& transaction = unsigned_tx.transaction;
    transaction.version = terms.version;
    transaction.locktime = terms.locktime;
    transaction.branch_id = terms.branch_id;
    transaction.expiry_height = terms.expiry_height;
    for (const Coin& coin : selection.coins) {
        Input input;
        input.prevout = coin.prevout;
        input.sequence = terms.sequence;
        transaction.inputs.push_back(std::move(input));
        UnsignedInput described;
        described.spent = coin.output;
        described.key.place = coin.place;
        unsigned_tx.inputs.push_back(std::move(described));
    }
    transaction.outputs = selection.recipients;
    unsigned_tx.outputs.resize(selection.recipients.size());
    if (selection.change) {
        const auto position = static_cast<std::ptrdiff_t>(
            std::min<std::size_t>(change.position, transaction.outputs.size()));
        transaction.outputs.insert(transaction.outputs.begin() + position, *selection.change);
        unsigned_tx.outputs.insert(unsigned_tx.outputs.begin() + position,
                                   KeyHint{change.place, std::nullopt});
    }
    return unsigned_tx;
}

base::Result<> AttachProofs(const TxFormat& format,
                            const PreviousTransactions& previous,
                            UnsignedTx& unsigned_tx) {
    if (!format.NeedsProofs(unsigned_tx.transaction, SpentOutputs(unsigned_tx))) {
        return {};
    }
    for (std::size_t i = 0; i < unsigned_tx.inputs.size(); ++i) {
        const auto found = previous.find(unsigned_tx.transaction.inputs[i].prevout.tx_hash);
        if (found == previous.end()) {
            return AmountUnproven("a previous transaction is missing");
        }
        BASE_ASSIGN_OR_RETURN(unsigned_tx.inputs[i].previous_tx, format.ProofOf(found->second));
    }
    return {};
}

base::Result<> CheckPayment(const TxFormat& format,
                            const UnsignedTx& unsigned_tx,
                            const chain::Plan& plan,
                            const PaymentRules& rules) {
    BASE_RETURN_IF_ERROR(CheckTerms(unsigned_tx.transaction));
    BASE_RETURN_IF_ERROR(CheckFee(unsigned_tx, plan.fee_cap, rules));
    if (const auto* transfer = std::get_if<chain::Transfer>(&plan.action)) {
        return CheckTransfer(format, unsigned_tx, *transfer, rules);
    }
    if (const auto* cpfp = std::get_if<chain::Cpfp>(&plan.action)) {
        return CheckCpfp(unsigned_tx, *cpfp, rules);
    }
    return base::InvalidArgument("unsupported_action", "this chain has no such action");
}

base::Result<> CheckSelfPayment(const UnsignedTx& unsigned_tx,
                                const money::UInt256& fee_cap,
                                const PaymentRules& rules) {
    BASE_RETURN_IF_ERROR(CheckTerms(unsigned_tx.transaction));
    BASE_RETURN_IF_ERROR(CheckFee(unsigned_tx, fee_cap, rules));
    return CheckOneOwnOutput(unsigned_tx, rules);
}

bool SpendsAnchor(const Transaction& later, const Transaction& first) {
    return !first.inputs.empty() &&
           std::any_of(later.inputs.begin(), later.inputs.end(), [&](const Input& input) {
               return input.prevout == first.inputs[0].prevout;
           });
}

}  // namespace utxo
