"""Plain Kubernetes objects (dicts): their names, their annotations, and what a URN says of them."""

import re
from typing import Any

NAME = re.compile(r"urn:pulumi:(?P<stack>.*?)::(?P<project>.*?)::(?P<types>.*?)::(?P<name>.*)", re.DOTALL)

AUTONAMED = "pulumi.com/autonamed"
DELETION_PROPAGATION = "pulumi.com/deletionPropagationPolicy"
PATCH_FIELD_MANAGER = "pulumi.com/patchFieldManager"
PATCH_FORCE = "pulumi.com/patchForce"
REPLACE_UNREADY = "pulumi.com/replaceUnready"
SKIP_AWAIT = "pulumi.com/skipAwait"
TIMEOUT_SECONDS = "pulumi.com/timeoutSeconds"
WAIT_FOR = "pulumi.com/waitFor"

READ_ONLY = (
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
    "uid",
)
"""Fields of metadata that only the API server writes (normalizeInputs in the official provider.go)."""


class NotAKind(Exception):
    """A type of the package that is no Kubernetes kind, or one that this stand-in doesn't do."""


def kind_of(urn: str) -> tuple[str, str]:
    """apiVersion and kind of a URN's type: `kubernetes:core/v1:Secret` gives `v1`, `Secret`. Raises NotAKind."""
    found = NAME.match(urn)
    token = found["types"].rsplit("$", maxsplit=1)[-1] if found else urn
    _, module, kind = [*token.split(":"), "", ""][:3]
    group, _, version = module.partition("/")
    if not version or kind.endswith("List") or module.startswith(("helm.sh/", "kustomize", "yaml")):
        raise NotAKind(f"{token} is not a single Kubernetes object")
    if kind.endswith("Patch") and kind != "Patch":
        raise NotAKind(f"{token} patches an object that is not the program's own")
    return (version if group == "core" else f"{group}/{version}"), kind


def name_in(urn: str) -> str:
    """The resource's name in the program."""
    return urn.rpartition("::")[2]


def metadata(thing: dict[str, Any]) -> dict[str, Any]:
    """The metadata of an object, or an empty one where it has none that is known."""
    found = thing.get("metadata")
    return found if isinstance(found, dict) else {}


def annotation(thing: dict[str, Any], name: str) -> str:
    """The text of one annotation, "" where it is not there."""
    found = metadata(thing).get("annotations")
    value = found.get(name) if isinstance(found, dict) else None
    return value if isinstance(value, str) else ""


def says(thing: dict[str, Any], name: str) -> bool:
    """Whether an annotation says "true"."""
    return annotation(thing, name) == "true"


def identity(thing: dict[str, Any]) -> str:
    """The id in state: `namespace/name`, or the name of what has no namespace."""
    found = metadata(thing)
    namespace = found.get("namespace")
    return f"{namespace}/{found['name']}" if namespace else found["name"]


def split_identity(id: str) -> tuple[str, str]:
    """Namespace ("" without one) and name of an id."""
    namespace, _, name = id.rpartition("/")
    return namespace, name


def called(thing: dict[str, Any]) -> str:
    """How messages call an object: `Deployment observer-dev/observer`."""
    return f"{thing.get('kind', 'object')} {identity(thing)}"


def at(thing: Any, *path: str, default: Any = None) -> Any:
    """The value at `path` inside nested objects, or `default` where any step is missing."""
    for step in path:
        if not isinstance(thing, dict) or step not in thing:
            return default
        thing = thing[step]
    return default if thing is None else thing


def condition(thing: dict[str, Any], kind: str) -> dict[str, Any]:
    """The condition of that type in an object's status, or an empty one."""
    found = at(thing, "status", "conditions", default=[])
    return next((each for each in found if each.get("type") == kind), {})


def is_kind(thing: dict[str, Any], api_version: str, kind: str) -> bool:
    """Whether an object is of that very kind; the core group may be written `core/v1` or `v1`."""
    return thing.get("kind") == kind and str(thing.get("apiVersion", "")).removeprefix("core/") == api_version


def is_secret(thing: dict[str, Any]) -> bool:
    """Whether an object is a core Secret."""
    return is_kind(thing, "v1", "Secret")
