#include "net/problem.h"

#include <array>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>
#include <string>

#include <nlohmann/json.hpp>

namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

const observe::RequestContext kContext{
    .trace = {}, .request_id = "req_1", .user_id = "", .route = ""};

// Every code that the documents promise to callers, with its status where they name it.
constexpr std::array<std::pair<std::string_view, int>, 74> kPromised{{{"invalid_request", 400},
                                                                      {"unauthenticated", 401},
                                                                      {"forbidden", 403},
                                                                      {"rate_limited", 429},
                                                                      {"internal", 500},
                                                                      {"unavailable", 503},
                                                                      {"email_taken", 409},
                                                                      {"weak_password", 422},
                                                                      {"password_too_long", 422},
                                                                      {"bad_credentials", 401},
                                                                      {"totp_required", 401},
                                                                      {"locked", 423},
                                                                      {"token_reused", 401},
                                                                      {"bad_code", 422},
                                                                      {"unknown_scope", 422},
                                                                      {"lookalike_address", 422},
                                                                      {"bad_passphrase", 422},
                                                                      {"wallet_exists", 409},
                                                                      {"bad_key", 422},
                                                                      {"export_disabled", 403},
                                                                      {"balance_not_zero", 409},
                                                                      {"pending_tx", 409},
                                                                      {"node_unavailable", 503},
                                                                      {"unknown_token", 404},
                                                                      {"bad_address", 422},
                                                                      {"bad_checksum", 422},
                                                                      {"amount_precision", 422},
                                                                      {"insufficient_funds", 422},
                                                                      {"insufficient_gas", 422},
                                                                      {"fee_too_low", 422},
                                                                      {"policy_denied", 403},
                                                                      {"in_progress", 409},
                                                                      {"possible_duplicate", 409},
                                                                      {"key_reused", 422},
                                                                      {"restored", 409},
                                                                      {"node_rejected", 502},
                                                                      {"dust_output", 422},
                                                                      {"no_utxos", 422},
                                                                      {"blockhash_expired", 409},
                                                                      {"rent_minimum", 422},
                                                                      {"unknown_tx", 404},
                                                                      {"already_confirmed", 409},
                                                                      {"fee_bump_too_small", 422},
                                                                      {"not_replaceable", 409},
                                                                      {"has_child", 409},
                                                                      {"approval_needed", 403},
                                                                      {"live_network", 403},
                                                                      {"unknown_symbol", 404},
                                                                      {"no_price", 503},
                                                                      {"too_many_symbols", 422},
                                                                      {"range_too_large", 422},
                                                                      {"no_route", 404},
                                                                      {"slippage_range", 422},
                                                                      {"quote_expired", 409},
                                                                      {"price_moved", 422},
                                                                      {"price_impact_high", 422},
                                                                      {"unknown_agent", 404},
                                                                      {"ai_budget_spent", 402},
                                                                      {"model_unavailable", 503},
                                                                      {"name_taken", 409},
                                                                      {"expired", 409},
                                                                      {"already_decided", 409},
                                                                      {"plan_changed", 422},
                                                                      {"bad_arguments", 422},
                                                                      {"url_not_allowed", 422},
                                                                      {"price_unavailable", 422},
                                                                      {"unknown_field", 400},
                                                                      {"repeated_field", 400},
                                                                      {"missing_field", 400},
                                                                      {"wrong_type", 400},
                                                                      {"unknown_parameter", 400},
                                                                      {"bad_amount", 422},
                                                                      {"overloaded", 503},
                                                                      {"not_found", 404}}};

TEST(ProblemCatalog, KeepsEveryPromise) {
    for (const auto& [code, status] : kPromised) {
        const net::CatalogEntry* entry = net::FindProblem(code);
        ASSERT_NE(entry, nullptr) << code;
        EXPECT_EQ(entry->status, status) << code;
    }
    EXPECT_EQ(net::FindProblem("no_such_code"), nullptr);
    EXPECT_EQ(net::FindProblem(""), nullptr);
}

TEST(ProblemCatalog, IsWellFormed) {
    std::set<std::string> codes;
    for (const net::CatalogEntry& entry : net::ProblemCatalog()) {
        EXPECT_TRUE(codes.insert(entry.code).second) << entry.code << " stands there twice";
        EXPECT_EQ(entry.code.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_"),
                  std::string::npos)
            << entry.code;
        EXPECT_LE(entry.code.size(), 63U);
        EXPECT_GE(entry.status, 400);
        EXPECT_NE(net::StatusText(entry.status), "Unknown") << entry.code;
        EXPECT_FALSE(entry.title.empty()) << entry.code;
        EXPECT_TRUE(entry.cause.ends_with('.')) << entry.code;
        EXPECT_FALSE(entry.remedy.empty()) << entry.code;
    }
}

TEST(Problem, HasTheDocumentedMembers) {
    const base::Error error =
        base::InvalidArgument("bad_checksum", "letters differ from the checksum form").At("/to");
    const net::Response response = net::ProblemResponse(error, kContext, "/api/v1/ethereum/send");
    EXPECT_EQ(response.status, 422);
    EXPECT_EQ(response.error_code, "bad_checksum");
    EXPECT_EQ(response.headers.Find("Content-Type"), "application/problem+json");
    const json body = json::parse(response.body);
    EXPECT_EQ(body["type"], "/problems/bad_checksum");
    EXPECT_EQ(body["title"], "Checksum wrong");
    EXPECT_EQ(body["status"], 422);
    EXPECT_EQ(body["detail"], "letters differ from the checksum form");
    EXPECT_EQ(body["instance"], "/api/v1/ethereum/send");
    EXPECT_EQ(body["code"], "bad_checksum");
    EXPECT_EQ(body["request_id"], "req_1");
    EXPECT_EQ(body["retryable"], false);
    EXPECT_THAT(body["remedy"].get<std::string>(), HasSubstr("Copy the address again"));
    ASSERT_EQ(body["errors"].size(), 1U);
    EXPECT_EQ(body["errors"][0]["pointer"], "/to");
    EXPECT_EQ(body["errors"][0]["code"], "bad_checksum");
}

