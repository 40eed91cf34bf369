// Broadcast and what became of it.
#include <algorithm>
#include <string>
#include <utility>

#include "crypto/base58.h"
#include "money/amount.h"
#include "solana/broadcast_text.h"
#include "solana/chain_parts.h"
#include "solana/payment.h"
#include "solana/solana_chain.h"
#include "solana/terms.h"
#include "solana/transaction.h"

namespace solana {

namespace {

using money::UInt256;

// Pages of an address's signatures that one look of a proof reads at most.
constexpr int kProofPagesMax = 50;
constexpr std::size_t kTextMax = 300;

// Errors: `unknown_tx`: no transaction is called so.
base::Result<> CheckHash(const std::string& text) {
    const auto bytes = crypto::Base58Decode(text);
    if (!bytes || bytes->size() != sizeof(crypto::Ed25519Signature)) {
        return base::NotFound("unknown_tx", "a transaction is called by 64 bytes in base58");
    }
    return {};
}

// Lamports that went into token accounts which this transaction made, beside those that were there
// ahead of it.
std::uint64_t RentPaid(const NodeTransaction& transaction) {
    std::uint64_t rent = 0;
    for (const TokenBalance& token : transaction.tokens_after) {
        const auto& known = transaction.tokens_before;
        const bool made = std::none_of(known.begin(), known.end(), [&](const TokenBalance& entry) {
            return entry.account == token.account;
        });
        const std::uint64_t before = transaction.lamports_before[token.account];
        const std::uint64_t after = transaction.lamports_after[token.account];
        if (made && after > before) {
            rent += after - before;
        }
    }
    return rent;
}

struct HistoryLook {
    // Whether the history has the transaction. Empty: it does not reach back to before `since`, so
    // it proves nothing, or it was not read so far.
    std::optional<bool> found;
    std::string rest;  // the signature before which to go on; empty = nothing is left
};

// Looks for a transaction in the final history of its payer, back to `since`.
base::Result<HistoryLook> LookInHistory(const NodeClient& node,
                                        const chain::SentTx& sent,
                                        std::uint64_t since,
                                        SignaturesQuery query) {
    for (int page = 0; page < kProofPagesMax; ++page) {
        BASE_ASSIGN_OR_RETURN(const auto rows, node.Signatures(query));
        for (const SignatureRow& row : rows) {
            if (row.signature == sent.tx_hash) {
                return HistoryLook{true, ""};
            }
            if (row.slot <= since) {
                return HistoryLook{false, ""};
            }
        }
        if (rows.empty()) {
            return HistoryLook{std::nullopt, ""};
        }
        query.before = rows.back().signature;
    }
    return HistoryLook{std::nullopt, query.before};
}

chain::Fate Unproven(std::string detail) {
    chain::Fate fate;
    fate.life = chain::Life::kUnproven;
    fate.detail = std::move(detail);
    return fate;
}

}  // namespace

base::Result<chain::BroadcastAnswer> SolanaChain::Broadcast(base::ByteView signed_tx) {
    BASE_ASSIGN_OR_RETURN(const Transaction transaction, ParseTransaction(signed_tx));
    const auto signature = parts_->node.Send(signed_tx);
    if (signature) {
        if (*signature != TransactionId(transaction)) {
            return BadAnswer("another signature than that of the transaction sent");
        }
        return chain::BroadcastAnswer{};
    }
    if (!IsRejected(signature.error())) {
        return signature.error();
    }
    chain::BroadcastAnswer answer;
    answer.text = UpstreamText(signature.error()).substr(0, kTextMax);
    const auto meaning = ClassifyRefusal(signature.error());
    if (!meaning) {
        return BadAnswer(answer.text);
    }
    answer.result = *meaning;
    return answer;
}

// A missing status says nothing: the node may have forgotten, or not have seen it.
base::Result<chain::TxStatus> SolanaChain::Status(const std::string& tx_hash) {
    BASE_RETURN_IF_ERROR(CheckHash(tx_hash));
    chain::TxStatus status;
    BASE_ASSIGN_OR_RETURN(const StatusSeen seen, parts_->node.Status(tx_hash));
    if (!seen.status) {
        return status;
    }
    if (seen.status->commitment == Commitment::kProcessed) {
        status.place = chain::TxPlace::kMempool;
        return status;
    }
    BASE_ASSIGN_OR_RETURN(const auto transaction, parts_->node.TransactionOf(tx_hash));
    BASE_ASSIGN_OR_RETURN(const auto block, parts_->node.BlockAt(seen.status->slot));
    if (!transaction || !block || transaction->slot != seen.status->slot) {
        status.place = chain::TxPlace::kMempool;  // the node does not show all of it yet
        return status;
    }
    status.place = chain::TxPlace::kBlock;
    status.block_height = block->height;
    status.block_hash = block->hash;
    status.succeeded = !transaction->failed;
    status.fee_paid = UInt256(transaction->fee + RentPaid(*transaction));
    return status;
}

// money.md's proof. E is a finalized slot whose block height is past the last valid one; whatever
// could land has landed at or before it.
base::Result<chain::Fate> SolanaChain::FateOf(const chain::SentTx& sent) {
    BASE_ASSIGN_OR_RETURN(const Terms terms, ReadTerms(sent.terms));
    BASE_ASSIGN_OR_RETURN(const Pubkey payer, Pubkey::Parse(sent.from));
    BASE_ASSIGN_OR_RETURN(const EpochInfo end, parts_->node.Epoch(Commitment::kFinalized));
    if (end.block_height <= terms.last_valid_height) {
        return chain::Fate();
    }
    BASE_ASSIGN_OR_RETURN(const StatusSeen seen, parts_->node.Status(sent.tx_hash));
    if (seen.status) {
        return Unproven("the node shows the transaction");
    }
    if (seen.context_slot < end.slot) {
        return Unproven("the node that was asked is behind");
    }
    BASE_ASSIGN_OR_RETURN(
        const HistoryLook look,
        LookInHistory(parts_->node,
                      sent,
                      terms.payer.block_height,
                      SignaturesQuery{payer, parts_->history.Of(sent.tx_hash), end.slot}));
    parts_->history.Put(sent.tx_hash, look.rest);
    if (!look.rest.empty()) {
        return Unproven("the wallet's history is long and has not been read to its end yet");
    }
    if (!look.found) {
        return Unproven("the node's history of the wallet does not reach back far enough");
    }
    if (*look.found) {
        return Unproven("the wallet's history has the transaction");
    }
    BASE_ASSIGN_OR_RETURN(const AccountsSeen accounts,
                          parts_->node.Accounts({payer}, Commitment::kFinalized));
    if (accounts.slot < end.slot) {
        return Unproven("the node that was asked is behind");
    }
    chain::Fate fate;
    fate.life = chain::Life::kGone;
    fate.before = terms.payer;
    const auto& account = accounts.accounts.front();
    fate.after = {UInt256(account ? account->lamports : 0), accounts.slot};
    fate.detail = "no status and no trace in the wallet's history at finalized slot " +
                  std::to_string(end.slot) + ", block height " + std::to_string(end.block_height) +
                  " past " + std::to_string(terms.last_valid_height);
    return fate;
}

base::Result<chain::TxView> SolanaChain::View(const std::string& tx_hash) {
    BASE_RETURN_IF_ERROR(CheckHash(tx_hash));
    BASE_ASSIGN_OR_RETURN(const auto transaction, parts_->node.TransactionOf(tx_hash));
    if (!transaction) {
        return base::NotFound("unknown_tx", "the node knows no transaction of this signature");
    }
    chain::TxView view;
    view.tx_hash = tx_hash;
    view.from = transaction->keys.front();
    BASE_ASSIGN_OR_RETURN(view.status, Status(tx_hash));
    for (std::size_t i = 1; i < transaction->keys.size(); ++i) {
        const std::uint64_t before = transaction->lamports_before[i];
        const std::uint64_t after = transaction->lamports_after[i];
        if (after <= before) {
            continue;
        }
        if (view.to.empty()) {
            view.to = transaction->keys[i];
            view.value = UInt256(after - before);
        }
        view.decoded.push_back("pay " + parts_->FormatNative(after - before) + " to " +
                               transaction->keys[i]);
    }
    for (const TokenGain& gain : TokenGains(*transaction)) {
        view.to = gain.balance.owner;
        view.decoded.push_back("transfer " +
                               money::FormatDecimal(UInt256(gain.amount), gain.balance.decimals) +
                               " of " + gain.balance.mint + " to " + gain.balance.owner);
    }
    return view;
}

}  // namespace solana
