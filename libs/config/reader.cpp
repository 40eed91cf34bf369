#include "config/reader.h"

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <limits>
#include <span>
#include <unistd.h>
#include <utility>

#include "base/check.h"
#include "base/text.h"
#include "config/secret_strength.h"
#include "config/values.h"

namespace config {

namespace {

constexpr std::string_view kNetworkName = "CHAIN_NETWORK";
constexpr std::size_t kSecretFileMax = 65'536;
constexpr std::size_t kHexKeyLength = 64;

constexpr std::array<std::pair<std::string_view, Network>, 3> kNetworks{
    {{"devnet", Network::kDevnet}, {"testnet", Network::kTestnet}, {"mainnet", Network::kMainnet}}};

std::string FileVariant(std::string_view name) {
    return std::string(name) + "_FILE";
}

std::string Numbered(std::string_view name, int version) {
    return version == 1 ? std::string(name) : std::string(name) + "_V" + std::to_string(version);
}

std::vector<std::string> SplitList(std::string_view text) {
    std::vector<std::string> parts;
    for (const std::string_view part : base::Split(text, ',')) {
        if (const std::string_view trimmed = base::Trim(part); !trimmed.empty()) {
            parts.emplace_back(trimmed);
        }
    }
    return parts;
}

base::Result<void> CheckChoice(std::string_view value, std::string_view accepts) {
    const auto choices = base::Split(accepts, ',');
    if (std::find(choices.begin(), choices.end(), value) != choices.end()) {
        return {};
    }
    return base::InvalidArgument("bad_choice", "is none of its choices")
        .Remedy("use one of: " + std::string(accepts));
}

base::Result<void> CheckHexKey(std::string_view value) {
    if (value.size() == kHexKeyLength &&
        value.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos) {
        return {};
    }
    return base::InvalidArgument("bad_key", "is not 64 hex digits")
        .Remedy("make one with: openssl rand -hex 32");
}

// Reads at most the buffer's size; -1 on an error.
ssize_t ReadWhole(const std::string& path, std::span<std::uint8_t> buffer) {
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return -1;
    }
    std::size_t total = 0;
    ssize_t count = 1;
    while (count > 0 && total < buffer.size()) {
        count = read(file, buffer.data() + total, buffer.size() - total);
        total += count > 0 ? static_cast<std::size_t>(count) : 0;
    }
    (void)close(file);
    return count < 0 ? -1 : static_cast<ssize_t>(total);
}

}  // namespace

std::string_view NetworkName(Network network) {
    for (const auto& [name, value] : kNetworks) {
        if (value == network) {
            return name;
        }
    }
    return "devnet";
}

const Variable* FindVariable(Table table, std::string_view name) {
    const auto found = std::find_if(
        table.begin(), table.end(), [name](const Variable& row) { return row.name == name; });
    return found == table.end() ? nullptr : &*found;
}

bool BelongsTo(const Variable& variable, std::string_view service) {
    const auto services = base::Split(variable.services, ',');
    return variable.services == "all" ||
           std::find(services.begin(), services.end(), service) != services.end();
}

Reader::Reader(Environment& environment, std::string service, Table table)
    : environment_(environment), service_(std::move(service)), table_(table) {
    // A wrong CHAIN_NETWORK is reported where it is read; until then nothing is excused as devnet.
    if (const auto text = environment_.Find(std::string(kNetworkName)); text) {
        network_ = Network::kMainnet;
        for (const auto& [name, value] : kNetworks) {
            if (name == *text) {
                network_ = value;
            }
        }
    }
}

const Variable& Reader::Row(std::string_view name) const {
    const Variable* row = FindVariable(table_, name);
    BASE_CHECK(row != nullptr && BelongsTo(*row, service_));
    return *row;
}

bool Reader::IsNeeded(const Variable& row) const {
    return row.need == Need::kRequired ||
           (row.need == Need::kRequiredLive && network_ != Network::kDevnet);
}

void Reader::Refuse(std::string_view name, std::string what, std::string remedy) {
    problems_.push_back({std::string(name), std::move(what), std::move(remedy)});
}

void Reader::Refuse(std::string_view name, const base::Error& error) {
    Refuse(name, error.detail, error.remedy);
}

void Reader::RefuseMissing(const Variable& row) {
    Refuse(row.name,
           IsSecret(row) ? "is not set, nor is " + FileVariant(row.name) : "is not set",
           "set it in .env or run scripts/up --env-only: " + std::string(row.help));
}

std::optional<std::string> Reader::Value(const Variable& row) {
    if (const auto value = environment_.Find(std::string(row.name)); value) {
        return std::string(*value);
    }
    if (!row.standard.empty()) {
        return std::string(row.standard);
    }
    if (IsNeeded(row)) {
        RefuseMissing(row);
    }
    return std::nullopt;
}

