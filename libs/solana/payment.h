// The one allowed message of a payment: the chain's core builds it, the signer takes a message
// apart, builds it again from the order and refuses any that differs in a byte. So nothing can be
// in it that was not ordered: no further instruction, signer or payer, no durable nonce, no lookup
// table.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "chain/types.h"
#include "solana/message.h"
#include "solana/pubkey.h"

namespace solana {

// What is free in a payment's message once the plan is known.
struct PaymentFigures {
    std::uint32_t compute_limit = 0;
    std::uint64_t compute_price = 0;  // micro-lamports a unit
    std::uint64_t amount = 0;         // base units of the asset that the recipient gets
    bool creates_account = false;     // of the recipient, for a token
    std::string memo;
    Pubkey blockhash;
};

// Lamports for the signature and the compute units.
[[nodiscard]] std::uint64_t TransactionFee(const PaymentFigures& figures);

// Lamports that the recipient's new token account of this asset is given; counts with the size that
// the asset's program makes.
[[nodiscard]] std::uint64_t AssumedRent(const money::Asset& asset);

// Accounts that a token payment moves between.
struct TokenRoute {
    Pubkey mint;
    Pubkey token_program;
    Pubkey source;
    Pubkey recipient;  // the owner that is paid
    Pubkey destination;
};

// Errors: `bad_address`, `token_not_supported` for a program that is no token program.
[[nodiscard]] base::Result<TokenRoute> RouteOf(const money::Asset& asset,
                                               const Pubkey& from,
                                               const Pubkey& recipient);

// The only recipient of a plan that is a payment. Errors: `unsupported_action`, `bad_recipients`.
[[nodiscard]] base::Result<const chain::Recipient*> RecipientOf(const chain::Plan& plan);

// Errors: those above and of CompileMessage.
[[nodiscard]] base::Result<Message> ComposePayment(const chain::Plan& plan,
                                                   const PaymentFigures& figures);

// The figures of a message that is exactly `plan`'s payment with them; the plan's memo is not
// looked at. Errors: `tx_mismatch`, those of ComposePayment.
[[nodiscard]] base::Result<PaymentFigures> ReadPayment(const Message& message,
                                                       const chain::Plan& plan);

// Amount and costs are what the plan allows: in mode exact the ordered amount, in mode
// subtract_fee amount and costs together at most that, costs inside the fee cap and `ceiling`.
// Errors: `tx_mismatch`, `fee_cap_exceeded`.
[[nodiscard]] base::Result<> CheckPayment(const PaymentFigures& figures,
                                          const chain::Plan& plan,
                                          const money::UInt256& ceiling);

}  // namespace solana
