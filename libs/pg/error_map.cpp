#include "pg/error_map.h"

#include <string>

#include <pqxx/except>

namespace pg {

namespace {

// libpq's verbose text ends with lines of its own: "CONSTRAINT NAME:  wallets_pkey". The last one
// is the server's, whatever text a value smuggled into DETAIL above it.
constexpr std::string_view kConstraintLabel = "\nCONSTRAINT NAME:  ";

std::string ConstraintName(std::string_view message) {
    const std::size_t label = message.rfind(kConstraintLabel);
    if (label == std::string_view::npos) {
        return {};
    }
    const std::string_view rest = message.substr(label + kConstraintLabel.size());
    return std::string(rest.substr(0, rest.find('\n')));
}

base::Error Violation(base::ErrorKind kind, std::string_view reason, std::string_view message) {
    const std::string constraint = ConstraintName(message);
    return base::MakeError(kind, reason, "constraint " + constraint + " forbids this")
        .With("constraint", constraint);
}

Failure MapState(const std::string& state, std::string_view message) {
    using base::ErrorKind;
    const auto is_class = [&](std::string_view prefix) { return state.starts_with(prefix); };
    if (state == "23505") {
        return {Violation(ErrorKind::kAlreadyExists, "unique_violation", message)};
    }
    if (state == "23P01") {
        return {Violation(ErrorKind::kAlreadyExists, "exclusion_violation", message)};
    }
    if (state == "23503") {
        return {Violation(ErrorKind::kFailedPrecondition, "foreign_key_violation", message)};
    }
    if (state == "23514") {
        return {Violation(ErrorKind::kFailedPrecondition, "check_violation", message)};
    }
    if (state == "40001" || state == "40P01") {
        return {.error = base::MakeError(ErrorKind::kAborted,
                                         "transaction_conflict",
                                         "concurrent transactions were in each other's way"),
                .conflict = true};
    }
    if (state == "55P03") {
        return {base::MakeError(ErrorKind::kAborted,
                                "lock_timeout",
                                "another transaction held a needed row for too long")};
    }
    if (state == "57014") {
        return {base::MakeError(ErrorKind::kDeadlineExceeded,
                                "statement_timeout",
                                "the database took too long for one statement")};
    }
    // Connection exceptions, too many connections, shutdown and start-up of the server, a session
    // ended while idle in its transaction.
    if (is_class("08") || is_class("57P") || state == "53300" || state == "25P03") {
        return {.error = DatabaseUnavailable("the database ended the connection"), .fatal = true};
    }
    return {base::Internal("the database refused a statement").With("sqlstate", state)};
}

}  // namespace

base::Error DatabaseUnavailable(std::string detail) {
    return base::Unavailable("database_unavailable", std::move(detail));
}

Failure MapFailure(const std::exception& exception, const ErrorHook& hook) {
    const auto* sql = dynamic_cast<const pqxx::sql_error*>(&exception);
    // libpqxx gives class 40 types of their own, without the SQLSTATE. 40003 says that the outcome
    // is unknown, and is treated as a broken connection, which it means.
    const bool conflict =
        dynamic_cast<const pqxx::transaction_rollback*>(&exception) != nullptr &&
        dynamic_cast<const pqxx::statement_completion_unknown*>(&exception) == nullptr;
    const std::string state = sql != nullptr ? sql->sqlstate() : conflict ? "40001" : "";
    if (hook) {
        hook(state, exception.what());
    }
    if (state.empty()) {
        return {.error = DatabaseUnavailable("the connection to the database broke"),
                .fatal = true};
    }
    return MapState(state, exception.what());
}

}  // namespace pg
