"""What a cluster has before anything is applied to it.

Sources: kubernetes.io, «Using RBAC Authorization» (default roles), «Well-Known Labels», root CA publisher; the
`kube-system` Roles are those of plugin/pkg/auth/authorizer/rbac/bootstrappolicy/namespace_policy.go.
"""

from contracts.objects import Plain, text
from contracts.violation import Ref

CONFIG_MAPS = {
    "kube-root-ca.crt": frozenset({"ca.crt"}),
    "openshift-service-ca.crt": frozenset({"service-ca.crt"}),
    "istio-ca-root-cert": frozenset({"root-cert.pem"}),
}
"""ConfigMaps that a controller puts into every namespace, with their keys."""

_GROUPS = frozenset(
    "apps batch autoscaling policy extensions networking.k8s.io rbac.authorization.k8s.io storage.k8s.io "
    "scheduling.k8s.io coordination.k8s.io discovery.k8s.io events.k8s.io apiextensions.k8s.io "
    "apiregistration.k8s.io admissionregistration.k8s.io certificates.k8s.io node.k8s.io "
    "flowcontrol.apiserver.k8s.io resource.k8s.io authentication.k8s.io authorization.k8s.io".split()
)

_PODLESS_GROUPS = (
    "monitoring.coreos.com/ServiceMonitor monitoring.coreos.com/PodMonitor monitoring.coreos.com/PrometheusRule "
    "monitoring.coreos.com/Probe cert-manager.io/* external-secrets.io/* bitnami.com/SealedSecret "
    "secrets.infisical.com/* gateway.networking.k8s.io/* snapshot.storage.k8s.io/* autoscaling.k8s.io/* "
    "keda.sh/* argoproj.io/AppProject kustomize.config.k8s.io/* postgresql.cnpg.io/* barmancloud.cnpg.io/*"
).split()


def group(body: Plain) -> str:
    """The API group of an object; "" for the core group."""
    version = text(body.get("apiVersion"))
    return version.rpartition("/")[0]


def custom(body: Plain) -> bool:
    """Whether `body` is of a kind that Kubernetes itself does not have."""
    own = group(body)
    return bool(own) and own not in _GROUPS


def may_make_pods(body: Plain) -> bool:
    """Whether an operator may make pods, Services and claims of `body`, of which nothing more is known here."""
    own, kind = group(body), text(body.get("kind"))
    return custom(body) and not {f"{own}/*", f"{own}/{kind}"} & set(_PODLESS_GROUPS)


def has_pods(namespace: str, labels: Plain) -> bool:
    """Whether every cluster has pods with these labels: those of its DNS server, whichever program that is."""
    return namespace == "kube-system" and dict(labels) == {"k8s-app": "kube-dns"}


def exists(ref: Ref) -> bool:
    """Whether every cluster has the object `ref`."""
    match ref.kind:
        case "ServiceAccount":
            return ref.name == "default" or ref.namespace == "kube-system"
        case "ClusterRole":
            return ref.name in {"cluster-admin", "admin", "edit", "view"} or ref.name.startswith("system:")
        case "Role":
            known = ("system:", "extension-apiserver-authentication-reader", "kubeadm:")
            return ref.namespace in {"kube-system", "kube-public"} and ref.name.startswith(known)
        case "PriorityClass":
            return ref.name in {"system-cluster-critical", "system-node-critical"}
        case "Service":
            return ref.namespace == "default" and ref.name == "kubernetes"
        case "ConfigMap":
            return ref.name in CONFIG_MAPS or (ref.namespace, ref.name) == (
                "kube-system",
                "extension-apiserver-authentication",
            )
    return False
