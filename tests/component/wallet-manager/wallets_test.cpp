#include <filesystem>
#include <gtest/gtest.h>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "auth/totp.h"
#include "base/clock.h"
#include "base/hex.h"
#include "component/wallet-manager/gate_fixture.h"
#include "crypto/secp256k1.h"
#include "keyvault/journal.h"
#include "observe/metrics.h"
#include "observe/tracer.h"
#include "rpc/channel.h"
#include "secret/hex.h"
#include "support/dev_certs.h"
#include "wallet-manager/incarnation.h"
#include "wallet-manager/key_versions.h"

namespace wallet_test {

namespace {

constexpr const char* kWords = "test test test test test test test test test test test junk";

class Wallets : public GateTest {
protected:
    void SetUp() override {
        GateTest::SetUp();
        // A configured chain whose daemon never answers.
        const auto peer = rpc::Peer::Make(
            {"ethereum-service", "127.0.0.1:1", support::DevCerts() / "wallet-manager"},
            {metrics_, tracer_});
        ASSERT_TRUE(peer) << peer.error().detail;
        peers_.emplace("ethereum", rpc::Client<platform::chain::v1::ChainService>(*peer));
        context_ = UserContext(user_);
    }

    [[nodiscard]] base::Result<v1::ExportWalletResponse> Export(const std::string& format,
                                                                const v1::FreshProof& proof) {
        v1::ExportWalletRequest request;
        request.set_user_id(user_.ToString());
        request.set_wallet_id(wallet_.id.ToString());
        request.set_format(format);
        *request.mutable_proof() = proof;
        return wallets_->ExportWallet(request, context_);
    }

    [[nodiscard]] v1::ImportWalletRequest Import(const std::string& private_key) const {
        v1::ImportWalletRequest request;
        request.set_user_id(user_.ToString());
        request.set_chain("ethereum");
        request.set_private_key(private_key);
        *request.mutable_proof() = Proof();
        return request;
    }

    [[nodiscard]] std::string Events() const {
        return stack_.postgres.Sql(
            "SELECT string_agg(kind, ' ' ORDER BY seq) FROM wallet_events WHERE wallet_id = '" +
            wallet_.id.ToString() + "'");
    }

