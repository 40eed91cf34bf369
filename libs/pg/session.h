// One connection while a transaction runs on it. Only for the .cpp files of libs/pg.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <pqxx/connection>
#include <pqxx/nontransaction>

#include "base/result.h"
#include "pg/error_map.h"
#include "pg/pool.h"
#include "pg/row.h"
#include "pg/statements.h"
#include "pg/tx.h"

namespace pg {

// BEGIN and COMMIT are sent by us, so that BEGIN and the timeouts share one round trip, and so that
// the first failure is remembered: Postgres answers COMMIT of a failed transaction with a silent
// rollback.
class Tx::Session {
public:
    Session(pqxx::connection& connection, Statements& statements, const ErrorHook& on_error)
        : connection_(connection), statements_(statements), on_error_(on_error) {}

    [[nodiscard]] base::Result<> Begin(const TxOptions& options);
    [[nodiscard]] base::Result<Rows> Execute(std::string_view sql, std::span<const Param> params);
    [[nodiscard]] base::Result<> Commit();

    // Leaves the connection ready for the next transaction, or dead.
    void Rollback();

    [[nodiscard]] bool alive() const { return alive_ && connection_.is_open(); }

    [[nodiscard]] const std::optional<Failure>& failure() const { return failure_; }

private:
    // Runs one exchange with the server and keeps its failure.
    template <class Exchange>
    [[nodiscard]] base::Result<pqxx::result> Talk(const Exchange& exchange);

    pqxx::connection& connection_;
    Statements& statements_;
    std::optional<pqxx::nontransaction> wire_;  // from Begin on
    const ErrorHook& on_error_;
    std::optional<Failure> failure_;
    bool alive_ = true;
    bool reads_ = false;  // no transaction: see pg::Read
};

}  // namespace pg
