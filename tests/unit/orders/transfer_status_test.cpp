#include "orders/transfer_status.h"

#include <gtest/gtest.h>
#include <set>

namespace v1 = platform::chain::v1;

TEST(TransferStatus, EveryStatusHasItsOwnName) {
    const auto* statuses = v1::TransferStatus_descriptor();
    std::set<std::string_view> names;
    for (int i = 0; i < statuses->value_count(); ++i) {
        const auto status = static_cast<v1::TransferStatus>(statuses->value(i)->number());
        const std::string_view name = orders::StatusName(status);
        EXPECT_EQ(name.empty(), status == v1::TRANSFER_STATUS_UNSPECIFIED)
            << statuses->value(i)->name();
        EXPECT_TRUE(names.insert(name).second) << name;
        EXPECT_EQ(orders::StatusOf(name), status);
    }
}

TEST(TransferStatus, OtherWordsAreNoStatus) {
    for (const std::string_view word :
         {"Pending", "pending ", "TRANSFER_STATUS_PENDING", "booked"}) {
        EXPECT_EQ(orders::StatusOf(word), v1::TRANSFER_STATUS_UNSPECIFIED) << word;
    }
}
