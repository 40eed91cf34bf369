#include "runtime/process_memory.h"

#include <cstddef>
#include <fstream>
#include <gtest/gtest.h>
#include <memory>
#include <string>

namespace {

// KiB of program text that this process has mapped, of /proc/self/smaps, proc(5).
std::size_t ResidentText() {
    std::ifstream maps("/proc/self/smaps");
    std::size_t sum = 0;
    bool text = false;
    for (std::string line; std::getline(maps, line);) {
        if (line.find(" r-xp ") != std::string::npos) {
            text = line.find('/') != std::string::npos;
        } else if (line.rfind("VmFlags", 0) == 0) {
            text = false;
        } else if (text && line.rfind("Rss:", 0) == 0) {
            sum += std::stoul(line.substr(4));
        }
    }
    return sum;
}

TEST(ReleaseStartMemory, UnmapsTheTextThatDoesNotRun) {
    const std::size_t before = ResidentText();

    const std::size_t released = runtime::ReleaseStartMemory();

    const std::size_t after = ResidentText();
    EXPECT_GT(released, before * 1'024 / 2);
    EXPECT_LT(after, before / 2) << before << " KiB before";
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
