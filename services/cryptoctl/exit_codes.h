// What cryptoctl's exit code says; `cryptoctl --help` prints the list.
#pragma once

#include <string_view>

#include "base/error.h"

namespace cryptoctl {

enum ExitCode : int {
    kDone = 0,
    kFailed = 1,       // anything else
    kUsage = 2,        // the command line is wrong
    kNotSignedIn = 3,  // 401: sign in first, or again
    kForbidden = 4,    // 403, 423
    kNotFound = 5,     // 404
    kConflict = 6,     // 409: a duplicate, or work in progress
    kRefused = 7,      // 400, 422: the request itself was refused
    kLimited = 8,      // 429
    kUnavailable = 9,  // no connection, 5xx: repeat later with the same key
};

inline constexpr std::string_view kExitCodeHelp =
    "Exit codes: 0 done, 1 failed, 2 usage, 3 not signed in, 4 forbidden, 5 not found, 6 conflict, "
    "7 refused, 8 rate limited, 9 unavailable.";

[[nodiscard]] ExitCode ExitCodeOfStatus(int http_status);

}  // namespace cryptoctl
