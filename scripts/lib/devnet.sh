# Local chain nodes. Each keeps its state under var/devnet, because the daemons pin its genesis.
# shellcheck shell=bash

anvil_binary() {
    if [ -n "${ANVIL:-}" ]; then
        printf '%s' "$ANVIL"
        return 0
    fi
    # The npm wrapper would leave the node running when it is killed: take the binary itself.
    find "$ROOT"/deploy/devnet/node_modules/@foundry-rs/anvil-linux-* -type f -name anvil -perm -u+x 2>/dev/null | head -n 1
}

ethereum_answers() {
    curl -fsS -m 2 -H 'content-type: application/json' \
        -d '{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}' "http://$HOST:$DEVNET_ETHEREUM_PORT" | grep -q 0x7a69
}

start_ethereum() {
    local anvil
    [ "$CHAIN_NETWORK" = devnet ] && [ "$ETH_RPC_URL" = "http://$HOST:$DEVNET_ETHEREUM_PORT" ] || return 0
    if live_pid anvil-ethereum >/dev/null; then
        return 0
    fi
    anvil=$(anvil_binary)
    [ -n "$anvil" ] || die "anvil is missing" "npm ci --ignore-scripts in deploy/devnet, or set ANVIL to its binary"
    port_is_free "$DEVNET_ETHEREUM_PORT" || die_port "$DEVNET_ETHEREUM_PORT" DEVNET_ETHEREUM_PORT
    mkdir -p "$VAR/devnet"
    start_process anvil-ethereum "${BARE[@]}" "$anvil" --host "$HOST" --port "$DEVNET_ETHEREUM_PORT" --chain-id 31337 \
        --block-time 1 --slots-in-an-epoch "${DEVNET_SLOTS_IN_AN_EPOCH:-1}" --state "$VAR/devnet/ethereum.json" \
        --preserve-historical-states --state-interval 60 --quiet
    wait_until 20 ethereum_answers || die "anvil did not start: $(tail -n 3 "$LOG/anvil-ethereum.log")" "see $LOG/anvil-ethereum.log"
}

start_devnet() {
    [ "$CHAIN_NETWORK" = devnet ] || return 0
    start_ethereum
}

# anvil writes its state when it is told to stop.
stop_devnet() { stop_process anvil-ethereum 15; }
