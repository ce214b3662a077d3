"""Images of databases: where they keep their data, what they write besides, whether they start as root.

Sources: the Dockerfiles and entrypoints of docker-library/postgres (18 moved its data, #1259), docker-library/mysql,
MariaDB/mariadb-docker, docker-library/mongo, bitnami/containers; the images' pages on Docker Hub for the others.
"""

import re
from dataclasses import dataclass
from posixpath import basename

from contracts.known.images import is_postgres_server, major_version, parts
from contracts.workload import Container


@dataclass(frozen=True)
class Engine:
    """`data` is the directory that holds the data where nothing says otherwise; "" where the version decides.

    `variable` and `options` move it. `written` are directories that it writes besides. `root` says that the image
    starts as root, makes the directory its own, and only then becomes `user`. Of the variables `needs` its entrypoint
    wants one before it makes a data directory. `mount` is where a claim is meant to be, if it is not `data`.
    """

    name: str
    data: str
    variable: str = ""
    options: tuple[str, ...] = ()
    written: tuple[str, ...] = ()
    root: bool = True
    user: int = 999
    needs: tuple[str, ...] = ()
    mount: str = ""


_TMP = "/tmp"  # noqa: S108
_MYSQL = ("MYSQL_ROOT_PASSWORD", "MYSQL_ROOT_PASSWORD_FILE", "MYSQL_ALLOW_EMPTY_PASSWORD", "MYSQL_RANDOM_ROOT_PASSWORD")
_MARIADB = tuple(
    f"{brand}_{rest}"
    for brand in ("MARIADB", "MYSQL")
    for rest in (
        "ROOT_PASSWORD",
        "ROOT_PASSWORD_FILE",
        "ALLOW_EMPTY_ROOT_PASSWORD",
        "ALLOW_EMPTY_PASSWORD",
        "RANDOM_ROOT_PASSWORD",
        "ROOT_PASSWORD_HASH",
    )
)
_POSTGRES = Engine(
    "PostgreSQL",
    "",
    "PGDATA",
    ("-D", "--pgdata"),
    ("/var/run/postgresql", _TMP),
    needs=("POSTGRES_PASSWORD", "POSTGRES_PASSWORD_FILE", "POSTGRES_HOST_AUTH_METHOD"),
)
_ENGINES = {
    "mysql": Engine("MySQL", "/var/lib/mysql", "", ("--datadir", "-h"), ("/var/run/mysqld", _TMP), needs=_MYSQL),
    "mariadb": Engine("MariaDB", "/var/lib/mysql", "", ("--datadir", "-h"), ("/run/mysqld", _TMP), needs=_MARIADB),
    "mongo": Engine("MongoDB", "/data/db", "", ("--dbpath",), (_TMP,)),
    "cassandra": Engine("Cassandra", "/var/lib/cassandra"),
    "couchdb": Engine("CouchDB", "/opt/couchdb/data", user=5984),
    "neo4j": Engine("Neo4j", "/data", user=7474),
    "clickhouse/clickhouse-server": Engine("ClickHouse", "/var/lib/clickhouse", user=101),
}
_OF_BITNAMI = Engine(
    "PostgreSQL",
    "/bitnami/postgresql/data",
    "PGDATA",
    written=("/opt/bitnami/postgresql/conf", "/opt/bitnami/postgresql/tmp", _TMP),
    root=False,
    user=1001,
    mount="/bitnami/postgresql",
)
"""bitnami/containers, bitnami/postgresql/14/debian-12/rootfs/opt/bitnami/scripts: postgresql-env.sh (where its data is,
by PGDATA too), libpostgresql.sh (its configuration is written anew at every start)."""
_BITNAMI = {"mysql": "MySQL", "mariadb": "MariaDB", "mongodb": "MongoDB"}
_SERVERS = re.compile(
    r"docker-entrypoint|\bpostgres\b|mysqld|mariadbd|mongod\b|cassandra|neo4j|clickhouse|(^|/)run\.sh"
)
_SHELLS = frozenset({"sh", "bash", "ash", "dash"})


def engine_of(image: str) -> Engine | None:
    """The database that an image is, or None."""
    if is_postgres_server(image):
        return _POSTGRES
    repository = parts(image)[0]
    if found := _ENGINES.get(repository):
        return found
    vendor, _, name = repository.partition("/")
    if vendor not in {"bitnami", "bitnamilegacy", "bitnamisecure"}:
        return None
    if name == "postgresql":
        return _OF_BITNAMI
    if name in _BITNAMI:
        return Engine(_BITNAMI[name], f"/bitnami/{name}", root=False, user=1001)
    return None


def serves(container: Container) -> bool:
    """Whether a container of a database image runs the server, not a client or a script of its own."""
    command = [str(word) for word in container.body.get("command") or ()]
    words = command or [str(word) for word in container.body.get("args") or ()]
    if not words or (not command and words[0].startswith("-")):
        return True
    if basename(words[0]) in _SHELLS:
        return any(_SERVERS.search(word) and "psql" not in word for word in words[1:])
    return _SERVERS.search(basename(words[0])) is not None or words[0].endswith("entrypoint.sh")


def data_directory(image: str, engine: Engine, words: list[str], value: str | None) -> str:
    """Where `engine` keeps its data, by its arguments, the value of its variable, its version; "" where unknown."""
    for number, word in enumerate(words):
        for option in engine.options:
            if word.startswith(f"{option}=/"):
                return word.partition("=")[2].rstrip("/")
            if word == option and words[number + 1 : number + 2] and words[number + 1].startswith("/"):
                return words[number + 1].rstrip("/")
    if engine.variable and value:
        return value.rstrip("/")
    if engine.data or engine.variable != "PGDATA":
        return engine.data
    version = major_version(image)
    if version is None:
        return ""
    return f"/var/lib/postgresql/{version}/docker" if version >= 18 else "/var/lib/postgresql/data"
