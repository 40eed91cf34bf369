// What the handlers share, and the way of a request to its handler. Made once, lives as long as the
// server.
#pragma once

#include <memory>
#include <utility>

#include <boost/asio/awaitable.hpp>

#include "api-gateway/config.h"
#include "api-gateway/web/authenticator.h"
#include "api-gateway/web/backends.h"
#include "api-gateway/web/limiter.h"
#include "api-gateway/web/router.h"
#include "base/clock.h"
#include "net/worker_pool.h"
#include "pg/pool.h"
#include "redis/client.h"

namespace gateway {

class App {
public:
    struct Parts {
        const Config& config;
        const base::Clock& clock;
        pg::Pool& database;
        redis::Client* redis = nullptr;  // null: limits are counted in this process
    };

    // Errors: those of Backends::Make.
    [[nodiscard]] static base::Result<std::unique_ptr<App>> Make(Parts parts,
                                                                 const Connect& connect);

    // One request, from its path to its answer. What net::HttpServer calls.
    [[nodiscard]] boost::asio::awaitable<net::Response> Handle(net::Request request,
                                                               observe::RequestContext context);

    [[nodiscard]] const Config& config() const { return parts_.config; }

    [[nodiscard]] const base::Clock& clock() const { return parts_.clock; }

    [[nodiscard]] pg::Pool& database() { return parts_.database; }

    // Threads for SQL, and for bcrypt alone.
    [[nodiscard]] net::WorkerPool& sql() { return sql_; }

    [[nodiscard]] net::WorkerPool& hashing() { return hashing_; }

    [[nodiscard]] Authenticator& authenticator() { return authenticator_; }

    [[nodiscard]] Limiter& limiter() { return limiter_; }

    [[nodiscard]] const Backends& backends() const { return *backends_; }

    // Work that must be over before the answer may be used again, run on the SQL threads:
    //     auto work = [&app, id] { return FindUser(app.database(), id); };
    //     auto user = co_await app.Sql(std::move(work));
    template <class Work>
    [[nodiscard]] auto Sql(Work work) {
        return sql_.Run(std::move(work));
    }

private:
    App(Parts parts, std::unique_ptr<Backends> backends);

    [[nodiscard]] boost::asio::awaitable<base::Result<net::Response>> Pass(Call& call);
    [[nodiscard]] boost::asio::awaitable<base::Result<>> Admit(Call& call,
                                                               net::Headers& rate_headers);

    const Parts parts_;
    const Router router_;
    net::WorkerPool sql_;
    net::WorkerPool hashing_;
    Limiter limiter_;
    std::unique_ptr<Backends> backends_;
    Authenticator authenticator_;
};

}  // namespace gateway
