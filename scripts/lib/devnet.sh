# Local chain nodes. Each keeps its state under var/devnet, because the daemons pin its genesis.
# shellcheck shell=bash

anvil_binary() {
    if [ -n "${ANVIL:-}" ]; then
        printf '%s' "$ANVIL"
        return 0
    fi
    # The npm wrapper would leave the node running when it is killed: take the binary itself.
    find "$ROOT"/deploy/devnet/node_modules/@foundry-rs/anvil-linux-* -type f -name anvil -perm -u+x 2>/dev/null | head -n 1 || true
}

# evm_height URL: the newest block's number; fails where no node answers.
evm_height() {
    local answer
    answer=$(curl -fsS -m 2 -H 'content-type: application/json' \
        -d '{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber","params":[]}' "$1" 2>/dev/null) &&
        answer=$(jq -re .result <<<"$answer") && printf '%d' "$answer"
}

# start_anvil CHAIN CHAIN_ID OPTION...
start_anvil() {
    local chain=$1 id=$2 anvil port
    shift 2
    anvil=$(anvil_binary)
    [ -n "$anvil" ] || die "anvil is missing" "npm ci --ignore-scripts in deploy/devnet, or set ANVIL to its binary"
    port=$(devnet_port "$chain")
    start_process "$(node_process "$chain")" "${BARE[@]}" "$ROOT/deploy/devnet/run-anvil" "$anvil" "$VAR/devnet/$chain.json" \
        --host "$HOST" --port "$port" --chain-id "$id" --block-time 1 \
        --slots-in-an-epoch "${DEVNET_SLOTS_IN_AN_EPOCH:-1}" --preserve-historical-states --state-interval 60 --quiet "$@"
}

# What a chain's devnet node is made of: start_, height_ and about_ of each chain.
start_ethereum() { start_anvil ethereum 31337; }
height_ethereum() { evm_height "$1"; }
about_ethereum() { printf 'anvil, a real node on chain 31337'; }

# Its blocks ask for no base fee; what a validator wants is the tip.
start_binance() { start_anvil binance 97 --base-fee 0 --gas-price 1000000000; }
height_binance() { evm_height "$1"; }
about_binance() { printf 'anvil, a real node on chain 97, base fee 0'; }

# The faucet's key is printed in libs/utxo_host; it spends what the first blocks pay (Zcash's: deploy/devnet/zebrad.toml).
BITCOIN_FAUCET=mr2QjST3GC2cez7MMPKFsVNkiEAULbAjUq
FAUCET_BLOCKS=150

login_bitcoin() { export_default BTC_RPC_COOKIE_FILE "$VAR/devnet/bitcoin/regtest/.cookie"; }
login_zcash() {
    if zcash_is_front; then
        export_default ZCASH_RPC_USER devnet
        export_default ZCASH_RPC_PASS "$(kept_secret "$VAR/devnet/zcash.password")"
    else
        export_default ZCASH_RPC_COOKIE_FILE "$VAR/devnet/zcash/.cookie"
    fi
}

# kept_secret FILE: what it holds; made once.
kept_secret() {
    mkdir -p "$(dirname "$1")"
    [ -s "$1" ] || (umask 077 && random_hex 24 >"$1")
    cat "$1"
}

# coin_login CHAIN: USER:PASSWORD of its node: NODE_LOGIN, else what its daemon uses.
coin_login() {
    local prefix user password cookie
    case $1 in bitcoin) prefix=BTC_RPC ;; *) prefix=ZCASH_RPC ;; esac
    user=${prefix}_USER password=${prefix}_PASS cookie=${prefix}_COOKIE_FILE
    if [ -n "${NODE_LOGIN:-}" ]; then
        printf '%s' "$NODE_LOGIN"
    elif [ -s "${!cookie:-}" ]; then
        cat "${!cookie}"
    else
        [ -n "${!user:-}" ] && printf '%s:%s' "${!user}" "${!password:-}"
    fi
}

# coin_call CHAIN METHOD [PARAMETERS]: the answer as it came; fails where the node is away.
coin_call() {
    local chain=$1 login
    # Without a password curl would ask for one and wait.
    login=$(coin_login "$chain") || return 1
    curl -fsS -m 20 -u "$login" -H 'content-type: application/json' \
        -d "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"$2\",\"params\":${3:-[]}}" \
        "$(devnet_url "$chain")" 2>/dev/null
}

