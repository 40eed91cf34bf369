// Gives coins of the devnet away: what the first blocks of its node paid to a key that everybody
// can read here. scripts/up mines those blocks.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "base/result.h"
#include "chain/chain.h"
#include "chain/node_rpc.h"
#include "secret/secret.h"
#include "utxo/coin_selection.h"
#include "utxo/params.h"
#include "utxo/payment.h"

namespace utxo_host {

class DevnetFaucet {
public:
    // Both outlive this object; the chain is a devnet's.
    DevnetFaucet(chain::Chain& chain, chain::NodeRpc& node, const std::string& chain_name);

    // The hash of the transaction that pays. Errors: `faucet_empty`, `node_rejected`.
    [[nodiscard]] base::Result<std::string> Give(const std::string& address,
                                                 const money::UInt256& amount);

private:
    struct Owned {
        utxo::Coin coin;
        std::uint64_t height = 0;
        bool coinbase = false;
    };

    // Blocks that were not read yet.
    [[nodiscard]] base::Result<> ReadOn();
    [[nodiscard]] base::Result<utxo::TxTerms> Terms() const;
    [[nodiscard]] base::Result<utxo::Selection> Select(const std::string& address,
                                                       std::uint64_t amount) const;
    [[nodiscard]] base::Result<base::Bytes> Sign(const utxo::Selection& selection) const;

    chain::Chain& chain_;
    chain::NodeRpc& node_;
    utxo::Params params_;
    secret::Bytes key_;
    std::string address_;
    base::Bytes script_;
    std::mutex mutex_;
    std::uint64_t read_height_ = 0;
    std::string read_hash_;
    std::map<utxo::OutPoint, Owned> coins_;
};

}  // namespace utxo_host
