# What each part of a containerised platform starts with: one folder a part, made from .env.
# Compose mounts them as volumes, Kubernetes as Secrets; both are written by write_identities.
# shellcheck shell=bash

# Host names and ports inside: compose and Kubernetes use the same.
CONTAINER_DATABASE=postgres:5432/crypto_platform
CONTAINER_DATABASE_OWNER=crypto_user
CONTAINER_REDIS=redis:6379
# Of bitcoind in deploy/nodes.yaml, which answers nobody outside.
CONTAINER_NODE_LOGIN=devnet:devnet

# url_encode TEXT: percent-encodes what may not stand in a URL's password.
url_encode() {
    local text=$1 index letter
    for ((index = 0; index < ${#text}; index++)); do
        letter=${text:index:1}
        case $letter in
            [A-Za-z0-9._~-]) printf '%s' "$letter" ;;
            *) printf '%%%02X' "'$letter" ;;
        esac
    done
}

# service_variables SERVICE: the names that README.md's table, which a test compares, gives to it.
service_variables() {
    awk -F ' *[|] *' -v service="$1" '
        $2 ~ /^`[A-Z0-9_]+`$/ && ("," gensub_spaces($5) ",") ~ ("," service "|,all,") {
            gsub(/`/, "", $2)
            print $2
        }
        function gensub_spaces(list) { gsub(/ /, "", list); return list }' "$ROOT/README.md"
}

# The variables of this environment that a name stands for: itself and its numbered versions.
set_names() {
    compgen -e | grep -E "^$1(_V[0-9]+)?\$" || true
}

# secret_or_file NAME: the value of NAME, or the content of the file that NAME_FILE names.
secret_or_file() {
    local file=${1}_FILE
    if [ -n "${!1:-}" ]; then
        printf '%s' "${!1}"
    elif [ -n "${!file:-}" ]; then
        [ -r "${!file}" ] || die "$file names ${!file}, which cannot be read here" "put the value itself into .env as $1"
        cat "${!file}"
    fi
}

# container_node_port CHAIN: the port of its devnet node as a container; nothing where it has none.
container_node_port() { sed -n "s/^$1: {.*port: \([0-9]*\).*/\1/p" "$ROOT/deploy/nodes.yaml"; }

# container_chains [FOLDER]: the chains that have one in that checkout.
container_chains() { sed -n 's/^\([a-z]*\): {.*/\1/p' "${1:-$ROOT}/deploy/nodes.yaml"; }

# The daemons that docker-compose.yml and k8s/ have: a chain's daemon joins with its node.
container_services() {
    local service
    for service in "${SERVICES[@]}"; do
        if [[ -n ${NODE_VARIABLE[${service%-service}]:-} && -z $(container_node_port "${service%-service}") ]]; then
            continue
        fi
        printf '%s\n' "$service"
    done
}

# Where everything is inside, unless .env says otherwise.
derive_container_addresses() {
    local service prefix password chain port
    POSTGRES_PASSWORD=$(secret_or_file POSTGRES_PASSWORD)
    DATABASE_URL=$(secret_or_file DATABASE_URL)
    [ -n "$DATABASE_URL" ] ||
        DATABASE_URL="postgresql://$CONTAINER_DATABASE_OWNER:$(url_encode "$POSTGRES_PASSWORD")@$CONTAINER_DATABASE"
    export_default REDIS_URL "redis://:$REDIS_PASSWORD@$CONTAINER_REDIS/0"
    for service in "${SERVICES[@]}"; do
        prefix=$(upper_name "$service")
        password=${prefix}_DATABASE_PASSWORD
        export_default "${prefix}_DATABASE_URL" "postgresql://${prefix,,}:${!password}@${DATABASE_URL#*@}"
    done
    if [ "$CHAIN_NETWORK" = devnet ]; then
        if [ -z "${BTC_RPC_URL:-}" ]; then
            export_default BTC_RPC_USER "${CONTAINER_NODE_LOGIN%:*}"
            export_default BTC_RPC_PASS "${CONTAINER_NODE_LOGIN#*:}"
        fi
        for chain in "${CHAINS[@]}"; do
            port=$(container_node_port "$chain")
            [ -z "$port" ] || export_default "${NODE_VARIABLE[$chain]}" "http://devnet-$chain:$port"
        done
    fi
    export DATABASE_URL
}

# Lines of NAME=value that only this service may see.
service_environment() {
    local name set value
    while read -r name; do
        case $name in CONFIG_FILE | MTLS_DIR | BIND_HOST | *_PORT | *_LISTEN | *_DIR | REPLICA_NAME) continue ;; esac
        for set in $(set_names "$name") ${name}_FILE; do
            [ "$set" != "${name}_FILE" ] || set=$name
            value=$(secret_or_file "$set")
            [ -z "$value" ] || printf '%s=%s\n' "$set" "$value"
        done
    done < <(service_variables "$1") | sort -u
}

# put FILE MODE: the standard input becomes its content, never half of it.
put() {
    (umask 077 && cat >"$1.new")
    chmod "$2" "$1.new"
    mv "$1.new" "$1"
}

# write_identities FOLDER: FOLDER/<service>/{env,ca.pem,cert.pem,key.pem}, FOLDER/postgres/password,
# FOLDER/redis/{redis.conf,password}, FOLDER/migrate/env. The authority stays in FOLDER/authority.
write_identities() {
    local folder=$1 service services
    mapfile -t services < <(container_services)
    mkdir -p "$folder"/{authority,migrate,postgres,redis}
    "$ROOT/scripts/certs" "$folder" "${services[@]}"
    for service in "${services[@]}"; do
        service_environment "$service" | put "$folder/$service/env" 0400
    done
    # Postgres and Redis run under accounts of their images; nobody else mounts these.
    printf '%s' "$POSTGRES_PASSWORD" | put "$folder/postgres/password" 0444
    printf '%s' "$REDIS_PASSWORD" | put "$folder/redis/password" 0444
    printf 'bind * -::*\nprotected-mode yes\ndir /tmp\nsave ""\nrequirepass %s\n' "$REDIS_PASSWORD" |
        put "$folder/redis/redis.conf" 0444
    migrate_environment | put "$folder/migrate/env" 0400
}

# What scripts/migrate.sh reads.
migrate_environment() {
    local service name
    printf 'DATABASE_URL=%s\n' "$DATABASE_URL"
    for service in "${SERVICES[@]}"; do
        name=$(upper_name "$service")_DATABASE_URL
        printf '%s=%s\n' "$name" "${!name}"
    done
}

# check_identities FOLDER CRYPTOCTL: weak or missing values of every daemon at once, in the words of the daemons.
check_identities() {
    local service report faults=''
    for service in $(container_services); do
        report=$(env -i PATH="$PATH" MTLS_DIR=/run/platform INCARNATION_DIR=/var/lib/platform KEY_JOURNAL_DIR=/var/lib/platform \
            "$2" config check --env-file "$1/$service/env" |
            awk -v service="$service:" '/^[^ ]/ { ours = $1 == service } ours && /^ / { sub(/^ +/, ""); print }') || true
        [ -z "$report" ] || faults+="$service: $report"$'\n'
    done
    [ -z "$faults" ] || die "$faults" "mend .env; scripts/up --env-only writes what is missing"
}
