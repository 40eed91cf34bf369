#include "wallet-manager/signer_filter.h"

#include <memory>
#include <seccomp.h>
#include <sys/mman.h>

namespace wallet_manager {

namespace {

#if defined(PLATFORM_SANITIZE) || defined(PLATFORM_COVERAGE)
constexpr unsigned kDefaultAction = SCMP_ACT_LOG;
#else
constexpr unsigned kDefaultAction = SCMP_ACT_KILL_PROCESS;
#endif

constexpr int kAllowed[] = {SCMP_SYS(read),
                            SCMP_SYS(write),
                            SCMP_SYS(exit),
                            SCMP_SYS(exit_group),
                            SCMP_SYS(futex),
                            SCMP_SYS(getrandom),
                            SCMP_SYS(getpid),
                            SCMP_SYS(clock_gettime),
                            SCMP_SYS(brk),
                            SCMP_SYS(munmap),
                            SCMP_SYS(mremap),
                            SCMP_SYS(madvise),
                            SCMP_SYS(mlock),
                            SCMP_SYS(munlock),
                            SCMP_SYS(rt_sigreturn),
                            SCMP_SYS(restart_syscall)};

// Allowed as long as they make nothing executable.
constexpr int kAllowedWithoutExec[] = {SCMP_SYS(mmap), SCMP_SYS(mprotect)};

// The third argument, masked, is 0.
constexpr scmp_arg_cmp kNotExecutable = {2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0};

struct Release {
    void operator()(void* filter) const { seccomp_release(filter); }
};

}  // namespace

bool LoadSignerFilter() {
    const std::unique_ptr<void, Release> filter(seccomp_init(kDefaultAction));
    if (filter == nullptr) {
        return false;
    }
    bool good = true;
    for (const int call : kAllowed) {
        good = good && seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 0) == 0;
    }
    for (const int call : kAllowedWithoutExec) {
        good = good && seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 1, kNotExecutable) == 0;
    }
    return good && seccomp_load(filter.get()) == 0;
}

}  // namespace wallet_manager
