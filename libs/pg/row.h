// Rows of a result. `row.Get<T>("column")` reads one column as
//     std::string (text, and NUMERIC or JSON as text), any integer type (range-checked), bool,
//     base::Id<Tag> (uuid), base::Time (timestamptz, cut to milliseconds), base::Bytes (bytea),
//     std::optional<T> of these where the column may be NULL.
// A column that is missing, NULL without optional, or of another type is a mistake in the query:
// Get throws ColumnError, which pg::Transact turns into a kInternal error and a rollback. So read
// rows inside the transaction. Rows are immutable and may be copied freely.
#pragma once

#include <charconv>
#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/ids.h"

namespace pg {

class ColumnError : public std::logic_error {
public:
    using std::logic_error::logic_error;
};

struct ResultData;

class Row {
public:
    Row(std::shared_ptr<const ResultData> data, std::size_t index)
        : data_(std::move(data)), index_(index) {}

    template <class T>
    [[nodiscard]] T Get(std::string_view column) const {
        T value{};
        Read(column, value);
        return value;
    }

    [[nodiscard]] bool IsNull(std::string_view column) const { return !Field(column); }

private:
    // The column's text, empty for NULL. It lives as long as the result.
    [[nodiscard]] std::optional<std::string_view> Field(std::string_view column) const;
    [[nodiscard]] std::string_view NotNull(std::string_view column) const;
    [[noreturn]] static void Refuse(std::string_view column, std::string_view expected);

    void Read(std::string_view column, std::string& value) const { value = NotNull(column); }

    void Read(std::string_view column, bool& value) const;
    void Read(std::string_view column, base::Time& value) const;
    void Read(std::string_view column, base::Bytes& value) const;

    template <std::integral Integer>
    void Read(std::string_view column, Integer& value) const {
        const std::string_view text = NotNull(column);
        const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (code != std::errc{} || end != text.data() + text.size()) {
            Refuse(column, "a whole number of the asked range");
        }
    }

    template <class Tag>
    void Read(std::string_view column, base::Id<Tag>& value) const {
        const auto id = base::Id<Tag>::Parse(NotNull(column));
        if (!id) {
            Refuse(column, "a uuid");
        }
        value = *id;
    }

    template <class T>
    void Read(std::string_view column, std::optional<T>& value) const {
        if (!IsNull(column)) {
            Read(column, value.emplace());
        }
    }

    std::shared_ptr<const ResultData> data_;
    std::size_t index_;
};

// The rows of one statement, in the statement's order.
class Rows {
public:
    class Iterator {
    public:
        Iterator(const Rows* rows, std::size_t index) : rows_(rows), index_(index) {}

        [[nodiscard]] Row operator*() const { return (*rows_)[index_]; }

        Iterator& operator++() {
            ++index_;
            return *this;
        }

        friend bool operator==(const Iterator&, const Iterator&) = default;

    private:
        const Rows* rows_;
        std::size_t index_;
    };

    Rows(std::shared_ptr<const ResultData> data, std::size_t size, std::size_t affected)
        : data_(std::move(data)), size_(size), affected_(affected) {}

    [[nodiscard]] std::size_t size() const { return size_; }

    [[nodiscard]] bool empty() const { return size_ == 0; }

    // Rows that an INSERT, UPDATE or DELETE touched.
    [[nodiscard]] std::size_t affected() const { return affected_; }

    // index < size().
    [[nodiscard]] Row operator[](std::size_t index) const { return {data_, index}; }

    [[nodiscard]] Iterator begin() const { return {this, 0}; }

    [[nodiscard]] Iterator end() const { return {this, size_}; }

private:
    std::shared_ptr<const ResultData> data_;
    std::size_t size_;
    std::size_t affected_;
};

}  // namespace pg
