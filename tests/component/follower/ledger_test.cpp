// What a coin chain's core is told of a wallet while others write.
#include <chrono>
#include <cstdint>
#include <future>
#include <gtest/gtest.h>
#include <string>
#include <thread>

#include "component/follower/coin_chain.h"
#include "component/transfer/world.h"
#include "follower/coin_ledger.h"
#include "follower/follower.h"
#include "pg/tx.h"

namespace follower_test {

namespace {

constexpr const char* kPayee = "own";

}  // namespace

// A coin that a payment takes between two of the ledger's statements is seen by both or by none:
// otherwise what is left would look like change that is still to come.
TEST(CoinLedger, CoinsAndWhatIsLeftAreOfOneMoment) {
    transfer_test::World world;
    world.Boot();
    world.Sql("TRUNCATE coins, coin_sources, rescans CASCADE");
    world.gate.AddAddress({kPayee, world.wallet, world.user, 1});
    CoinChain chain(transfer_test::kNetwork);
    follower::Follower blocks(follower::Parts{chain, world.gate, *world.pool, {}, {}});
    blocks.RunOnce();
    chain.Pay(kPayee, 500);
    chain.Mine();
    blocks.RunOnce();
    follower::CoinLedger ledger(*world.pool, transfer_test::kNetwork);
    ASSERT_EQ(ledger.HoldingsOf(kPayee)->left, money::UInt256(500));

    pg::Pool anyones({.url = transfer_test::Server().Url("postgres")});
    std::future<base::Result<chain::Holdings>> reading;
    const auto taken = pg::Transact(anyones, [&](pg::Tx& tx) -> base::Result<> {
        // The ledger asks for coins, for rescans, and for coins again: it is stopped in between.
        BASE_RETURN_IF_ERROR(tx.Exec("LOCK TABLE rescans IN ACCESS EXCLUSIVE MODE"));
        reading = std::async(std::launch::async, [&] { return ledger.HoldingsOf(kPayee); });
        for (std::int64_t stopped = 0; stopped == 0;) {
            BASE_ASSIGN_OR_RETURN(const auto row,
                                  tx.One("SELECT count(*) AS n FROM pg_locks WHERE NOT granted "
                                         "AND relation = 'rescans'::regclass"));
            stopped = row.Get<std::int64_t>("n");
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
        BASE_RETURN_IF_ERROR(tx.Exec("DELETE FROM coins"));
        return {};
    });
    ASSERT_TRUE(taken) << taken.error().detail;
    const auto holdings = reading.get();
    ASSERT_TRUE(holdings) << holdings.error().detail;
    money::UInt256 free;
    for (const chain::FreeCoin& coin : holdings->free) {
        free = *money::CheckedAdd(free, coin.coin.amount);
    }
    EXPECT_EQ(free, holdings->left);
    EXPECT_TRUE(ledger.HoldingsOf(kPayee)->left.IsZero());
}

}  // namespace follower_test
