"""What is known of images of PostgreSQL and of what stands around it: who runs in them, where a version has its data.

Sources: docker-library/postgres Dockerfiles (alpine 70, Debian 999; 18 moved its data, #1259); postgis/postgis,
timescale/timescaledb, pgvector/pgvector are built on them; CloudNativePG's postgresql image runs as 26; Bitnami's
as 1001; Spilo as 101. The last lines of their Dockerfiles: docker-library/haproxy (`USER haproxy`, made with 99),
prometheus-community/postgres_exporter (`USER nobody`, 65534 in its base), etcd-io/etcd and zalando/spilo (no USER).
"""

import re
from functools import lru_cache

_OFFICIAL = {"postgres", "postgis/postgis", "timescale/timescaledb", "pgvector/pgvector", "imresamu/postgis"}

_STARTED = {
    "haproxy": ("haproxy", 99),
    "prometheuscommunity/postgres-exporter": ("nobody", 65534),
    "etcd-development/etcd": ("root", 65532),
}


@lru_cache(maxsize=1_000)
def parts(image: str) -> tuple[str, str]:
    """(repository without registry and `library/`, tag) of an image reference."""
    name = image.partition("@")[0]
    head, _, last = name.rpartition("/")
    last, _, tag = last.partition(":")
    segments = [*head.split("/"), last] if head else [last]
    if len(segments) > 1 and ("." in segments[0] or ":" in segments[0] or segments[0] == "localhost"):
        segments = segments[1:]
    if len(segments) > 1 and segments[0] == "library":
        segments = segments[1:]
    return "/".join(segments), tag


def is_postgres_server(image: str) -> bool:
    """Whether an image is the official PostgreSQL server or one built on it, with its variables and paths."""
    return parts(image)[0] in _OFFICIAL


def known_user(image: str) -> int | None:
    """The numeric user of a known PostgreSQL image; None for any other."""
    repository, tag = parts(image)
    if repository in _OFFICIAL:
        return 70 if "alpine" in tag or (repository == "timescale/timescaledb" and "-ha" not in tag) else 999
    if repository == "cloudnative-pg/postgresql":
        return 26
    if repository in {"bitnami/postgresql", "bitnamilegacy/postgresql"}:
        return 1001
    return 101 if re.fullmatch(r"zalando/spilo-\d+|(.*/)?spilo-\d+", repository) else None


def started_as(image: str) -> tuple[str, int] | None:
    """As whom an image starts that names no number: (root or a name, a number to give it); None for any other.

    Any number does for etcd; root's files are all that its image has, and everybody may read them.
    """
    repository = parts(image)[0]
    if re.search(r"(^|/)spilo-\d+$", repository):
        return "root", 101
    return _STARTED.get(repository)


def major_version(image: str) -> int | None:
    """The major version that a tag states: 15-alpine, 15-3.4 of PostGIS, 0.8.0-pg17 of pgvector."""
    tag = parts(image)[1]
    match = re.search(r"pg(\d+)", tag) or re.match(r"(\d+)", tag)
    return int(match[1]) if match else None
