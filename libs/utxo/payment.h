// From a selection to the transaction that is signed, and the signer's check that a transaction is
// exactly what an order allows.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>

#include "base/result.h"
#include "chain/types.h"
#include "utxo/coin_selection.h"
#include "utxo/tx_format.h"
#include "utxo/unsigned_tx.h"

namespace utxo {

// What a transaction carries besides coins and money.
struct TxTerms {
    std::uint32_t version = 2;
    std::uint32_t locktime = 0;
    std::uint32_t sequence = kSequenceFinal;
    std::uint32_t branch_id = 0;
    std::uint32_t expiry_height = 0;
};

// Version 2, replaceable (BIP-125), not to be mined before the next block, as Bitcoin Core does it
// against fee sniping.
[[nodiscard]] TxTerms BitcoinTerms(std::uint32_t tip_height);

// Version 5 from NU5 on, else 4; expires 40 blocks after the tip.
inline constexpr std::uint32_t kZcashExpiryBlocks = 40;
[[nodiscard]] TxTerms ZcashTerms(std::uint32_t tip_height, std::uint32_t branch_id);

struct ChangeOutput {
    std::optional<KeyPlace> place;
    std::uint32_t position = 0;  // among the outputs; above their number = last
};

// Inputs in the order of the selection: the first one is the anchor. Without proofs, see
// AttachProofs.
[[nodiscard]] UnsignedTx AssemblePayment(const Selection& selection,
                                         const TxTerms& terms,
                                         const ChangeOutput& change);

// Puts the previous transactions in where the format needs them. Errors: `amount_unproven` where
// one is missing; `bad_tx`.
using PreviousTransactions = std::map<crypto::Hash256, base::Bytes>;
[[nodiscard]] base::Result<> AttachProofs(const TxFormat& format,
                                          const PreviousTransactions& previous,
                                          UnsignedTx& unsigned_tx);

// Whether an output's script is this wallet's own, at the place it claims.
using IsOwnScript = std::function<bool(base::ByteView script, const KeyHint& hint)>;

struct PaymentRules {
    Network network = Network::kMain;
    std::uint64_t fee_ceiling = 0;  // static, of the chain
    IsOwnScript is_own;
};

// Whether the transaction is what `plan` (a transfer, or a cpfp to own change) allows: the
// recipients with their amounts, at most one more output to self, the fee inside the cap and the
// ceiling. In mode subtract_fee recipient and fee together are at least the ordered amount and the
// recipient gets no more than it. Errors: `tx_mismatch`, `fee_cap_exceeded`, `unsupported_action`
// and those of addresses.
[[nodiscard]] base::Result<> CheckPayment(const TxFormat& format,
                                          const UnsignedTx& unsigned_tx,
                                          const chain::Plan& plan,
                                          const PaymentRules& rules);

// The same for a transaction that pays nobody: one output, to self. Errors: `tx_mismatch`,
// `fee_cap_exceeded`.
[[nodiscard]] base::Result<> CheckSelfPayment(const UnsignedTx& unsigned_tx,
                                              const money::UInt256& fee_cap,
                                              const PaymentRules& rules);

// Whether a later attempt excludes the first one: it spends the first one's anchor.
[[nodiscard]] bool SpendsAnchor(const Transaction& later, const Transaction& first);

}  // namespace utxo
