#include "config/document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>
#include <string>

#include "base/text.h"
#include "config/env_file.h"
#include "config/reader.h"

namespace {

using testing::HasSubstr;

// What requirements.md lists under "Required Environment Variables".
constexpr const char* kDocumented[] = {"POSTGRES_PASSWORD",
                                       "DATABASE_URL",
                                       "JWT_SECRET",
                                       "ENCRYPTION_KEY",
                                       "ETH_RPC_URL",
                                       "BTC_RPC_URL",
                                       "ZCASH_RPC_URL",
                                       "ZCASH_RPC_USER",
                                       "ZCASH_RPC_PASS",
                                       "BNB_RPC_URL",
                                       "SOL_RPC_URL",
                                       "ANTHROPIC_API_KEY",
                                       "COINGECKO_API_KEY"};

TEST(PlatformVariables, HoldEveryDocumentedName) {
    for (const char* name : kDocumented) {
        EXPECT_NE(config::FindVariable(config::PlatformVariables(), name), nullptr) << name;
    }
}

TEST(PlatformVariables, AreWellFormed) {
    std::set<std::string_view> names;
    for (const config::Variable& row : config::PlatformVariables()) {
        EXPECT_TRUE(names.insert(row.name).second) << row.name << " stands there twice";
        EXPECT_TRUE(row.help.ends_with('.')) << row.name;
        EXPECT_FALSE(row.services.empty()) << row.name;
        EXPECT_FALSE(row.group.empty()) << row.name;
        EXPECT_EQ(row.help.find('|'), std::string_view::npos) << row.name;
        const bool needs_choices =
            row.type == config::Type::kChoice || row.type == config::Type::kUrl ||
            row.type == config::Type::kUrlList || row.type == config::Type::kSecretUrl;
        EXPECT_TRUE(row.accepts.empty() || needs_choices || row.type == config::Type::kAddress)
            << row.name;
        EXPECT_FALSE(row.accepts.empty() && needs_choices) << row.name;
        EXPECT_FALSE(config::IsSecret(row) && !row.standard.empty())
            << row.name << ": a secret has no standard value";
    }
}

TEST(PlatformVariables, StandardsPassTheirOwnChecks) {
    std::set<std::string_view> services;
    for (const config::Variable& row : config::PlatformVariables()) {
        for (const std::string_view service : base::Split(row.services, ',')) {
            services.insert(service);
        }
    }
    for (const std::string_view service : services) {
        config::MapEnvironment empty(std::map<std::string, std::string>{});
        for (const config::Problem& problem : config::CheckService(empty, std::string(service))) {
            EXPECT_TRUE(problem.what.starts_with("is not set")) << config::FormatProblem(problem);
        }
    }
}

TEST(EnvExample, NamesEveryVariableAndParses) {
    const std::string example = config::WriteEnvExample();
    EXPECT_THAT(example, HasSubstr("## Security\n"));
    EXPECT_THAT(example, HasSubstr("\nJWT_SECRET=\n"));
    EXPECT_THAT(example, HasSubstr("\n# JWT_TTL=15m\n"));
    for (const config::Variable& row : config::PlatformVariables()) {
        EXPECT_THAT(example, HasSubstr(std::string(row.name) + "="));
    }
    EXPECT_TRUE(config::ParseEnvFile(example));
}

TEST(MarkdownTable, HasARowForEveryVariable) {
    const std::string table = config::WriteMarkdownTable();
    EXPECT_THAT(table,
                HasSubstr("| `JWT_TTL` | duration, 1m to 1d | `15m` | api-gateway | Life of an "
                          "access token. |\n"));
    for (const config::Variable& row : config::PlatformVariables()) {
        EXPECT_THAT(table, HasSubstr("| `" + std::string(row.name) + "` | "));
    }
}

}  // namespace
