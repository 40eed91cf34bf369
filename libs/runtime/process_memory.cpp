#include "runtime/process_memory.h"

#include <link.h>
#include <malloc.h>
#include <string_view>
#include <sys/mman.h>
#include <unistd.h>

namespace runtime {
namespace {

// Whether a segment is a part of a file that was never written to: all else would be lost. What the
// linker relocates and then protects lies in segments that are writable here.
bool IsOnlyRead(const ElfW(Phdr) & segment) {
    return segment.p_type == PT_LOAD && (segment.p_flags & PF_W) == 0;
}

// Of one program or shared library, dl_iterate_phdr(3). `sum`: std::size_t, bytes.
int ReleaseImage(dl_phdr_info* image, std::size_t /*size*/, void* sum) {
    // The kernel's own has no file.
    if (std::string_view(image->dlpi_name).starts_with("linux-vdso")) {
        return 0;
    }
    const auto page = static_cast<ElfW(Addr)>(sysconf(_SC_PAGESIZE));
    for (ElfW(Half) index = 0; index < image->dlpi_phnum; ++index) {
        const ElfW(Phdr)& segment = image->dlpi_phdr[index];
        // The last page may be the first of the next segment, which may be written to.
        const ElfW(Addr) begin = (image->dlpi_addr + segment.p_vaddr) / page * page;
        const ElfW(Addr) end = (image->dlpi_addr + segment.p_vaddr + segment.p_memsz) / page * page;
        // NOLINTNEXTLINE(performance-no-int-to-ptr): the loader tells addresses as numbers.
        void* const first = reinterpret_cast<void*>(begin);
        if (IsOnlyRead(segment) && begin < end && madvise(first, end - begin, MADV_DONTNEED) == 0) {
            *static_cast<std::size_t*>(sum) += end - begin;
        }
    }
    return 0;
}

}  // namespace

std::size_t ReleaseStartMemory() {
    malloc_trim(0);
    std::size_t released = 0;
    dl_iterate_phdr(ReleaseImage, &released);
    return released;
}

}  // namespace runtime
