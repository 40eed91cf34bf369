// wallet-manager as a process: what it keeps to itself, and how it starts, refuses and ends.
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <string>
#include <unistd.h>

#include "base/bytes.h"
#include "base/hex.h"
#include "crypto/ed25519.h"
#include "support/dev_certs.h"
#include "support/free_port.h"
#include "support/private_postgres.h"
#include "support/process.h"
#include "support/temp_dir.h"

namespace {

using std::chrono::seconds;

constexpr const char* kKey = "5f1d4c9e7ab3620813f6e2d98c47b05a91e3d7c2486fb0a5d1972e6c3b84f0a7";

class WalletManagerProcess : public ::testing::Test {
protected:
    static void SetUpTestSuite() { postgres_ = new support::PrivatePostgres; }

    static void TearDownTestSuite() {
        delete postgres_;
        postgres_ = nullptr;
    }

    [[nodiscard]] std::map<std::string, std::string> Environment() const {
        const auto seed = secret::Bytes::Copy(base::Bytes(32, 7));
        const std::string verify_key = base::HexEncode(*crypto::Ed25519PublicKeyOf(seed));
        return {
            {"DEPLOYMENT_ID", "5d1f2f0e-6a53-4d57-9f43-0d4c8a3d8a11"},
            {"ORDER_VERIFY_KEY", verify_key},
            {"CONTEXT_VERIFY_KEY", verify_key},
            {"ENCRYPTION_KEY", kKey},
            {"WALLET_MANAGER_DATABASE_URL", postgres_->Url("wallet_manager")},
            {"KEY_JOURNAL_DIR", folder_.path().string()},
            {"INCARNATION_DIR", folder_.path().string()},
            {"REPLICA_NAME", folder_.path().filename().string()},
            {"MTLS_DIR", (support::DevCerts() / "wallet-manager").string()},
            {"WALLET_MANAGER_HTTP_PORT", std::to_string(port_)},
            {"WALLET_MANAGER_GRPC_LISTEN", "127.0.0.1:0"},
        };
    }

    [[nodiscard]] std::unique_ptr<support::Process> Start(
        const std::map<std::string, std::string>& changes = {}) const {
        auto environment = Environment();
        for (const auto& [name, value] : changes) {
            environment[name] = value;
        }
        return std::make_unique<support::Process>(
            support::ProcessOptions{.command = {WALLET_MANAGER},
                                    .environment = environment,
                                    .output = folder_.path() / "log"});
    }

    [[nodiscard]] bool BecomesReady() const {
        return support::WaitUntil(
            [this] {
                return support::RunCommand({WALLET_MANAGER, "--healthcheck"}, Environment())
                           .exit_code == 0;
            },
            seconds(20));
    }

    // The one child.
    [[nodiscard]] static pid_t SignerOf(const support::Process& daemon) {
        const std::string task = "/proc/" + std::to_string(daemon.pid()) + "/task/";
        pid_t child = -1;
        for (const auto& thread : std::filesystem::directory_iterator(task)) {
            std::ifstream children(thread.path() / "children");
            children >> child;
        }
        return child;
    }

    static support::PrivatePostgres* postgres_;
    support::TempDir folder_;
    std::uint16_t port_ = support::FreePort();
};

support::PrivatePostgres* WalletManagerProcess::postgres_ = nullptr;

TEST_F(WalletManagerProcess, KeepsNoEncryptionKeyInItsEnvironment) {
    const auto daemon = Start();
    ASSERT_TRUE(BecomesReady()) << daemon->Output();
    std::ifstream file("/proc/" + std::to_string(daemon->pid()) + "/environ");
    const std::string environment(std::istreambuf_iterator<char>(file), {});
    EXPECT_NE(environment.find("ENCRYPTION_KEY"), std::string::npos);
    EXPECT_EQ(environment.find(kKey), std::string::npos);
    EXPECT_EQ(environment.find("postgresql://"), std::string::npos);
    EXPECT_EQ(daemon->Stop(), 0) << daemon->Output();
}

TEST_F(WalletManagerProcess, EndsWithinASecondOfItsSigner) {
    const auto daemon = Start();
    ASSERT_TRUE(BecomesReady()) << daemon->Output();
    const pid_t signer = SignerOf(*daemon);
    ASSERT_GT(signer, 0);
    ASSERT_EQ(kill(signer, SIGKILL), 0);
    const auto code = daemon->Wait(seconds(1));
    ASSERT_TRUE(code.has_value());
    EXPECT_NE(*code, 0);
}

TEST_F(WalletManagerProcess, TheSignerEndsWithIt) {
    const auto daemon = Start();
    ASSERT_TRUE(BecomesReady()) << daemon->Output();
    const pid_t signer = SignerOf(*daemon);
    daemon->Kill();
    EXPECT_TRUE(support::WaitUntil(
        [signer] {
            std::ifstream status("/proc/" + std::to_string(signer) + "/status");
            const std::string text(std::istreambuf_iterator<char>(status), {});
            // Gone, or waiting for init to reap it.
            return text.empty() || text.find("State:\tZ") != std::string::npos;
        },
        seconds(1)));
}

TEST_F(WalletManagerProcess, RefusesAnotherEncryptionKeyThanTheStoredOne) {
    {
        const auto daemon = Start();
        ASSERT_TRUE(BecomesReady()) << daemon->Output();
    }
    std::string other = kKey;
    other[0] = '6';
    const auto refused = Start({{"ENCRYPTION_KEY", other}});
    const auto code = refused->Wait(seconds(20));
    ASSERT_TRUE(code.has_value());
    EXPECT_NE(*code, 0);
    EXPECT_NE(refused->Output().find("does not match its check value"), std::string::npos)
        << refused->Output();
    EXPECT_EQ(refused->Output().find(other), std::string::npos);
}

TEST_F(WalletManagerProcess, ReportsEveryConfigurationFaultAtOnce) {
    const auto refused = Start({{"ORDER_VERIFY_KEY", "12"},
                                {"DEPLOYMENT_ID", "mine"},
                                {"SWAP_ALLOW_LIST", "nonsense"},
                                {"WALLET_STANDARD_POLICY", "{"}});
    EXPECT_EQ(refused->Wait(seconds(20)), 78);
    for (const char* name :
         {"ORDER_VERIFY_KEY", "DEPLOYMENT_ID", "SWAP_ALLOW_LIST", "WALLET_STANDARD_POLICY"}) {
        EXPECT_NE(refused->Output().find(name), std::string::npos) << name;
    }
}

}  // namespace
