"""Secrets that come of an annotation or of a further operator's object, and keys that a controller fills in.

Sources: kubernetes.io «Secrets» (types); cert-manager «Annotated Ingress resource»; OpenShift «Service serving
certificates»; mittwald/kubernetes-secret-generator and kubernetes-replicator; secrets-store-csi-driver «Sync as
Kubernetes Secret»; the references of Vault Secrets Operator, 1Password, Doppler, Bitwarden, RabbitMQ cluster operator,
Strimzi, Elastic Cloud on Kubernetes; Rook («Toolbox»).
"""

from collections.abc import Callable, Iterator

from contracts.objects import Plain, at, mapping, mappings, text
from contracts.violation import Ref

Rule = Callable[[Ref, Plain], Iterator[tuple[str, str, frozenset[str], bool]]]

_TLS = frozenset({"tls.crt", "tls.key"})
_FILLING = (
    "replicator.v1.mittwald.de/replicate-from",
    "reflector.v1.k8s.emberstack.com/reflects",
    "secret-generator.v1.mittwald.de/type",
    "config.openshift.io/inject-trusted-cabundle",
    "service.beta.openshift.io/inject-cabundle",
)


def filled_in(kind: str, body: Plain) -> tuple[frozenset[str], bool]:
    """Keys that a controller adds to a ConfigMap or Secret of the set, and whether the keys are all known then."""
    annotations = mapping(at(body, "metadata", "annotations"))
    if kind == "Secret" and body.get("type") == "kubernetes.io/service-account-token":
        return frozenset({"token", "ca.crt", "namespace"}), True
    generated = text(annotations.get("secret-generator.v1.mittwald.de/autogenerate"))
    keys = frozenset(key.strip() for key in generated.split(",") if key.strip())
    labels = mapping(at(body, "metadata", "labels"))
    if any(name in annotations or name in labels for name in _FILLING):
        return keys, False
    # An object without any entry waits for a program to fill it (Argo CD's argocd-secret, dashboards' key holders).
    return keys, bool(keys) or any(body.get(field) for field in ("data", "stringData", "binaryData"))


def _named(path: tuple[str, ...], keys: frozenset[str] = frozenset()) -> Rule:
    """The rule for an operator whose object says the Secret's name at `path`; its keys are decided elsewhere."""

    def rule(maker: Ref, body: Plain) -> Iterator[tuple[str, str, frozenset[str], bool]]:
        name = text(at(body, *path)) if path else maker.name
        if name:
            yield maker.namespace, name, keys, False

    return rule


def _ingress(maker: Ref, body: Plain) -> Iterator[tuple[str, str, frozenset[str], bool]]:
    annotations = mapping(at(body, "metadata", "annotations"))
    if any(key in annotations for key in ("cert-manager.io/cluster-issuer", "cert-manager.io/issuer")) or (
        text(annotations.get("kubernetes.io/tls-acme")) == "true"
    ):
        for entry in mappings(at(body, "spec", "tls")):
            if name := text(entry.get("secretName")):
                yield maker.namespace, name, _TLS | {"ca.crt"}, False


def _service(maker: Ref, body: Plain) -> Iterator[tuple[str, str, frozenset[str], bool]]:
    if name := text(at(body, "metadata", "annotations", "service.beta.openshift.io/serving-cert-secret-name")):
        yield maker.namespace, name, _TLS, True


def _provider_class(maker: Ref, body: Plain) -> Iterator[tuple[str, str, frozenset[str], bool]]:
    for secret in mappings(at(body, "spec", "secretObjects")):
        keys = frozenset(text(entry.get("key")) for entry in mappings(secret.get("data")))
        yield maker.namespace, text(secret.get("secretName")), keys, True


def _rabbitmq(maker: Ref, _body: Plain) -> Iterator[tuple[str, str, frozenset[str], bool]]:
    keys = "username password host port provider type connection_string default_user.conf"
    yield maker.namespace, f"{maker.name}-default-user", frozenset(keys.split()), False


def _elasticsearch(maker: Ref, _body: Plain) -> Iterator[tuple[str, str, frozenset[str], bool]]:
    yield maker.namespace, f"{maker.name}-es-elastic-user", frozenset({"elastic"}), True
    yield maker.namespace, f"{maker.name}-es-http-certs-public", frozenset({"ca.crt", "tls.crt"}), True


def _kafka(maker: Ref, _body: Plain) -> Iterator[tuple[str, str, frozenset[str], bool]]:
    for authority in ("cluster", "clients"):
        name = f"{maker.name}-{authority}-ca"
        yield maker.namespace, f"{name}-cert", frozenset({"ca.crt", "ca.p12", "ca.password"}), True
        yield maker.namespace, name, frozenset({"ca.key"}), True


def _kafka_user(maker: Ref, body: Plain) -> Iterator[tuple[str, str, frozenset[str], bool]]:
    keys = {
        "tls": "ca.crt user.crt user.key user.p12 user.password",
        "scram-sha-512": "password sasl.jaas.config",
    }.get(text(at(body, "spec", "authentication", "type")), "")
    if keys:
        yield maker.namespace, maker.name, frozenset(keys.split()), True


def _ceph(maker: Ref, _body: Plain) -> Iterator[tuple[str, str, frozenset[str], bool]]:
    yield maker.namespace, "rook-ceph-mon", frozenset("fsid mon-secret ceph-username ceph-secret".split()), False


def maps_made_by(maker: Ref, body: Plain) -> Iterator[tuple[str, str, frozenset[str], bool]]:
    """The ConfigMaps that the operator of `maker` makes, as `RULES` has it for Secrets."""
    if (text(body.get("apiVersion")).partition("/")[0], maker.kind) == ("ceph.rook.io", "CephCluster"):
        yield maker.namespace, "rook-ceph-mon-endpoints", frozenset({"data", "mapping", "maxMonId"}), False


RULES: dict[tuple[str, str], Rule] = {
    ("networking.k8s.io", "Ingress"): _ingress,
    ("v1", "Service"): _service,
    ("secrets-store.csi.x-k8s.io", "SecretProviderClass"): _provider_class,
    ("secrets.hashicorp.com", "VaultStaticSecret"): _named(("spec", "destination", "name")),
    ("secrets.hashicorp.com", "VaultDynamicSecret"): _named(("spec", "destination", "name")),
    ("secrets.hashicorp.com", "VaultPKISecret"): _named(("spec", "destination", "name"), _TLS),
    ("onepassword.com", "OnePasswordItem"): _named(()),
    ("secrets.doppler.com", "DopplerSecret"): _named(("spec", "managedSecret", "name")),
    ("k8s.bitwarden.com", "BitwardenSecret"): _named(("spec", "secretName")),
    ("rabbitmq.com", "RabbitmqCluster"): _rabbitmq,
    ("elasticsearch.k8s.elastic.co", "Elasticsearch"): _elasticsearch,
    ("ceph.rook.io", "CephCluster"): _ceph,
    ("kafka.strimzi.io", "Kafka"): _kafka,
    ("kafka.strimzi.io", "KafkaUser"): _kafka_user,
    ("redhatcop.redhat.io", "VaultSecret"): _named(("spec", "output", "name")),
}
"""(API group, kind) → the Secrets that its operator makes. A core object has its version where others have a group."""
