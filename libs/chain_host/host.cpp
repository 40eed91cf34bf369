#include "chain_host/host.h"

#include <optional>
#include <utility>

#include "base/hex.h"
#include "chain_host/boot.h"
#include "chain_host/grpc_gate.h"
#include "chain_host/rpc_node.h"
#include "follower/follower.h"
#include "net/http_client.h"
#include "observe/log.h"
#include "pg/pool.h"
#include "runtime/health.h"
#include "transfer/engine.h"

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
    options.on_error = [](std::string_view sqlstate, std::string_view message) {
        observe::Warn("the database refused a statement",
                      {{Key::kErrorCode, sqlstate}, {Key::kErrorDetail, message}});
    };
    auto& pool = daemon.Own<pg::Pool>(std::move(options));

    net::ClientOptions http;
    // Every thread of the gRPC pool and the engine may ask the node at once.
    http.connections_per_origin_max = kNodeConnectionsMax;
    BASE_ASSIGN_OR_RETURN(http.tls, net::TlsContext::Client());
    auto& client = daemon.Own<net::HttpClient>(daemon.io(), std::move(http));
    net::JsonRpcOptions rpc;
    rpc.chain = kit.chain_name;
    rpc.urls = config.node_urls;
    rpc.methods = kit.node_methods;
    auto& node = daemon.Own<RpcNode>(client, std::move(rpc), daemon.metrics());

    auto& reads = daemon.Own<SharedReads>(node, kit.shared_reads);
    BASE_ASSIGN_OR_RETURN(auto made, kit.make_chain(config.mode, reads));
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
    transfer::Settings settings;
    settings.lease = config.lease;
    settings.lease_renewal = config.lease * 3 / 10;
    settings.recovery = config.lease;  // what a dead process held is free after that time
    auto& engine = daemon.Own<transfer::Engine>(
        transfer::EngineParts{parts.chain, parts.gate, parts.pool, settings, {LogError, alarm}});
    follower::Options options;
    options.lease = config.lease;
    auto& follower = daemon.Own<follower::Follower>(
        follower::Parts{parts.chain, parts.gate, parts.pool, options, {LogError, alarm}});
    daemon.AddWorker("follower", [&follower](std::stop_token stop) { follower.Run(stop); });
    return engine;
}

}  // namespace

base::Result<Config> ReadConfig(config::Reader& reader, const ConfigNames& names) {
    Config config;
    const auto mode = chain::ParseMode(config::NetworkName(reader.network()));
    config.mode = mode ? *mode : chain::Mode::kDevnet;
    config.deployment_id = reader.Text("DEPLOYMENT_ID");
    config.database_url = reader.Secret(names.database_url);
    config.node_urls = reader.UrlList(names.node_urls);
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
                     gives ? kit.make_faucet(parts.chain) : Faucet(),
                     boot.open()});
    daemon.Serve(service, ChainService::AccessRules());

    daemon.AddCheck({.name = "postgres", .probe = [&pool = parts.pool] { return pool.Ping(); }});
    daemon.AddCheck({.name = "payments",
                     .probe = [&boot] { return boot.Check(); },
                     .interval = std::chrono::milliseconds(500)});
    daemon.AddCheck({.name = kit.chain_name + "-node",
                     .probe = [&chain = parts.chain]() -> base::Result<> {
                         BASE_RETURN_IF_ERROR(chain.GetHead());
                         return {};
                     },
                     .need = runtime::Need::kOptional});
    return {};
}

}  // namespace chain_host
