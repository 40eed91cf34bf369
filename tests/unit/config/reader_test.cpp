#include "config/reader.h"

#include <array>
#include <cstdio>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <string>
#include <unistd.h>
#include <vector>

namespace {

using config::MapEnvironment;
using config::Need;
using config::Reader;
using config::Type;
using config::Variable;
using Values = std::map<std::string, std::string>;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

constexpr const char* kStrongHex =
    "9b1f04c7d2e8a35b6c0f71d9e4a28b3c5d6e7f80912a3b4c5d6e7f8091a2b3c4";

constexpr std::array kTable{
    Variable{.name = "CHAIN_NETWORK",
             .type = Type::kChoice,
             .standard = "devnet",
             .services = "all",
             .help = "Network.",
             .accepts = "devnet,testnet,mainnet"},
    Variable{.name = "PORT",
             .type = Type::kInteger,
             .standard = "8000",
             .services = "daemon",
             .help = "Port.",
             .max = 65535},
    Variable{.name = "TTL",
             .type = Type::kDuration,
             .standard = "15m",
             .services = "daemon",
             .help = "Life.",
             .min = 1000,
             .max = 3'600'000},
    Variable{.name = "NODES",
             .type = Type::kUrlList,
             .need = Need::kRequired,
             .services = "daemon",
             .help = "Nodes.",
             .accepts = "http,https"},
    Variable{.name = "JWT",
             .type = Type::kStrongSecret,
             .need = Need::kRequired,
             .services = "daemon",
             .help = "Token key."},
    Variable{.name = "SEAL",
             .type = Type::kHexKey,
             .need = Need::kRequiredLive,
             .services = "daemon",
             .help = "Sealing key.",
             .numbered = true},
    Variable{.name = "DB",
             .type = Type::kSecretUrl,
             .services = "daemon",
             .help = "Database.",
             .accepts = "postgresql"},
    Variable{.name = "PROXIES", .type = Type::kList, .services = "daemon", .help = "Proxies."},
    Variable{.name = "FUND", .type = Type::kFlag, .standard = "true", .services = "daemon"},
    Variable{.name = "LISTEN", .type = Type::kAddress, .standard = "a:1", .services = "daemon"},
    Variable{.name = "NEAR_SERVICE_ADDRESS",
             .type = Type::kAddress,
             .standard = "a:1",
             .services = "daemon",
             .accepts = "off"},
    Variable{.name = "FAR_SERVICE_ADDRESS",
             .type = Type::kAddress,
             .standard = "b:2",
             .services = "daemon",
             .accepts = "off"},
    Variable{.name = "ALIEN_SERVICE_ADDRESS",
             .type = Type::kAddress,
             .standard = "c:3",
             .services = "other"},
    Variable{.name = "FOREIGN", .type = Type::kText, .services = "other", .help = "Not ours."},
};

class TempFile {
public:
    explicit TempFile(const std::string& content) {
        const int file = mkstemp(path_.data());
        EXPECT_GE(file, 0);
        close(file);
        std::ofstream(path_, std::ios::binary) << content;
    }

    ~TempFile() { std::remove(path_.c_str()); }

    TempFile(const TempFile&) = delete;
    TempFile& operator=(const TempFile&) = delete;

