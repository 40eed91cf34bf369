// Numbers committed outbox rows, tells subscribers about changes, and reports ends to
// wallet-manager. Only for the .cpp files of libs/transfer.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/result.h"
#include "transfer/core.h"

namespace transfer {

class Publisher {
public:
    explicit Publisher(Core& core) : core_(core) {}

    void Run();

    [[nodiscard]] std::shared_ptr<void> Subscribe(std::function<void(const Change&)> on_change);

private:
    using Subscriber = std::function<void(const Change&)>;

    [[nodiscard]] base::Result<> Number();
    [[nodiscard]] base::Result<> Tell();
    [[nodiscard]] base::Result<> ReportOutcomes();
    [[nodiscard]] std::vector<std::shared_ptr<Subscriber>> Subscribers();

    Core& core_;
    std::optional<std::uint64_t> cursor_;  // the newest event that was told
    std::mutex mutex_;
    std::vector<std::weak_ptr<Subscriber>> subscribers_;
};

}  // namespace transfer
