#include "runtime/process_metrics.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <unistd.h>

#include "runtime/version.h"

namespace runtime {
namespace {

// Of the pages in /proc/self/statm, proc(5): size, resident, ...
std::int64_t ResidentBytes() {
    std::ifstream file("/proc/self/statm");
    std::int64_t size = 0;
    std::int64_t resident = 0;
    file >> size >> resident;
    return resident * sysconf(_SC_PAGESIZE);
}

std::int64_t OpenDescriptors() {
    std::error_code failed;
    const std::filesystem::directory_iterator descriptors("/proc/self/fd", failed);
    return failed ? 0 : std::distance(begin(descriptors), end(descriptors));
}

}  // namespace

void AddProcessMetrics(observe::Metrics& metrics) {
    metrics
        .AddGauge({"build_info", "The running build; always 1."},
                  {{"version", std::string(Version())}, {"commit", std::string(Commit())}})
        .Set(1);
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    metrics.AddGauge({"process_start_time_seconds", "Start, as seconds since 1970."})
        .Set(std::chrono::duration_cast<std::chrono::seconds>(now).count());
    metrics.AddGaugeFunction(
        {"process_resident_memory_bytes", "Memory that is in RAM."}, {}, ResidentBytes);
    metrics.AddGaugeFunction({"process_open_fds", "Open descriptors."}, {}, OpenDescriptors);
}

}  // namespace runtime
