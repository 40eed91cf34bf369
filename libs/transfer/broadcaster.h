// Sends committed bytes to the node. Sending the same bytes again is harmless, so what was begun
// and not written down is simply sent again. Only for the .cpp files of libs/transfer.
#pragma once

#include <cstddef>
#include <vector>

#include "base/result.h"
#include "transfer/core.h"
#include "transfer/store_broadcast.h"

namespace transfer {

class Broadcaster {
public:
    explicit Broadcaster(Core& core) : core_(core) {}

    // Everything that is due.
    void Run();
    // Some of the lost payments, whose block was final and is gone.
    void RunLost();

private:
    [[nodiscard]] base::Result<std::size_t> Batch();
    [[nodiscard]] base::Result<> SendLost();
    [[nodiscard]] base::Result<> SendClaimed(const std::vector<Claimed>& claimed);
    [[nodiscard]] base::Result<> SendFills(const Claim& claim);
    [[nodiscard]] base::Result<> CheckBytes(const Claimed& claimed) const;
    [[nodiscard]] Sent Send(const Claimed& claimed) const;

    Core& core_;
};

}  // namespace transfer
