// TRANSFER_CRASH_POINT("name") stands between every two durable steps. It is compiled in with
// PLATFORM_CRASH_POINTS alone: there, a process started with PLATFORM_CRASH_AT=name dies at that
// point by SIGKILL, as a power cut would have it. In all other builds it is nothing.
#pragma once

#include <string_view>

#ifdef PLATFORM_CRASH_POINTS

namespace transfer {

void CrashPoint(std::string_view name);

}  // namespace transfer

#define TRANSFER_CRASH_POINT(name) ::transfer::CrashPoint(name)

#else

#define TRANSFER_CRASH_POINT(name) static_cast<void>(0)

#endif
