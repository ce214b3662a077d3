"""What state keeps of an object: the live one, and beside it the inputs it was made from; secrets stay secrets.

The same names as the official provider's, so that a stack can go from one to the other (checkpointObject and
annotateSecrets in provider.go).
"""

from typing import Any

from devcluster.plugins.kubernetes.objects import PATCH_FIELD_MANAGER, annotation, is_secret
from devcluster.plugins.protocol.values import Secret, bare, has_secret

INPUTS = "__inputs"
INITIAL_API_VERSION = "__initialApiVersion"
FIELD_MANAGER = "__fieldManager"

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"

_DASHED = {
    f"x_kubernetes_{name}": f"x-kubernetes-{name}".replace("_", "-")
    for name in (
        "embedded_resource",
        "int_or_string",
        "list_map_keys",
        "list_type",
        "map_type",
        "preserve_unknown_fields",
        "validations",
    )
}
_UNDERSCORED = {dashed: name for name, dashed in _DASHED.items()}


def manifest(properties: dict[str, Any]) -> dict[str, Any]:
    """Properties of the engine as a Kubernetes object: secrets bared, and CRD fields with their dashes."""
    return renamed(bare(properties), _DASHED)


def properties(thing: dict[str, Any]) -> dict[str, Any]:
    """A Kubernetes object as properties: CRD fields with underscores, as the SDKs spell them."""
    return renamed(thing, _UNDERSCORED)


def renamed(value: Any, names: dict[str, str]) -> Any:
    """A copy of `value` whose keys are replaced by `names` where those have one."""
    if isinstance(value, dict):
        return {names.get(name, name): renamed(item, names) for name, item in value.items()}
    return [renamed(item, names) for item in value] if isinstance(value, list) else value


def marked(outputs: Any, inputs: Any) -> Any:
    """`outputs` with every value secret that is secret in `inputs`; a list with one secret in it is secret as a whole.

    A Secret's data and stringData are secret whatever the inputs say.
    """
    if isinstance(inputs, Secret):
        return outputs if isinstance(outputs, Secret) else Secret(outputs)
    if not isinstance(outputs, dict):
        return Secret(outputs) if has_secret(inputs) else outputs
    given = inputs if isinstance(inputs, dict) else {}
    found = {name: marked(value, given.get(name)) for name, value in outputs.items()}
    if is_secret(outputs):
        for name in ("data", "stringData"):
            if name in found and not isinstance(found[name], Secret):
                found[name] = Secret(bare(found[name]))
    return found


def checkpoint(
    live: dict[str, Any],
    inputs: dict[str, Any],
    given: dict[str, Any],
    *,
    api_version: str,
    field_manager: str,
) -> dict[str, Any]:
    """What goes to state. `given` are the properties as the engine sent them, with their secrets marked.

    managedFields stay out: they are half of an object, and nothing here reads them from state.
    """
    kept = dict(live)
    if isinstance(kept.get("metadata"), dict):
        kept["metadata"] = {name: value for name, value in kept["metadata"].items() if name != "managedFields"}
    return {
        **marked(properties(kept), given),
        INPUTS: marked(properties(inputs), given),
        INITIAL_API_VERSION: api_version,
        FIELD_MANAGER: field_manager,
    }


def parse(state: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The inputs and the live object that `checkpoint` put together."""
    thing = manifest(state)
    inputs = thing.pop(INPUTS, {})
    for name in (INITIAL_API_VERSION, FIELD_MANAGER, "id"):
        thing.pop(name, None)
    return inputs, thing


def field_manager(inputs: dict[str, Any], state: dict[str, Any], new: str) -> str:
    """Who owns the fields: what an annotation says, what state says, or `new`."""
    return annotation(inputs, PATCH_FIELD_MANAGER) or state.get(FIELD_MANAGER) or new


def hidden(text: str, given: dict[str, Any]) -> str:
    """`text` without the secret values of `given`: the API server repeats a value that is of the wrong type."""
    for value in sorted(_leaves(marked(bare(given), given)), key=len, reverse=True):
        text = text.replace(value, "[secret]")
    return text


def _leaves(value: Any, *, secret: bool = False) -> set[str]:
    """The texts of all values inside a Secret."""
    if isinstance(value, Secret):
        return _leaves(value.value, secret=True)
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return {found for each in value for found in _leaves(each, secret=secret)}
    return {str(value)} if secret and value is not None and str(value) else set()
