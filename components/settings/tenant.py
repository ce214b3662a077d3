"""The tenants section: databases in a shared Cluster for apps that run elsewhere, each of three lines."""

from typing import Literal

from pydantic import Field, field_validator

from components.settings.app import Wiring
from components.settings.passwords import TenantPasswords
from components.settings.section import Section, rule
from components.settings.words import Identifier, Label, Labels, ObjectName

LONGEST_DATABASE = 63 - len("_reader")
"""Characters of a database's name, which its roles' names lengthen."""

FEWEST_CONNECTIONS = 20
"""To a tenant's database, where neither its settings nor its pooler ask for another number: a choice."""


class Pooler(Section):
    """PgBouncer between a tenant and its database."""

    instances: int = Field(default=2, ge=1, le=20)
    mode: Literal["session", "transaction"] = "transaction"
    # Of PgBouncer's own defaults 20 and 100 (pgbouncer.org, «Configuration») the second is small for several apps.
    pool_size: int = Field(default=20, ge=1, le=1000)
    clients: int = Field(default=500, ge=1, le=10000)

    @property
    def connections(self) -> int:
        """What one role's clients can make all of its pods open to the database."""
        return self.instances * self.pool_size


class Tenant(Section):
    """An app of another namespace: its database, the roles of it, and the variables by which it is read.

    `role` is whose credentials the variables carry: an app that migrates its own schema needs the owner's.
    `pods` are the labels of its pods. With them only these may come, and policies there let them leave for the database
    and for DNS, and so for nothing else but what other policies allow. Without, all of its namespace may come.
    """

    namespace: Label
    connection: Wiring = Wiring()
    role: Literal["owner", "app", "reader"] = "owner"
    database: Identifier | None = None
    passwords: TenantPasswords = TenantPasswords()
    config: ObjectName | None = None
    secret: ObjectName | None = None
    extensions: list[str] = []
    schemas: list[Identifier] = []
    connections: int | None = Field(default=None, ge=1, le=1000)
    pooler: Pooler | None = None
    pods: Labels = {}

    @field_validator("database")
    @classmethod
    def _room_for_its_roles(cls, name: str | None) -> str | None:
        return name if name is None else with_room_for_roles(name)

    @rule
    def _once(self) -> None:
        for field in ("extensions", "schemas"):
            names = getattr(self, field)
            if twice := sorted({name for name in names if names.count(name) > 1}):
                raise ValueError(f"allowed: each of `{field}` once; found twice: {', '.join(twice)}")

    @rule
    def _room_for_its_pooler(self) -> None:
        if self.pooler and self.connections is not None and self.connections < self.pooler.connections:
            raise ValueError(
                f"allowed: `connections` from {self.pooler.connections} on, which is pooler.instances × "
                f"pooler.poolSize; found {self.connections}, so that PostgreSQL would refuse what PgBouncer opens"
            )


def with_room_for_roles(database: str) -> str:
    """`database`, where the names of its roles fit into an identifier; else ValueError says how long it may be."""
    if len(database) > LONGEST_DATABASE:
        raise ValueError(
            f"allowed: at most {LONGEST_DATABASE} characters; the reader's role is named `<database>_reader`"
        )
    return database


def connections_of(tenant: Tenant) -> int:
    """How many connections the tenant's database takes."""
    return tenant.connections or max(FEWEST_CONNECTIONS, tenant.pooler.connections if tenant.pooler else 0)


def database_of(name: str, tenant: Tenant) -> str:
    """The database of the tenant called `name`: of its name, where no other is given."""
    return tenant.database or name.replace("-", "_")


def roles_of(name: str, tenant: Tenant) -> dict[str, str]:
    """Which role is owner, app and reader of a tenant's database."""
    owner = database_of(name, tenant)
    return {"owner": owner, "app": f"{owner}_app", "reader": f"{owner}_reader"}


def pooler_of(name: str) -> str:
    """The Pooler of the tenant called `name`, and its Service."""
    return f"{name}-pooler"
