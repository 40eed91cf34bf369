#include "pg/tx.h"

#include <algorithm>
#include <string>
#include <vector>

#include <pqxx/prepared_statement>

#include "pg/result_data.h"
#include "pg/session.h"

namespace pg {

namespace {

std::string SetLocal(std::string_view setting, std::chrono::milliseconds value) {
    return "; SET LOCAL " + std::string(setting) + " = " + std::to_string(value.count());
}

}  // namespace

template <class Exchange>
base::Result<pqxx::result> Tx::Session::Talk(const Exchange& exchange) {
    if (failure_) {
        return failure_->error;
    }
    try {
        // libpqxx would reconnect silently, outside of this transaction.
        if (!connection_.is_open()) {
            throw pqxx::broken_connection();
        }
        return exchange();
    } catch (const std::exception& exception) {
        failure_ = MapFailure(exception, on_error_);
        if (failure_->unprepared) {
            statements_.Stop();
        }
        alive_ = alive_ && !failure_->fatal && connection_.is_open();
        return failure_->error;
    }
}

base::Result<> Tx::Session::Begin(const TxOptions& options) {
    reads_ = options.reads;
    if (reads_) {
        BASE_RETURN_IF_ERROR(Talk([&] {
            wire_.emplace(connection_);
            return pqxx::result();
        }));
        return {};
    }
    auto statement = options.statement_timeout;
    auto lock = options.lock_timeout;
    if (options.deadline) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            *options.deadline - std::chrono::steady_clock::now());
        statement = std::clamp(left, std::chrono::milliseconds(1), statement);
        lock = std::min(lock, statement);
    }
    const std::string sql = std::string("BEGIN ISOLATION LEVEL ") +
                            (options.snapshot ? "REPEATABLE READ READ ONLY" : "READ COMMITTED") +
                            SetLocal("statement_timeout", statement) +
                            SetLocal("lock_timeout", lock) +
                            SetLocal("idle_in_transaction_session_timeout", statement * 2);
    BASE_RETURN_IF_ERROR(Talk([&] {
        wire_.emplace(connection_);  // talks to the server already
        return wire_->exec(sql);
    }));
    return {};
}

base::Result<Rows> Tx::Session::Execute(std::string_view sql, std::span<const Param> params) {
    std::vector<const char*> values;
    for (const Param& param : params) {
        // The wire format ends a text at its first NUL, and Postgres stores none.
        if (param.text() && param.text()->find('\0') != std::string::npos) {
            return base::InvalidArgument("nul_in_text", "a text must not contain a NUL character");
        }
        values.push_back(param.text() ? param.text()->c_str() : nullptr);
    }
    auto data = std::make_shared<ResultData>();
    const auto name = statements_.Name(sql);
    BASE_ASSIGN_OR_RETURN(data->result, Talk([&] {
                              const auto list = pqxx::prepare::make_dynamic_params(values);
                              if (!name) {
                                  return wire_->exec_params(std::string(sql), list);
                              }
                              connection_.prepare(*name, std::string(sql));  // once
                              return wire_->exec_prepared(*name, list);
                          }));
    const auto size = static_cast<std::size_t>(data->result.size());
    const auto affected = static_cast<std::size_t>(data->result.affected_rows());
    return Rows(std::move(data), size, affected);
}

base::Result<> Tx::Session::Commit() {
    if (reads_) {
        return failure_ ? base::Result<>(failure_->error) : base::Result<>();
    }
    const bool failed_before = failure_.has_value();
    const auto done = Talk([&] { return wire_->exec("COMMIT"); });
    if (done) {
        return {};
    }
    if (!failed_before && !alive()) {
        return base::Unavailable("commit_in_doubt",
                                 "the connection broke while the transaction was committing");
    }
    return done.error();
}

void Tx::Session::Rollback() {
    if (!alive()) {
        return;
    }
    failure_.reset();
    if (reads_) {
        return;
    }
    if (!Talk([&] { return wire_->exec("ROLLBACK"); })) {
        alive_ = false;
    }
}

base::Result<Rows> Tx::Execute(std::string_view sql, std::span<const Param> params) {
    return session_.Execute(sql, params);
}

}  // namespace pg