std::string Reader::Text(std::string_view name) {
    const Variable& row = Row(name);
    auto value = Value(row);
    if (!value) {
        return {};
    }
    base::Result<void> checked;
    if (row.type == Type::kChoice) {
        checked = CheckChoice(*value, row.accepts);
    } else if (row.type == Type::kAddress) {
        if (!row.accepts.empty() && *value == row.accepts) {
            return {};
        }
        checked = CheckAddress(*value);
    } else {
        BASE_CHECK(row.type == Type::kText || row.type == Type::kPath);
    }
    if (!checked) {
        Refuse(name, checked.error());
        return {};
    }
    return *std::move(value);
}

std::map<std::string, std::string> Reader::ServiceAddresses() {
    constexpr std::string_view kEnding = "_SERVICE_ADDRESS";
    std::map<std::string, std::string> addresses;
    for (const Variable& row : table_) {
        if (!row.name.ends_with(kEnding) || !BelongsTo(row, service_)) {
            continue;
        }
        if (std::string address = Text(row.name); !address.empty()) {
            const auto name = row.name.substr(0, row.name.size() - kEnding.size());
            addresses.emplace(base::ToLower(name), std::move(address));
        }
    }
    return addresses;
}

std::int64_t Reader::Integer(std::string_view name) {
    const Variable& row = Row(name);
    BASE_CHECK(row.type == Type::kInteger);
    const auto value = Value(row);
    if (!value) {
        return 0;
    }
    const auto parsed = ParseInteger(*value, row.min, row.max);
    if (!parsed) {
        Refuse(name, parsed.error());
        return 0;
    }
    return *parsed;
}

std::uint16_t Reader::Port(std::string_view name) {
    const Variable& row = Row(name);
    BASE_CHECK(row.min >= 0 && row.max <= std::numeric_limits<std::uint16_t>::max());
    return static_cast<std::uint16_t>(Integer(name));
}

bool Reader::Flag(std::string_view name) {
    const Variable& row = Row(name);
    BASE_CHECK(row.type == Type::kFlag);
    const auto value = Value(row);
    if (!value) {
        return false;
    }
    const auto parsed = ParseFlag(*value);
    if (!parsed) {
        Refuse(name, parsed.error());
        return false;
    }
    return *parsed;
}

std::chrono::milliseconds Reader::Duration(std::string_view name) {
    const Variable& row = Row(name);
    BASE_CHECK(row.type == Type::kDuration);
    const auto value = Value(row);
    if (!value) {
        return {};
    }
    const auto parsed = ParseDuration(*value);
    if (!parsed) {
        Refuse(name, parsed.error());
        return {};
    }
    if (parsed->count() < row.min || parsed->count() > row.max) {
        Refuse(name,
               "is out of range",
               "choose from " + FormatDuration(std::chrono::milliseconds(row.min)) + " to " +
                   FormatDuration(std::chrono::milliseconds(row.max)));
        return {};
    }
    return *parsed;
}

std::string Reader::Url(std::string_view name) {
    const Variable& row = Row(name);
    BASE_CHECK(row.type == Type::kUrl);
    auto value = Value(row);
    if (!value) {
        return {};
    }
    if (const auto checked = CheckUrl(*value, row.accepts); !checked) {
        Refuse(name, checked.error());
        return {};
    }
    return *std::move(value);
}

std::vector<std::string> Reader::UrlList(std::string_view name) {
    const Variable& row = Row(name);
    BASE_CHECK(row.type == Type::kUrlList);
    const auto value = Value(row);
    if (!value) {
        return {};
    }
    auto urls = SplitList(*value);
    if (urls.empty()) {
        RefuseMissing(row);
    }
    for (const std::string& url : urls) {
        if (const auto checked = CheckUrl(url, row.accepts); !checked) {
            Refuse(name, checked.error());
            return {};
        }
    }
    return urls;
}

std::vector<std::string> Reader::List(std::string_view name) {
    const Variable& row = Row(name);
    BASE_CHECK(row.type == Type::kList);
    const auto value = Value(row);
    return value ? SplitList(*value) : std::vector<std::string>{};
}

std::optional<secret::String> Reader::SecretFile(const std::string& name, const std::string& path) {
    secret::Bytes content(kSecretFileMax);
    const ssize_t count = ReadWhole(path, content.Fill());
    if (count < 0) {
        Refuse(
            name, "names a file that cannot be read", "check that the file exists and its owner");
        return std::nullopt;
    }
    if (static_cast<std::size_t>(count) == kSecretFileMax) {
        Refuse(
            name, "names a file of 64 KiB or more", "name the file that holds this secret alone");
        return std::nullopt;
    }
    content.Shrink(static_cast<std::size_t>(count));
    if (!content.empty() && content.Expose().back() == '\n') {
        content.Shrink(content.size() - 1);
    }
    if (content.empty()) {
        Refuse(name, "names an empty file", "write the secret into it");
        return std::nullopt;
    }
    // A copy of the right size: the buffer's capacity stays with its owner.
    return secret::String(content.Clone());
}

