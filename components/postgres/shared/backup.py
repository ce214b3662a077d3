"""What makes a Cluster archive its WAL, be backed up, and be recovered: the Barman Cloud plugin's objects.

Sources: github.com/cloudnative-pg/plugin-barman-cloud v0.14.0, docs «Using the Barman Cloud Plugin», and its code;
github.com/cloudnative-pg/cloudnative-pg v1.28.0 and v1.30.0, api/v1 and internal/webhook.
"""

from typing import Any

from components import network
from components.manifest import Manifest, Reference
from components.names import Scope
from components.postgres.shared import stores
from components.settings.backup import Backup, Recovery, server_name
from components.settings.store import S3

PLUGIN = "barman-cloud.cloudnative-pg.io"
_SOURCE = "recovery"
"""The name under which the Cluster knows the backups that it starts from."""

_CLUSTER = "cnpg.io/cluster"
_INSTANCES = {"cnpg.io/podRole": "instance"}
_RECOVERY_JOB = {"cnpg.io/jobRole": "full-recovery"}
"""The only Job into which the plugin puts its sidecar (internal/cnpgi/operator/lifecycle.go)."""


def _written(backup: Backup) -> dict[str, Any]:
    """How base backups and WAL are written."""

    def way(compression: str) -> dict[str, str]:
        packed = {} if compression == "none" else {"compression": compression}
        return packed | ({"encryption": backup.encryption} if backup.encryption else {})

    found = {"data": way(backup.compression), "wal": way(backup.wal_compression)}
    return {part: fields for part, fields in found.items() if fields}


def _place(service: str) -> str:
    """The name of the ObjectStore that is written to."""
    return f"{service}-backup"


def _source_place(service: str, recovery: Recovery) -> str:
    """The name of the ObjectStore that is recovered from."""
    return _place(service) if recovery.s3 is None else f"{service}-recovery"


def _scheduled(scope: Scope, service: str, backup: Backup) -> Manifest:
    """Named after the generation: only a ScheduledBackup that is new takes its first backup at once."""
    name = server_name(service, backup.generation)
    spec = {
        "schedule": backup.schedule,
        "cluster": {"name": service},
        "method": "plugin",
        "pluginConfiguration": {"name": PLUGIN},
        "backupOwnerReference": "cluster",
        "immediate": True,
    }
    labels, after = scope.labels(service, "backup"), (("Cluster", service),)
    return scope.manifest("postgresql.cnpg.io/v1", "ScheduledBackup", name, {"spec": spec}, labels=labels, after=after)


def _policies(scope: Scope, service: str, places: list[S3], *, recovers: bool) -> list[Manifest]:
    """Out of the instances' pods, and of the Job's that recovers the first one, to where backups are."""
    reaches = [(peer, peer.ports) for place in places for peer in place.allow_to]
    pods = {_place(service): _INSTANCES} | ({f"{service}-recovery": _RECOVERY_JOB} if recovers else {})
    return [network.workload(scope, name, {_CLUSTER: service, **of}, reaches=reaches) for name, of in pods.items()]


def render(scope: Scope, service: str, backup: Backup | None, recovery: Recovery | None) -> list[Manifest]:
    """All objects of the backups of the Cluster `service` beside itself; none where they are not turned on."""
    if backup is None:
        return []
    places, written, kept = [backup.s3], _written(backup), {"retentionPolicy": backup.retention}
    made = stores.render(scope, _place(service), backup.s3, backup.resources, written, **kept)
    if recovery is not None and recovery.s3 is not None:
        places.append(recovery.s3)
        made += stores.render(scope, _source_place(service, recovery), recovery.s3, backup.resources)
    policies = _policies(scope, service, places, recovers=recovery is not None)
    return [*policies, *made, _scheduled(scope, service, backup)]


def before_cluster(service: str, backup: Backup | None, recovery: Recovery | None) -> tuple[Reference, ...]:
    """What the Cluster waits for: without its ObjectStore the plugin lets it start no pod."""
    if backup is None:
        return ()
    names = [_place(service)] + ([_source_place(service, recovery)] if recovery else [])
    return tuple(("ObjectStore", name) for name in dict.fromkeys(names))


def _target(recovery: Recovery) -> dict[str, Any]:
    """CloudNativePG's `recoveryTarget`."""
    found: dict[str, Any] = {"backupID": recovery.backup} if recovery.backup else {}
    if (target := recovery.target) is not None:
        fields = {
            "targetTime": target.time,
            "targetLSN": target.lsn,
            "targetXID": str(target.xid) if target.xid else None,
            "targetName": target.name,
            "targetImmediate": target.immediate,
            "exclusive": target.exclusive or None,
        }
        found |= {field: value for field, value in fields.items() if value is not None}
    return {"recoveryTarget": found} if found else {}


def cluster_fields(service: str, backup: Backup | None, recovery: Recovery | None) -> dict[str, Any]:
    """What the Cluster's spec has for its backups, and `bootstrap` where it starts from some; empty without them."""
    if backup is None:
        return {}
    parameters = {"barmanObjectName": _place(service), "serverName": server_name(service, backup.generation)}
    fields: dict[str, Any] = {"plugins": [{"name": PLUGIN, "isWALArchiver": True, "parameters": parameters}]}
    if annotations := backup.s3.service_account_annotations:
        fields["serviceAccountTemplate"] = {"metadata": {"annotations": dict(annotations)}}
    if recovery is not None:
        source = {"barmanObjectName": _source_place(service, recovery), "serverName": recovery.source(service)}
        fields["externalClusters"] = [{"name": _SOURCE, "plugin": {"name": PLUGIN, "parameters": source}}]
        fields["bootstrap"] = {"recovery": {"source": _SOURCE, **_target(recovery)}}
    return fields
