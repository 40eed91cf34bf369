#include "base/error.h"

#include <stdexcept>
#include <utility>

namespace base {

Error&& Error::At(std::string json_pointer) && {
    pointer = std::move(json_pointer);
    return std::move(*this);
}

Error&& Error::With(std::string key, std::string value) && {
    metadata.insert_or_assign(std::move(key), std::move(value));
    return std::move(*this);
}

Error&& Error::Remedy(std::string sentence) && {
    remedy = std::move(sentence);
    return std::move(*this);
}

Error MakeError(ErrorKind kind, std::string_view reason, std::string detail) {
    Error error;
    error.kind = kind;
    error.reason = reason;
    error.detail = std::move(detail);
    return error;
}

bool IsRetryable(ErrorKind kind) {
    switch (kind) {
        case ErrorKind::kAborted:
        case ErrorKind::kResourceExhausted:
        case ErrorKind::kUnavailable:
        case ErrorKind::kDeadlineExceeded:
            return true;
        case ErrorKind::kInvalidArgument:
        case ErrorKind::kFailedPrecondition:
        case ErrorKind::kNotFound:
        case ErrorKind::kAlreadyExists:
        case ErrorKind::kPermissionDenied:
        case ErrorKind::kUnauthenticated:
        case ErrorKind::kCancelled:
        case ErrorKind::kUnimplemented:
        case ErrorKind::kDataLoss:
        case ErrorKind::kInternal:
            return false;
    }
    return false;
}

std::string_view ErrorKindName(ErrorKind kind) {
    switch (kind) {
        case ErrorKind::kInvalidArgument:
            return "invalid_argument";
        case ErrorKind::kFailedPrecondition:
            return "failed_precondition";
        case ErrorKind::kNotFound:
            return "not_found";
        case ErrorKind::kAlreadyExists:
            return "already_exists";
        case ErrorKind::kAborted:
            return "aborted";
        case ErrorKind::kPermissionDenied:
            return "permission_denied";
        case ErrorKind::kUnauthenticated:
            return "unauthenticated";
        case ErrorKind::kResourceExhausted:
            return "resource_exhausted";
        case ErrorKind::kUnavailable:
            return "unavailable";
        case ErrorKind::kDeadlineExceeded:
            return "deadline_exceeded";
        case ErrorKind::kCancelled:
            return "cancelled";
        case ErrorKind::kUnimplemented:
            return "unimplemented";
        case ErrorKind::kDataLoss:
            return "data_loss";
        case ErrorKind::kInternal:
            return "internal";
    }
    return "internal";
}

bool operator==(const Error& left, const Error& right) {
    return left.kind == right.kind && left.reason == right.reason;
}

void throw_exception_from_error(const Error& error, const boost::source_location&) {
    throw std::logic_error("value() of a failed result: " + error.reason + ": " + error.detail);
}

}  // namespace base
