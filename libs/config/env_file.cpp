#include "config/env_file.h"

#include <optional>
#include <utility>
#include <vector>

#include "base/text.h"

namespace config {

namespace {

bool IsName(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789";
    constexpr std::string_view kAll =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
    return !text.empty() && kDigits.find(text.front()) == std::string_view::npos &&
           text.find_first_not_of(kAll) == std::string_view::npos;
}

// Cuts one pair of equal quotes; nothing where a quote stays open.
std::optional<std::string_view> Unquote(std::string_view value) {
    if (value.empty() || (value.front() != '"' && value.front() != '\'')) {
        return value;
    }
    if (value.size() < 2 || value.back() != value.front()) {
        return std::nullopt;
    }
    return value.substr(1, value.size() - 2);
}

// NAME, NAME_FILE of a secret or NAME_V<n> of a numbered one.
bool IsKnown(std::string_view name, Table table) {
    constexpr std::string_view kFile = "_FILE";
    const std::string_view stem =
        name.ends_with(kFile) ? name.substr(0, name.size() - kFile.size()) : name;
    const std::size_t version = stem.rfind("_V");
    for (const Variable& row : table) {
        if (row.name == name || (IsSecret(row) && row.name == stem)) {
            return true;
        }
        if (row.numbered && version != std::string_view::npos &&
            row.name == stem.substr(0, version) &&
            base::ParseUnsigned<int>(stem.substr(version + 2), kNumberedMax)) {
            return true;
        }
    }
    return false;
}

}  // namespace

base::Result<std::map<std::string, std::string>> ParseEnvFile(std::string_view text) {
    std::map<std::string, std::string> values;
    std::string wrong;
    int number = 0;
    for (const std::string_view raw : base::Split(text, '\n')) {
        ++number;
        std::string_view line = base::Trim(raw);
        if (line.empty() || line.front() == '#') {
            continue;
        }
        constexpr std::string_view kExport = "export ";
        if (line.starts_with(kExport)) {
            line = base::Trim(line.substr(kExport.size()));
        }
        const auto refuse = [&wrong, number](std::string_view what) {
            wrong += (wrong.empty() ? "line " : "\nline ") + std::to_string(number) + " " +
                     std::string(what);
        };
        const std::size_t equals = line.find('=');
        if (equals == std::string_view::npos || !IsName(line.substr(0, equals))) {
            refuse("is not NAME=value");
            continue;
        }
        const auto value = Unquote(base::Trim(line.substr(equals + 1)));
        if (!value) {
            refuse("has a quote that stays open");
            continue;
        }
        if (!values.emplace(line.substr(0, equals), *value).second) {
            refuse("sets " + std::string(line.substr(0, equals)) + " a second time");
        }
    }
    if (!wrong.empty()) {
        return base::InvalidArgument("bad_env_file", std::move(wrong));
    }
    return values;
}

std::string UnknownNames(const std::map<std::string, std::string>& values, Table table) {
    std::vector<std::string_view> known;
    for (const Variable& row : table) {
        known.push_back(row.name);
    }
    std::string lines;
    for (const auto& [name, value] : values) {
        if (IsKnown(name, table)) {
            continue;
        }
        lines += (lines.empty() ? "" : "\n") + name + " is not a variable of the platform";
        if (const std::string_view nearest = base::Nearest(name, known); !nearest.empty()) {
            lines += "; did you mean " + std::string(nearest) + "?";
        }
    }
    return lines;
}

}  // namespace config
