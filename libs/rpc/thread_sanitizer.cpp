// In builds with ThreadSanitizer alone, in every program: tells it how gRPC's own threads wait for
// each other. gRPC's libraries are not instrumented and its locks are Abseil's, so that whatever
// it hands from one thread to another would look like a race.
#include <dlfcn.h>
#include <grpc/grpc.h>

#define ABSL_MUTEX "_ZN4absl7debian35Mutex"
#define ABSL_CONDVAR "_ZN4absl7debian37CondVar"

// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" {
void __tsan_acquire(void* address);
void __tsan_release(void* address);
const char* __tsan_default_suppressions();
}

// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)

namespace {

// The function of this name in the library, which the one below stands in front of.
template <class Function>
Function* Next(const char* name) {
    return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

// absl::Mutex and absl::CondVar.
void Lock(void* mutex) __asm__(ABSL_MUTEX "4LockEv");
bool TryLock(void* mutex) __asm__(ABSL_MUTEX "7TryLockEv");
void Unlock(void* mutex) __asm__(ABSL_MUTEX "6UnlockEv");
void Wait(void* condition, void* mutex) __asm__(ABSL_CONDVAR "4WaitEPNS0_5MutexE");
bool WaitUntil(void* condition,
               void* mutex,
               unsigned long,
               unsigned long) __asm__(ABSL_CONDVAR "16WaitWithDeadlineEPNS0_5MutexENS0_4TimeE");

void Lock(void* mutex) {
    static auto* const next = Next<void(void*)>(ABSL_MUTEX "4LockEv");
    next(mutex);
    __tsan_acquire(mutex);
}

bool TryLock(void* mutex) {
    static auto* const next = Next<bool(void*)>(ABSL_MUTEX "7TryLockEv");
    const bool locked = next(mutex);
    if (locked) {
        __tsan_acquire(mutex);
    }
    return locked;
}

void Unlock(void* mutex) {
    static auto* const next = Next<void(void*)>(ABSL_MUTEX "6UnlockEv");
    __tsan_release(mutex);
    next(mutex);
}

void Wait(void* condition, void* mutex) {
    static auto* const next = Next<void(void*, void*)>(ABSL_CONDVAR "4WaitEPNS0_5MutexE");
    __tsan_release(mutex);
    next(condition, mutex);
    __tsan_acquire(mutex);
}

// An absl::Time travels in two registers.
bool WaitUntil(void* condition, void* mutex, unsigned long seconds, unsigned long ticks) {
    static auto* const next = Next<bool(void*, void*, unsigned long, unsigned long)>(
        ABSL_CONDVAR "16WaitWithDeadlineEPNS0_5MutexENS0_4TimeE");
    __tsan_release(mutex);
    const bool timed_out = next(condition, mutex, seconds, ticks);
    __tsan_acquire(mutex);
    return timed_out;
}

// Whoever starts a batch is done with it before the thread that hears of its end goes on.
grpc_call_error grpc_call_start_batch(
    grpc_call* call, const grpc_op* ops, size_t count, void* tag, void* reserved) {
    static auto* const next = Next<decltype(grpc_call_start_batch)>("grpc_call_start_batch");
    __tsan_release(tag);
    return next(call, ops, count, tag, reserved);
}

grpc_event grpc_completion_queue_next(grpc_completion_queue* queue,
                                      gpr_timespec deadline,
                                      void* reserved) {
    static auto* const next =
        Next<decltype(grpc_completion_queue_next)>("grpc_completion_queue_next");
    const grpc_event event = next(queue, deadline, reserved);
    if (event.type == GRPC_OP_COMPLETE) {
        __tsan_acquire(event.tag);
    }
    return event;
}

// The last of a server call's callbacks destroys it; that it is the last, gRPC counts unseen where
// the call was cancelled. And a method's handler is made before its server starts; that the start
// is before its first call, gRPC's poller knows alone. (Nothing of ours runs under Deserialize.)
// NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming)
const char* __tsan_default_suppressions() {
    return "race:~ServerCallbackWriterImpl\n"
           "race:~ServerCallbackReaderWriterImpl\n"
           "race:~ServerCallbackUnaryImpl\n"
           "race:~ServerWriteReactor\n"
           "race:~ServerUnaryReactor\n"
           "race:CallbackUnaryHandler*::Deserialize\n"
           "race:CallbackServerStreamingHandler*::Deserialize\n";
}

}  // extern "C"
