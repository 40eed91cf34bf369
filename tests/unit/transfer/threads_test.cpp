#include <atomic>
#include <chrono>
#include <gtest/gtest.h>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "transfer/loop.h"
#include "transfer/parallel.h"
#include "transfer/scheduler.h"
#include "transfer/state.h"
#include "transfer/waiters.h"

namespace transfer {

using std::chrono::milliseconds;

TEST(Parallel, CallsEachIndexOnceAndReturnsWhenAllAreDone) {
    Parallel parallel(4);
    for (const std::size_t count : {0U, 1U, 3U, 100U}) {
        std::vector<std::atomic<int>> calls(count);
        parallel.ForEach(count, [&](std::size_t index) { ++calls[index]; });
        for (const auto& call : calls) {
            EXPECT_EQ(call.load(), 1);
        }
    }
}

TEST(Parallel, OneWideStaysOnTheCallersThreadInOrder) {
    Parallel parallel(1);
    std::vector<std::size_t> order;
    const auto caller = std::this_thread::get_id();
    parallel.ForEach(5, [&](std::size_t index) {
        EXPECT_EQ(std::this_thread::get_id(), caller);
        order.push_back(index);
    });
    EXPECT_EQ(order, (std::vector<std::size_t>{0, 1, 2, 3, 4}));
}

TEST(Parallel, SeveralCallersShareTheHelpers) {
    Parallel parallel(3);
    std::atomic<int> calls{0};
    std::vector<std::jthread> callers;
    for (int caller = 0; caller < 4; ++caller) {
        callers.emplace_back([&] {
            for (int round = 0; round < 50; ++round) {
                parallel.ForEach(7, [&](std::size_t) { ++calls; });
            }
        });
    }
    callers.clear();
    EXPECT_EQ(calls.load(), 4 * 50 * 7);
}

TEST(Loop, TurnsAtOnceWhenWokenAndStopsAfterItsTurn) {
    std::atomic<int> turns{0};
    Loop loop(std::chrono::hours(1), [&] { ++turns; });
    loop.Start();
    while (turns < 1) {
        std::this_thread::yield();
    }
    loop.Wake();
    while (turns < 2) {
        std::this_thread::yield();
    }
    loop.Stop();
    loop.Wake();
    EXPECT_EQ(turns.load(), 2);
}

TEST(Waiters, AnAnnouncementIsNotMissedBetweenTwoWaits) {
    Waiters waiters;
    const auto id = base::IntentId::Random();
    Waiters::Ticket ticket(waiters, id);
    waiters.Announce(id);
    const auto begun = std::chrono::steady_clock::now();
    ticket.WaitFor(std::chrono::seconds(30));
    EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(10));
}

TEST(Waiters, OthersAnnouncementsWakeNobody) {
    Waiters waiters;
    Waiters::Ticket ticket(waiters, base::IntentId::Random());
    waiters.Announce(base::IntentId::Random());
    const auto begun = std::chrono::steady_clock::now();
    ticket.WaitFor(milliseconds(30));
    EXPECT_GE(std::chrono::steady_clock::now() - begun, milliseconds(25));
}

