// The process's one libsecp256k1 context and what only this folder needs to know of it.
#pragma once

#include <secp256k1.h>

#include "base/error.h"

namespace crypto {

// Randomised against side channels when first used, then read only: safe for all threads.
[[nodiscard]] const secp256k1_context* Secp256k1Context();

[[nodiscard]] base::Error BadPrivateKey();

}  // namespace crypto
