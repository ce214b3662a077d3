"""What the code in each pod takes for granted, as annotations of its template: the contracts hold the objects to it.

Words are sorted, so that lines that change places in a settings file roll no pod.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from components.settings.app import App
from components.settings.database import Database
from components.settings.wal import PGBACKREST, PGBACKREST_FILES, folder
from contracts.declared import DATABASES, PATHS, READ_ONLY_PATHS, READS, READY, ROLES, WRITES

Annotations = dict[str, str]

_SERVER = ("POSTGRES_USER", "POSTGRES_PASSWORD", "POSTGRES_DB", "PGDATA", "POSTGRES_INITDB_ARGS")
_PATRONI = (
    "PATRONI_NAME",
    *(f"PATRONI_{who}_PASSWORD" for who in ("SUPERUSER", "REPLICATION", "REWIND", "ETCD3")),
    *(f"PATRONI_{what}_CONNECT_ADDRESS" for what in ("RESTAPI", "POSTGRESQL")),
)
_ETCDCTL = tuple(f"ETCDCTL_{word}" for word in ("CACERT", "CERT", "KEY", "USER", "PASSWORD"))
_ARCHIVE = tuple(f"PGBACKREST_REPO1_{word}" for word in ("PATH", "S3_BUCKET", "S3_ENDPOINT", "S3_KEY", "S3_KEY_SECRET"))
_EXPORTER = ("DATA_SOURCE_URI", "DATA_SOURCE_USER", "DATA_SOURCE_PASS")
_SOCKETS = "/var/run/postgresql"
_SCRATCH = ("/dev/shm", _SOCKETS)  # noqa: S108
"""What PostgreSQL writes beside its data."""
_PSQL = ("PGHOST", "PGPORT", "PGDATABASE", "PGUSER", "PGPASSWORD")


def _archiving(database: Database) -> tuple[str, ...]:
    """What pgBackRest reads in a server's container, where WAL is archived."""
    return (*_ARCHIVE, "PGBACKREST_CMD", "PGBACKREST_PG1_PATH", "ARCHIVE_PASSWORD") if database.wal else ()


def of_archiving(database: Database, server: str, data: str) -> Annotations:
    """Where pgBackRest and the scripts around it look and write: in the container `server`, whose data is in `data`,
    and in the init containers before it."""
    if database.wal is None:
        return {}
    programs = str(PurePosixPath(PGBACKREST).parent)
    looked = {"PGBACKREST_CMD": PGBACKREST, "PGBACKREST_PG1_SOCKET_PATH": _SOCKETS, "PGBACKREST_PG1_PATH": data}
    looked |= {"PGDATA": data} if database.is_standalone else {}
    found: dict[str, Iterable[str]] = {
        PATHS: [f"{variable}={path}" for variable, path in looked.items()],
        READ_ONLY_PATHS: ["PGBACKREST_CMD"],
        f"{READ_ONLY_PATHS}.{server}": [PGBACKREST_FILES],
        f"{READ_ONLY_PATHS}.pgbackrest": [PGBACKREST_FILES],
        f"{WRITES}.pgbackrest": [programs],
    }
    if database.is_standalone and database.recovery:
        superuser = ("POSTGRES_USER", "POSTGRES_PASSWORD")
        found[f"{READS}.recover"] = (*_ARCHIVE, *superuser, "RECOVERED_FROM", *looked.keys() - {"PGDATA"})
        found[f"{READ_ONLY_PATHS}.recover"] = [programs, PGBACKREST_FILES]
        found[f"{WRITES}.recover"] = [str(PurePosixPath(data).parent), _SOCKETS]
    return _written(found)


def _contents(database: Database, *more: str) -> Annotations:
    """The databases and roles that there will be after the bootstrap, on the pods that answer for them.

    Databases that initdb makes in every server need no declaration. `more` are roles that no other object tells.
    """
    roles = [getattr(database.roles, role) for role in database.login_roles]
    return _written({DATABASES: [database.name], ROLES: [*roles, *more]})


def of_server(database: Database) -> Annotations:
    """What the official image's entrypoint reads, and what will be in it; its superuser is in its own variables."""
    return _written({READS: (*_SERVER, *_archiving(database))}) | _contents(database)


def of_logins(database: Database) -> Annotations:
    """The second logins of roles whose passwords were rotated. On the object and not on its pods, which they roll
    not."""
    return _written({ROLES: [login for role in database.rotations if (login := database.login(role))]})


def of_member(database: Database) -> Annotations:
    """What Patroni and the exporter read from their environment (patroni.readthedocs.io), and where PostgreSQL writes.

    What will be in it is said by the router's pods, for nobody is led to a member past them.
    """
    exporter = _EXPORTER if database.replicated.exporter else ()
    patroni = (*_PATRONI, *_archiving(database))
    reads = {f"{READS}.patroni": patroni, f"{READS}.exporter": exporter}
    return _written({**reads, WRITES: [database.replicated.data, *_SCRATCH]})


