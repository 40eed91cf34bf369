# A container engine for tests, from Debian's packages alone, and the images that no registry serves here.
# shellcheck shell=bash

ENGINE=$ROOT/var/engine
ENGINE_PACKAGES=(docker.io docker-compose mmdebstrap iptables iproute2 python3-pip unzip)
# An address range that home and office networks rarely use.
ENGINE_NETWORK=172.30
BASE_IMAGE=debian:bookworm-slim
POSTGRES_WHEEL=pgserver==0.1.4

engine_answers() { docker version >/dev/null 2>&1; }

# Whether the machine has an engine or may start one.
engine_can_be_had() {
    engine_answers && command -v docker-compose >/dev/null && return 0
    [ "$(id -u)" = 0 ] && grep -q '^ID=debian' /etc/os-release
}

# Uses the engine that answers; else starts one of our own. Sets DOCKER_HOST and DOCKER_CONFIG then.
start_engine() {
    if [ -z "${DOCKER_HOST:-}" ] && engine_answers && command -v docker-compose >/dev/null && docker compose version >/dev/null 2>&1; then
        OWN_ENGINE=no
        return 0
    fi
    OWN_ENGINE=yes
    install_packages yes "${ENGINE_PACKAGES[@]}"
    mkdir -p "$ENGINE"/{data,exec,config/cli-plugins}
    export DOCKER_HOST=unix://$ENGINE/docker.sock DOCKER_CONFIG=$ENGINE/config
    install_compose_v2
    if ! engine_answers; then
        start_process engine dockerd --data-root "$ENGINE/data" --exec-root "$ENGINE/exec" --pidfile "$ENGINE/dockerd.pid" \
            -H "$DOCKER_HOST" --bip="$ENGINE_NETWORK.250.1/24" --default-address-pool "base=$ENGINE_NETWORK.0.0/17,size=24"
        wait_until 30 engine_answers || die "the container engine did not start: $(tail -n 3 "$LOG/engine.log")" "see $LOG/engine.log"
    fi
}

stop_engine() {
    [ "${OWN_ENGINE:-no}" = yes ] || return 0
    stop_process engine 30
    ip link del docker0 2>/dev/null || true
}

