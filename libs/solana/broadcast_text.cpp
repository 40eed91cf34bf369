#include "solana/broadcast_text.h"

#include <array>
#include <string>
#include <string_view>

#include "base/text.h"
#include "solana/answers.h"

namespace solana {

namespace {

using chain::BroadcastResult;

struct Phrase {
    std::string_view text;  // lower case
    BroadcastResult meaning;
};

// In order: the first that occurs decides. The texts are those of the preflight check
// (TransactionError and SystemError in the Solana SDK).
constexpr std::array kPhrases = {
    Phrase{"already been processed", BroadcastResult::kAlreadyKnown},
    Phrase{"alreadyprocessed", BroadcastResult::kAlreadyKnown},
    Phrase{"blockhash not found", BroadcastResult::kExpired},
    Phrase{"blockhashnotfound", BroadcastResult::kExpired},
    Phrase{"insufficient lamports", BroadcastResult::kInsufficientFunds},
    Phrase{"insufficient funds", BroadcastResult::kInsufficientFunds},
    Phrase{"insufficientfunds", BroadcastResult::kInsufficientFunds},
    Phrase{"no record of a prior credit", BroadcastResult::kInsufficientFunds},
    Phrase{"accountnotfound", BroadcastResult::kInsufficientFunds},
    Phrase{"custom program error: 0x1", BroadcastResult::kInsufficientFunds},
};

// Server errors of the node: it is behind, has no capacity, or has not reached a slot.
constexpr std::array kTrouble = {-32005, -32016, -32603, -32019, -32018};
constexpr std::array<std::string_view, 4> kTroubleTexts = {
    "rate limit", "too many requests", "internal error", "node is behind"};

}  // namespace

std::optional<BroadcastResult> ClassifyRefusal(const base::Error& error) {
    for (const int code : kTrouble) {
        if (UpstreamCode(error) == code) {
            return std::nullopt;
        }
    }
    const std::string text = base::ToLower(UpstreamText(error));
    for (const std::string_view trouble : kTroubleTexts) {
        if (text.find(trouble) != std::string::npos) {
            return std::nullopt;
        }
    }
    for (const Phrase& phrase : kPhrases) {
        if (text.find(phrase.text) != std::string::npos) {
            return phrase.meaning;
        }
    }
    return BroadcastResult::kRejected;
}

}  // namespace solana
