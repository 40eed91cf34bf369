// Everything the gateway reads from its environment, checked once at start.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "api-gateway/web/rate_class.h"
#include "auth/jwt.h"
#include "base/result.h"
#include "chain/catalog.h"
#include "config/reader.h"
#include "net/ip_ranges.h"
#include "secret/secret.h"

namespace gateway {

enum class Registration { kOpen, kInvite, kClosed };

struct Config {
    std::string tls_cert;  // both empty = plain HTTP
    std::string tls_key;
    net::IpRanges trusted_proxies;
    chain::Mode mode = chain::Mode::kDevnet;
    std::string deployment_id;
    Registration registration = Registration::kOpen;

    std::vector<auth::JwtKey> jwt_keys;  // the first one signs
    std::chrono::milliseconds jwt_ttl = std::chrono::minutes(15);
    std::chrono::milliseconds refresh_ttl = std::chrono::hours(24 * 30);
    secret::Bytes api_key_hash_key;
    secret::Bytes order_signing_key;
    secret::Bytes context_signing_key;
    secret::Bytes totp_key;  // empty = no second factors
    unsigned bcrypt_cost = 12;

    secret::String database_url;
    std::size_t database_connections_max = 20;
    secret::String redis_url;  // empty = limits are counted in this process

    std::string wallet_manager_address;
    std::map<std::string, std::string> chain_addresses;  // of the chains that have a daemon
    RatePermits permits;
    std::string swagger_ui_dir;  // empty = /docs links to the OpenAPI file alone
};

// Errors: every problem at once, as config::Reader reports them.
[[nodiscard]] base::Result<Config> ReadConfig(config::Reader& reader);

[[nodiscard]] std::string_view RegistrationName(Registration registration);

}  // namespace gateway
