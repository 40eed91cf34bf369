// The helpers that other tests rely on.
#include <fstream>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "support/anvil.h"
#include "support/files.h"
#include "support/free_port.h"
#include "support/private_postgres.h"
#include "support/process.h"
#include "support/temp_dir.h"

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kPatience{10};

bool Exists(pid_t pid) {
    return kill(pid, 0) == 0;
}

TEST(TempDir, RemovesWhatWasPutIntoIt) {
    std::filesystem::path path;
    {
        const support::TempDir folder;
        path = folder.path();
        std::filesystem::create_directories(path / "a/b");
        std::ofstream(path / "a/b/file") << "x";
        EXPECT_EQ(std::filesystem::status(path).permissions(), std::filesystem::perms(0700));
    }
    EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(RunCommand, GivesOutputAndExitCode) {
    const auto result =
        support::RunCommand({"sh", "-c", "echo $WORD; echo err >&2; exit 3"}, {{"WORD", "out"}});
    EXPECT_EQ(result.exit_code, 3);
    EXPECT_EQ(result.output, "out\nerr\n");
}

TEST(RunCommand, SaysWhenThereIsNoSuchProgram) {
    EXPECT_EQ(support::RunCommand({"no-such-program-here"}).exit_code, 127);
}

class ProcessTest : public testing::Test {
protected:
    [[nodiscard]] support::ProcessOptions Shell(const std::string& script) const {
        return {.command = {"sh", "-c", script}, .output = folder_.path() / "out"};
    }

    support::TempDir folder_;
};

TEST_F(ProcessTest, WaitsForOutput) {
    support::Process process(Shell("sleep 0.05; echo ready; exec sleep 60"));
    EXPECT_TRUE(process.WaitForOutput("ready", kPatience));
    EXPECT_TRUE(process.Running());
    EXPECT_FALSE(process.WaitForOutput("never", milliseconds(20)));
    EXPECT_EQ(process.Wait(milliseconds(1)), std::nullopt);
}

TEST_F(ProcessTest, StopsWaitingForOutputWhenTheProgramEnds) {
    support::Process process(Shell("exit 1"));
    EXPECT_FALSE(process.WaitForOutput("ready", std::chrono::minutes(1)));
    EXPECT_EQ(process.Wait(kPatience), 1);
}

TEST_F(ProcessTest, StopsByTheSignalThatWasAskedFor) {
    auto options =
        Shell("trap 'echo interrupted; exit 4' INT; echo ready; while :; do sleep 0.01; done");
    options.stop_signal = SIGINT;
    support::Process process(options);
    ASSERT_TRUE(process.WaitForOutput("ready", kPatience));
    EXPECT_EQ(process.Stop(), 4);
    EXPECT_EQ(process.Output(), "ready\ninterrupted\n");
}

TEST_F(ProcessTest, ReapsAKilledProgram) {
    support::Process process(Shell("exec sleep 60"));
    process.Kill();
    EXPECT_EQ(process.Wait(milliseconds(0)), 128 + SIGKILL);
    EXPECT_FALSE(Exists(process.pid()));
}

TEST_F(ProcessTest, DiesWithTheTestThatStartedIt) {
    const std::filesystem::path note = folder_.path() / "pid";
    const pid_t test = fork();
    ASSERT_GE(test, 0);
    if (test == 0) {
        const support::Process orphan(Shell("exec sleep 60"));
        std::ofstream(note) << orphan.pid() << std::flush;
        kill(getpid(), SIGKILL);
    }
    ASSERT_EQ(waitpid(test, nullptr, 0), test);
    const auto orphan = static_cast<pid_t>(std::stol(support::ReadFile(note)));
    EXPECT_TRUE(support::WaitUntil([&] { return !Exists(orphan); }, kPatience));
}

TEST(FreePort, DiffersFromOneThatIsTaken) {
    const support::Anvil taken;
    EXPECT_NE(support::FreePort(), taken.port());
}

TEST(ReadJson, ReadsFromTheSourceTree) {
    EXPECT_EQ(support::ReadJson("deploy/devnet/package.json")["name"], "platform-devnet");
    EXPECT_THROW((void)support::ReadJson("no/such/file.json"), std::runtime_error);
}

class AnvilTest : public testing::Test {
protected:
    static std::string Call(const support::Anvil& node, const std::string& method) {
        const auto result = support::RunCommand(
            {"curl",
             "-sS",
             "-H",
             "content-type: application/json",
             "-d",
             R"({"jsonrpc":"2.0","id":1,"params":[],"method":")" + method + "\"}",
             node.Url()});
        return nlohmann::json::parse(result.output).at("result").get<std::string>();
    }
};

TEST_F(AnvilTest, HasTheChainIdThatWasAskedFor) {
    const support::Anvil node({.chain_id = 97});
    EXPECT_EQ(Call(node, "eth_chainId"), "0x61");
}

TEST_F(AnvilTest, MinesAtTheIntervalThatWasAskedFor) {
    const support::Anvil regular({.block_time = seconds(1)});
    const support::Anvil idle({.automine = false});
    EXPECT_TRUE(
        support::WaitUntil([&] { return Call(regular, "eth_blockNumber") != "0x0"; }, kPatience));
    EXPECT_EQ(Call(idle, "eth_blockNumber"), "0x0");
}

TEST(PrivatePostgres, KeepsCommittedDataThroughACrash) {
    support::PrivatePostgres server({.migrated = false});
    server.Sql("CREATE TABLE things AS SELECT 7 AS n");
    server.Crash();
    server.Start();
    EXPECT_EQ(server.Sql("SELECT n FROM things"), "7");
}

TEST(PrivatePostgres, HasTheMigrationsAndARoleForEachService) {
    const support::PrivatePostgres server({.fsync = false});
    for (const char* role : {"api_gateway", "wallet_manager", "ethereum_service"}) {
        const auto result = support::RunCommand({"psql",
                                                 "-X",
                                                 "-A",
                                                 "-t",
                                                 "-d",
                                                 server.Url(role),
                                                 "-c",
                                                 "SELECT min(name) FROM schema_migrations"});
        EXPECT_EQ(result.output, "0001_roles.sql\n");
    }
}

TEST(PrivatePostgres, LeavesNoProcessBehind) {
    const auto servers = [] {
        return support::RunCommand({"pgrep", "-P", std::to_string(getpid()), "postgres"}).output;
    };
    {
        const support::PrivatePostgres server({.fsync = false, .migrated = false});
        EXPECT_NE(servers(), "");
    }
    EXPECT_EQ(servers(), "");
}

}  // namespace
