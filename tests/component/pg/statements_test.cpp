// What a connection prepares, and what happens where that does not hold.
#include "pg/statements.h"

#include <gtest/gtest.h>

#include "pg/pool.h"
#include "support/private_postgres.h"

namespace {

class StatementsTest : public testing::Test {
protected:
    static support::PrivatePostgres& Server() {
        static support::PrivatePostgres server({.fsync = false, .migrated = false});
        return server;
    }

    void SetUp() override {
        Server().Sql(
            "DROP TABLE IF EXISTS notes; CREATE TABLE notes (id bigint, note text);"
            "INSERT INTO notes VALUES (1, 'one'); GRANT ALL ON notes TO platform");
    }

    // What the table says, or why it cannot be read.
    std::string Note() {
        const auto note = pg::Transact(pool_, [](pg::Tx& tx) -> base::Result<std::string> {
            BASE_ASSIGN_OR_RETURN(const auto row, tx.One("SELECT * FROM notes WHERE id = $1", 1));
            return row.Get<std::string>("note");
        });
        return note ? *note : note.error().reason + ": " + note.error().detail;
    }

    // Of this session, the statement that asks included.
    std::int64_t Prepared() {
        const auto count = pg::Transact(pool_, [](pg::Tx& tx) -> base::Result<std::int64_t> {
            BASE_ASSIGN_OR_RETURN(const auto row,
                                  tx.One("SELECT count(*) AS count FROM pg_prepared_statements"));
            return row.Get<std::int64_t>("count");
        });
        return count ? *count : -1;
    }

    pg::Pool pool_{{.url = Server().Url(), .connections_max = 1}};
};

TEST_F(StatementsTest, ATextIsPreparedOnce) {
    EXPECT_EQ(Note(), "one");
    EXPECT_EQ(Note(), "one");
    EXPECT_EQ(Prepared(), 2);
    EXPECT_EQ(Prepared(), 2);
}

TEST_F(StatementsTest, ASingleReadIsPreparedToo) {
    for (int time = 0; time < 2; ++time) {
        const auto one = pg::Read(pool_, [](pg::Tx& tx) { return tx.One("SELECT 1 AS one"); });
        ASSERT_TRUE(one.has_value());
    }
    EXPECT_EQ(Prepared(), 2);
}

TEST_F(StatementsTest, TextsBeyondTheBoundAreSentWhole) {
    const auto done = pg::Transact(pool_, [](pg::Tx& tx) -> base::Result<> {
        for (std::size_t text = 0; text < pg::kPreparedMax + 10; ++text) {
            BASE_RETURN_IF_ERROR(tx.One("SELECT " + std::to_string(text) + " + $1::int AS n", 1));
        }
        return {};
    });
    ASSERT_TRUE(done.has_value()) << done.error().detail;
    EXPECT_EQ(Prepared(), static_cast<std::int64_t>(pg::kPreparedMax));
}

TEST_F(StatementsTest, ATableThatChangedIsReadWithAFreshPlan) {
    EXPECT_EQ(Note(), "one");
    Server().Sql("ALTER TABLE notes ADD COLUMN more text");
    EXPECT_EQ(Note(), "one");
}

TEST_F(StatementsTest, ASingleReadOfATableThatChangedTooIsReadWithAFreshPlan) {
    const auto read = [this] {
        return pg::Read(pool_, [](pg::Tx& tx) { return tx.One("SELECT * FROM notes"); });
    };
    ASSERT_TRUE(read().has_value());
    Server().Sql("ALTER TABLE notes ADD COLUMN more text");
    EXPECT_TRUE(read().has_value());
}

// As a pooler does that gives the next transaction another session.
TEST_F(StatementsTest, ASessionWithoutThemEndsThePreparing) {
    EXPECT_EQ(Note(), "one");
    const auto dropped = pg::Transact(pool_, [](pg::Tx& tx) { return tx.Exec("DEALLOCATE ALL"); });
    ASSERT_TRUE(dropped.has_value()) << dropped.error().detail;
    EXPECT_EQ(Note(), "one");
    EXPECT_EQ(Note(), "one");
    EXPECT_EQ(Prepared(), 0);
}

TEST_F(StatementsTest, WhatFailsToPrepareFailsAsItsCall) {
    const auto done = pg::Transact(pool_, [](pg::Tx& tx) { return tx.Exec("SELECT nothing"); });
    ASSERT_FALSE(done.has_value());
    EXPECT_EQ(done.error().kind, base::ErrorKind::kInternal);
    EXPECT_EQ(Note(), "one");
}

TEST(Statements, ANameBelongsToOnePool) {
    pg::Statements one;
    pg::Statements other;
    EXPECT_EQ(one.Name("SELECT 1"), one.Name("SELECT 1"));
    EXPECT_NE(one.Name("SELECT 1"), one.Name("SELECT 2"));
    EXPECT_NE(one.Name("SELECT 1"), other.Name("SELECT 1"));
}

}  // namespace