TEST(Scheduler, NeverWorksForOneWalletOnTwoThreads) {
    std::mutex mutex;
    std::set<base::WalletId> running;
    std::atomic<int> drains{0};
    std::atomic<bool> twice{false};
    Scheduler scheduler([&](const std::vector<base::WalletId>& together) {
        {
            const std::lock_guard lock(mutex);
            for (const base::WalletId& wallet : together) {
                twice = twice || !running.insert(wallet).second;
            }
        }
        std::this_thread::sleep_for(milliseconds(1));
        {
            const std::lock_guard lock(mutex);
            for (const base::WalletId& wallet : together) {
                running.erase(wallet);
            }
        }
        ++drains;
    });
    const std::vector<base::WalletId> wallets = {base::WalletId::Random(),
                                                 base::WalletId::Random()};
    scheduler.Start(4);
    for (int round = 0; round < 200; ++round) {
        scheduler.Wake(wallets[static_cast<std::size_t>(round) % 2]);
        std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
    while (drains < 2) {
        std::this_thread::yield();
    }
    scheduler.Stop();
    EXPECT_FALSE(twice.load());
}

TEST(Scheduler, WalletsThatWaitTogetherShareARound) {
    std::vector<std::size_t> sizes;
    std::set<base::WalletId> drained;
    Scheduler scheduler([&](const std::vector<base::WalletId>& together) {
        sizes.push_back(together.size());
        drained.insert(together.begin(), together.end());
    });
    const std::size_t count = Scheduler::kTogetherMax + 3;
    for (std::size_t index = 0; index < count; ++index) {
        scheduler.Wake(base::WalletId::Random());
    }
    scheduler.RunAll();
    EXPECT_EQ(sizes, (std::vector<std::size_t>{Scheduler::kTogetherMax, 3}));
    EXPECT_EQ(drained.size(), count);
}

// A round that the test lets end.
class HeldRound {
public:
    void Hold(const std::vector<base::WalletId>& wallets) {
        std::unique_lock lock(mutex_);
        sizes_.push_back(wallets.size());
        changed_.notify_all();
        if (sizes_.size() == 1) {
            changed_.wait(lock, [this] { return ended_; });
        }
    }

    void End() {
        const std::lock_guard lock(mutex_);
        ended_ = true;
        changed_.notify_all();
    }

    std::vector<std::size_t> WaitForRounds(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, std::chrono::seconds(10), [&] { return sizes_.size() >= count; });
        return sizes_;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::size_t> sizes_;
    bool ended_ = false;
};

TEST(Scheduler, WhatComesWhileARoundRunsSharesTheNextOne) {
    HeldRound held;
    Scheduler scheduler([&](const auto& wallets) { held.Hold(wallets); });
    scheduler.Start(1);
    scheduler.Wake(base::WalletId::Random());
    held.WaitForRounds(1);
    for (int wallet = 0; wallet < 3; ++wallet) {
        scheduler.Wake(base::WalletId::Random());
    }
    held.End();
    EXPECT_EQ(held.WaitForRounds(2), (std::vector<std::size_t>{1, 3}));
}

TEST(Scheduler, ASlowRoundHoldsUpNoOtherWallet) {
    HeldRound held;
    Scheduler scheduler([&](const auto& wallets) { held.Hold(wallets); });
    scheduler.Start(2);
    scheduler.Wake(base::WalletId::Random());
    held.WaitForRounds(1);
    scheduler.Wake(base::WalletId::Random());
    EXPECT_EQ(held.WaitForRounds(2), (std::vector<std::size_t>{1, 1}));
    held.End();
}

TEST(Waiters, OnlyWhoWaitsIsShownWhatAnIntentIsNow) {
    Waiters waiters;
    const auto awaited = base::IntentId::Random();
    const auto other = base::IntentId::Random();
    Waiters::Ticket ticket(waiters, awaited);
    EXPECT_EQ(ticket.Shown(), nullptr);
    EXPECT_EQ(waiters.Awaited({other, awaited}), std::vector<base::IntentId>{awaited});
    for (const base::IntentId& id : {other, awaited}) {
        Payment payment;
        payment.id = id.ToString();
        waiters.Show(std::move(payment));
    }
    ASSERT_NE(ticket.Shown(), nullptr);
    EXPECT_EQ(ticket.Shown()->id, awaited.ToString());
}

TEST(Loop, TurnsThatAreWokenTogetherKeepTheirDistance) {
    std::atomic<int> turns{0};
    Loop loop(
        std::chrono::hours(1), [&] { ++turns; }, std::chrono::milliseconds(200));
    loop.Start();
    const auto begun = std::chrono::steady_clock::now();
    while (turns < 2) {
        loop.Wake();
        std::this_thread::sleep_for(milliseconds(1));
    }
    EXPECT_GE(std::chrono::steady_clock::now() - begun, milliseconds(150));
    loop.Stop();
}

TEST(State, EveryNameComesBack) {
    for (int index = 0; index <= static_cast<int>(State::kRejected); ++index) {
        const auto state = static_cast<State>(index);
        const auto read = ParseState(StateName(state));
        ASSERT_TRUE(read);
        EXPECT_EQ(*read, state);
    }
    EXPECT_FALSE(ParseState("final"));
    EXPECT_FALSE(IsTerminal(State::kMined));
    EXPECT_TRUE(IsTerminal(State::kFinal));
    EXPECT_TRUE(IsUnsigned(State::kReserved));
    EXPECT_FALSE(IsUnsigned(State::kSigned));
    EXPECT_TRUE(IsAnswerable(State::kAwaitHuman));
    EXPECT_FALSE(IsAnswerable(State::kAuthorised));
}

}  // namespace transfer