# coin_rpc CHAIN METHOD [PARAMETERS]: the result as JSON; fails where the node refuses or is away.
coin_rpc() { coin_call "$@" | jq -ce 'select(.error == null) | .result'; }

# Mines blocks one after the other.
mine_bitcoin() { answers_strings bitcoin generatetoaddress "[$1,\"$BITCOIN_FAUCET\"]"; }
mine_zcash() { answers_strings zcash generate "[$1]"; }

# answers_strings CHAIN METHOD [PARAMETERS]: whether the result is a list of one string or more. The
# miner asks each second, and jq's start would be most of what an idle devnet costs.
answers_strings() {
    local answer
    answer=$(coin_call "$@") && [[ $answer =~ \"result\":[[:space:]]*\[[[:space:]]*\" ]]
}

# The first blocks pay the faucet.
first_blocks() {
    local height
    height=$(coin_rpc "$1" getblockcount)
    [ "$height" -ge "$FAUCET_BLOCKS" ] || wait_until 20 "mine_$1" $((FAUCET_BLOCKS - height))
}

BLOCKS_AFTER=12
IDLE_SECONDS=60

# Whether the newest block has more than its miner's own transaction.
newest_block_pays() {
    local hash block
    hash=$(coin_call "$1" getbestblockhash) && [[ $hash =~ [0-9a-f]{64} ]] &&
        block=$(coin_call "$1" getblock "[\"${BASH_REMATCH[0]}\",1]") &&
        [[ $block =~ \"tx\":[[:space:]]*\[[[:space:]]*\"[0-9a-f]{64}\"[[:space:]]*,[[:space:]]*\" ]]
}

# One block a second while a transaction waits or was mined a short while ago, so that payments become
# final, else one a minute.
follow_mempool() {
    local left=0 idle=0
    while sleep 1; do
        if answers_strings "$1" getrawmempool; then
            left=$BLOCKS_AFTER
        fi
        idle=$((idle + 1))
        if [ "$left" -gt 0 ] || [ "$idle" -ge "$IDLE_SECONDS" ]; then
            "mine_$1" 1 || continue
            left=$((left > 0 ? left - 1 : 0))
            idle=0
            # It may have come after the look at the pool.
            if newest_block_pays "$1"; then
                left=$BLOCKS_AFTER
            fi
        fi
    done
}

# seed_coins CHAIN [NAME=VALUE...]: with that environment of its miner.
seed_coins() {
    local chain=$1
    shift
    first_blocks "$chain"
    live_pid "miner-$chain" >/dev/null ||
        start_process "miner-$chain" "${BARE[@]}" "PLATFORM_VAR=$VAR" "$@" "$ROOT/scripts/devnet-miner" "$chain"
}
seed_bitcoin() { seed_coins bitcoin; }
seed_zcash() { seed_coins zcash "ZCASH_RPC_USER=${ZCASH_RPC_USER:-}" "ZCASH_RPC_PASS=${ZCASH_RPC_PASS:-}"; }

start_bitcoin() {
    mkdir -p "$VAR/devnet/bitcoin"
    start_process "$(node_process bitcoin)" "${BARE[@]}" bitcoind -regtest -datadir="$VAR/devnet/bitcoin" -server \
        -rpcport="$(devnet_port bitcoin)" -rpcbind="$HOST" -rpcallowip="$HOST" -listen=0 -connect=0 -txindex=1 -disablewallet \
        -printtoconsole=0
}
height_bitcoin() { coin_rpc bitcoin getblockcount; }
about_bitcoin() { printf 'bitcoind, a real node on regtest'; }

# Zcash's node of ours is zebrad where PATH has it, else the front (always with DEVNET_ZCASH_NODE=front). A chain
# that was begun goes on with its node.
zcash_is_front() {
    [ ! -e "$VAR/devnet/zcash/zebrad.toml" ] || return 1
    [ -e "$VAR/devnet/zcash.journal" ] || [ "${DEVNET_ZCASH_NODE:-}" = front ] || ! command -v zebrad >/dev/null
}

start_zcash_front() {
    start_process "$(node_process zcash)" "${BARE[@]}" "ZCASH_RPC_USER=$ZCASH_RPC_USER" "ZCASH_RPC_PASS=$ZCASH_RPC_PASS" \
        "$(command -v node)" "$ROOT/deploy/devnet/zcash/main.mjs" --port "$(devnet_port zcash)" --journal "$VAR/devnet/zcash.journal" \
        --miner "$(sed -n 's/^miner_address = "\(.*\)"$/\1/p' "$ROOT/deploy/devnet/zebrad.toml")" \
        --nu63-height "${DEVNET_ZCASH_NU63_HEIGHT:-1}"
}

start_zcash() {
    if zcash_is_front; then
        start_zcash_front
        return
    fi
    mkdir -p "$VAR/devnet/zcash"
    # One upgrade may come later, for tests that cross it.
    sed -e "s/^\"NU6.3\" = 1\$/\"NU6.3\" = ${DEVNET_ZCASH_NU63_HEIGHT:-1}/" -e "s#/var/lib/platform#$VAR/devnet/zcash#" -e "s#0\.0\.0\.0:18232#$HOST:$(devnet_port zcash)#" \
        -e 's/enable_cookie_auth = false/enable_cookie_auth = true/' "$ROOT/deploy/devnet/zebrad.toml" >"$VAR/devnet/zcash/zebrad.toml"
    start_process "$(node_process zcash)" "${BARE[@]}" zebrad -c "$VAR/devnet/zcash/zebrad.toml" start
}
height_zcash() { coin_rpc zcash getblockcount; }
about_zcash() {
    if zcash_is_front; then
        printf 'a front of ours on regtest that judges transparent payments; the real node needs zebrad on PATH and a fresh devnet'
    else
        printf 'zebrad, a real node on regtest'
    fi
}

# The real SVM, behind a front of ours that counts slots and commitment as the network does.
start_solana() {
    start_process "$(node_process solana)" "${BARE[@]}" "$(command -v node)" "$ROOT/deploy/devnet/solana/main.mjs" \
        --port "$(devnet_port solana)" --journal "$VAR/devnet/solana.journal" --slot-ms "${DEVNET_SOLANA_SLOT_MS:-400}"
}
height_solana() {
    curl -fsS -m 2 -H 'content-type: application/json' \
        -d '{"jsonrpc":"2.0","id":1,"method":"getSlot","params":[{"commitment":"confirmed"}]}' "$1" 2>/dev/null | jq -re .result
}
about_solana() { printf 'the real SVM (LiteSVM) behind a front of ours'; }

devnet_port() {
    local name=DEVNET_${1^^}_PORT
    printf '%s' "${!name}"
}
devnet_url() { printf 'http://%s:%s' "$HOST" "$(devnet_port "$1")"; }
node_urls() { printf '%s' "${!NODE_VARIABLE[$1]}"; }

# node_is_front CHAIN: whether a program of ours speaks for its devnet node.
node_is_front() { [ "$1" = solana ] || { [ "$1" = zcash ] && zcash_is_front; }; }

# node_is_missing CHAIN: whether PATH lacks what its devnet node is, and no front is there for it.
node_is_missing() {
    [ -n "${NODE_PROGRAM[$1]:-}" ] && ! command -v "${NODE_PROGRAM[$1]}" >/dev/null && ! node_is_front "$1"
}

node_process() { printf 'node-%s' "$1"; }

# The chains whose node is ours to run: no other was configured.
devnet_chains() {
    local chain variable
    [ "$CHAIN_NETWORK" = devnet ] || return 0
    for chain in "${CHAINS[@]}"; do
        variable=${NODE_VARIABLE[$chain]}
        [ "${!variable}" != "$(devnet_url "$chain")" ] || printf '%s\n' "$chain"
    done
}

start_devnet() {
    local chain port process
    mkdir -p "$VAR/devnet"
    for chain in $(devnet_chains); do
        process=$(node_process "$chain")
        if live_pid "$process" >/dev/null; then
            continue
        fi
        port=$(devnet_port "$chain")
        port_is_free "$port" || die_port "$port" "DEVNET_${chain^^}_PORT"
        "start_$chain"
    done
    for chain in $(devnet_chains); do
        process=$(node_process "$chain")
        wait_until 20 "height_$chain" "$(devnet_url "$chain")" ||
            die "the $chain node did not start: $(tail -n 3 "$LOG/$process.log")" "see $LOG/$process.log"
        if declare -F "seed_$chain" >/dev/null; then "seed_$chain"; fi
    done
}

devnet_runs() {
    local chain
    for chain in $(devnet_chains); do
        live_pid "$(node_process "$chain")" >/dev/null || return 1
    done
}

# Nodes write their state when they are told to stop.
stop_devnet() {
    local chain
    for chain in "${CHAINS[@]}"; do
        stop_process "miner-$chain" 5
        stop_process "$(node_process "$chain")" 15
    done
}
