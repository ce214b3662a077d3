"""postgresql.conf and pg_hba.conf of a database."""

from components.postgres.tuning import computed
from components.settings.database import Database
from components.settings.wal import PGBACKREST

DIRECTORY = "/etc/postgresql"
HBA_FILE = f"{DIRECTORY}/pg_hba.conf"
TLS = "/etc/postgresql-tls"
"""Not below DIRECTORY: nothing can be mounted inside a ConfigMap, which is read-only."""
PORT = 5432

SOCKETS = "/var/run/postgresql"


def common(database: Database) -> dict[str, str]:
    """What every topology sets, before the stack's own parameters override it."""
    fixed = {
        "unix_socket_directories": SOCKETS,
        "password_encryption": "scram-sha-256",
        "log_checkpoints": "on",
        "log_lock_waits": "on",
        "log_line_prefix": "%m [%p] %q%u@%d ",
    }
    return fixed | computed(database)


def parameters(database: Database) -> dict[str, str]:
    """Every parameter of a standalone server's postgresql.conf."""
    files = {"listen_addresses": "*", "port": str(PORT), "hba_file": HBA_FILE}
    return files | common(database) | (_tls() if database.tls else {}) | archived(database) | database.parameters


def _tls() -> dict[str, str]:
    return {
        "ssl": "on",
        "ssl_cert_file": f"{TLS}/tls.crt",
        "ssl_key_file": f"{TLS}/tls.key",
        "ssl_min_protocol_version": "TLSv1.2",
    }


def archived(database: Database) -> dict[str, str]:
    """What archiving asks for; nothing where no WAL is archived. Six tries of the time-out, one for each of a request's
    three tries for a file and for its copy, are how long a store is out of reach before PostgreSQL hears of it."""
    if database.wal is None:
        return {}
    return {
        "wal_level": "replica",
        "archive_mode": "on",
        "archive_command": f'{PGBACKREST} --io-timeout=10 archive-push "%p"',
        "archive_timeout": f"{database.wal.timeout}s",
    }


def postgresql_conf(database: Database) -> str:
    """The file, one parameter a line, values quoted as PostgreSQL reads them."""
    lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'" for name, value in parameters(database).items()]
    return "\n".join(lines) + "\n"


def everybody(database: Database, *, either_login: bool) -> str:
    """Who comes to the database itself, as pg_hba.conf lists roles; `either_login`: each of a role's two, which are
    members of it («+», postgresql.org/docs, «The pg_hba.conf File»)."""
    roles = database.roles
    sign = "+" if either_login else ""
    names = [f"{sign}{role}" for role in (roles.owner, roles.app, roles.reader)]
    return ",".join(names + ([roles.dump] if "dump" in database.login_roles else []))


def pg_hba_conf(database: Database, *, either_login: bool = False) -> str:
    """Who may connect from where: each role to this database, the superuser for the bootstrap; always by SCRAM, and
    from outside the pod by TLS only where the server has a certificate."""
    roles, coming = database.roles, everybody(database, either_login=either_login)
    if database.tls is None:
        rows = [
            ("local", "all", "all", "", "scram-sha-256"),
            ("host", database.name, coming, "all", "scram-sha-256"),
            ("host", "all", roles.superuser, "all", "scram-sha-256"),
        ]
    else:
        rows = [
            ("local", "all", roles.superuser, "", "scram-sha-256"),
            ("local", database.name, coming, "", "scram-sha-256"),
            ("hostssl", database.name, coming, "all", "scram-sha-256"),
            ("hostssl", "all", roles.superuser, "all", "scram-sha-256"),
            ("hostnossl", "all", "all", "all", "reject"),
        ]
    rows = [*archivist(database, "hostssl" if database.tls else "host"), *rows]
    return "".join(" ".join(column for column in row if column) + "\n" for row in [*_watching(database), *rows])


def _watching(database: Database) -> list[tuple[str, ...]]:
    """Rows of pg_hba.conf for the exporter of a standalone server."""
    if "monitor" not in database.login_roles:
        return []
    return [("hostssl" if database.tls else "host", "postgres", database.roles.monitor, "all", "scram-sha-256")]


def archivist(database: Database, host: str) -> list[tuple[str, ...]]:
    """Rows of pg_hba.conf for who has base backups taken, from outside by `host`, and for pgBackRest in the pod."""
    if database.wal is None:
        return []
    role = database.roles.archive
    ways = (("local", ""), (host, "all"))
    return [(way, "postgres", role, address, "scram-sha-256") for way, address in ways]
