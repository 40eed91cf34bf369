// BASE_CRASH_POINT("name") stands between every two durable steps of a payment, in every daemon. It
// is compiled in with PLATFORM_CRASH_POINTS alone: there, a process whose PLATFORM_CRASH_AT is the
// name dies at that point by SIGKILL, as a power cut would have it, and says so on standard error
// first. "@/path" instead of a name: the file's text is the name, read anew at each point; "name
// freeze" stops the process there until SIGCONT. In all other builds it is nothing.
#pragma once

#ifdef PLATFORM_CRASH_POINTS

#include <string_view>

namespace base {

void CrashPoint(std::string_view name);

}  // namespace base

#define BASE_CRASH_POINT(name) ::base::CrashPoint(name)

#else

#define BASE_CRASH_POINT(name) static_cast<void>(0)

#endif
