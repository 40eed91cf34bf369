// Moves the installation from one key-encryption key to the next while it runs: a new version only
// decrypts until every live replica holds it; then new keys are sealed with it and the old ones are
// wrapped anew, a batch at a time. It may stop anywhere and go on later, and any number of replicas
// may run it at once.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>

#include "base/result.h"
#include "keyvault/journal.h"
#include "pg/pool.h"
#include "signer/messages.h"
#include "wallet-manager/signer_client.h"

namespace wallet_manager {

class KeyRotation {
public:
    struct Parts {
        pg::Pool& pool;
        SignerClient& signer;
        keyvault::Journal& journal;
        std::string replica;
    };

    explicit KeyRotation(Parts parts) : parts_(std::move(parts)) {}

    // One round: reports this replica's keys, moves the primary if it may, wraps one batch anew.
    // Answers how many keys were wrapped; 0 = nothing is left to do now. A key that does not open
    // is told in the log and left as it is.
    [[nodiscard]] base::Result<int> Step() const;

    // Rounds until `stop`, a minute apart where nothing is left.
    void Run(const std::stop_token& stop) const;

private:
    [[nodiscard]] base::Result<std::uint32_t> MovePrimary(const signer::KekList& keks) const;
    // The row's envelope under `primary`, in the journal already; nothing where it does not open.
    [[nodiscard]] base::Result<std::optional<std::string>> Rewrap(const signer::KeyRef& key,
                                                                  const std::string& path,
                                                                  std::uint32_t primary) const;
    [[nodiscard]] base::Result<int> RewrapWallets(std::uint32_t primary) const;
    [[nodiscard]] base::Result<int> RewrapSeeds(std::uint32_t primary) const;

    const Parts parts_;
};

}  // namespace wallet_manager
