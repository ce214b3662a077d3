"""The CronJobs that dump, and that prove the newest dump."""

from typing import Any

from components import job, network, volumes
from components.connection import Connection
from components.manifest import Manifest, Reference
from components.names import Scope, client_labels, selector
from components.postgres import access
from components.postgres.dumps import live, names
from components.postgres.dumps.pods import CHECKS, Pods, variables
from components.postgres.superuser import keys as superuser_keys
from components.settings.backups import Dumps
from components.settings.database import Database
from components.settings.quantity import mebibytes

_ROOM = 2
"""Times the database's own storage: the dump that is restored, and the data directory that it becomes."""
_NEVER_BY_ITSELF = "0 0 1 1 *"
"""A CronJob has a schedule, suspended or not."""


def render(
    scope: Scope, database: Database, dumps: Dumps, connection: Connection, superuser: Manifest, ready: Reference
) -> list[Manifest]:
    """All objects of the dumps of `database`; `connection` is the dumping role's, which is there once `ready` is;
    `superuser` the Secret of who may restore."""
    pods = Pods.of(scope, database, dumps)
    programs = pods.programs(access.restored_sql(database))
    labels = scope.labels(names.programs(database.service), "backup")
    storage = [volumes.claim(scope, dumps.storage, labels)] if dumps.storage else []
    given = [*pods.place.made, pods.words(), programs, *storage]
    after = (*(manifest.reference for manifest in given), ready)
    return [
        *given,
        *_policies(scope, database, dumps),
        *_dump(pods, connection, after),
        *_proof(pods, after),
        *_restore(pods, connection, superuser, after),
    ]


def _policies(scope: Scope, database: Database, dumps: Dumps) -> list[Manifest]:
    """Out of the pods to the store; the database lets its clients in by their own label."""
    if dumps.s3 is None:
        return []
    reaches = [(peer, peer.ports) for peer in dumps.s3.allow_to]
    service = database.service
    workloads = (names.dump(service), names.proof(service), names.restore(service))
    return [network.workload(scope, name, selector(name), reaches=reaches) for name in workloads]


def _dump(pods: Pods, connection: Connection, after: tuple[Reference, ...]) -> list[Manifest]:
    scope, database, dumps = pods.scope, pods.database, pods.dumps
    name = names.dump(database.service)
    labels = scope.labels(name, "dump")
    account = pods.account(name, "dump")
    kept = {"KEEP_COUNT": str(dumps.keep.count), "KEEP_DAYS": str(dumps.keep.days)}
    compression = {"COMPRESSION": str(dumps.compression)}
    steps = [
        pods.with_rclone("reach"),
        live.step(pods, "dump", connection, connection.secret, ("username", "password"), compression),
        pods.with_rclone("put", kept),
    ]
    pod_labels = labels | client_labels(database.service)
    made = pods.template(pod_labels, name, steps, database.storage.size, live.volumes(connection))
    needs = (*after, account.reference, ("Secret", connection.secret))
    run = job.daily(
        scope, name, made, labels=labels, schedule=dumps.schedule, deadline=dumps.deadline_seconds, after=needs
    )
    return [account, run]


def _proof(pods: Pods, after: tuple[Reference, ...]) -> list[Manifest]:
    scope, database, proof = pods.scope, pods.database, pods.dumps.proof
    name = names.proof(database.service)
    labels = scope.labels(name, "restore-proof")
    account = pods.account(name, "restore-proof")
    queries, mounts, more = _checks(pods)
    preload = database.parameters.get("shared_preload_libraries")
    env = variables({"PRELOAD": preload} if preload else {})
    steps = [
        pods.with_rclone("fetch"),
        pods.with_postgres("proof", env, proof.resources, mounts),
        pods.with_rclone("record"),
    ]
    room = f"{_ROOM * mebibytes(database.storage.size)}Mi"
    made = pods.template(labels, name, steps, room, more)
    needs = (*after, account.reference, *(manifest.reference for manifest in queries))
    run = job.daily(
        scope, name, made, labels=labels, schedule=proof.schedule, deadline=proof.deadline_seconds, after=needs
    )
    return [*queries, account, run]


def _restore(pods: Pods, connection: Connection, superuser: Manifest, after: tuple[Reference, ...]) -> list[Manifest]:
    """What a restore runs, for Jobs that somebody makes of it: as it stands, the newest dump beside the live database.

    As the superuser, for a dump makes extensions and takes rows past row-level security.
    """
    scope, database, dumps = pods.scope, pods.database, pods.dumps
    name = names.restore(database.service)
    labels = scope.labels(name, "restore")
    account = pods.account(name, "restore")
    steps = [
        pods.with_rclone("fetch", {"FROM": "latest"}),
        live.step(pods, "restore", connection, superuser.name, superuser_keys(database), {"MODE": "copy"}),
    ]
    pod_labels = labels | client_labels(database.service)
    made = pods.template(pod_labels, name, steps, database.storage.size, live.volumes(connection))
    needs = (*after, account.reference, superuser.reference)
    run = job.daily(
        scope,
        name,
        made,
        labels=labels,
        schedule=_NEVER_BY_ITSELF,
        deadline=dumps.proof.deadline_seconds,
        after=needs,
        retries=0,
        suspended=True,
    )
    return [account, run]


def _checks(pods: Pods) -> tuple[list[Manifest], list[dict[str, Any]], list[dict[str, Any]]]:
    """The ConfigMap with the owner's queries, how it is mounted, and as which volume."""
    if not pods.dumps.proof.checks:
        return [], [], []
    name = names.checks(pods.database.service)
    data: dict[str, str] = {}
    for check, settings in pods.dumps.proof.checks.items():
        data |= {f"{check}.sql": f"{settings.query}\n", f"{check}.expected": f"{settings.expect}\n"}
    labels = pods.scope.labels(name, "backup")
    made = pods.scope.manifest("v1", "ConfigMap", name, {"data": data}, labels=labels)
    return [made], [volumes.mount("checks", CHECKS, read_only=True)], [volumes.of_config_map("checks", name)]
