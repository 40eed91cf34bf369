// Unsigned transactions and the check of signed ones.
#include <limits>
#include <utility>

#include "solana/chain_parts.h"
#include "solana/payment.h"
#include "solana/serial.h"
#include "solana/solana_chain.h"
#include "solana/terms.h"
#include "solana/transaction.h"

namespace solana {

namespace {

base::Error NotReplaceable() {
    return base::FailedPrecondition("not_replaceable",
                                    "this network does not replace a transaction that was sent");
}

}  // namespace

base::Result<chain::Unsigned> SolanaChain::Build(const chain::Plan& plan,
                                                 const chain::Quote& quote,
                                                 const chain::Slot& slot) const {
    BASE_ASSIGN_OR_RETURN(const Terms terms, ReadTerms(quote.terms));
    PaymentFigures figures;
    figures.compute_limit = terms.compute_limit;
    figures.compute_price = terms.compute_price;
    figures.creates_account = terms.creates_account;
    figures.memo = plan.memo;
    figures.blockhash = terms.blockhash;
    BASE_ASSIGN_OR_RETURN(figures.amount, quote.amount.ToUint64());
    if (!Empties(plan, quote, terms.payer.amount)) {
        figures = WithSerial(figures, slot.serial);
    }
    BASE_ASSIGN_OR_RETURN(const Message message, ComposePayment(plan, figures));
    // The signer's own check: a transaction that it would refuse is not even stored.
    BASE_RETURN_IF_ERROR(CheckPayment(figures, plan, parts_->parameters.fee_ceiling));
    chain::Unsigned made;
    made.payload = SerializeMessage(message);
    made.terms = quote.terms;
    made.fee_max = money::UInt256(TransactionFee(figures) + terms.rent);
    return made;
}

base::Result<chain::Unsigned> SolanaChain::Bump(const chain::Plan& /*plan*/,
                                                chain::AttemptKind /*kind*/,
                                                const chain::Unsigned& /*previous*/) {
    return NotReplaceable();
}

base::Result<chain::Renewal> SolanaChain::Renew(const chain::Plan& plan,
                                                const chain::SentTx& dead,
                                                const chain::Slot& slot) {
    AllBound bound;
    if (plan.amount_max) {
        BASE_ASSIGN_OR_RETURN(bound.amount, plan.amount_max->ToUint64());
        if (plan.asset.IsNative()) {
            BASE_ASSIGN_OR_RETURN(const Terms terms, ReadTerms(dead.terms));
            PaymentFigures figures;
            figures.compute_limit = terms.compute_limit;
            figures.compute_price = terms.compute_price;
            // Where the fee has fallen, the rest of it is paid out: it may not be left over.
            bound = {std::numeric_limits<std::uint64_t>::max(),
                     bound.amount + TransactionFee(figures)};
        }
    }
    BASE_ASSIGN_OR_RETURN(const chain::Quote quote, PriceWithin(plan, bound));
    BASE_ASSIGN_OR_RETURN(chain::Unsigned made, Build(plan, quote, slot));
    return chain::Renewal{std::move(made), quote.amount};
}

base::Result<chain::Unsigned> SolanaChain::Fill(const std::string& /*from*/,
                                                std::uint64_t /*nonce*/) {
    return NotReplaceable();
}

base::Result<chain::Signed> SolanaChain::Inspect(base::ByteView signed_tx,
                                                 base::ByteView unsigned_tx) const {
    BASE_ASSIGN_OR_RETURN(const Transaction transaction, ParseTransaction(signed_tx));
    if (!base::Equal(SerializeMessage(transaction.message), unsigned_tx)) {
        return base::FailedPrecondition("tx_mismatch",
                                        "the signed transaction is not the one asked for");
    }
    if (!AllSignaturesValid(transaction)) {
        return base::FailedPrecondition("tx_mismatch", "a signature is wrong");
    }
    chain::Signed result;
    result.payload = base::ToBytes(signed_tx);
    result.tx_hash = TransactionId(transaction);
    return result;
}

}  // namespace solana
