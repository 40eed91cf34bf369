// Protobuf timestamps as RFC 3339 text, and back.
#pragma once

#include <google/protobuf/timestamp.pb.h>

#include <nlohmann/json.hpp>

#include "base/clock.h"

namespace gateway {

[[nodiscard]] base::Time ToTime(const google::protobuf::Timestamp& stamp);
[[nodiscard]] google::protobuf::Timestamp ToTimestamp(base::Time time);

// "2026-01-28T10:00:00.123Z".
[[nodiscard]] nlohmann::json TimeJson(const google::protobuf::Timestamp& stamp);

}  // namespace gateway
