// Test coins of a devnet: pays from an account whose key everybody knows. Never for a live network.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>

#include "base/result.h"
#include "chain/chain.h"
#include "money/uint256.h"

namespace evm {

// Pays from anvil's first account (mnemonic "test test ... junk"). Thread-safe.
class DevnetFaucet {
public:
    // `chain` outlives this object. Ends the process where it is not a devnet's.
    explicit DevnetFaucet(chain::Chain& chain);

    // Sends and answers the transaction's hash. Errors: `faucet_empty`, `faucet_busy`, those of the
    // chain.
    [[nodiscard]] base::Result<std::string> Give(const std::string& address,
                                                 const money::UInt256& amount);

private:
    chain::Chain& chain_;
    const std::string from_;
    std::mutex mutex_;  // held from the choice of a nonce until it is broadcast
    std::uint64_t next_nonce_ = 0;
};

}  // namespace evm
