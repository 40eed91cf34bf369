# A real one-node Kubernetes for tests, as plain processes of this machine: etcd, apiserver, controller-manager,
# scheduler, containerd, kubelet, kube-proxy and CoreDNS. No systemd, no registry, no internet. Needs root,
# Debian, and the programs `kube` (all of Kubernetes in one) and `coredns` on PATH; one cluster a machine.
#   start_cluster, stop_cluster (keeps the state: like switching the node off), forget_cluster
# Pods reach the host at 10.244.0.1 and nothing beyond; Services answer the host at their cluster addresses.
# Network policies are accepted, not enforced.
# shellcheck shell=bash

CLUSTER=$ROOT/var/cluster
CLUSTER_PACKAGES=(etcd-server containerd runc containernetworking-plugins iptables iproute2 openssl procps gcc libc6-dev)
NODE_NAME=node1
BRIDGE=kubr0
POD_NETWORK=10.244.0
SERVICE_NETWORK=10.96
NODE_IP=$POD_NETWORK.1
SOCKET=$CLUSTER/containerd.sock
PKI=$CLUSTER/pki
CONF=$CLUSTER/conf
SANDBOX_IMAGE=platform.local/pause:1
# What kubelet, kube-proxy and this script change in the kernel; stopping puts it back.
KERNEL_SETTINGS=(net.ipv4.ip_forward net.ipv4.conf.all.route_localnet net.bridge.bridge-nf-call-iptables
    vm.overcommit_memory vm.panic_on_oom kernel.panic kernel.panic_on_oops kernel.keys.root_maxkeys kernel.keys.root_maxbytes)

cluster_can_be_had() {
    [ "$(id -u)" = 0 ] && grep -q '^ID=debian' /etc/os-release && command -v kube >/dev/null && command -v coredns >/dev/null
}

# --- keys

new_authority() {
    [ -s "$PKI/ca.crt" ] || openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj /CN=test-cluster \
        -keyout "$PKI/ca.key" -out "$PKI/ca.crt" 2>/dev/null
    [ -s "$PKI/accounts.pub" ] || {
        openssl genrsa -out "$PKI/accounts.key" 2048 2>/dev/null
        openssl rsa -in "$PKI/accounts.key" -pubout -out "$PKI/accounts.pub" 2>/dev/null
    }
}

# new_certificate NAME SUBJECT [ALTERNATIVE_NAMES]
new_certificate() {
    [ ! -s "$PKI/$1.crt" ] || return 0
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "$2" -CA "$PKI/ca.crt" -CAkey "$PKI/ca.key" \
        -keyout "$PKI/$1.key" -out "$PKI/$1.crt" -config <(printf '%s\n' '[req]' distinguished_name=d x509_extensions=e '[d]' '[e]' \
            basicConstraints=critical,CA:FALSE keyUsage=critical,digitalSignature extendedKeyUsage=clientAuth,serverAuth \
            "${3:+subjectAltName=$3}") 2>/dev/null
}

# new_kubeconfig FILE SUBJECT [ALTERNATIVE_NAMES]
new_kubeconfig() {
    local name
    name=$(basename "$1" .conf)
    new_certificate "$name" "$2" "${3:-}"
    [ ! -s "$1" ] || return 0
    (umask 077 && cat >"$1") <<YAML
{apiVersion: v1, kind: Config, current-context: test, contexts: [{name: test, context: {cluster: test, user: $name}}],
 clusters: [{name: test, cluster: {server: "https://$NODE_IP:6443", certificate-authority-data: $(base64 -w0 "$PKI/ca.crt")}}],
 users: [{name: $name, user: {client-certificate-data: $(base64 -w0 "$PKI/$name.crt"), client-key-data: $(base64 -w0 "$PKI/$name.key")}}]}
YAML
}

