#include "component/api-gateway/fixture.h"

#include <atomic>

#include "api-gateway/app.h"
#include "base/hex.h"
#include "base/text.h"
#include "component/api-gateway/fake_chain.h"
#include "component/api-gateway/fake_wallets.h"
#include "crypto/ed25519.h"
#include "crypto/random.h"
#include "net/http_client.h"
#include "net/http_server.h"
#include "net/io_threads.h"
#include "observe/tracer.h"
#include "rpc/server.h"
#include "support/dev_certs.h"
#include "support/private_postgres.h"
#include "support/private_redis.h"
#include "support/temp_dir.h"

namespace gateway_test {

namespace {

secret::Bytes Seed(std::uint8_t fill) {
    secret::Bytes seed(32);
    for (std::uint8_t& byte : seed.Fill()) {
        byte = fill;
    }
    return seed;
}

auth::OrderTrust Trust() {
    return {*crypto::Ed25519PublicKeyOf(Seed(1)), kDeployment, kNetwork};
}

// Every method of the service, for the gateway alone.
std::vector<rpc::AccessRule> GatewayMayCall(const google::protobuf::ServiceDescriptor& service) {
    std::vector<rpc::AccessRule> rules;
    for (int index = 0; index < service.method_count(); ++index) {
        rules.push_back(
            {"/" + service.full_name() + "/" + service.method(index)->name(), {"api-gateway"}, ""});
    }
    return rules;
}

struct Fake {
    std::string identity;
    std::string address;
};

std::unique_ptr<rpc::Server> Serve(const Fake& fake,
                                   rpc::ServiceBase& service,
                                   const google::protobuf::ServiceDescriptor& descriptor,
                                   rpc::Observer observer) {
    const std::string& identity = fake.identity;
    rpc::ServerOptions options;
    options.address = fake.address;
    options.mtls_dir = support::DevCerts() / identity;
    options.dispatcher.access = GatewayMayCall(descriptor);
    options.dispatcher.users =
        *rpc::UserContextVerifier::Make(base::HexEncode(*crypto::Ed25519PublicKeyOf(Seed(2))));
    options.dispatcher.pool = {identity.substr(0, 15), 16, 1024};
    auto server = std::make_unique<rpc::Server>(std::move(options), observer);
    server->Add(service);
    const auto started = server->Start();
    EXPECT_TRUE(started.has_value()) << started.error().detail;
    return server;
}

gateway::RatePermits ManyPermits() {
    gateway::RatePermits permits;
    for (const gateway::RateClass rate_class : gateway::kRateClasses) {
        permits[rate_class] = 1'000'000;
    }
    return permits;
}

}  // namespace

struct Stack::State {
    State() : postgres({.fsync = false}) {
        chain_server = Serve({"ethereum-service", Address("chain")},
                             chain,
                             *chain_v1::EstimateTransferRequest::descriptor()->file()->service(0),
                             observer);
        wallet_server =
            Serve({"wallet-manager", Address("wallets")},
                  wallets,
                  *wallet_v1::EnsureWalletRequest::descriptor()->file()->FindServiceByName(
                      "WalletService"),
                  observer);
    }

    [[nodiscard]] std::string Address(const std::string& name) const {
        return "unix:" + (folder.path() / (name + ".sock")).string();
    }

