// Transactions of ours that our own records have lost.
#include <optional>
#include <string>
#include <utility>

#include "solana/chain_parts.h"
#include "solana/payment.h"
#include "solana/solana_chain.h"
#include "solana/transaction.h"

namespace solana {

base::Result<std::optional<chain::Rediscovered>> SolanaChain::Rediscover(
    const std::string& tx_hash, const chain::Plan& plan, base::ByteView unsigned_tx) {
    using Found = std::optional<chain::Rediscovered>;
    BASE_ASSIGN_OR_RETURN(const Message message, ParseMessage(unsigned_tx));
    BASE_ASSIGN_OR_RETURN(const PaymentFigures asked, ReadPayment(message, plan));
    BASE_ASSIGN_OR_RETURN(auto raw, parts_->node.BytesOf(tx_hash));
    if (!raw) {
        return Found();
    }
    const auto landed = ParseTransaction(*raw);
    if (!landed) {
        return Found();  // of a form that we do not sign
    }
    if (TransactionId(*landed) != tx_hash || !AllSignaturesValid(*landed)) {
        return BadAnswer("another transaction");
    }
    const auto figures = ReadPayment(landed->message, plan);
    // A renewal has another blockhash and perhaps another price; the limit keeps a part of the
    // serial, which tells it from an equal payment.
    if (!figures || figures->compute_limit != asked.compute_limit || figures->memo != asked.memo ||
        !CheckPayment(*figures, plan, parts_->parameters.fee_ceiling)) {
        return Found();
    }
    return std::optional(
        chain::Rediscovered{{SerializeMessage(landed->message), "", {}}, std::move(*raw)});
}

}  // namespace solana
