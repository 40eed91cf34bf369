// Which key-encryption keys this installation has used. Refuses to run with a wrong one, before
// anything is sealed with it.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "pg/pool.h"
#include "signer/messages.h"

namespace wallet_manager {

// Compares the signer's keys with the stored check values, records new versions (the first one ever
// becomes the primary, later ones only decrypt) and which of them this replica holds. Errors:
// `wrong_encryption_key`, `encryption_key_missing` where the primary is not among them.
[[nodiscard]] base::Result<> CheckKeks(pg::Pool& pool,
                                       const signer::KekList& keks,
                                       const std::string& replica);

// What new keys are sealed with.
[[nodiscard]] base::Result<std::uint32_t> PrimaryKek(pg::Tx& tx);

}  // namespace wallet_manager
