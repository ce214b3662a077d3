"""What is known of container images: how a reference reads, PostgreSQL's users, and where a version keeps its data."""

_ALPINE_USER = 70
_DEBIAN_USER = 999
"""docker-library/postgres: the Dockerfile of the alpine variant makes uid 70, the Debian ones 999."""


def image_parts(reference: str) -> tuple[str, str, str]:
    """`reference` as (repository, tag, digest); tag and digest may be empty."""
    name, _, digest = reference.partition("@")
    head, slash, last = name.rpartition("/")
    last, _, tag = last.partition(":")
    return head + slash + last, tag, digest


def known_user(image: str) -> int | None:
    """The numeric user of an official postgres image, by its tag; None for any other image."""
    repository, tag, _ = image_parts(image)
    if repository.rpartition("/")[2] != "postgres":
        return None
    return _ALPINE_USER if "alpine" in tag else _DEBIAN_USER


def data_mount(version: int) -> str:
    """Where the data volume is mounted; from 18 on the image's path is one level up (docker-library/postgres#1259)."""
    return "/var/lib/postgresql" if version >= 18 else "/var/lib/postgresql/data"


def data_directory(version: int) -> str:
    """PGDATA: a sub-directory of the mount, because initdb refuses one with lost+found in it (…/postgres#263)."""
    return f"/var/lib/postgresql/{version}/docker" if version >= 18 else "/var/lib/postgresql/data/pgdata"
