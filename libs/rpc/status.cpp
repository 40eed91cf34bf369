#include "rpc/status.h"

#include <cstdint>
#include <google/protobuf/duration.pb.h>
#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>
#include <string>

namespace rpc {
namespace {

constexpr std::string_view kDomain = "platform";

// Length of the UTF-8 sequence that starts `text` (RFC 3629, section 4), 0 where it is malformed.
std::size_t SequenceLength(std::string_view text) {
    const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(text[at]); };
    const std::uint8_t lead = byte(0);
    if (lead < 0x80) {
        return 1;
    }
    const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || text.size() < length) {
        return 0;
    }
    for (std::size_t at = 1; at < length; ++at) {
        if ((byte(at) & 0xc0) != 0x80) {
            return 0;
        }
    }
    const bool overlong = (lead == 0xe0 && byte(1) < 0xa0) || (lead == 0xf0 && byte(1) < 0x90);
    const bool surrogate = lead == 0xed && byte(1) > 0x9f;
    const bool too_large = lead == 0xf4 && byte(1) > 0x8f;
    return overlong || surrogate || too_large ? 0 : length;
}

// A proto3 string must be UTF-8, or the receiver drops the whole message: text of a node or a
// library may be anything.
std::string SafeText(std::string_view text) {
    std::string safe;
    while (!text.empty()) {
        const std::size_t length = SequenceLength(text);
        const std::string_view piece = length == 0 ? "?" : text.substr(0, length);
        if (safe.size() + piece.size() > kErrorTextBytesMax) {
            break;
        }
        safe += piece;
        text.remove_prefix(length == 0 ? 1 : length);
    }
    return safe;
}

grpc::StatusCode CodeOf(base::ErrorKind kind) {
    switch (kind) {
        case base::ErrorKind::kInvalidArgument:
            return grpc::StatusCode::INVALID_ARGUMENT;
        case base::ErrorKind::kFailedPrecondition:
            return grpc::StatusCode::FAILED_PRECONDITION;
        case base::ErrorKind::kNotFound:
            return grpc::StatusCode::NOT_FOUND;
        case base::ErrorKind::kAlreadyExists:
            return grpc::StatusCode::ALREADY_EXISTS;
        case base::ErrorKind::kAborted:
            return grpc::StatusCode::ABORTED;
        case base::ErrorKind::kPermissionDenied:
            return grpc::StatusCode::PERMISSION_DENIED;
        case base::ErrorKind::kUnauthenticated:
            return grpc::StatusCode::UNAUTHENTICATED;
        case base::ErrorKind::kResourceExhausted:
            return grpc::StatusCode::RESOURCE_EXHAUSTED;
        case base::ErrorKind::kUnavailable:
            return grpc::StatusCode::UNAVAILABLE;
        case base::ErrorKind::kDeadlineExceeded:
            return grpc::StatusCode::DEADLINE_EXCEEDED;
        case base::ErrorKind::kCancelled:
            return grpc::StatusCode::CANCELLED;
        case base::ErrorKind::kUnimplemented:
            return grpc::StatusCode::UNIMPLEMENTED;
        case base::ErrorKind::kDataLoss:
            return grpc::StatusCode::DATA_LOSS;
        case base::ErrorKind::kInternal:
            return grpc::StatusCode::INTERNAL;
    }
    return grpc::StatusCode::INTERNAL;
}

