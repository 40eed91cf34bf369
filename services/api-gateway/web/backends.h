// The daemons behind the gateway, asked without a thread waiting.
//
//     v1::GetBalanceRequest request;
//     auto context = app.backends().ContextOf(call);
//     auto balance = co_await rpc::Await(*chain.client, &ChainAsync::GetBalance,
//     std::move(request),
//                                 std::move(context));
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "api-gateway/config.h"
#include "api-gateway/web/call.h"
#include "api-gateway/web/ttl_cache.h"
#include "base/clock.h"
#include "base/result.h"
#include "chain/catalog.h"
#include "money/amount.h"
#include "platform/chain/v1/chain_service.grpc.pb.h"
#include "platform/wallet/v1/wallet_service.grpc.pb.h"
#include "rpc/await.h"
#include "rpc/call.h"
#include "rpc/channel.h"
#include "rpc/context.h"
#include "rpc/user_context.h"

namespace gateway {

using WalletClient = rpc::Client<platform::wallet::v1::WalletService>;
using ChainClient = rpc::Client<platform::chain::v1::ChainService>;
using WalletAsync = class platform::wallet::v1::WalletService::Stub::async;
using ChainAsync = class platform::chain::v1::ChainService::Stub::async;

// One chain as the gateway reaches it.
struct Chain {
    const chain::ChainInfo* info = nullptr;
    std::string network;  // CAIP-2
    money::Asset native;
    std::shared_ptr<const ChainClient> client;
};

// How a daemon is reached: (service, address).
using Connect = std::function<base::Result<std::shared_ptr<const rpc::Peer>>(const std::string&,
                                                                             const std::string&)>;

class Backends {
public:
    // Errors: those of `connect`, `bad_private_key`.
    [[nodiscard]] static base::Result<std::unique_ptr<Backends>> Make(const Config& config,
                                                                      const base::Clock& clock,
                                                                      const Connect& connect);

    [[nodiscard]] const WalletClient& wallets() const { return *wallets_; }

    // By name or alias. Errors: `unknown_chain`; `chain_unavailable` for a chain that no daemon of
    // this installation serves.
    [[nodiscard]] base::Result<Chain> FindChain(std::string_view name) const;

    // The chains that have a daemon, in the platform's order.
    [[nodiscard]] std::vector<const Chain*> Chains() const;

    // What travels with a request's calls: its user, id, trace and deadline.
    [[nodiscard]] rpc::Context ContextOf(const Call& call) const;

    // For work of our own about a user's payments, without a request.
    [[nodiscard]] std::string ServiceToken(base::UserId user) const;

private:
    explicit Backends(rpc::UserContextSigner signer, const base::Clock& clock);

    [[nodiscard]] std::string UserToken(const Caller& caller) const;

    const rpc::UserContextSigner signer_;
    const base::Clock& clock_;
    std::unique_ptr<const WalletClient> wallets_;
    std::map<std::string, Chain, std::less<>> chains_;
    // Signed statements are reused for a third of their life.
    mutable TtlCache<std::string, std::string> tokens_;
};

}  // namespace gateway
