// A gate over a real database and a real signer process, and the gateway's and the chain daemon's
// sides of it. Handlers are called as functions; access_test.cpp goes through gRPC.
#pragma once

#include <cstdint>
#include <gtest/gtest.h>
#include <memory>
#include <string>

#include "auth/order.h"
#include "base/ids.h"
#include "base/result.h"
#include "keyvault/journal.h"
#include "pg/pool.h"
#include "platform/common/v1/order.pb.h"
#include "platform/wallet/v1/wallet_service.pb.h"
#include "rpc/context.h"
#include "secret/secret.h"
#include "support/private_postgres.h"
#include "support/temp_dir.h"
#include "wallet-manager/gate_service.h"
#include "wallet-manager/incarnation.h"
#include "wallet-manager/signer_client.h"
#include "wallet-manager/wallet_maker.h"
#include "wallet-manager/wallet_service.h"

namespace wallet_test {

namespace v1 = platform::wallet::v1;
namespace common = platform::common::v1;

inline constexpr const char* kDeployment = "5d1f2f0e-6a53-4d57-9f43-0d4c8a3d8a11";
inline constexpr const char* kNetwork = "eip155:31337";
inline constexpr const char* kRecipient = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
inline constexpr const char* kStranger = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC";
// Of one-time codes.
[[nodiscard]] secret::Bytes TotpKey();

inline constexpr const char* kPassword = "correct horse battery staple";

// The tests' gateway.
[[nodiscard]] auth::OrderTrust Trust();

// One database and one signer for all tests of a program: the signer is forked before any thread.
class Stack {
public:
    static Stack& Get();

    support::PrivatePostgres postgres;
    support::TempDir folder;
    std::unique_ptr<wallet_manager::SignerClient> signer;
    std::unique_ptr<pg::Pool> pool;
    std::unique_ptr<wallet_manager::Incarnation> incarnation;
    std::unique_ptr<keyvault::Journal> journal;

private:
    Stack();
};

class GateTest : public ::testing::Test {
protected:
    void SetUp() override;

    [[nodiscard]] std::unique_ptr<wallet_manager::GateService> MakeGate(
        wallet_manager::Incarnation& incarnation);

    // A new user with the password kPassword.
    base::UserId NewUser();

    [[nodiscard]] rpc::Context UserContext(const base::UserId& user) const;

    // A payment of 1000 wei with a fresh intent id.
    [[nodiscard]] common::Order Payment() const;
    [[nodiscard]] common::SignedOrder Sign(const common::Order& order) const;
    [[nodiscard]] common::SignedOrder SignAt(const common::Order& order, base::Time issued) const;
    // The transaction that the payment allows.
    [[nodiscard]] std::string Transaction(std::uint64_t nonce, std::uint64_t gwei = 2) const;

    [[nodiscard]] v1::AuthoriseResponse Authorise(const common::SignedOrder& order,
                                                  const std::string& amount = "1000");
    [[nodiscard]] base::Result<v1::SignResponse> AskSign(const common::SignedOrder& order,
                                                         std::uint64_t nonce,
                                                         std::uint32_t attempt = 1,
                                                         std::uint64_t gwei = 2);
    // "signed", or the reason of the refusal.
    [[nodiscard]] std::string SignVerdict(const common::SignedOrder& order, std::uint64_t nonce);
    [[nodiscard]] bool Void(const std::string& intent);
    [[nodiscard]] std::string Report(const std::string& intent, const std::string& state);

    void SetPolicy(const v1::Policy& policy);
    [[nodiscard]] v1::FreshProof Proof() const;

    Stack& stack_ = Stack::Get();
    wallet_manager::ChainPeers peers_;
    wallet_manager::RefusalLog refusals_{*stack_.pool};
    std::unique_ptr<wallet_manager::GateService> gate_;
    std::unique_ptr<wallet_manager::WalletService> wallets_;
    rpc::Context daemon_;  // of ethereum-service
    base::UserId user_;
    wallet_manager::WalletRow wallet_;
};

}  // namespace wallet_test
