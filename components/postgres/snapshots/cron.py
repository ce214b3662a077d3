"""The CronJob that makes VolumeSnapshots, and what it may do."""

from pathlib import Path

from components import declared, job, network, volumes
from components.manifest import Manifest
from components.names import Scope, selector
from components.pod import SCRATCH_MOUNT, container, pod_spec, template
from components.postgres.bootstrap import SMALL
from components.settings.backups import Snapshots
from components.settings.database import Database

_SCRIPT = Path(__file__).with_name("snapshot.sh")
_USER = 65532
_READY_WITHIN = 600
"""Seconds for one snapshot, as in the script."""
_RBAC = "rbac.authorization.k8s.io"


def name(service: str) -> str:
    """What the CronJob and all that belongs to it is called; its last success is that of the newest snapshots."""
    return f"{service}-snapshot"


def claims(database: Database) -> list[str]:
    """The claims with data: one, or one of each member."""
    if not database.is_replicated:
        return [database.storage.claim]
    return volumes.names_of(database.service, database.storage, database.replicated.members)


def render(scope: Scope, database: Database, snapshots: Snapshots) -> list[Manifest]:
    """All of its objects. The VolumeSnapshots are the cluster's: they stay when the stack goes."""
    called, labels = name(database.service), scope.labels(name(database.service), "snapshot")
    account = scope.manifest("v1", "ServiceAccount", called, {"automountServiceAccountToken": False}, labels=labels)
    rules = {
        "rules": [
            {
                "apiGroups": ["snapshot.storage.k8s.io"],
                "resources": ["volumesnapshots"],
                "verbs": ["create", "get", "list", "watch", "delete"],
            }
        ]
    }
    bound = {
        "roleRef": {"apiGroup": _RBAC, "kind": "Role", "name": called},
        "subjects": [{"kind": "ServiceAccount", "name": called, "namespace": scope.namespace}],
    }
    role = scope.manifest(f"{_RBAC}/v1", "Role", called, rules, labels=labels)
    binding = scope.manifest(f"{_RBAC}/v1", "RoleBinding", called, bound, labels=labels, after=(role.reference,))
    files = {"data": {_SCRIPT.name: _SCRIPT.read_text()}}
    script = scope.manifest("v1", "ConfigMap", called, files, labels=labels)
    reaches = [(peer, peer.ports) for peer in snapshots.allow_to]
    policy = network.workload(scope, called, selector(called), reaches=reaches)
    return [account, role, binding, script, policy, _cron_job(scope, database, snapshots, [account, binding, script])]


def _cron_job(scope: Scope, database: Database, snapshots: Snapshots, needs: list[Manifest]) -> Manifest:
    called, of = name(database.service), claims(database)
    words = {
        "CLASS": snapshots.class_name,
        "COUNT": str(snapshots.count),
        "HOME": SCRATCH_MOUNT["mountPath"],
    }
    step = container(
        "snapshot",
        snapshots.image,
        command=["sh", f"/scripts/{_SCRIPT.name}", *of],
        env=[{"name": variable, "value": value} for variable, value in words.items()],
        resources=SMALL,
        mounts=[volumes.mount("scripts", "/scripts", read_only=True)],
        terminationMessagePolicy="FallbackToLogsOnError",
    )
    pods = pod_spec(
        user=_USER,
        account=called,
        containers=[step],
        volumes=[volumes.of_config_map("scripts", called)],
        # To make snapshots is to ask the API server.
        automountServiceAccountToken=True,
    )
    labels = scope.labels(called, "snapshot")
    return job.daily(
        scope,
        called,
        template(labels, declared.of_scripts([step], _SCRIPT.parent), pods),
        labels=labels,
        schedule=snapshots.schedule,
        deadline=len(of) * _READY_WITHIN + 60,
        after=tuple(manifest.reference for manifest in needs),
    )
