// One round's work for the unsigned intents of some wallets, as it passes the worker's steps. Only
// for the .cpp files of libs/transfer.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "transfer/gate.h"
#include "transfer/lease_book.h"
#include "transfer/store_intents.h"
#include "transfer/store_moves.h"

namespace transfer {

struct BatchItem {
    enum class Step { kPrice, kAuthorise, kReserve, kSign, kOut };

    Queued intent;
    Step step = Step::kPrice;
    bool requoted = false;    // its quote is not in the database yet
    bool authorised = false;  // by this round's verdict
};

// To be ended, once wallet-manager has promised that no bytes exist.
struct ToVoid {
    Queued intent;
    State state = State::kRejected;
    std::string reason;
    std::string detail;
};

// Of one wallet.
struct Batch {
    base::WalletId wallet;
    Lease lease;
    std::vector<BatchItem> items;
    // What the next transaction writes about items that are out.
    std::vector<Waiting> waiting;
    std::vector<AwaitingHuman> awaiting;
    std::vector<UnsignedEnd> denied;
    std::vector<ToVoid> to_void;

    void Wait(BatchItem& item, Waiting why) {
        item.step = BatchItem::Step::kOut;
        why.id = item.intent.id;
        waiting.push_back(std::move(why));
    }

    void End(BatchItem& item, State state, const base::Error& why) {
        item.step = BatchItem::Step::kOut;
        to_void.push_back({item.intent, state, why.reason, why.detail});
    }

    [[nodiscard]] std::vector<BatchItem*> At(BatchItem::Step step) {
        std::vector<BatchItem*> found;
        for (BatchItem& item : items) {
            if (item.step == step) {
                found.push_back(&item);
            }
        }
        return found;
    }
};

using Batches = std::vector<Batch>;

struct PlacedItem {
    Batch* batch = nullptr;
    BatchItem* item = nullptr;
};

[[nodiscard]] inline std::vector<PlacedItem> ItemsAt(Batches& batches, BatchItem::Step step) {
    std::vector<PlacedItem> found;
    for (Batch& batch : batches) {
        for (BatchItem* item : batch.At(step)) {
            found.push_back({&batch, item});
        }
    }
    return found;
}

[[nodiscard]] inline std::vector<Lease> LeasesOf(const Batches& batches) {
    std::vector<Lease> leases;
    for (const Batch& batch : batches) {
        leases.push_back(batch.lease);
    }
    return leases;
}

}  // namespace transfer
