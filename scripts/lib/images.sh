# The platform's images as one archive that a cluster without a registry can import.
# shellcheck shell=bash

IMAGE_ARCHIVE=$ROOT/var/deployment/images.tar

platform_version() { sed -n 's/^project(crypto_platform VERSION \([0-9.]*\).*/\1/p' "$ROOT/CMakeLists.txt"; }

# platform_images [FOLDER]: every image that its docker-compose.yml builds.
platform_images() {
    sed -n "s/^    image: \(platform\/[a-z-]*\):.*/\1:$(platform_version)/p" "${1:-$ROOT}/docker-compose.yml" | sort -u
}

# outside_images [FOLDER]: every image that it takes from elsewhere.
outside_images() { sed -n 's/^    image: \([a-z][a-z/]*:[0-9.]*\)$/\1/p' "${1:-$ROOT}/docker-compose.yml" | sort -u; }

# What the images are made of; another archive than of this is old.
images_stamp() {
    (cd "$ROOT" && sha256sum deploy/Dockerfile deploy/nodes.yaml deploy/devnet/pack* deploy/devnet/json_rpc.mjs deploy/devnet/solana/* docker-compose.yml scripts/container \
        scripts/migrate.sh scripts/lib/*.sh deploy/postgres/migrations/*.sql && cd "$BIN" && container_services | xargs sha256sum cryptoctl) | sha256sum | cut -d' ' -f1
}

# save_images FOLDER: those of that checkout.
save_images() {
    # Word splitting is meant: a list of names.
    # shellcheck disable=SC2046
    docker save -o "$IMAGE_ARCHIVE" $(platform_images "$1") $(outside_images "$1")
    container_chains "$1" >"$IMAGE_ARCHIVE.chains"
    images_stamp >"$IMAGE_ARCHIVE.stamp"
}

images_are_saved() { [ -s "$IMAGE_ARCHIVE" ] && [ "$(cat "$IMAGE_ARCHIVE.stamp" 2>/dev/null)" = "$(images_stamp)" ]; }
