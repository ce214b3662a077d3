"""Pulumi's resources as the plain Kubernetes objects that they stand for, cluster by cluster. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from contracts.objects import flattened, mapping, ref, text
from contracts.violation import Ref

MARK = "not known before the update"
"""Stands in every text that takes the place of a value which only the update will tell."""

UNKNOWN = f"<{MARK}>"
"""The place of such a value. What stands in angle brackets is no value to the contracts (contracts/plaintext.py)."""

Path = tuple[str, ...]
"""Where a value stands: the fields above it and its own; an element of a list is its name, or its number, in brackets.

() is the whole object.
"""

_KUBERNETES = "kubernetes:"
MAPS = frozenset({"data", "stringData", "binaryData"})
"""Fields that stand at the top of an object and are left out while they are not known: no entry is not no value."""
_SERVERS = frozenset(
    tuple(path.split("."))
    for path in (
        "metadata.uid metadata.creationTimestamp metadata.resourceVersion metadata.generation metadata.selfLink "
        "spec.clusterIP spec.clusterIPs"
    ).split()
)
"""What the API server fills in: not known before the update, and nobody refers to it."""
_NOTES_TO_ITSELF = ("kubectl.kubernetes.io/last-applied-configuration",)
"""Annotations in which a tool keeps a copy of the whole object, a Secret's values included."""


@dataclass(frozen=True)
class Resource:
    """One resource of a stack. `properties` are plain values, UNKNOWN where Pulumi does not know them.

    `cluster` tells clusters apart; `namespace` is where the provider puts objects that name none.
    """

    urn: str
    type: str
    name: str
    properties: Mapping[str, Any]
    cluster: str = ""
    namespace: str = ""


@dataclass
class Cluster:
    """The objects for one cluster; of each the URN that it comes from, and the paths of what is not known of it."""

    objects: list[dict[str, Any]] = field(default_factory=list)
    urns: dict[Ref, str] = field(default_factory=dict)
    unknown: dict[Ref, list[Path]] = field(default_factory=dict)

    def add(self, body: dict[str, Any], urn: str, unknown: list[Path]) -> None:
        """Add one object. Where two resources are the same object, the first one is told of."""
        self.objects.append(body)
        self.urns.setdefault(ref(body), urn)
        if unknown:
            self.unknown.setdefault(ref(body), []).extend(unknown)


def clusters(resources: Iterable[Resource]) -> list[Cluster]:
    """The clusters of a stack. Resources that are no Kubernetes objects, charts and the like, are left out.

    What a chart or a YAML file is made of are resources of their own; of a Helm Release Pulumi does not know them.
    """
    found: dict[str, Cluster] = {}
    patches: list[Resource] = []
    for resource in resources:
        if not is_object(resource):
            continue
        cluster = found.setdefault(resource.cluster, Cluster())
        if _is_patch(resource):
            patches.append(resource)
            continue
        for number, item in enumerate(flattened([dict(resource.properties)])):
            body = plain(item, resource, number)
            cluster.add(body, resource.urn, [path for path in unknown_in(item) if path[:2] not in _SERVERS])
    for patch in patches:
        _patched(found[patch.cluster], patch)
    return list(found.values())


def is_object(resource: Resource) -> bool:
    """Whether `resource` stands for an object of the API server, or for a list of them."""
    described = (resource.properties.get(key) for key in ("apiVersion", "kind"))
    return resource.type.startswith(_KUBERNETES) and all(isinstance(word, str) and word for word in described)


def plain(item: Mapping[str, Any], resource: Resource, number: int = 0) -> dict[str, Any]:
    """`item` without what Pulumi's provider and the API server add to it, in the provider's namespace if in none.

    `number` is its place in the list that `resource` is, if it is one.
    """
    body = {
        key: value for key, value in item.items() if _is_the_objects(key) and not (key in MAPS and value == UNKNOWN)
    }
    given = body.get("metadata")
    metadata = dict(given) if isinstance(given, Mapping) else {"namespace": given}
    metadata.pop("managedFields", None)
    if isinstance(notes := metadata.get("annotations"), Mapping):
        metadata["annotations"] = {key: value for key, value in notes.items() if key not in _NOTES_TO_ITSELF}
    if metadata.get("name", UNKNOWN) == UNKNOWN and not metadata.get("generateName"):
        # Each its own: two objects whose names are not known are not one object.
        which = f"{resource.name}[{number}]" if number else resource.name
        metadata["name"] = f"<the name of {which}: {MARK}>"
    if not metadata.get("namespace") and resource.namespace:
        metadata["namespace"] = resource.namespace
    return {**body, "metadata": metadata}


def unknown_in(value: Any, path: Path = ()) -> Iterator[Path]:
    """The paths of what is not known in `value`."""
    if isinstance(value, str):
        if MARK in value:
            yield path
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if path or _is_the_objects(str(key)):
                yield from unknown_in(item, (*path, str(key)))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            name = text(mapping(item).get("name"))
            yield from unknown_in(item, (*path, f"[{number if not name or MARK in name else name}]"))


def dotted(path: Path) -> str:
    """`path` as findings write it: `spec.template.spec.containers[app].image`."""
    return ".".join(path).replace(".[", "[")


def _is_the_objects(field: str) -> bool:
    """Whether a field at the top is of the object itself, and not the provider's or what controllers report."""
    return not field.startswith("__") and field not in {"status", "id"}


def _is_patch(resource: Resource) -> bool:
    """Whether it is one of the provider's …Patch types: a few fields of an object that may be anybody's."""
    return resource.type.rpartition(":")[2] == f"{resource.properties['kind']}Patch"


def _patched(cluster: Cluster, patch: Resource) -> None:
    """What a patch makes of its object is not known here: the whole object is not."""
    body = plain(patch.properties, patch)
    if ref(body) in cluster.urns:
        cluster.unknown.setdefault(ref(body), []).append(())
    elif body["kind"] in {"ConfigMap", "Secret"}:
        # It is there, so what reads it finds it; with which keys nobody here can tell.
        bare = {"apiVersion": body["apiVersion"], "kind": body["kind"], "metadata": body["metadata"]}
        cluster.add(bare, patch.urn, [()])
