// One parameter of an SQL statement, carried as the text that Postgres parses by the parameter's
// type. Amounts (NUMERIC) and JSON travel as text; bytea as "\x" and hex; vectors as array literals
// (write `$1::uuid[]`).
#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/ids.h"

namespace pg {

class Param {
public:
    Param(std::nullopt_t) {}  // NOLINT(google-explicit-constructor)

    Param(const char* text) : text_(text) {}  // NOLINT(google-explicit-constructor)

    Param(std::string text) : text_(std::move(text)) {}  // NOLINT(google-explicit-constructor)

    Param(std::string_view text) : text_(text) {}  // NOLINT(google-explicit-constructor)

    Param(std::same_as<bool> auto value)  // NOLINT(google-explicit-constructor)
        : text_(value ? "t" : "f") {}

    template <std::integral Integer>

    requires(!std::same_as<Integer, bool> && sizeof(Integer) > 1)
        Param(Integer value)  // NOLINT(google-explicit-constructor)
        : text_(std::to_string(value)) {}

    template <class Tag>
    Param(const base::Id<Tag>& id)  // NOLINT(google-explicit-constructor)
        : text_(id.ToString()) {}

    Param(base::Time time)  // NOLINT(google-explicit-constructor)
        : text_(base::FormatRfc3339(time)) {}

    Param(base::ByteView bytes);  // NOLINT(google-explicit-constructor)

    Param(const base::Bytes& bytes)  // NOLINT(google-explicit-constructor)
        : Param(base::ByteView(bytes)) {}

    template <std::size_t N>
    Param(const base::ByteArray<N>& bytes)  // NOLINT(google-explicit-constructor)
        : Param(base::ByteView(bytes)) {}

    template <class T>
    Param(const std::optional<T>& value)  // NOLINT(google-explicit-constructor)
        : Param(value ? Param(*value) : Param(std::nullopt)) {}

    template <class T>

    requires(!std::same_as<T, std::uint8_t> && !std::same_as<T, bool>)
        Param(const std::vector<T>& values)  // NOLINT(google-explicit-constructor)
        : Param(ArrayLiteral(std::vector<Param>(values.begin(), values.end()))) {}

    // Empty = NULL.
    [[nodiscard]] const std::optional<std::string>& text() const { return text_; }

private:
    static Param ArrayLiteral(const std::vector<Param>& values);

    std::optional<std::string> text_;
};

}  // namespace pg
