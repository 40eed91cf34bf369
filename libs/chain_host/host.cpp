#include "chain_host/host.h"

#include <optional>
#include <utility>

#include "base/hex.h"
#include "chain_host/boot.h"
#include "chain_host/grpc_gate.h"
#include "chain_host/order_reader.h"
#include "chain_host/rpc_node.h"
#include "follower/coin_ledger.h"
#include "follower/follower.h"
#include "follower/pool_watcher.h"
#include "net/http_client.h"
#include "observe/log.h"
#include "pg/pool.h"
#include "runtime/health.h"
#include "transfer/engine.h"
#include "transfer/pin.h"

namespace chain_host {

namespace {

constexpr std::size_t kNodeConnectionsMax = 512;

using observe::Key;

void LogError(std::string_view what, const base::Error& error) {
    observe::Warn(
        "a step of the money engine failed and will be tried again",
        {{Key::kName, what}, {Key::kErrorCode, error.reason}, {Key::kErrorDetail, error.detail}});
}

// Parts that the wiring below shares; owned by the daemon.
struct Wiring {
    pg::Pool& pool;
    RpcNode& node;
    chain::Chain& chain;
    GrpcGate& gate;
};

base::Result<Wiring> MakeParts(const Config& config, const ChainKit& kit, runtime::Daemon& daemon) {
    pg::PoolOptions options;
    options.url = std::string(config.database_url.Expose());
    options.connections_max = config.connections_max;
    options.on_error = [](std::string_view sqlstate, std::string_view message) {
        observe::Warn("the database refused a statement",
                      {{Key::kErrorCode, sqlstate}, {Key::kErrorDetail, message}});
    };
    auto& pool = daemon.Own<pg::Pool>(std::move(options));

    net::ClientOptions http;
    // Every thread of the gRPC pool and the engine may ask the node at once.
    http.connections_per_origin_max = kNodeConnectionsMax;
    http.proxies = config.proxies;
    BASE_ASSIGN_OR_RETURN(http.tls, net::TlsContext::Client());
    auto& client = daemon.Own<net::HttpClient>(daemon.io(), std::move(http));
    net::JsonRpcOptions rpc;
    rpc.chain = kit.chain_name;
    rpc.urls = config.node_urls;
    rpc.methods = kit.node_methods;
    rpc.user = config.node_user;
    rpc.password = config.node_password.Clone();
    rpc.cookie_file = config.node_cookie_file;
    rpc.numbers_as_text = kit.numbers_as_text;
    rpc.response_max = kit.answer_max;
    auto& node = daemon.Own<RpcNode>(client, std::move(rpc), kit.gathered_calls, daemon.metrics());

    auto& reads = daemon.Own<SharedReads>(node, kit.shared_reads);
    BASE_ASSIGN_OR_RETURN(const auto* info, chain::FindChain(kit.chain_name));
    auto& ledger =
        daemon.Own<follower::CoinLedger>(pool, std::string(chain::NetworkId(*info, config.mode)));
    BASE_ASSIGN_OR_RETURN(auto made, kit.make_chain({config.mode, reads, ledger}));
    auto& chain = daemon.Own<chain::Chain>(std::move(made));
    BASE_ASSIGN_OR_RETURN(
        auto peer,
        daemon.Connect("wallet-manager", config.wallet_manager_address, runtime::Need::kOptional));
    auto& gate = daemon.Own<GrpcGate>(std::move(peer), chain.parameters().network);
    return Wiring{pool, node, chain, gate};
}

transfer::Engine& MakeEngine(const Config& config, const Wiring& parts, runtime::Daemon& daemon) {
    const auto alarms = daemon.metrics().AddCounter(
        {"transfer_alarms_total", "Facts about payments that a person must see."});
    const auto alarm = [alarms](std::string_view what, const std::string& detail) {
        alarms.Increment();
        observe::Error("a payment needs a person",
                       {{Key::kName, what}, {Key::kErrorDetail, detail}});
    };
    auto settings = transfer::SettingsOf(parts.chain.parameters().slot);
    settings.lease = config.lease;
    settings.resign_after = config.renew_after;
    settings.lease_renewal = config.lease * 3 / 10;
    settings.recovery = config.lease;  // what a dead process held is free after that time
    auto& engine = daemon.Own<transfer::Engine>(transfer::EngineParts{
        parts.chain, parts.gate, parts.pool, settings, {LogError, alarm}, ReadStoredOrder});
    follower::Options options;
    options.lease = config.lease;
    if (parts.chain.parameters().slot != chain::SlotKind::kNonce) {
        options.balances_at_once = 0;  // nothing pays an address there without naming it
    }
    auto& follower = daemon.Own<follower::Follower>(
        follower::Parts{parts.chain, parts.gate, parts.pool, options, {LogError, alarm}});
    daemon.AddWorker("follower", [&follower](std::stop_token stop) { follower.Run(stop); });
    if (parts.chain.parameters().slot == chain::SlotKind::kCoins) {
        follower::PoolOptions pool;
        pool.lease = config.lease;
        pool.read_time = config.lease / 5;  // it is still ours when what was read is booked
        auto& watcher = daemon.Own<follower::PoolWatcher>(
            follower::PoolParts{parts.chain, parts.gate, parts.pool, pool, LogError});
        daemon.AddWorker("pool", [&watcher](std::stop_token stop) { watcher.Run(stop); });
    }
    return engine;
}

}  // namespace

base::Result<Config> ReadConfig(config::Reader& reader, const ConfigNames& names) {
    Config config;
    const auto mode = chain::ParseMode(config::NetworkName(reader.network()));
    config.mode = mode ? *mode : chain::Mode::kDevnet;
    config.deployment_id = reader.Text("DEPLOYMENT_ID");
    config.database_url = reader.Secret(names.database_url);
    config.connections_max = static_cast<std::size_t>(reader.Integer("DATABASE_CONNECTIONS_MAX"));
    config.node_urls = reader.UrlList(names.node_urls);
    if (!names.node_user.empty()) {
        config.node_user = reader.Text(names.node_user);
        config.node_password = reader.Secret(names.node_password);
        config.node_cookie_file = reader.Text(names.node_cookie_file);
    }
    if (!names.renew_after.empty() && config.mode == chain::Mode::kDevnet) {
        config.renew_after = reader.Duration(names.renew_after);
    }
    auto proxies = net::Proxies::Make(
        {reader.Url("HTTPS_PROXY"), reader.Url("HTTP_PROXY"), reader.List("NO_PROXY")});
    if (proxies) {
        config.proxies = std::move(*proxies);
    } else {
        reader.Refuse("HTTPS_PROXY", proxies.error().detail, "write http://host:port");
    }
    config.wallet_manager_address = reader.Text("WALLET_MANAGER_ADDRESS");
    config.mtls_dir = reader.Text("MTLS_DIR");
    config.lease = reader.Duration("TRANSFER_LEASE");
    const auto key = base::HexDecode(reader.Text("ORDER_VERIFY_KEY"));
    if (key && key->size() == config.order_key.size()) {
        config.order_key = base::ToArray<32>(*key);
    } else {
        reader.Refuse("ORDER_VERIFY_KEY",
                      "is not 64 hex digits",
                      "take the public half of the gateway's ORDER_SIGNING_KEY");
    }
    return config;
}

base::Result<> Assemble(const Config& config, const ChainKit& kit, runtime::Daemon& daemon) {
    BASE_ASSIGN_OR_RETURN(const Wiring parts, MakeParts(config, kit, daemon));
    auto& engine = MakeEngine(config, parts, daemon);
    auto& boot = daemon.Own<Boot>(parts.chain, parts.pool, engine);
    daemon.AddWorker("payments", [&boot](std::stop_token stop) { boot.Run(stop); });

    const bool gives = config.mode == chain::Mode::kDevnet && kit.make_faucet;
    auto& service = daemon.Own<ChainService>(
        ServiceParts{parts.chain,
                     parts.node,
                     engine,
                     parts.pool,
                     {config.order_key, config.deployment_id, parts.chain.parameters().network},
                     gives ? kit.make_faucet(parts.chain, parts.node) : Faucet(),
                     kit.gift_coins,
                     boot.open()});
    daemon.Serve(service, ChainService::AccessRules());

    daemon.AddCheck({.name = "postgres", .probe = [&pool = parts.pool] { return pool.Ping(); }});
    daemon.AddCheck({.name = "payments",
                     .probe = [&boot] { return boot.Check(); },
                     .interval = std::chrono::milliseconds(500)});
    daemon.AddCheck({.name = "sends",
                     .probe = [&pool = parts.pool,
                               &network = parts.chain.parameters().network]() -> base::Result<> {
                         BASE_ASSIGN_OR_RETURN(const auto stopped,
                                               transfer::SendsStoppedReason(pool, network));
                         return stopped.empty() ? base::Result<>()
                                                : base::Unavailable("sends_stopped", stopped)
                                                      .Remedy("see cryptoctl final-block show");
                     },
                     .need = runtime::Need::kOptional});
    daemon.AddCheck({.name = kit.chain_name + "-node",
                     .probe = [&chain = parts.chain]() -> base::Result<> {
                         BASE_RETURN_IF_ERROR(chain.GetHead());
                         return {};
                     },
                     .need = runtime::Need::kOptional});
    return {};
}

}  // namespace chain_host