TEST(Problem, ShowsEveryFaultOfTheRequestOnce) {
    const base::Error first = base::InvalidArgument("missing_field", "a").At("/a");
    const std::vector<base::Error> all{first, base::InvalidArgument("wrong_type", "b").At("/b")};
    const json body = json::parse(net::ProblemResponse(first, kContext, "/", all).body);
    ASSERT_EQ(body["errors"].size(), 2U);
    EXPECT_EQ(body["errors"][1]["code"], "wrong_type");
}

TEST(Problem, SaysWhenToRetry) {
    base::Error error =
        base::MakeError(base::ErrorKind::kResourceExhausted, "rate_limited", "class send");
    error.retry_after = std::chrono::milliseconds(1'200);
    const net::Response response = net::ProblemResponse(error, kContext, "/");
    EXPECT_EQ(response.status, 429);
    EXPECT_EQ(response.headers.Find("Retry-After"), "2");
    const json body = json::parse(response.body);
    EXPECT_EQ(body["retry_after_seconds"], 2);
    EXPECT_EQ(body["retryable"], true);
}

TEST(Problem, HidesWhatFailedInside) {
    base::Error error = base::Internal("connection to postgres://user:hunter2@db failed");
    error.metadata["upstream"] = "hunter2";
    error.remedy = "hunter2";
    error.pointer = "/hunter2";
    const net::Response response = net::ProblemResponse(error, kContext, "/");
    EXPECT_EQ(response.status, 500);
    EXPECT_THAT(response.body, Not(HasSubstr("hunter2")));
    EXPECT_EQ(json::parse(response.body)["code"], "internal");

    const base::Error inside = base::MakeError(base::ErrorKind::kInternal, "bad_seed", "hunter2");
    const net::Response hidden = net::ProblemResponse(inside, kContext, "/");
    EXPECT_THAT(hidden.body, Not(HasSubstr("bad_seed")));
    EXPECT_THAT(hidden.body, Not(HasSubstr("hunter2")));
    EXPECT_EQ(hidden.error_code, "bad_seed") << "for the log";
}

TEST(Problem, KeepsInfrastructureDetailsForTheLog) {
    base::Error error = base::Unavailable("database_unavailable", "no route to hunter2:5432");
    error.remedy = "check /etc/hunter2";
    const net::Response response = net::ProblemResponse(error, kContext, "/");
    EXPECT_EQ(response.status, 503);
    const json body = json::parse(response.body);
    EXPECT_EQ(body["code"], "database_unavailable");
    EXPECT_EQ(body["detail"], net::FindProblem("database_unavailable")->cause);
    EXPECT_EQ(body["retryable"], true);
    EXPECT_THAT(response.body, Not(HasSubstr("hunter2")));
}

TEST(Problem, CarriesMetadataButNeverLetsItReplaceAMember) {
    const base::Error error = base::FailedPrecondition("possible_duplicate", "twin")
                                  .With("id", "tx_1")
                                  .With("status", "200")
                                  .With("code", "ok");
    const json body = json::parse(net::ProblemResponse(error, kContext, "/").body);
    EXPECT_EQ(body["id"], "tx_1");
    EXPECT_EQ(body["status"], 409);
    EXPECT_EQ(body["code"], "possible_duplicate");
}

TEST(Problem, FallsBackToTheKind) {
    using base::ErrorKind;
    constexpr std::array<std::pair<ErrorKind, int>, 14> kStatuses{
        {{ErrorKind::kInvalidArgument, 400},
         {ErrorKind::kFailedPrecondition, 422},
         {ErrorKind::kNotFound, 404},
         {ErrorKind::kAlreadyExists, 409},
         {ErrorKind::kAborted, 409},
         {ErrorKind::kPermissionDenied, 403},
         {ErrorKind::kUnauthenticated, 401},
         {ErrorKind::kResourceExhausted, 429},
         {ErrorKind::kUnavailable, 503},
         {ErrorKind::kDeadlineExceeded, 504},
         {ErrorKind::kCancelled, 503},
         {ErrorKind::kUnimplemented, 501},
         {ErrorKind::kDataLoss, 500},
         {ErrorKind::kInternal, 500}}};
    for (const auto& [kind, status] : kStatuses) {
        const net::Response response =
            net::ProblemResponse(base::MakeError(kind, "not_in_the_table", "x"), kContext, "/");
        EXPECT_EQ(response.status, status) << base::ErrorKindName(kind);
    }
    const net::Response denied = net::ProblemResponse(
        base::MakeError(ErrorKind::kUnauthenticated, "not_in_the_table", "x"), kContext, "/");
    EXPECT_EQ(denied.headers.Find("WWW-Authenticate"), "Bearer");
}

TEST(ProblemPage, EscapesItsTexts) {
    const std::string page = net::ProblemPage({"a_b", 404, "T <x>", "C & d.", "\"R\""});
    EXPECT_THAT(page, HasSubstr("<h1>T &lt;x&gt;</h1>"));
    EXPECT_THAT(page, HasSubstr("C &amp; d."));
    EXPECT_THAT(page, HasSubstr("&quot;R&quot;"));
}

}  // namespace