make_identities() {
    new_authority
    new_certificate apiserver /CN=kube-apiserver "IP:$NODE_IP,IP:$SERVICE_NETWORK.0.1,DNS:localhost,DNS:kubernetes.default.svc.cluster.local"
    new_certificate kubelet-client /O=system:masters/CN=kubelet-client
    new_kubeconfig "$CLUSTER/admin.conf" /O=system:masters/CN=admin
    new_kubeconfig "$CONF/manager.conf" /CN=system:kube-controller-manager
    new_kubeconfig "$CONF/scheduler.conf" /CN=system:kube-scheduler
    new_kubeconfig "$CONF/proxy.conf" /CN=system:kube-proxy
    new_kubeconfig "$CONF/kubelet.conf" "/O=system:nodes/CN=system:node:$NODE_NAME" "IP:$NODE_IP,DNS:$NODE_NAME"
}

# --- network: a bridge for the pods; its address is the node's, so nothing listens on the machine's own interfaces

filter_rule() {
    iptables -w -C "$@" -m comment --comment test-cluster 2>/dev/null || iptables -w -I "$@" -m comment --comment test-cluster
}

make_network() {
    modprobe -a br_netfilter overlay 2>/dev/null || true
    [ -s "$CLUSTER/kernel" ] || sysctl -e "${KERNEL_SETTINGS[@]}" >"$CLUSTER/kernel" 2>/dev/null
    if [ ! -e "/sys/class/net/$BRIDGE" ]; then
        ip link add "$BRIDGE" address 02:00:0a:f4:00:01 type bridge
        ip link set "$BRIDGE" up
        ip addr add "$NODE_IP/24" dev "$BRIDGE"
        ip route add "$SERVICE_NETWORK.0.0/16" dev "$BRIDGE"
    fi
    sysctl -q -w net.ipv4.ip_forward=1
    sysctl -q -e -w net.bridge.bridge-nf-call-iptables=1
    filter_rule FORWARD -i "$BRIDGE" ! -o "$BRIDGE" -m conntrack --ctstate NEW -j REJECT --reject-with icmp-net-unreachable
    filter_rule FORWARD -i "$BRIDGE" -o "$BRIDGE" -j ACCEPT
    cat >"$CLUSTER/cni/net.d/10-test.conflist" <<JSON
{"cniVersion": "0.4.0", "name": "test", "plugins": [
  {"type": "bridge", "bridge": "$BRIDGE", "isDefaultGateway": true, "hairpinMode": true,
   "ipam": {"type": "host-local", "dataDir": "$CLUSTER/cni/ipam", "ranges": [[{"subnet": "$POD_NETWORK.0/24"}]]}}]}
JSON
}

# First the jumps and our own rules, then the chains.
remove_network() {
    local table
    ip link del "$BRIDGE" 2>/dev/null
    for table in raw mangle nat filter; do
        iptables-save -t "$table" >"$CLUSTER/rules" 2>/dev/null || continue
        {
            echo "*$table"
            sed -nE '/^-A [A-Z]+ .*(-j (KUBE|CNI)-|--comment "?test-cluster)/s/^-A/-D/p' "$CLUSTER/rules"
            sed -nE 's/^:((KUBE|CNI)-[^ ]*) .*/-F \1/p' "$CLUSTER/rules"
            sed -nE 's/^:((KUBE|CNI)-[^ ]*) .*/-X \1/p' "$CLUSTER/rules"
            echo COMMIT
        } | iptables-restore -w --noflush
    done
    sysctl -q -p "$CLUSTER/kernel"
    rm -f "$CLUSTER/kernel" "$CLUSTER/rules"
}

# --- containers

containers() { ctr -a "$SOCKET" -n k8s.io "$@"; }

