// Broadcast and what became of it.
#include <optional>
#include <string>
#include <utility>

#include "base/hex.h"
#include "base/text.h"
#include "evm/broadcast_text.h"
#include "evm/chain_parts.h"
#include "evm/erc20.h"
#include "evm/evm_chain.h"
#include "evm/transaction.h"
#include "evm/transaction_fields.h"
#include "money/amount.h"

namespace evm {

namespace {

// Lower case. Errors: `unknown_tx`: no transaction has such a hash.
base::Result<std::string> CheckHash(const std::string& text) {
    const auto bytes = base::HexDecodePrefixed(text);
    if (!bytes || bytes->size() != 32) {
        return base::NotFound("unknown_tx", "a transaction hash is 0x and 64 hex digits");
    }
    return base::HexEncodePrefixed(*bytes);
}

}  // namespace

base::Result<chain::BroadcastAnswer> EvmChain::Broadcast(base::ByteView signed_tx) {
    const auto hash = parts_->node.SendRaw(signed_tx);
    if (hash) {
        if (*hash != base::HexEncodePrefixed(crypto::Keccak256(signed_tx))) {
            return BadAnswer("another hash than that of the transaction sent");
        }
        return chain::BroadcastAnswer{};
    }
    if (hash.error().reason != "node_rejected") {
        return hash.error();
    }
    chain::BroadcastAnswer answer;
    answer.text = UpstreamText(hash.error());
    const auto meaning = ClassifyRefusal(answer.text);
    if (!meaning) {
        return BadAnswer(answer.text);
    }
    answer.result = *meaning;
    if (const auto tip = NeededTip(answer.text)) {
        parts_->LearnTipFloor(*tip);
    }
    return answer;
}

// A null receipt says nothing (chains.md): only the mempool is asked then. A receipt counts if its
// block is the one the node now has at that height.
base::Result<chain::TxStatus> EvmChain::Status(const std::string& tx_hash) {
    BASE_ASSIGN_OR_RETURN(const std::string hash, CheckHash(tx_hash));
    chain::TxStatus status;
    BASE_ASSIGN_OR_RETURN(const auto receipt, parts_->node.ReceiptOf(hash));
    if (!receipt) {
        BASE_ASSIGN_OR_RETURN(const auto transaction, parts_->node.TransactionOf(hash));
        status.place = transaction ? chain::TxPlace::kMempool : chain::TxPlace::kUnknown;
        return status;
    }
    BASE_ASSIGN_OR_RETURN(const auto block, parts_->node.BlockAt(TagOf(receipt->block_height)));
    if (!block || block->hash != receipt->block_hash) {
        return status;
    }
    status.place = chain::TxPlace::kBlock;
    status.block_height = receipt->block_height;
    status.block_hash = receipt->block_hash;
    status.succeeded = receipt->succeeded;
    status.fee_paid = receipt->fee_paid;
    return status;
}

base::Result<std::optional<chain::Rediscovered>> EvmChain::Rediscover(const std::string& tx_hash,
                                                                      const chain::Plan& plan,
                                                                      base::ByteView unsigned_tx) {
    BASE_ASSIGN_OR_RETURN(const std::string hash, CheckHash(tx_hash));
    BASE_ASSIGN_OR_RETURN(const Transaction asked, DecodeUnsigned(unsigned_tx));
    BASE_ASSIGN_OR_RETURN(const auto shown, parts_->node.SealOf(hash, asked.type));
    if (!shown) {
        return std::optional<chain::Rediscovered>();
    }
    Transaction transaction = asked;
    transaction.gas_limit = shown->gas_limit;
    transaction.gas_price = shown->gas_price;
    transaction.max_fee_per_gas = shown->max_fee_per_gas;
    transaction.max_priority_fee_per_gas = shown->max_priority_fee_per_gas;
    const base::Bytes raw = EncodeSigned(transaction, shown->signature);
    // The hash proves that all else is as asked.
    const auto signed_tx = DecodeSigned(raw);
    if (!signed_tx || base::HexEncodePrefixed(signed_tx->hash) != hash ||
        signed_tx->from.ToString() != plan.from) {
        return std::optional<chain::Rediscovered>();
    }
    BASE_ASSIGN_OR_RETURN(base::Bytes payload, EncodeUnsigned(transaction));
    return std::optional(chain::Rediscovered{{std::move(payload), "", {}}, raw});
}

base::Result<chain::TxView> EvmChain::View(const std::string& tx_hash) {
    BASE_ASSIGN_OR_RETURN(const std::string hash, CheckHash(tx_hash));
    BASE_ASSIGN_OR_RETURN(const auto transaction, parts_->node.TransactionOf(hash));
    if (!transaction) {
        return base::NotFound("unknown_tx", "the node knows no transaction of this hash");
    }
    chain::TxView view;
    view.tx_hash = hash;
    view.from = transaction->from.ToString();
    view.to = transaction->to ? transaction->to->ToString() : "";
    view.value = transaction->value;
    BASE_ASSIGN_OR_RETURN(view.status, Status(hash));
    if (!transaction->to) {
        view.decoded.emplace_back("create a contract");
        return view;
    }
    if (!transaction->value.IsZero()) {
        view.decoded.push_back("pay " + parts_->FormatNative(transaction->value) + " to " +
                               view.to);
    }
    if (transaction->input.empty()) {
        return view;
    }
    const auto call = DecodeErc20Call(transaction->input);
    if (!call) {
        view.decoded.push_back("call " + view.to + " with " +
                               std::to_string(transaction->input.size()) + " bytes");
        return view;
    }
    auto token = parts_->TokenAt(*transaction->to);
    if (!token && token.error().reason != "unknown_token") {
        return token.error();
    }
    const std::string amount = token ? money::FormatAmount({call->amount, token->asset})
                                     : call->amount.ToDecimal() + " base units of " + view.to;
    view.decoded.push_back((call->kind == Erc20Call::Kind::kTransfer ? "transfer " : "approve ") +
                           amount + (call->kind == Erc20Call::Kind::kTransfer ? " to " : " for ") +
                           call->counterparty.ToString());
    return view;
}

}  // namespace evm
