#!/usr/bin/env bash
# What scripts/new-service.sh writes builds, passes the tree's own rules and reads its configuration.
set -euo pipefail

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
COPY=$(mktemp -d)
trap 'rm -rf "$COPY"' EXIT
git -C "$ROOT" ls-files -z --cached --others --exclude-standard | tar -C "$ROOT" --null -T - -cf - | tar -C "$COPY" -xf -
cd "$COPY"
git init -q

refused() {
    if scripts/new-service.sh "$@" 2>/dev/null; then
        echo "not refused: $*"
        exit 1
    fi
}
refused ethereum-service 8090
refused example-service 8002
refused ../example 8090
scripts/new-service.sh example-service 8090

python3 tests/tidy/tidy.py "$COPY"

# Its image, its compose service, its manifests and its edges.
scripts/deploy-files --check
grep -qx '  example-service:' docker-compose.yml
grep -q 'image: platform/example-service:' docker-compose.yml
grep -q 'SERVICE: example-service}' docker-compose.yml
grep -q 'example-service-identity:/identities/example-service' docker-compose.yml
for kind in ServiceAccount Service Deployment PodDisruptionBudget; do
    grep -A 2 "^kind: $kind\$" k8s/50-example-service.yaml | grep -qx '  name: example-service'
done
grep -q '50-example-service.yaml' deploy/kustomize/base/kustomization.yaml
ln -s "$ROOT/tests/tools/node_modules" tests/tools/node_modules
node tests/deployment/manifests.mjs k8s/*.yaml

clang-format-14 --dry-run --Werror services/example-service/*.cpp services/example-service/*.h libs/config/variables.cpp
# clang's precompiled headers are another folder's: all is compiled here, so without optimisation.
cmake --preset debug -DPLATFORM_TESTS=OFF -DPLATFORM_UNITY=ON >/dev/null
cmake --build --preset debug --target example-service | tail -n 1
PROGRAM=build/debug/bin/example-service
"$PROGRAM" --version
"$PROGRAM" --config-names | grep -x EXAMPLE_SERVICE_DATABASE_URL
if refusal=$("$PROGRAM" --config-check 2>&1); then
    echo "an empty configuration was accepted"
    exit 1
fi
grep -q EXAMPLE_SERVICE_DATABASE_URL <<<"$refusal"
echo "PASS"
