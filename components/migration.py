"""The migration Job: as the owner role, once per definition, before the app of the same revision becomes ready.

A finished Job goes after an hour, and a refresh after that would have it made again; so what ran is recorded in
the database itself, where the schema is. The pod looks there first, migrates only if need be, then records.
"""

from typing import Any

from components import authority, declared, environment, job
from components.connection import Connection
from components.manifest import Manifest, Reference
from components.names import Scope, digest
from components.namespace import service_account
from components.pod import container, pod_spec, requirements, shell, template
from components.postgres import psql
from components.postgres.bootstrap import SMALL, WAIT
from components.postgres.rights import LEDGER, LEDGER_SQL
from components.settings.app import App, Migration
from components.volumes import mount, scratch

_APPLIED = "/ledger/applied"


def _psql_container(name: str, image: str, script: str, owner: Connection) -> dict[str, Any]:
    """A container of the database's image that runs `script` as the owner role."""
    return container(
        name,
        image,
        command=shell(script),
        env=psql.environment(owner),
        resources=SMALL,
        mounts=[mount("ledger", "/ledger"), *authority.mounts(owner.authority)],
    )


def _ledger_scripts(name: str, revision: str, *, makes_ledger: bool) -> tuple[str, str]:
    """What looks a revision up, and what records it. Both words are safe: a label, and hexadecimal digits."""
    ask = "psql -X -q -A -t -v ON_ERROR_STOP=1 -c"
    made = f'{ask} "{LEDGER_SQL}"\n' if makes_ledger else ""
    look_up = (
        f"{WAIT}\n{made}"
        f"found=$({ask} \"SELECT count(*) FROM {LEDGER} WHERE name = '{name}' AND digest = '{revision}'\")\n"
        f'if [ "$found" -gt 0 ]; then echo "revision {revision[:10]} was applied before"; touch {_APPLIED}; fi'
    )
    record = f"{ask} \"INSERT INTO {LEDGER} (name, digest) VALUES ('{name}', '{revision}') ON CONFLICT DO NOTHING\""
    return look_up, record


def _migrating(app: App, migration: Migration, read: environment.Environment, owner: Connection) -> dict[str, Any]:
    return container(
        "migrate",
        app.image,
        # The app's image needs a shell for this; the command itself never passes through it.
        command=shell(f'[ -e {_APPLIED} ] || exec "$@"', "migrate", *migration.command),
        envFrom=read.env_from,
        env=read.env or None,
        resources=requirements(app.resources),
        mounts=[mount("ledger", "/ledger", read_only=True), *authority.mounts(owner.authority)],
    )


def render(
    scope: Scope,
    workload: str,
    app: App,
    migration: Migration,
    *,
    config: Manifest,
    owner: Connection,
    makers: list[Manifest],
    psql_image: str,
    pull_secrets: list[str],
    after: tuple[Reference, ...],
    makes_ledger: bool = False,
) -> list[Manifest]:
    """ServiceAccount, Secret and Job. The command reads the same variables as the app, with the owner's credentials.

    `makers` are the objects of the database; once all of `after` is ready, so is the owner's Secret. `makes_ledger`:
    nobody has made the table of what ran, so the owner does.
    """
    name = f"{workload}-migration"
    labels = scope.labels(name, "migration")
    read = environment.of_migration(scope, name, app, config, owner, makers, labels)
    credentials = read.whole[1]
    revision = digest([app.image, migration.command, owner.database], 64)
    look_up, record = _ledger_scripts(workload, revision, makes_ledger=makes_ledger)
    pods = pod_spec(
        user=app.user,
        account=name,
        initContainers=[
            _psql_container("look-up", psql_image, look_up, owner),
            _migrating(app, migration, read, owner),
        ],
        containers=[_psql_container("record", psql_image, record, owner)],
        volumes=[scratch("ledger", "1Mi"), *authority.pod_volumes(owner.authority)],
        pull_secrets=pull_secrets,
    )
    needs = (config.reference, credentials.reference, ("ServiceAccount", name), *after)
    run = job.once(
        scope,
        name,
        template(labels | owner.client_labels, declared.of_migration(app), pods),
        labels=labels,
        deadline=migration.deadline_seconds,
        retries=migration.retries,
        after=needs,
    )
    return [service_account(scope, name, "migration"), credentials, run]
