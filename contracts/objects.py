"""Reading plain Kubernetes objects without trusting their shape: anybody's YAML comes in."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from contracts.violation import Ref

Plain = Mapping[str, Any]

CLUSTER_SCOPED = frozenset(
    "Namespace Node PersistentVolume StorageClass ClusterRole ClusterRoleBinding CustomResourceDefinition "
    "IngressClass PriorityClass RuntimeClass CSIDriver CSINode ValidatingWebhookConfiguration "
    "MutatingWebhookConfiguration APIService ClusterSecretStore ClusterExternalSecret ClusterIssuer "
    "ClusterImageCatalog VolumeSnapshotClass ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding".split()
)
"""Kinds without a namespace, of Kubernetes 1.37 and of the operators that this package knows."""


_MAPPINGS = (dict, Mapping)
"""A dict is told at once; asking the abstract class for each of a million values takes a third of all time."""


def mapping(value: Any) -> Plain:
    """`value` if it is a mapping, else an empty one."""
    if value is None:
        return {}
    return value if isinstance(value, _MAPPINGS) else {}


def items(value: Any) -> list[Any]:
    """`value` if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def mappings(value: Any) -> list[Plain]:
    """The mappings in a list; whatever else stands there is the schema's business."""
    return [item for item in value if isinstance(item, _MAPPINGS)] if isinstance(value, list) else []


def at(value: Any, *path: str) -> Any:
    """What stands at `path` below `value`, or None."""
    for step in path:
        if value is None or not isinstance(value, _MAPPINGS):
            return None
        value = value.get(step)
    return value


def text(value: Any) -> str:
    """`value` as the API server would read a string field; "" for nothing."""
    if type(value) is str:
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def ref(body: Plain, default_namespace: str = "default") -> Ref:
    """Which object `body` is."""
    kind, metadata = text(body.get("kind")), mapping(body.get("metadata"))
    namespace = "" if kind in CLUSTER_SCOPED else text(metadata.get("namespace")) or default_namespace
    return Ref(kind, namespace, text(metadata.get("name")) or text(metadata.get("generateName")))


def is_same(one: Plain, other: Plain) -> bool:
    """Whether two objects of one kind, namespace and name are one object to the API server.

    Objects that get their name there are not, nor those of different groups (a Service of Knative and Kubernetes's).
    """
    groups = {text(body.get("apiVersion")).rpartition("/")[0] for body in (one, other)}
    named = all(text(at(body, "metadata", "name")) for body in (one, other))
    # Ingress and a few others moved out of `extensions`; two versions of one group are one object.
    return named and (len(groups) == 1 or "extensions" in groups)


def flattened(documents: Iterable[Any]) -> Iterator[Plain]:
    """Every object, those inside a `List` (kubectl get -o yaml) one by one; what is no object is left out."""
    for document in documents:
        if not isinstance(document, _MAPPINGS):
            continue
        kind = text(document.get("kind"))
        if kind.endswith("List") and isinstance(document.get("items"), list):
            for item in mappings(document["items"]):
                # The items of a typed list do not repeat their kind.
                yield item if "kind" in item else {**item, "kind": kind.removesuffix("List")}
        elif kind:
            yield document


def selects(selector: Plain, labels: Plain) -> bool:
    """Whether a LabelSelector (matchLabels and matchExpressions) selects `labels`. An empty one selects everything."""
    for key, value in mapping(selector.get("matchLabels")).items():
        if text(labels.get(key)) != text(value):
            return False
    return all(_matches(expression, labels) for expression in mappings(selector.get("matchExpressions")))


def _matches(expression: Plain, labels: Plain) -> bool:
    key, operator = text(expression.get("key")), expression.get("operator")
    values = {text(value) for value in items(expression.get("values"))}
    match operator:
        case "In":
            return key in labels and text(labels[key]) in values
        case "NotIn":
            return key not in labels or text(labels[key]) not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
    return False
