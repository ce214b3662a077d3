"""The two Jobs of a replicated database; their programs are in scripts/ and run in the members' image."""

from typing import Any

from components import declared, job, network, volumes
from components.manifest import Manifest
from components.names import Scope, checksums
from components.namespace import service_account
from components.pod import container, from_secret, pod_spec, template
from components.postgres.replicated import certificates, patroni
from components.postgres.replicated.addresses import ETCD, PATRONI, PORT, Addresses
from components.postgres.replicated.etcd import ROOT_PASSWORD
from components.postgres.replicated.programs import ABOVE, FOLDER

ACCESS, SETTLE = "etcd-access", "settle"
_SCRIPTS = f"{ABOVE}/scripts"
_PROGRAMS = {ACCESS: "scripts.etcd_access", SETTLE: "scripts.settle"}
_AT_NIGHT = "17 3 * * *"
_PATHS = ("CERTIFICATES", "DYNAMIC")
"""Variables with a path that is mounted."""
_SMALL: dict[str, Any] = {
    "requests": {"cpu": "10m", "memory": "32Mi"},
    "limits": {"cpu": "500m", "memory": "128Mi"},
}


def _source(which: str) -> str:
    """The text of a Job's program."""
    return (FOLDER / f"{_PROGRAMS[which].rpartition('.')[2]}.py").read_text()


def _run(
    scope: Scope,
    addresses: Addresses,
    which: str,
    environment: list[dict[str, Any]],
    read: list[Manifest],
    *,
    mounted: dict[str, Manifest],
    seconds: int,
    after: list[Manifest],
    schedule: str | None = None,
) -> list[Manifest]:
    """ServiceAccount and Job, and a CronJob of the same by `schedule`. The Job runs again when one of `read` changes;
    `mounted`: path → ConfigMap."""
    database = addresses.database
    name = f"{database.service}-{which}"
    labels = scope.labels(name, which)
    account = service_account(scope, name, which)
    user, group = database.replicated.run_as
    run = container(
        which,
        database.replicated.server_image(database.version),
        command=["python3", "-m", _PROGRAMS[which]],
        workingDir=ABOVE,
        env=[
            {"name": "CERTIFICATES", "value": patroni.TLS},
            {"name": "DEADLINE", "value": str(seconds)},
            *environment,
        ],
        resources=_SMALL,
        mounts=[
            volumes.mount("tls", patroni.TLS, read_only=True),
            *(volumes.mount(source.name, path, read_only=True) for path, source in mounted.items()),
        ],
    )
    pods = pod_spec(
        user=user,
        group=group,
        account=name,
        containers=[run],
        volumes=[
            volumes.of_secret("tls", certificates.members_secret(addresses)),
            *(volumes.of_config_map(source.name, source.name) for source in mounted.values()),
        ],
    )
    needs = tuple(manifest.reference for manifest in (account, *read, *after))
    annotations = checksums(*(manifest for manifest in read if manifest.kind in ("Secret", "ConfigMap")))
    paths = {item["name"]: item["value"] for item in run["env"] if item["name"] in _PATHS}
    made = template(labels, annotations | declared.of_program(_source(which), paths), pods)
    once = job.once(scope, name, made, labels=labels, deadline=seconds + 60, retries=3, after=needs)
    if schedule is None:
        return [account, once]
    deadline = seconds + 60
    return [
        account,
        once,
        job.daily(scope, name, made, labels=labels, schedule=schedule, deadline=deadline, after=needs),
    ]


def etcd_access(
    scope: Scope,
    addresses: Addresses,
    programs: Manifest,
    tls: Manifest,
    passwords: Manifest,
    root: Manifest,
    etcd: Manifest,
) -> list[Manifest]:
    """Makes etcd ask for passwords, `root` being the Secret of its own root, once `etcd` has its quorum."""
    environment = [
        {"name": "ETCD_HOSTS", "value": ",".join(addresses.etcd_clients)},
        {"name": "ETCD_PREFIX", "value": f"/service/{addresses.database.scope}/"},
        from_secret("ETCD_ROOT_PASSWORD", root.name, ROOT_PASSWORD),
        from_secret("ETCD_PASSWORD", passwords.name, "ETCD_PASSWORD"),
    ]
    read = [programs, root, passwords]
    mounted = {_SCRIPTS: programs}
    after = [tls, etcd]
    return [
        *_run(scope, addresses, ACCESS, environment, read, mounted=mounted, seconds=300, after=after),
        network.workload(
            scope,
            f"{addresses.database.service}-{ACCESS}",
            addresses.job_pods(ACCESS),
            reaches=[(addresses.etcd_pods, [ETCD])],
        ),
    ]


def settle(
    scope: Scope, addresses: Addresses, programs: Manifest, tls: Manifest, members: list[Manifest]
) -> list[Manifest]:
    """Brings the shared configuration into etcd, rolls what needs a restart, and has renewed certificates read."""
    shared = next(manifest for manifest in members if manifest.name.endswith("-shared"))
    servers = next(manifest for manifest in members if manifest.kind == "StatefulSet")
    urls = ",".join(f"https://{addresses.member(pod)}:{PATRONI}" for pod in addresses.members)
    mounted = {_SCRIPTS: programs, f"{patroni.DIRECTORY}/shared": shared}
    environment = [
        {"name": "MEMBERS", "value": urls},
        {"name": "PORT", "value": str(PORT)},
        {"name": "DYNAMIC", "value": f"{patroni.DIRECTORY}/shared/dynamic.json"},
    ]
    return [
        *_run(
            scope,
            addresses,
            SETTLE,
            environment,
            [programs, shared, tls],
            mounted=mounted,
            seconds=900,
            after=[servers],
            # cert-manager renews whenever it is time, and tells nobody.
            schedule=_AT_NIGHT if addresses.database.replicated.certificates.issuer else None,
        ),
        network.workload(
            scope,
            f"{addresses.database.service}-{SETTLE}",
            addresses.job_pods(SETTLE),
            reaches=[(addresses.member_pods, [PATRONI, PORT])],
        ),
    ]
