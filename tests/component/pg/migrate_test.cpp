// scripts/migrate.sh against a real server, with migrations of its own.
#include <fstream>
#include <gtest/gtest.h>
#include <thread>

#include "support/files.h"
#include "support/private_postgres.h"

namespace {

class Migrate : public testing::Test {
protected:
    void SetUp() override {
        Write(
            "0001_roles.sql",
            support::ReadFile(support::SourceDir() / "deploy/postgres/migrations/0001_roles.sql"));
        Write("0002_things.sql", "CREATE TABLE things (id int);");
    }

    void Write(const std::string& name, const std::string& text) const {
        std::ofstream(folder_.path() / name) << text;
    }

    [[nodiscard]] support::CommandResult Run(
        const std::string& verb, std::map<std::string, std::string> environment = {}) const {
        environment.emplace("DATABASE_URL", server_.Url());
        environment.emplace("MIGRATIONS_DIR", folder_.path());
        return support::RunCommand({support::SourceDir() / "scripts/migrate.sh", verb},
                                   environment);
    }

    [[nodiscard]] std::string Applied() const {
        return server_.Sql("SELECT string_agg(name, ' ' ORDER BY version) FROM schema_migrations");
    }

    support::PrivatePostgres server_{{.fsync = false, .migrated = false}};
    support::TempDir folder_;
};

#define EXPECT_SUCCESS(result) EXPECT_EQ((result).exit_code, 0) << (result).output
#define EXPECT_FAILURE(result, text)  \
    EXPECT_NE((result).exit_code, 0); \
    EXPECT_NE((result).output.find(text), std::string::npos) << (result).output

TEST_F(Migrate, AppliesEverythingOnceInOrder) {
    const auto first = Run("up");
    EXPECT_SUCCESS(first);
    EXPECT_NE(first.output.find("PASS 2 migrations, 2 applied now"), std::string::npos);
    EXPECT_EQ(Applied(), "0001_roles.sql 0002_things.sql");
}

TEST_F(Migrate, ChangesNothingTheSecondTime) {
    EXPECT_SUCCESS(Run("up"));
    const std::string before = server_.Sql("SELECT * FROM schema_migrations ORDER BY version");
    const auto second = Run("up");
    EXPECT_SUCCESS(second);
    EXPECT_NE(second.output.find("PASS 2 migrations, 0 applied now"), std::string::npos);
    EXPECT_EQ(server_.Sql("SELECT * FROM schema_migrations ORDER BY version"), before);
}

TEST_F(Migrate, RefusesAChangedFile) {
    EXPECT_SUCCESS(Run("up"));
    Write("0002_things.sql", "CREATE TABLE things (id bigint);");
    Write("0003_more.sql", "CREATE TABLE more (id int);");
    EXPECT_FAILURE(Run("up"), "0002_things.sql was changed");
    EXPECT_FAILURE(Run("verify"), "changed  0002_things.sql");
    EXPECT_EQ(Applied(), "0001_roles.sql 0002_things.sql");
}

TEST_F(Migrate, RefusesANumberBelowAnAppliedOne) {
    Write("0009_last.sql", "SELECT 1;");
    EXPECT_SUCCESS(Run("up"));
    Write("0005_late.sql", "SELECT 1;");
    EXPECT_FAILURE(Run("up"), "0005_late.sql comes before");
}

TEST_F(Migrate, RefusesOneNumberTwice) {
    Write("0002_twin.sql", "SELECT 1;");
    EXPECT_FAILURE(Run("up"), "two migrations have the number 0002");
}

TEST_F(Migrate, RefusesAFileThatCommits) {
    Write("0003_half.sql", "CREATE TABLE half (id int);\nCOMMIT;\nSELECT 1/0;");
    EXPECT_FAILURE(Run("up"), "ends its own transaction");
}

TEST_F(Migrate, LeavesNothingOfAFailedFile) {
    Write("0003_broken.sql", "CREATE TABLE broken (id int);\nSELECT 1/0;");
    EXPECT_FAILURE(Run("up"), "division by zero");
    EXPECT_EQ(Applied(), "0001_roles.sql 0002_things.sql");
    EXPECT_EQ(server_.Sql("SELECT to_regclass('broken') IS NULL"), "t");
}

TEST_F(Migrate, AFileFindsNoSettingsOfTheOneBefore) {
    Write("0003_path.sql", "CREATE SCHEMA elsewhere; SET search_path = elsewhere;");
    Write("0004_more.sql", "CREATE TABLE more (id int);");
    EXPECT_SUCCESS(Run("up"));
    EXPECT_EQ(server_.Sql("SELECT to_regclass('public.more') IS NOT NULL"), "t");
}

TEST_F(Migrate, LetsTwoRunnersWorkAtOnce) {
    Write("0003_slow.sql", "SELECT pg_sleep(0.3); CREATE TABLE slow (id int);");
    std::thread other([&] { EXPECT_SUCCESS(Run("up")); });
    EXPECT_SUCCESS(Run("up"));
    other.join();
    EXPECT_EQ(Applied(), "0001_roles.sql 0002_things.sql 0003_slow.sql");
}

TEST_F(Migrate, ReportsTheState) {
    EXPECT_FAILURE(Run("verify"), "pending  0001_roles.sql");
    EXPECT_SUCCESS(Run("up"));
    EXPECT_SUCCESS(Run("verify"));
    Write("0003_more.sql", "SELECT 1;");
    const auto status = Run("status");
    EXPECT_SUCCESS(status);
    EXPECT_EQ(status.output,
              "applied  0001_roles.sql\napplied  0002_things.sql\npending  0003_more.sql\n");
    std::filesystem::remove(folder_.path() / "0003_more.sql");
    std::filesystem::remove(folder_.path() / "0002_things.sql");
    EXPECT_FAILURE(Run("verify"), "unknown  0002_things.sql");
}

TEST_F(Migrate, LetsTheNamedServicesLogIn) {
    EXPECT_SUCCESS(
        Run("up",
            {{"WALLET_MANAGER_DATABASE_URL", "postgresql://wallet_manager:p%40ss@h/platform"},
             {"SOMEBODY_DATABASE_URL", "postgresql://somebody:x@h/other"},
             {"POSTGRES_DATABASE_URL", "postgresql://postgres:x@h/other"}}));
    EXPECT_EQ(server_.Sql("SELECT string_agg(rolname, ' ') FROM pg_authid"
                          " WHERE rolcanlogin AND rolpassword IS NOT NULL"),
              "wallet_manager");
    EXPECT_EQ(server_.Sql("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'api_gateway'"), "f");
}

TEST_F(Migrate, SetsThePasswordOfTheUrl) {
    Write("hba.conf",
          "local all platform trust\nlocal all postgres trust\nlocal all all scram-sha-256\n");
    std::filesystem::permissions(folder_.path(), std::filesystem::perms(0755));
    const support::PrivatePostgres strict(
        {.fsync = false,
         .migrated = false,
         .settings = {"hba_file=" + (folder_.path() / "hba.conf").string()}});
    EXPECT_SUCCESS(
        Run("up",
            {{"DATABASE_URL", strict.Url()},
             {"WALLET_MANAGER_DATABASE_URL", "postgresql://wallet_manager:p%40ss@h/platform"}}));
    const auto login = [&](const std::string& password) {
        return support::RunCommand({"psql", "-w", "-c", "SELECT 1", strict.Url("wallet_manager")},
                                   {{"PGPASSWORD", password}});
    };
    EXPECT_SUCCESS(login("p@ss"));
    EXPECT_FAILURE(login("other"), "password authentication failed");
}

TEST_F(Migrate, RefusesAUrlOfAnotherUser) {
    const auto result =
        Run("up", {{"WALLET_MANAGER_DATABASE_URL", "postgresql://postgres:x@h/platform"}});
    EXPECT_FAILURE(result, "the user in WALLET_MANAGER_DATABASE_URL must be wallet_manager");
    EXPECT_EQ(server_.Sql("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'wallet_manager'"),
              "f");
}

}  // namespace
