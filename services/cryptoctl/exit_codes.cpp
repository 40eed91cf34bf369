#include "cryptoctl/exit_codes.h"

namespace cryptoctl {

ExitCode ExitCodeOfStatus(int http_status) {
    constexpr int kServerFault = 500;
    constexpr int kClientFault = 400;
    if (http_status < kClientFault) {
        return kDone;
    }
    if (http_status >= kServerFault) {
        return kUnavailable;
    }
    switch (http_status) {
        case 400:
        case 413:
        case 415:
        case 422:
            return kRefused;
        case 401:
            return kNotSignedIn;
        case 403:
        case 423:
            return kForbidden;
        case 404:
            return kNotFound;
        case 409:
            return kConflict;
        case 429:
            return kLimited;
        default:
            return kFailed;
    }
}

}  // namespace cryptoctl
