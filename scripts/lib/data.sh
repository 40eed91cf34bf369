# Private Postgres and Redis of a stack, under var/.
# shellcheck shell=bash

postgres_bin() { find /usr/lib/postgresql/*/bin -maxdepth 0 2>/dev/null | sort -V | tail -n 1; }

postgres_answers() {
    PGCONNECT_TIMEOUT=2 psql "$DATABASE_URL" -Atqc 'select 1' >/dev/null 2>&1
}

# Another account must reach its own folder below ours.
check_reachable() {
    as_database_account test -x "$VAR" || die "the account '$DATABASE_ACCOUNT' cannot enter $VAR" \
        "clone into a folder that others may enter (not below a home of mode 0700), or set PLATFORM_VAR"
}

init_postgres() {
    local bin=$1
    step "making a private Postgres in ${VAR#"$ROOT"/}/postgres"
    mkdir -p "$VAR/postgres"
    printf '%s' "$POSTGRES_PASSWORD" >"$VAR/postgres.password"
    if [ "$(id -u)" = 0 ]; then
        chown "$DATABASE_ACCOUNT" "$VAR/postgres" "$VAR/postgres.password"
    fi
    as_database_account "$bin/initdb" -D "$VAR/postgres/data" -U platform --auth=scram-sha-256 \
        --pwfile="$VAR/postgres.password" -E UTF8 --locale=C.UTF-8 >"$LOG/initdb.log" 2>&1 ||
        die "initdb failed: $(tail -n 3 "$LOG/initdb.log")" "see $LOG/initdb.log"
    rm -f "$VAR/postgres.password"
}

start_postgres() {
    local bin
    [ "$OWN_DATABASE" = yes ] || return 0
    if live_pid postgres >/dev/null; then
        return 0
    fi
    bin=$(postgres_bin)
    [ -n "$bin" ] || die "no Postgres server is installed" "apt-get install -y postgresql"
    check_reachable
    [ -f "$VAR/postgres/data/PG_VERSION" ] || init_postgres "$bin"
    port_is_free "$DEVNET_POSTGRES_PORT" || die_port "$DEVNET_POSTGRES_PORT" DEVNET_POSTGRES_PORT
    touch "$LOG/postgres.log"
    as_database_account "$bin/pg_ctl" -D "$VAR/postgres/data" -s -w -t 60 start \
        -o "-p $DEVNET_POSTGRES_PORT -c listen_addresses=$HOST -c unix_socket_directories='' -c max_connections=300" \
        >>"$LOG/postgres.log" 2>&1 || die "Postgres did not start: $(tail -n 3 "$LOG/postgres.log")" "see $LOG/postgres.log"
    remember_process postgres "$(head -n 1 "$VAR/postgres/data/postmaster.pid")"
    postgres_make_database
}

postgres_make_database() {
    local maintenance=${DATABASE_URL%/*}/postgres
    psql "$maintenance" -Atqc "select 1 from pg_database where datname = 'crypto_platform'" | grep -q 1 ||
        psql "$maintenance" -qc 'create database crypto_platform' ||
        die "the private Postgres refuses the password of $ENV_FILE" \
            "restore the POSTGRES_PASSWORD it was made with, or remove it all: scripts/down --purge"
}

stop_postgres() {
    # SIGINT is Postgres's fast shutdown.
    local pid
    pid=$(live_pid postgres) || return 0
    kill -INT "$pid"
    stop_process postgres 20
}

start_redis() {
    [ "$OWN_REDIS" = yes ] || return 0
    if live_pid redis >/dev/null; then
        return 0
    fi
    port_is_free "$DEVNET_REDIS_PORT" || die_port "$DEVNET_REDIS_PORT" DEVNET_REDIS_PORT
    mkdir -p "$VAR/redis"
    (
        umask 077
        printf 'port %s\nbind %s\ndir %s\nsave ""\nrequirepass %s\n' \
            "$DEVNET_REDIS_PORT" "$HOST" "$VAR/redis" "$REDIS_PASSWORD" >"$VAR/redis/redis.conf"
    )
    start_process redis "${BARE[@]}" redis-server "$VAR/redis/redis.conf"
    wait_until 10 redis_answers || die "Redis did not start: $(tail -n 3 "$LOG/redis.log")" "see $LOG/redis.log"
}

redis_answers() {
    REDISCLI_AUTH=$REDIS_PASSWORD redis-cli -h "$HOST" -p "$DEVNET_REDIS_PORT" ping | grep -q PONG
}

# die_port PORT VARIABLE: names the process that holds it.
die_port() {
    local holder
    holder=$(ss -ltnpH "sport = :$1" 2>/dev/null | sed -n 's/.*users:(("\([^"]*\)",pid=\([0-9]*\).*/\1 (pid \2)/p' | head -n 1)
    die "port $1 is held by ${holder:-another process}" "stop it, or set $2 to another port"
}
