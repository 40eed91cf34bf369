// Older blocks that are read for addresses with a past, beside the newest ones.
#include <gtest/gtest.h>
#include <set>
#include <string>
#include <vector>

#include "component/follower/coin_books.h"

namespace follower_test {

using money::UInt256;

namespace {

class Rescans : public CoinBooks {
protected:
    void Mine(int blocks) {
        for (int block = 0; block < blocks; ++block) {
            chain.Mine();
        }
    }

    // The time after which what failed is tried again is over.
    void EndWaits() { world.Sql("UPDATE rescans SET retry_at = '-infinity'"); }

    [[nodiscard]] std::string Next() {
        return world.Sql(
            "SELECT coalesce(string_agg(address || ' ' || next_height, ', ' ORDER BY address), '') "
            "FROM rescans WHERE finished_at IS NULL");
    }

    void Import(const std::string& address, std::uint64_t birthday) {
        world.gate.AddAddress({address, world.wallet, world.user, ++epoch_, birthday});
    }

private:
    std::uint64_t epoch_ = 2;
};

}  // namespace

// A coin that older blocks have shown may have been spent in one that is still to be read.
TEST_F(Rescans, NothingIsSpentBeforeTheBlocksSinceABirthdayWereRead) {
    const std::string income = chain.Pay("old", 500);
    chain.Mine();
    chain.Spend({{income, 0, {}}}, {{"old", UInt256(200)}, {"stranger", UInt256(290)}});
    for (int block = 0; block < 5; ++block) {
        chain.Mine();
    }
    Follow();
    world.gate.AddAddress({"old", world.wallet, world.user, 3, 1});
    follower::Options options;
    options.blocks_at_once = 1;
    Restart(options);
    EXPECT_EQ(ReasonOf(ledger.HoldingsOf(kOwn)), "wallet_rescanning");
    const auto balance = ledger.BalanceOf("old").value();
    ASSERT_TRUE(balance.rescan);
    EXPECT_EQ(balance.rescan->from_height, 1U);
    EXPECT_EQ(balance.rescan->next_height, 2U);
    EXPECT_EQ(balance.rescan->to_height, 6U);
    while (subject->RunOnce()) {
    }
    const auto holdings = ledger.HoldingsOf(kOwn).value();
    ASSERT_EQ(holdings.free.size(), 1U);
    EXPECT_EQ(holdings.free[0].coin.amount, UInt256(200));
    EXPECT_EQ(Incoming(), income + ":0 500 FINAL");
    EXPECT_FALSE(ledger.BalanceOf("old")->rescan);
    EXPECT_EQ(errors, std::vector<std::string>());
}

TEST_F(Rescans, AReadingOfOldBlocksThatIsHeldUpSaysWhyAndGoesOn) {
    chain.Pay("old", 500);
    for (int block = 0; block < 6; ++block) {
        chain.Mine();
    }
    Follow();
    world.gate.AddAddress({"old", world.wallet, world.user, 3, 1});
    follower::Options options;
    options.blocks_at_once = 2;
    chain.SetSilentFrom(4);
    Restart(options);
    EXPECT_FALSE(subject->RunOnce());  // it is not asked at once again
    EXPECT_EQ(errors, std::vector<std::string>{"node_unavailable"});
    const auto held_up = ledger.BalanceOf("old").value();
    ASSERT_TRUE(held_up.rescan);
    EXPECT_EQ(held_up.rescan->next_height, 3U);
    EXPECT_EQ(held_up.rescan->detail, "the node is silent");
    EXPECT_NE(ledger.HoldingsOf("old").error().detail.find("the node is silent"),
              std::string::npos);
    chain.SetSilentFrom(~std::uint64_t{0});
    EXPECT_FALSE(subject->RunOnce()) << "not before its time has come";
    EndWaits();
    while (subject->RunOnce()) {
    }
    EXPECT_FALSE(ledger.BalanceOf("old")->rescan);
    EXPECT_EQ(ledger.HoldingsOf("old")->left, UInt256(500));
}

// Old blocks that were read are of a branch that has lost its place meanwhile.
TEST_F(Rescans, AReorgWhileOldBlocksAreReadBooksNothingOfThem) {
    for (int block = 0; block < 6; ++block) {
        chain.Mine();
    }
    Follow();
    world.gate.AddAddress({"old", world.wallet, world.user, 3, 4});
    chain.Pay("old", 500);
    chain.Reorganise(2, false);
    chain.Mine();  // the payment is in block 7
    chain.before_read = [this] { chain.Reorganise(3, true); };
    Restart({});
    chain.Mine();
    while (subject->RunOnce()) {
    }
    EXPECT_EQ(ledger.BalanceOf("old")->amount, UInt256(500));
    EXPECT_FALSE(ledger.BalanceOf("old")->rescan);
    EXPECT_EQ(world.Sql("SELECT count(*) FROM incoming_transfers WHERE state <> 'REVERSED'"), "1");
}

// The node has pruned what came before block 4: who needs that waits, and nobody else.
TEST_F(Rescans, OneThatCannotGetOnHoldsUpNoOther) {
    Mine(5);
    chain.Pay("young", 500);
    Mine(4);
    Follow();
    chain.Prune(4);
    Import("old", 0);
    Import("older", 2);
    Import("young", 5);
    follower::Options options;
    options.blocks_at_once = 2;
    Restart(options);
    while (subject->RunOnce()) {
    }
    EXPECT_EQ(Next(), "old 0, older 2");
    EXPECT_EQ(ledger.BalanceOf("young")->amount, UInt256(500));
    EXPECT_EQ(errors, (std::vector<std::string>{"block_pruned", "block_pruned"}));
    EXPECT_EQ(ledger.BalanceOf("old")->rescan->detail, "the node has pruned it");
    MineAndFollow();
    EXPECT_EQ(errors.size(), 2U) << "they are not asked for again at once";
    // Another node serves.
    chain.Prune(0);
    EndWaits();
    while (subject->RunOnce()) {
    }
    EXPECT_FALSE(ledger.BalanceOf("old")->rescan);
    EXPECT_EQ(errors.size(), 2U);
}

TEST_F(Rescans, TakeTurns) {
    Mine(20);
    Follow();
    Import("first", 1);
    Import("second", 10);
    follower::Options options;
    options.blocks_at_once = 2;
    Restart(options);
    EXPECT_EQ(Next(), "first 3, second 10");
    EXPECT_TRUE(subject->RunOnce());
    EXPECT_EQ(Next(), "first 3, second 12");
    Import("third", 3);
    MineAndFollow();
    EXPECT_EQ(Next(), "first 5, second 12, third 5") << "whoever waits for the same comes along";
    MineAndFollow();
    EXPECT_EQ(Next(), "first 5, second 14, third 5");
    while (subject->RunOnce()) {
    }
    EXPECT_EQ(Next(), "");
    EXPECT_EQ(errors, std::vector<std::string>());
}

// The node cannot say what a transaction in a block does, as bitcoind without an index.
TEST_F(Rescans, ATransactionThatTheNodeCannotShowHoldsUpNothing) {
    const std::string income = chain.Pay(kOwn, 500);
    const std::string other = chain.Pay(kSecond, 70);
    chain.Pay("old", 30);
    chain.Mine();
    const std::string hidden = chain.Spend({{income, 0, {}}}, {{"stranger", UInt256(490)}});
    chain.Mine();
    Import("old", 0);
    chain.unviewable = {hidden};
    Follow();
    EXPECT_EQ(errors, std::vector<std::string>{"unknown_tx"});
    while (subject->RunOnce()) {
    }
    EXPECT_FALSE(ledger.BalanceOf("old")->rescan);
    EXPECT_EQ(ledger.BalanceOf("old")->amount, UInt256(100));
    // The newest blocks are read on, and what they show is described.
    const std::string shown = chain.Spend({{other, 0, {}}}, {{"stranger", UInt256(60)}});
    MineAndFollow();
    const std::string described =
        "SELECT string_agg(tx_hash, ',') FROM unknown_spends "
        "WHERE described";
    EXPECT_EQ(world.Sql(described), shown);
    EXPECT_EQ(errors.size(), 1U) << "not before its time has come";
    chain.unviewable.clear();
    world.Sql("UPDATE unknown_spends SET describe_at = '-infinity'");
    MineAndFollow();
    EXPECT_EQ(world.Sql("SELECT count(*) FROM unknown_spends WHERE described"), "2");
    EXPECT_EQ(errors.size(), 1U);
}

// A node that does not answer is asked once in a round, and each time for another one.
TEST_F(Rescans, ASilentNodeIsAskedForOneTransactionInARound) {
    std::vector<std::string> spends;
    for (int count = 0; count < 3; ++count) {
        const std::string income = chain.Pay(kOwn, 500);
        spends.push_back(chain.Spend({{income, 0, {}}}, {{"stranger", UInt256(400)}}));
    }
    chain.Mine();
    chain.unviewable = std::set<std::string>(spends.begin(), spends.end());
    chain.view_error = base::Unavailable("node_unavailable", "silent");
    Follow();
    EXPECT_EQ(errors.size(), 1U);
    Follow();
    EXPECT_EQ(errors.size(), 2U);
    chain.unviewable.clear();
    Follow();
    EXPECT_EQ(world.Sql("SELECT count(*) FROM unknown_spends WHERE described"), "1");
}

class ChainWithoutBalances : public transfer_test::FakeChain {
public:
    base::Result<chain::Balance> GetBalance(const std::string&, const money::Asset&) override {
        return base::Unavailable("node_unavailable", "no state");
    }
};

TEST_F(Rescans, ABalanceThatTheNodeCannotShowHoldsUpNoOlderBlock) {
    ChainWithoutBalances other;
    for (int block = 0; block < 5; ++block) {
        other.Mine();
    }
    world.Sql("TRUNCATE follower_blocks; UPDATE leases SET expires_at = '-infinity'");
    Import("0xold", 1);
    follower::Follower follower({other, world.gate, *world.pool});
    EXPECT_FALSE(follower.RunOnce()) << "the node is given time";
    EXPECT_EQ(Next(), "");
}

// As at the first start of all.
class FirstStart : public Rescans {
protected:
    void Begin(const follower::Options& options) {
        world.Sql("TRUNCATE follower_blocks");
        Restart(options);
    }

