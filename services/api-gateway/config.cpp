#include "api-gateway/config.h"

#include "secret/hex.h"

namespace gateway {

namespace {

chain::Mode ModeOf(config::Network network) {
    switch (network) {
        case config::Network::kDevnet:
            return chain::Mode::kDevnet;
        case config::Network::kTestnet:
            return chain::Mode::kTestnet;
        case config::Network::kMainnet:
            return chain::Mode::kMainnet;
    }
    return chain::Mode::kDevnet;
}

Registration ReadRegistration(config::Reader& reader, chain::Mode mode) {
    const std::string text = reader.Text("REGISTRATION");
    if (text == RegistrationName(Registration::kInvite)) {
        return Registration::kInvite;
    }
    const bool open = text.empty() ? mode != chain::Mode::kMainnet
                                   : text == RegistrationName(Registration::kOpen);
    return open ? Registration::kOpen : Registration::kClosed;
}

// An empty or wrong value was reported by the reader already.
secret::Bytes ReadKey(config::Reader& reader, std::string_view name) {
    auto bytes = secret::FromHex(reader.Secret(name).Expose());
    return bytes ? std::move(*bytes) : secret::Bytes();
}

void ReadJwtKeys(config::Reader& reader, std::vector<auth::JwtKey>& keys) {
    for (const char* name : {"JWT_SECRET", "JWT_SECRET_PREVIOUS"}) {
        const secret::String secret = reader.Secret(name);
        if (!secret.empty()) {
            keys.push_back(auth::MakeJwtKey(secret));
        }
    }
}

RatePermits ReadPermits(config::Reader& reader) {
    RatePermits permits;
    for (const RateClass rate_class : kRateClasses) {
        std::string name = "RATE_LIMIT_";
        for (const char letter : RateClassName(rate_class)) {
            name += static_cast<char>(letter - 'a' + 'A');
        }
        name += rate_class == RateClass::kSecret ? "_PER_HOUR" : "_PER_MINUTE";
        permits[rate_class] = static_cast<std::uint32_t>(reader.Integer(name));
    }
    return permits;
}

}  // namespace

base::Result<Config> ReadConfig(config::Reader& reader) {
    Config config;
    config.tls_cert = reader.Text("TLS_CERT");
    config.tls_key = reader.Text("TLS_KEY");
    if (config.tls_cert.empty() != config.tls_key.empty()) {
        reader.Refuse(config.tls_cert.empty() ? "TLS_CERT" : "TLS_KEY",
                      "is missing while its counterpart is set",
                      "set both for HTTPS, or neither");
    }
    auto proxies = net::IpRanges::Parse(reader.List("TRUSTED_PROXIES"));
    if (proxies) {
        config.trusted_proxies = std::move(*proxies);
    } else {
        reader.Refuse("TRUSTED_PROXIES", proxies.error().detail, "write 10.0.0.0/8,192.0.2.7");
    }
    config.mode = ModeOf(reader.network());
    config.deployment_id = reader.Text("DEPLOYMENT_ID");
    config.registration = ReadRegistration(reader, config.mode);
    ReadJwtKeys(reader, config.jwt_keys);
    config.jwt_ttl = reader.Duration("JWT_TTL");
    config.refresh_ttl = reader.Duration("REFRESH_TTL");
    config.api_key_hash_key = ReadKey(reader, "API_KEY_HASH_KEY");
    config.order_signing_key = ReadKey(reader, "ORDER_SIGNING_KEY");
    config.context_signing_key = ReadKey(reader, "CONTEXT_SIGNING_KEY");
    config.totp_key = ReadKey(reader, "TOTP_KEY");
    config.database_url = reader.Secret("API_GATEWAY_DATABASE_URL");
    config.database_connections_max =
        static_cast<std::size_t>(reader.Integer("DATABASE_CONNECTIONS_MAX"));
    config.redis_url = reader.Secret("REDIS_URL");
    config.wallet_manager_address = reader.Text("WALLET_MANAGER_ADDRESS");
    config.chain_addresses = reader.ServiceAddresses();
    config.permits = ReadPermits(reader);
    config.swagger_ui_dir = reader.Text("SWAGGER_UI_DIR");
    BASE_RETURN_IF_ERROR(reader.Finish());
    return config;
}

std::string_view RegistrationName(Registration registration) {
    switch (registration) {
        case Registration::kOpen:
            return "open";
        case Registration::kInvite:
            return "invite";
        case Registration::kClosed:
            return "closed";
    }
    return "";
}

}  // namespace gateway
