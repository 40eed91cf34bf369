#!/usr/bin/env bash
# Makes a namespace with restricted pod security, makes it the current one, and creates every Secret that
# k8s/ names from .env. Repeatable; a changed value reaches a daemon with the next
# `kubectl rollout restart`. No secret is ever in a manifest.
#   usage: scripts/k8s-secrets.sh [NAMESPACE]      default: crypto-platform
set -euo pipefail
. "$(dirname "$0")/lib/common.sh"
for part in environment identities; do
    # shellcheck source=/dev/null
    . "$ROOT/scripts/lib/$part.sh"
done

NAMESPACE=${1:-crypto-platform}
# The authority of the daemons' certificates stays here, so that a repetition renews and does not replace.
IDENTITIES=$VAR/k8s/$NAMESPACE

make_namespace() {
    kubectl create namespace "$NAMESPACE" --dry-run=client -o yaml | kubectl apply -f - >/dev/null
    kubectl label namespace "$NAMESPACE" --overwrite pod-security.kubernetes.io/enforce=restricted \
        pod-security.kubernetes.io/warn=restricted >/dev/null
    kubectl config set-context --current --namespace "$NAMESPACE" >/dev/null
}

# One Secret a part: each file of its folder is a key.
make_secret() {
    kubectl create secret generic "$1-identity" --namespace "$NAMESPACE" --from-file="$IDENTITIES/$1" --dry-run=client -o yaml |
        kubectl label --local -f - app.kubernetes.io/part-of=crypto-platform -o yaml |
        kubectl apply --server-side --force-conflicts -f - >/dev/null
}

command -v kubectl >/dev/null || die "kubectl is not installed" "https://kubernetes.io/docs/tasks/tools"
umask 077
make_env_file
load_env
derive_container_addresses
write_identities "$IDENTITIES" >/dev/null
# Without the program the daemons say it themselves, in the log of a pod that does not start.
if [ -x "$BIN/cryptoctl" ]; then check_identities "$IDENTITIES" "$BIN/cryptoctl"; fi
make_namespace
for part in migrate postgres redis $(container_services); do
    make_secret "$part"
done
say "namespace $NAMESPACE is the current one and has its secrets; next: kubectl apply -f k8s/"
