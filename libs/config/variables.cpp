// The one table of all configuration. A new variable is a row here and a getter call in its
// daemon; .env.example and README.md's table follow by themselves.
#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "config/variable.h"

namespace config {

namespace {

constexpr std::int64_t kSecond = 1'000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::string_view kPostgres = "postgresql,postgres";
constexpr std::string_view kHttp = "http,https";
constexpr std::string_view kChainDaemons =
    "ethereum-service,bitcoin-service,zcash-service,binance-service,solana-service";
constexpr std::string_view kOrderReaders =
    "wallet-manager,ethereum-service,bitcoin-service,zcash-service,binance-service,solana-service";
// Everything with a gRPC listener.
constexpr std::string_view kInsideDaemons =
    "wallet-manager,ethereum-service,bitcoin-service,zcash-service,binance-service,solana-service";
constexpr std::string_view kDatabaseUsers =
    "api-gateway,wallet-manager,ethereum-service,bitcoin-service,zcash-service,binance-service,"
    "solana-service";

struct Row : Variable {
    constexpr Row(std::string_view row_name,
                  Type row_type,
                  std::string_view row_services,
                  std::string_view row_help) {
        name = row_name;
        type = row_type;
        services = row_services;
        help = row_help;
    }

    [[nodiscard]] constexpr Row Standard(std::string_view text) const {
        Row row = *this;
        row.standard = text;
        return row;
    }

    [[nodiscard]] constexpr Row Needed(Need how) const {
        Row row = *this;
        row.need = how;
        return row;
    }

    [[nodiscard]] constexpr Row Range(std::int64_t lowest, std::int64_t highest) const {
        Row row = *this;
        row.min = lowest;
        row.max = highest;
        return row;
    }

    [[nodiscard]] constexpr Row Accepts(std::string_view list) const {
        Row row = *this;
        row.accepts = list;
        return row;
    }

