"""What must not change by editing a number (rule 10), recorded beside the data: changes.py compares two records.

The record is a ConfigMap on which every claim and server depends, so what is refused there is refused before all else.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from components.manifest import Manifest, Reference
from components.names import Scope
from components.settings.database import Database
from components.settings.tenant import Tenant, database_of

NAME = "postgres-apps-identity"
REFERENCE: Reference = ("ConfigMap", NAME)


def record(
    scope: Scope,
    database: Database,
    manifests: Iterable[Manifest],
    tenants: Mapping[str, Tenant] = {},
) -> Manifest:
    """The ConfigMap with what the data in `manifests`' claims depends on, and in the databases of `tenants`."""
    claims = {
        manifest.name: {
            "size": manifest.body["spec"]["resources"]["requests"]["storage"],
            "class": manifest.body["spec"].get("storageClassName", ""),
            "mode": manifest.body["spec"]["accessModes"][0],
        }
        for manifest in manifests
        if manifest.kind == "PersistentVolumeClaim"
    }
    if database.is_shared:
        # The operator makes these claims, one for each instance, under names of its own.
        storage = database.storage
        claims[storage.claim] = {
            "size": storage.size,
            "class": storage.storage_class or "",
            "mode": storage.access_mode,
        }
    server: dict[str, Any] = {
        "topology": database.topology,
        "version": database.version,
        "claim": database.storage.claim,
        "service": database.service,
        "name": database.name,
        "superuser": database.roles.superuser,
    }
    if database.is_external:
        # Its data is not this stack's to lose.
        server = {"topology": database.topology}
    elif database.is_replicated:
        server |= {"scope": database.scope, "etcd": database.replicated.etcd.members}
    data = {"claims": json.dumps(claims, sort_keys=True), "database": json.dumps(server, sort_keys=True)}
    if database.is_shared and database.shared.backup is not None:
        data["generation"] = str(database.shared.backup.generation)
    if database.wal is not None:
        data["generation"] = str(database.wal.generation)
    if database.recovery is not None:
        data["recovery"] = database.recovery.told(database.service)
    if database.rotations:
        data["rotations"] = json.dumps(database.rotations, sort_keys=True)
    if tenants:
        held = {name: database_of(name, tenant) for name, tenant in tenants.items()}
        data["tenants"] = json.dumps(held, sort_keys=True)
    return scope.manifest("v1", "ConfigMap", NAME, {"data": data}, labels=scope.common)
