#include "runtime/process_memory.h"

#include <cstddef>
#include <fstream>
#include <gtest/gtest.h>
#include <memory>
#include <ostream>
#include <sstream>
#include <string>

namespace {

// KiB of files with these permissions that this process has mapped, of /proc/self/smaps, proc(5).
std::size_t Resident(const std::string& permissions) {
    std::ifstream maps("/proc/self/smaps");
    std::size_t sum = 0;
    bool counted = false;
    for (std::string line; std::getline(maps, line);) {
        if (line.find(' ' + permissions + ' ') != std::string::npos) {
            counted = line.find('/') != std::string::npos;
        } else if (line.rfind("VmFlags", 0) == 0) {
            counted = false;
        } else if (counted && line.rfind("Rss:", 0) == 0) {
            sum += std::stoul(line.substr(4));
        }
    }
    return sum;
}

TEST(ReleaseStartMemory, UnmapsTextAndConstantsThatAreNotUsed) {
    const std::size_t text = Resident("r-xp");
    const std::size_t constants = Resident("r--p");

    const std::size_t released = runtime::ReleaseStartMemory();

    EXPECT_GT(released, (text + constants) * 1'024 / 2);
    EXPECT_LT(Resident("r-xp"), text / 2) << text << " KiB before";
    EXPECT_LT(Resident("r--p"), constants * 3 / 4) << constants << " KiB before";
}

int One() {
    return 1;
}

int Two() {
    return 2;
}

// Constants that the loader writes the addresses into.
TEST(ReleaseStartMemory, LeavesWhatWasRelocated) {
    static int (*const kFunctions[])() = {One, Two};
    static const char* const kNames[] = {"one", "two"};
    const std::unique_ptr<std::ostream> stream = std::make_unique<std::ostringstream>();

    runtime::ReleaseStartMemory();

    for (const auto* name : kNames) {
        *stream << name << ' ';
    }
    for (const auto function : kFunctions) {
        *stream << function() << ' ';
    }
    EXPECT_EQ(static_cast<const std::ostringstream&>(*stream).str(), "one two 1 2 ");
}

TEST(ReleaseStartMemory, LeavesWhatWasWritten) {
    static int written = 1;
    written = 2;
    const auto on_the_heap = std::make_unique<std::string>(100'000, 'x');

    runtime::ReleaseStartMemory();

    EXPECT_EQ(written, 2);
    EXPECT_EQ(*on_the_heap, std::string(100'000, 'x'));
}

}  // namespace
