"""What is known of container images: how a reference reads, PostgreSQL's users, and where a version keeps its data."""

from dataclasses import dataclass, field

_ALPINE_USER = 70
_DEBIAN_USER = 999
"""docker-library/postgres: the Dockerfile of the alpine variant makes uid 70, the Debian ones 999."""

_BITNAMI_USER = 1001
_BITNAMI = ("bitnami/postgresql", "bitnamilegacy/postgresql")
"""bitnami/containers, bitnami/postgresql/14/debian-12: USER of its Dockerfile."""


def image_parts(reference: str) -> tuple[str, str, str]:
    """`reference` as (repository, tag, digest); tag and digest may be empty."""
    name, _, digest = reference.partition("@")
    head, slash, last = name.rpartition("/")
    last, _, tag = last.partition(":")
    return head + slash + last, tag, digest


def known_user(image: str) -> int | None:
    """The numeric user of an official postgres image, by its tag, or of Bitnami's; None for any other image."""
    repository, tag, _ = image_parts(image)
    if is_bitnami(image):
        return _BITNAMI_USER
    if repository.rpartition("/")[2] != "postgres":
        return None
    return _ALPINE_USER if "alpine" in tag else _DEBIAN_USER


def is_bitnami(image: str) -> bool:
    """Whether an image is Bitnami's PostgreSQL, from whatever registry."""
    repository = image_parts(image)[0]
    return any(repository == name or repository.endswith(f"/{name}") for name in _BITNAMI)


def is_named(image: str, user: int) -> bool:
    """Whether an official image's /etc/passwd has `user`. If not, libpq's programs end unless they are told a role."""
    return not is_bitnami(image) and user == known_user(image)


@dataclass(frozen=True)
class Layout:
    """How an image of PostgreSQL is started, and where it has its data: `mount` is the claim's place, `data` is PGDATA.

    `arguments` come before those of the server. `initdb` are initdb's. `hba` says that the image names a pg_hba.conf of
    its own, so that ours must be an argument. `written`: volume → what it writes besides.
    """

    mount: str
    data: str
    arguments: tuple[str, ...] = ("postgres",)
    initdb: str = "--auth=scram-sha-256 --data-checksums --encoding=UTF8"
    hba: bool = False
    written: dict[str, str] = field(default_factory=dict)


_OF_BITNAMI = Layout(
    mount="/bitnami/postgresql",
    data="/bitnami/postgresql/data",
    arguments=("/opt/bitnami/scripts/postgresql/run.sh",),
    # It sets the superuser's password after initdb, which refuses scram-sha-256 without one.
    initdb="--data-checksums",
    hba=True,
    written={"server-conf": "/opt/bitnami/postgresql/conf", "server-tmp": "/opt/bitnami/postgresql/tmp"},
)
"""bitnami/containers, bitnami/postgresql/14/debian-12/rootfs/opt/bitnami/scripts: entrypoint.sh fills conf, and makes
the data directory where it is told to run run.sh, which hands its own arguments on to the server, last;
postgresql-env.sh reads POSTGRES_USER, _PASSWORD, _DB, _INITDB_ARGS and PGDATA as the official image does."""


def layout(image: str, version: int) -> Layout:
    """That of an image whose PostgreSQL has the major version `version`: Bitnami's, or the official one's."""
    return _OF_BITNAMI if is_bitnami(image) else Layout(data_mount(version), data_directory(version))


def data_mount(version: int) -> str:
    """Where the data volume is mounted; from 18 on the image's path is one level up (docker-library/postgres#1259)."""
    return "/var/lib/postgresql" if version >= 18 else "/var/lib/postgresql/data"


def data_directory(version: int) -> str:
    """PGDATA: a sub-directory of the mount, because initdb refuses one with lost+found in it (…/postgres#263)."""
    return f"/var/lib/postgresql/{version}/docker" if version >= 18 else "/var/lib/postgresql/data/pgdata"
