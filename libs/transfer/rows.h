// Columns of our tables as values. Only for the .cpp files of libs/transfer and libs/follower.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "money/uint256.h"
#include "pg/row.h"
#include "transfer/state.h"

namespace transfer {

// A base_units column. Throws pg::ColumnError where it holds anything else.
[[nodiscard]] inline money::UInt256 UnitsOf(const pg::Row& row, std::string_view column) {
    const auto units = money::UInt256::Parse(row.Get<std::string>(column));
    if (!units) {
        throw pg::ColumnError(std::string(column) + " is not an amount");
    }
    return *units;
}

[[nodiscard]] inline std::optional<money::UInt256> OptionalUnitsOf(const pg::Row& row,
                                                                   std::string_view column) {
    return row.IsNull(column) ? std::nullopt : std::optional(UnitsOf(row, column));
}

[[nodiscard]] inline State StateOf(const pg::Row& row, std::string_view column) {
    const auto state = ParseState(row.Get<std::string>(column));
    if (!state) {
        throw pg::ColumnError(std::string(column) + " is not a state");
    }
    return *state;
}

}  // namespace transfer