    [[nodiscard]] const std::string& path() const { return path_; }

private:
    std::string path_ = "/tmp/unit-config-XXXXXX";
};

TEST(Reader, TakesTheStandardWhereAVariableIsUnset) {
    MapEnvironment environment(Values{});
    Reader reader(environment, "daemon", kTable);
    EXPECT_EQ(reader.Port("PORT"), 8000);
    EXPECT_EQ(reader.Duration("TTL"), std::chrono::minutes(15));
    EXPECT_TRUE(reader.Flag("FUND"));
    EXPECT_EQ(reader.Text("LISTEN"), "a:1");
    EXPECT_FALSE(reader.IsSet("PORT"));
    EXPECT_TRUE(reader.Finish());
}

TEST(Reader, FindsTheServicesThatAreNotOff) {
    MapEnvironment environment(Values{{"FAR_SERVICE_ADDRESS", "off"}});
    Reader reader(environment, "daemon", kTable);
    EXPECT_THAT(reader.ServiceAddresses(), ElementsAre(Pair("near", "a:1")));
    EXPECT_EQ(reader.Text("FAR_SERVICE_ADDRESS"), "");
    EXPECT_TRUE(reader.problems().empty());
}

TEST(Reader, ReadsLists) {
    MapEnvironment environment(
        {{"NODES", "http://a:8545, https://b/key"}, {"PROXIES", "10.0.0.0/8,,::1"}});
    Reader reader(environment, "daemon", kTable);
    EXPECT_THAT(reader.UrlList("NODES"), ElementsAre("http://a:8545", "https://b/key"));
    EXPECT_THAT(reader.List("PROXIES"), ElementsAre("10.0.0.0/8", "::1"));
    EXPECT_TRUE(reader.Finish());
}

TEST(Reader, ReportsEveryErrorAtOnceAndNoValue) {
    MapEnvironment environment({{"PORT", "70000"},
                                {"TTL", "2h"},
                                {"NODES", "ftp://user:hunter2@node"},
                                {"SEAL", "hunter2"},
                                {"FUND", "maybe"},
                                {"LISTEN", "nowhere"}});
    Reader reader(environment, "daemon", kTable);
    (void)reader.Port("PORT");
    (void)reader.Duration("TTL");
    (void)reader.UrlList("NODES");
    (void)reader.Secret("JWT");
    (void)reader.NumberedSecrets("SEAL");
    (void)reader.Flag("FUND");
    (void)reader.Text("LISTEN");
    const auto finished = reader.Finish();
    ASSERT_FALSE(finished);
    EXPECT_EQ(finished.error().reason, "bad_configuration");
    std::vector<std::string> names;
    for (const config::Problem& problem : reader.problems()) {
        names.push_back(problem.name);
        EXPECT_FALSE(problem.remedy.empty()) << problem.name;
    }
    EXPECT_THAT(names, ElementsAre("PORT", "TTL", "NODES", "JWT", "SEAL", "FUND", "LISTEN"));
    EXPECT_THAT(finished.error().detail, Not(HasSubstr("hunter2")));
    EXPECT_THAT(finished.error().detail,
                HasSubstr("PORT is not a whole number from 0 to 65535; write digits alone"));
}

TEST(Reader, ForgetsASecretOnceItWasRead) {
    MapEnvironment environment({{"JWT", "anything"}, {"DB", "postgresql://u:p@h/d"}});
    Reader reader(environment, "daemon", kTable);
    EXPECT_EQ(reader.Secret("JWT").Expose(), "anything");
    EXPECT_FALSE(environment.Find("JWT"));
    EXPECT_TRUE(environment.Find("DB"));
    EXPECT_TRUE(reader.Finish());
    EXPECT_FALSE(environment.Find("DB")) << "not read, yet not left lying about";
}

TEST(Reader, ReadsASecretFromAFileAndCutsOneNewline) {
    const TempFile file("two lines\n\n");
    MapEnvironment environment(Values{{"JWT_FILE", file.path()}});
    Reader reader(environment, "daemon", kTable);
    EXPECT_TRUE(reader.IsSet("JWT"));
    EXPECT_EQ(reader.Secret("JWT").Expose(), "two lines\n");
    EXPECT_TRUE(reader.Finish());
}

TEST(Reader, RefusesASecretGivenTwice) {
    const TempFile file("from the file");
    MapEnvironment environment({{"JWT_FILE", file.path()}, {"JWT", "from the environment"}});
    Reader reader(environment, "daemon", kTable);
    EXPECT_TRUE(reader.Secret("JWT").empty());
    ASSERT_EQ(reader.problems().size(), 1U);
    EXPECT_THAT(reader.problems()[0].what, HasSubstr("JWT_FILE are both set"));
}

TEST(Reader, RefusesSecretFilesThatHoldNoSecret) {
    const TempFile empty("\n");
    const TempFile huge(std::string(65536, 'x'));
    for (const std::string& path : {empty.path(), huge.path(), std::string("/does/not/exist")}) {
        MapEnvironment environment(Values{{"JWT_FILE", path}});
        Reader reader(environment, "daemon", kTable);
        EXPECT_TRUE(reader.Secret("JWT").empty());
        ASSERT_EQ(reader.problems().size(), 1U) << path;
        EXPECT_EQ(reader.problems()[0].name, "JWT_FILE");
    }
}

TEST(Reader, CollectsNumberedSecretsByVersion) {
    MapEnvironment environment({{"SEAL", kStrongHex}, {"SEAL_V3", kStrongHex}});
    Reader reader(environment, "daemon", kTable);
    const auto keys = reader.NumberedSecrets("SEAL");
    ASSERT_EQ(keys.size(), 2U);
    EXPECT_EQ(keys.at(1).Expose(), kStrongHex);
    EXPECT_EQ(keys.at(3).Expose(), kStrongHex);
    EXPECT_FALSE(environment.Find("SEAL_V3"));
}

TEST(Reader, RefusesWeakSecretsOnLiveNetworksOnly) {
    const std::string weak_key(64, 'a');
    for (const auto& [network, problems] :
         std::map<std::string, std::size_t>{{"devnet", 0}, {"testnet", 2}, {"mainnet", 2}}) {
        MapEnvironment environment(
            {{"CHAIN_NETWORK", network}, {"JWT", "short"}, {"SEAL", weak_key}});
        Reader reader(environment, "daemon", kTable);
        (void)reader.Secret("JWT");
        (void)reader.NumberedSecrets("SEAL");
        EXPECT_EQ(reader.problems().size(), problems) << network;
    }
}

TEST(Reader, NeedsMoreOnLiveNetworks) {
    MapEnvironment devnet(Values{});
    Reader on_devnet(devnet, "daemon", kTable);
    EXPECT_TRUE(on_devnet.NumberedSecrets("SEAL").empty());
    EXPECT_TRUE(on_devnet.Finish());

    MapEnvironment mainnet(Values{{"CHAIN_NETWORK", "mainnet"}});
    Reader on_mainnet(mainnet, "daemon", kTable);
    EXPECT_TRUE(on_mainnet.NumberedSecrets("SEAL").empty());
    EXPECT_FALSE(on_mainnet.Finish());
}

TEST(Reader, AWrongNetworkNameExcusesNothing) {
    MapEnvironment environment({{"CHAIN_NETWORK", "mainet"}, {"JWT", "short"}});
    Reader reader(environment, "daemon", kTable);
    (void)reader.Text("CHAIN_NETWORK");
    (void)reader.Secret("JWT");
    EXPECT_EQ(reader.problems().size(), 2U);
}

TEST(ReaderDeathTest, EndsWhereADaemonAsksForAnothersVariable) {
    MapEnvironment environment(Values{{"FOREIGN", "x"}});
    Reader reader(environment, "daemon", kTable);
    EXPECT_DEATH((void)reader.Text("FOREIGN"), "check failed");
}

TEST(CheckService, ReadsEveryVariableOfTheService) {
    MapEnvironment environment({{"PORT", "x"}, {"FOREIGN", "x"}});
    std::vector<std::string> names;
    for (const config::Problem& problem : config::CheckService(environment, "daemon", kTable)) {
        names.push_back(problem.name);
    }
    EXPECT_THAT(names, ElementsAre("PORT", "NODES", "JWT"));
}

}  // namespace
