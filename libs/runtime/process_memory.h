// Memory that a daemon needs while it starts and not afterwards.
#pragma once

#include <cstddef>

namespace runtime {

// Gives back what starting has left behind: freed heap to the kernel, and the text and constants of
// this process and its shared libraries, which relocation and set-up have mapped almost whole. They
// are never written, so what is used again is mapped from the page cache, in microseconds.
// Returns the bytes that were unmapped, resident or not. Safe while other threads run.
std::size_t ReleaseStartMemory();

}  // namespace runtime
