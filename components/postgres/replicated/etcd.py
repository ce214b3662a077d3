"""etcd, where the members agree on who is primary: mutual TLS, users and passwords, a claim for each member."""

from typing import Any

from components import declared, network, volumes
from components.disruption import one_at_a_time
from components.manifest import Generated, Manifest
from components.names import Scope, checksums
from components.namespace import service_account
from components.pod import apart, container, from_field, from_secret, pod_spec, requirements, template
from components.postgres.replicated.addresses import ETCD, ETCD_HEALTH, ETCD_PEERS, Addresses
from components.secrets import opaque
from components.settings.quantity import mebibytes

COMPONENT = "consensus"
TLS = "/etc/etcd/tls"
ROOT_PASSWORD = "password"  # noqa: S105 (the key in the Secret of etcd's root)
_DATA = "/var/lib/etcd"
_USER = 65532
"""Any number does: the program needs no entry in /etc/passwd, and its claim is given to its group."""


def _flags(addresses: Addresses) -> dict[str, str]:
    """etcd.io/docs/v3.6, «Configuration options». $(POD_NAME) is put in by the kubelet; the image has no shell."""
    own = f"$(POD_NAME).{addresses.database.etcd}.{addresses.zone}"
    peers = ",".join(f"{pod}=https://{addresses.etcd_member(pod)}:{ETCD_PEERS}" for pod in addresses.etcd)
    settings = addresses.database.replicated.etcd
    certificate = {"cert-file": f"{TLS}/tls.crt", "key-file": f"{TLS}/tls.key", "trusted-ca-file": f"{TLS}/ca.crt"}
    return {
        "name": "$(POD_NAME)",
        "data-dir": f"{_DATA}/data",
        "listen-client-urls": f"https://0.0.0.0:{ETCD}",
        "advertise-client-urls": f"https://{own}:{ETCD}",
        "listen-peer-urls": f"https://0.0.0.0:{ETCD_PEERS}",
        "initial-advertise-peer-urls": f"https://{own}:{ETCD_PEERS}",
        "initial-cluster": peers,
        "initial-cluster-token": addresses.database.scope,
        # Read at the first start only: a member with data ignores it, so a restart is none.
        "initial-cluster-state": "new",
        "listen-metrics-urls": f"http://0.0.0.0:{ETCD_HEALTH}",
        "client-cert-auth": "true",
        "peer-client-cert-auth": "true",
        **certificate,
        **{f"peer-{flag}": file for flag, file in certificate.items()},
        # Patroni writes every few seconds: without compaction the store would fill its quota and refuse writes.
        "auto-compaction-mode": "periodic",
        "auto-compaction-retention": "1h",
        "quota-backend-bytes": str(mebibytes(settings.storage) * 2**20 // 4),
        "snapshot-count": "10000",
    }


def _probes() -> dict[str, Any]:
    """/livez and /readyz are etcd's own (3.6); /readyz asks for a quorum, which liveness must not: a restart does not
    bring the others back."""

    def ask(path: str) -> dict[str, Any]:
        return {"httpGet": {"path": path, "port": "health"}, "timeoutSeconds": 5}

    return {
        "startupProbe": {**ask("/livez"), "periodSeconds": 2, "failureThreshold": 150},
        "livenessProbe": {**ask("/livez"), "periodSeconds": 10, "failureThreshold": 6},
        "readinessProbe": {**ask("/readyz"), "periodSeconds": 2, "failureThreshold": 3},
    }


def _etcdctl(root: Manifest) -> list[dict[str, Any]]:
    """For who maintains it: the image has no shell that could set them for one command, and a word of a command is seen
    by everybody who lists processes. Who gets into this pod has etcd's data and keys anyway."""
    files = {"ETCDCTL_CACERT": "ca.crt", "ETCDCTL_CERT": "tls.crt", "ETCDCTL_KEY": "tls.key"}
    return [
        *({"name": name, "value": f"{TLS}/{file}"} for name, file in files.items()),
        {"name": "ETCDCTL_USER", "value": "root"},
        from_secret("ETCDCTL_PASSWORD", root.name, ROOT_PASSWORD),
    ]


def _server(addresses: Addresses, root: Manifest) -> dict[str, Any]:
    settings = addresses.database.replicated.etcd
    return container(
        "etcd",
        settings.image,
        command=["etcd", *(f"--{flag}={value}" for flag, value in _flags(addresses).items())],
        env=[from_field("POD_NAME", "metadata.name"), *_etcdctl(root)],
        ports=[
            {"name": "client", "containerPort": ETCD},
            {"name": "peer", "containerPort": ETCD_PEERS},
            {"name": "health", "containerPort": ETCD_HEALTH},
        ],
        resources=requirements(settings.resources),
        mounts=[volumes.mount("data", _DATA), volumes.mount("tls", TLS, read_only=True)],
        **_probes(),
    )


def _service(scope: Scope, addresses: Addresses) -> Manifest:
    """Members must find each other before any of them is ready, because none is without the others."""
    ports = [
        {"name": "client", "port": ETCD, "targetPort": "client", "protocol": "TCP"},
        {"name": "peer", "port": ETCD_PEERS, "targetPort": "peer", "protocol": "TCP"},
    ]
    spec = {
        "clusterIP": "None",
        "publishNotReadyAddresses": True,
        "selector": addresses.etcd_pods,
        "ports": ports,
    }
    name = addresses.database.etcd
    skip = {"pulumi.com/skipAwait": "true"}
    labels = scope.labels(name, COMPONENT)
    return scope.manifest("v1", "Service", name, {"spec": spec}, labels=labels, annotations=skip)


def render(scope: Scope, addresses: Addresses, tls: Manifest) -> list[Manifest]:
    """Every object of etcd, the Secret of its root first; `tls` is what brings the Secret with its certificate."""
    name, settings = addresses.database.etcd, addresses.database.replicated
    labels = scope.labels(name, COMPONENT)
    root = opaque(scope, f"{name}-root", {ROOT_PASSWORD: Generated(f"{name}-root")}, labels)
    storage = addresses.database.storage.model_copy(update={"claim": "data", "size": settings.etcd.storage})
    claims = volumes.claims_of(scope, name, storage, settings.etcd.members, labels)
    pods = pod_spec(
        user=_USER,
        account=name,
        containers=[_server(addresses, root)],
        volumes=[volumes.of_secret("tls", f"{name}-tls")],
        affinity=apart(addresses.etcd_pods, settings.spread),
        nodeSelector=settings.node_selector,
        terminationGracePeriodSeconds=30,
    )
    service = _service(scope, addresses)
    account = service_account(scope, name, COMPONENT)
    spec = {
        "serviceName": name,
        "replicas": settings.etcd.members,
        # One after the other they would wait for a quorum that the first can't be.
        "podManagementPolicy": "Parallel",
        "selector": {"matchLabels": addresses.etcd_pods},
        "template": template(labels, checksums(root) | declared.of_consensus(_DATA), pods),
        "volumeClaimTemplates": [volumes.claim_template(storage)],
    }
    after = tuple(needed.reference for needed in (root, tls, account, service, *claims))
    frozen = ("spec.volumeClaimTemplates",)
    servers = scope.manifest("apps/v1", "StatefulSet", name, {"spec": spec}, labels=labels, after=after, frozen=frozen)
    return [root, account, service, *claims, servers, one_at_a_time(scope, name, addresses.etcd_pods, labels)]


def policy(scope: Scope, addresses: Addresses) -> Manifest:
    """The members of the database and one Job may ask, etcd's own may talk among themselves."""
    accepts = [
        (addresses.member_pods, [ETCD, ETCD_HEALTH]),
        (addresses.job_pods("etcd-access"), [ETCD]),
        (addresses.etcd_pods, [ETCD, ETCD_PEERS]),
    ]
    reaches = [(addresses.etcd_pods, [ETCD, ETCD_PEERS])]
    return network.workload(scope, addresses.database.etcd, addresses.etcd_pods, accepts, reaches)
