#include "rpc/status.h"

#include <chrono>
#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>
#include <gtest/gtest.h>
#include <string>
#include <utility>

namespace rpc {
namespace {

using base::ErrorKind;

base::Error FullError(ErrorKind kind) {
    auto error =
        base::MakeError(kind, "insufficient_funds", "you have 1.5 ETH, 2 are needed \xc3\xa9");
    error.remedy = "send at most 1.49 ETH";
    error.pointer = "/amount";
    error.retry_after = std::chrono::milliseconds(2'345);
    error.metadata = {{"balance", "1.5"}, {"currency", "ETH"}};
    return error;
}

class StatusOfKind : public testing::TestWithParam<std::pair<ErrorKind, grpc::StatusCode>> {};

TEST_P(StatusOfKind, RoundTripsWithoutLoss) {
    const auto [kind, code] = GetParam();
    const auto error = FullError(kind);

    const grpc::Status status = ToStatus(error);
    const base::Error back = ToError(status, "wallet-manager");

    EXPECT_EQ(status.error_code(), code);
    EXPECT_EQ(back.kind, error.kind);
    EXPECT_EQ(back.reason, error.reason);
    EXPECT_EQ(back.detail, error.detail);
    EXPECT_EQ(back.remedy, error.remedy);
    EXPECT_EQ(back.pointer, error.pointer);
    EXPECT_EQ(back.retry_after, error.retry_after);
    EXPECT_EQ(back.metadata, error.metadata);
}

TEST_P(StatusOfKind, IsTheSameInsideAMessage) {
    const auto error = FullError(GetParam().first);

    const base::Error back = UnpackError(PackError(error));

    EXPECT_EQ(back.kind, error.kind);
    EXPECT_EQ(back.reason, error.reason);
    EXPECT_EQ(back.detail, error.detail);
    EXPECT_EQ(back.retry_after, error.retry_after);
    EXPECT_EQ(back.metadata, error.metadata);
}

TEST(Status, TakesBytesThatAreNoErrorForAFault) {
    EXPECT_EQ(UnpackError("no error at all").kind, ErrorKind::kInternal);
    EXPECT_EQ(UnpackError("").kind, ErrorKind::kInternal);
}

TEST_P(StatusOfKind, KeepsAbsentFieldsAbsent) {
    const base::Error back = ToError(ToStatus(base::MakeError(GetParam().first, "r", "d")), "peer");

    EXPECT_EQ(back.reason, "r");
    EXPECT_TRUE(back.remedy.empty());
    EXPECT_TRUE(back.pointer.empty());
    EXPECT_FALSE(back.retry_after);
    EXPECT_TRUE(back.metadata.empty());
}

INSTANTIATE_TEST_SUITE_P(
    AllKinds,
    StatusOfKind,
    testing::Values(std::pair(ErrorKind::kInvalidArgument, grpc::StatusCode::INVALID_ARGUMENT),
                    std::pair(ErrorKind::kFailedPrecondition,
                              grpc::StatusCode::FAILED_PRECONDITION),
                    std::pair(ErrorKind::kNotFound, grpc::StatusCode::NOT_FOUND),
                    std::pair(ErrorKind::kAlreadyExists, grpc::StatusCode::ALREADY_EXISTS),
                    std::pair(ErrorKind::kAborted, grpc::StatusCode::ABORTED),
                    std::pair(ErrorKind::kPermissionDenied, grpc::StatusCode::PERMISSION_DENIED),
                    std::pair(ErrorKind::kUnauthenticated, grpc::StatusCode::UNAUTHENTICATED),
                    std::pair(ErrorKind::kResourceExhausted, grpc::StatusCode::RESOURCE_EXHAUSTED),
                    std::pair(ErrorKind::kUnavailable, grpc::StatusCode::UNAVAILABLE),
                    std::pair(ErrorKind::kDeadlineExceeded, grpc::StatusCode::DEADLINE_EXCEEDED),
                    std::pair(ErrorKind::kCancelled, grpc::StatusCode::CANCELLED),
                    std::pair(ErrorKind::kUnimplemented, grpc::StatusCode::UNIMPLEMENTED),
                    std::pair(ErrorKind::kDataLoss, grpc::StatusCode::DATA_LOSS),
                    std::pair(ErrorKind::kInternal, grpc::StatusCode::INTERNAL)),
    [](const auto& kind) { return std::string(base::ErrorKindName(kind.param.first)); });

TEST(Status, NamesThePeerWhenTheTransportFails) {
    const grpc::Status refused(grpc::StatusCode::UNAVAILABLE, "connect to 10.0.0.7:9001 failed");

    const base::Error error = ToError(refused, "wallet-manager");

    EXPECT_EQ(error.kind, ErrorKind::kUnavailable);
    EXPECT_EQ(error.reason, "service_unavailable");
    EXPECT_EQ(error.detail, "wallet-manager does not answer");
}

TEST(Status, MapsTransportCodesToReasons) {
    const auto reason = [](grpc::StatusCode code) {
        return ToError(grpc::Status(code, ""), "peer").reason;
    };

    EXPECT_EQ(reason(grpc::StatusCode::DEADLINE_EXCEEDED), "deadline_exceeded");
    EXPECT_EQ(reason(grpc::StatusCode::CANCELLED), "cancelled");
    EXPECT_EQ(reason(grpc::StatusCode::UNIMPLEMENTED), "unimplemented");
    EXPECT_EQ(reason(grpc::StatusCode::UNKNOWN), "internal");
    EXPECT_EQ(reason(grpc::StatusCode::OUT_OF_RANGE), "invalid_argument");
}

TEST(Status, SurvivesDetailsThatAreNotDetails) {
    const grpc::Status status(grpc::StatusCode::NOT_FOUND, "x", "\xff\xff not a message");

    EXPECT_EQ(ToError(status, "peer").reason, "not_found");
}

TEST(Status, ReplacesWhatIsNotUtf8) {
    // Broken lead byte, overlong form, surrogate, cut sequence: RFC 3629, section 3.
    auto error = base::Internal(
        "a\xff"
        "b \xc0\x80 \xed\xa0\x80 \xf0\x9f\x92\xa9 \xe2\x82");

    const base::Error back = ToError(ToStatus(error), "peer");

    EXPECT_EQ(back.detail, "a?b ?? ??? \xf0\x9f\x92\xa9 ??");
}

TEST(Status, CutsLongTextsBetweenCharacters) {
    std::string euros = "x";
    while (euros.size() < 2 * kErrorTextBytesMax) {
        euros += "\xe2\x82\xac";
    }

    const base::Error back = ToError(ToStatus(base::Internal(euros)), "peer");

    EXPECT_EQ(back.detail, euros.substr(0, 1 + 341 * 3));
}

TEST(Status, CarriesDetailsThatOtherClientsRead) {
    google::rpc::Status details;
    ASSERT_TRUE(details.ParseFromString(ToStatus(FullError(ErrorKind::kAborted)).error_details()));
    google::rpc::ErrorInfo info;
    google::rpc::RetryInfo retry;

    ASSERT_EQ(details.details_size(), 4);
    ASSERT_TRUE(details.details(0).UnpackTo(&info));
    ASSERT_TRUE(details.details(1).UnpackTo(&retry));

    EXPECT_EQ(details.details(0).type_url(), "type.googleapis.com/google.rpc.ErrorInfo");
    EXPECT_EQ(info.domain(), "platform");
    EXPECT_EQ(retry.retry_delay().seconds(), 2);
    EXPECT_EQ(retry.retry_delay().nanos(), 345'000'000);
}

}  // namespace
}  // namespace rpc
