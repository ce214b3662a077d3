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
    """`made` are its Secrets; the rest is for each container of rclone, and `labels` and `affinity` for its pod."""

    made: list[Manifest]
    env: list[dict[str, Any]]
    volumes: list[dict[str, Any]] = field(default_factory=list)
    mounts: list[dict[str, Any]] = field(default_factory=list)
    labels: Mapping[str, str] = field(default_factory=dict)
    affinity: Mapping[str, Any] | None = None


def _plain(values: Mapping[str, str | None]) -> list[dict[str, Any]]:
    return [{"name": name, "value": value} for name, value in values.items() if value is not None]


def _s3(scope: Scope, service: str, store: S3) -> tuple[list[Manifest], list[dict[str, Any]]]:
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
        # To look for a bucket, and to make one, are rights that whoever writes files does not need.
        f"{_STORE}_NO_CHECK_BUCKET": "true",
        f"{_STORE}_ENV_AUTH": "true" if store.inherit_from_iam_role else None,
        "REMOTE": f"store:{store.bucket}/{store.path}".rstrip("/"),
    }
    return made, [*_plain(plain), *keys]


def of(scope: Scope, service: str, dumps: Dumps, programs: str) -> Place:
    """The place of the dumps of `service`; `programs` is where the certificate of its authority is mounted."""
    sealed: list[Manifest] = []
    env: list[dict[str, Any]] = []
    if dumps.encrypt is not None:
        sources = {"ENCRYPTION_PASSWORD": dumps.encrypt}
        sealed, env = secrets.variables(scope, f"{service}-dumps-encryption", sources)
        env += _plain({"ENCRYPT": "yes"})
    if dumps.s3 is not None:
        made, access = _s3(scope, service, dumps.s3)
        trusted = _plain({"RCLONE_CA_CERT": f"{programs}/{AUTHORITY}" if dumps.s3.authority else None})
        return Place([*made, *sealed], [*access, *trusted, *env])
    if dumps.storage is None:
        raise AssertionError("the settings refuse dumps without a place")
    local = _plain({f"{_STORE}_TYPE": "local", "REMOTE": f"store:{MOUNT}"})
    beside = {_BESIDE: service}
    return Place(
        sealed,
        [*local, *env],
        [volumes.of_claim("dumps", dumps.storage.claim)],
        [volumes.mount("dumps", MOUNT)],
        beside,
        None if dumps.storage.shareable else pod.one_node(beside),
    )
