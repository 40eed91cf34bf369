// The signer as a real process: what it may do, what it holds open, and how it ends.
#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include "auth/order.h"
#include "base/ids.h"
#include "evm/address.h"
#include "evm/transaction.h"
#include "keyvault/envelope.h"
#include "support/process.h"
#include "wallet-manager/signer_child.h"
#include "wallet-manager/signer_client.h"

namespace {

namespace common = platform::common::v1;

using std::chrono::seconds;

constexpr const char* kDeployment = "5d1f2f0e-6a53-4d57-9f43-0d4c8a3d8a11";
constexpr const char* kUser = "0f6a3a52-7a0f-4f0a-8b2e-3c1f2d4e5f60";
constexpr const char* kWallet = "9b0e7a86-4b3f-4a64-8f53-9f54a1b5c6d7";
constexpr const char* kNetwork = "eip155:31337";
constexpr const char* kRecipient = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";

secret::Bytes GatewaySeed() {
    return secret::Bytes::Copy(base::Bytes(32, 7));
}

std::string StatusLine(pid_t pid, const std::string& name) {
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with(name + ":")) {
            return line.substr(line.find_first_not_of(" \t", name.size() + 1));
        }
    }
    return "";
}

class SignerProcessTest : public ::testing::Test {
protected:
    void SetUp() override {
        signer::Settings settings;
        settings.trust.key = *crypto::Ed25519PublicKeyOf(GatewaySeed());
        settings.trust.deployment_id = kDeployment;
        settings.networks = {kNetwork};
        std::map<int, secret::String> keks;
        keks.emplace(1, secret::String(std::string(64, 'a')));
        keks.emplace(2, secret::String(std::string(64, 'b')));
        const auto process = wallet_manager::StartSigner(std::move(settings), std::move(keks));
        ASSERT_TRUE(process) << process.error().detail;
        client_ =
            std::make_unique<wallet_manager::SignerClient>(*process, [this] { gone_ = true; });
        // The first answer says that the child has locked itself in.
        const auto keks_there = client_->Ask<signer::KekList>(signer::ListKeks{});
        ASSERT_TRUE(keks_there) << keks_there.error().detail;
        ASSERT_EQ(keks_there->keks.size(), 2U);
    }

    signer::KeyRef NewKey() {
        const auto seed = client_->Ask<signer::SealedSeed>(signer::CreateSeed{kUser, 1});
        EXPECT_TRUE(seed);
        const auto key = client_->Ask<signer::SealedKey>(
            signer::DeriveKey{kUser, seed->envelope, kWallet, kNetwork, 0, 1});
        EXPECT_TRUE(key);
        return {kWallet, kUser, kNetwork, key->address, key->envelope};
    }

