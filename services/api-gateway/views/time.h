// Protobuf timestamps as RFC 3339 text.
#pragma once

#include <google/protobuf/timestamp.pb.h>

#include <nlohmann/json.hpp>

namespace gateway {

// "2026-01-28T10:00:00.123Z".
[[nodiscard]] nlohmann::json TimeJson(const google::protobuf::Timestamp& stamp);

}  // namespace gateway
