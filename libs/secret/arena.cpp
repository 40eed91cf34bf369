#include "secret/arena.h"

#include <array>
#include <mutex>
#include <sodium.h>
#include <sys/mman.h>
#include <type_traits>

namespace secret {

namespace {

constexpr std::size_t kBlockSize = 32;
constexpr std::size_t kBlockCount = kArenaSize / kBlockSize;

// First fit over a map of blocks: a signer holds a few dozen secrets at a time.
class Arena {
public:
    bool Lock() {
        void* region =
            mmap(nullptr, kArenaSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (region == MAP_FAILED) {
            return false;
        }
        if (mlock(region, kArenaSize) != 0 || madvise(region, kArenaSize, MADV_DONTDUMP) != 0) {
            (void)munmap(region, kArenaSize);
            return false;
        }
        start_ = static_cast<std::uint8_t*>(region);
        return true;
    }

    std::uint8_t* Allocate(std::size_t size) {
        const std::scoped_lock lock(mutex_);
        const std::size_t wanted = Blocks(size);
        std::size_t run = 0;
        for (std::size_t i = 0; start_ != nullptr && i < kBlockCount; ++i) {
            run = used_[i] ? 0 : run + 1;
            if (run == wanted) {
                const std::size_t first = i + 1 - wanted;
                Mark(first, wanted, true);
                return start_ + first * kBlockSize;
            }
        }
        return nullptr;
    }

    bool Release(std::uint8_t* memory, std::size_t size) {
        const std::scoped_lock lock(mutex_);
        if (start_ == nullptr || memory < start_ || memory >= start_ + kArenaSize) {
            return false;
        }
        sodium_memzero(memory, size);
        Mark(static_cast<std::size_t>(memory - start_) / kBlockSize, Blocks(size), false);
        return true;
    }

private:
    static std::size_t Blocks(std::size_t size) { return (size + kBlockSize - 1) / kBlockSize; }

    void Mark(std::size_t first, std::size_t count, bool used) {
        for (std::size_t i = first; i < first + count; ++i) {
            used_[i] = used;
        }
    }

    std::mutex mutex_;
    std::uint8_t* start_ = nullptr;
    std::array<bool, kBlockCount> used_{};
};

// Secrets in static storage may end after it, so it has no destructor to run.
static_assert(std::is_trivially_destructible_v<Arena>);

Arena& TheArena() {
    static Arena arena;
    return arena;
}

}  // namespace

bool LockArena() {
    return TheArena().Lock();
}

std::uint8_t* AllocateInArena(std::size_t size) {
    return TheArena().Allocate(size);
}

bool ReleaseInArena(std::uint8_t* memory, std::size_t size) {
    return TheArena().Release(memory, size);
}

}  // namespace secret
