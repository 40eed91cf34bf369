#include "pg/error_map.h"

#include <string>

#include <pqxx/except>

namespace pg {

namespace {

// libpq's verbose text ends with lines of its own: "CONSTRAINT NAME:  wallets_pkey". The last one
// is the server's, whatever text a value smuggled into DETAIL above it.
constexpr std::string_view kConstraintLabel = "\nCONSTRAINT NAME:  ";
constexpr const char* kNoPrivilege = "42501";

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
    // A pooler gave the transaction a session that lacks the prepared statement, or has it already.
    if (state == "26000" || state == "42P05") {
        return {.error = base::MakeError(ErrorKind::kAborted,
                                         "transaction_conflict",
                                         "the session is not the one that prepared the statement"),
                .conflict = true,
                .unprepared = true};
    }
    // What was prepared no longer fits the tables: another connection prepares it afresh.
    if (state == "0A000") {
        return {
            .error =
                base::Internal("the database does not support a statement").With("sqlstate", state),
            .conflict = true,
            .fatal = true};
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
    if (state == kNoPrivilege) {
        return {
            base::Internal("this service's database role lacks a grant; the log names the table")
                .With("sqlstate", state)};
    }
    return {base::Internal("the database refused a statement").With("sqlstate", state)};
}

// libpqxx throws some types without their SQLSTATE: class 40 (40003 says that the outcome is
// unknown and is treated as a broken connection, which it means) and a missing grant.
std::string StateOf(const std::exception& exception) {
    const auto* sql = dynamic_cast<const pqxx::sql_error*>(&exception);
    if (sql != nullptr && !sql->sqlstate().empty()) {
        return sql->sqlstate();
    }
    if (dynamic_cast<const pqxx::insufficient_privilege*>(&exception) != nullptr) {
        return kNoPrivilege;
    }
    const bool conflict =
        dynamic_cast<const pqxx::transaction_rollback*>(&exception) != nullptr &&
        dynamic_cast<const pqxx::statement_completion_unknown*>(&exception) == nullptr;
    return conflict ? "40001" : "";
}

}  // namespace

base::Error DatabaseUnavailable(std::string detail) {
    return base::Unavailable("database_unavailable", std::move(detail));
}

Failure MapFailure(const std::exception& exception, const ErrorHook& hook) {
    const std::string state = StateOf(exception);
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
