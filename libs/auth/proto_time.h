// base::Time, which counts milliseconds, as google.protobuf.Timestamp.
#pragma once

#include <chrono>
#include <cstdint>
#include <google/protobuf/timestamp.pb.h>

#include "base/clock.h"

namespace auth {

inline constexpr std::int64_t kNanosPerMilli = 1'000'000;

[[nodiscard]] inline google::protobuf::Timestamp ToTimestamp(base::Time time) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    google::protobuf::Timestamp stamp;
    stamp.set_seconds(seconds.time_since_epoch().count());
    stamp.set_nanos(static_cast<std::int32_t>((time - seconds).count() * kNanosPerMilli));
    return stamp;
}

// What is finer than a millisecond is cut.
[[nodiscard]] inline base::Time FromTimestamp(const google::protobuf::Timestamp& stamp) {
    return base::Time(std::chrono::seconds(stamp.seconds()) +
                      std::chrono::milliseconds(stamp.nanos() / kNanosPerMilli));
}

}  // namespace auth
