#include "utxo/broadcast_text.h"

#include <array>
#include <string>

#include "base/text.h"

namespace utxo {

namespace {

using chain::BroadcastResult;

struct Phrase {
    std::string_view text;
    BroadcastResult meaning;
};

// Bitcoin Core, Knots and btcd; Zebra. Lower case, the more special ones first.
constexpr std::array kPhrases = {
    Phrase{"already in block chain", BroadcastResult::kAlreadyKnown},
    Phrase{"already in utxo set", BroadcastResult::kAlreadyKnown},
    Phrase{"txn-already-in-mempool", BroadcastResult::kAlreadyKnown},
    Phrase{"txn-already-known", BroadcastResult::kAlreadyKnown},
    Phrase{"txn-same-nonwitness-data-in-mempool", BroadcastResult::kAlreadyKnown},
    Phrase{"already have transaction", BroadcastResult::kAlreadyKnown},
    Phrase{"already exists in mempool", BroadcastResult::kAlreadyKnown},
    Phrase{"was committed to the best chain", BroadcastResult::kAlreadyKnown},
    Phrase{"missingorspent", BroadcastResult::kSlotTaken},
    Phrase{"missing inputs", BroadcastResult::kSlotTaken},
    Phrase{"txn-mempool-conflict", BroadcastResult::kSlotTaken},
    Phrase{"already spent some of its inputs", BroadcastResult::kSlotTaken},
    Phrase{"orphan transaction", BroadcastResult::kSlotTaken},
    Phrase{"missing outpoint", BroadcastResult::kSlotTaken},
    Phrase{"could not find transparent input", BroadcastResult::kSlotTaken},
    Phrase{"transparent input not found", BroadcastResult::kSlotTaken},
    Phrase{"insufficient fee", BroadcastResult::kUnderpriced},
    Phrase{"min relay fee not met", BroadcastResult::kUnderpriced},
    Phrase{"mempool min fee not met", BroadcastResult::kUnderpriced},
    Phrase{"mempool full", BroadcastResult::kUnderpriced},
    Phrase{"unpaid actions", BroadcastResult::kUnderpriced},
    Phrase{"must not be mined at a block", BroadcastResult::kExpired},
    Phrase{"transaction has expired", BroadcastResult::kExpired},
    Phrase{"tx-overwinter-expired", BroadcastResult::kExpired},
    Phrase{"tx-expiring-soon", BroadcastResult::kExpired},
};

}  // namespace

BroadcastResult ClassifyRefusal(std::string_view text) {
    const std::string lower = base::ToLower(text);
    for (const Phrase& phrase : kPhrases) {
        if (lower.find(phrase.text) != std::string::npos) {
            return phrase.meaning;
        }
    }
    return BroadcastResult::kRejected;
}

}  // namespace utxo
