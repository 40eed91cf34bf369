#include "evm/broadcast_text.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"

namespace evm {

namespace {

using chain::BroadcastResult;

struct Phrase {
    std::string_view text;  // lower case
    BroadcastResult meaning;
};

// In order: the first that occurs decides.
constexpr std::array kPhrases = {
    // geth, Reth, BNB: "already known"; anvil: "transaction already imported"; Nethermind:
    // "AlreadyKnown"; Besu: "Known transaction"; Erigon: "existing tx with same hash".
    Phrase{"already known", BroadcastResult::kAlreadyKnown},
    Phrase{"alreadyknown", BroadcastResult::kAlreadyKnown},
    Phrase{"already imported", BroadcastResult::kAlreadyKnown},
    Phrase{"known transaction", BroadcastResult::kAlreadyKnown},
    Phrase{"existing tx with same hash", BroadcastResult::kAlreadyKnown},
    Phrase{"already in mempool", BroadcastResult::kAlreadyKnown},
    Phrase{"already exists in", BroadcastResult::kAlreadyKnown},
    // Nethermind: "OldNonce"; older Erigon and OpenEthereum: "nonce is too low".
    Phrase{"nonce too low", BroadcastResult::kSlotTaken},
    Phrase{"nonce is too low", BroadcastResult::kSlotTaken},
    Phrase{"oldnonce", BroadcastResult::kSlotTaken},
    Phrase{"nonce_too_low", BroadcastResult::kSlotTaken},
    Phrase{"nonce has already been used", BroadcastResult::kSlotTaken},
    // Nethermind: "ReplacementNotAllowed", "FeeTooLow", "FeeTooLowToCompete"; Erigon: "could not
    // replace existing tx"; Besu: "Gas price below configured minimum gas price".
    Phrase{"underpriced", BroadcastResult::kUnderpriced},
    Phrase{"replacementnotallowed", BroadcastResult::kUnderpriced},
    Phrase{"could not replace existing", BroadcastResult::kUnderpriced},
    Phrase{"fee too low", BroadcastResult::kUnderpriced},
    Phrase{"feetoolow", BroadcastResult::kUnderpriced},
    Phrase{"fee cap too low", BroadcastResult::kUnderpriced},
    Phrase{"price too low", BroadcastResult::kUnderpriced},
    Phrase{"price below", BroadcastResult::kUnderpriced},
    Phrase{"less than block base fee", BroadcastResult::kUnderpriced},
    Phrase{"lower than base fee", BroadcastResult::kUnderpriced},
    Phrase{"below base fee", BroadcastResult::kUnderpriced},
    Phrase{"minimum needed", BroadcastResult::kUnderpriced},
    // Besu: "Upfront cost exceeds account balance"; Nethermind: "InsufficientFunds".
    Phrase{"insufficient funds", BroadcastResult::kInsufficientFunds},
    Phrase{"insufficientfunds", BroadcastResult::kInsufficientFunds},
    Phrase{"insufficient balance", BroadcastResult::kInsufficientFunds},
    Phrase{"exceeds account balance", BroadcastResult::kInsufficientFunds},
    Phrase{"enough funds", BroadcastResult::kInsufficientFunds},
};

constexpr std::array<std::string_view, 15> kTrouble = {"rate limit",
                                                       "limit exceeded",
                                                       "too many requests",
                                                       "internal error",
                                                       "timeout",
                                                       "timed out",
                                                       "txpool is full",
                                                       "unauthorized",
                                                       "method not found",
                                                       "missing trie node",
                                                       "header not found",
                                                       "pruned",
                                                       "state is not available",
                                                       "historical state",
                                                       "syncing"};

}  // namespace

bool IsNodeTrouble(std::string_view text) {
    const std::string lower = base::ToLower(text);
    return std::any_of(kTrouble.begin(), kTrouble.end(), [&lower](std::string_view phrase) {
        return lower.find(phrase) != std::string::npos;
    });
}

std::optional<BroadcastResult> ClassifyRefusal(std::string_view text) {
    const std::string lower = base::ToLower(text);
    for (const Phrase& phrase : kPhrases) {
        if (lower.find(phrase.text) != std::string::npos) {
            return phrase.meaning;
        }
    }
    return IsNodeTrouble(text) ? std::nullopt : std::optional(BroadcastResult::kRejected);
}

std::optional<money::UInt256> NeededTip(std::string_view text) {
    constexpr std::string_view kMarker = "minimum needed ";
    const std::size_t place = text.find(kMarker);
    if (place == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string_view rest = text.substr(place + kMarker.size());
    const auto* const end = std::find_if_not(rest.begin(), rest.end(), base::IsDigit);
    const auto tip =
        money::UInt256::Parse(rest.substr(0, static_cast<std::size_t>(end - rest.begin())));
    return tip ? std::optional(*tip) : std::nullopt;
}

}  // namespace evm
