// A signer with one wallet on the Ethereum devnet, and the gateway's side of an order.
#pragma once

#include <gtest/gtest.h>
#include <memory>
#include <string>

#include "auth/order.h"
#include "base/clock.h"
#include "base/result.h"
#include "evm/transaction.h"
#include "platform/common/v1/order.pb.h"
#include "signer/signer.h"

namespace signer_test {

inline constexpr const char* kNetwork = "eip155:31337";
inline constexpr const char* kRecipient = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
inline constexpr const char* kStranger = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC";
inline constexpr const char* kToken = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
inline constexpr const char* kRouter = "0x7a250d5630B4cF539739dF2C5dAcb4c659F2488D";

class ManualClock : public base::Clock {
public:
    [[nodiscard]] base::Time Now() const override { return now; }

    base::Time now{std::chrono::seconds(1'800'000'000)};
};

class SignerTest : public ::testing::Test {
protected:
    void SetUp() override;

    // A payment of 1 ETH from the wallet to kRecipient, fee cap 0.01 ETH.
    [[nodiscard]] platform::common::v1::Order Payment() const;
    // The transaction it allows, nonce 7, costing 0.00042 ETH at most.
    [[nodiscard]] evm::Transaction PaymentTx() const;

    [[nodiscard]] signer::OrderBytes Sign(const platform::common::v1::Order& order) const;
    [[nodiscard]] signer::SignTransaction Request(const platform::common::v1::Order& order,
                                                  const evm::Transaction& transaction) const;

    [[nodiscard]] base::Result<signer::SignedBytes> Ask(const signer::SignTransaction& request);
    // "signed", or the reason of the refusal.
    [[nodiscard]] std::string Verdict(const platform::common::v1::Order& order,
                                      const evm::Transaction& transaction);
    [[nodiscard]] std::string Verdict(const signer::SignTransaction& request);

    template <class Answer>
    [[nodiscard]] base::Result<Answer> Get(signer::Request request) {
        BASE_ASSIGN_OR_RETURN(signer::Reply reply, signer_->Handle(request));
        return std::get<Answer>(std::move(reply));
    }

    ManualClock clock_;
    secret::Bytes gateway_seed_;
    std::unique_ptr<signer::Signer> signer_;
    std::string seed_envelope_;
    signer::KeyRef key_;
};

[[nodiscard]] money::UInt256 Gwei(std::uint64_t count);
[[nodiscard]] money::UInt256 Units(const std::string& decimal);

}  // namespace signer_test