# Compose v2 and buildx are not in Debian 12; those of Debian 13 run on it. Unpacked for this engine alone.
install_compose_v2() {
    local work mirror options
    [ ! -x "$DOCKER_CONFIG/cli-plugins/docker-compose" ] || return 0
    work=$ENGINE/apt
    mkdir -p "$work"/{lists,cache/archives}/partial
    mirror=$(awk '/^URIs:/ { print $2; exit } /^deb / { print $2; exit }' /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null)
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror trixie main" >"$work/sources.list"
    options=(-qq -o "Dir::Etc::SourceList=$work/sources.list" -o Dir::Etc::SourceParts=/dev/null -o "Dir::State::lists=$work/lists"
        -o "Dir::Cache=$work/cache" -o "Dir::State::status=/dev/null" -o APT::Sandbox::User=root -o Acquire::Languages=none)
    (
        cd "$work"
        apt-get "${options[@]}" update
        apt-get "${options[@]}" download docker-compose docker-buildx
        for package in ./*.deb; do dpkg-deb -x "$package" unpacked; done
        cp unpacked/usr/libexec/docker/cli-plugins/* "$DOCKER_CONFIG/cli-plugins/"
    ) >"$LOG/compose-v2.log" 2>&1 || die "Compose v2 cannot be had: $(tail -n 2 "$LOG/compose-v2.log")" "see $LOG/compose-v2.log"
    rm -rf "$work"
}

has_image() { docker image inspect "$1" >/dev/null 2>&1; }

# ensure_image IMAGE COMMAND...: pulls it, or makes a stand-in with the command.
ensure_image() {
    local image=$1
    shift
    has_image "$image" || timeout 60 docker pull -q "$image" >/dev/null 2>&1 || "$@"
}

make_base_image() {
    local tree mirror
    step "making $BASE_IMAGE from Debian's packages"
    tree=$(mktemp -d)
    mirror=$(awk '/^URIs:/ { print $2; exit } /^deb / { print $2; exit }' /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null)
    mmdebstrap --variant=minbase bookworm "$tree/base" "$mirror" >"$LOG/mmdebstrap.log" 2>&1 ||
        die "mmdebstrap failed: $(tail -n 2 "$LOG/mmdebstrap.log")" "see $LOG/mmdebstrap.log"
    rm -rf "$tree/base"/usr/share/{doc,man,locale}/*
    tar -C "$tree/base" -c . | docker import -c 'CMD ["bash"]' - "$BASE_IMAGE" >/dev/null
    rm -rf "$tree"
}

make_postgres_image() {
    local work=$ENGINE/postgres
    step "making postgres:16 from PyPI's $POSTGRES_WHEEL"
    rm -rf "$work"
    mkdir -p "$work"
    pip download -q --no-deps --only-binary :all: -d "$work" "$POSTGRES_WHEEL" >"$LOG/pip.log" 2>&1 ||
        die "pip failed: $(tail -n 2 "$LOG/pip.log")" "see $LOG/pip.log"
    unzip -q "$work"/*.whl -d "$work"
    cp "$ROOT/tests/support/images/postgres-entrypoint" "$work/"
    docker build -q -f "$ROOT/tests/support/images/postgres.Dockerfile" -t postgres:16 "$work" >/dev/null
}

make_redis_image() {
    step "making redis:7 from Debian's packages"
    docker build -q --network host -f "$ROOT/tests/support/images/redis.Dockerfile" -t redis:7 "$ROOT/tests/support/images" >/dev/null
}

# make_node_image IMAGE PROGRAM: with the chain node of this machine. What it needs beside it is in PROGRAM.d.
make_node_image() {
    local work=$ENGINE/$2 program
    program=$(command -v "$2") || return 1
    step "making $1 from the machine's $2"
    rm -rf "$work"
    mkdir -p "$work"
    cp -rL "$program" "$work/$2"
    [ ! -d "$program.d" ] || cp -r "$program.d" "$work/"
    printf 'FROM %s\nCOPY . /usr/local/bin/\n' "$BASE_IMAGE" | docker build -q -f - -t "$1" "$work" >/dev/null
}

# ensure_outside_images FOLDER: of that checkout. A chain whose node is not to be had is left out of it.
ensure_outside_images() {
    local image chain
    ensure_image "$BASE_IMAGE" make_base_image
    for image in $(outside_images "$1"); do
        case $image in
            postgres:*) ensure_image "$image" make_postgres_image ;;
            redis:*) ensure_image "$image" make_redis_image ;;
            *)
                chain=$(sed -n "s#^\([a-z]*\): {image: \"$image\".*#\1#p" "$1/deploy/nodes.yaml")
                ensure_image "$image" make_node_image "$image" "${NODE_PROGRAM[$chain]}" || leave_out "$1" "$chain" "$image"
                ;;
        esac
    done
}

# leave_out FOLDER CHAIN IMAGE
leave_out() {
    say "left out: $2, because no registry serves $3 and ${NODE_PROGRAM[$2]} is not on PATH"
    sed -i "/^$2: {/d" "$1/deploy/nodes.yaml"
    rm "$1/k8s/50-$2-service.yaml"
    "$1/scripts/deploy-files" >/dev/null
}

# checkout FOLDER: what a clone of this tree has, with the host's binaries and what the devnet's nodes are
# made of for BINARIES=prebuilt. The documented commands are typed there, so that nobody's .env is touched.
checkout() {
    local packed=$ROOT/build/devnet
    "$ROOT/deploy/devnet/pack" "$packed"
    rm -rf "$1"
    mkdir -p "$1/build/release"
    (cd "$ROOT" && git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "$1")
    if [ "${BINARIES:-}" != source ]; then
        cp -r "$BIN" "$1/build/release/bin"
        cp -r "$packed" "$1/build/devnet"
    fi
}

# test_env_file FOLDER: a .env as scripts/up makes it, with room for a load test.
test_env_file() {
    PLATFORM_ENV_FILE=$1/.env PLATFORM_VAR=$1/var "$1/scripts/up" --env-only >/dev/null
    for class in OPEN AUTH READ WRITE SEND ADMIN; do
        printf 'RATE_LIMIT_%s_PER_MINUTE=100000\n' "$class"
    done >>"$1/.env"
}

# recipients FOLDER: CHAIN=ADDRESS of every chain of that checkout, one a line.
recipients() {
    local chain
    for chain in $(container_chains "$1"); do
        printf '%s=%s\n' "$chain" "${SMOKE_RECIPIENT[$chain]}"
    done
}

# smoke_test FOLDER URL STATE: the main job on every chain of that checkout.
smoke_test() {
    local pairs
    mapfile -t pairs < <(recipients "$1")
    node "$ROOT/tests/deployment/smoke.mjs" "$2" "$3" "${pairs[@]}"
}

# load_test FOLDER URL USERS COMMAND...: pays on all of them while the command changes the deployment.
load_test() {
    local pairs url=$2 users=$3
    mapfile -t pairs < <(recipients "$1")
    shift 3
    node "$ROOT/tests/deployment/load.mjs" "$url" "$users" "${pairs[@]}" -- "$@"
}
