"""pgBackRest's options as variables: PGBACKREST_ and the option in capitals (pgbackrest.org, «Configuration»)."""

import re
from pathlib import PurePosixPath
from typing import Any

from components import secrets
from components.manifest import Manifest
from components.names import Scope
from components.settings.source import SecretSource
from components.settings.store import S3
from components.settings.wal import PGBACKREST, PGBACKREST_FILES, Wal

PROGRAMS = str(PurePosixPath(PGBACKREST).parent)
"""Where a server's pod has the program, its libraries and the certificates that its image trusts."""

AUTHORITY = "ca.crt"
STANZA = "main"
"""The same in every archive, each of which has a folder of its own: a copy need not know what its source was called."""

_SCRATCH = "/tmp/pgbackrest"  # noqa: S108 (a mount of the pod's own)


def named(options: dict[str, str]) -> dict[str, str]:
    """Variable → value."""
    return {f"PGBACKREST_{option}": value for option, value in options.items()}


def written(options: dict[str, str]) -> list[dict[str, Any]]:
    """As a container states them."""
    return [{"name": variable, "value": value} for variable, value in named(options).items()]


def path(place: S3, folder: str) -> str:
    """Where an archive is in the bucket."""
    return f"/{place.path}/{folder}" if place.path else f"/{folder}"


def store(place: S3, folder: str, authority: str = AUTHORITY) -> dict[str, str]:
    """Where an archive is; `authority` is the file with the certificate that signed its own, where one is given.

    A host before the bucket's name is AWS's way, the path behind it that of all others.
    """
    address = place.endpoint or f"https://s3.{place.region}.amazonaws.com"
    host = re.sub(r":\d+$", "", address.removeprefix("https://"))
    return {
        "STANZA": STANZA,
        "REPO1_TYPE": "s3",
        "REPO1_PATH": path(place, folder),
        "REPO1_S3_BUCKET": place.bucket,
        "REPO1_S3_ENDPOINT": host,
        "REPO1_S3_REGION": place.region or "us-east-1",
        "REPO1_S3_URI_STYLE": "path" if place.endpoint else "host",
        "REPO1_STORAGE_PORT": str(place.port),
        "REPO1_STORAGE_CA_FILE": f"{PGBACKREST_FILES}/{authority}" if place.authority else f"{PROGRAMS}/{AUTHORITY}",
        "CMD": PGBACKREST,
        "LOCK_PATH": _SCRATCH,
        "LOG_LEVEL_FILE": "off",
        "LOG_LEVEL_CONSOLE": "warn",
    }


def archive(wal: Wal) -> dict[str, str]:
    """How an archive is written, and what of it is kept. A full backup older than the time stays as long as it is
    needed to get back to its beginning («repo-retention-full-type»)."""
    return {
        "COMPRESS_TYPE": wal.compression,
        "REPO1_BUNDLE": "y",
        "REPO1_RETENTION_FULL_TYPE": "time",
        "REPO1_RETENTION_FULL": str(wal.retention_days),
        "START_FAST": "y",
    }


def credentials(
    scope: Scope, name: str, place: S3, encrypt: SecretSource | None
) -> tuple[list[Manifest], list[dict[str, Any]]]:
    """The Secret `name`, where one is made, and the variables that are read from it."""
    sources: dict[str, SecretSource] = {}
    if place.credentials is not None:
        sources["PGBACKREST_REPO1_S3_KEY"] = place.credentials.access_key_id
        sources["PGBACKREST_REPO1_S3_KEY_SECRET"] = place.credentials.secret_access_key
    if encrypt is not None:
        sources["PGBACKREST_REPO1_CIPHER_PASS"] = encrypt
    return secrets.variables(scope, name, sources)
