#!/usr/bin/env bash
# Writes a new daemon that builds, starts and answers: its contract, configuration rows, database role
# and place in every list. What it does is then yours to write.
#
#   scripts/new-service.sh NAME PORT     NAME like price-service, PORT its HTTP port (gRPC = PORT + 1000)
set -euo pipefail
. "$(dirname "$0")/lib/common.sh"

[ $# -eq 2 ] || { echo "usage: scripts/new-service.sh NAME PORT" >&2; exit 2; }
NAME=$1 PORT=$2
[[ $NAME =~ ^[a-z]+(-[a-z]+)+$ ]] || die "'$NAME' is no name of a service" "two or more words of small letters: price-service"
[[ $PORT =~ ^8[0-9]{3}$ && $PORT != 8000 ]] || die "'$PORT' is no HTTP port of a service" "8001 to 8999"
[ ! -e "$ROOT/services/$NAME" ] || die "services/$NAME is there already" "choose another name"
for other in "${!STANDARD_PORT[@]}"; do
    [ "${STANDARD_PORT[$other]}" != "$PORT" ] || die "$other has port $PORT" "choose another"
done

ID=${NAME//-/_}                                   # price_service
UPPER=$(upper_name "$NAME")                       # PRICE_SERVICE
AREA=${NAME%-*}; AREA=${AREA//-/_}                # price: folder and package of the contract
CLASS=$(sed -E 's/(^|_)([a-z])/\u\2/g' <<<"$AREA")Service # PriceService
FOLDER=$ROOT/services/$NAME
PROTO=platform/$AREA/v1/${AREA}_service.proto

# insert_after FILE PATTERN: standard input goes behind the last line that matches, which must be there.
insert_after() {
    local line
    line=$(grep -nE "$2" "$1" | tail -n 1 | cut -d: -f1)
    [ -n "$line" ] || die "$1 has no line like $2" "the script and that file have grown apart"
    sed -i "${line}r /dev/stdin" "$1"
}

write_contract() {
    mkdir -p "$ROOT/proto/platform/$AREA/v1"
    cat >"$ROOT/proto/$PROTO" <<TEXT
syntax = "proto3";

package platform.$AREA.v1;

// The contract of $NAME.
service $CLASS {
  // Which build answers.
  rpc GetVersion(GetVersionRequest) returns (GetVersionResponse);
}

message GetVersionRequest {}

message GetVersionResponse {
  string version = 1;
}
TEXT
    printf 'platform_proto(%s\n    FILES %s)\n' "$AREA" "$PROTO" >>"$ROOT/proto/CMakeLists.txt"
}

write_main() {
    cat >"$FOLDER/main.cpp" <<TEXT
// $NAME: say here in one sentence what it is for.
#include "$NAME/service.h"
#include "runtime/program.h"

int main(int argc, char** argv) {
    return runtime::Main<$ID::Config>(
        argc, argv, {{.service = "$NAME"}, $ID::ReadConfig, nullptr, $ID::Assemble});
}
TEXT
    cat >"$FOLDER/CMakeLists.txt" <<TEXT
platform_service($NAME
    SOURCES service.cpp
    LIBS platform::config platform::pg platform::rpc platform::runtime platform_proto_$AREA)
TEXT
}

write_service() {
    cat >"$FOLDER/service.h" <<TEXT
// The daemon's configuration, its parts, and the service they make up.
#pragma once

#include <vector>

#include "base/result.h"
#include "config/reader.h"
#include "platform/$AREA/v1/${AREA}_service.grpc.pb.h"
#include "rpc/service.h"
#include "runtime/daemon.h"
#include "secret/secret.h"

namespace $ID {

struct Config {
    secret::String database_url;
    std::size_t connections_max = 0;
};

[[nodiscard]] base::Result<Config> ReadConfig(config::Reader& reader);
[[nodiscard]] base::Result<> Assemble(Config& config, runtime::Daemon& daemon);

class $CLASS final : public rpc::Service<platform::$AREA::v1::$CLASS> {
public:
    $CLASS();

    // Who may call each method.
    [[nodiscard]] static std::vector<rpc::AccessRule> AccessRules();

    [[nodiscard]] base::Result<platform::$AREA::v1::GetVersionResponse> GetVersion(
        const platform::$AREA::v1::GetVersionRequest& request, const rpc::Context& context);
};

}  // namespace $ID
TEXT
    cat >"$FOLDER/service.cpp" <<TEXT
#include "$NAME/service.h"

#include <string>
#include <utility>

#include "pg/pool.h"
#include "runtime/version.h"

namespace $ID {

base::Result<Config> ReadConfig(config::Reader& reader) {
    Config config;
    config.database_url = reader.Secret("${UPPER}_DATABASE_URL");
    config.connections_max = static_cast<std::size_t>(reader.Integer("DATABASE_CONNECTIONS_MAX"));
    BASE_RETURN_IF_ERROR(reader.Finish());
    return config;
}

base::Result<> Assemble(Config& config, runtime::Daemon& daemon) {
    pg::PoolOptions options;
    options.url = std::string(config.database_url.Expose());
    options.connections_max = config.connections_max;
    auto& pool = daemon.Own<pg::Pool>(std::move(options));
    daemon.AddCheck({.name = "postgres", .probe = [&pool] { return pool.Ping(); }});
    auto& service = daemon.Own<$CLASS>();
    daemon.Serve(service, $CLASS::AccessRules());
    return {};
}

$CLASS::$CLASS() {
    Unary("GetVersion", &$CLASS::GetVersion);
}

std::vector<rpc::AccessRule> $CLASS::AccessRules() {
    return {{"/platform.$AREA.v1.$CLASS/GetVersion", {"api-gateway"}, ""}};
}

base::Result<platform::$AREA::v1::GetVersionResponse> $CLASS::GetVersion(
    const platform::$AREA::v1::GetVersionRequest& /*request*/, const rpc::Context& /*context*/) {
    platform::$AREA::v1::GetVersionResponse response;
    response.set_version(std::string(runtime::Version()));
    return response;
}

}  // namespace $ID
TEXT
    clang-format-14 -i "$FOLDER"/*.cpp "$FOLDER"/*.h 2>/dev/null || warn "clang-format-14 is missing; format services/$NAME later"
}

# Its variables, with the names and ports of the others.
write_variables() {
    local table=$ROOT/libs/config/variables.cpp
    insert_after "$table" '^    DatabaseUrl\(' <<<"    DatabaseUrl(\"${UPPER}_DATABASE_URL\", \"$NAME\"),"
    insert_after "$table" '^    ChainAddress\(' <<TEXT
    HttpPort("${UPPER}_HTTP_PORT", "$PORT", "$NAME"),
    GrpcListen("${UPPER}_GRPC_LISTEN", "127.0.0.1:$((PORT + 1000))", "$NAME"),
    Address("${UPPER}_ADDRESS", "127.0.0.1:$((PORT + 1000))", "api-gateway"),
TEXT
    insert_after "$table" '^constexpr std::string_view kDatabaseUsers =' <<<"    \"$NAME,\""
    insert_after "$table" '^constexpr std::string_view kInsideDaemons =' <<<"    \"$NAME,\""
}

write_role() {
    local folder=$ROOT/deploy/postgres/migrations number
    number=$(find "$folder" -name '[0-9]*.sql' -printf '%f\n' | sort | tail -n 1 | cut -d_ -f1)
    printf -v number '%04d' $(((10#$number / 10 + 1) * 10))
    cat >"$folder/${number}_$ID.sql" <<TEXT
-- The role of $NAME. Grant what it may do by name, in this file before its first release.
DO \$\$
BEGIN
    CREATE ROLE $ID NOLOGIN;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN NULL;
END
\$\$;
GRANT platform_services TO $ID;
SELECT set_up_daemon_role('$ID');
TEXT
}

write_lists() {
    sed -i -E "s/^(SERVICES=\(.*) api-gateway\)/\1 $NAME api-gateway)/
        /^declare -A STANDARD_PORT=/,/\)\$/ s/\)\$/\n    [$NAME]=$PORT)/" "$ROOT/scripts/lib/common.sh"
    grep -q "\[$NAME\]=$PORT" "$ROOT/scripts/lib/common.sh" || die "scripts/lib/common.sh has no list of ports to extend"
    grep -q "\b$NAME\b" "$ROOT/scripts/certs" || sed -i "s/^    tool-executor cryptoctl)/    tool-executor $NAME cryptoctl)/" "$ROOT/scripts/certs"
}

# Whom it talks to, then its image, compose service, manifests and network policy.
write_deployment() {
    printf '%-17s %-16s %s\n' api-gateway "$NAME" "platform.$AREA.v1.$CLASS" "$NAME" postgres sql >>"$ROOT/deploy/edges.txt"
    "$ROOT/scripts/deploy-files"
}

mkdir -p "$FOLDER"
write_contract
write_main
write_service
write_variables
write_role
write_lists
write_deployment
say "made services/$NAME with its contract proto/$PROTO"
say "next: cmake --preset debug && cmake --build --preset debug --target $NAME unit_config"
say "      PLATFORM_WRITE_DOCUMENTS=1 build/debug/tests/unit_config   (README.md and .env.example)"
say "      scripts/up, then scripts/status shows it beside the others"
