#include "config/document.h"

#include <chrono>
#include <string_view>

#include "base/text.h"
#include "config/values.h"

namespace config {

namespace {

std::string Range(const Variable& row) {
    if (row.type == Type::kDuration) {
        return FormatDuration(std::chrono::milliseconds(row.min)) + " to " +
               FormatDuration(std::chrono::milliseconds(row.max));
    }
    return std::to_string(row.min) + " to " + std::to_string(row.max);
}

std::string Join(std::string_view list, std::string_view between) {
    std::string joined;
    for (const std::string_view part : base::Split(list, ',')) {
        joined += (joined.empty() ? "" : std::string(between)) + std::string(part);
    }
    return joined;
}

std::string Describe(const Variable& row) {
    switch (row.type) {
        case Type::kText:
            return "text";
        case Type::kInteger:
            return Range(row);
        case Type::kFlag:
            return "true or false";
        case Type::kChoice:
            return Join(row.accepts, ", ");
        case Type::kDuration:
            return "duration, " + Range(row);
        case Type::kUrl:
            return "URL (" + Join(row.accepts, ", ") + ")";
        case Type::kUrlList:
            return "URLs (" + Join(row.accepts, ", ") + "), separated by commas";
        case Type::kList:
            return "list, separated by commas";
        case Type::kAddress:
            return row.accepts.empty() ? "host:port, ipv4:address:port,... or unix:/path"
                                       : "host:port, ipv4:address:port,..., unix:/path or " +
                                             std::string(row.accepts);
        case Type::kPath:
            return "path";
        case Type::kSecret:
            return "secret";
        case Type::kStrongSecret:
            return "secret, 32 characters or more";
        case Type::kHexKey:
            return "secret, 64 hex digits";
        case Type::kSecretUrl:
            return "secret URL (" + Join(row.accepts, ", ") + ")";
    }
    return "text";
}

std::string_view NeedText(Need need) {
    switch (need) {
        case Need::kOptional:
            return "";
        case Need::kRequired:
            return "required";
        case Need::kRequiredLive:
            return "required on live networks";
    }
    return "";
}

}  // namespace

std::string WriteEnvExample(Table table) {
    std::string text =
        "# Every variable of the platform. `scripts/up` writes a working .env with fresh secrets;\n"
        "# the process environment wins over this file. Each secret may come as NAME_FILE "
        "instead,\n"
        "# the path of a file that holds it.\n";
    std::string_view group;
    for (const Variable& row : table) {
        if (row.group != group) {
            group = row.group;
            text += "\n## " + std::string(group) + "\n";
        }
        text += "\n# " + std::string(row.help) + "\n# " + Describe(row);
        if (row.need != Need::kOptional) {
            text += "; " + std::string(NeedText(row.need));
        }
        if (row.numbered) {
            text += "; further versions as " + std::string(row.name) + "_V2, _V3, ...";
        }
        text += "\n";
        text += row.need == Need::kRequired && row.standard.empty() ? "" : "# ";
        text += std::string(row.name) + "=" + std::string(row.standard) + "\n";
    }
    return text;
}

std::string WriteMarkdownTable(Table table) {
    std::string text =
        "| variable | value | standard | read by | meaning |\n|---|---|---|---|---|\n";
    for (const Variable& row : table) {
        const std::string_view need = NeedText(row.need);
        const std::string standard =
            row.standard.empty() ? std::string(need) : "`" + std::string(row.standard) + "`";
        text += "| `" + std::string(row.name) + "` | " + Describe(row) + " | " + standard + " | " +
                Join(row.services, ", ") + " | " + std::string(row.help) + " |\n";
    }
    return text;
}

}  // namespace config