    support::TempDir folder;
    support::PrivatePostgres postgres;
    support::PrivateRedis redis;
    observe::Metrics metrics;
    observe::Tracer tracer{{}, metrics};
    rpc::Observer observer{metrics, tracer};
    FakeChain chain{Trust()};
    FakeWallets wallets;
    std::unique_ptr<rpc::Server> chain_server;
    std::unique_ptr<rpc::Server> wallet_server;
    net::IoThreads client_threads{2};
    net::HttpClient client{client_threads.context(), {}};
};

Stack& Stack::Get() {
    static Stack stack;
    return stack;
}

Stack::Stack() : state_(std::make_unique<State>()) {}

Stack::~Stack() = default;

support::PrivatePostgres& Stack::postgres() {
    return state_->postgres;
}

support::PrivateRedis& Stack::redis() {
    return state_->redis;
}

FakeChain& Stack::chain() {
    return state_->chain;
}

FakeWallets& Stack::wallets() {
    return state_->wallets;
}

struct Gateway::State {
    gateway::Config config;
    std::unique_ptr<pg::Pool> pool;
    std::unique_ptr<redis::Client> redis;
    net::IoThreads threads{2};
    std::unique_ptr<gateway::App> app;
    std::unique_ptr<net::HttpServer> server;
};

Gateway::Gateway(const std::function<void(gateway::Config&)>& change, bool with_redis)
    : state_(std::make_unique<State>()) {
    Stack::State& stack = *Stack::Get().state_;
    gateway::Config& config = state_->config;
    config.deployment_id = kDeployment;
    config.jwt_keys.push_back(auth::MakeJwtKey(secret::String("a-secret-of-more-than-32-bytes!!")));
    config.api_key_hash_key = Seed(3);
    config.order_signing_key = Seed(1);
    config.totp_key = Seed(4);
    config.context_signing_key = Seed(2);
    config.bcrypt_cost = 4;
    config.permits = ManyPermits();
    config.wallet_manager_address = stack.Address("wallets");
    config.chain_addresses["ethereum"] = stack.Address("chain");
    if (change) {
        change(config);
    }
    pg::PoolOptions options;
    options.url = stack.postgres.Url("api_gateway");
    state_->pool = std::make_unique<pg::Pool>(std::move(options));
    if (with_redis) {
        redis::ClientOptions redis_options;
        redis_options.url = stack.redis.Url();
        state_->redis = *redis::Client::Create(std::move(redis_options));
        EXPECT_TRUE(state_->redis->WaitConnected(std::chrono::seconds(5)));
    }
    const gateway::Connect connect = [&stack](const std::string& service,
                                              const std::string& address) {
        return rpc::Peer::Make({service, address, support::DevCerts() / "api-gateway"},
                               stack.observer);
    };
    auto app = gateway::App::Make({config, base::SystemClock(), *state_->pool, state_->redis.get()},
                                  connect);
    EXPECT_TRUE(app.has_value());
    state_->app = std::move(*app);
    net::ServerOptions server;
    server.listen.push_back({});
    server.access_log = false;
    server.handler = [app = state_->app.get()](net::Request request,
                                               observe::RequestContext context) {
        return app->Handle(std::move(request), std::move(context));
    };
    auto started =
        net::HttpServer::Start(state_->threads.context(), std::move(server), stack.metrics);
    EXPECT_TRUE(started.has_value());
    state_->server = std::move(*started);
}

Gateway::~Gateway() {
    state_->server->Drain(std::chrono::seconds(5));
}

gateway::App& Gateway::app() {
    return *state_->app;
}

const gateway::Config& Gateway::config() const {
    return state_->config;
}

std::string Gateway::Url() const {
    return "http://127.0.0.1:" + std::to_string(state_->server->ports().front());
}

Reply Gateway::Call(const std::string& method,
                    const std::string& path,
                    const Json& body,
                    const HeaderMap& headers) {
    return CallRaw(method, path, body.is_null() ? std::string() : body.dump(), headers);
}

Reply Gateway::CallRaw(const std::string& method,
                       const std::string& path,
                       const std::string& body,
                       const HeaderMap& headers) {
    net::ClientRequest request;
    request.method = *net::ParseMethod(method);
    request.url = Url() + path;
    request.body = body;
    request.deadline = std::chrono::seconds(60);
    if (!body.empty()) {
        request.headers.Add("Content-Type", "application/json");
    }
    for (const auto& [name, value] : headers) {
        request.headers.Set(name, value);
    }
    auto answer = Stack::Get().state_->client.SendBlocking(std::move(request));
    Reply reply;
    if (!answer) {
        ADD_FAILURE() << answer.error().reason << ": " << answer.error().detail;
        return reply;
    }
    reply.status = answer->status;
    reply.text = answer->body;
    reply.body = Json::parse(answer->body, nullptr, /*allow_exceptions=*/false);
    if (reply.body.is_discarded()) {
        reply.body = nullptr;
    }
    for (const auto& [name, value] : answer->headers) {
        reply.headers[base::ToLower(name)] = value;
    }
    return reply;
}

Gateway& GatewayTest::gateway() {
    if (!Shared()) {
        Shared() = std::make_unique<Gateway>();
    }
    return *Shared();
}

std::unique_ptr<Gateway>& GatewayTest::Shared() {
    static_cast<void>(Stack::Get());
    static std::unique_ptr<Gateway> shared;
    return shared;
}

User GatewayTest::NewUser() {
    User user;
    user.email = NewEmail();
    const Reply reply =
        gateway().Call("POST", "/auth/register", {{"email", user.email}, {"password", kPassword}});
    EXPECT_EQ(reply.status, 201) << reply.text;
    user.id = reply.body.value("user_id", "");
    user.token = reply.body.value("token", "");
    user.refresh_token = reply.body.value("refresh_token", "");
    return user;
}

User GatewayTest::NewUserOfRole(const std::string& role) {
    User user = NewUser();
    Sql("UPDATE users SET role = '" + role + "' WHERE id = '" + user.id + "'");
    const Reply reply =
        gateway().Call("POST", "/auth/login", {{"email", user.email}, {"password", kPassword}});
    user.token = reply.body.value("token", "");
    return user;
}

std::string GatewayTest::Sql(const std::string& statements) {
    return Stack::Get().postgres().Sql(statements);
}

std::string NewEmail() {
    return "user-" + base::HexEncode(crypto::RandomArray<8>()) + "@example.com";
}

}  // namespace gateway_test
