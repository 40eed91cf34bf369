#include "pg/row.h"

#include <pqxx/except>

#include "base/hex.h"
#include "base/text.h"
#include "pg/result_data.h"

namespace pg {

namespace {

constexpr std::size_t kDateLength = 10;      // "2026-01-28"
constexpr std::size_t kClockEnd = 19;        // "2026-01-28 10:00:00"
constexpr std::size_t kOffsetLengthMax = 9;  // "+05:30:00"
constexpr std::string_view kByteaPrefix = "\\x";

// "+00", "-03:30": how far the printed clock is ahead of UTC.
base::Result<std::chrono::seconds> ParseOffset(std::string_view text) {
    if (text.size() > kOffsetLengthMax || text.size() % 3 != 0) {
        return base::InvalidArgument("bad_time", "unexpected length of the zone offset");
    }
    std::chrono::seconds total{0};
    std::chrono::seconds unit = std::chrono::hours(1);
    for (std::size_t at = 0; at < text.size(); at += 3, unit /= 60) {
        BASE_ASSIGN_OR_RETURN(const int part, base::ParseUnsigned<int>(text.substr(at + 1, 2), 59));
        total += unit * part;
    }
    return text.front() == '-' ? -total : total;
}

// Postgres's ISO style in any session time zone: "2026-01-28 10:00:00.123456+00".
base::Result<base::Time> ParseTimestamp(std::string_view text) {
    const std::size_t zone = text.find_last_of("+-");
    if (zone == std::string_view::npos || zone < kClockEnd) {
        return base::InvalidArgument("bad_time", "not a timestamp with time zone");
    }
    std::string utc(text.substr(0, zone));
    utc[kDateLength] = 'T';
    BASE_ASSIGN_OR_RETURN(const base::Time clock, base::ParseRfc3339(utc + "Z"));
    BASE_ASSIGN_OR_RETURN(const std::chrono::seconds offset, ParseOffset(text.substr(zone)));
    return clock - offset;
}

}  // namespace

std::optional<std::string_view> Row::Field(std::string_view column) const {
    try {
        const pqxx::row row = data_->result[static_cast<pqxx::result::size_type>(index_)];
        const pqxx::field field = row[std::string(column)];
        if (field.is_null()) {
            return std::nullopt;
        }
        return std::string_view(field.c_str(), field.size());
    } catch (const pqxx::argument_error&) {
        Refuse(column, "to exist");
    }
}

std::string_view Row::NotNull(std::string_view column) const {
    const auto text = Field(column);
    if (!text) {
        Refuse(column, "a value, not NULL");
    }
    return *text;
}

void Row::Refuse(std::string_view column, std::string_view expected) {
    throw ColumnError("column " + std::string(column) + ": expected " + std::string(expected));
}

void Row::Read(std::string_view column, bool& value) const {
    const std::string_view text = NotNull(column);
    if (text != "t" && text != "f") {
        Refuse(column, "a boolean");
    }
    value = text == "t";
}

void Row::Read(std::string_view column, base::Time& value) const {
    const auto time = ParseTimestamp(NotNull(column));
    if (!time) {
        Refuse(column, "a timestamp with time zone");
    }
    value = *time;
}

void Row::Read(std::string_view column, base::Bytes& value) const {
    const std::string_view text = NotNull(column);
    if (!text.starts_with(kByteaPrefix)) {
        Refuse(column, "bytea");
    }
    auto bytes = base::HexDecode(text.substr(kByteaPrefix.size()));
    if (!bytes) {
        Refuse(column, "bytea");
    }
    value = std::move(*bytes);
}

}  // namespace pg
