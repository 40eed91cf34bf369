// A follower over a chain of coins, its books on a real Postgres, for tests.
#pragma once

#include <chrono>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "component/follower/coin_chain.h"
#include "component/transfer/world.h"
#include "follower/coin_ledger.h"
#include "follower/follower.h"

namespace follower_test {

inline constexpr const char* kOwn = "own";
inline constexpr const char* kSecond = "own-second";

template <class T>
std::string ReasonOf(const base::Result<T>& result) {
    return result ? "" : result.error().reason;
}

// Two addresses of one wallet, and a follower that moves when it is told.
class CoinBooks : public ::testing::Test {
protected:
    CoinBooks() : chain(transfer_test::kNetwork), ledger(*world.pool, transfer_test::kNetwork) {
        world.Boot();
        world.Sql("TRUNCATE coins, coin_sources, rescans CASCADE");
        world.gate.AddAddress({kOwn, world.wallet, world.user, 1});
        world.gate.AddAddress({kSecond, world.wallet, world.user, 2});
        Restart({});
    }

    void Restart(follower::Options options) {
        options.lease = std::chrono::seconds(30);
        follower::Hooks hooks;
        hooks.on_error = [this](std::string_view, const base::Error& error) {
            errors.push_back(error.reason);
        };
        hooks.on_alarm = [this](std::string_view what, const std::string& detail) {
            alarms.push_back(std::string(what) + ": " + detail);
        };
        world.Sql("UPDATE leases SET expires_at = '-infinity'");
        subject = std::make_unique<follower::Follower>(
            follower::Parts{chain, world.gate, *world.pool, options, hooks});
        Follow();
    }

    void Follow() { subject->RunOnce(); }

    void MineAndFollow() {
        chain.Mine();
        Follow();
    }

    std::string Incoming() {
        return world.Sql(
            "SELECT coalesce(string_agg(tx_hash || ':' || position || ' ' || amount || ' ' || "
            "state, ', ' ORDER BY tx_hash, position), '') FROM incoming_transfers");
    }

    // Our books against a count of the chain's own blocks.
    void ExpectTheBooksAreTheChain() {
        const Recount count = chain.Count({kOwn, kSecond});
        const auto holdings = ledger.HoldingsOf(kSecond).value();
        std::map<std::string, std::uint64_t> free;
        for (const chain::FreeCoin& coin : holdings.free) {
            free[coin.coin.tx_hash + ":" + std::to_string(coin.coin.index)] =
                coin.coin.amount.ToUint64().value();
        }
        EXPECT_EQ(free, count.unspent);
        EXPECT_EQ(holdings.left, money::UInt256(count.total));
        EXPECT_EQ(ledger.BalanceOf(kOwn)->amount, money::UInt256(count.total));
        EXPECT_EQ(world.Sql("SELECT hash FROM follower_blocks ORDER BY height DESC LIMIT 1"),
                  chain.newest_hash());
        std::string received;
        for (const auto& [name, amount] : count.received) {
            received += (received.empty() ? "" : ", ") + name + " " + std::to_string(amount);
        }
        EXPECT_EQ(world.Sql("SELECT coalesce(string_agg(tx_hash || ':' || position || ' ' || "
                            "amount, ', ' ORDER BY (tx_hash || ':' || position) COLLATE \"C\"), "
                            "'') FROM incoming_transfers WHERE state <> 'REVERSED'"),
                  received);
        std::string spenders;
        for (const std::string& hash : count.spenders) {
            spenders += (spenders.empty() ? "" : ", ") + hash;
        }
        EXPECT_EQ(world.Sql("SELECT coalesce(string_agg(tx_hash, ', ' ORDER BY tx_hash COLLATE "
                            "\"C\"), '') FROM unknown_spends"),
                  spenders);
        EXPECT_EQ(errors, std::vector<std::string>());
    }

    transfer_test::World world;
    CoinChain chain;
    follower::CoinLedger ledger;
    std::unique_ptr<follower::Follower> subject;
    std::vector<std::string> errors;
    std::vector<std::string> alarms;
};

}  // namespace follower_test
