#include "evm/broadcast_text.h"

#include <gtest/gtest.h>

namespace {

using chain::BroadcastResult;

TEST(ClassifyRefusal, KnowsTheNodesWords) {
    const std::vector<std::pair<std::string_view, BroadcastResult>> cases = {
        {"nonce too low", BroadcastResult::kSlotTaken},                            // anvil, Reth
        {"nonce too low: next nonce 5, tx nonce 4", BroadcastResult::kSlotTaken},  // geth
        {"OldNonce, Current nonce: 5, nonce of rejected tx: 4", BroadcastResult::kSlotTaken},
        {"Nonce too low", BroadcastResult::kSlotTaken},                    // Besu
        {"already known", BroadcastResult::kAlreadyKnown},                 // geth, BNB
        {"transaction already imported", BroadcastResult::kAlreadyKnown},  // anvil
        {"AlreadyKnown", BroadcastResult::kAlreadyKnown},                  // Nethermind
        {"Known transaction", BroadcastResult::kAlreadyKnown},             // Besu
        {"known transaction: 0x12", BroadcastResult::kAlreadyKnown},       // old geth
        {"replacement transaction underpriced", BroadcastResult::kUnderpriced},
        {"transaction underpriced: gas tip cap 1, minimum needed 50000000",
         BroadcastResult::kUnderpriced},  // BNB
        {"max fee per gas less than block base fee: address 0x1, maxFeePerGas: 1, baseFee: 2",
         BroadcastResult::kUnderpriced},
        {"ReplacementNotAllowed", BroadcastResult::kUnderpriced},  // Nethermind
        {"FeeTooLow, MaxFeePerGas too low.", BroadcastResult::kUnderpriced},
        {"FeeTooLowToCompete", BroadcastResult::kUnderpriced},
        {"could not replace existing tx", BroadcastResult::kUnderpriced},  // Erigon
        {"fee too low", BroadcastResult::kUnderpriced},
        {"Insufficient funds for gas * price + value", BroadcastResult::kInsufficientFunds},
        {"insufficient funds for gas * price + value: balance 1, tx cost 2, overshot 1",
         BroadcastResult::kInsufficientFunds},
        {"InsufficientFunds, Account balance: 0", BroadcastResult::kInsufficientFunds},
        {"Upfront cost exceeds account balance", BroadcastResult::kInsufficientFunds},
        {"invalid chain id for signer", BroadcastResult::kRejected},
        {"intrinsic gas too low", BroadcastResult::kRejected},
        {"nonce too high", BroadcastResult::kRejected},
        {"", BroadcastResult::kRejected},
    };
    for (const auto& [text, meaning] : cases) {
        EXPECT_EQ(evm::ClassifyRefusal(text), meaning) << text;
    }
}

TEST(ClassifyRefusal, KnowsWhatIsNotAboutTheTransaction) {
    for (const std::string_view text : {"daily request limit exceeded",
                                        "Too Many Requests",
                                        "rate limit reached",
                                        "internal error",
                                        "request timed out",
                                        "txpool is full",
                                        "Method not found"}) {
        EXPECT_FALSE(evm::ClassifyRefusal(text).has_value()) << text;
    }
}

TEST(NeededTip, ReadsTheFigure) {
    EXPECT_EQ(evm::NeededTip("transaction underpriced: gas tip cap 1, minimum needed 50000000"),
              money::UInt256(50000000));
    EXPECT_FALSE(evm::NeededTip("underpriced").has_value());
    EXPECT_FALSE(evm::NeededTip("minimum needed x").has_value());
    EXPECT_FALSE(evm::NeededTip("minimum needed " + std::string(90, '9')).has_value());
}

}  // namespace
