// What a handler knows about its call, and what the calls it makes in turn pass on: caller, user,
// request id, trace, deadline, cancellation. A plain value; copies share the cancellation.
#pragma once

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>

#include "observe/trace.h"
#include "rpc/user_context.h"

namespace rpc {

// No call lasts longer, whatever its client asks for. Streams have no such bound.
inline constexpr std::chrono::seconds kCallSecondsMax{120};

// Metadata entries that travel from hop to hop.
inline constexpr const char* kRequestIdKey = "x-request-id";
inline constexpr const char* kTraceparentKey = "traceparent";
inline constexpr const char* kUserContextKey = "x-user-context-bin";

struct Context {
    using Deadline = std::chrono::system_clock::time_point;

    std::string caller;               // service at the other end, from its certificate
    std::optional<UserContext> user;  // verified; empty where the call acts for no user
    std::string user_token;           // the signed form of `user`, passed on unchanged
    observe::RequestContext request;  // trace, request id, what each log line repeats
    Deadline deadline = Deadline::max();
    // Requested when the client has gone, has cancelled, or its deadline has passed. Callbacks
    // (std::stop_callback) run on a thread of gRPC and must not block.
    std::stop_token cancellation;

    [[nodiscard]] bool IsCancelled() const;

    // Zero once the deadline has passed.
    [[nodiscard]] std::chrono::milliseconds Remaining() const;

    // The same with at most `time` left: the budget of one call among several.
    [[nodiscard]] Context Within(std::chrono::milliseconds time) const;

    // Sleeps for `time`, but not past cancellation or the deadline. False: the call has ended.
    [[nodiscard]] bool WaitFor(std::chrono::milliseconds time) const;
};

}  // namespace rpc
