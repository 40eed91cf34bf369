#include "pg/checks.h"

#include <gtest/gtest.h>

#include "chain/catalog.h"
#include "support/private_postgres.h"

namespace {

TEST(CheckSettings, AcceptsASafeServer) {
    const support::PrivatePostgres server;
    pg::Pool pool({.url = server.Url("ethereum_service")});
    EXPECT_TRUE(pg::CheckSettings(pool).has_value());
}

TEST(CheckSettings, RefusesEachUnsafeSetting) {
    for (const std::string setting : {"fsync", "full_page_writes", "synchronous_commit"}) {
        const support::PrivatePostgres server({.settings = {setting + "=off"}});
        pg::Pool pool({.url = server.Url("ethereum_service")});
        const auto checked = pg::CheckSettings(pool);
        ASSERT_TRUE(checked.has_error()) << setting;
        EXPECT_EQ(checked.error().reason, "unsafe_database_settings");
        EXPECT_EQ(checked.error().metadata.at("setting"), setting);
    }
}

class CheckMigrations : public testing::Test {
protected:
    support::PrivatePostgres server_{{.fsync = false}};
    pg::Pool pool_{pg::PoolOptions{.url = server_.Url("wallet_manager")}};
};

TEST_F(CheckMigrations, AcceptsTheTreesOwn) {
    ASSERT_FALSE(pg::KnownMigrations().empty());
    const auto checked = pg::CheckMigrations(pool_, pg::KnownMigrations());
    EXPECT_TRUE(checked.has_value()) << checked.error().detail;
}

TEST_F(CheckMigrations, AcceptsLaterOnesOfANewerRelease) {
    server_.Sql("INSERT INTO schema_migrations (version, name, checksum) VALUES (9999, 'x', 'y')");
    EXPECT_TRUE(pg::CheckMigrations(pool_, pg::KnownMigrations()).has_value());
}

TEST_F(CheckMigrations, RefusesAMissingOne) {
    const pg::Migration missing[] = {{"9999_next.sql", "00"}};
    const auto checked = pg::CheckMigrations(pool_, missing);
    EXPECT_EQ(checked.error().reason, "migration_missing");
    EXPECT_EQ(checked.error().metadata.at("migration"), "9999_next.sql");
}

TEST_F(CheckMigrations, RefusesAChangedOne) {
    server_.Sql("UPDATE schema_migrations SET checksum = '00' WHERE name = '0001_roles.sql'");
    const auto checked = pg::CheckMigrations(pool_, pg::KnownMigrations());
    EXPECT_EQ(checked.error().reason, "migration_changed");
    EXPECT_EQ(checked.error().metadata.at("migration"), "0001_roles.sql");
}

TEST(Roles, MayUseTheNetworksOfTheirChain) {
    const support::PrivatePostgres server({.fsync = false});
    for (const chain::ChainInfo& chain : chain::AllChains()) {
        for (const std::string_view network : {chain.devnet, chain.testnet, chain.mainnet}) {
            EXPECT_EQ(server.Sql("SELECT role_name FROM role_networks WHERE network = '" +
                                 std::string(network) + "'"),
                      std::string(chain.name) + "_service");
        }
    }
}

TEST(Roles, LeaveNothingToEverybody) {
    const support::PrivatePostgres server({.fsync = false});
    server.Sql("CREATE ROLE stranger LOGIN");
    pg::Pool pool({.url = server.Url("stranger")});
    EXPECT_EQ(pool.Ping().error().reason, "database_unavailable");
    EXPECT_EQ(server.Sql("SELECT has_schema_privilege('stranger', 'public', 'USAGE')"), "f");
    // Nothing in a migration grants PUBLIC a table or the execution of a function.
    EXPECT_EQ(server.Sql("SELECT count(*) FROM pg_class c"
                         " CROSS JOIN LATERAL aclexplode(c.relacl) a"
                         " WHERE c.relnamespace = 'public'::regnamespace AND a.grantee = 0"),
              "0");
    EXPECT_EQ(server.Sql("SELECT count(*) FROM pg_proc p CROSS JOIN LATERAL"
                         " aclexplode(COALESCE(p.proacl, acldefault('f', p.proowner))) a"
                         " WHERE p.pronamespace = 'public'::regnamespace AND a.grantee = 0"),
              "0");
}

TEST(Roles, MayNotWriteTheMigrations) {
    const support::PrivatePostgres server({.fsync = false});
    for (const std::string role : {"api_gateway", "wallet_manager", "ethereum_service"}) {
        EXPECT_EQ(server.Sql("SELECT has_table_privilege('" + role +
                             "', 'schema_migrations', 'INSERT, UPDATE, DELETE, TRUNCATE')"),
                  "f")
            << role;
    }
}

}  // namespace
