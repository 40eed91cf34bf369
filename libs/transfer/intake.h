// Commits new intents of many callers in one transaction: whoever comes first commits for those
// that came meanwhile. Only for the .cpp files of libs/transfer.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>

#include "base/result.h"
#include "transfer/core.h"
#include "transfer/store_intents.h"

namespace transfer {

class Intake {
public:
    explicit Intake(Core& core) : core_(core) {}

    // Returns when it is committed. False: it was there already.
    [[nodiscard]] base::Result<bool> Put(const Insertion& insertion);

private:
    struct Ticket {
        const Insertion* insertion = nullptr;
        std::optional<base::Result<bool>> done;
    };

    void Commit(std::unique_lock<std::mutex>& lock);

    Core& core_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Ticket*> waiting_;
    bool committing_ = false;
};

}  // namespace transfer
