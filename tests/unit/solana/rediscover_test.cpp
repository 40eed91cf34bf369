// A payment of ours that only the chain remembers.
#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <vector>

#include "crypto/base64.h"
#include "solana/transaction.h"
#include "unit/solana/tracked_chain.h"

namespace {

using money::UInt256;
using samples::ReasonOf;
using solana_test::Json;

class Rediscovery : public solana_test::TrackedChain {
protected:
    Rediscovery() {
        node_.accounts[from_] = {1'000'000'000};
        node_.accounts[to_] = {1'000'000};
        plan_ = Pay(5'000);
        asked_ = Build(plan_, 3);
    }

    [[nodiscard]] chain::Plan Pay(std::uint64_t amount) const {
        chain::Plan plan;
        plan.from = from_;
        plan.asset = chain_.parameters().native;
        plan.action = chain::Transfer{{{to_, UInt256(amount)}}};
        plan.fee_cap = chain_.parameters().fee_ceiling;
        return plan;
    }

    base::Bytes Build(const chain::Plan& plan, std::uint64_t serial) {
        return chain_.Build(plan, chain_.Price(plan).value(), {std::nullopt, {}, serial})->payload;
    }

    // Signs it and lets the node show it.
    std::string Show(const base::Bytes& message) {
        std::vector<secret::Bytes> seeds;
        seeds.push_back(samples::Seed(1));
        const auto made = solana::SignMessage(solana::ParseMessage(message).value(), seeds).value();
        raw_ = solana::SerializeTransaction(made);
        const std::string hash = solana::TransactionId(made);
        node_.transactions[hash] = {{"slot", 950},
                                    {"transaction", {crypto::Base64Encode(raw_), "base64"}}};
        return hash;
    }

    base::Result<std::optional<chain::Rediscovered>> Ask(const std::string& hash) {
        return chain_.Rediscover(hash, plan_, asked_);
    }

    chain::Plan plan_;
    base::Bytes asked_;
    base::Bytes raw_;
};

TEST_F(Rediscovery, FindsWhatWasAsked) {
    const auto found = Ask(Show(asked_));
    ASSERT_TRUE(found) << found.error().detail;
    ASSERT_TRUE(*found);
    EXPECT_EQ((*found)->signed_tx, raw_);
    EXPECT_EQ((*found)->unsigned_tx.payload, asked_);
}

TEST_F(Rediscovery, FindsARenewal) {
    node_.slot += 200;
    node_.height += 200;
    node_.prices = {5'000'000};
    const base::Bytes again = Build(plan_, 3);
    ASSERT_NE(again, asked_);
    const auto found = Ask(Show(again));
    ASSERT_TRUE(found) << found.error().detail;
    ASSERT_TRUE(*found);
    EXPECT_EQ((*found)->unsigned_tx.payload, again);
    EXPECT_TRUE(chain_.Inspect(raw_, again));
}

TEST_F(Rediscovery, TakesNothingElse) {
    EXPECT_FALSE(Ask(Show(Build(Pay(5'001), 3)))->has_value());
    EXPECT_FALSE(Ask(Show(Build(plan_, 4)))->has_value()) << "an equal payment";
    plan_.memo = "for you";
    EXPECT_FALSE(Ask(Show(Build(plan_, 3)))->has_value()) << "with a memo";
}

TEST_F(Rediscovery, WithoutAnAnswerNothingIsKnown) {
    const std::string hash = Show(asked_);
    const std::string other = Show(Build(plan_, 4));
    node_.transactions[hash] = node_.transactions[other];
    EXPECT_EQ(ReasonOf(Ask(hash)), "node_unavailable");
    node_.transactions[hash] = Json{{"slot", 950}};
    EXPECT_EQ(ReasonOf(Ask(hash)), "node_unavailable");
    node_.Refuses("getTransaction", base::Unavailable("node_unavailable", "gone"));
    EXPECT_EQ(ReasonOf(Ask(hash)), "node_unavailable");
    node_.overrides.clear();
    node_.transactions.clear();
    EXPECT_FALSE(Ask(hash)->has_value());
}

}  // namespace
