// The straight way of an intent, and what is refused or waits on it.
#include <gtest/gtest.h>

#include "component/transfer/world.h"

namespace transfer_test {

using transfer::Authorisation;
using transfer::Verdict;

TEST(Engine, PaysOnceAndEndsFinal) {
    World world;
    world.Boot();
    const auto intent = world.Payment("0xbob", 500);
    const auto accepted = world.Accept(intent);
    ASSERT_TRUE(accepted) << accepted.error().detail;
    EXPECT_EQ(accepted->status, "pending");
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "FINAL"; }));
    EXPECT_EQ(world.chain.PaidTo("0xbob"), 500U);
    const auto payment = world.Get(intent);
    EXPECT_EQ(payment.status, "final");
    EXPECT_EQ(payment.nonce, 0U);
    EXPECT_EQ(payment.fee_paid, money::UInt256(kFee));
    EXPECT_GE(payment.confirmations, 3U);
    ASSERT_EQ(payment.attempts.size(), 1U);
    EXPECT_EQ(payment.attempts[0].state, "landed");
    EXPECT_EQ(payment.attempts[0].tx_hash, payment.tx_hash);
    std::string path;
    for (const auto& step : payment.timeline) {
        path += step.state + " ";
    }
    EXPECT_EQ(path, "RECEIVED AUTHORISED RESERVED SIGNED SUBMITTED MINED FINAL ");
    EXPECT_EQ(world.gate.outcomes().at(intent.id.ToString()), transfer::State::kFinal);
    world.CheckInvariants();
}

TEST(Engine, APaymentThatIsFoundAtFinalDepthIsFinalWithoutAFurtherBlock) {
    World world;
    world.Boot();
    const auto intent = world.Payment("0xbob", 500);
    ASSERT_TRUE(world.Accept(intent));
    ASSERT_TRUE(world.RunUntil([&] { return world.chain.mempool_size() == 1; }, false));
    for (int block = 0; block < 6; ++block) {
        world.chain.Mine();
    }
    EXPECT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "FINAL"; }, false));
}

TEST(Engine, WalletsThatPayAtTheSameTimeKeepTheirOwnNoncesAndTroubles) {
    World world;
    world.Boot();
    std::vector<transfer::NewIntent> intents;
    std::vector<std::string> senders;
    for (int index = 0; index < 5; ++index) {
        const auto wallet = base::WalletId::Random();
        const std::string from = "0xpayer" + std::to_string(index);
        // The last one has money for one payment alone.
        world.chain.Fund(from, index == 4 ? 300 : 10'000);
        senders.push_back(from);
        for (int payment = 0; payment < 2; ++payment) {
            auto intent = world.Payment("0xshop" + std::to_string(index), 200 + payment);
            intent.wallet = wallet;
            intent.plan.from = from;
            ASSERT_TRUE(world.Accept(intent));
            intents.push_back(intent);
        }
    }
    ASSERT_TRUE(world.RunUntil(
        [&] { return world.Sql("SELECT count(*) FROM intents WHERE ended_at IS NULL") == "0"; }));
    for (std::size_t index = 0; index < intents.size(); ++index) {
        EXPECT_EQ(world.StateOf(intents[index]), index == 9 ? "REJECTED" : "FINAL") << index;
    }
    for (std::size_t index = 0; index < senders.size(); ++index) {
        const std::size_t paid = index == 4 ? 1 : 2;
        EXPECT_EQ(world.chain.NoncesOf(senders[index]).size(), paid);
        EXPECT_EQ(world.chain.PaymentsTo("0xshop" + std::to_string(index)), paid);
    }
    EXPECT_EQ(world.Get(intents[9]).reason, "insufficient_funds");
    world.CheckInvariants();
}

TEST(Engine, ALostLeaseStopsNoOtherWallet) {
    World world;
    world.Boot();
    auto theirs = world.Payment("0xbob", 100);
    theirs.wallet = base::WalletId::Random();
    theirs.plan.from = "0xpayer";
    world.chain.Fund(theirs.plan.from, 10'000);
    const auto ours = world.Payment("0xalice", 100);
    // Another process takes one of the two wallets after this one had it.
    ASSERT_TRUE(world.Accept(theirs));
    world.engine().RunOnce();
    const auto second = [&] {
        auto intent = world.Payment("0xcarol", 100);
        intent.wallet = theirs.wallet;
        intent.plan.from = theirs.plan.from;
        return intent;
    }();
    ASSERT_TRUE(world.Accept(second));
    ASSERT_TRUE(world.Accept(ours));
    world.Sql(
        "UPDATE leases SET holder = gen_random_uuid(), epoch = epoch + 1, "
        "expires_at = now() + interval '1 hour' WHERE name = 'wallet:" +
        theirs.wallet.ToString() + "'");
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(ours) == "FINAL"; }));
    EXPECT_EQ(world.StateOf(second), "RECEIVED");
    EXPECT_EQ(world.chain.PaymentsTo("0xcarol"), 0U);
    world.errors.clear();
}

