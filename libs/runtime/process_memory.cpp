#include "runtime/process_memory.h"

#include <cstdint>
#include <fstream>
#include <malloc.h>
#include <sstream>
#include <string>
#include <sys/mman.h>

namespace runtime {
namespace {

// A line of /proc/self/maps, proc(5).
struct Mapping {
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;
    std::string permissions;
    std::string path;
};

Mapping Parse(const std::string& line) {
    Mapping mapping;
    std::istringstream fields(line);
    char dash = 0;
    std::string offset;
    std::string device;
    std::string inode;
    fields >> std::hex >> mapping.begin >> dash >> mapping.end >> mapping.permissions >> offset >>
        device >> inode >> mapping.path;
    return mapping;
}

// Only what has a file behind it and can never have been written to: all else would be lost.
bool IsText(const Mapping& mapping) {
    return mapping.permissions == "r-xp" && mapping.path.rfind('/', 0) == 0;
}

}  // namespace

std::size_t ReleaseStartMemory() {
    malloc_trim(0);
    std::size_t released = 0;
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);) {
        const Mapping mapping = Parse(line);
        const std::size_t size = mapping.end - mapping.begin;
        // NOLINTNEXTLINE(performance-no-int-to-ptr): the kernel tells addresses as text.
        void* const begin = reinterpret_cast<void*>(mapping.begin);
        if (IsText(mapping) && madvise(begin, size, MADV_DONTNEED) == 0) {
            released += size;
        }
    }
    return released;
}

}  // namespace runtime
