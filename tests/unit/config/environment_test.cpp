#include "config/environment.h"

#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <string>
#include <unistd.h>
#include <vector>

namespace {

std::string ProcEnviron() {
    std::ifstream file("/proc/self/environ", std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

// /proc/self/environ shows the memory that exec filled, so the test runs itself again with the
// secret in its environment. Exit code 0: the value was visible before Forget and not after.
TEST(ProcessEnvironment, ForgetOverwritesWhatProcShows) {
    constexpr const char* kName = "UNIT_CONFIG_CANARY";
    const std::string value = "canary-4f9c2e7a1b8d6035";
    if (std::getenv(kName) == nullptr) {
        ASSERT_EQ(setenv(kName, value.c_str(), 1), 0);
        const std::string command =
            "/proc/" + std::to_string(getpid()) +
            "/exe --gtest_filter=ProcessEnvironment.ForgetOverwritesWhatProcShows >/dev/null";
        EXPECT_EQ(std::system(command.c_str()), 0);
        unsetenv(kName);
        return;
    }
    ASSERT_NE(ProcEnviron().find(value), std::string::npos);
    auto& environment = config::ProcessEnvironment();
    ASSERT_EQ(environment.Find(kName), value);
    environment.Forget(kName);
    EXPECT_EQ(ProcEnviron().find(value), std::string::npos);
    EXPECT_EQ(std::getenv(kName), nullptr);
    EXPECT_FALSE(environment.Find(kName));
}

TEST(MapEnvironment, TreatsEmptyAsUnset) {
    config::MapEnvironment environment({{"A", ""}, {"B", "1"}});
    EXPECT_FALSE(environment.Find("A"));
    EXPECT_EQ(environment.Find("B"), "1");
    environment.Forget("B");
    EXPECT_FALSE(environment.Find("B"));
}

}  // namespace
