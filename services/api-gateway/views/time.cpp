#include "api-gateway/views/time.h"

#include <chrono>
#include <cstdint>

namespace gateway {

namespace {

constexpr std::int64_t kNanosPerMilli = 1'000'000;

}  // namespace

base::Time ToTime(const google::protobuf::Timestamp& stamp) {
    return base::Time(std::chrono::seconds(stamp.seconds()) +
                      std::chrono::milliseconds(stamp.nanos() / kNanosPerMilli));
}

google::protobuf::Timestamp ToTimestamp(base::Time time) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    google::protobuf::Timestamp stamp;
    stamp.set_seconds(seconds.time_since_epoch().count());
    stamp.set_nanos(static_cast<std::int32_t>((time - seconds).count() * kNanosPerMilli));
    return stamp;
}

nlohmann::json TimeJson(const google::protobuf::Timestamp& stamp) {
    return base::FormatRfc3339(ToTime(stamp));
}

}  // namespace gateway
