# Shared by all scripts: places, output, processes. Source it; it changes to no folder.
# shellcheck shell=bash

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# Everything a stack keeps lives here. Tests point it elsewhere and get a stack of their own.
VAR=${PLATFORM_VAR:-$ROOT/var}
ENV_FILE=${PLATFORM_ENV_FILE:-$ROOT/.env}
BUILD=${PLATFORM_BUILD:-$ROOT/build/release}
BIN=$BUILD/bin
RUN=$VAR/run
LOG=$VAR/log
HOST=127.0.0.1

# Every chain with the variable that names its nodes; its daemon is <chain>-service, its devnet node
# starts in scripts/lib/devnet.sh.
CHAINS=(ethereum bitcoin zcash binance solana)
# Tests that need fewer start fewer.
[ -z "${PLATFORM_CHAINS:-}" ] || read -ra CHAINS <<<"$PLATFORM_CHAINS"
declare -A NODE_VARIABLE=([ethereum]=ETH_RPC_URL [bitcoin]=BTC_RPC_URL [zcash]=ZCASH_RPC_URL [binance]=BNB_RPC_URL
    [solana]=SOL_RPC_URL)
declare -A STANDARD_NODE_PORT=([ethereum]=18545 [bitcoin]=18443 [zcash]=18232 [binance]=18548
    [solana]=18899)
# Programs that a chain's devnet node needs on PATH. A chain without its program is left out, unless a front of
# ours takes its place (node_is_front).
declare -A NODE_PROGRAM=([bitcoin]=bitcoind [zcash]=zebrad)

# Every daemon in start order. Its gRPC port is its HTTP port + 1000.
SERVICES=(wallet-manager "${CHAINS[@]/%/-service}" api-gateway)
declare -A STANDARD_PORT=([api-gateway]=8000 [wallet-manager]=8001 [ethereum-service]=8002
    [bitcoin-service]=8003 [zcash-service]=8004 [binance-service]=8005 [solana-service]=8006)

say() { printf '%s\n' "$*"; }
step() { printf '%s %s\n' "$(date +%H:%M:%S)" "$*"; }
warn() { printf 'warning: %s\n' "$*" >&2; }

# What a test exits with where the machine cannot run it.
CANNOT=77

# die MESSAGE [REMEDY]: exits with DIE_STATUS, else 1.
die() {
    printf 'error: %s\n' "$1" >&2
    [ -z "${2:-}" ] || printf '  to do: %s\n' "$2" >&2
    exit "${DIE_STATUS:-1}"
}

# ethereum-service -> ETHEREUM_SERVICE
upper_name() { printf '%s' "$1" | tr 'a-z-' 'A-Z_'; }

http_port_name() {
    case $1 in
        api-gateway) printf GATEWAY_PORT ;;
        *) printf '%s_HTTP_PORT' "$(upper_name "$1")" ;;
    esac
}

seconds_since() { awk -v from="$1" -v to="$(date +%s.%N)" 'BEGIN { printf "%.1f", to - from }'; }

random_hex() { od -An -N"$1" -tx1 /dev/urandom | tr -d ' \n'; }

random_uuid() { cat /proc/sys/kernel/random/uuid; }

port_is_free() { ! (exec 3<>"/dev/tcp/$HOST/$1") 2>/dev/null; }

# Start time of a process in clock ticks: with the pid it names one process for good. Nothing for one
# that has ended and only waits for its parent.
process_birth() { awk '{ sub(/.*\) /, ""); if ($1 != "Z" && $1 != "X") print $20 }' "/proc/$1/stat" 2>/dev/null; }

# remember_process NAME PID
remember_process() {
    printf '%s %s\n' "$2" "$(process_birth "$2")" >"$RUN/$1.pid"
}

# Prints the pid of a process we started, if that very process still lives.
live_pid() {
    local pid birth
    [ -r "$RUN/$1.pid" ] || return 1
    read -r pid birth <"$RUN/$1.pid"
    [ -n "$pid" ] && [ -n "$birth" ] && [ "$(process_birth "$pid")" = "$birth" ] || return 1
    printf '%s' "$pid"
}

# stop_process NAME SECONDS: SIGTERM, then SIGKILL when the time is over.
stop_process() {
    local pid deadline
    pid=$(live_pid "$1") || { rm -f "$RUN/$1.pid"; return 0; }
    kill -TERM "$pid" 2>/dev/null || true
    deadline=$((SECONDS + $2))
    while live_pid "$1" >/dev/null; do
        if [ "$SECONDS" -ge "$deadline" ]; then
            warn "$1 (pid $pid) did not stop in $2 s; killed"
            kill -KILL "$pid" 2>/dev/null || true
            sleep 0.2
        fi
        sleep 0.05
    done
    rm -f "$RUN/$1.pid"
}

# start_process NAME COMMAND...: in a session of its own, output to its log.
start_process() {
    local name=$1 pid
    shift
    setsid "$@" </dev/null >>"$LOG/$name.log" 2>&1 &
    pid=$!
    remember_process "$name" "$pid"
}

# wait_until SECONDS COMMAND...: polls each 50 ms.
wait_until() {
    local deadline=$(($(date +%s%3N) + $1 * 1000))
    shift
    until "$@" >/dev/null 2>&1; do
        [ "$(date +%s%3N)" -lt "$deadline" ] || return 1
        sleep 0.05
    done
}

# What is no daemon of ours starts without our environment: it must not hold our secrets.
BARE=(env -i "PATH=$PATH" TZ=UTC LC_ALL=C.UTF-8)

# Postgres refuses to run as root: as root its files and process belong to this account.
DATABASE_ACCOUNT=postgres

as_database_account() {
    if [ "$(id -u)" = 0 ]; then
        setpriv --reuid="$DATABASE_ACCOUNT" --regid="$DATABASE_ACCOUNT" --clear-groups "${BARE[@]}" "$@"
    else
        "${BARE[@]}" "$@"
    fi
}
