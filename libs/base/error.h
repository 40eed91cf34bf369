// The one error type of the platform. `reason` is the stable, public code (`bad_checksum`); callers
// and tests branch on `kind` and `reason`, never on texts. libs/rpc maps it to google.rpc.Status
// details, the gateway to an RFC 9457 problem, both without loss.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <boost/assert/source_location.hpp>

namespace base {

// One to one with the gRPC status codes a handler may answer.
enum class ErrorKind {
    kInvalidArgument,     // the request is wrong whatever the state
    kFailedPrecondition,  // the request is well formed, the state forbids it
    kNotFound,
    kAlreadyExists,
    kAborted,  // a conflict with work in flight: repeat later
    kPermissionDenied,
    kUnauthenticated,
    kResourceExhausted,
    kUnavailable,  // nothing was done, or the outcome is unknown: safe to repeat by id
    kDeadlineExceeded,
    kCancelled,
    kUnimplemented,
    kDataLoss,
    kInternal,
};

struct Error {
    ErrorKind kind = ErrorKind::kInternal;
    std::string reason;   // lower_snake_case, at most 63 characters, from the catalogue
    std::string detail;   // one sentence: what is wrong with this very call
    std::string remedy;   // one sentence: what to do next; empty = the catalogue's default
    std::string pointer;  // RFC 6901 JSON pointer of the offending request field, or empty
    std::optional<std::chrono::milliseconds> retry_after;
    std::map<std::string, std::string> metadata;  // public facts: `approval_id`, `minimum_fee`, ...

    Error&& At(std::string json_pointer) &&;
    Error&& With(std::string key, std::string value) &&;
    Error&& Remedy(std::string sentence) &&;
};

// Shorthand for the three fields nearly every error has.
[[nodiscard]] Error MakeError(ErrorKind kind, std::string_view reason, std::string detail);

[[nodiscard]] inline Error InvalidArgument(std::string_view reason, std::string detail) {
    return MakeError(ErrorKind::kInvalidArgument, reason, std::move(detail));
}

[[nodiscard]] inline Error FailedPrecondition(std::string_view reason, std::string detail) {
    return MakeError(ErrorKind::kFailedPrecondition, reason, std::move(detail));
}

[[nodiscard]] inline Error NotFound(std::string_view reason, std::string detail) {
    return MakeError(ErrorKind::kNotFound, reason, std::move(detail));
}

[[nodiscard]] inline Error PermissionDenied(std::string_view reason, std::string detail) {
    return MakeError(ErrorKind::kPermissionDenied, reason, std::move(detail));
}

[[nodiscard]] inline Error Unavailable(std::string_view reason, std::string detail) {
    return MakeError(ErrorKind::kUnavailable, reason, std::move(detail));
}

[[nodiscard]] inline Error Internal(std::string detail) {
    return MakeError(ErrorKind::kInternal, "internal", std::move(detail));
}

// True where the same call may succeed later without a change by the caller.
[[nodiscard]] bool IsRetryable(ErrorKind kind);

// "invalid_argument", as logs and metric labels spell it.
[[nodiscard]] std::string_view ErrorKindName(ErrorKind kind);

bool operator==(const Error& left, const Error& right);

// Found by boost::system::result::value() through argument-dependent lookup. value() on an error is
// a programming mistake: throws std::logic_error with the reason.
[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location&);

}  // namespace base
