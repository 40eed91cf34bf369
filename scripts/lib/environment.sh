# The .env file and the environment of each daemon.
# shellcheck shell=bash

# ed25519_public SEED_HEX: the public key of an RFC 8032 seed, hex.
ed25519_public() {
    printf '302e020100300506032b657004220420%s' "$1" | xxd_reverse |
        openssl pkey -inform DER -pubout -outform DER | tail -c 32 | od -An -tx1 | tr -d ' \n'
}

# Hex text to bytes.
xxd_reverse() {
    local hex
    hex=$(cat)
    # shellcheck disable=SC2059
    printf "$(printf '%s' "$hex" | sed 's/../\\x&/g')"
}

env_has() { grep -q "^$1=." "$ENV_FILE"; }

# add_missing NAME VALUE: appends a line, once, in place of an empty one that .env.example brought; an
# existing value is never touched.
add_missing() {
    if ! env_has "$1"; then
        sed -i "/^$1=\$/d" "$ENV_FILE"
        printf '%s=%s\n' "$1" "$2" >>"$ENV_FILE"
        ADDED_NAMES+=("$1")
    fi
}

# Makes .env once (mode 0600) and adds names that a newer version needs.
make_env_file() {
    local first=no seed
    ADDED_NAMES=()
    if [ ! -f "$ENV_FILE" ]; then
        first=yes
        (umask 077 && printf '# Made by scripts/up. Every variable: .env.example\n' >"$ENV_FILE")
    fi
    chmod 600 "$ENV_FILE"
    add_missing CHAIN_NETWORK devnet
    add_missing DEPLOYMENT_ID "$(random_uuid)"
    add_missing POSTGRES_PASSWORD "$(random_hex 24)"
    add_missing REDIS_PASSWORD "$(random_hex 24)"
    add_missing JWT_SECRET "$(random_hex 32)"
    add_missing ENCRYPTION_KEY "$(random_hex 32)"
    add_missing API_KEY_HASH_KEY "$(random_hex 32)"
    add_missing TOTP_KEY "$(random_hex 32)"
    for name in ORDER CONTEXT; do
        if ! env_has "${name}_SIGNING_KEY"; then
            seed=$(random_hex 32)
            add_missing "${name}_SIGNING_KEY" "$seed"
            add_missing "${name}_VERIFY_KEY" "$(ed25519_public "$seed")"
        fi
    done
    local service
    for service in "${SERVICES[@]}"; do
        add_missing "$(upper_name "$service")_DATABASE_PASSWORD" "$(random_hex 24)"
    done
    # Compose starts its local chain nodes along, unless the networks are live.
    if grep -q '^CHAIN_NETWORK=devnet$' "$ENV_FILE"; then
        add_missing COMPOSE_PROFILES devnet
    fi
    if [ "$first" = yes ]; then
        step "made $ENV_FILE (mode 0600) with fresh secrets"
    elif [ ${#ADDED_NAMES[@]} -gt 0 ]; then
        step "added to $ENV_FILE: ${ADDED_NAMES[*]}"
    fi
}

# Loads .env into shell variables; what the process environment already has wins.
load_env() {
    local line name
    while IFS= read -r line || [ -n "$line" ]; do
        case $line in '' | '#'*) continue ;; esac
        name=${line%%=*}
        case $name in *[!A-Za-z0-9_]* | '') die "$ENV_FILE: not NAME=value: $name" "mend that line" ;; esac
        [ -n "${!name+set}" ] || export "$name=${line#*=}"
    done <"$ENV_FILE"
}

