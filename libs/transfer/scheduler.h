// Which wallets have work, and the threads that do it: each wallet on one thread at a time, those
// that wait together in one go. Only for the .cpp files of libs/transfer.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "base/ids.h"

namespace transfer {

class Scheduler {
public:
    using Drain = std::function<void(const std::vector<base::WalletId>&)>;

    static constexpr std::size_t kTogetherMax = 64;

    explicit Scheduler(Drain drain) : drain_(std::move(drain)) {}

    ~Scheduler() { Stop(); }

    Scheduler(const Scheduler&) = delete;
    Scheduler& operator=(const Scheduler&) = delete;

    void Start(std::size_t threads);
    // Drains the wallet now or after the drain it is in.
    void Wake(const base::WalletId& wallet);
    // On this thread, everything that was woken before.
    void RunAll();
    void Stop();

private:
    void Run();
    // Takes those out of the queue that no thread drains. Under the lock.
    [[nodiscard]] std::vector<base::WalletId> TakeFree(std::size_t most);

    const Drain drain_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<base::WalletId> queue_;
    std::set<base::WalletId> queued_;
    std::set<base::WalletId> running_;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace transfer
