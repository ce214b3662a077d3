"""What is known of CloudNativePG: what it makes of a Cluster and of a Pooler, what it reads, what it refuses.

Sources: the operator at v1.28.0 and v1.30.0, and its plugin for Barman Cloud at v0.15.0; each module names its files.
"""

from contracts.known.builtin import group
from contracts.objects import Plain, at, items, mapping, text

GROUP = "postgresql.cnpg.io"
STORES = "barmancloud.cnpg.io"
"""The API group of the Barman Cloud plugin's ObjectStore."""

BARMAN = "barman-cloud.cloudnative-pg.io"
"""The name of the Barman Cloud plugin."""

PORT = 5432
STATUS_PORT = 8000
"""Of each instance, where the operator asks how it is (pkg/management/url)."""

_DATABASE = "app"
"""The database, and its owner, where a Cluster says no other (api/v1/cluster_defaults.go)."""


def is_own(body: Plain) -> bool:
    """Whether an object is the operator's; other operators have a Cluster or a Database too."""
    return group(body) == GROUP


def instances(body: Plain) -> int:
    """How many instances a Cluster asks for; 1 where it says nothing, as its CRD has it."""
    asked = at(body, "spec", "instances")
    return asked if isinstance(asked, int) and not isinstance(asked, bool) else 1


def bootstrap(body: Plain) -> tuple[str, Plain]:
    """(initdb, recovery or pg_basebackup, what stands below it): initdb where a Cluster says none."""
    found = mapping(at(body, "spec", "bootstrap"))
    for method in ("recovery", "pg_basebackup"):
        if method in found:
            return method, mapping(found[method])
    return "initdb", mapping(found.get("initdb"))


def application(body: Plain) -> tuple[str, str]:
    """(database, owner) that the bootstrap of a Cluster makes; ("", "") where it makes none."""
    method, settings = bootstrap(body)
    database, owner = text(settings.get("database")), text(settings.get("owner"))
    if method == "initdb" and not database and at(settings, "import", "type") == "monolith":
        return "", ""
    if method != "initdb" and is_replica(body):
        return "", ""
    database = database or _DATABASE
    return database, owner or database


def is_replica(body: Plain) -> bool:
    """Whether a Cluster follows another one, so that nobody writes to it."""
    replica = mapping(at(body, "spec", "replica"))
    primary, own = text(replica.get("primary")), text(replica.get("self")) or text(at(body, "metadata", "name"))
    return replica.get("enabled") is True or bool(primary and primary != own)


def guarded_roles(body: Plain) -> frozenset[str]:
    """The roles of instances that the operator's own PodDisruptionBudgets guard (poddisruptionbudget.go)."""
    if at(body, "spec", "enablePDB") is False:
        return frozenset()
    window = mapping(at(body, "spec", "nodeMaintenanceWindow"))
    if window.get("inProgress") is True and window.get("reusePVC") is not False:
        return frozenset({"primary"} if instances(body) > 1 else ())
    return frozenset({"primary", "replica"} if instances(body) > 2 else {"primary"})


def disabled_services(body: Plain) -> frozenset[str]:
    """Of `-ro` and `-r`, those that a Cluster does without; `-rw` can't be disabled."""
    return frozenset(map(text, items(at(body, "spec", "managed", "services", "disabledDefaultServices")))) - {"rw"}
