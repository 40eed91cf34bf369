// An open transaction, as pg::Transact hands it to its work.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "base/result.h"
#include "pg/param.h"
#include "pg/row.h"

namespace pg {

// Used by one thread. After the first failed statement the transaction can only roll back: every
// later statement answers that first error without being sent, and so does the commit.
class Tx {
public:
    class Session;

    explicit Tx(Session& session) : session_(session) {}

    Tx(const Tx&) = delete;
    Tx& operator=(const Tx&) = delete;

    // One statement with its parameters $1, $2, ...
    template <class... Params>
    [[nodiscard]] base::Result<Rows> Exec(std::string_view sql, const Params&... params) {
        const std::array<Param, sizeof...(Params)> list{Param(params)...};
        return Execute(sql, list);
    }

    // The same for a statement that must give exactly one row. Errors also: kInternal.
    template <class... Params>
    [[nodiscard]] base::Result<Row> One(std::string_view sql, const Params&... params) {
        BASE_ASSIGN_OR_RETURN(const Rows rows, Exec(sql, params...));
        if (rows.size() != 1) {
            return base::Internal("a statement that must give one row gave another number");
        }
        return rows[0];
    }

    // The same for a statement that gives no row or one. Errors also: kInternal.
    template <class... Params>
    [[nodiscard]] base::Result<std::optional<Row>> Maybe(std::string_view sql,
                                                         const Params&... params) {
        BASE_ASSIGN_OR_RETURN(const Rows rows, Exec(sql, params...));
        if (rows.size() > 1) {
            return base::Internal("a statement that must give at most one row gave more");
        }
        return rows.empty() ? std::optional<Row>() : std::optional<Row>(rows[0]);
    }

private:
    [[nodiscard]] base::Result<Rows> Execute(std::string_view sql, std::span<const Param> params);

    Session& session_;
};

}  // namespace pg
