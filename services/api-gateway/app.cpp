#include "api-gateway/app.h"

#include <algorithm>
#include <thread>

#include "api-gateway/routes.h"
#include "net/problem.h"

namespace gateway {

namespace {

using boost::asio::awaitable;

constexpr std::size_t kSqlQueueMax = 1'024;
constexpr std::size_t kHashingQueueMax = 32;

std::size_t HashingThreads() {
    return std::max<std::size_t>(1, std::thread::hardware_concurrency() / 2);
}

bool ChangesSomething(net::Method method) {
    return method != net::Method::kGet && method != net::Method::kHead;
}

// A page of another site can make a browser send our cookie, but not read the token.
base::Result<> CheckCsrf(const Call& call) {
    if (!call.caller.browser || !ChangesSomething(call.request.method)) {
        return {};
    }
    const auto token = call.request.headers.Find("X-CSRF-Token");
    if (!token ||
        !secret::ConstantTimeEqual(base::AsBytes(*token), base::AsBytes(call.caller.csrf_token))) {
        return base::PermissionDenied("csrf_failed", "the X-CSRF-Token header is missing or wrong");
    }
    return {};
}

void AddSecurityHeaders(net::Response& response, const net::Request& request) {
    response.headers.Set("X-Content-Type-Options", "nosniff");
    response.headers.Set("Referrer-Policy", "no-referrer");
    if (!response.headers.Find("Cache-Control")) {
        response.headers.Set("Cache-Control", "no-store");
    }
    if (!response.headers.Find("Content-Security-Policy")) {
        response.headers.Set("Content-Security-Policy",
                             "default-src 'none'; frame-ancestors 'none'");
    }
    if (request.tls) {
        response.headers.Set("Strict-Transport-Security", "max-age=31536000");
    }
}

}  // namespace

App::App(Parts parts, std::unique_ptr<Backends> backends)
    : parts_(parts),
      router_(Routes()),
      sql_(parts.config.database_connections_max, kSqlQueueMax),
      hashing_(HashingThreads(), kHashingQueueMax),
      limiter_(parts.redis, parts.config.permits),
      backends_(std::move(backends)),
      authenticator_({parts.config, parts.clock, parts.database, sql_}) {}

base::Result<std::unique_ptr<App>> App::Make(Parts parts, const Connect& connect) {
    BASE_ASSIGN_OR_RETURN(auto backends, Backends::Make(parts.config, parts.clock, connect));
    return std::unique_ptr<App>(new App(parts, std::move(backends)));
}

awaitable<net::Response> App::Handle(net::Request request, observe::RequestContext context) {
    Call call;
    call.request = std::move(request);
    call.trace = std::move(context);
    net::Headers rate_headers;
    auto admitted = co_await Admit(call, rate_headers);
    base::Result<net::Response> answer = net::Response();
    if (admitted) {
        answer = co_await Pass(call);
    } else {
        answer = admitted.error();
    }
    net::Response response =
        answer ? std::move(*answer)
               : net::ProblemResponse(answer.error(), call.trace, call.request.path, call.faults);
    if (!answer && answer.error().reason == "method_not_allowed") {
        response.headers.Set("Allow", answer.error().metadata.at("allow"));
    }
    for (const auto& [name, value] : rate_headers) {
        response.headers.Set(name, value);
    }
    AddSecurityHeaders(response, call.request);
    response.route = call.trace.route;
    response.user_id = call.trace.user_id;
    co_return response;
}

// Everything that may refuse a request before its handler sees it.
awaitable<base::Result<>> App::Admit(Call& call, net::Headers& rate_headers) {
    auto match = router_.Find(call.request.method, call.request.path);
    if (!match) {
        co_return match.error();
    }
    const Route& route = *match->route;
    call.route = &route;
    call.path = std::move(match->path);
    call.trace.route = route.pattern;
    call.deadline = std::chrono::system_clock::now() + Budget(route.rate);
    auto query = net::Parameters::Parse(call.request.query);
    if (!query) {
        co_return query.error();
    }
    call.query = std::move(*query);
    BASE_CO_RETURN_IF_ERROR(call.query.OnlyKnown(route.query));

    net::Response headers;
    if (!IsPerUser(route.rate)) {
        const auto decision = co_await limiter_.CountAddress(route.rate, call.request.remote_ip);
        AddRateHeaders(headers, route.rate, decision);
        rate_headers = headers.headers;
        BASE_CO_RETURN_IF_ERROR(RefusalOf(decision));
    }
    if (route.access.open) {
        co_return base::Result<>();
    }
    auto caller = co_await authenticator_.Authenticate(call.request);
    if (caller) {
        call.caller = std::move(*caller);
    }
    base::Result<> allowed = caller ? auth::CheckAccess(route.access, call.caller.rights)
                                    : base::Result<>(caller.error());
    if (!allowed && allowed.error().kind == base::ErrorKind::kUnauthenticated) {
        // Guessing tokens costs the address what open endpoints cost it.
        const auto decision =
            co_await limiter_.CountAddress(RateClass::kOpen, call.request.remote_ip);
        BASE_CO_RETURN_IF_ERROR(RefusalOf(decision));
    }
    BASE_CO_RETURN_IF_ERROR(allowed);
    call.trace.user_id = call.caller.user->id.ToString();
    if (IsPerUser(route.rate)) {
        const auto decision = co_await limiter_.CountUser(route.rate, *call.caller.user);
        AddRateHeaders(headers, route.rate, decision);
        rate_headers = headers.headers;
        BASE_CO_RETURN_IF_ERROR(RefusalOf(decision));
    }
    BASE_CO_RETURN_IF_ERROR(CheckCsrf(call));
    if (call.caller.user->must_change_password && !route.with_one_time_password) {
        co_return base::PermissionDenied("password_change_required",
                                         "this password was for one sign-in");
    }
    co_return base::Result<>();
}

awaitable<base::Result<net::Response>> App::Pass(Call& call) {
    co_return co_await call.route->handler(*this, call);
}

}  // namespace gateway