TEST(Engine, ARepeatFindsTheSameIntent) {
    World world;
    world.Boot();
    const auto intent = world.Payment("0xbob", 500);
    ASSERT_TRUE(world.Accept(intent));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "FINAL"; }));
    const auto again = world.Accept(intent);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->status, "final");
    world.Rounds(5);
    EXPECT_EQ(world.chain.PaymentsTo("0xbob"), 1U);
}

TEST(Engine, RefusesAnotherPaymentUnderTheSameId) {
    World world;
    world.Boot();
    const auto intent = world.Payment("0xbob", 500);
    ASSERT_TRUE(world.Accept(intent));
    auto other = world.Payment("0xeve", 500);
    other.id = intent.id;
    const auto refused = world.Accept(other);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "intent_mismatch");
}

TEST(Engine, RefusesWhatCanNeverPayAndStoresNothing) {
    World world;
    world.Boot();
    const auto refused = world.Accept(world.Payment("0xbob", 2'000'000));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "insufficient_funds");
    EXPECT_EQ(world.Sql("SELECT count(*) FROM intents"), "0");
}

TEST(Engine, HoldsLetNoTwoPaymentsSpendTheSameMoney) {
    World world;
    world.Boot();
    // Each fits alone; only one of them fits.
    const auto first = world.Payment("0xbob", 600'000);
    const auto second = world.Payment("0xeve", 600'000);
    ASSERT_TRUE(world.Accept(first));
    ASSERT_TRUE(world.Accept(second));
    ASSERT_TRUE(world.RunUntil(
        [&] { return world.StateOf(first) == "FINAL" && world.StateOf(second) == "REJECTED"; }));
    EXPECT_EQ(world.Get(second).reason, "insufficient_funds");
    EXPECT_EQ(world.chain.PaidTo("0xeve"), 0U);
    world.CheckInvariants();
}

TEST(Engine, AMinedPaymentNoLongerHoldsMoney) {
    World world;
    world.Boot();
    const auto first = world.Payment("0xbob", 600'000);
    ASSERT_TRUE(world.Accept(first));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(first) == "MINED"; }));
    const auto second = world.Payment("0xeve", 399'000);
    ASSERT_TRUE(world.Accept(second));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(second) == "FINAL"; }));
    world.CheckInvariants();
}

TEST(Engine, ADeniedIntentFailsWithThePolicysReason) {
    World world;
    world.gate.policy = [](const auto&) {
        return Authorisation{Verdict::kDeny, "policy_denied", "over the limit", {}};
    };
    world.Boot();
    const auto intent = world.Payment("0xbob", 500);
    ASSERT_TRUE(world.Accept(intent));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "REJECTED"; }));
    const auto payment = world.Get(intent);
    EXPECT_EQ(payment.status, "failed");
    EXPECT_EQ(payment.reason, "policy_denied");
    EXPECT_EQ(world.gate.signatures(), 0U);
}

TEST(Engine, AnApprovedOrderGoesOnUnderTheSameId) {
    World world;
    world.gate.policy = [](const transfer::SignedOrder& order) {
        Authorisation answer{Verdict::kNeedsApproval, "approval_needed", "", {}};
        answer.approval = base::ApprovalId::Random();
        if (order.order.size() > 36) {
            answer.verdict = Verdict::kAllow;
        }
        return answer;
    };
    world.Boot();
    auto intent = world.Payment("0xbob", 500);
    ASSERT_TRUE(world.Accept(intent));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "AWAIT_HUMAN"; }));
    EXPECT_EQ(world.Get(intent).status, "awaiting_approval");
    EXPECT_TRUE(world.Get(intent).approval.has_value());
    world.Rounds(5);
    EXPECT_EQ(world.StateOf(intent), "AWAIT_HUMAN");

    intent.order = OrderFor(intent.id, "approved");
    intent.approved = true;
    ASSERT_TRUE(world.Accept(intent));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "FINAL"; }));
    EXPECT_EQ(world.chain.PaymentsTo("0xbob"), 1U);
    world.CheckInvariants();
}

// The signer refuses to sign more than was authorised, and the payment would end unpaid.
TEST(Engine, WhatCameInSinceAllWasAuthorisedStaysInTheWallet) {
    World world;
    world.gate.policy = [](const transfer::SignedOrder& order) {
        Authorisation answer{Verdict::kNeedsApproval, "approval_needed", "", {}};
        answer.approval = base::ApprovalId::Random();
        if (order.order.size() > 36) {
            answer.verdict = Verdict::kAllow;
        }
        return answer;
    };
    auto settings = World::Quick();
    settings.quote_age_max = std::chrono::milliseconds(1);
    world.Boot(settings);
    auto intent = world.Payment("0xbob", 0);
    intent.plan.action = chain::Transfer{{{"0xbob", money::UInt256()}}, chain::TransferMode::kAll};
    ASSERT_TRUE(world.Accept(intent));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "AWAIT_HUMAN"; }));
    const auto authorised = world.Get(intent).amount;
    world.chain.Fund(world.from, 5'000);
    intent.order = OrderFor(intent.id, "approved");
    intent.approved = true;
    ASSERT_TRUE(world.Accept(intent));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "FINAL"; }));
    EXPECT_EQ(money::UInt256(world.chain.PaidTo("0xbob")), authorised);
    EXPECT_EQ(world.Get(intent).amount, authorised);
    world.CheckInvariants();
}

