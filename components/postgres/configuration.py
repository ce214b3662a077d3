"""postgresql.conf and pg_hba.conf of a database."""

from components.postgres.tuning import computed
from components.settings.database import Database

DIRECTORY = "/etc/postgresql"
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
    files = {"listen_addresses": "*", "port": str(PORT), "hba_file": f"{DIRECTORY}/pg_hba.conf"}
    return files | common(database) | database.parameters


def postgresql_conf(database: Database) -> str:
    """The file, one parameter a line, values quoted as PostgreSQL reads them."""
    lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'" for name, value in parameters(database).items()]
    return "\n".join(lines) + "\n"


def everybody(database: Database) -> str:
    """Who comes to the database itself, as pg_hba.conf lists roles."""
    roles = database.roles
    names = [roles.owner, roles.app, roles.reader] + ([roles.dump] if "dump" in database.login_roles else [])
    return ",".join(names)


def pg_hba_conf(database: Database) -> str:
    """Who may connect from where: each role to this database, the superuser for the bootstrap; always by SCRAM."""
    roles = database.roles
    rows = [
        ("local", "all", "all", "", "scram-sha-256"),
        ("host", database.name, everybody(database), "all", "scram-sha-256"),
        ("host", "all", roles.superuser, "all", "scram-sha-256"),
    ]
    return "".join(" ".join(column for column in row if column) + "\n" for row in rows)
