"""Whether the stack whose database is consumed is up, and as its file has it: asked before anything is registered.

The function of the engine is asked from which StackReference is made (pkg/resource/deploy/builtins.go). The resource
itself, of a stack that is not there, ends the program in a preview too, and nothing can catch that
(pulumi/pulumi#16591, #19202).
"""

from collections.abc import Mapping
from typing import Any

import pulumi

from components.compose import Consumed

_TOKEN = "pulumi:pulumi:readStackOutputs"  # noqa: S105 (a function's name)
_UNKNOWN = "unknown stack"
"""How the engine says that there is none of that name (pkg/backend/backend.go, GetStackOutputs)."""


class NotAsPlanned(Exception):
    """Another stack is not what this one was planned with; nothing was registered."""


def doubts(consumed: Consumed | None) -> list[str]:
    """What a preview must warn of: the other stack is not up yet. Raises NotAsPlanned for that where this is no
    preview, and wherever the other stack says something else than its file."""
    if consumed is None:
        return []
    told = of_tenant(_outputs(consumed.stack), consumed.tenant)
    if told is None:
        sentence = absent(consumed)
        if not pulumi.runtime.is_dry_run():
            raise NotAsPlanned(f"refused, nothing was touched: {sentence}")
        return [sentence]
    if found := differing(consumed, told):
        raise NotAsPlanned(f"refused, nothing was touched: {found}")
    return []


def of_tenant(outputs: Mapping[str, Any], tenant: str) -> Mapping[str, Any] | None:
    """What a stack's outputs say of a tenant; None where they do not know it."""
    return (outputs.get("tenants") or {}).get(tenant)


def absent(consumed: Consumed) -> str:
    """That nobody has made the tenant, and what to do."""
    return (
        f"{consumed.stack} has not made its tenant {consumed.tenant} yet, so its Secrets are not there, and pods would "
        f"wait for them: `pulumi up -s {consumed.stack}` comes first. Off by `verify: false` in database.external"
    )


def differing(consumed: Consumed, told: Mapping[str, Any]) -> str:
    """Where a stack's output says something else than its file, in a sentence; empty where it does not."""
    found = [
        f"{key} {_shown(told.get(key))} by its last `up`, {_shown(planned)} by its file"
        for key, planned in consumed.told.items()
        if told.get(key) != planned
    ]
    if not found:
        return ""
    return (
        f"{consumed.stack} is not as its file has it; its tenant {consumed.tenant} has {'; '.join(found)}. "
        f"`pulumi up -s {consumed.stack}` comes first. Off by `verify: false` in database.external"
    )


def _shown(value: Any) -> str:
    # The engine hands whole numbers over as 5432.0.
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_shown(item)}" for key, item in sorted(value.items())) + "}"
    return "nothing" if value is None else str(value)


def _outputs(stack: str) -> Mapping[str, Any]:
    """The outputs of another stack of this project; none where there is no such stack, or it was never up."""
    name = f"{pulumi.get_organization()}/{pulumi.get_project()}/{stack}"
    try:
        return pulumi.runtime.invoke(_TOKEN, {"name": name}).value["outputs"]
    except Exception as error:  # the SDK has no narrower one
        if _UNKNOWN in str(error):
            return {}
        raise NotAsPlanned(
            f"the outputs of {stack} can't be read: {error}. Log in where it is kept, or set `verify: false` in "
            "database.external"
        ) from error
