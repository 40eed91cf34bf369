// Leases: one holder at a time, and a holder that has lost his is fenced out of the database.
#include <chrono>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "component/transfer/world.h"
#include "pg/tx.h"
#include "transfer/lease_book.h"

namespace transfer_test {

namespace {

using std::chrono::seconds;

class Leases : public ::testing::Test {
protected:
    base::Result<> Enter(const transfer::Lease& lease) {
        return pg::Transact(
            *world.pool, [&](pg::Tx& tx) -> base::Result<> { return transfer::Fence(tx, lease); });
    }

    void Expire() { world.Sql("UPDATE leases SET expires_at = '-infinity'"); }

    World world;
    transfer::LeaseBook ours{*world.pool, kNetwork, seconds(30)};
    transfer::LeaseBook theirs{*world.pool, kNetwork, seconds(30)};
};

}  // namespace

TEST_F(Leases, HaveOneHolder) {
    const auto lease = ours.Acquire("wallet");
    ASSERT_TRUE(lease && *lease);
    EXPECT_TRUE(Enter(**lease));
    const auto again = ours.Acquire("wallet");
    ASSERT_TRUE(again && *again);
    EXPECT_EQ((*again)->epoch, (*lease)->epoch);
    const auto foreign = theirs.Acquire("wallet");
    ASSERT_TRUE(foreign);
    EXPECT_FALSE(*foreign);
}

TEST_F(Leases, OneOfSeveralThatIsLostFencesAllOut) {
    std::vector<transfer::Lease> held;
    for (const char* name : {"wallet:b", "wallet:a", "wallet:c"}) {
        const auto lease = ours.Acquire(name);
        ASSERT_TRUE(lease && *lease);
        held.push_back(**lease);
    }
    const auto enter = [&] {
        return pg::Transact(
            *world.pool, [&](pg::Tx& tx) -> base::Result<> { return transfer::Fence(tx, held); });
    };
    EXPECT_TRUE(enter());
    world.Sql("UPDATE leases SET expires_at = '-infinity' WHERE name = 'wallet:b'");
    const auto taken = theirs.Acquire("wallet:b");
    ASSERT_TRUE(taken && *taken);
    const auto late = enter();
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().reason, "lease_lost");
    held.erase(held.begin());
    EXPECT_TRUE(enter());
}

TEST_F(Leases, AFormerHolderIsFencedOut) {
    const auto lease = ours.Acquire("wallet");
    ASSERT_TRUE(lease && *lease);
    Expire();
    const auto taken = theirs.Acquire("wallet");
    ASSERT_TRUE(taken && *taken);
    EXPECT_GT((*taken)->epoch, (*lease)->epoch);
    const auto late = Enter(**lease);
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().reason, "lease_lost");
    EXPECT_TRUE(Enter(**taken));
    EXPECT_EQ(ours.AllHeld().size(), 1U) << "it does not know yet";
    EXPECT_TRUE(ours.RenewAll());
    EXPECT_TRUE(ours.AllHeld().empty());
    EXPECT_EQ(theirs.AllHeld().size(), 1U);
}

TEST_F(Leases, AreGivenBack) {
    ASSERT_TRUE(ours.Acquire("wallet"));
    EXPECT_TRUE(ours.Release(std::vector<std::string>{"wallet", "never held"}));
    EXPECT_FALSE(ours.Held("wallet"));
    const auto taken = theirs.Acquire("wallet");
    ASSERT_TRUE(taken);
    EXPECT_TRUE(*taken);
    theirs.Forget("wallet");
    EXPECT_FALSE(theirs.Held("wallet"));
}

TEST_F(Leases, AreNotHadWithoutADatabase) {
    pg::Pool nowhere(pg::PoolOptions{.url = "postgresql://nobody@127.0.0.1:1/none"});
    transfer::LeaseBook book(nowhere, kNetwork, seconds(30));
    EXPECT_FALSE(book.Acquire("wallet"));
    EXPECT_FALSE(book.Held("wallet"));
}

}  // namespace transfer_test
