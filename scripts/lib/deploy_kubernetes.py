"""The generated manifests: 10-config, 20-network, 35-devnet, 40-migrate-job, 50-<service>."""

from pathlib import Path

import yaml

from deploy_compose import addresses

ROOT = Path(__file__).resolve().parent.parent.parent

HEADER = "# Made by scripts/deploy-files from {source}: change that, not this.\n"
ACCOUNT = 10001
# Traffic stops coming before a pod stops listening.
DRAIN_SECONDS = 5
GRACE_SECONDS = 30
# A node writes its whole state when it is told to stop; cut short, it would begin another chain.
NODE_GRACE_SECONDS = 120
INFRASTRUCTURE_PORTS = {"postgres": 5432, "redis": 6379}


class Plain(yaml.SafeDumper):
    """Neither anchors nor list indentation surprises."""

    def ignore_aliases(self, data):
        return True


def documents(source, *items):
    body = "---\n".join(yaml.dump(item, Dumper=Plain, sort_keys=False, width=140) for item in items)
    return HEADER.format(source=source) + body


def meta(name):
    return {"name": name, "labels": {"app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "crypto-platform"}}


def selector(name):
    return {"app.kubernetes.io/name": name}


def confined():
    return {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}


def pod_security(account=ACCOUNT):
    return {"runAsNonRoot": True, "runAsUser": account, "runAsGroup": account, "fsGroup": account,
            "fsGroupChangePolicy": "OnRootMismatch", "seccompProfile": {"type": "RuntimeDefault"}}


def resources(cpu, memory, cpu_limit, memory_limit):
    return {"requests": {"cpu": cpu, "memory": memory}, "limits": {"cpu": cpu_limit, "memory": memory_limit}}


def probe(path, **times):
    return {"httpGet": {"path": path, "port": "http"}, "timeoutSeconds": 5, **times}


def mounts(service):
    listing = [{"name": "identity", "mountPath": "/run/platform", "readOnly": True}, {"name": "tmp", "mountPath": "/tmp"}]
    if service["kind"] == "keys":
        listing += [{"name": "incarnation", "mountPath": "/var/lib/platform/incarnation"},
                    {"name": "key-journal", "mountPath": "/var/lib/platform/key-journal"}]
    return listing


def container(service, version):
    ports = [{"name": "http", "containerPort": service["http"]}]
    if "grpc" in service:
        ports.append({"name": "grpc", "containerPort": service["grpc"]})
    described = {
        "name": service["name"],
        "image": f"platform/{service['name']}:{version}",
        "imagePullPolicy": "IfNotPresent",
        "ports": ports,
        "envFrom": [{"configMapRef": {"name": "platform-config"}}],
        "resources": resources("100m", "64Mi", "2", "512Mi"),
        "securityContext": confined(),
        "startupProbe": probe("/health/live", periodSeconds=1, failureThreshold=120),
        "livenessProbe": probe("/health/live", periodSeconds=10, failureThreshold=6),
        "readinessProbe": probe("/health/ready", periodSeconds=2, failureThreshold=3),
        "lifecycle": {"preStop": {"sleep": {"seconds": DRAIN_SECONDS}}},
        "volumeMounts": mounts(service),
    }
    if service["kind"] == "keys":
        described["env"] = [{"name": "REPLICA_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}]
    return described


def await_migrated(version):
    """The daemons check the schema at their start and end where it is not theirs."""
    return {
        "name": "await-migrated",
        "image": f"platform/tools:{version}",
        "imagePullPolicy": "IfNotPresent",
        "args": ["await-migrated"],
        "env": [{"name": "CONFIG_FILE", "value": "/run/platform/env"}],
        "resources": resources("10m", "16Mi", "500m", "64Mi"),
        "securityContext": confined(),
        "volumeMounts": [{"name": "identity", "mountPath": "/run/platform", "readOnly": True},
                         {"name": "tmp", "mountPath": "/tmp"}],
    }


def secret_volume(name):
    return {"name": "identity", "secret": {"secretName": name, "defaultMode": 0o440}}


def spread(name):
    return [{"maxSkew": 1, "topologyKey": "kubernetes.io/hostname", "whenUnsatisfiable": "ScheduleAnyway",
             "labelSelector": {"matchLabels": selector(name)}}]


def pod(service, version):
    name = service["name"]
    return {
        "metadata": {"labels": meta(name)["labels"]},
        "spec": {
            "serviceAccountName": name,
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "terminationGracePeriodSeconds": GRACE_SECONDS,
            "securityContext": pod_security(),
            "topologySpreadConstraints": spread(name),
            "initContainers": [await_migrated(version)],
            "containers": [container(service, version)],
            "volumes": [secret_volume(f"{name}-identity"), {"name": "tmp", "emptyDir": {"medium": "Memory", "sizeLimit": "16Mi"}}],
        },
    }


def claim(name, size):
    return {"metadata": {"name": name}, "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}}}


def workload(service, version):
    name = service["name"]
    spec = {"selector": {"matchLabels": selector(name)}, "template": pod(service, version)}
    if service["kind"] == "keys":
        return {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": meta(name),
                "spec": {"serviceName": name, "podManagementPolicy": "Parallel", **spec,
                         "volumeClaimTemplates": [claim("incarnation", "64Mi"), claim("key-journal", "1Gi")]}}
    spec["strategy"] = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": meta(name), "spec": spec}


def ports_of(service):
    ports = [{"name": "http", "port": service["http"], "targetPort": "http"}]
    if "grpc" in service:
        ports.append({"name": "grpc", "port": service["grpc"], "targetPort": "grpc"})
    return ports


def service_object(service):
    """Headless where gRPC clients spread their calls themselves over all addresses of the name."""
    spec = {"selector": selector(service["name"]), "ports": ports_of(service)}
    if "grpc" in service:
        spec = {"clusterIP": "None", **spec}
    return {"apiVersion": "v1", "kind": "Service", "metadata": meta(service["name"]), "spec": spec}


def budget(service):
    """A single replica with minAvailable 1 would keep every node from being drained."""
    bound = {"minAvailable": 1} if service["kind"] == "gateway" else {"maxUnavailable": 1}
    return {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": meta(service["name"]),
            "spec": {**bound, "selector": {"matchLabels": selector(service["name"])}}}


def account(name):
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": meta(name), "automountServiceAccountToken": False}


def autoscaler(name):
    return {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": meta(name),
            "spec": {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
                     "minReplicas": 2, "maxReplicas": 10,
                     "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}}}]}}


def service_file(service, version):
    items = [account(service["name"]), service_object(service), workload(service, version), budget(service)]
    if service["kind"] == "gateway":
        items.append(autoscaler(service["name"]))
    return documents("scripts/lib/common.sh", *items)


def config_file(fleet):
    return documents("scripts/lib/common.sh", {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta("platform-config"), "data": addresses(fleet)})


def migrate_file(version):
    name = "migrate"
    spec = {"serviceAccountName": name, "automountServiceAccountToken": False, "enableServiceLinks": False,
            "restartPolicy": "OnFailure", "securityContext": pod_security(),
            "containers": [{"name": name, "image": f"platform/tools:{version}", "imagePullPolicy": "IfNotPresent", "args": ["migrate"],
                            "env": [{"name": "CONFIG_FILE", "value": "/run/platform/env"}],
                            "resources": resources("50m", "32Mi", "1", "128Mi"), "securityContext": confined(),
                            "volumeMounts": [{"name": "identity", "mountPath": "/run/platform", "readOnly": True},
                                             {"name": "tmp", "mountPath": "/tmp"}]}],
            "volumes": [secret_volume("migrate-identity"), {"name": "tmp", "emptyDir": {"medium": "Memory", "sizeLimit": "16Mi"}}]}
    # The template of a Job never changes: each version has its own.
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {**meta(name), "name": f"{name}-{version.replace('.', '-')}"},
           "spec": {"backoffLimit": 6, "activeDeadlineSeconds": 600, "template": {"metadata": {"labels": meta(name)["labels"]}, "spec": spec}}}
    return documents("scripts/lib/common.sh", account(name), job)


def node_containers(node, version):
    image = node["image"] or f"platform/{node['stage']}:{version}"
    files = [{"name": "file", "mountPath": "/etc/platform", "readOnly": True}] if node["file"] else []
    containers = [{"name": node["name"], "image": image, "imagePullPolicy": "IfNotPresent",
                   **({"args": node["command"]} if node["stage"] else {"command": node["command"], "env": [{"name": "HOME", "value": "/tmp"}]}),
                   "ports": [{"name": "rpc", "containerPort": node["port"]}],
                   "readinessProbe": {"tcpSocket": {"port": "rpc"}, "periodSeconds": 2},
                   "resources": resources("50m", "64Mi", "1", "1Gi"), "securityContext": confined(),
                   "volumeMounts": [{"name": "data", "mountPath": "/var/lib/platform"}, {"name": "tmp", "mountPath": "/tmp"}, *files]}]
    if node["mined"]:
        containers.append({"name": "miner", "image": f"platform/tools:{version}", "imagePullPolicy": "IfNotPresent",
                           "args": ["mine", node["chain"], "127.0.0.1"],
                           "readinessProbe": {"exec": {"command": ["test", "-f", "/tmp/mined"]}, "periodSeconds": 2},
                           "resources": resources("10m", "16Mi", "500m", "64Mi"), "securityContext": confined(),
                           "volumeMounts": [{"name": "miner-tmp", "mountPath": "/tmp"}]})
    return containers


def node_items(node, version):
    name = node["name"]
    volumes = [{"name": "tmp", "emptyDir": {}}]
    items = [account(name)]
    if node["mined"]:
        volumes.append({"name": "miner-tmp", "emptyDir": {"medium": "Memory", "sizeLimit": "16Mi"}})
    if node["file"]:
        volumes.append({"name": "file", "configMap": {"name": f"{name}-file"}})
        text = (ROOT / node["file"]).read_text()
        items.append({"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta(f"{name}-file"), "data": {node["file"].rsplit("/", 1)[1]: text}})
    spec = {"serviceAccountName": name, "automountServiceAccountToken": False, "enableServiceLinks": False,
            "terminationGracePeriodSeconds": NODE_GRACE_SECONDS, "securityContext": pod_security(),
            "containers": node_containers(node, version), "volumes": volumes}
    return items + [
        {"apiVersion": "v1", "kind": "Service", "metadata": meta(name),
         "spec": {"selector": selector(name), "ports": [{"name": "rpc", "port": node["port"], "targetPort": "rpc"}]}},
        {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": meta(name),
         "spec": {"serviceName": name, "replicas": 1, "selector": {"matchLabels": selector(name)},
                  "template": {"metadata": {"labels": meta(name)["labels"]}, "spec": spec},
                  "volumeClaimTemplates": [claim("data", "1Gi")]}}]


def node_file(fleet):
    return documents("deploy/nodes.yaml", *(item for node in fleet["nodes"] for item in node_items(node, fleet["version"])))


def policy(name, **spec):
    return {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": meta(name), "spec": spec}


def pods_of(name):
    return {"podSelector": {"matchLabels": selector(name)}}


def tcp(port):
    return [{"protocol": "TCP", "port": port}]


def network_file(fleet):
    ports = dict(INFRASTRUCTURE_PORTS)
    ports.update({service["name"]: service["grpc"] for service in fleet["services"] if "grpc" in service})
    ports.update({node["name"]: node["port"] for node in fleet["nodes"]})
    dns = [{"ports": [{"protocol": protocol, "port": 53} for protocol in ("UDP", "TCP")]}]
    items = [policy("default-deny", podSelector={}, policyTypes=["Ingress", "Egress"]),
             policy("allow-dns", podSelector={}, policyTypes=["Egress"], egress=dns)]
    for name in dict.fromkeys(end for edge in fleet["edges"] for end in edge[:2]):
        into = list(dict.fromkeys(caller for caller, callee, _ in fleet["edges"] if callee == name))
        out = list(dict.fromkeys(callee for caller, callee, _ in fleet["edges"] if caller == name))
        ingress = [{"from": [pods_of(caller) for caller in into], "ports": tcp(ports[name])}] if into else []
        egress = [{"to": [pods_of(callee)], "ports": tcp(ports[callee])} for callee in out]
        kind = next((service["kind"] for service in fleet["services"] if service["name"] == name), "")
        if kind == "gateway":
            port = next(service["http"] for service in fleet["services"] if service["name"] == name)
            ingress.append({"ports": tcp(port)})
        if kind == "chain":
            # Nodes anywhere but the address where clouds hand out credentials.
            egress.append({"to": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": ["169.254.0.0/16"]}}]})
        items.append(policy(name, podSelector={"matchLabels": selector(name)}, policyTypes=["Ingress", "Egress"], ingress=ingress, egress=egress))
    return documents("deploy/edges.txt", *items)


BASE = """\
# Made by scripts/deploy-files: everything in k8s/, for the overlays beside this folder. k8s/ itself has no
# kustomization.yaml, so that `kubectl apply -f k8s/` works as typed; therefore
#   kubectl kustomize --load-restrictor LoadRestrictionsNone deploy/kustomize/prod
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
"""
WRITTEN_BY_HAND = ["k8s/30-postgres.yaml", "k8s/31-redis.yaml", "k8s/60-ingress.yaml"]


def base_file(files):
    return BASE + "".join(f"  - ../../../{name}\n" for name in sorted([*files, *WRITTEN_BY_HAND]))


def write(fleet):
    files = {
        "k8s/10-config.yaml": config_file(fleet),
        "k8s/20-network.yaml": network_file(fleet),
        "k8s/35-devnet.yaml": node_file(fleet),
        "k8s/40-migrate-job.yaml": migrate_file(fleet["version"]),
    }
    for service in fleet["services"]:
        files[f"k8s/50-{service['name']}.yaml"] = service_file(service, fleet["version"])
    return {**files, "deploy/kustomize/base/kustomization.yaml": base_file(files)}
