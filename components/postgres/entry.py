"""Who enters a standalone server, and by which certificate they know it.

Both change while it runs: PostgreSQL reads pg_hba.conf and its certificate again when it is told to
(postgresql.org/docs, «pg_reload_conf», «Secure TCP/IP Connections with SSL»), and the kubelet brings what changed into
the pod within a minute or two. So a Job waits until it is there, and tells.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from components import job, volumes
from components.manifest import Fingerprint, Manifest
from components.names import Scope, checksums
from components.namespace import service_account
from components.postgres import bootstrap, certificates
from components.postgres.configuration import HBA_FILE, TLS, pg_hba_conf, postgresql_conf
from components.postgres.endpoint import Endpoint
from components.settings.database import Database

RELOAD = "reload"
_WANTED = "/wanted"
_VOLUME = "tls"
_SECONDS = 300
"""For a kubelet to bring a change into a pod: its sync period and its cache's time, a minute each by default
(kubernetes.io/docs, «Secrets», Using Secrets as files), and as much again."""
_AT_NIGHT = "23 3 * * *"


def configuration(
    scope: Scope, database: Database, labels: Mapping[str, str]
) -> tuple[Manifest, Mapping[str, str | Fingerprint]]:
    """The ConfigMap with the server's files, and the annotation by which its pod is rolled when one of them changes. A
    rotated password's second login is let in by a reload, so it does not count for that one."""

    def files(*, either_login: bool) -> Manifest:
        hba = pg_hba_conf(database, either_login=either_login)
        data = {"postgresql.conf": postgresql_conf(database), "pg_hba.conf": hba}
        return scope.manifest("v1", "ConfigMap", f"{database.service}-config", {"data": data}, labels=labels)

    encrypted = database.tls is not None
    return files(either_login=encrypted or bool(database.rotations)), checksums(files(either_login=encrypted))


def certificate(scope: Scope, database: Database) -> list[Manifest]:
    """What brings the Secret with the certificate, and the authority for clients; nothing where there is no TLS."""
    if database.tls is None:
        return []
    service, settings, labels = database.service, database.tls, scope.labels(database.service, "certificate")
    hosts = (*scope.names_of(service), *certificates.LOOPBACK)
    made = certificates.certified(scope, settings, service, certificates.secret_of(service), hosts, labels)
    return [made, *certificates.for_clients(scope, service, settings, made, labels)]


def volume(database: Database) -> list[dict[str, Any]]:
    """The server's certificate and key, as a volume of its pod."""
    return [volumes.of_secret(_VOLUME, certificates.secret_of(database.service))] if database.tls else []


def mount(database: Database) -> list[dict[str, Any]]:
    """Where the server's container has them."""
    return [volumes.mount(_VOLUME, TLS, read_only=True)] if database.tls else []


def _until_same(variable: str, seen: str) -> str:
    """A wait of the shell until the server sees the file that this pod has at the path in `variable`; nobody's key is
    read."""
    there = f"psql -X -A -t -q -c \"SELECT pg_read_file('{seen}')\""
    return f'until [ "$({there})" = "$(cat "${variable}")" ]; do echo waiting for {seen}; sleep 2; done'


_SQL = """
SELECT pg_reload_conf() AS told \\gset
SELECT pg_sleep(1);
SELECT count(*) > 0 AS broken FROM pg_hba_file_rules WHERE error IS NOT NULL \\gset
\\if :broken
SELECT line_number, error FROM pg_hba_file_rules WHERE error IS NOT NULL;
DO $$ BEGIN RAISE 'pg_hba.conf has errors, and the rules before it are still in force'; END $$;
\\endif
"""


def reload(
    scope: Scope,
    database: Database,
    secret: Manifest,
    endpoint: Endpoint,
    files: Manifest,
    certificate: list[Manifest],
) -> list[Manifest]:
    """ServiceAccount and Job that put changed rules, and a renewed certificate, in force without a restart. Every night
    too where cert-manager renews it, for that tells nobody. `secret` is the superuser's."""
    if not certificate and not database.rotations:
        return []
    name = f"{database.service}-{RELOAD}"
    account = service_account(scope, name, RELOAD)
    # In variables, where the contracts see which files are asked for.
    wanted = {"RULES": f"{_WANTED}/pg_hba.conf"} | ({"CERTIFICATE": f"{_WANTED}-tls/tls.crt"} if certificate else {})
    waits = [bootstrap.WAIT, _until_same("RULES", HBA_FILE)]
    sources, seen = [volumes.of_config_map("rules", files.name)], [volumes.mount("rules", _WANTED, read_only=True)]
    if certificate:
        waits.append(_until_same("CERTIFICATE", f"{TLS}/tls.crt"))
        sources.append(volumes.of_secret("certificate", certificates.secret_of(database.service), keys=["tls.crt"]))
        seen.append(volumes.mount("certificate", f"{_WANTED}-tls", read_only=True))
    told = bootstrap.run(
        scope,
        database,
        name,
        _SQL,
        account,
        secret,
        # It comes when the certificate has run out, too, and SCRAM tells an impostor nothing.
        replace(endpoint, authority=None),
        annotations=checksums(files, *certificate[:1]),
        wait="\n".join(waits),
        after=(files.reference, *(made.reference for made in certificate)),
        volumes=sources,
        mounts=seen,
        deadline=_SECONDS,
        plain=wanted,
    )
    if database.tls is None or database.tls.issuer is None:
        return [account, told]
    pods, labels = told.body["spec"]["template"], told.body["metadata"]["labels"]
    nightly = job.daily(scope, name, pods, labels=labels, schedule=_AT_NIGHT, deadline=_SECONDS, after=told.after)
    return [account, told, nightly]