start_containerd() {
    cat >"$CONF/containerd.toml" <<TOML
version = 2
root = "$CLUSTER/containerd/root"
state = "$CLUSTER/containerd/state"
disabled_plugins = ["io.containerd.internal.v1.opt", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.aufs"]
grpc.address = "$SOCKET"
debug.address = "$CLUSTER/containerd/debug.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "$SANDBOX_IMAGE"
  netns_mounts_under_state_dir = true
  restrict_oom_score_adj = true
  cni = { bin_dir = "/usr/lib/cni", conf_dir = "$CLUSTER/cni/net.d" }
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    options = { SystemdCgroup = false, Root = "$CLUSTER/containerd/state/runc" }
TOML
    # The dead proxy lets a pull fail at once instead of asking the outside.
    start_process cluster-containerd env HTTPS_PROXY=http://127.0.0.1:1 HTTP_PROXY=http://127.0.0.1:1 containerd -c "$CONF/containerd.toml"
    wait_part containerd containers version
    containers images ls -q | grep -qx "$SANDBOX_IMAGE" || make_sandbox_image
}

# The process that holds a pod's namespaces: it waits, and collects orphans.
make_sandbox_image() {
    local work
    work=$(mktemp -d)
    mkdir "$work/layer"
    gcc -Os -s -static -x c -o "$work/layer/pause" - <<'C'
#include <signal.h>
#include <unistd.h>
int main(void) { signal(SIGTERM, _exit); signal(SIGINT, _exit); signal(SIGCHLD, SIG_IGN); for (;;) pause(); }
C
    tar -C "$work/layer" -cf "$work/layer.tar" pause
    printf '[{"Config": "config.json", "RepoTags": ["%s"], "Layers": ["layer.tar"]}]' "$SANDBOX_IMAGE" >"$work/manifest.json"
    printf '{"architecture": "amd64", "os": "linux", "config": {"Entrypoint": ["/pause"], "User": "65535:65535"}, "rootfs": {"type": "layers", "diff_ids": ["sha256:%s"]}}' \
        "$(sha256sum "$work/layer.tar" | cut -c-64)" >"$work/config.json"
    tar -C "$work" -cf - manifest.json config.json layer.tar | containers images import - >/dev/null
    rm -rf "$work"
}

# --- parts

# wait_part NAME COMMAND...
wait_part() {
    local name=$1
    shift
    wait_until 60 "$@" || die "$name of the cluster did not start: $(tail -n 5 "$LOG/cluster-$name.log")" "see $LOG/cluster-$name.log"
}

admin() { kube kubectl --kubeconfig "$CLUSTER/admin.conf" "$@"; }

start_control_plane() {
    local store=http://127.0.0.1:12381 peers=http://127.0.0.1:12382
    start_process cluster-etcd etcd --name test --data-dir "$CLUSTER/etcd" --listen-client-urls $store --advertise-client-urls $store \
        --listen-peer-urls $peers --initial-advertise-peer-urls $peers --initial-cluster test=$peers --logger zap --log-level warn
    start_process cluster-apiserver kube apiserver --bind-address=$NODE_IP --advertise-address=$NODE_IP --etcd-servers=$store \
        --authorization-mode=Node,RBAC --profiling=false --enable-admission-plugins=NodeRestriction \
        --service-cluster-ip-range=$SERVICE_NETWORK.0.0/16 --client-ca-file="$PKI/ca.crt" \
        --tls-cert-file="$PKI/apiserver.crt" --tls-private-key-file="$PKI/apiserver.key" \
        --kubelet-client-certificate="$PKI/kubelet-client.crt" --kubelet-client-key="$PKI/kubelet-client.key" \
        --kubelet-certificate-authority="$PKI/ca.crt" --kubelet-preferred-address-types=InternalIP \
        --service-account-issuer=https://kubernetes.default.svc.cluster.local \
        --service-account-key-file="$PKI/accounts.pub" --service-account-signing-key-file="$PKI/accounts.key"
    start_containerd
    wait_part apiserver admin get --raw /readyz
    start_process cluster-manager kube controller-manager --kubeconfig="$CONF/manager.conf" --bind-address=127.0.0.1 --leader-elect=false \
        --use-service-account-credentials --root-ca-file="$PKI/ca.crt" --cluster-signing-cert-file="$PKI/ca.crt" \
        --cluster-signing-key-file="$PKI/ca.key" --service-account-private-key-file="$PKI/accounts.key" \
        --flex-volume-plugin-dir="$CLUSTER/plugins" --profiling=false
    start_process cluster-scheduler kube scheduler --kubeconfig="$CONF/scheduler.conf" --bind-address=127.0.0.1 --leader-elect=false --profiling=false
}

start_node() {
    cat >"$CONF/kubelet.yaml" <<YAML
---
{kind: KubeletConfiguration, apiVersion: kubelet.config.k8s.io/v1beta1, address: $NODE_IP, tlsCertFile: $PKI/kubelet.crt,
 tlsPrivateKeyFile: $PKI/kubelet.key, authorization: {mode: Webhook},
 authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $PKI/ca.crt}},
 cgroupDriver: cgroupfs, failCgroupV1: false, failSwapOn: false, clusterDNS: [$NODE_IP], clusterDomain: cluster.local,
 resolvConf: $CONF/resolv.conf, containerRuntimeEndpoint: "unix://$SOCKET", podLogsDir: $CLUSTER/pods,
 volumePluginDir: $CLUSTER/plugins, imageGCHighThresholdPercent: 100, makeIPTablesUtilChains: false,
 evictionHard: {memory.available: 200Mi, nodefs.available: 1%, imagefs.available: 1%, nodefs.inodesFree: 1%}}
