#include "base/ids.h"

#include <gtest/gtest.h>

namespace {

TEST(Id, RoundTripsThroughItsText) {
    const auto id = base::UserId::Random();
    EXPECT_EQ(*base::UserId::Parse(id.ToString()), id);
    EXPECT_EQ(id.ToString()[14], '4') << "RFC 4122 version 4";
}

TEST(Id, RefusesEverythingButTheCanonicalText) {
    for (const std::string text : {"",
                                   "550e8400e29b41d4a716446655440000",
                                   "{550e8400-e29b-41d4-a716-446655440000}",
                                   "550e8400-e29b-41d4-a716-44665544000g",
                                   "550e8400-e29b-41d4-a716-4466554400000",
                                   "550e8400-e29b-41d4-a7160446655440000-"}) {
        EXPECT_FALSE(base::UserId::Parse(text)) << text;
    }
}

}  // namespace
