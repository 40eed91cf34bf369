// Finds work that nobody announced: due intents, and intents whose worker died. Only for the .cpp
// files of libs/transfer.
#pragma once

#include "base/result.h"
#include "transfer/core.h"

namespace transfer {

class Recovery {
public:
    explicit Recovery(Core& core) : core_(core) {}

    // Wakes the workers of wallets with something due.
    void Scan();
    // Takes the wallets with open intents that nobody works for, gives up those without, and flags
    // what makes no progress.
    void Sweep();

private:
    [[nodiscard]] base::Result<> TryScan();
    [[nodiscard]] base::Result<> TrySweep();

    Core& core_;
};

}  // namespace transfer
