// Every parameter type goes in and comes out unchanged.
#include <gtest/gtest.h>

#include "pg/pool.h"
#include "support/private_postgres.h"

namespace {

class Values : public testing::Test {
protected:
    // One for all tests of this file.
    static support::PrivatePostgres& Server() {
        static support::PrivatePostgres server({.fsync = false, .migrated = false});
        return server;
    }

    // What `SELECT $1::type AS value` gives for the parameter.
    template <class T, class P>
    base::Result<T> RoundTrip(const std::string& type, const P& param) {
        return pg::Transact(pool_, [&](pg::Tx& tx) -> base::Result<T> {
            BASE_ASSIGN_OR_RETURN(const auto row,
                                  tx.One("SELECT $1::" + type + " AS value", param));
            return row.template Get<T>("value");
        });
    }

    pg::Pool pool_{pg::PoolOptions{.url = Server().Url()}};
};

TEST_F(Values, CarryText) {
    const std::string text = "quote ' backslash \\ line\nend \xE2\x82\xAC";
    EXPECT_EQ(RoundTrip<std::string>("text", text).value(), text);
    EXPECT_EQ(RoundTrip<std::string>("text", "literal").value(), "literal");
    EXPECT_EQ(RoundTrip<std::string>("text", "").value(), "");
}

TEST_F(Values, CarryIntegersToTheirLimits) {
    for (const std::int64_t value : {std::int64_t{0}, INT64_MIN, INT64_MAX}) {
        EXPECT_EQ(RoundTrip<std::int64_t>("bigint", value).value(), value);
    }
    EXPECT_EQ(RoundTrip<std::uint32_t>("bigint", UINT32_MAX).value(), UINT32_MAX);
}

TEST_F(Values, RefuseAnIntegerThatDoesNotFit) {
    EXPECT_EQ(RoundTrip<std::int32_t>("bigint", std::int64_t{1} << 31).error().reason, "internal");
    EXPECT_EQ(RoundTrip<std::uint64_t>("bigint", std::int64_t{-1}).error().reason, "internal");
}

TEST_F(Values, CarryAmountsOf256Bits) {
    const std::string amount =
        "115792089237316195423570985008687907853269984665640564039457584007913129639935";
    EXPECT_EQ(RoundTrip<std::string>("numeric(78,0)", amount).value(), amount);
}

TEST_F(Values, CarryBooleans) {
    EXPECT_TRUE(RoundTrip<bool>("boolean", true).value());
    EXPECT_FALSE(RoundTrip<bool>("boolean", false).value());
    EXPECT_FALSE(RoundTrip<bool>("text", "maybe").has_value());
}

TEST_F(Values, CarryIds) {
    const auto id = base::IntentId::Random();
    EXPECT_EQ(RoundTrip<base::IntentId>("uuid", id).value(), id);
}

TEST_F(Values, CarryBytes) {
    const base::Bytes bytes = {0x00, 0x27, 0x5C, 0xFF};
    EXPECT_EQ(RoundTrip<base::Bytes>("bytea", bytes).value(), bytes);
    EXPECT_EQ(RoundTrip<base::Bytes>("bytea", base::Bytes{}).value(), base::Bytes{});
    const base::ByteArray<2> array = {0x12, 0x34};
    EXPECT_EQ(RoundTrip<base::Bytes>("bytea", array).value(), (base::Bytes{0x12, 0x34}));
}

TEST_F(Values, CarryTimesInMilliseconds) {
    for (const char* text : {"2026-01-28T10:00:00Z", "2026-01-28T10:00:00.007Z"}) {
        const base::Time time = base::ParseRfc3339(text).value();
        EXPECT_EQ(RoundTrip<base::Time>("timestamptz", time).value(), time) << text;
    }
}

TEST_F(Values, ReadTimesInAnySessionTimeZone) {
    const base::Time time = base::ParseRfc3339("2026-06-01T00:00:00.250Z").value();
    for (const char* zone : {"Asia/Kathmandu", "America/St_Johns", "UTC"}) {
        const auto read = pg::Transact(pool_, [&](pg::Tx& tx) -> base::Result<base::Time> {
            BASE_RETURN_IF_ERROR(tx.Exec("SELECT set_config('TimeZone', $1, true)", zone));
            BASE_ASSIGN_OR_RETURN(const auto row, tx.One("SELECT $1::timestamptz AS value", time));
            return row.Get<base::Time>("value");
        });
        EXPECT_EQ(read.value(), time) << zone;
    }
}

TEST_F(Values, CarryNull) {
    using Optional = std::optional<std::int64_t>;
    EXPECT_EQ(RoundTrip<Optional>("bigint", Optional()).value(), std::nullopt);
    EXPECT_EQ(RoundTrip<Optional>("bigint", std::nullopt).value(), std::nullopt);
    EXPECT_EQ(RoundTrip<Optional>("bigint", Optional(5)).value(), 5);
}

TEST_F(Values, RefuseNullWhereNoneIsExpected) {
    EXPECT_EQ(RoundTrip<std::int64_t>("bigint", std::nullopt).error().reason, "internal");
}

TEST_F(Values, CarryArrays) {
    const std::vector<std::string> texts = {
        "plain", "comma,", "quote\"", "back\\slash", "", "NULL"};
    const auto joined =
        pg::Transact(pool_, [&](pg::Tx& tx) -> base::Result<std::vector<std::string>> {
            BASE_ASSIGN_OR_RETURN(const auto rows,
                                  tx.Exec("SELECT unnest($1::text[]) AS value", texts));
            std::vector<std::string> values;
            for (const pg::Row row : rows) {
                values.push_back(row.Get<std::string>("value"));
            }
            return values;
        });
    EXPECT_EQ(joined.value(), texts);
    EXPECT_EQ(RoundTrip<std::string>("bigint[]", std::vector<int>{}).value(), "{}");
}

TEST_F(Values, RefuseTextWithNul) {
    EXPECT_EQ(RoundTrip<std::string>("text", std::string("a\0b", 3)).error().reason, "nul_in_text");
}

TEST_F(Values, ReportAColumnThatDoesNotExist) {
    const auto read = pg::Transact(pool_, [](pg::Tx& tx) -> base::Result<bool> {
        BASE_ASSIGN_OR_RETURN(const auto row, tx.One("SELECT 1 AS value"));
        return row.Get<bool>("valeu");
    });
    EXPECT_EQ(read.error().reason, "internal");
    EXPECT_TRUE(pool_.Ping().has_value());
}

}  // namespace