    observe::Metrics metrics_;
    observe::Tracer tracer_{{.service = "test"}, metrics_};
    rpc::Context context_;
};

TEST_F(Wallets, TheDefaultOneIsMadeOnceHoweverManyAsk) {
    const base::UserId user = NewUser();
    std::vector<std::string> addresses(8);
    std::vector<std::thread> threads;
    for (std::string& address : addresses) {
        threads.emplace_back([&] {
            v1::EnsureWalletRequest request;
            request.set_user_id(user.ToString());
            request.set_chain("eth");
            const auto answer = wallets_->EnsureWallet(request, UserContext(user));
            address = answer ? answer->wallet().address() : answer.error().reason;
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(std::set<std::string>(addresses.begin(), addresses.end()).size(), 1U);
    EXPECT_TRUE(addresses[0].starts_with("0x")) << addresses[0];
    v1::CreateWalletRequest request;
    request.set_user_id(user.ToString());
    request.set_chain("ethereum");
    EXPECT_EQ(wallets_->CreateWallet(request, UserContext(user)).error().reason, "wallet_exists");
}

TEST_F(Wallets, AChainWithoutADaemonIsUnavailable) {
    v1::EnsureWalletRequest request;
    request.set_user_id(user_.ToString());
    request.set_chain("zcash");
    const auto answer = wallets_->EnsureWallet(request, context_);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().reason, "chain_unavailable");
    EXPECT_EQ(answer.error().kind, base::ErrorKind::kUnavailable);
}

TEST_F(Wallets, EveryKeyIsInTheJournalUnderItsAddress) {
    const auto content = keyvault::ReadJournal(stack_.folder.path() / "test.keys");
    ASSERT_TRUE(content);
    bool seed = false;
    bool key = false;
    for (const keyvault::JournalRecord& record : content->records) {
        seed = seed || (record.label.type == keyvault::SecretType::kMnemonic &&
                        record.label.user_id == user_.ToString());
        key = key || (record.label.address == wallet_.address &&
                      record.envelope == wallet_.envelope && record.path == wallet_.path);
    }
    EXPECT_TRUE(seed);
    EXPECT_TRUE(key);
    EXPECT_EQ(content->damaged_lines, 0U);
}

TEST_F(Wallets, AnotherUsersWalletAnswersLikeAnAbsentOne) {
    const base::UserId other = NewUser();
    v1::GetWalletRequest request;
    request.set_user_id(other.ToString());
    request.set_wallet_id(wallet_.id.ToString());
    EXPECT_EQ(wallets_->GetWallet(request, UserContext(other)).error().reason, "unknown_wallet");
    request.set_user_id(user_.ToString());
    EXPECT_EQ(wallets_->GetWallet(request, UserContext(other)).error().reason,
              "user_context_required");
    EXPECT_EQ(wallets_->GetWallet(request, rpc::Context()).error().reason, "user_context_required");
    EXPECT_TRUE(wallets_->GetWallet(request, context_));
}

TEST_F(Wallets, AnExportNeedsThePasswordAndLeavesATraceFirst) {
    v1::FreshProof wrong;
    wrong.set_password("wrong horse");
    EXPECT_EQ(Export("private_key", wrong).error().reason, "bad_credentials");
    EXPECT_EQ(Export("private_key", {}).error().reason, "proof_required");
    EXPECT_EQ(Events(), "wallet_created");
    const auto key = Export("private_key", Proof());
    ASSERT_TRUE(key) << key.error().detail;
    EXPECT_EQ(key->secret().size(), 66U);
    EXPECT_EQ(Events(), "wallet_created key_exported");
    const auto words = Export("mnemonic", Proof());
    ASSERT_TRUE(words);
    EXPECT_EQ(words->path(), "m/44'/60'/0'/0/0");
    v1::GetWalletRequest request;
    request.set_user_id(user_.ToString());
    request.set_wallet_id(wallet_.id.ToString());
    EXPECT_FALSE(wallets_->GetWallet(request, context_)->wallet().backup_due());
}

TEST_F(Wallets, GuessesOfThePasswordAreLimited) {
    v1::FreshProof wrong;
    wrong.set_password("wrong horse");
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(Export("private_key", wrong).error().reason, "bad_credentials");
    }
    const auto limited = Export("private_key", Proof());
    ASSERT_FALSE(limited);
    EXPECT_EQ(limited.error().reason, "rate_limited");
    EXPECT_TRUE(limited.error().retry_after.has_value());
}

TEST_F(Wallets, GoodExportsAreLimitedToo) {
    for (int i = 0; i < 5; ++i) {
        ASSERT_TRUE(Export("private_key", Proof()));
    }
    EXPECT_EQ(Export("private_key", Proof()).error().reason, "rate_limited");
}

TEST_F(Wallets, ASecondFactorIsAskedForAndEachCodeServesOnce) {
    const secret::Bytes secret = auth::NewTotpSecret();
    const auto sealed = auth::SealTotpSecret(TotpKey(), user_, secret);
    ASSERT_TRUE(sealed);
    stack_.postgres.Sql("INSERT INTO user_totp (user_id, sealed) VALUES ('" + user_.ToString() +
                        "', '\\x" + base::HexEncode(*sealed) + "')");
    EXPECT_TRUE(Export("private_key", Proof())) << "not confirmed yet";
    stack_.postgres.Sql("UPDATE user_totp SET confirmed_at = now() WHERE user_id = '" +
                        user_.ToString() + "'");
    EXPECT_EQ(Export("private_key", Proof()).error().reason, "totp_required");
    v1::FreshProof proof = Proof();
    proof.set_totp("12345");
    EXPECT_EQ(Export("private_key", proof).error().reason, "bad_code");
    proof.set_totp(auth::TotpCode(secret, auth::TotpStep(base::SystemClock().Now())));
    const auto good = Export("private_key", proof);
    EXPECT_TRUE(good) << good.error().reason;
    EXPECT_EQ(Export("private_key", proof).error().reason, "bad_code") << "used before";
    proof.set_password("wrong horse");
    EXPECT_EQ(Export("private_key", proof).error().reason, "bad_credentials");
}

TEST_F(Wallets, WrongCodesCountAsWrongProofs) {
    const auto sealed = auth::SealTotpSecret(TotpKey(), user_, auth::NewTotpSecret());
    stack_.postgres.Sql("INSERT INTO user_totp (user_id, sealed, confirmed_at) VALUES ('" +
                        user_.ToString() + "', '\\x" + base::HexEncode(*sealed) + "', now())");
    v1::FreshProof proof = Proof();
    proof.set_totp("12345");
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(Export("private_key", proof).error().reason, "bad_code");
    }
    EXPECT_EQ(Export("private_key", proof).error().reason, "rate_limited");
}

TEST_F(Wallets, ADisabledAccountProvesNothing) {
    stack_.postgres.Sql("UPDATE users SET is_active = false WHERE id = '" + user_.ToString() + "'");
    EXPECT_EQ(Export("private_key", Proof()).error().reason, "account_disabled");
}

TEST_F(Wallets, AnImportedKeyIsAFurtherWallet) {
    const std::string key = Export("private_key", Proof())->secret();
    EXPECT_EQ(wallets_->ImportWallet(Import(key), context_).error().reason, "wallet_exists");
    const secret::String fresh = secret::ToHex(crypto::GeneratePrivateKey());
    v1::ImportWalletRequest request = Import(std::string(fresh.Expose()));
    const auto made = wallets_->ImportWallet(request, context_);
    ASSERT_TRUE(made) << made.error().detail;
    EXPECT_FALSE(made->wallet().is_default());
    EXPECT_EQ(made->wallet().kind(), "imported");
    EXPECT_FALSE(made->wallet().backup_due());
    request = Import("not a key");
    const auto refused = wallets_->ImportWallet(request, context_);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "bad_key");
    EXPECT_EQ(refused.error().detail.find("not a key"), std::string::npos);
}

TEST_F(Wallets, AMnemonicIsImportedByItsPath) {
    v1::ImportWalletRequest request = Import("");
    request.mutable_mnemonic()->set_mnemonic(kWords);
    request.mutable_mnemonic()->set_path("m/44'/60'/0'/0/7");
    const auto made = wallets_->ImportWallet(request, context_);
    ASSERT_TRUE(made) << made.error().detail;
    EXPECT_EQ(made->wallet().address(), "0x14dC79964da2C08b23698B3D3cc7Ca32193d9955");
}

TEST_F(Wallets, BalancesOfADeadChainDoNotFailTheCall) {
    v1::GetBalancesRequest request;
    request.set_user_id(user_.ToString());
    const auto answer = wallets_->GetBalances(request, context_);
    ASSERT_TRUE(answer) << answer.error().detail;
    ASSERT_EQ(answer->balances_size(), 1);
    EXPECT_EQ(answer->balances(0).address(), wallet_.address);
    EXPECT_EQ(answer->balances(0).currency(), "ETH");
    EXPECT_TRUE(answer->balances(0).stale());
    EXPECT_EQ(answer->balances(0).balance(), "");
    EXPECT_EQ(answer->balances(0).error(), "service_unavailable");
}

TEST_F(Wallets, APausedUserSendsNothing) {
    v1::PauseRequest request;
    request.set_user_id(user_.ToString());
    request.set_reason("on holiday");
    ASSERT_TRUE(wallets_->Pause(request, context_));
    const auto verdict = Authorise(Sign(Payment()));
    EXPECT_EQ(verdict.verdict(), v1::AuthoriseResponse::VERDICT_WAIT);
    EXPECT_EQ(verdict.reason(), "paused");
    EXPECT_EQ(verdict.detail(), "on holiday");
}

TEST_F(Wallets, AnAdministratorStopsEverybodysSends) {
    v1::PauseSendsRequest stop;
    stop.set_admin_id(user_.ToString());
    stop.set_reason("audit");
    *stop.mutable_proof() = Proof();
    EXPECT_EQ(wallets_->PauseSends(stop, context_).error().reason, "role_not_allowed");
    const base::UserId admin = NewUser();
    stack_.postgres.Sql("UPDATE users SET role = 'admin' WHERE id = '" + admin.ToString() + "'");
    stop.set_admin_id(admin.ToString());
    EXPECT_EQ(wallets_->PauseSends(stop, context_).error().reason, "user_context_required");
    stop.clear_proof();
    EXPECT_EQ(wallets_->PauseSends(stop, UserContext(admin)).error().reason, "proof_required");
    *stop.mutable_proof() = Proof();
    for (const std::string chain : {"", "ethereum"}) {
        stop.set_chain(chain);
        ASSERT_TRUE(wallets_->PauseSends(stop, UserContext(admin)));
        const auto verdict = Authorise(Sign(Payment()));
        EXPECT_EQ(verdict.verdict(), v1::AuthoriseResponse::VERDICT_WAIT);
        EXPECT_EQ(verdict.detail(), "audit");
        v1::ResumeSendsRequest open;
        open.set_admin_id(admin.ToString());
        open.set_chain(chain);
        EXPECT_EQ(wallets_->ResumeSends(open, UserContext(admin)).error().reason, "proof_required");
        *open.mutable_proof() = Proof();
        ASSERT_TRUE(wallets_->ResumeSends(open, UserContext(admin)));
        EXPECT_EQ(Authorise(Sign(Payment())).verdict(), v1::AuthoriseResponse::VERDICT_ALLOW);
    }
    stop.set_chain("bitcoin");
    ASSERT_TRUE(wallets_->PauseSends(stop, UserContext(admin)));
    EXPECT_EQ(Authorise(Sign(Payment())).verdict(), v1::AuthoriseResponse::VERDICT_ALLOW)
        << "another chain";
    stack_.postgres.Sql("DELETE FROM pauses");
    EXPECT_EQ(
        stack_.postgres.Sql(
            "SELECT string_agg(kind, ' ' ORDER BY seq) FROM identity_events WHERE user_id = '" +
            admin.ToString() + "'"),
        "sends_paused sends_resumed sends_paused sends_resumed sends_paused");
}

TEST_F(Wallets, RemovalNeedsTheAddressThePasswordAndAKnownBalance) {
    v1::RemoveWalletRequest request;
    request.set_user_id(user_.ToString());
    request.set_wallet_id(wallet_.id.ToString());
    request.set_confirm_address(kStranger);
    *request.mutable_proof() = Proof();
    EXPECT_EQ(wallets_->RemoveWallet(request, context_).error().reason, "address_mismatch");
    request.set_confirm_address(wallet_.address);
    EXPECT_EQ(wallets_->RemoveWallet(request, context_).error().reason, "service_unavailable");
}

TEST_F(Wallets, AnEmptyHistoryIsAnEmptyPage) {
    v1::ListTransactionsRequest request;
    request.set_user_id(user_.ToString());
    const auto page = wallets_->ListTransactions(request, context_);
    ASSERT_TRUE(page) << page.error().detail;
    EXPECT_EQ(page->transactions_size(), 0);
    request.mutable_page()->set_cursor("nonsense");
    EXPECT_EQ(wallets_->ListTransactions(request, context_).error().reason, "bad_cursor");
    v1::GetTransactionRequest one;
    one.set_user_id(user_.ToString());
    one.set_id(base::IntentId::Random().ToString());
    EXPECT_EQ(wallets_->GetTransaction(one, context_).error().reason, "unknown_tx");
}

TEST_F(Wallets, AddressesComeInOrderOfTheirEpoch) {
    v1::ListAddressesRequest request;
    request.set_network(kNetwork);
    request.set_limit(1000);
    const auto all = gate_->ListAddresses(request, daemon_);
    ASSERT_TRUE(all);
    ASSERT_GT(all->addresses_size(), 0);
    for (int i = 1; i < all->addresses_size(); ++i) {
        EXPECT_LT(all->addresses(i - 1).epoch(), all->addresses(i).epoch());
    }
    const auto& last = all->addresses(all->addresses_size() - 1);
    EXPECT_EQ(last.address(), wallet_.address);
    request.set_after_epoch(last.epoch());
    EXPECT_EQ(gate_->ListAddresses(request, daemon_)->addresses_size(), 0);
    request.set_limit(0);
    EXPECT_EQ(gate_->ListAddresses(request, daemon_).error().reason, "number_out_of_range");
}

TEST_F(Wallets, AWrongEncryptionKeyIsRefusedByItsCheckValue) {
    signer::KekList wrong;
    wrong.keks.push_back({1, base::Bytes(32, 9)});
    EXPECT_EQ(wallet_manager::CheckKeks(*stack_.pool, wrong, "other").error().reason,
              "wrong_encryption_key");
    signer::KekList newer;
    newer.keks.push_back({7, base::Bytes(32, 7)});
    EXPECT_EQ(wallet_manager::CheckKeks(*stack_.pool, newer, "other").error().reason,
              "encryption_key_missing");
    EXPECT_EQ(stack_.postgres.Sql("SELECT count(*) FROM key_versions"), "1");
}

}  // namespace

}  // namespace wallet_test
