// BASE_CHECK(condition): an impossible state ends the process at once, in every build type. For
// what is merely unlikely, return a base::Error instead.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace base {

[[noreturn]] inline void CheckFailed(const char* condition, const char* file, int line) {
    std::fprintf(stderr, "check failed: %s at %s:%d\n", condition, file, line);
    std::abort();
}

}  // namespace base

#define BASE_CHECK(condition)                                    \
    do {                                                         \
        if (!(condition)) {                                      \
            ::base::CheckFailed(#condition, __FILE__, __LINE__); \
        }                                                        \
    } while (false)
