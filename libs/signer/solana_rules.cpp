#include "signer/solana_rules.h"

#include <span>
#include <utility>
#include <variant>

#include "crypto/hash.h"
#include "money/uint256.h"
#include "orders/order_plan.h"
#include "solana/params.h"
#include "solana/payment.h"
#include "solana/transaction.h"

namespace signer {

namespace {

namespace common = platform::common::v1;

using money::UInt256;

base::Error Mismatch(std::string_view reason, std::string detail) {
    return base::FailedPrecondition(reason, std::move(detail));
}

bool IsAll(const chain::Plan& plan) {
    return std::get<chain::Transfer>(plan.action).mode == chain::TransferMode::kAll;
}

base::Result<> CheckMemo(const common::Order& order, const std::string& memo) {
    const crypto::Hash256 hash = crypto::Sha256(base::AsBytes(memo));
    const bool fits = memo.empty() ? order.memo_hash().empty()
                                   : base::Equal(base::AsBytes(order.memo_hash()), hash);
    return fits ? base::Result<>() : Mismatch("tx_mismatch", "the memo is not the order's");
}

base::Result<> CheckOnCurve(const chain::Plan& plan) {
    BASE_ASSIGN_OR_RETURN(const chain::Recipient* recipient, solana::RecipientOf(plan));
    BASE_ASSIGN_OR_RETURN(const solana::Pubkey to, solana::Pubkey::Parse(recipient->address));
    if (!to.IsOnCurve() && !std::get<chain::Transfer>(plan.action).accept_off_curve) {
        return Mismatch("off_curve_recipient",
                        "the order does not allow a recipient without a private key");
    }
    return {};
}

// A later attempt of mode all moves at most what the first one moved, fee included.
base::Result<> CheckAllAgainstFirst(const solana::PaymentFigures& now,
                                    const solana::PaymentFigures& first,
                                    const chain::Plan& plan) {
    const bool native = plan.asset.IsNative();
    const auto sum = [native](const solana::PaymentFigures& figures) {
        return money::CheckedAdd(
            UInt256(figures.amount),
            UInt256(native ? solana::TransactionFee(figures) : std::uint64_t{0}));
    };
    BASE_ASSIGN_OR_RETURN(const UInt256 asked, sum(now));
    BASE_ASSIGN_OR_RETURN(const UInt256 before, sum(first));
    if (asked > before) {
        return Mismatch("tx_mismatch", "the later attempt pays more than the first one");
    }
    return {};
}

// The first attempt's bytes prove that this payment was signed in time.
base::Result<solana::PaymentFigures> ReadFirst(const SolanaCase& attempt, const chain::Plan& plan) {
    BASE_ASSIGN_OR_RETURN(const solana::Transaction first,
                          solana::ParseTransaction(attempt.first_signed_tx));
    auto figures = solana::ReadPayment(first.message, plan);
    if (!figures || !solana::AllSignaturesValid(first)) {
        return Mismatch("first_attempt_mismatch",
                        "the first attempt is not this order's payment by this wallet");
    }
    return figures;
}

}  // namespace

base::Result<solana::Message> CheckSolanaAttempt(const SolanaCase& attempt, chain::Mode mode) {
    if (orders::IsReplacement(attempt.order)) {
        return Mismatch("not_replaceable", "this network replaces no transaction");
    }
    BASE_ASSIGN_OR_RETURN(const auto parameters,
                          solana::ParametersOfNetwork(attempt.order.network(), mode));
    BASE_ASSIGN_OR_RETURN(const chain::Plan plan, orders::PlanOf(attempt.order));
    BASE_RETURN_IF_ERROR(CheckOnCurve(plan));
    BASE_ASSIGN_OR_RETURN(solana::Message message, solana::ParseMessage(attempt.unsigned_tx));
    BASE_ASSIGN_OR_RETURN(const auto figures, solana::ReadPayment(message, plan));
    BASE_RETURN_IF_ERROR(CheckMemo(attempt.order, figures.memo));
    BASE_RETURN_IF_ERROR(solana::CheckPayment(figures, plan, parameters.fee_ceiling));
    if (!attempt.first_signed_tx.empty()) {
        BASE_ASSIGN_OR_RETURN(const auto first, ReadFirst(attempt, plan));
        if (first.blockhash == figures.blockhash) {
            return Mismatch("first_attempt_mismatch", "a later attempt has a later blockhash");
        }
        if (IsAll(plan)) {
            BASE_RETURN_IF_ERROR(CheckAllAgainstFirst(figures, first, plan));
        }
    } else if (IsAll(plan)) {
        BASE_ASSIGN_OR_RETURN(const UInt256 limit, UInt256::Parse(attempt.amount_max));
        if (UInt256(figures.amount) > limit) {
            return Mismatch("tx_mismatch", "the transaction pays more than was authorised");
        }
    }
    return message;
}

base::Result<SignedBytes> SignSolana(const solana::Message& message, const secret::Bytes& key) {
    BASE_ASSIGN_OR_RETURN(const solana::Transaction made,
                          solana::SignMessage(message, std::span(&key, 1)));
    SignedBytes bytes;
    bytes.signed_tx = solana::SerializeTransaction(made);
    // What leaves here is read again by the decoder that every other transaction passes.
    BASE_ASSIGN_OR_RETURN(const solana::Transaction read,
                          solana::ParseTransaction(bytes.signed_tx));
    if (!(read == made) || !solana::AllSignaturesValid(read)) {
        return base::Internal("a signature did not verify");
    }
    bytes.tx_hash = solana::TransactionId(read);
    return bytes;
}

}  // namespace signer
