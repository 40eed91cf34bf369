// base::Error <-> grpc::Status. The whole error travels as google.rpc details: ErrorInfo (reason,
// metadata), RetryInfo (retry_after), BadRequest (pointer), Help (remedy).
#pragma once

#include <cstddef>
#include <grpcpp/support/status.h>
#include <string>
#include <string_view>

#include "base/error.h"

namespace rpc {

// Longer texts are cut, so that an error always fits the metadata limit of a call.
inline constexpr std::size_t kErrorTextBytesMax = 1024;
inline constexpr std::size_t kErrorMetadataEntriesMax = 16;

[[nodiscard]] grpc::Status ToStatus(const base::Error& error);

// `status` is not OK. Where it carries no details, it comes from the transport or from gRPC itself:
// UNAVAILABLE becomes `service_unavailable`, DEADLINE_EXCEEDED `deadline_exceeded`, the others
// their kind's name; the detail then names `peer`, never an address.
[[nodiscard]] base::Error ToError(const grpc::Status& status, std::string_view peer);

// The same as bytes inside a message, for one entry of a call that carries several. What does not
// parse is kInternal.
[[nodiscard]] std::string PackError(const base::Error& error);
[[nodiscard]] base::Error UnpackError(std::string_view packed);

// "OK", "NOT_FOUND", ... as metrics and logs spell a code.
[[nodiscard]] std::string_view CodeName(grpc::StatusCode code);

}  // namespace rpc
