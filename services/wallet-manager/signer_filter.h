// The system calls that the signer's process may make.
#pragma once

namespace wallet_manager {

// From now on every other call kills this process; builds with sanitizers or coverage, whose
// runtimes need more, only log it. False: the kernel refused.
[[nodiscard]] bool LoadSignerFilter();

}  // namespace wallet_manager
