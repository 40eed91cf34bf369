#include "evm/faucet.h"

#include <algorithm>

#include "base/check.h"
#include "base/hex.h"
#include "crypto/secp256k1.h"
#include "evm/address.h"
#include "evm/transaction.h"

namespace evm {

namespace {

// Printed by every anvil and hardhat node at its start.
constexpr std::string_view kPublicKeyOfEverybody =
    "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
constexpr int kTriesMax = 5;

secret::Bytes Key() {
    return secret::Bytes::Copy(base::HexDecode(kPublicKeyOfEverybody).value());
}

std::string FaucetAddress() {
    return Address::FromPublicKey(crypto::Secp256k1PublicKey::FromPrivate(Key()).value())
        .ToString();
}

}  // namespace

DevnetFaucet::DevnetFaucet(chain::Chain& chain) : chain_(chain), from_(FaucetAddress()) {
    BASE_CHECK(chain.parameters().mode == chain::Mode::kDevnet);
}

base::Result<std::string> DevnetFaucet::Give(const std::string& address,
                                             const money::UInt256& amount) {
    chain::Plan plan;
    plan.from = from_;
    plan.asset = chain_.parameters().native;
    plan.action = chain::Transfer{{{address, amount}}, chain::TransferMode::kExact};
    plan.fee_cap = chain_.parameters().fee_ceiling;
    BASE_ASSIGN_OR_RETURN(const auto quote, chain_.Price(plan));
    const std::lock_guard lock(mutex_);
    for (int attempt = 0; attempt < kTriesMax; ++attempt) {
        // Everybody has this key: another may take the nonce first.
        BASE_ASSIGN_OR_RETURN(const auto account, chain_.GetAccount(from_));
        const std::uint64_t nonce = std::max(account.pending_count, next_nonce_);
        BASE_ASSIGN_OR_RETURN(const auto unsigned_tx,
                              chain_.Build(plan, quote, chain::Slot{nonce, {}}));
        BASE_ASSIGN_OR_RETURN(const auto transaction, DecodeUnsigned(unsigned_tx.payload));
        BASE_ASSIGN_OR_RETURN(const auto made, SignTransaction(transaction, Key()));
        BASE_ASSIGN_OR_RETURN(const auto answer, chain_.Broadcast(made.raw));
        switch (answer.result) {
            case chain::BroadcastResult::kAccepted:
            case chain::BroadcastResult::kAlreadyKnown:
                next_nonce_ = nonce + 1;
                return base::HexEncodePrefixed(made.hash);
            case chain::BroadcastResult::kSlotTaken:
            case chain::BroadcastResult::kUnderpriced:
                next_nonce_ = 0;
                break;
            case chain::BroadcastResult::kInsufficientFunds:
                return base::FailedPrecondition("faucet_empty", answer.text);
            case chain::BroadcastResult::kExpired:
            case chain::BroadcastResult::kRejected:
                return base::FailedPrecondition("node_rejected", answer.text);
        }
    }
    return base::Unavailable("faucet_busy", "others spend from the faucet's account; try again");
}

}  // namespace evm
