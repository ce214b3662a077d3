"""Where dumps go, as rclone's containers find it: its configuration in their environment, a claim or a certificate.

Source: rclone.org/docs, «Environment Variables», /s3, /local, /crypt. Remotes are configured by RCLONE_CONFIG_NAME_….
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from components import pod, secrets, volumes
from components.manifest import Manifest
from components.names import Scope
from components.settings.backups import Dumps
from components.settings.store import S3

MOUNT = "/dumps"
AUTHORITY = "ca.crt"
_STORE = "RCLONE_CONFIG_STORE"
_BESIDE = "postgres-apps/dumps"
"""The label by which the pods that mount one claim find each other's node."""


@dataclass(frozen=True)
class Place:
    """`made` are its Secrets; `words` is rclone's configuration, and `env` what of it is secret; `labels` and
    `affinity` are for the pod."""

    made: list[Manifest]
    words: Mapping[str, str]
    env: list[dict[str, Any]]
    volumes: list[dict[str, Any]] = field(default_factory=list)
    mounts: list[dict[str, Any]] = field(default_factory=list)
    labels: Mapping[str, str] = field(default_factory=dict)
    affinity: Mapping[str, Any] | None = None


def _s3(
    scope: Scope, service: str, store: S3, programs: str
) -> tuple[list[Manifest], dict[str, str], list[dict[str, Any]]]:
    made, keys = [], []
    if (given := store.credentials) is not None:
        halves = {
            f"{_STORE}_ACCESS_KEY_ID": given.access_key_id,
            f"{_STORE}_SECRET_ACCESS_KEY": given.secret_access_key,
        }
        made, keys = secrets.variables(scope, f"{service}-dumps-store", halves)
    plain = {
        f"{_STORE}_TYPE": "s3",
        f"{_STORE}_PROVIDER": "Other" if store.endpoint else "AWS",
        f"{_STORE}_ENDPOINT": store.endpoint,
        f"{_STORE}_REGION": store.region,
        f"{_STORE}_ENV_AUTH": "true" if store.inherit_from_iam_role else None,
        "RCLONE_CA_CERT": f"{programs}/{AUTHORITY}" if store.authority else None,
        "REMOTE": f"store:{store.bucket}/{store.path}".rstrip("/"),
    }
    return made, {name: value for name, value in plain.items() if value is not None}, keys


def of(scope: Scope, service: str, dumps: Dumps, programs: str) -> Place:
    """The place of the dumps of `service`; `programs` is where the certificate of its authority is mounted."""
    sealed: list[Manifest] = []
    words: dict[str, str] = {}
    env: list[dict[str, Any]] = []
    if dumps.encrypt is not None:
        sources = {"ENCRYPTION_PASSWORD": dumps.encrypt}
        sealed, env = secrets.variables(scope, f"{service}-dumps-encryption", sources)
        words = {"ENCRYPT": "yes"}
    if dumps.s3 is not None:
        made, access, keys = _s3(scope, service, dumps.s3, programs)
        return Place([*made, *sealed], words | access, [*keys, *env])
    if dumps.storage is None:
        raise AssertionError("the settings refuse dumps without a place")
    beside = {_BESIDE: service}
    return Place(
        sealed,
        words | {f"{_STORE}_TYPE": "local", "REMOTE": f"store:{MOUNT}"},
        env,
        [volumes.of_claim("dumps", dumps.storage.claim)],
        [volumes.mount("dumps", MOUNT)],
        beside,
        None if dumps.storage.shareable else pod.one_node(beside),
    )