base::ErrorKind KindOf(grpc::StatusCode code) {
    switch (code) {
        case grpc::StatusCode::INVALID_ARGUMENT:
        case grpc::StatusCode::OUT_OF_RANGE:
            return base::ErrorKind::kInvalidArgument;
        case grpc::StatusCode::FAILED_PRECONDITION:
            return base::ErrorKind::kFailedPrecondition;
        case grpc::StatusCode::NOT_FOUND:
            return base::ErrorKind::kNotFound;
        case grpc::StatusCode::ALREADY_EXISTS:
            return base::ErrorKind::kAlreadyExists;
        case grpc::StatusCode::ABORTED:
            return base::ErrorKind::kAborted;
        case grpc::StatusCode::PERMISSION_DENIED:
            return base::ErrorKind::kPermissionDenied;
        case grpc::StatusCode::UNAUTHENTICATED:
            return base::ErrorKind::kUnauthenticated;
        case grpc::StatusCode::RESOURCE_EXHAUSTED:
            return base::ErrorKind::kResourceExhausted;
        case grpc::StatusCode::UNAVAILABLE:
            return base::ErrorKind::kUnavailable;
        case grpc::StatusCode::DEADLINE_EXCEEDED:
            return base::ErrorKind::kDeadlineExceeded;
        case grpc::StatusCode::CANCELLED:
            return base::ErrorKind::kCancelled;
        case grpc::StatusCode::UNIMPLEMENTED:
            return base::ErrorKind::kUnimplemented;
        case grpc::StatusCode::DATA_LOSS:
            return base::ErrorKind::kDataLoss;
        case grpc::StatusCode::OK:
        case grpc::StatusCode::UNKNOWN:
        case grpc::StatusCode::INTERNAL:
        case grpc::StatusCode::DO_NOT_USE:
            return base::ErrorKind::kInternal;
    }
    return base::ErrorKind::kInternal;
}

void AddErrorInfo(const base::Error& error, google::rpc::Status& status) {
    google::rpc::ErrorInfo info;
    info.set_reason(SafeText(error.reason));
    info.set_domain(std::string(kDomain));
    std::size_t entries = 0;
    for (const auto& [key, value] : error.metadata) {
        if (++entries > kErrorMetadataEntriesMax) {
            break;
        }
        (*info.mutable_metadata())[SafeText(key)] = SafeText(value);
    }
    status.add_details()->PackFrom(info);
}

void AddRetryInfo(std::chrono::milliseconds retry_after, google::rpc::Status& status) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(retry_after);
    const auto rest = std::chrono::nanoseconds(retry_after - seconds).count();
    google::rpc::RetryInfo info;
    info.mutable_retry_delay()->set_seconds(seconds.count());
    info.mutable_retry_delay()->set_nanos(static_cast<std::int32_t>(rest));
    status.add_details()->PackFrom(info);
}

void ReadDetail(const google::protobuf::Any& detail, base::Error& error) {
    google::rpc::ErrorInfo info;
    google::rpc::RetryInfo retry;
    google::rpc::BadRequest request;
    google::rpc::Help help;
    if (detail.UnpackTo(&info)) {
        error.reason = info.reason();
        error.metadata.insert(info.metadata().begin(), info.metadata().end());
    } else if (detail.UnpackTo(&retry)) {
        const std::chrono::nanoseconds rest(retry.retry_delay().nanos());
        error.retry_after = std::chrono::seconds(retry.retry_delay().seconds()) +
                            std::chrono::duration_cast<std::chrono::milliseconds>(rest);
    } else if (detail.UnpackTo(&request) && request.field_violations_size() > 0) {
        error.pointer = request.field_violations(0).field();
    } else if (detail.UnpackTo(&help) && help.links_size() > 0) {
        error.remedy = help.links(0).description();
    }
}

base::Error TransportError(base::ErrorKind kind, std::string_view peer) {
    const std::string name(peer);
    switch (kind) {
        case base::ErrorKind::kUnavailable:
            return base::MakeError(kind, "service_unavailable", name + " does not answer");
        case base::ErrorKind::kDeadlineExceeded:
            return base::MakeError(kind, "deadline_exceeded", name + " did not answer in time");
        case base::ErrorKind::kCancelled:
            return base::MakeError(kind, "cancelled", "the call to " + name + " was cancelled");
        case base::ErrorKind::kInvalidArgument:
        case base::ErrorKind::kFailedPrecondition:
        case base::ErrorKind::kNotFound:
        case base::ErrorKind::kAlreadyExists:
        case base::ErrorKind::kAborted:
        case base::ErrorKind::kPermissionDenied:
        case base::ErrorKind::kUnauthenticated:
        case base::ErrorKind::kResourceExhausted:
        case base::ErrorKind::kUnimplemented:
        case base::ErrorKind::kDataLoss:
        case base::ErrorKind::kInternal:
            break;
    }
    return base::MakeError(kind, base::ErrorKindName(kind), "the call to " + name + " failed");
}

}  // namespace