    static signer::SignTransaction Payment(const signer::KeyRef& key, std::uint64_t nonce) {
        common::Order order;
        order.set_deployment_id(kDeployment);
        order.set_network(kNetwork);
        order.set_intent_id(base::FormatUuid(base::RandomUuid()));
        order.set_user_id(kUser);
        order.set_wallet_id(kWallet);
        order.set_from(key.address);
        order.mutable_asset()->set_decimals(18);
        order.set_fee_cap("10000000000000000");
        order.mutable_transfer()->set_mode(common::TRANSFER_MODE_EXACT);
        auto* recipient = order.mutable_transfer()->add_recipients();
        recipient->set_address(kRecipient);
        recipient->set_amount("5");
        const auto signed_order = auth::SignOrder(order, base::SystemClock().Now(), GatewaySeed());
        EXPECT_TRUE(signed_order);
        evm::Transaction transaction;
        transaction.chain_id = 31337;
        transaction.nonce = nonce;
        transaction.max_fee_per_gas = money::UInt256(1'000'000'000);
        transaction.gas_limit = 21000;
        transaction.to = *evm::Address::Parse(kRecipient);
        transaction.value = money::UInt256(5);
        signer::SignTransaction request;
        request.key = key;
        request.order = {signed_order->order(), signed_order->signature()};
        request.unsigned_tx = *evm::EncodeUnsigned(transaction);
        return request;
    }

    std::atomic<bool> gone_ = false;
    std::unique_ptr<wallet_manager::SignerClient> client_;
};

TEST_F(SignerProcessTest, IsLockedIn) {
#if defined(PLATFORM_SANITIZE) || defined(PLATFORM_COVERAGE)
    GTEST_SKIP() << "this build logs instead of filtering";
#endif
    EXPECT_EQ(StatusLine(client_->pid(), "Seccomp"), "2");
    EXPECT_EQ(StatusLine(client_->pid(), "NoNewPrivs"), "1");
    EXPECT_EQ(StatusLine(client_->pid(), "Threads"), "1");
}

TEST_F(SignerProcessTest, HoldsOneSocketAndNothingElse) {
    std::vector<std::string> open;
    for (const auto& entry :
         std::filesystem::directory_iterator("/proc/" + std::to_string(client_->pid()) + "/fd")) {
        open.push_back(entry.path().filename().string() + " " +
                       std::filesystem::read_symlink(entry.path()).string());
    }
    ASSERT_EQ(open.size(), 1U);
    EXPECT_TRUE(open[0].starts_with("3 socket:")) << open[0];
}

TEST_F(SignerProcessTest, LocksItsSecretsIntoMemory) {
#ifdef PLATFORM_SANITIZE
    GTEST_SKIP() << "the sanitizers' mlock does nothing";
#endif
    EXPECT_NE(StatusLine(client_->pid(), "VmLck"), "0 kB");
}

TEST_F(SignerProcessTest, SignsBehindItsFilter) {
    const signer::KeyRef key = NewKey();
    const auto made = client_->Ask<signer::SignedBytes>(Payment(key, 3));
    ASSERT_TRUE(made) << made.error().detail;
    EXPECT_EQ(evm::DecodeSigned(made->signed_tx)->from.ToString(), key.address);
}

TEST_F(SignerProcessTest, EveryRefusalAndEveryRequestRunsBehindItsFilter) {
    const signer::KeyRef key = NewKey();
    signer::SignTransaction late = Payment(key, 0);
    late.order.signature[0] = static_cast<char>(late.order.signature[0] ^ 1);
    EXPECT_EQ(client_->Ask<signer::SignedBytes>(late).error().reason, "bad_order_signature");
    late = Payment(key, 0);
    late.unsigned_tx = {1, 2, 3};
    EXPECT_FALSE(client_->Ask<signer::SignedBytes>(late));
    late = Payment(key, 0);
    late.key.envelope.back() = late.key.envelope.back() == '0' ? '1' : '0';
    EXPECT_EQ(client_->Ask<signer::SignedBytes>(late).error().reason, "decryption_failed");

    EXPECT_TRUE(client_->Ask<signer::ExportedSecret>(signer::ExportKey{key}));
    EXPECT_TRUE(client_->Ask<signer::RewrappedKey>(signer::RewrapKey{key, 2}));
    signer::ImportKey import;
    import.user_id = kUser;
    import.wallet_id = kWallet;
    import.network = kNetwork;
    import.form = static_cast<std::uint8_t>(signer::ImportForm::kMnemonic);
    import.key = secret::String("test test test test test test test test test test test junk");
    import.passphrase = secret::String("pässwort");
    import.kek_version = 1;
    EXPECT_TRUE(client_->Ask<signer::SealedKey>(std::move(import)));
    // Still alive after all of it.
    EXPECT_TRUE(client_->Ask<signer::KekList>(signer::ListKeks{}));
}

TEST_F(SignerProcessTest, AnswersManyThreadsAtOnce) {
    const signer::KeyRef key = NewKey();
    std::atomic<int> good = 0;
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 8; ++thread) {
        threads.emplace_back([&, thread] {
            for (int i = 0; i < 25; ++i) {
                const auto nonce = static_cast<std::uint64_t>(thread * 25 + i);
                const auto made = client_->Ask<signer::SignedBytes>(Payment(key, nonce));
                if (made && evm::DecodeSigned(made->signed_tx)->transaction.nonce == nonce) {
                    ++good;
                }
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(good, 200);
}

TEST_F(SignerProcessTest, IgnoresTerminationAndEndsWithItsSocket) {
    const pid_t pid = client_->pid();
    ASSERT_EQ(kill(pid, SIGTERM), 0);
    ASSERT_EQ(kill(pid, SIGINT), 0);
    EXPECT_TRUE(client_->Ask<signer::KekList>(signer::ListKeks{}));
    client_.reset();
    EXPECT_NE(kill(pid, 0), 0);
    EXPECT_FALSE(gone_);
}

TEST_F(SignerProcessTest, ItsDeathIsToldWithinASecond) {
    ASSERT_EQ(kill(client_->pid(), SIGKILL), 0);
    EXPECT_TRUE(support::WaitUntil([this] { return gone_.load(); }, seconds(1)));
    EXPECT_EQ(client_->Ask<signer::KekList>(signer::ListKeks{}).error().reason,
              "signer_unavailable");
}

TEST(SignerProcess, RefusesWithoutAUsableKey) {
    std::map<int, secret::String> keks;
    keks.emplace(1, secret::String("not hex"));
    const auto process = wallet_manager::StartSigner({}, std::move(keks));
    ASSERT_TRUE(process);
    std::atomic<bool> gone = false;
    wallet_manager::SignerClient client(*process, [&] { gone = true; });
    EXPECT_EQ(client.Ask<signer::KekList>(signer::ListKeks{}).error().reason, "signer_unavailable");
    EXPECT_TRUE(support::WaitUntil([&] { return gone.load(); }, seconds(1)));
}

}  // namespace