TEST(Engine, ALapsedOrderIsVoidedAndExpires) {
    World world;
    world.gate.policy = [](const auto&) {
        return Authorisation{Verdict::kWait, "paused", "the wallet is paused", {}};
    };
    world.Boot();
    auto intent = world.Payment("0xbob", 500);
    ASSERT_TRUE(world.Accept(intent));
    world.engine().RunOnce();
    EXPECT_EQ(world.Get(intent).reason, "paused");
    world.Sql("UPDATE intents SET order_expires_at = now()");
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "EXPIRED"; }));
    EXPECT_EQ(world.gate.outcomes().at(intent.id.ToString()), transfer::State::kExpired);
    // Void left a tombstone: nothing can be signed for it any more.
    world.gate.policy = nullptr;
    const auto late = world.gate.Authorise(intent.order, money::UInt256(1));
    EXPECT_FALSE(late);
}

TEST(Engine, WaitsForAPausedSignatureAndGoesOn) {
    World world;
    world.gate.RefuseSign(base::FailedPrecondition("wallet_paused", "paused"));
    world.Boot();
    const auto intent = world.Payment("0xbob", 500);
    ASSERT_TRUE(world.Accept(intent));
    world.Rounds(5);
    EXPECT_EQ(world.StateOf(intent), "RESERVED");
    EXPECT_EQ(world.Get(intent).reason, "wallet_paused");
    world.gate.RefuseSign(std::nullopt);
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "FINAL"; }));
    EXPECT_EQ(world.Get(intent).reason, "");
}

TEST(Engine, ARefusedSignatureFreesTheNonceForTheNext) {
    World world;
    world.gate.RefuseSign(base::PermissionDenied("order_mismatch", "no"));
    world.Boot();
    const auto intent = world.Payment("0xbob", 500);
    ASSERT_TRUE(world.Accept(intent));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "REJECTED"; }));
    EXPECT_EQ(world.Get(intent).reason, "order_mismatch");
    EXPECT_EQ(world.Sql("SELECT count(*) FROM holds WHERE released_at IS NULL"), "0");
    world.gate.RefuseSign(std::nullopt);
    const auto next = world.Payment("0xeve", 999'000);
    ASSERT_TRUE(world.Accept(next));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(next) == "FINAL"; }));
    EXPECT_EQ(world.Get(next).nonce, 0U);
    EXPECT_EQ(world.gate.fills(), 0U);
    world.CheckInvariants();
}

TEST(Engine, ListsNewestFirstAndPagesWithoutGaps) {
    World world;
    world.Boot();
    std::vector<std::string> made;
    for (int index = 0; index < 5; ++index) {
        const auto intent = world.Payment("0xbob", 1);
        ASSERT_TRUE(world.Accept(intent));
        made.insert(made.begin(), intent.id.ToString());
    }
    std::vector<std::string> listed;
    transfer::PageRequest request{world.user, world.wallet, 2, {}};
    do {
        const auto page = world.engine().List(request);
        ASSERT_TRUE(page) << page.error().detail;
        for (const auto& payment : page->payments) {
            listed.push_back(payment.id);
        }
        request.after = page->next;
    } while (request.after);
    EXPECT_EQ(listed, made);
    request.user = base::UserId::Random();
    EXPECT_TRUE(world.engine().List(request)->payments.empty());
}

TEST(Engine, TellsSubscribersOfEveryChangeInOrder) {
    World world;
    world.Boot();
    world.engine().RunOnce();
    std::vector<std::uint64_t> events;
    const auto subscription = world.engine().Subscribe(
        [&](const transfer::Change& change) { events.push_back(change.event); });
    const auto intent = world.Payment("0xbob", 500);
    ASSERT_TRUE(world.Accept(intent));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "FINAL"; }));
    world.engine().RunOnce();
    ASSERT_EQ(events.size(), 7U);
    EXPECT_TRUE(std::is_sorted(events.begin(), events.end()));
    EXPECT_EQ(world.Sql("SELECT count(*) FROM outbox WHERE event_id IS NULL"), "0");
}

TEST(Engine, FindsAPaymentByItsHashForItsOwnerAlone) {
    World world;
    world.Boot();
    const auto intent = world.Payment("0xbob", 500);
    ASSERT_TRUE(world.Accept(intent));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "MINED"; }));
    const auto hash = world.Get(intent).tx_hash;
    const auto found = world.engine().FindByHash(world.user, hash);
    ASSERT_TRUE(found && *found);
    EXPECT_EQ((*found)->id, intent.id.ToString());
    const auto stranger = world.engine().FindByHash(base::UserId::Random(), hash);
    ASSERT_TRUE(stranger);
    EXPECT_FALSE(*stranger);
}

}  // namespace transfer_test
