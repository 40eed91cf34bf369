#!/usr/bin/env bash
# Runs the platform with compose as documented, on an engine from Debian's packages: build, up, one payment,
# every service restarted under load, down and up with the data kept, and the remedies for usual mistakes.
# With docker-compose 1.29 and with Compose v2. Leaves the images in var/deployment for scripts/k8s-test.sh.
#   usage: scripts/compose-test.sh [--full | --prepare]
#     --full     compiles in the image instead of using build/release
#     --prepare  only makes the images that no registry serves here, for a later run
set -euo pipefail
. "$(dirname "$0")/lib/common.sh"
VAR=$ROOT/var/deployment RUN=$ROOT/var/deployment/run LOG=$ROOT/var/deployment/log
for part in packages engine identities images smoke; do
    # shellcheck source=/dev/null
    . "$ROOT/scripts/lib/$part.sh"
done

PROJECT=$VAR/platform
IMAGE_MB_MAX=60
LOAD_USERS=3
export BINARIES=prebuilt
PLATFORM_COMMIT=$(git -C "$ROOT" rev-parse HEAD)
export PLATFORM_COMMIT
if [ "${1:-}" = --full ]; then
    BINARIES=source
    # What this machine trusts besides: npm inside the build must trust it too.
    EXTRA_CA=$(cat /usr/local/share/ca-certificates/*.crt 2>/dev/null || true)
    export EXTRA_CA
fi

cleanup() {
    local status=$?
    trap - EXIT
    if [ "$status" -ne 0 ] && [ -d "$PROJECT" ]; then
        (cd "$PROJECT" && docker-compose ps && docker-compose logs --tail 15) >&2 || true
    fi
    if [ -d "$PROJECT" ]; then
        (cd "$PROJECT" && docker-compose down --volumes) >/dev/null 2>&1 || true
    fi
    stop_engine
    exit "$status"
}

# Typed in the folder of the checkout; its output is shown where it fails.
typed() {
    "$@" >"$LOG/typed.log" 2>&1 || { cat "$LOG/typed.log" >&2; die "failed: $*"; }
}

# Debian's engine at times still counts a container that it has just removed, and keeps its network for a moment.
typed_down() {
    local tries=0
    until "$@" >"$LOG/typed.log" 2>&1; do
        if ! grep -q 'has active endpoints' "$LOG/typed.log" || [ $((tries += 1)) -ge 3 ]; then
            cat "$LOG/typed.log" >&2
            die "failed: $*"
        fi
        sleep 2
    done
}

# The same for what goes on until it is interrupted.
followed() {
    local status=0
    timeout -s INT 2 "$@" >"$LOG/typed.log" 2>&1 || status=$?
    grep -q api-gateway "$LOG/typed.log" || die "failed with $status: $*"
}

# refused TEXT... -- COMMAND...: fails, and says each TEXT in its output or in the log of the part named in LOOK_AT.
refused() {
    local texts=() text
    while [ "$1" != -- ]; do
        texts+=("$1")
        shift
    done
    shift
    if "$@" >"$LOG/refused.log" 2>&1; then
        die "succeeded, but should not: $*"
    fi
    [ -z "${LOOK_AT:-}" ] || docker-compose logs --no-color "$LOOK_AT" >>"$LOG/refused.log" 2>&1
    for text in "${texts[@]}"; do
        grep -qF -- "$text" "$LOG/refused.log" || { tail -n 20 "$LOG/refused.log" >&2; die "does not say '$text': $*"; }
    done
    step "  refused as it should: ${texts[0]}"
}

smoke() { smoke_test "$PROJECT" "$URL" "$VAR/smoke.json"; }

# A line a container: what is inspected of it.
inspect_all() { docker-compose ps -q | xargs docker inspect -f "$1"; }

everything_healthy() {
    local states
    states=$(inspect_all '{{if .State.Health}}{{.State.Health.Status}}{{end}}' | grep .) && ! grep -vx healthy <<<"$states"
}

documented_lines() {
    step "docker-compose $(docker-compose version --short): build, up"
    typed docker-compose build
    typed docker-compose up -d postgres redis
    typed docker-compose up -d
    followed docker-compose logs -f
    wait_until 60 everything_healthy || die "not every service became healthy"
    curl -fsS "$URL/health" | grep -q '"status":"ok"' || die "GET /health is not ok"
    smoke
}

# Under load, every part, one after the other.
restarts() {
    local services
    mapfile -t services < <(docker-compose config --services | grep -vE '^(prepare|migrate)$')
    step "restart under load: ${services[*]}"
    # The inner shell expands its own arguments.
    # shellcheck disable=SC2016
    load_test "$PROJECT" "$URL" "$LOAD_USERS" bash -euc \
        'for service; do docker-compose restart "$service" >/dev/null 2>&1; sleep 1; done' bash "${services[@]}"
}

# size_above IMAGE: megabytes above its base: Debian, and Node.js where it needs that.
size_above() {
    local base node
    base=$(docker image inspect -f '{{.Size}}' "$BASE_IMAGE")
    node=$(docker run --rm --entrypoint stat "$1" -c %s /usr/local/bin/node 2>/dev/null || echo 0)
    echo $((($(docker image inspect -f '{{.Size}}' "$1") - base - node) / 1000000))
}

# Each image is small, not root, has its labels and the list of its parts.
images() {
    local size image name label
    for image in $(platform_images "$PROJECT"); do
        name=${image#*/}
        name=${name%:*}
        size=$(size_above "$image")
        step "  $image: $size MB above its base"
        [ "$size" -lt "$IMAGE_MB_MAX" ] || die "$image has $size MB above its base, at most $IMAGE_MB_MAX"
        [ "$(docker image inspect -f '{{.Config.User}}' "$image")" = 10001:10001 ] || die "$image runs as root"
        label=$(docker image inspect -f '{{index .Config.Labels "org.opencontainers.image.version"}} {{index .Config.Labels "org.opencontainers.image.revision"}}' "$image")
        [ "$label" = "$(platform_version) $PLATFORM_COMMIT" ] || die "$image is labelled '$label'"
        docker run --rm --entrypoint cat "$image" "/usr/share/sbom/$name.spdx.json" >"$LOG/sbom.json" || die "$image has no list of its parts"
        jq -e '.spdxVersion == "SPDX-2.3" and (.packages | length > 50) and any(.relationships[]; .relationshipType == "DYNAMIC_LINK")' "$LOG/sbom.json" >/dev/null ||
            die "the list of parts of $image is incomplete"
    done
    "$PROJECT/scripts/image-digests" >"$VAR/digests"
    [ "$(grep -cE '^[a-z/-]+:[0-9.]+ .*sha256:[0-9a-f]{64}$' "$VAR/digests")" = "$(wc -l <"$VAR/digests")" ] || die "scripts/image-digests: $(cat "$VAR/digests")"
    step "images: $(platform_images "$PROJECT" | wc -w) of them, each under $IMAGE_MB_MAX MB above the base, not root, labelled, with SBOM"
}

