// The gateway in process over real sockets: private Postgres and Redis, fake daemons behind real
// gRPC with mutual TLS, real HTTP in front.
#pragma once

#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "api-gateway/config.h"

namespace support {
class PrivatePostgres;
class PrivateRedis;
}  // namespace support

namespace gateway {
class App;
}

namespace gateway_test {

class FakeChain;
class FakeWallets;

using Json = nlohmann::json;
using HeaderMap = std::map<std::string, std::string>;

inline constexpr const char* kPassword = "SecurePassword123!";

struct Reply {
    int status = 0;
    Json body;  // null where the body is not JSON
    std::string text;
    HeaderMap headers;  // names in lower case

    [[nodiscard]] std::string Code() const { return body.value("code", ""); }
};

// The servers that all tests of a program share.
class Stack {
public:
    static Stack& Get();
    ~Stack();

    support::PrivatePostgres& postgres();
    support::PrivateRedis& redis();
    FakeChain& chain();
    FakeWallets& wallets();

private:
    friend class Gateway;
    struct State;

    Stack();
    std::unique_ptr<State> state_;
};

// One gateway with its own configuration, on a free port.
class Gateway {
public:
    // `change` is applied to a configuration with limits far above what tests use.
    explicit Gateway(const std::function<void(gateway::Config&)>& change = {},
                     bool with_redis = true);
    ~Gateway();

    [[nodiscard]] gateway::App& app();
    [[nodiscard]] const gateway::Config& config() const;
    // http://127.0.0.1:port
    [[nodiscard]] std::string Url() const;

    // `path` with its query. A body that is null is not sent.
    [[nodiscard]] Reply Call(const std::string& method,
                             const std::string& path,
                             const Json& body = nullptr,
                             const HeaderMap& headers = {});
    // The body as it is.
    [[nodiscard]] Reply CallRaw(const std::string& method,
                                const std::string& path,
                                const std::string& body,
                                const HeaderMap& headers = {});

private:
    struct State;
    std::unique_ptr<State> state_;
};

struct User {
    std::string id;
    std::string email;
    std::string token;
    std::string refresh_token;

    [[nodiscard]] HeaderMap Auth() const { return {{"Authorization", "Bearer " + token}}; }

    [[nodiscard]] HeaderMap AuthWithKey(const std::string& key) const {
        HeaderMap headers = Auth();
        headers["Idempotency-Key"] = key;
        return headers;
    }
};

class GatewayTest : public ::testing::Test {
protected:
    [[nodiscard]] Gateway& gateway();

    // A fresh user, registered over HTTP.
    [[nodiscard]] User NewUser();
    // One whose role was set in the database, signed in.
    [[nodiscard]] User NewUserOfRole(const std::string& role);

    static std::string Sql(const std::string& statements);

private:
    static std::unique_ptr<Gateway>& Shared();
};

[[nodiscard]] std::string NewEmail();

}  // namespace gateway_test
