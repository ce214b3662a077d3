"""Names that the program leaves out."""

import hashlib
import secrets
from typing import Any

from devcluster.plugins.kubernetes.objects import AUTONAMED, metadata, says
from devcluster.plugins.protocol.stubs import provider_pb2
from devcluster.plugins.protocol.values import UNKNOWN

Autonaming = provider_pb2.CheckRequest.AutonamingOptions


class NoName(Exception):
    """A name is missing and none may be made; the text says what to do."""


def with_name(inputs: dict[str, Any], old: dict[str, Any], request: Any, resource: str) -> dict[str, Any]:
    """`inputs` with a name: the given one, else the one it had, else `resource` and 8 hexadecimal digits.

    Raises NoName where the engine's settings forbid that, and for generateName, which server-side apply can't do.
    """
    meta = metadata(inputs)
    if inputs.get("metadata") is UNKNOWN or meta.get("name"):
        return inputs
    if meta.get("generateName"):
        raise NoName(
            "metadata.generateName can't be used with server-side apply; give metadata.name, or no name at all"
        )
    if metadata(old).get("name"):
        return _named(inputs, old["metadata"]["name"]) if says(old, AUTONAMED) else inputs
    if request.HasField("autonaming"):
        if request.autonaming.mode == Autonaming.DISABLE:
            raise NoName("autonaming is disabled; give metadata.name")
        return _named(inputs, request.autonaming.proposed_name)
    seed = bytes(request.randomSeed)
    digits = hashlib.sha256(seed).hexdigest()[:8] if seed else secrets.token_hex(4)
    return _named(inputs, f"{resource}-{digits}")


def _named(inputs: dict[str, Any], name: str) -> dict[str, Any]:
    meta = metadata(inputs)
    annotations = meta.get("annotations")
    if annotations is UNKNOWN:
        return {**inputs, "metadata": {**meta, "name": name}}
    return {**inputs, "metadata": {**meta, "name": name, "annotations": {**(annotations or {}), AUTONAMED: "true"}}}


def new_field_manager() -> str:
    """A field manager for one object, so that no two resources that name one object undo each other unseen."""
    return f"pulumi-kubernetes-{secrets.token_hex(4)}"
