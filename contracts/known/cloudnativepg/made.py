"""The Services and the pods that CloudNativePG makes of a Cluster and of a Pooler, as plain objects.

Sources: pkg/specs/{services,pods,jobs}.go, pkg/specs/pgbouncer/{deployments,services}.go, pkg/servicespec/builder.go,
pkg/utils/labels_annotations.go at v1.28.0 and v1.30.0, which agree in all that is here.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from contracts.known.cloudnativepg import PORT, STATUS_PORT, disabled_services, instances, is_own
from contracts.known.images import major_version
from contracts.objects import Plain, at, mapping, mappings, text
from contracts.violation import Ref
from contracts.workload import Workload

CLUSTER = "cnpg.io/cluster"
_IMAGE = "ghcr.io/cloudnative-pg/postgresql"
_POOLER_IMAGE = "ghcr.io/cloudnative-pg/pgbouncer"
_SELECTED = {
    "rw": {"cnpg.io/instanceRole": "primary"},
    "ro": {"cnpg.io/instanceRole": "replica"},
    "r": {"cnpg.io/podRole": "instance"},
}
_PORTS = [
    {"name": "postgresql", "containerPort": PORT},
    {"name": "metrics", "containerPort": 9187},
    {"name": "status", "containerPort": STATUS_PORT},
]
_POOLER_PORTS = [{"name": "pgbouncer", "containerPort": PORT}, {"name": "metrics", "containerPort": 9127}]


class Pods(Workload):
    """Pods that the operator makes of an object, `ref`: instances of one role of a Cluster, or those of a Pooler.

    The body has what a Deployment has below `spec`. Roles change places, and labels with them.
    """

    @cached_property
    def template(self) -> Plain:
        return mapping(at(self.body, "spec", "template"))

    @cached_property
    def where(self) -> str:
        return "spec"

    @property
    def role(self) -> str:
        """primary or replica of a Cluster, "" for those of a Job; pooler of a Pooler."""
        return "pooler" if self.ref.kind == "Pooler" else text(self.labels.get("cnpg.io/instanceRole"))


def services(maker: Ref, body: Plain) -> Iterator[Plain]:
    """The Services of a Cluster or a Pooler; none for any other object."""
    if not is_own(body):
        return
    if maker.kind == "Cluster":
        yield from _services_of_cluster(maker, body)
    elif maker.kind == "Pooler":
        template = mapping(at(body, "spec", "serviceTemplate"))
        port = {"name": "pgbouncer", "port": PORT, "targetPort": "pgbouncer"}
        labels = _labels(text(at(body, "spec", "cluster", "name")), "pooler", {}) | _pooler_labels(maker)
        yield _service(maker, maker.name, labels, {"cnpg.io/poolerName": maker.name}, port, template)


def _services_of_cluster(maker: Ref, body: Plain) -> Iterator[Plain]:
    labels = _labels(maker.name, "database", body)
    port = {"name": "postgres", "port": PORT, "targetPort": PORT}
    for kind, role in _SELECTED.items():
        if kind not in disabled_services(body):
            yield _service(maker, f"{maker.name}-{kind}", labels, {CLUSTER: maker.name, **role}, port, {})
    for more in mappings(at(body, "spec", "managed", "services", "additional")):
        template = mapping(more.get("serviceTemplate"))
        name, role = text(at(template, "metadata", "name")), _SELECTED.get(text(more.get("selectorType")))
        if name and role:
            yield _service(maker, name, labels, {CLUSTER: maker.name, **role}, port, template)


def _service(
    maker: Ref, name: str, labels: Plain, selector: Plain, port: dict[str, Any], template: Plain
) -> dict[str, Any]:
    own = mappings(at(template, "spec", "ports"))
    same = any(entry.get("name") == port["name"] or entry.get("port") == port["port"] for entry in own)
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {
            "name": name,
            "namespace": maker.namespace,
            "labels": {**mapping(at(template, "metadata", "labels")), **labels},
            "ownerReferences": [{"kind": maker.kind, "name": maker.name}],
        },
        "spec": {"selector": dict(selector), "ports": [*own] if same else [*own, port]},
    }


def pods(maker: Ref, body: Plain) -> Iterator[Pods]:
    """The pods of a Cluster, those of one role together, and those of a Pooler; none for any other object."""
    if not is_own(body):
        return
    if maker.kind == "Cluster":
        every = {"cnpg.io/podRole": "instance", **_labels(maker.name, "database", body)}
        count = instances(body)
        for role, several in (("primary", min(count, 1)), ("replica", count - 1)):
            if several > 0:
                labels = {**every, "role": role, "cnpg.io/instanceRole": role}
                yield _pods(maker, body, several, labels, "postgres", _IMAGE, _PORTS)
    elif maker.kind == "Pooler":
        own = mapping(at(body, "spec", "template", "metadata", "labels"))
        labels = {**own, **_labels(text(at(body, "spec", "cluster", "name")), "pooler", {}), **_pooler_labels(maker)}
        asked = at(body, "spec", "instances")
        yield _pods(
            maker, body, asked if isinstance(asked, int) else 1, labels, "pgbouncer", _POOLER_IMAGE, _POOLER_PORTS
        )


def joining(maker: Ref, body: Plain) -> Pods | None:
    """The pods of the Job that copies the primary for a further instance; None for a single instance."""
    if instances(body) < 2:
        return None
    labels = {**_labels(maker.name, "database", body), "cnpg.io/jobRole": "join"}
    return _pods(maker, body, 1, labels, "join", _IMAGE, [])


def _labels(cluster: str, component: str, body: Plain) -> dict[str, Any]:
    inherited = mapping(at(body, "spec", "inheritedMetadata", "labels"))
    version = major_version(text(at(body, "spec", "imageName")))
    return {
        **inherited,
        CLUSTER: cluster,
        "app.kubernetes.io/name": "postgresql",
        "app.kubernetes.io/instance": cluster,
        "app.kubernetes.io/component": component,
        "app.kubernetes.io/managed-by": "cloudnative-pg",
        **({"app.kubernetes.io/version": str(version)} if version else {}),
    }


def _pooler_labels(maker: Ref) -> dict[str, Any]:
    return {"cnpg.io/poolerName": maker.name, "cnpg.io/podRole": "pooler"}


def _pods(
    maker: Ref, body: Plain, count: int, labels: Plain, name: str, image: str, ports: list[dict[str, Any]]
) -> Pods:
    annotations = {
        **mapping(at(body, "metadata", "annotations")),
        **mapping(at(body, "spec", "inheritedMetadata", "annotations")),
    }
    template = {
        "metadata": {"labels": dict(labels), "annotations": annotations},
        "spec": {"containers": [{"name": name, "image": image, "ports": ports}]},
    }
    return Pods({"spec": {"replicas": count, "template": template}}, maker)
