// One configuration variable as a row of a table. The platform's own table is variables.cpp: the
// daemons read through it, and .env.example and README.md's table are written from it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace config {

enum class Type {
    kText,
    kInteger,   // from min to max
    kFlag,      // true, false
    kChoice,    // one of `accepts`
    kDuration,  // 500ms, 30s, 15m, 12h, 7d; min and max in milliseconds
    kUrl,       // its scheme is one of `accepts`
    kUrlList,   // the same, separated by commas, at least one
    kList,      // texts, separated by commas
    kAddress,   // see CheckAddress; the word in `accepts` stands for none
    kPath,
    // Secrets: also as NAME_FILE, never shown, forgotten by the environment once read.
    kSecret,        // what another party issued: any text
    kStrongSecret,  // ours: CheckStrongSecret refuses a weak one on live networks
    kHexKey,        // 64 hex digits, strong as above
    kSecretUrl,     // a URL that holds a password
};

enum class Need {
    kOptional,
    kRequired,
    kRequiredLive,  // on testnet and mainnet
};

struct Variable {
    std::string_view name;
    Type type = Type::kText;
    std::string_view standard{};  // what is taken when it is unset; empty = nothing
    Need need = Need::kOptional;
    std::string_view services{};  // names separated by commas, or "all"
    std::string_view help{};      // one sentence
    std::string_view accepts{};   // choices or URL schemes, separated by commas
    std::int64_t min = 0;
    std::int64_t max = 0;
    bool numbered = false;     // also NAME_V2, NAME_V3, ... up to kNumberedMax
    std::string_view group{};  // heading in .env.example
};

constexpr int kNumberedMax = 16;

using Table = std::span<const Variable>;

// Every variable of the platform, grouped as .env.example shows them.
[[nodiscard]] Table PlatformVariables();

// The row of that name, or nullptr.
[[nodiscard]] const Variable* FindVariable(Table table, std::string_view name);

[[nodiscard]] bool BelongsTo(const Variable& variable, std::string_view service);

[[nodiscard]] constexpr bool IsSecret(const Variable& variable) {
    switch (variable.type) {
        case Type::kSecret:
        case Type::kStrongSecret:
        case Type::kHexKey:
        case Type::kSecretUrl:
            return true;
        case Type::kText:
        case Type::kInteger:
        case Type::kFlag:
        case Type::kChoice:
        case Type::kDuration:
        case Type::kUrl:
        case Type::kUrlList:
        case Type::kList:
        case Type::kAddress:
        case Type::kPath:
            return false;
    }
    return false;
}

}  // namespace config