YAML
    cat >"$CONF/proxy.yaml" <<YAML
---
{kind: KubeProxyConfiguration, apiVersion: kubeproxy.config.k8s.io/v1alpha1, mode: iptables, clientConnection: {kubeconfig: $CONF/proxy.conf},
 clusterCIDR: $POD_NETWORK.0/24, hostnameOverride: $NODE_NAME, healthzBindAddress: "127.0.0.1:10256", metricsBindAddress: "127.0.0.1:10249",
 conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}}
YAML
    printf '%s\n' "cluster.local:53 in-addr.arpa:53 {" "bind $NODE_IP" errors "kubernetes cluster.local in-addr.arpa {" \
        "kubeconfig $CLUSTER/admin.conf" "ttl 5" "}" "}" ".:53 {" "bind $NODE_IP" "template IN ANY . {" "rcode NXDOMAIN" "}" "}" >"$CONF/Corefile"
    echo "nameserver $NODE_IP" >"$CONF/resolv.conf"
    admin apply -f - >/dev/null <<YAML
{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: standard, annotations: {storageclass.kubernetes.io/is-default-class: "true"}},
 provisioner: test/local, volumeBindingMode: WaitForFirstConsumer, reclaimPolicy: Delete}
YAML
    forget_readiness
    start_process cluster-kubelet kube kubelet --config="$CONF/kubelet.yaml" --kubeconfig="$CONF/kubelet.conf" --root-dir="$CLUSTER/kubelet" \
        --cert-dir="$PKI" --hostname-override=$NODE_NAME --node-ip=$NODE_IP
    start_process cluster-proxy kube proxy --config="$CONF/proxy.yaml"
    start_process cluster-coredns coredns -conf "$CONF/Corefile"
    # The inner shell expands its own arguments.
    # shellcheck disable=SC2016
    start_process cluster-volumes bash -c '. "$1/scripts/lib/common.sh"; . "$1/scripts/lib/cluster.sh"; provide_volumes' bash "$ROOT"
}

# Pods noted as ready before the node was switched off are not; the kubelet says so again when they are.
forget_readiness() {
    local namespace pod
    admin get pods -A --field-selector status.phase=Running -o 'jsonpath={range .items[*]}{.metadata.namespace} {.metadata.name}{"\n"}{end}' |
        while read -r namespace pod; do
            admin -n "$namespace" patch pod "$pod" --subresource=status \
                -p '{"status":{"conditions":[{"type":"Ready","status":"False"},{"type":"ContainersReady","status":"False"}]}}' >/dev/null
        done
}

