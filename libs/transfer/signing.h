// Asking wallet-manager for a signature and checking what comes back. Only for the .cpp files of
// libs/transfer.
#pragma once

#include <string>
#include <vector>

#include "transfer/core.h"

namespace transfer {

struct SignedBytes {
    base::Bytes unsigned_tx;  // what the bytes are of; may be another than was asked
    chain::Signed signed_tx;
};

// The bytes are of this network and of `unsigned_tx`, and the hash is computed here. Errors also:
// kDataLoss `wrong_signature`.
[[nodiscard]] base::Result<SignedBytes> AskSign(Core& core, const SignCall& call);

// The same for many, in their order.
[[nodiscard]] std::vector<base::Result<SignedBytes>> AskSignAll(Core& core,
                                                                const std::vector<SignCall>& calls);

// The same for a fill.
[[nodiscard]] base::Result<SignedBytes> AskSignFill(Core& core, const FillCall& call);

// wallet-manager will never sign this. A pause is none: it ends.
[[nodiscard]] bool IsSignRefusal(const base::Error& error);

// Why the intent waits, for its owner.
[[nodiscard]] std::string WaitingReason(const base::Error& error);

}  // namespace transfer
