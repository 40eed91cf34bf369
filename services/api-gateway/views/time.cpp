#include "api-gateway/views/time.h"

#include "auth/proto_time.h"

namespace gateway {

nlohmann::json TimeJson(const google::protobuf::Timestamp& stamp) {
    return base::FormatRfc3339(auth::FromTimestamp(stamp));
}

}  // namespace gateway
