// The signer's process: forked from wallet-manager before any thread starts, locked in by seccomp,
// talking frames over one socket. It answers until the socket ends.
#pragma once

#include <map>
#include <sys/types.h>

#include "base/result.h"
#include "secret/secret.h"
#include "signer/signer.h"

namespace wallet_manager {

struct SignerProcess {
    pid_t pid = -1;
    int socket = -1;  // ours; owned by the caller
};

// Forks. The key-encryption keys go to the child through a pipe and are wiped here before the fork.
// Call before any thread starts and at most once. Errors: `signer_start`.
[[nodiscard]] base::Result<SignerProcess> StartSigner(signer::Settings settings,
                                                      std::map<int, secret::String> keks);

}  // namespace wallet_manager
