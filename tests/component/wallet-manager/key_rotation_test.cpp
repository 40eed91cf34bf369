// From one key-encryption key to the next, on a database of its own.
#include "wallet-manager/key_rotation.h"

#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <string>

#include "base/ids.h"
#include "chain/catalog.h"
#include "keyvault/envelope.h"
#include "keyvault/journal.h"
#include "pg/pool.h"
#include "support/private_postgres.h"
#include "support/temp_dir.h"
#include "wallet-manager/key_versions.h"
#include "wallet-manager/signer_child.h"
#include "wallet-manager/signer_client.h"
#include "wallet-manager/wallet_maker.h"

namespace {

std::unique_ptr<wallet_manager::SignerClient> SignerWith(int newest) {
    signer::Settings settings;
    settings.networks = {"eip155:31337"};
    std::map<int, secret::String> keks;
    for (int version = 1; version <= newest; ++version) {
        keks.emplace(version, secret::String(std::string(64, static_cast<char>('0' + version))));
    }
    const auto process = wallet_manager::StartSigner(std::move(settings), std::move(keks));
    EXPECT_TRUE(process);
    return std::make_unique<wallet_manager::SignerClient>(*process, nullptr);
}

class KeyRotationTest : public ::testing::Test {
protected:
    void SetUp() override {
        auto opened = keyvault::Journal::Open(folder_.path(), "journal");
        ASSERT_TRUE(opened);
        journal_ = std::make_unique<keyvault::Journal>(std::move(*opened));
        Report(*old_, "old");
        for (int i = 0; i < 3; ++i) {
            const auto user = base::UserId::Random();
            const std::string id = user.ToString();
            postgres_.Sql("INSERT INTO users (id, email, password_hash, api_key) VALUES ('" + id +
                          "', '" + id + "@example.org', 'x', 'none:" + id + "')");
            const wallet_manager::WalletMaker maker(
                {pool_, *old_, *journal_, chain::Mode::kDevnet, false});
            const auto made = maker.Ensure({user, *chain::FindChain("ethereum"), ""});
            ASSERT_TRUE(made) << made.error().detail;
            wallet_ = made->wallet;
        }
    }

    void Report(wallet_manager::SignerClient& signer, const std::string& replica) {
        const auto keks = signer.Ask<signer::KekList>(signer::ListKeks{});
        ASSERT_TRUE(keks);
        ASSERT_TRUE(wallet_manager::CheckKeks(pool_, *keks, replica));
    }

    [[nodiscard]] int Step(wallet_manager::SignerClient& signer, const std::string& replica) {
        const wallet_manager::KeyRotation rotation({pool_, signer, *journal_, replica});
        const auto wrapped = rotation.Step();
        EXPECT_TRUE(wrapped) << wrapped.error().detail;
        return wrapped ? *wrapped : -1;
    }

    [[nodiscard]] std::string WrappedBy(const std::string& version) {
        return postgres_.Sql(
            "SELECT count(*) FROM (SELECT encrypted_private_key AS sealed FROM "
            "wallets UNION ALL SELECT sealed_mnemonic FROM wallet_seeds) keys "
            "WHERE split_part(sealed, '.', 2) = '" +
            version + "'");
    }

    std::unique_ptr<wallet_manager::SignerClient> old_ = SignerWith(1);
    std::unique_ptr<wallet_manager::SignerClient> new_ = SignerWith(2);
    support::PrivatePostgres postgres_{{.fsync = false}};
    support::TempDir folder_;
    pg::Pool pool_{{.url = postgres_.Url("wallet_manager")}};
    std::unique_ptr<keyvault::Journal> journal_;
    wallet_manager::WalletRow wallet_;
};

TEST_F(KeyRotationTest, WaitsForEveryLiveReplicaThenWrapsEverythingAnew) {
    // The old replica lives and does not hold the new key: it only decrypts.
    EXPECT_EQ(Step(*new_, "new"), 0);
    EXPECT_EQ(WrappedBy("1"), "6");

    postgres_.Sql(
        "UPDATE replica_keys SET seen_at = now() - INTERVAL '6 min' "
        "WHERE replica = 'old'");
    EXPECT_EQ(Step(*new_, "new"), 6);
    EXPECT_EQ(WrappedBy("2"), "6");
    EXPECT_EQ(Step(*new_, "new"), 0);

    const std::string sealed = postgres_.Sql(
        "SELECT encrypted_private_key FROM wallets WHERE id = '" + wallet_.id.ToString() + "'");
    signer::KeyRef key = wallet_manager::KeyRefOf(wallet_);
    key.envelope = sealed;
    EXPECT_TRUE(new_->Ask<signer::ExportedSecret>(signer::ExportKey{key}));
    const auto content = keyvault::ReadJournal(folder_.path() / "journal.keys");
    ASSERT_TRUE(content);
    EXPECT_EQ(content->records.size(), 12U);
}

TEST_F(KeyRotationTest, AReplicaWithoutThePrimaryKeyIsRefused) {
    postgres_.Sql("UPDATE replica_keys SET seen_at = now() - INTERVAL '6 min'");
    ASSERT_EQ(Step(*new_, "new"), 6);
    const auto keks = old_->Ask<signer::KekList>(signer::ListKeks{});
    EXPECT_EQ(wallet_manager::CheckKeks(pool_, *keks, "old").error().reason,
              "encryption_key_missing");
}

TEST_F(KeyRotationTest, ADamagedKeyStaysAsItIsAndHoldsNobodyUp) {
    postgres_.Sql("UPDATE replica_keys SET seen_at = now() - INTERVAL '6 min'");
    postgres_.Sql(
        "UPDATE wallets SET address = '0x0000000000000000000000000000000000000001' "
        "WHERE id = '" +
        wallet_.id.ToString() + "'");
    EXPECT_EQ(Step(*new_, "new"), 5);
    EXPECT_EQ(Step(*new_, "new"), 0);
    EXPECT_EQ(postgres_.Sql("SELECT encrypted_private_key = '" + wallet_.envelope +
                            "' FROM wallets WHERE id = '" + wallet_.id.ToString() + "'"),
              "t");
}

}  // namespace
