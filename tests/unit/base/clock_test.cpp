#include "base/clock.h"

#include <gtest/gtest.h>

namespace {

TEST(Rfc3339, RoundTripsSecondsAndMilliseconds) {
    for (const std::string text :
         {"1970-01-01T00:00:00Z", "2026-01-28T10:00:00Z", "2024-02-29T23:59:59.007Z"}) {
        const auto time = base::ParseRfc3339(text);
        ASSERT_TRUE(time) << text;
        EXPECT_EQ(base::FormatRfc3339(*time), text);
    }
}

TEST(Rfc3339, CutsFinerFractionsToMilliseconds) {
    EXPECT_EQ(base::FormatRfc3339(*base::ParseRfc3339("2026-01-28T10:00:00.123999999Z")),
              "2026-01-28T10:00:00.123Z");
}

TEST(Rfc3339, RefusesWhatIsNotUtcText) {
    for (const std::string text : {"",
                                   "2026-01-28",
                                   "2026-01-28T10:00:00",
                                   "2026-01-28T10:00:00+01:00",
                                   "2026-02-30T10:00:00Z",
                                   "2026-01-28T24:00:00Z",
                                   "2026-01-28T10:00:00.Z",
                                   "2026-01-28T10:00:00.12x4Z",
                                   "2026-01-28 10:00:00Z"}) {
        EXPECT_FALSE(base::ParseRfc3339(text)) << text;
    }
}

}  // namespace
