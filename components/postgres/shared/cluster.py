"""The Cluster object: everything that its operator is told about the servers."""

import json
from typing import Any

from components import declared, identity
from components.manifest import Manifest
from components.names import Scope
from components.pod import requirements
from components.postgres.shared import backup, operator, roles
from components.postgres.tuning import computed
from components.settings.database import Database
from components.settings.quantity import mebibytes

API = "postgresql.cnpg.io/v1"
COMPONENT = "database"
PORT, STATUS = 5432, 8000
"""Of PostgreSQL, and of the instance manager, which the operator asks (cloudnative-pg, «Networking»)."""

LABEL = "cnpg.io/cluster"
"""On every pod of a Cluster, with its name («Labels and annotations»)."""

_INSTANCES = {"cnpg.io/podRole": "instance"}
"""On those of them that are servers: a Pooler's pods carry the Cluster's name too."""

_PRELOADED = "shared_preload_libraries"


def pods(database: Database) -> dict[str, str]:
    """What selects the instances, and the Jobs that make them."""
    return {LABEL: database.service}


def instances(database: Database) -> dict[str, str]:
    """What selects the servers alone."""
    return pods(database) | _INSTANCES


def _synchronous(database: Database) -> dict[str, Any]:
    """With `failoverQuorum` nobody is promoted who may lack an acknowledged commit; `preferred` goes on writing where
    no standby is left, as Patroni's synchronous mode does."""
    shared = database.shared
    if shared.synchronous == "off" or not shared.has_standbys:
        return {}
    durability = "required" if shared.synchronous == "strict" else "preferred"
    return {
        "synchronous": {"method": "any", "number": 1, "dataDurability": durability, "failoverQuorum": True},
    }


def _postgresql(database: Database) -> dict[str, Any]:
    parameters = {
        "password_encryption": "scram-sha-256",
        "log_checkpoints": "on",
        "log_lock_waits": "on",
        # A standby that lost its primary looks for the next one each second, not each five.
        "wal_retrieve_retry_interval": "1s",
        **computed(database),
        **database.parameters,
    }
    preloaded = [name.strip() for name in parameters.pop(_PRELOADED, "").split(",") if name.strip()]
    return {
        "parameters": dict(sorted(parameters.items())),
        # The operator's own last line lets everybody in without TLS («PostgreSQL Configuration», pg_hba).
        "pg_hba": ["hostnossl all all all reject", "hostssl all all all scram-sha-256"],
        **({_PRELOADED: preloaded} if preloaded else {}),
        **_synchronous(database),
    }


def _bootstrap(database: Database, owner: str, recovery: dict[str, Any] | None) -> dict[str, Any]:
    """`owner` is the Secret with the owner's name and password. A `recovery` that names no database and no owner makes
    both by the name of `app` (the operator's defaultRecovery)."""
    own = {"database": database.name, "owner": database.roles.owner, "secret": {"name": owner}}
    if recovery is not None:
        return {"recovery": {**recovery, **own}}
    return {
        "initdb": {
            **own,
            "encoding": "UTF8",
            "localeCollate": "C.UTF-8",
            "localeCType": "C.UTF-8",
            "dataChecksums": True,
        }
    }


def _affinity(database: Database) -> dict[str, Any]:
    shared = database.shared
    found = {
        "enablePodAntiAffinity": True,
        "podAntiAffinityType": shared.spread,
        "topologyKey": "kubernetes.io/hostname",
    }
    chosen = shared.node_selector or database.node_selector
    return found | ({"nodeSelector": dict(chosen)} if chosen else {})


def _storage(database: Database) -> dict[str, Any]:
    storage = database.storage
    found: dict[str, Any] = {"size": storage.size}
    if storage.storage_class:
        found["storageClass"] = storage.storage_class
    if storage.access_mode != "ReadWriteOnce":  # the operator's own choice
        found["pvcTemplate"] = {"accessModes": [storage.access_mode]}
    return found


def _whole(instances: int) -> str:
    """What `up` waits for. The condition alone is still that of before until the operator has looked: a Cluster says of
    no change whether it is seen (it has no observedGeneration)."""
    return json.dumps(["condition=Ready", f"jsonpath={{.status.readyInstances}}={instances}"])


def render(scope: Scope, database: Database, secret: Manifest, owner: str, inline: list[roles.Role]) -> Manifest:
    """The Cluster. `secret` is the superuser's, `owner` the name of that of its own database's owner; `inline` are the
    roles that stand in it, because its operator knows no DatabaseRole."""
    shared = database.shared
    kept = backup.cluster_fields(database.service, shared.backup, shared.recovery)
    spec = {
        "instances": shared.instances,
        "imageName": shared.server_image(database.version),
        "storage": _storage(database),
        "resources": requirements(database.resources),
        "ephemeralVolumesSizeLimit": {
            "shm": f"{max(64, mebibytes(database.resources.limits.memory) // 4)}Mi",
            "temporaryData": "1Gi",
        },
        **kept,
        "bootstrap": _bootstrap(database, owner, kept.get("bootstrap", {}).get("recovery")),
        "enableSuperuserAccess": True,
        "superuserSecret": {"name": secret.name},
        "postgresql": _postgresql(database),
        **({"managed": {"roles": [role.spec for role in inline]}} if inline else {}),
        "affinity": _affinity(database),
        # Of one instance, minAvailable 1 lets no node be drained, ever (cloudnative-pg#10566).
        "enablePDB": shared.has_standbys,
        "smartShutdownTimeout": shared.smart_shutdown,
        "stopDelay": database.shutdown_seconds,
        "switchoverDelay": database.shutdown_seconds,
        "startDelay": database.crash_recovery_seconds,
        "inheritedMetadata": {"labels": dict(scope.common)},
    }
    return scope.manifest(
        API,
        "Cluster",
        database.service,
        {"spec": spec},
        labels=scope.labels(database.service, COMPONENT),
        annotations={"pulumi.com/waitFor": _whole(shared.instances), **declared.of_cluster()},
        after=(
            identity.REFERENCE,
            secret.reference,
            ("Secret", owner),
            *(("Secret", role.secret) for role in inline),
            *operator.answers(shared),
            *backup.before_cluster(database.service, shared.backup, shared.recovery),
        ),
        keep=True,
    )