# A port for each listener of this stack: the documented ones, or with PLATFORM_PORTS=free any that
# are free now. Kept in run/ports.env, so that a later start takes the same.
choose_ports() {
    if [ -f "$RUN/ports.env" ]; then
        load_ports
        return 0
    fi
    local name standard ports=()
    if [ "${PLATFORM_PORTS:-}" = free ]; then
        mapfile -t ports < <(free_ports "$(listeners | wc -l)")
        [ ${#ports[@]} -gt 0 ] || die "no ports are left for a further stack" "stop one: scripts/down --purge"
    fi
    while read -r name standard; do
        if [ ${#ports[@]} -gt 0 ]; then
            printf '%s=%s\n' "$name" "${ports[-1]}"
            unset 'ports[-1]'
        else
            printf '%s=%s\n' "$name" "${!name:-$standard}"
        fi
    done < <(listeners) >"$RUN/ports.env.new"
    mv "$RUN/ports.env.new" "$RUN/ports.env"
    load_ports
}

# Variable and documented port of every listener of a stack.
listeners() {
    local service port chain
    for service in "${SERVICES[@]}"; do
        port=${STANDARD_PORT[$service]}
        printf '%s %s\n' "$(http_port_name "$service")" "$port"
        [ "$service" = api-gateway ] || printf '%s_GRPC_PORT %s\n' "$(upper_name "$service")" $((port + 1000))
    done
    for chain in "${CHAINS[@]}"; do
        printf 'DEVNET_%s_PORT %s\n' "${chain^^}" "${STANDARD_NODE_PORT[$chain]}"
    done
    printf 'DEVNET_POSTGRES_PORT 15432\nDEVNET_REDIS_PORT 16379\n'
}

load_ports() {
    # shellcheck source=/dev/null
    . "$RUN/ports.env"
}

# Distinct ports below the range of outgoing connections: of a block that no other stack of this
# account has, or two that start at once would choose the same; and of these, such that nothing
# listens on now. A block is taken by a link to the stack's run folder, until that is gone.
PORTS_FROM=20000 PORTS_A_BLOCK=60 PORT_BLOCKS=200
free_ports() {
    local claims=${TMPDIR:-/tmp}/platform-ports-$UID lock block port found
    (umask 077 && mkdir -p "$claims")
    exec {lock}>"$claims/lock"
    flock "$lock"
    while read -r block; do
        [ ! -e "$claims/$block" ] || continue
        found=()
        for ((port = PORTS_FROM + block * PORTS_A_BLOCK; port < PORTS_FROM + (block + 1) * PORTS_A_BLOCK; ++port)); do
            [ ${#found[@]} -lt "$1" ] || break
            ! port_is_free "$port" || found+=("$port")
        done
        [ ${#found[@]} -eq "$1" ] || continue
        ln -sfn "$RUN" "$claims/$block"
        printf '%s\n' "${found[@]}"
        return 0
    done < <(shuf -i "0-$((PORT_BLOCKS - 1))")
    return 1
}

# A chain whose devnet node is not installed has no daemon either; what needs its address is told.
leave_out_chains() {
    local chain service variable kept=() serving=()
    CHAINS_LEFT_OUT=()
    for chain in "${CHAINS[@]}"; do
        variable=${NODE_VARIABLE[$chain]}
        if [ "$CHAIN_NETWORK" = devnet ] && [ -z "${!variable:-}" ] && node_is_missing "$chain"; then
            CHAINS_LEFT_OUT+=("$chain")
        else
            kept+=("$chain")
        fi
    done
    CHAINS=("${kept[@]}")
    for chain in "${!NODE_VARIABLE[@]}"; do
        [[ " ${CHAINS[*]} " == *" $chain "* ]] || export "$(upper_name "$chain-service")_ADDRESS=off"
    done
    for service in "${SERVICES[@]}"; do
        [[ " ${CHAINS_LEFT_OUT[*]} " == *" ${service%-service} "* ]] || serving+=("$service")
    done
    SERVICES=("${serving[@]}")
}

# Where everything is, unless the environment or .env says otherwise.
derive_addresses() {
    OWN_DATABASE=no
    OWN_REDIS=no
    if [ -z "${DATABASE_URL:-}" ]; then
        OWN_DATABASE=yes
        DATABASE_URL="postgresql://platform:$POSTGRES_PASSWORD@$HOST:$DEVNET_POSTGRES_PORT/crypto_platform"
    fi
    if [ -z "${REDIS_URL:-}" ]; then
        OWN_REDIS=yes
        REDIS_URL="redis://:$REDIS_PASSWORD@$HOST:$DEVNET_REDIS_PORT/0"
    fi
    local service prefix base password port chain
    base=${DATABASE_URL#*@}
    for service in "${SERVICES[@]}"; do
        prefix=$(upper_name "$service")
        password=${prefix}_DATABASE_PASSWORD
        export_default "${prefix}_DATABASE_URL" "postgresql://${prefix,,}:${!password}@$base"
        port=$(http_port_name "$service")
        export_default "$port" "${!port}"
        [ "$service" != api-gateway ] || continue
        port=${prefix}_GRPC_PORT
        export_default "${prefix}_GRPC_LISTEN" "$HOST:${!port}"
        export_default "${prefix}_ADDRESS" "$HOST:${!port}"
    done
    export_default KEY_JOURNAL_DIR "$VAR/key-journal"
    export_default INCARNATION_DIR "$VAR/incarnation"
    export_default SWAGGER_UI_DIR "$ROOT/deploy/devnet/node_modules/swagger-ui-dist"
    if [ "$CHAIN_NETWORK" = devnet ]; then
        for chain in "${CHAINS[@]}"; do
            export_default "${NODE_VARIABLE[$chain]}" "$(devnet_url "$chain")"
            if declare -F "login_$chain" >/dev/null; then "login_$chain"; fi
        done
    fi
    export DATABASE_URL REDIS_URL
}

export_default() { export "$1=${!1:-$2}"; }

# Prepares everything a script needs to talk about this stack.
open_stack() {
    mkdir -p "$RUN" "$LOG"
    make_env_file
    load_env
    choose_ports
    leave_out_chains
    derive_addresses
}