    [[nodiscard]] std::string Blocks() {
        return world.Sql("SELECT min(height) || ' ' || max(height) FROM follower_blocks");
    }
};

TEST_F(FirstStart, AReorgOfTheBlockThatWasNewestIsUndone) {
    Mine(10);
    Begin({});
    EXPECT_EQ(Blocks(), "8 10") << "it begins at the final block";
    chain.Reorganise(2, false);
    chain.Pay(kOwn, 500);
    MineAndFollow();
    ExpectTheBooksAreTheChain();
    EXPECT_EQ(alarms, std::vector<std::string>());
}

TEST_F(FirstStart, AReorgOfTheFinalBlockStopsAsAnyThatIsTooDeep) {
    Mine(10);
    Begin({});
    chain.Reorganise(3, false);
    Follow();
    EXPECT_EQ(errors, std::vector<std::string>{"reorg_too_deep"});
    EXPECT_EQ(Blocks(), "8 10");
}

// A network that has no final blocks yet, or only its first one.
TEST_F(FirstStart, BeginsNoDeeperThanAReorgCanBeUndone) {
    Mine(10);
    follower::Options options;
    options.blocks_kept = 4;
    for (const bool named : {true, false}) {
        chain::Block final;
        final.hash = named ? "block-0-0" : "";
        chain.SetFinal(final);
        Begin(options);
        EXPECT_EQ(Blocks(), "6 10") << named;
    }
    chain.Reorganise(4, false);
    MineAndFollow();
    ExpectTheBooksAreTheChain();
    // No block of that height.
    chain.leaves_out = 7;
    Begin(options);
    EXPECT_EQ(Blocks(), "11 11");
}

}  // namespace follower_test
