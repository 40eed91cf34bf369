// Memory that a daemon needs while it starts and not afterwards.
#pragma once

#include <cstddef>

namespace runtime {

// Gives back what starting has left behind: freed heap to the kernel, and the program text of this
// process and its shared libraries, which relocation and set-up have mapped almost whole. Text is
// never written, so what runs again is mapped from the page cache at its next use, in microseconds.
// Returns the bytes of text that were unmapped, resident or not. Safe while other threads run.
std::size_t ReleaseStartMemory();

}  // namespace runtime
