// Which wallets have work, and the threads that do it: each wallet on one thread at a time, those
// that wait together in one round. Only for the .cpp files of libs/transfer.
#pragma once

#include <chrono>
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
    using Round = std::function<void(const std::vector<base::WalletId>&)>;

    static constexpr std::size_t kTogetherMax = 64;
    // What comes while a round runs waits this long for its end, to be one round too. A round that
    // takes longer waits for somebody, and another thread begins the next.
    static constexpr std::chrono::milliseconds kGather{30};
    static constexpr std::size_t kRoundsMax = 256;  // of RunAll

    explicit Scheduler(Round round) : round_(std::move(round)) {}

    ~Scheduler() { Stop(); }

    Scheduler(const Scheduler&) = delete;
    Scheduler& operator=(const Scheduler&) = delete;

    void Start(std::size_t threads);
    // A round for the wallet now or after the one it is in.
    void Wake(const base::WalletId& wallet);
    // On this thread, until no wallet is woken any more.
    void RunAll();
    void Stop();

private:
    void Run();
    // Under the lock.
    [[nodiscard]] bool AnyFree() const;
    // Takes those out of the queue that no thread works for.
    [[nodiscard]] std::vector<base::WalletId> TakeFree();

    const Round round_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<base::WalletId> queue_;
    std::set<base::WalletId> queued_;
    std::set<base::WalletId> running_;
    std::size_t rounds_ = 0;                          // that run now
    std::chrono::steady_clock::time_point newest_{};  // when the newest of them began
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace transfer
