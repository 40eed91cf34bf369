#!/usr/bin/env bash
# Runs the platform on a real one-node Kubernetes as documented: secrets, `kubectl apply -f k8s/`, one payment;
# then scaling, wallet-manager 1 -> 3 -> 1 and a rollout of the gateway under load, and the node off and on.
# Uses the images that scripts/compose-test.sh left, or builds them.   usage: scripts/k8s-test.sh
set -euo pipefail
. "$(dirname "$0")/lib/common.sh"
VAR=$ROOT/var/deployment RUN=$ROOT/var/deployment/run LOG=$ROOT/var/deployment/log
for part in packages engine identities images smoke cluster; do
    # shellcheck source=/dev/null
    . "$ROOT/scripts/lib/$part.sh"
done

PROJECT=$VAR/platform
LOAD_USERS=4
SHARE_MIN=20

cleanup() {
    local status=$?
    trap - EXIT
    if [ "$status" -ne 0 ]; then
        {
            kubectl get pods -o wide
            kubectl get events | grep -v Normal | tail -n 10
        } >&2 || true
    fi
    stop_cluster
    forget_cluster
    stop_engine
    exit "$status"
}

# What users type as kubectl.
kubectl() { kube kubectl "$@"; }

make_images() {
    local chain
    if images_are_saved; then
        for chain in $(container_chains "$PROJECT" | grep -vxFf "$IMAGE_ARCHIVE.chains"); do
            leave_out "$PROJECT" "$chain" "its image"
        done
        return 0
    fi
    step "building the images"
    DIE_STATUS=$CANNOT start_engine
    ensure_outside_images "$PROJECT"
    (cd "$PROJECT" && BINARIES=prebuilt docker-compose build >"$LOG/build.log" 2>&1) || die "the images were not built: $(tail -n 3 "$LOG/build.log")"
    save_images "$PROJECT"
    stop_engine
}

# pods_ready SECONDS: every workload has all its replicas.
pods_ready() {
    local workload
    for workload in $(kubectl get deployments,statefulsets -o name); do
        kubectl rollout status "$workload" --timeout="$1s" >"$LOG/wait.log" 2>&1 || { cat "$LOG/wait.log" >&2; die "$workload is not ready"; }
    done
}

gateway_url() { printf 'http://%s:8000' "$(kubectl get service api-gateway -o 'jsonpath={.spec.clusterIP}')"; }

smoke() { smoke_test "$PROJECT" "$(gateway_url)" "$VAR/k8s-smoke.json"; }

k8s_secrets() {
    (cd "$PROJECT" && PLATFORM_VAR=$VAR/secrets PLATFORM_ENV_FILE=$PROJECT/.env PATH=$VAR/path:$PATH ./scripts/k8s-secrets.sh)
}

secrets() {
    step "scripts/k8s-secrets.sh"
    cp "$PROJECT/.env" "$VAR/k8s-env.good"
    set_variable CHAIN_NETWORK testnet
    set_variable JWT_SECRET short
    if k8s_secrets >"$LOG/secrets.log" 2>&1; then die "a weak secret is accepted"; fi
    says "$LOG/secrets.log" 'JWT_SECRET has 5 characters, needs 32' 'scripts/up --env-only'
    cp "$VAR/k8s-env.good" "$PROJECT/.env"
    k8s_secrets >"$LOG/secrets.log"
    kubectl get namespace crypto-platform -o 'jsonpath={.metadata.labels}' | grep -q '"pod-security.kubernetes.io/enforce":"restricted"' ||
        die "the namespace does not enforce restricted pods"
}

set_variable() { sed -i "s|^$1=.*|$1=$2|" "$PROJECT/.env"; }

# says FILE TEXT...
says() {
    local file=$1 text
    shift
    for text; do
        grep -qF -- "$text" "$file" || { tail -n 20 "$file" >&2; die "does not say '$text'"; }
    done
    step "  refused as it should: $1"
}

migrate_again() {
    k8s_secrets >"$LOG/secrets.log"
    kubectl delete job -l app.kubernetes.io/name=migrate >"$LOG/migrate.log"
    kubectl apply -f "$PROJECT/k8s/40-migrate-job.yaml" >>"$LOG/migrate.log"
}

migrate_says() {
    kubectl logs --tail=-1 --prefix -l app.kubernetes.io/name=migrate >"$LOG/migrate.log" 2>&1
    grep -q 'to do:' "$LOG/migrate.log"
}

old_password() {
    step "another database password than the volume's"
    set_variable POSTGRES_PASSWORD "$(random_hex 16)"
    migrate_again
    wait_until 60 migrate_says || die "the migrate job says nothing: $(cat "$LOG/migrate.log")"
    says "$LOG/migrate.log" 'its volume has an old password' 'put the former POSTGRES_PASSWORD back' 'kubectl delete statefulset/postgres pvc/data-postgres-0'
    [ "$(kubectl get job -l app.kubernetes.io/name=migrate -o 'jsonpath={.items[0].status.succeeded}')" = '' ] || die "the migrate job succeeded"
    cp "$VAR/k8s-env.good" "$PROJECT/.env"
    migrate_again
    kubectl wait --for=condition=Complete job -l app.kubernetes.io/name=migrate --timeout=60s >"$LOG/wait.log" || die "the migrate job did not succeed"
}

