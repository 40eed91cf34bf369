// Unsigned transactions out of selections, and the check of signed ones.
#include <string>
#include <utility>

#include "crypto/random.h"
#include "utxo/address.h"
#include "utxo/sign.h"
#include "utxo/spendable.h"
#include "utxo/terms.h"
#include "utxo/utxo_chain.h"

namespace utxo {

namespace {

// Any place but a fixed one: which output is the change is nobody's business.
std::uint32_t RandomPosition(std::size_t outputs) {
    const auto dice = crypto::RandomArray<4>();
    std::uint32_t number = 0;
    for (const std::uint8_t byte : dice) {
        number = number << 8U | byte;
    }
    return number % static_cast<std::uint32_t>(outputs + 1);
}

}  // namespace

PaymentRules UtxoChain::RulesFor(const std::string& address) const {
    PaymentRules rules;
    rules.network = params_.network;
    const auto ceiling = params_.common.fee_ceiling.ToUint64();
    rules.fee_ceiling = ceiling ? *ceiling : 0;
    const auto own = params_.format->ParseAddress(address, params_.network);
    rules.is_own = [script = own ? own->script : base::Bytes()](base::ByteView output,
                                                                const KeyHint& hint) {
        return !hint.place && base::Equal(output, script);
    };
    return rules;
}

base::Result<chain::Unsigned> UtxoChain::Describe(const UnsignedTx& unsigned_tx) const {
    chain::Unsigned result;
    BASE_ASSIGN_OR_RETURN(result.payload, params_.format->EncodeUnsigned(unsigned_tx));
    BASE_ASSIGN_OR_RETURN(const std::uint64_t fee, FeeOf(unsigned_tx));
    result.fee_max = money::UInt256(fee);
    result.terms = WriteTerms(result.payload);
    for (std::size_t i = 0; i < unsigned_tx.inputs.size(); ++i) {
        result.coins.push_back(
            WriteCoin(unsigned_tx.transaction.inputs[i].prevout, unsigned_tx.inputs[i].spent));
    }
    return result;
}

base::Result<chain::Unsigned> UtxoChain::Pack(const Selection& selection,
                                              const TxTerms& terms) const {
    const ChangeOutput change{std::nullopt, RandomPosition(selection.recipients.size())};
    UnsignedTx unsigned_tx = AssemblePayment(selection, terms, change);
    BASE_RETURN_IF_ERROR(Prove(unsigned_tx));
    return Describe(unsigned_tx);
}

base::Result<> UtxoChain::Prove(UnsignedTx& unsigned_tx) const {
    if (!params_.format->NeedsProofs(unsigned_tx.transaction, SpentOutputs(unsigned_tx))) {
        return {};
    }
    PreviousTransactions previous;
    for (const Input& input : unsigned_tx.transaction.inputs) {
        const crypto::Hash256& hash = input.prevout.tx_hash;
        if (!previous.contains(hash)) {
            BASE_ASSIGN_OR_RETURN(previous[hash], ledger_.SourceOf(TxHashText(hash)));
        }
    }
    return AttachProofs(*params_.format, previous, unsigned_tx);
}

base::Result<chain::Renewal> UtxoChain::Renew(const chain::Plan& /*plan*/,
                                              const chain::SentTx& dead,
                                              const chain::Slot& /*slot*/) {
    BASE_ASSIGN_OR_RETURN(UnsignedTx again, ReadTerms(*params_.format, dead.terms));
    for (const Input& input : again.transaction.inputs) {
        BASE_ASSIGN_OR_RETURN(const auto made,
                              ledger_.FindTransaction(TxHashText(input.prevout.tx_hash)));
        if (!made) {
            return base::FailedPrecondition(
                "anchor_gone", "the payment whose change this one spends was never included");
        }
    }
    BASE_ASSIGN_OR_RETURN(const chain::Balance books, ledger_.BalanceOf(""));
    BASE_ASSIGN_OR_RETURN(const TxTerms terms, NextTerms(books.block_height));
    again.transaction.version = terms.version;
    again.transaction.branch_id = terms.branch_id;
    again.transaction.expiry_height = terms.expiry_height;
    for (UnsignedInput& input : again.inputs) {
        input.previous_tx.clear();
    }
    BASE_RETURN_IF_ERROR(Prove(again));
    BASE_ASSIGN_OR_RETURN(chain::Unsigned unsigned_tx, Describe(again));
    return chain::Renewal{std::move(unsigned_tx), std::nullopt};
}

base::Result<chain::Unsigned> UtxoChain::Build(const chain::Plan& plan,
                                               const chain::Quote& quote,
                                               const chain::Slot& /*slot*/) const {
    BASE_ASSIGN_OR_RETURN(const UnsignedTx unsigned_tx, ReadTerms(*params_.format, quote.terms));
    // The signer's own check: a transaction that it would refuse is not even stored.
    BASE_RETURN_IF_ERROR(CheckPayment(*params_.format, unsigned_tx, plan, RulesFor(plan.from)));
    return Describe(unsigned_tx);
}

base::Result<chain::Signed> UtxoChain::Inspect(base::ByteView signed_tx,
                                               base::ByteView unsigned_tx) const {
    BASE_ASSIGN_OR_RETURN(const UnsignedTx expected, params_.format->DecodeUnsigned(unsigned_tx));
    BASE_ASSIGN_OR_RETURN(const SignedTx made,
                          MatchSigned(*params_.format, signed_tx, expected.transaction));
    chain::Signed result;
    result.payload = made.raw;
    result.tx_hash = TxHashText(made.hash);
    const auto& outputs = made.transaction.outputs;
    for (std::uint32_t i = 0; i < outputs.size(); ++i) {
        auto address = params_.format->AddressOf(outputs[i].script, params_.network);
        if (address) {
            result.outputs.push_back(
                {{result.tx_hash, i, money::UInt256(outputs[i].amount)}, std::move(*address)});
        }
    }
    return result;
}

}  // namespace utxo
