#include "base/crash_point.h"

#ifdef PLATFORM_CRASH_POINTS

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <string>
#include <unistd.h>

namespace base {

namespace {

struct Wanted {
    std::string name;
    std::string end;
};

Wanted Read() {
    static const char* const setting = std::getenv("PLATFORM_CRASH_AT");
    Wanted wanted{setting == nullptr ? "" : setting, ""};
    if (wanted.name.starts_with('@')) {
        std::ifstream file(wanted.name.substr(1));
        wanted.name.clear();
        file >> wanted.name >> wanted.end;
    }
    return wanted;
}

}  // namespace

void CrashPoint(std::string_view name) {
    const Wanted wanted = Read();
    if (wanted.name != name) {
        return;
    }
    const std::string line = "crash point " + std::string(name) + "\n";
    static_cast<void>(!write(STDERR_FILENO, line.data(), line.size()));
    static_cast<void>(std::raise(wanted.end == "freeze" ? SIGSTOP : SIGKILL));
}

}  // namespace base

#endif
