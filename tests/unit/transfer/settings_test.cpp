#include "transfer/settings.h"

#include <gtest/gtest.h>

namespace transfer_test {
namespace {

TEST(Settings, GiveCoinsTwoBlocksBeforeABumpAndADayBeforeAPerson) {
    const auto coins = transfer::SettingsOf(chain::SlotKind::kCoins);
    EXPECT_EQ(coins.bump_after, std::chrono::minutes(20));
    EXPECT_EQ(coins.operator_after, std::chrono::hours(24));
    for (const auto slot : {chain::SlotKind::kNonce, chain::SlotKind::kNone}) {
        const auto settings = transfer::SettingsOf(slot);
        EXPECT_EQ(settings.bump_after, std::chrono::minutes(3));
        EXPECT_EQ(settings.operator_after, std::chrono::hours(1));
    }
}

}  // namespace
}  // namespace transfer_test