# Gives each claim that has a node a volume below CLUSTER, once a second.
provide_volumes() {
    local fields namespace name uid phase size node
    fields='{range .items[*]}{.metadata.namespace} {.metadata.name} {.metadata.uid} {.status.phase} {.spec.resources.requests.storage} '
    fields+='{.metadata.annotations.volume\.kubernetes\.io/selected-node}{"\n"}{end}'
    while sleep 1; do
        admin get pvc -A -o jsonpath="$fields" 2>/dev/null | while read -r namespace name uid phase size node; do
            if [ "$phase" != Pending ] || [ -z "$node" ]; then continue; fi
            mkdir -p "$CLUSTER/volumes/$uid"
            admin apply -f - >/dev/null <<YAML
{apiVersion: v1, kind: PersistentVolume, metadata: {name: pvc-$uid, annotations: {pv.kubernetes.io/provisioned-by: test/local}},
 spec: {capacity: {storage: $size}, accessModes: [ReadWriteOnce], storageClassName: standard, persistentVolumeReclaimPolicy: Retain,
 local: {path: $CLUSTER/volumes/$uid}, claimRef: {apiVersion: v1, kind: PersistentVolumeClaim, namespace: $namespace, name: $name, uid: $uid},
 nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [$NODE_NAME]}]}]}}}}
YAML
        done
    done
}

node_is_ready() {
    [[ $(admin -n kube-node-lease get lease $NODE_NAME -o 'jsonpath={.spec.renewTime}') > $1 ]] &&
        [[ $(admin get node $NODE_NAME -o 'jsonpath={.spec.taints}') != */not-ready* ]] &&
        admin wait --for=condition=Ready --timeout=1s node/$NODE_NAME
}

start_cluster() {
    local since
    since=$(date -u +%FT%TZ)
    umask 022
    mkdir -p "$CLUSTER"/{etcd,kubelet,volumes,plugins,containerd,cni/net.d} "$PKI" "$CONF"
    chmod 700 "$PKI" "$CLUSTER/etcd"
    export NO_PROXY='*' no_proxy='*'
    make_identities
    make_network
    start_control_plane
    start_node
    wait_part kubelet node_is_ready "$since"
    export KUBECONFIG=$CLUSTER/admin.conf
}

pod_processes() { find /sys/fs/cgroup/kubepods /sys/fs/cgroup/*/kubepods -name cgroup.procs -exec cat {} + 2>/dev/null | sort -u; }
no_pod_processes() { [ -z "$(pod_processes)" ]; }

# Whatever fails, the rest is done.
stop_cluster() {
    local part
    [ -s "$CLUSTER/kernel" ] || return 0
    stop_process cluster-volumes 5
    stop_process cluster-kubelet 10
    pod_processes | xargs -r kill -TERM 2>/dev/null || true
    wait_until 120 no_pod_processes || pod_processes | xargs -r kill -KILL 2>/dev/null || true
    wait_until 10 no_shims || true
    for part in proxy coredns scheduler manager containerd apiserver etcd; do
        stop_process "cluster-$part" 15
    done
    shims | xargs -r kill -KILL 2>/dev/null || true
    awk '{ print $5 }' /proc/self/mountinfo | grep -F "$CLUSTER/" | sort -r | xargs -r -n 1 umount -l 2>/dev/null || true
    find /sys/fs/cgroup/kubepods /sys/fs/cgroup/*/kubepods -depth -type d -exec rmdir {} + 2>/dev/null || true
    rm -rf "$CLUSTER/containerd/state" "$CLUSTER/cni/ipam"
    find /var/log/containers -lname "$CLUSTER/*" -delete 2>/dev/null || true
    remove_network || true
}

shims() { pgrep -f -- "containerd-shim-runc-v2 .*-address $SOCKET" || true; }
no_shims() { [ -z "$(shims)" ]; }

forget_cluster() { rm -rf "$CLUSTER"; }
