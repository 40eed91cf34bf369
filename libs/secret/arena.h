// One small region of memory that is locked, left out of core dumps, and holds the secrets of a
// process that opens keys. Locking secrets one by one unlocks a page that two of them share as soon
// as the first one ends.
#pragma once

#include <cstddef>
#include <cstdint>

namespace secret {

// Under the 64 KiB that an unprivileged process may always lock.
inline constexpr std::size_t kArenaSize = std::size_t{48} * 1024;

// From now on secret::Bytes lie in the arena while it has room. Called once, before other threads
// start. False: the system refused to lock it; nothing has changed then.
[[nodiscard]] bool LockArena();

// For secret::Bytes. Zero-filled; nullptr where there is no arena or no room.
[[nodiscard]] std::uint8_t* AllocateInArena(std::size_t size);

// Wipes and frees. False: the memory is not of the arena.
[[nodiscard]] bool ReleaseInArena(std::uint8_t* memory, std::size_t size);

}  // namespace secret
