# Start, stop and health of the daemons.
# shellcheck shell=bash

http_port() {
    local name
    name=$(http_port_name "$1")
    printf '%s' "${!name}"
}

gateway_scheme() { if [ -n "${TLS_CERT:-}" ]; then printf https; else printf http; fi; }

service_url() {
    if [ "$1" = api-gateway ]; then
        printf '%s://%s:%s' "$(gateway_scheme)" "$HOST" "$(http_port "$1")"
    else
        printf 'http://%s:%s' "$HOST" "$(http_port "$1")"
    fi
}

# The gateway's certificate may be for a public name; this only asks our own loopback.
service_ready() { curl -kfsS -m 3 "$(service_url "$1")/health/ready"; }

# Runs a daemon with exactly the variables its configuration table gives it.
exec_with_own_environment() {
    local service=$1 name pairs=()
    shift
    while read -r name; do
        [ -n "${!name:-}" ] && pairs+=("$name=${!name}")
        name=${name}_FILE
        [ -n "${!name:-}" ] && pairs+=("$name=${!name}")
    done <<<"$("$BIN/$service" --config-names)"
    pairs+=("MTLS_DIR=${MTLS_DIR:-$VAR/certs/$service}" "PATH=/usr/bin:/bin" "TZ=UTC")
    [ -z "${PLATFORM_CRASH_AT:-}" ] || pairs+=("PLATFORM_CRASH_AT=$PLATFORM_CRASH_AT")
    exec env -i "${pairs[@]}" "$BIN/$service" "$@"
}

start_service() {
    local port
    if live_pid "$1" >/dev/null; then
        return 0
    fi
    port=$(http_port "$1")
    port_is_free "$port" || die_port "$port" "$(http_port_name "$1")"
    step "starting $1 on port $port"
    # The inner shell expands its own arguments.
    # shellcheck disable=SC2016
    start_process "$1" bash -c '. "$1/lib/common.sh"; . "$1/lib/services.sh"; shift; exec_with_own_environment "$@"' \
        bash "$ROOT/scripts" "$1"
}

# wait_ready SECONDS SERVICE...: shows the log of the one that fails.
wait_ready() {
    local deadline=$((SECONDS + $1)) service
    shift
    for service in "$@"; do
        until service_ready "$service" >/dev/null 2>&1; do
            if ! live_pid "$service" >/dev/null; then
                tail -n 15 "$LOG/$service.log" >&2
                die "$service ended while starting" "its log is $LOG/$service.log; scripts/doctor checks the rest"
            fi
            if [ "$SECONDS" -ge "$deadline" ]; then
                curl -ksS -m 3 "$(service_url "$service")/health" >&2 || true
                tail -n 15 "$LOG/$service.log" >&2
                die "$service is not ready" "its log is $LOG/$service.log; scripts/doctor checks the rest"
            fi
            sleep 0.05
        done
    done
}

# In reverse order; each gets its drain time.
stop_services() {
    local index
    for ((index = ${#SERVICES[@]} - 1; index >= 0; index--)); do
        stop_process "${SERVICES[index]}" 15
    done
}

everything_runs() {
    local service
    for service in "${SERVICES[@]}"; do
        live_pid "$service" >/dev/null && service_ready "$service" >/dev/null 2>&1 || return 1
    done
    if [ "${OWN_DATABASE:-no}" = yes ]; then live_pid postgres >/dev/null || return 1; fi
    if [ "${OWN_REDIS:-no}" = yes ]; then live_pid redis >/dev/null || return 1; fi
    devnet_runs
}