def of_cluster() -> Annotations:
    """That there is nothing in a Cluster but what it and the objects beside it describe, and what every server has: the
    Jobs that are superuser there make no database and no role."""
    return _written({DATABASES: ["postgres"], ROLES: ["postgres"]})


def of_exporter() -> Annotations:
    """What postgres_exporter reads beside a standalone server: the password is in a file (its README)."""
    return _written({READS: ("DATA_SOURCE_URI", "DATA_SOURCE_USER", "DATA_SOURCE_PASS_FILE")})


def of_consensus(data: str) -> Annotations:
    """Where etcd writes, and what etcdctl reads in its pods."""
    return _written({READS: _ETCDCTL, WRITES: [data]})


def of_router(database: Database, password: str) -> Annotations:
    """The variable that haproxy.cfg asks for, and what is behind it: without the variable its password is empty."""
    return _written({READS: [password]}) | _contents(database, database.roles.superuser)


def of_program(source: str, paths: Mapping[str, str]) -> Annotations:
    """What a program of this house reads from its environment, by its Python source; `paths` are those that it only
    reads, by variable."""
    pairs = [f"{variable}={path}" for variable, path in paths.items()]
    reads = {*re.findall(r'os\.environ\["(\w+)"\]', source)}
    return _written({READS: reads, PATHS: pairs, READ_ONLY_PATHS: paths})


def of_scripts(steps: Iterable[Mapping[str, Any]], folder: Path) -> Annotations:
    """What each of `steps` reads from its environment, by the texts of its shell scripts in `folder`: each variable
    that no script sets and that has no default. And where it writes, and where it only reads."""
    said: dict[str, Iterable[str]] = {}
    for step in steps:
        text = _with_called(folder, step["command"][1].rpartition("/")[2])
        own = {*re.findall(r"(?:^|[\s;(])([A-Z][A-Z_0-9]*)=", text), *re.findall(r"\\setenv (\w+)", text)}
        asked = set(re.findall(r"\$\{?([A-Z][A-Z_0-9]*)(?!:-|[A-Z_0-9])", text)) - own
        said[f"{READS}.{step['name']}"] = asked | {entry["name"] for entry in step.get("env", ())}
        said[f"{WRITES}.{step['name']}"] = _mounted(step, read_only=False)
        said[f"{READ_ONLY_PATHS}.{step['name']}"] = _mounted(step, read_only=True)
    return _written(said)


def _mounted(step: Mapping[str, Any], *, read_only: bool) -> list[str]:
    return [mount["mountPath"] for mount in step["volumeMounts"] if mount.get("readOnly", False) is read_only]


def _with_called(folder: Path, script: str) -> str:
    """The text of a script, and of all that it names as `$here/…`."""
    text = (folder / script).read_text() if (folder / script).exists() else ""
    return "\n".join((text, *(_with_called(folder, name) for name in re.findall(r"\$here/([\w.]+)", text))))


def of_history(database: Database) -> Annotations:
    """Which history of the data this is, where more than one is possible: what ran for another one runs again."""
    return {"postgres-apps/archive": folder(database.service, database.wal)} if database.wal else {}


def of_base_backup() -> Annotations:
    """What psql reads of who has a base backup taken."""
    return _written({READS: (*_PSQL, "PGOPTIONS")})


def of_bootstrap(passwords: Iterable[str]) -> Annotations:
    """What psql reads, and the variables with the roles' `passwords` that its script reads."""
    return _written({READS: (*_PSQL, *passwords)})


def of_schema(script: str) -> Annotations:
    """What psql reads, and the path of the script that it is given."""
    return _written({READS: (*_PSQL, "SCRIPT"), PATHS: [f"SCRIPT={script}"], READ_ONLY_PATHS: ["SCRIPT"]})


def of_migration(app: App) -> Annotations:
    """What psql reads before and after, and what the app's own command reads between."""
    return _written({READS: _PSQL, f"{READS}.look-up": _PSQL, f"{READS}.migrate": app.connection.fields})


def of_app(app: App) -> Annotations:
    """What the settings say of the app's code: what it reads, where it looks and writes, when it can serve.

    Connection and secrets count as read: both are named by the variable that the code reads. /tmp is scratch space of
    every pod because any program may ask for a temporary file.
    """
    code = app.code
    written = {volume.path for volume in app.volumes.values() if volume.files is None} - set(code.paths.values())
    return _written(
        {
            READS: {*code.reads, *app.connection.fields, *app.secrets},
            PATHS: [f"{variable}={path}" for variable, path in code.paths.items()],
            READ_ONLY_PATHS: code.read_only,
            WRITES: {"/tmp", *written},  # noqa: S108
            READY: [app.probes.ready],
        }
    )


def _written(words: dict[str, Iterable[str]]) -> Annotations:
    return {annotation: " ".join(found) for annotation, some in words.items() if (found := sorted(some))}