apply() {
    step "kubectl apply -f k8s/"
    (cd "$PROJECT" && kubectl apply --dry-run=server -f k8s/ && kubectl apply -f k8s/) >"$LOG/apply.log" 2>&1 ||
        { cat "$LOG/apply.log" >&2; die "kubectl apply -f k8s/ failed"; }
    if grep -i warning "$LOG/apply.log" >&2; then die "the cluster warns about the manifests"; fi
    pods_ready 120
    kubectl wait --for=condition=Complete job -l app.kubernetes.io/name=migrate --timeout=60s >"$LOG/wait.log" || die "the migrate job did not succeed"
}

overlays() {
    local overlay
    for overlay in dev prod; do
        kubectl kustomize --load-restrictor LoadRestrictionsNone "$PROJECT/deploy/kustomize/$overlay" >"$VAR/$overlay.yaml" ||
            die "the overlay $overlay cannot be built"
        kubectl apply --dry-run=server -f "$VAR/$overlay.yaml" >"$LOG/overlay.log" 2>&1 || { cat "$LOG/overlay.log" >&2; die "the overlay $overlay is refused"; }
    done
    if grep -qE 'image: (postgres|redis|bitcoin/|zfnd/|platform/devnet-)' "$VAR/prod.yaml"; then die "production has the trial's database or nodes"; fi
}

# Under load: this shell is what load.mjs starts.
changes() {
    local old_gateways
    kubectl scale deployment ethereum-service --replicas=3
    kubectl rollout status deployment/ethereum-service --timeout=60s
    kubectl scale statefulset wallet-manager --replicas=3
    kubectl rollout status statefulset/wallet-manager --timeout=60s
    mapfile -t old_gateways < <(kubectl get pods -l app.kubernetes.io/name=api-gateway -o name)
    kubectl rollout restart deployment/api-gateway
    kubectl rollout status deployment/api-gateway --timeout=120s
    # The gateway's new pods know all replicas from their start; the old ones, which do not, serve the
    # connections they have until these end.
    kubectl wait --for=delete "${old_gateways[@]}" --timeout=60s
    served >"$VAR/served.before"
    sleep 10
    served >"$VAR/served.after"
    kubectl scale statefulset wallet-manager --replicas=1
    kubectl wait --for=delete pod/wallet-manager-1 pod/wallet-manager-2 --timeout=60s
    sleep 3
}

# A line a replica: its name and how many Transfer calls it has handled.
served() {
    local pod address
    kubectl get pods -l app.kubernetes.io/name=ethereum-service --field-selector=status.phase=Running \
        -o 'jsonpath={range .items[*]}{.metadata.name} {.status.podIP}{"\n"}{end}' | sort |
        while read -r pod address; do
            printf '%s %s\n' "$pod" "$(curl -fsS "http://$address:8002/metrics" |
                awk '/^grpc_server_handled_total.*ChainService\/Transfer"/ { sum += $NF } END { print sum + 0 }')"
        done
}

shares() {
    join "$VAR/served.before" "$VAR/served.after" | awk -v least="$SHARE_MIN" '
        { count[$1] = $3 - $2; total += $3 - $2 }
        END {
            for (pod in count) {
                share = total ? 100 * count[pod] / total : 0
                line = line sprintf(" %d %%", share)
                if (share < least) bad = 1
                replicas += 1
            }
            printf "  shares of %d replicas in %d calls:%s\n", replicas, total, line
            exit bad || replicas != 3
        }' || die "a replica of ethereum-service serves less than $SHARE_MIN %"
}

no_false_restore() {
    if kubectl logs --selector app.kubernetes.io/name=wallet-manager --container wallet-manager --tail=-1 | grep -i restored; then
        die "a replica took itself for restored"
    fi
}

under_load() {
    step "ethereum-service 1 -> 3, wallet-manager 1 -> 3 -> 1, rollout of api-gateway, under load"
    export KUBECONFIG PATH
    load_test "$PROJECT" "$(gateway_url)" "$LOAD_USERS" "$ROOT/scripts/k8s-test.sh" --changes
    shares
    no_false_restore
}

off_and_on() {
    step "the node off and on"
    stop_cluster
    start_cluster
    pods_ready 120
    smoke
    no_false_restore
}

if [ "${1:-}" = --changes ]; then
    changes
    exit
fi
mkdir -p "$RUN" "$LOG" "$VAR/path"
trap cleanup EXIT
install_packages yes "${CLUSTER_PACKAGES[@]}"
checkout "$PROJECT"
test_env_file "$PROJECT"
printf 'METRICS_ALLOW=%s.0/24\n' "$POD_NETWORK" >>"$PROJECT/.env"
# shellcheck disable=SC2016
printf '#!/bin/sh\nexec kube kubectl "$@"\n' >"$VAR/path/kubectl"
chmod +x "$VAR/path/kubectl"
rm -rf "$VAR/k8s-smoke.json" "$VAR/secrets"
make_images
step "starting a one-node cluster"
DIE_STATUS=$CANNOT start_cluster
containers images import "$IMAGE_ARCHIVE" >"$LOG/import.log"
secrets
overlays
apply
smoke
old_password
under_load
off_and_on
say "k8s: all of it works"
