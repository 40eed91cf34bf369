#include "cryptoctl/session.h"

#include <cstdlib>
#include <string_view>

namespace cryptoctl {

namespace {

constexpr std::string_view kStandardApi = "http://127.0.0.1:8000";
constexpr std::chrono::seconds kDeadline{60};

std::string FromEnvironment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : std::string(value);
}

}  // namespace

base::Result<std::unique_ptr<Session>> Session::Open(const std::string& api,
                                                     std::filesystem::path store) {
    BASE_ASSIGN_OR_RETURN(auto stored, LoadCredentials(store));
    Credentials credentials = stored.value_or(Credentials());
    if (!api.empty()) {
        // Tokens of one server are no other server's business.
        if (api != credentials.api) {
            credentials = Credentials();
        }
        credentials.api = api;
    }
    if (credentials.api.empty()) {
        credentials.api = kStandardApi;
    }
    net::ClientOptions options;
    BASE_ASSIGN_OR_RETURN(options.tls, net::TlsContext::Client(FromEnvironment("CRYPTOCTL_CA")));
    return std::unique_ptr<Session>(
        new Session(std::move(options), std::move(store), std::move(credentials)));
}

Session::Session(net::ClientOptions options, std::filesystem::path store, Credentials credentials)
    : client_(threads_.context(), std::move(options)),
      store_(std::move(store)),
      credentials_(std::move(credentials)) {
    if (std::string token = FromEnvironment("CRYPTOCTL_TOKEN"); !token.empty()) {
        credentials_.token = std::move(token);
        given_ = true;
    }
}

base::Result<Reply> Session::Call(const Ask& ask) {
    BASE_ASSIGN_OR_RETURN(Reply reply, Send(ask));
    const bool stale = reply.status == 401 && !given_ && !credentials_.refresh_token.empty() &&
                       !ask.path.starts_with("/auth/login");
    if (stale && Refresh()) {
        return Send(ask);
    }
    return reply;
}

base::Result<Reply> Session::Send(const Ask& ask) {
    net::ClientRequest request;
    request.method = ask.method;
    request.url = credentials_.api + ask.path;
    request.deadline = kDeadline;
    if (!ask.body.is_null()) {
        request.headers.Add("Content-Type", "application/json");
        request.body = ask.body.dump();
    }
    if (!credentials_.token.empty()) {
        request.headers.Add("Authorization", "Bearer " + credentials_.token);
    }
    if (!ask.idempotency_key.empty()) {
        request.headers.Add("Idempotency-Key", ask.idempotency_key);
    }
    BASE_ASSIGN_OR_RETURN(const net::Response response, client_.SendBlocking(std::move(request)));
    Reply reply;
    reply.status = response.status;
    reply.body = Json::parse(response.body, nullptr, /*allow_exceptions=*/false);
    if (reply.body.is_discarded()) {
        reply.body = nullptr;
    }
    return reply;
}

bool Session::Refresh() {
    const Ask ask{
        net::Method::kPost, "/auth/refresh", {{"refresh_token", credentials_.refresh_token}}};
    const auto reply = Send(ask);
    return reply && reply->Good() && Keep(reply->body).has_value();
}

base::Result<> Session::Keep(const Json& answer) {
    credentials_.email = answer.value("email", credentials_.email);
    credentials_.token = answer.value("token", "");
    credentials_.refresh_token = answer.value("refresh_token", "");
    return SaveCredentials(store_, credentials_);
}

void Session::Forget() {
    credentials_.token.clear();
    credentials_.refresh_token.clear();
    RemoveCredentials(store_);
}

}  // namespace cryptoctl
