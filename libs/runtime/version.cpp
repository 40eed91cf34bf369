#include "runtime/version.h"

#include "runtime/commit.h"

namespace runtime {

std::string_view Version() {
    return PLATFORM_VERSION;
}

std::string_view Commit() {
    return PLATFORM_COMMIT;
}

std::string VersionLine(std::string_view service) {
    return std::string(service) + " " + std::string(Version()) + " (" + std::string(Commit()) + ")";
}

}  // namespace runtime
