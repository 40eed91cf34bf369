// The devnet's gift to a new default wallet.
#pragma once

#include "base/result.h"
#include "pg/pool.h"
#include "rpc/context.h"
#include "wallet-manager/chain_peers.h"
#include "wallet-manager/wallet_store.h"

namespace wallet_manager {

// Asks the chain's daemon for test coins if a gift is due, or waits for the call that does; returns
// when the coins can be spent. One call asks at a time. Errors: those of the daemon; the wallet
// stays, and the next call asks again.
[[nodiscard]] base::Result<> Fund(pg::Pool& pool,
                                  const ChainPeers& peers,
                                  const WalletRow& wallet,
                                  const rpc::Context& context);

// Asks for a gift that is due, unless another call has. Its failure is logged alone: a later call
// asks again.
void FundIfFree(pg::Pool& pool,
                const ChainPeers& peers,
                const WalletRow& wallet,
                const rpc::Context& context);

// Of a wallet that is seen to have coins: a gift that was asked for, whose answer never came, is
// there, and nobody asks or waits for it any more. Its failure is logged alone.
void NoteGift(pg::Pool& pool, const WalletRow& wallet);

}  // namespace wallet_manager