    [[nodiscard]] constexpr Row Numbered() const {
        Row row = *this;
        row.numbered = true;
        return row;
    }
};

constexpr Row HttpPort(std::string_view name, std::string_view standard, std::string_view service) {
    return Row(name, Type::kInteger, service, "HTTP port: health and metrics; 0 takes a free one.")
        .Standard(standard)
        .Range(0, 65535);
}

constexpr Row GrpcListen(std::string_view name,
                         std::string_view standard,
                         std::string_view service) {
    return Row(name, Type::kAddress, service, "Where the daemon's gRPC listens.")
        .Standard(standard);
}

constexpr Row Address(std::string_view name, std::string_view standard, std::string_view services) {
    return Row(name, Type::kAddress, services, "Where the daemon's gRPC is called.")
        .Standard(standard);
}

constexpr Row ChainAddress(std::string_view name, std::string_view standard) {
    return Address(name, standard, "api-gateway,wallet-manager").Accepts("off");
}

constexpr Row DatabaseUrl(std::string_view name, std::string_view service) {
    return Row(name, Type::kSecretUrl, service, "Postgres as this daemon's own role.")
        .Accepts(kPostgres)
        .Needed(Need::kRequired);
}

constexpr Row VerifyKey(std::string_view name, std::string_view services, std::string_view help) {
    return Row(name, Type::kText, services, help).Needed(Need::kRequired);
}

constexpr Row RateLimit(std::string_view name, std::string_view standard, std::string_view help) {
    return Row(name, Type::kInteger, "api-gateway", help).Standard(standard).Range(1, 1'000'000);
}

constexpr std::array kGeneral{
    Row("CHAIN_NETWORK", Type::kChoice, "all", "Which networks the platform works on.")
        .Standard("devnet")
        .Accepts("devnet,testnet,mainnet"),
    Row("DEPLOYMENT_ID",
        Type::kText,
        "all",
        "UUID of this installation; orders of another one are refused.")
        .Needed(Need::kRequired),
    Row("LOG_LEVEL", Type::kChoice, "all", "The least severe lines that are written.")
        .Standard("info")
        .Accepts("error,warn,info,debug,trace"),
    Row("LOG_FORMAT", Type::kChoice, "all", "One JSON object a line, or text for a terminal.")
        .Standard("json")
        .Accepts("json,pretty"),
    Row("CONFIG_FILE",
        Type::kPath,
        "all",
        "File of NAME=value lines with what the environment does not set; containers have one."),
    Row("BIND_HOST", Type::kText, "all", "The IP address that the HTTP ports listen on.")
        .Standard("127.0.0.1"),
    Row("MTLS_DIR",
        Type::kPath,
        "all",
        "Folder with ca.pem, cert.pem and key.pem: this daemon's identity among the others."),
    Row("GRPC_REFLECTION", Type::kFlag, "all", "Answers `grpcurl list`; off in production.")
        .Standard("false"),
    Row("METRICS_ALLOW",
        Type::kList,
        "all",
        "Addresses or CIDR ranges that may read /metrics and the details of /health.")
        .Standard("127.0.0.0/8,::1"),
    Row("OTEL_EXPORTER_OTLP_ENDPOINT",
        Type::kUrl,
        "all",
        "Collector of traces (OTLP over HTTP, JSON); none: tracing is off.")
        .Accepts(kHttp),
};

constexpr std::array kStorage{
    Row("POSTGRES_PASSWORD", Type::kSecret, "scripts", "Password of the database's owner."),
    Row("DATABASE_URL",
        Type::kSecretUrl,
        "scripts",
        "Postgres as its owner, for migrations alone; daemons use their own roles below.")
        .Accepts(kPostgres),
    DatabaseUrl("API_GATEWAY_DATABASE_URL", "api-gateway"),
    DatabaseUrl("WALLET_MANAGER_DATABASE_URL", "wallet-manager"),
    DatabaseUrl("ETHEREUM_SERVICE_DATABASE_URL", "ethereum-service"),
    DatabaseUrl("BITCOIN_SERVICE_DATABASE_URL", "bitcoin-service"),
    DatabaseUrl("ZCASH_SERVICE_DATABASE_URL", "zcash-service"),
    DatabaseUrl("BINANCE_SERVICE_DATABASE_URL", "binance-service"),
    DatabaseUrl("SOLANA_SERVICE_DATABASE_URL", "solana-service"),
    Row("DATABASE_CONNECTIONS_MAX",
        Type::kInteger,
        kDatabaseUsers,
        "Postgres connections of one daemon at most.")
        .Standard("20")
        .Range(1, 100),
    Row("REDIS_URL",
        Type::kSecretUrl,
        "api-gateway,wallet-manager",
        "Cache and rate limits; without it each process limits on its own.")
        .Accepts("redis,rediss,unix"),
};

constexpr std::array kSecurity{
    Row("JWT_SECRET", Type::kStrongSecret, "api-gateway", "Signs access tokens.")
        .Needed(Need::kRequired),
    Row("JWT_SECRET_PREVIOUS",
        Type::kStrongSecret,
        "api-gateway",
        "The former JWT_SECRET while its tokens are still accepted."),
    Row("JWT_TTL", Type::kDuration, "api-gateway", "Life of an access token.")
        .Standard("15m")
        .Range(kMinute, kDay),
    Row("REFRESH_TTL", Type::kDuration, "api-gateway", "Life of a refresh token.")
        .Standard("30d")
        .Range(kHour, 365 * kDay),
    Row("REGISTRATION",
        Type::kChoice,
        "api-gateway",
        "Who may register; unset: open on devnet and testnet, closed on mainnet.")
        .Accepts("open,invite,closed"),
    Row("API_KEY_HASH_KEY",
        Type::kHexKey,
        "api-gateway",
        "Keys the hashes of API keys; changing it ends every API key.")
        .Needed(Need::kRequired),
    Row("ORDER_SIGNING_KEY", Type::kHexKey, "api-gateway", "Signs orders to pay (Ed25519 seed).")
        .Needed(Need::kRequired),
    VerifyKey(
        "ORDER_VERIFY_KEY", kOrderReaders, "Public half of ORDER_SIGNING_KEY, 64 hex digits."),
    Row("CONTEXT_SIGNING_KEY",
        Type::kHexKey,
        "api-gateway",
        "Signs which user a call inside the platform is for (Ed25519 seed).")
        .Needed(Need::kRequired),
    VerifyKey(
        "CONTEXT_VERIFY_KEY", kInsideDaemons, "Public half of CONTEXT_SIGNING_KEY, 64 hex digits."),
    Row("TOTP_KEY",
        Type::kHexKey,
        "api-gateway,wallet-manager",
        "Seals the secrets of one-time codes; without it there are no second factors."),
    Row("ENCRYPTION_KEY", Type::kHexKey, "wallet-manager", "Seals the wallets' private keys.")
        .Needed(Need::kRequired)
        .Numbered(),
    Row("KEY_JOURNAL_DIR",
        Type::kPath,
        "wallet-manager",
        "Folder, best on another volume, where each sealed key is kept before its address shows.")
        .Needed(Need::kRequired),
    Row("INCARNATION_DIR",
        Type::kPath,
        "wallet-manager",
        "This replica's own folder, whose counter tells a restored database from a living one.")
        .Needed(Need::kRequired),
    Row("REPLICA_NAME",
        Type::kText,
        "wallet-manager",
        "Names this replica's counter and key journal; the same at every start.")
        .Standard("wallet-manager-0"),
    Row("WALLET_STANDARD_POLICY",
        Type::kText,
        "wallet-manager",
        "Spending policy (JSON) of users who set none; none: nothing is limited."),
    Row("SWAP_ALLOW_LIST",
        Type::kList,
        "wallet-manager",
        "Contracts that swaps may use: network/protocol/router/spender, separated by commas."),
};

constexpr std::array kGateway{
    Row("GATEWAY_PORT", Type::kInteger, "api-gateway", "Port of the REST API; 0 takes a free one.")
        .Standard("8000")
        .Range(0, 65535),
    Row("TLS_CERT",
        Type::kPath,
        "api-gateway",
        "Certificate chain (PEM); with TLS_KEY the gateway speaks HTTPS."),
    Row("TLS_KEY", Type::kPath, "api-gateway", "Private key of TLS_CERT (PEM)."),
    Row("SWAGGER_UI_DIR",
        Type::kPath,
        "api-gateway",
        "Folder of the npm package swagger-ui-dist, for /docs."),
    Row("TRUSTED_PROXIES",
        Type::kList,
        "api-gateway",
        "Addresses or CIDR ranges whose X-Forwarded-For is believed."),
    RateLimit("RATE_LIMIT_OPEN_PER_MINUTE", "60", "Open endpoints, per IP address."),
    RateLimit("RATE_LIMIT_AUTH_PER_MINUTE", "10", "Sign-in and registration, per IP address."),
    RateLimit("RATE_LIMIT_READ_PER_MINUTE", "60", "Reads, per user."),
    RateLimit("RATE_LIMIT_WRITE_PER_MINUTE", "30", "Changes, per user."),
    RateLimit("RATE_LIMIT_SEND_PER_MINUTE", "10", "Payments, per user."),
    RateLimit("RATE_LIMIT_AI_PER_MINUTE", "20", "Assistant calls, per user."),
    RateLimit("RATE_LIMIT_ADMIN_PER_MINUTE", "60", "Administration, per user."),
    Row("RATE_LIMIT_SECRET_PER_HOUR",
        Type::kInteger,
        "api-gateway",
        "Calls that show or take secrets, per user.")
        .Standard("5")
        .Range(1, 1'000'000),
};

constexpr std::array kDaemons{
    HttpPort("WALLET_MANAGER_HTTP_PORT", "8001", "wallet-manager"),
    GrpcListen("WALLET_MANAGER_GRPC_LISTEN", "127.0.0.1:9001", "wallet-manager"),
    Address("WALLET_MANAGER_ADDRESS",
            "127.0.0.1:9001",
            "api-gateway,ethereum-service,bitcoin-service,zcash-service,binance-service,"
            "solana-service"),
    HttpPort("ETHEREUM_SERVICE_HTTP_PORT", "8002", "ethereum-service"),
    GrpcListen("ETHEREUM_SERVICE_GRPC_LISTEN", "127.0.0.1:9002", "ethereum-service"),
    ChainAddress("ETHEREUM_SERVICE_ADDRESS", "127.0.0.1:9002"),
    HttpPort("BITCOIN_SERVICE_HTTP_PORT", "8003", "bitcoin-service"),
    GrpcListen("BITCOIN_SERVICE_GRPC_LISTEN", "127.0.0.1:9003", "bitcoin-service"),
    ChainAddress("BITCOIN_SERVICE_ADDRESS", "127.0.0.1:9003"),
    HttpPort("ZCASH_SERVICE_HTTP_PORT", "8004", "zcash-service"),
    GrpcListen("ZCASH_SERVICE_GRPC_LISTEN", "127.0.0.1:9004", "zcash-service"),
    ChainAddress("ZCASH_SERVICE_ADDRESS", "127.0.0.1:9004"),
    HttpPort("BINANCE_SERVICE_HTTP_PORT", "8005", "binance-service"),
    GrpcListen("BINANCE_SERVICE_GRPC_LISTEN", "127.0.0.1:9005", "binance-service"),
    ChainAddress("BINANCE_SERVICE_ADDRESS", "127.0.0.1:9005"),
    HttpPort("SOLANA_SERVICE_HTTP_PORT", "8006", "solana-service"),
    GrpcListen("SOLANA_SERVICE_GRPC_LISTEN", "127.0.0.1:9006", "solana-service"),
    ChainAddress("SOLANA_SERVICE_ADDRESS", "127.0.0.1:9006"),
};

constexpr std::array kChains{
    Row("HTTPS_PROXY", Type::kUrl, kChainDaemons, "Proxy for https to nodes outside, by CONNECT.")
        .Accepts("http"),
    Row("HTTP_PROXY", Type::kUrl, kChainDaemons, "Proxy for plain http to nodes outside.")
        .Accepts("http"),
    Row("NO_PROXY",
        Type::kList,
        kChainDaemons,
        "Names (with all below them) and CIDR ranges that are reached directly; this machine "
        "always "
        "is."),
    Row("ETH_RPC_URL",
        Type::kUrlList,
        "ethereum-service",
        "Ethereum nodes, the preferred first; the others are asked when it fails.")
        .Accepts(kHttp)
        .Needed(Need::kRequired),
    Row("BTC_RPC_URL", Type::kUrlList, "bitcoin-service", "Bitcoin nodes.")
        .Accepts(kHttp)
        .Needed(Need::kRequired),
    Row("BTC_RPC_USER", Type::kText, "bitcoin-service", "User of the Bitcoin nodes."),
    Row("BTC_RPC_PASS", Type::kSecret, "bitcoin-service", "Password of the Bitcoin nodes."),
    Row("BTC_RPC_COOKIE_FILE",
        Type::kPath,
        "bitcoin-service",
        "The nodes' cookie file instead of user and password; read again when it is refused."),
    Row("ZCASH_RPC_URL", Type::kUrlList, "zcash-service", "Zcash nodes.")
        .Accepts(kHttp)
        .Needed(Need::kRequired),
    Row("ZCASH_RPC_USER", Type::kText, "zcash-service", "User of the Zcash nodes."),
    Row("ZCASH_RPC_PASS", Type::kSecret, "zcash-service", "Password of the Zcash nodes."),
    Row("ZCASH_RPC_COOKIE_FILE",
        Type::kPath,
        "zcash-service",
        "The nodes' cookie file instead of user and password; read again when it is refused."),
    Row("BNB_RPC_URL", Type::kUrlList, "binance-service", "BNB Smart Chain nodes.")
        .Accepts(kHttp)
        .Needed(Need::kRequired),
    Row("SOL_RPC_URL", Type::kUrlList, "solana-service", "Solana nodes.")
        .Accepts(kHttp)
        .Needed(Need::kRequired),
    Row("SOLANA_RENEW_AFTER",
        Type::kDuration,
        "wallet-manager,solana-service",
        "On the devnet: from a Solana transaction's signature until its payment may be signed "
        "again, once it is proven dead. Always 150s elsewhere.")
        .Standard("150s")
        .Range(1 * kSecond, 150 * kSecond),
    Row("TRANSFER_LEASE",
        Type::kDuration,
        kChainDaemons,
        "How long a wallet waits for another replica when the one that worked for it has died.")
        .Standard("10s")
        .Range(1 * kSecond, 1 * kMinute),
    Row("DEVNET_AUTOFUND",
        Type::kFlag,
        "wallet-manager",
        "On the devnet, funds a user's default wallet once when it is made.")
        .Standard("true"),
};

constexpr std::array kOutside{
    Row("ANTHROPIC_API_KEY",
        Type::kSecret,
        "agent-orchestrator",
        "Key of the Claude API; without it the assistant plays scripted turns."),
    Row("COINGECKO_API_KEY",
        Type::kSecret,
        "price-service",
        "Key of the CoinGecko API; without it the public rate applies."),
};

void Add(std::vector<Variable>& rows, std::string_view group, std::span<const Row> more) {
    for (const Row& row : more) {
        rows.push_back(row);
        rows.back().group = group;
    }
}

std::vector<Variable> Assemble() {
    std::vector<Variable> rows;
    Add(rows, "General", kGeneral);
    Add(rows, "Postgres and Redis", kStorage);
    Add(rows, "Security", kSecurity);
    Add(rows, "Gateway", kGateway);
    Add(rows, "Ports and addresses of the other daemons", kDaemons);
    Add(rows, "Blockchain nodes", kChains);
    Add(rows, "Outside services", kOutside);
    return rows;
}

}  // namespace

Table PlatformVariables() {
    static const std::vector<Variable> rows = Assemble();
    return rows;
}

}  // namespace config