# Each container has a root that it cannot write and no capabilities; none but `prepare`, which ends, has a
# secret in its environment; one port is published, on the loopback address.
confined() {
    local all holders published
    all=$(docker-compose ps -q | wc -l)
    [ "$(inspect_all '{{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}}' | grep -cx 'true \[ALL\]')" = "$all" ] ||
        die "not confined: $(inspect_all '{{.Name}} {{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}}')"
    holders=$(inspect_all '{{.Name}} {{json .Config}}' | grep -Ff <(secret_values) | cut -d' ' -f1)
    [[ $holders =~ ^/[a-z]+[-_]prepare[-_]1$ ]] || die "have a secret in their environment: $holders"
    published=$(docker ps --format '{{.Ports}}' | grep -e '->' | sort -u)
    [ "$published" = "127.0.0.1:$PORT->8000/tcp" ] || die "published: $published"
}

secret_values() { sed -nE 's/^[A-Z0-9_]*(PASSWORD|SECRET|KEY)=(.{16,})$/\2/p' .env; }

second_compose() {
    step "docker compose $(docker compose version --short): down, up, the data is kept"
    typed_down docker-compose down
    typed docker compose build
    typed docker compose up -d postgres redis
    typed docker compose up -d
    smoke
    typed_down docker compose down
}

set_variable() { sed -i "s|^$1=.*|$1=$2|" .env; }

remedies() {
    local holder name
    step "remedies"
    cp .env "$VAR/env.good"
    for name in POSTGRES_PASSWORD JWT_SECRET ENCRYPTION_KEY; do
        sed -i "/^$name=/d" .env
        refused "$name" 'run scripts/up --env-only' -- docker-compose up -d
        refused "$name" 'run scripts/up --env-only' -- docker compose up -d
        cp "$VAR/env.good" .env
    done
    set_variable CHAIN_NETWORK testnet
    set_variable JWT_SECRET short
    LOOK_AT=prepare refused 'JWT_SECRET has 5 characters, needs 32' 'scripts/up --env-only' -- docker-compose up -d
    cp "$VAR/env.good" .env
    set_variable POSTGRES_PASSWORD "$(random_hex 16)"
    LOOK_AT=migrate refused 'its volume has an old password' 'put the former POSTGRES_PASSWORD back' 'docker-compose down --volumes' -- docker-compose up -d
    cp "$VAR/env.good" .env
    typed_down docker-compose down
    python3 -m http.server --bind 127.0.0.1 "$PORT" >/dev/null 2>&1 &
    holder=$!
    wait_until 10 curl -fsS -o /dev/null "$URL"
    refused "$PORT" -- docker-compose up -d
    refused "port $PORT is held by python3 (pid $holder)" 'set GATEWAY_PORT' -- ./scripts/doctor --compose
    kill "$holder"
    step "with the former .env and the port free everything returns"
    typed docker-compose up -d
    smoke
}

mkdir -p "$RUN" "$LOG"
trap cleanup EXIT
DIE_STATUS=$CANNOT start_engine
if [ "${1:-}" = --prepare ]; then
    BINARIES=source checkout "$PROJECT"
    ensure_outside_images "$PROJECT"
    rm -rf "$PROJECT"
    exit 0
fi
checkout "$PROJECT"
ensure_outside_images "$PROJECT"
test_env_file "$PROJECT"
rm -f "$VAR/smoke.json"
PORT=8000
port_is_free "$PORT" || PORT=$(shuf -i 20000-32000 -n 1)
printf 'GATEWAY_PORT=%s\n' "$PORT" >>"$PROJECT/.env"
URL=http://127.0.0.1:$PORT
cd "$PROJECT"
documented_lines
images
confined
restarts
second_compose
remedies
save_images "$PROJECT"
say "compose: all of it works"
