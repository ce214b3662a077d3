"""The Job that applies the files of `database.schema` as the owner role, before any app of the revision is ready."""

from collections.abc import Iterator, Sequence
from typing import Any

from components import authority, declared, job, volumes
from components.connection import Connection
from components.manifest import Manifest, Reference
from components.names import Scope, digest
from components.namespace import service_account
from components.pod import container, pod_spec, shell, template
from components.postgres import applying, psql
from components.postgres.bootstrap import SMALL, WAIT
from components.schema import check
from components.schema.units import Unit
from components.settings.database import Database
from components.settings.schema import Schema

COMPONENT = "schema"

_RUN = f"""\
{WAIT}
psql -X -q -f "$SCRIPT" || {{
  code=$?
  echo "the schema is not complete: what psql named last left nothing behind, what came before it stays applied"
  exit $code
}}
"""


def _parted(units: Sequence[Unit], script: str) -> Iterator[dict[str, str]]:
    """The texts of ConfigMaps, as few as can hold them: each at most LARGEST bytes, as each text is."""
    here, size = {applying.SCRIPT: script}, len(script.encode())
    for unit in units:
        more = len(unit.script.encode())
        if size + more > check.LARGEST:
            yield here
            here, size = {}, 0
        here[unit.key] = unit.script
        size += more
    yield here


def _pod(database: Database, account: str, owner: Connection, schema: Schema, texts: list[Manifest]) -> dict[str, Any]:
    run = container(
        COMPONENT,
        database.image,
        command=shell(_RUN),
        env=[
            *psql.environment(owner),
            {"name": "PGOPTIONS", "value": applying.options(schema.lock_seconds)},
            {"name": "PGAPPNAME", "value": "postgres-apps schema"},
            {"name": "SCRIPT", "value": f"{applying.FOLDER}/{applying.SCRIPT}"},
        ],
        resources=SMALL,
        mounts=[volumes.mount("schema", applying.FOLDER, read_only=True), *authority.mounts(owner.authority)],
    )
    files = volumes.of_config_maps("schema", [manifest.name for manifest in texts])
    mounted = [files, *authority.pod_volumes(owner.authority)]
    return pod_spec(user=database.run_as, account=account, containers=[run], volumes=mounted)


def render(
    scope: Scope, database: Database, schema: Schema, owner: Connection, after: tuple[Reference, ...]
) -> list[Manifest]:
    """ServiceAccount, the files in ConfigMaps, and the Job; another text of a file is another Job. After `after` the
    database is there, with its roles, its ledger and its extensions."""
    name = f"{database.service}-schema"
    labels = scope.labels(name, COMPONENT)
    units = check.read(schema.folder.path, schema.layout, dict(schema.folder.files)).units
    # Named after what they hold: a Job never reads the files of another one, however late a node hears of a change.
    texts = [
        scope.manifest("v1", "ConfigMap", f"{name}-{digest(data)}", {"data": data}, labels=labels)
        for data in _parted(units, applying.script(units))
    ]
    account = service_account(scope, name, COMPONENT)
    annotations = declared.of_schema(f"{applying.FOLDER}/{applying.SCRIPT}")
    pods = template(labels | owner.client_labels, annotations, _pod(database, name, owner, schema, texts))
    run = job.once(
        scope,
        name,
        pods,
        labels=labels,
        deadline=schema.deadline_seconds,
        retries=schema.retries,
        after=(account.reference, *(manifest.reference for manifest in texts), *after),
    )
    return [account, *texts, run]