grpc::Status ToStatus(const base::Error& error) {
    const grpc::StatusCode code = CodeOf(error.kind);
    google::rpc::Status status;
    status.set_code(code);
    status.set_message(SafeText(error.detail));
    AddErrorInfo(error, status);
    if (error.retry_after) {
        AddRetryInfo(*error.retry_after, status);
    }
    if (!error.pointer.empty()) {
        google::rpc::BadRequest request;
        request.add_field_violations()->set_field(SafeText(error.pointer));
        status.add_details()->PackFrom(request);
    }
    if (!error.remedy.empty()) {
        google::rpc::Help help;
        help.add_links()->set_description(SafeText(error.remedy));
        status.add_details()->PackFrom(help);
    }
    return grpc::Status(code, status.message(), status.SerializeAsString());
}

base::Error ToError(const grpc::Status& status, std::string_view peer) {
    google::rpc::Status details;
    base::Error error;
    error.kind = KindOf(status.error_code());
    if (details.ParseFromString(status.error_details())) {
        error.detail = details.message();
        for (const auto& detail : details.details()) {
            ReadDetail(detail, error);
        }
    }
    return error.reason.empty() ? TransportError(error.kind, peer) : error;
}

std::string PackError(const base::Error& error) {
    return ToStatus(error).error_details();
}

base::Error UnpackError(std::string_view packed) {
    google::rpc::Status status;
    if (!status.ParseFromArray(packed.data(), static_cast<int>(packed.size()))) {
        return base::Internal("the entry's error does not parse");
    }
    const auto code = static_cast<grpc::StatusCode>(status.code());
    return ToError(grpc::Status(code, status.message(), std::string(packed)), "the entry");
}

std::string_view CodeName(grpc::StatusCode code) {
    switch (code) {
        case grpc::StatusCode::OK:
            return "OK";
        case grpc::StatusCode::CANCELLED:
            return "CANCELLED";
        case grpc::StatusCode::UNKNOWN:
            return "UNKNOWN";
        case grpc::StatusCode::INVALID_ARGUMENT:
            return "INVALID_ARGUMENT";
        case grpc::StatusCode::DEADLINE_EXCEEDED:
            return "DEADLINE_EXCEEDED";
        case grpc::StatusCode::NOT_FOUND:
            return "NOT_FOUND";
        case grpc::StatusCode::ALREADY_EXISTS:
            return "ALREADY_EXISTS";
        case grpc::StatusCode::PERMISSION_DENIED:
            return "PERMISSION_DENIED";
        case grpc::StatusCode::UNAUTHENTICATED:
            return "UNAUTHENTICATED";
        case grpc::StatusCode::RESOURCE_EXHAUSTED:
            return "RESOURCE_EXHAUSTED";
        case grpc::StatusCode::FAILED_PRECONDITION:
            return "FAILED_PRECONDITION";
        case grpc::StatusCode::ABORTED:
            return "ABORTED";
        case grpc::StatusCode::OUT_OF_RANGE:
            return "OUT_OF_RANGE";
        case grpc::StatusCode::UNIMPLEMENTED:
            return "UNIMPLEMENTED";
        case grpc::StatusCode::INTERNAL:
            return "INTERNAL";
        case grpc::StatusCode::UNAVAILABLE:
            return "UNAVAILABLE";
        case grpc::StatusCode::DATA_LOSS:
            return "DATA_LOSS";
        case grpc::StatusCode::DO_NOT_USE:
            break;
    }
    return "UNKNOWN";
}

}  // namespace rpc
