#include "auth/order_shape.h"

#include <functional>
#include <gtest/gtest.h>
#include <limits>

#include "unit/auth/order_fixture.h"

namespace {

using auth_test::kNow;
using auth_test::Seed;
using auth_test::TransferOrder;
namespace common = platform::common::v1;

constexpr const char* kHash = "0x4e3a3754410177e6937ef1f84bba68ea139e8d1a2258c5f85db9f1cd715a1bdd";

// What the shape check says after a change to a good order.
std::string AfterChange(const std::function<void(common::Order&)>& change) {
    const auto sealed = auth::SignOrder(TransferOrder(), kNow, Seed(7));
    common::Order order;
    if (!sealed || !order.ParseFromString(sealed->order())) {
        return "no order";
    }
    change(order);
    const auto checked = auth::CheckOrderShape(order);
    return checked ? "ok" : checked.error().reason;
}

TEST(OrderShape, HeadFieldsMustBeSane) {
    const std::function<void(common::Order&)> changes[] = {
        [](auto& order) { order.set_domain("platform.context"); },
        [](auto& order) { order.set_version(2); },
        [](auto& order) { order.set_deployment_id(""); },
        [](auto& order) { order.set_network(""); },
        [](auto& order) { order.set_network(std::string(65, 'n')); },
        [](auto& order) { order.set_intent_id("7"); },
        [](auto& order) { order.set_intent_id("00000000-0000-0000-0000-000000000000"); },
        [](auto& order) { order.set_parent_id("x"); },
        [](auto& order) { order.set_user_id("x"); },
        [](auto& order) { order.set_wallet_id("x"); },
        [](auto& order) { order.set_from(""); },
        [](auto& order) { order.mutable_asset()->set_decimals(37); },
        [](auto& order) { order.mutable_asset()->set_symbol(std::string(17, 's')); },
        [](auto& order) { order.mutable_asset()->set_contract(std::string(201, 'c')); },
        [](auto& order) { order.set_memo_hash("short"); },
        [](auto& order) { order.set_approval_digest("short"); },
        [](auto& order) { order.clear_issued_at(); },
        [](auto& order) { order.clear_expires_at(); },
        [](auto& order) { order.mutable_expires_at()->set_seconds(1'700'000'601); },
        [](auto& order) { order.mutable_expires_at()->set_seconds(1'700'000'000); },
        [](auto& order) { order.clear_action(); },
    };
    int index = 0;
    for (const auto& change : changes) {
        EXPECT_EQ(AfterChange(change), "bad_order") << "change " << index++;
    }
    EXPECT_EQ(AfterChange([](auto&) {}), "ok");
    EXPECT_EQ(AfterChange([](auto& order) { order.set_parent_id(order.intent_id()); }), "ok");
    EXPECT_EQ(AfterChange([](auto& order) { order.set_fee_cap("0"); }), "ok");
}

TEST(OrderShape, TimesThatDoNotFitAClockAreRefused) {
    EXPECT_EQ(AfterChange([](auto& order) {
                  order.mutable_expires_at()->set_seconds(std::numeric_limits<std::int64_t>::max());
              }),
              "bad_order");
    EXPECT_EQ(AfterChange([](auto& order) { order.mutable_issued_at()->set_nanos(-1); }),
              "bad_order");
}

TEST(OrderShape, AmountsArePositiveBaseUnits) {
    for (const char* amount :
         {"",
          "0",
          "-1",
          "1.5",
          "01",
          "1e3",
          " 1",
          "115792089237316195423570985008687907853269984665640564039457584007913129639936",
          "1157920892373161954235709850086879078532699846656405640394575840079131296399350"}) {
        EXPECT_EQ(AfterChange([amount](auto& order) {
                      order.mutable_transfer()->mutable_recipients(0)->set_amount(amount);
                  }),
                  "bad_order")
            << amount;
    }
    EXPECT_EQ(AfterChange([](auto& order) { order.set_fee_cap("x"); }), "bad_order");
    EXPECT_EQ(
        AfterChange([](auto& order) {
            order.mutable_transfer()->mutable_recipients(0)->set_amount(
                "115792089237316195423570985008687907853269984665640564039457584007913129639935");
        }),
        "ok");
}

TEST(OrderShape, TransferModesFitTheirRecipients) {
    const auto with_mode = [](common::TransferMode mode, int recipients, const char* amount) {
        return AfterChange([&](common::Order& order) {
            auto& transfer = *order.mutable_transfer();
            transfer.set_mode(mode);
            transfer.clear_recipients();
            for (int count = 0; count < recipients; ++count) {
                auto& recipient = *transfer.add_recipients();
                recipient.set_address("somebody");
                recipient.set_amount(amount);
            }
        });
    };
    EXPECT_EQ(with_mode(common::TRANSFER_MODE_EXACT, 100, "1"), "ok");
    EXPECT_EQ(with_mode(common::TRANSFER_MODE_EXACT, 101, "1"), "bad_order");
    EXPECT_EQ(with_mode(common::TRANSFER_MODE_EXACT, 0, "1"), "bad_order");
    EXPECT_EQ(with_mode(common::TRANSFER_MODE_SUBTRACT_FEE, 1, "1"), "ok");
    EXPECT_EQ(with_mode(common::TRANSFER_MODE_SUBTRACT_FEE, 2, "1"), "bad_order");
    EXPECT_EQ(with_mode(common::TRANSFER_MODE_ALL, 1, ""), "ok");
    EXPECT_EQ(with_mode(common::TRANSFER_MODE_ALL, 1, "1"), "bad_order");
    EXPECT_EQ(with_mode(common::TRANSFER_MODE_UNSPECIFIED, 1, "1"), "bad_order");
    EXPECT_EQ(AfterChange([](auto& order) {
                  order.mutable_transfer()->mutable_recipients(0)->clear_address();
              }),
              "bad_order");
}

// Each action with good fields, then with each field spoiled.
TEST(OrderShape, EveryActionIsChecked) {
    const std::function<void(common::Order&)> good[] = {
        [](auto& order) {
            order.mutable_approve()->set_spender("router");
            order.mutable_approve()->set_amount("5");
        },
        [](auto& order) { order.mutable_revoke()->set_spender("router"); },
        [](auto& order) { order.mutable_wrap()->set_amount("5"); },
        [](auto& order) { order.mutable_unwrap()->set_amount("5"); },
        [](auto& order) { order.mutable_speed_up()->set_tx_hash(kHash); },
        [](auto& order) { order.mutable_cancel()->set_tx_hash(kHash); },
        [](auto& order) { order.mutable_cancel(); },
        [](auto& order) { order.mutable_cpfp()->set_parent_tx_hash(kHash); },
        [](auto& order) {
            order.mutable_message()->set_kind("eip191");
            order.mutable_message()->set_digest(std::string(32, 'd'));
        },
    };
    const std::function<void(common::Order&)> bad[] = {
        [](auto& order) { order.mutable_approve()->set_amount("5"); },
        [](auto& order) { order.mutable_approve()->set_spender("router"); },
        [](auto& order) { order.mutable_revoke(); },
        [](auto& order) { order.mutable_wrap(); },
        [](auto& order) { order.mutable_unwrap()->set_amount("0"); },
        [](auto& order) { order.mutable_speed_up(); },
        [](auto& order) { order.mutable_cancel()->set_tx_hash(std::string(129, 'h')); },
        [](auto& order) { order.mutable_cpfp(); },
        [](auto& order) { order.mutable_message()->set_digest(std::string(32, 'd')); },
        [](auto& order) { order.mutable_message()->set_kind("eip191"); },
    };
    int index = 0;
    for (const auto& change : good) {
        EXPECT_EQ(AfterChange(change), "ok") << "good " << index++;
    }
    index = 0;
    for (const auto& change : bad) {
        EXPECT_EQ(AfterChange(change), "bad_order") << "bad " << index++;
    }
}

TEST(OrderShape, SwapsAreChecked) {
    const auto swap = [](const std::function<void(common::SwapAction&)>& change) {
        return AfterChange([&](common::Order& order) {
            auto& action = *order.mutable_swap();
            action.set_protocol("swap_router_02");
            action.add_hops()->set_token("a");
            action.add_hops()->set_token("b");
            action.set_amount_in("5");
            action.set_amount_out_min("4");
            action.mutable_deadline()->set_seconds(1'700'000'300);
            change(action);
        });
    };
    EXPECT_EQ(swap([](auto&) {}), "ok");
    EXPECT_EQ(swap([](auto& action) { action.clear_protocol(); }), "bad_order");
    EXPECT_EQ(swap([](auto& action) { action.mutable_hops()->RemoveLast(); }), "bad_order");
    EXPECT_EQ(swap([](auto& action) { action.mutable_hops(1)->clear_token(); }), "bad_order");
    EXPECT_EQ(swap([](auto& action) { action.set_amount_in("0"); }), "bad_order");
    EXPECT_EQ(swap([](auto& action) { action.clear_amount_out_min(); }), "bad_order");
    EXPECT_EQ(swap([](auto& action) { action.clear_deadline(); }), "bad_order");
}

TEST(OrderShape, FieldsOfALaterVersionAreRefused) {
    EXPECT_EQ(AfterChange([](auto& order) {
                  order.GetReflection()->MutableUnknownFields(&order)->AddVarint(99, 1);
              }),
              "bad_order");
    EXPECT_EQ(AfterChange([](auto& order) {
                  auto& recipient = *order.mutable_transfer()->mutable_recipients(0);
                  recipient.GetReflection()->MutableUnknownFields(&recipient)->AddVarint(99, 1);
              }),
              "bad_order");
}

}  // namespace
