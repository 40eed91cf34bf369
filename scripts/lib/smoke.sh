# The main job, done once over the REST API: register, wallet, payment, final.
# shellcheck shell=bash

# api METHOD PATH [JSON]: prints the body; fails on a status of 400 and above, showing the problem.
api() {
    local args=(-ksS --fail-with-body -m 30 -X "$1" -H 'content-type: application/json')
    [ -z "${SMOKE_TOKEN:-}" ] || args+=(-H "authorization: Bearer $SMOKE_TOKEN")
    [ -z "${3:-}" ] || args+=(-d "$3")
    curl "${args[@]}" "$API$2" || { printf '\n' >&2; return 1; }
}

# timed LABEL COMMAND...: one line a step with its time; the command's output is the result.
timed() {
    local label=$1 from
    from=$(date +%s.%N)
    shift
    SMOKE_RESULT=$("$@") || die "smoke: $label failed: $SMOKE_RESULT" "scripts/doctor, then scripts/logs api-gateway"
    printf '  %-34s %s s\n' "$label" "$(seconds_since "$from")"
}

transfer_is() {
    api GET "/api/v1/wallet/transactions/$1" | jq -e --arg want "$2" '.status == $want' >/dev/null
}

run_smoke() {
    local email password id
    API=$(service_url api-gateway)
    email="smoke-$(random_hex 6)@example.com"
    password="Smoke-$(random_hex 12)-9"
    step "smoke: one payment over the REST API"
    timed "register" api POST /auth/register "{\"email\":\"$email\",\"password\":\"$password\"}"
    SMOKE_TOKEN=$(jq -r .token <<<"$SMOKE_RESULT")
    timed "wallet with a balance" api GET /api/v1/wallet/balances
    SMOKE_BALANCE=$(jq -r '.ethereum.balance' <<<"$SMOKE_RESULT")
    timed "send 0.1 ETH" api POST /api/v1/ethereum/send "$SMOKE_SEND"
    id=$(jq -r .id <<<"$SMOKE_RESULT")
    SMOKE_HASH=$(jq -r .tx_hash <<<"$SMOKE_RESULT")
    timed "final" wait_until 60 transfer_is "$id" final
    printf '  balance before %s ETH, payment %s\n' "$SMOKE_BALANCE" "$SMOKE_HASH"
}

SMOKE_SEND='{"to":"0x70997970C51812dc3A010C7d01b50e0d17dc79C8","amount":"0.1"}'
