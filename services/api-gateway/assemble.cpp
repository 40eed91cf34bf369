#include "api-gateway/assemble.h"

#include <memory>
#include <utility>

#include "api-gateway/app.h"
#include "api-gateway/retention.h"
#include "api-gateway/routes.h"
#include "base/clock.h"
#include "net/http_server.h"
#include "net/tls.h"
#include "observe/log.h"
#include "pg/checks.h"
#include "pg/pool.h"
#include "redis/client.h"

namespace gateway {

namespace {

pg::Pool& OwnDatabase(const Config& config, runtime::Daemon& daemon) {
    pg::PoolOptions options;
    options.url = std::string(config.database_url.Expose());
    options.connections_max = config.database_connections_max;
    options.on_in_use =
        [gauge = daemon.metrics().AddGauge({"db_pool_in_use", "Postgres connections in use."})](
            std::size_t count) { gauge.Set(static_cast<std::int64_t>(count)); };
    options.on_error = [](std::string_view sqlstate, std::string_view message) {
        observe::Error(
            "database error",
            {{observe::Key::kErrorCode, sqlstate}, {observe::Key::kErrorDetail, message}});
    };
    auto& pool = daemon.Own<pg::Pool>(std::move(options));
    daemon.AddCheck({"postgres", [&pool] { return pool.Ping(); }});
    daemon.AddCheck(
        {"migrations", [&pool] { return pg::CheckMigrations(pool, pg::KnownMigrations()); }});
    return pool;
}

base::Result<redis::Client*> OwnRedis(const Config& config, runtime::Daemon& daemon) {
    if (config.redis_url.empty()) {
        return static_cast<redis::Client*>(nullptr);
    }
    redis::ClientOptions options;
    options.url = std::string(config.redis_url.Expose());
    options.on_connection = [](bool connected, std::string_view reason) {
        if (connected) {
            observe::Info("redis connected");
        } else {
            observe::Warn("redis gone", {{observe::Key::kErrorDetail, reason}});
        }
    };
    BASE_ASSIGN_OR_RETURN(auto made, redis::Client::Create(std::move(options)));
    auto& client = daemon.Own(std::move(made));
    daemon.AddCheck({"redis",
                     [&client]() -> base::Result<> {
                         if (!client.Connected()) {
                             return base::Unavailable("redis_unavailable", "Redis does not answer")
                                 .Remedy("start Redis; until then each process limits on its own");
                         }
                         return {};
                     },
                     runtime::Need::kOptional});
    return &client;
}

base::Result<net::ServerOptions> HttpOptions(const Config& config,
                                             const runtime::Settings& settings,
                                             App& app) {
    net::ServerOptions options;
    net::Listen listen{settings.bind_host, settings.http_port};
    if (!config.tls_cert.empty()) {
        BASE_ASSIGN_OR_RETURN(listen.tls, net::TlsContext::Server(config.tls_cert, config.tls_key));
    }
    options.listen.push_back(std::move(listen));
    options.trusted_proxies = config.trusted_proxies;
    options.handler = [&app](net::Request request, observe::RequestContext context) {
        return app.Handle(std::move(request), std::move(context));
    };
    for (const Route& route : Routes()) {
        options.routes.emplace_back(route.method, route.pattern);
    }
    return options;
}

}  // namespace

base::Result<> Assemble(Config& config, runtime::Daemon& daemon) {
    pg::Pool& database = OwnDatabase(config, daemon);
    BASE_ASSIGN_OR_RETURN(redis::Client* const redis, OwnRedis(config, daemon));
    const Connect connect = [&daemon](const std::string& service, const std::string& address) {
        return daemon.Connect(service, address, runtime::Need::kOptional);
    };
    BASE_ASSIGN_OR_RETURN(auto made,
                          App::Make({config, base::SystemClock(), database, redis}, connect));
    App& app = daemon.Own(std::move(made));
    BASE_ASSIGN_OR_RETURN(auto http, HttpOptions(config, daemon.settings(), app));
    daemon.ServeHttp(std::move(http));
    daemon.AddWorker("retention", [&app](const std::stop_token& stop) { KeepTidy(app, stop); });
    return {};
}

}  // namespace gateway
