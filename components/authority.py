"""How pods that connect to a database know its server by its certificate."""

from typing import Any

from components import volumes
from components.connection import AUTHORITY_DIRECTORY, AUTHORITY_FILE, Authority
from components.manifest import Reference

_VOLUME = "postgres-ca"
_KEYS = ("ca.crt",)
"""Of a Secret, for its key is not the clients' business."""


def pod_volumes(authority: Authority | None) -> list[dict[str, Any]]:
    """The volume with the certificate of who signed; none where clients don't check."""
    if authority is None:
        return []
    if authority.kind == "Secret":
        return [volumes.of_secret(_VOLUME, authority.name, keys=_KEYS)]
    return [volumes.of_config_map(_VOLUME, authority.name)]


def needs(authority: Authority | None) -> tuple[Reference, ...]:
    """What must be there before such a pod; where an issuer makes the Secret, the server waits for it."""
    return (("ConfigMap", authority.name),) if authority and authority.kind == "ConfigMap" else ()


def mounts(authority: Authority | None) -> list[dict[str, Any]]:
    """Where it is in a container. Not by `subPath`: a renewed one would not arrive."""
    return [volumes.mount(_VOLUME, AUTHORITY_DIRECTORY, read_only=True)] if authority else []


def libpq(authority: Authority | None) -> list[dict[str, Any]]:
    """The variables by which psql checks it."""
    if authority is None:
        return []
    return [{"name": "PGSSLMODE", "value": "verify-full"}, {"name": "PGSSLROOTCERT", "value": AUTHORITY_FILE}]