std::optional<secret::String> Reader::SecretValue(const Variable& row, const std::string& name) {
    const std::string file_name = FileVariant(name);
    const auto path = environment_.Find(file_name);
    const auto value = environment_.Find(name);
    if (path && value) {
        environment_.Forget(name);
        Refuse(name, "and " + file_name + " are both set", "keep one of the two");
        return std::nullopt;
    }
    if (path) {
        return SecretFile(file_name, std::string(*path));
    }
    if (value) {
        secret::String text(*value);
        environment_.Forget(name);
        return text;
    }
    if (!row.standard.empty() && name == row.name) {
        return secret::String(row.standard);
    }
    return std::nullopt;
}

secret::String Reader::Secret(std::string_view name) {
    const Variable& row = Row(name);
    BASE_CHECK(IsSecret(row));
    const std::size_t before = problems_.size();
    auto value = SecretValue(row, std::string(name));
    if (value && CheckSecret(row, std::string(name), *value)) {
        return *std::move(value);
    }
    if (IsNeeded(row) && problems_.size() == before) {
        RefuseMissing(row);
    }
    return {};
}

std::map<int, secret::String> Reader::NumberedSecrets(std::string_view name) {
    const Variable& row = Row(name);
    BASE_CHECK(IsSecret(row) && row.numbered);
    std::map<int, secret::String> values;
    const std::size_t before = problems_.size();
    for (int version = 1; version <= kNumberedMax; ++version) {
        const std::string numbered = Numbered(name, version);
        auto value = SecretValue(row, numbered);
        if (value && CheckSecret(row, numbered, *value)) {
            values.emplace(version, *std::move(value));
        }
    }
    if (values.empty() && IsNeeded(row) && problems_.size() == before) {
        RefuseMissing(row);
    }
    return values;
}

bool Reader::CheckSecret(const Variable& row,
                         const std::string& name,
                         const secret::String& value) {
    base::Result<void> checked;
    if (row.type == Type::kSecretUrl) {
        checked = CheckUrl(value.Expose(), row.accepts);
    } else if (row.type == Type::kHexKey) {
        checked = CheckHexKey(value.Expose());
    }
    const bool ours = row.type == Type::kStrongSecret || row.type == Type::kHexKey;
    if (checked && ours && network_ != Network::kDevnet) {
        checked = CheckStrongSecret(value.Expose());
    }
    if (!checked) {
        Refuse(name, checked.error());
    }
    return checked.has_value();
}

bool Reader::IsSet(std::string_view name) const {
    const Variable& row = Row(name);
    return environment_.Find(std::string(name)).has_value() ||
           (IsSecret(row) && environment_.Find(FileVariant(name)).has_value());
}

base::Result<void> Reader::Finish() {
    for (const Variable& row : table_) {
        if (!IsSecret(row)) {
            continue;
        }
        for (int version = 1; version <= (row.numbered ? kNumberedMax : 1); ++version) {
            environment_.Forget(Numbered(row.name, version));
        }
    }
    if (problems_.empty()) {
        return {};
    }
    std::string lines;
    for (const Problem& problem : problems_) {
        lines += (lines.empty() ? "" : "\n") + FormatProblem(problem);
    }
    return base::InvalidArgument("bad_configuration", std::move(lines))
        .Remedy("correct the variables named above; `cryptoctl config check` reads them again");
}

std::string FormatProblem(const Problem& problem) {
    return problem.name + " " + problem.what + "; " + problem.remedy;
}

namespace {

void ReadSecret(Reader& reader, const Variable& row) {
    if (row.numbered) {
        (void)reader.NumberedSecrets(row.name);
    } else {
        (void)reader.Secret(row.name);
    }
}

void ReadRow(Reader& reader, const Variable& row) {
    switch (row.type) {
        case Type::kText:
        case Type::kChoice:
        case Type::kAddress:
        case Type::kPath:
            (void)reader.Text(row.name);
            return;
        case Type::kInteger:
            (void)reader.Integer(row.name);
            return;
        case Type::kFlag:
            (void)reader.Flag(row.name);
            return;
        case Type::kDuration:
            (void)reader.Duration(row.name);
            return;
        case Type::kUrl:
            (void)reader.Url(row.name);
            return;
        case Type::kUrlList:
            (void)reader.UrlList(row.name);
            return;
        case Type::kList:
            (void)reader.List(row.name);
            return;
        case Type::kSecret:
        case Type::kStrongSecret:
        case Type::kHexKey:
        case Type::kSecretUrl:
            ReadSecret(reader, row);
            return;
    }
}

}  // namespace

std::vector<Problem> CheckService(Environment& environment,
                                  const std::string& service,
                                  Table table) {
    Reader reader(environment, service, table);
    for (const Variable& row : table) {
        if (BelongsTo(row, service)) {
            ReadRow(reader, row);
        }
    }
    (void)reader.Finish();
    return reader.problems();
}

}  // namespace config
