"""The Job that makes the roles, as soon as the server answers."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from components import authority, declared, job
from components.manifest import Manifest, Reference
from components.names import Scope, checksums, client_labels
from components.namespace import service_account
from components.pod import container, from_secret, pod_spec, shell, template
from components.postgres import psql, superuser
from components.postgres.access import bootstrap_sql, passwords
from components.postgres.endpoint import Endpoint
from components.settings.database import Database

SMALL: dict[str, Any] = {
    "requests": {"cpu": "10m", "memory": "32Mi"},
    "limits": {"cpu": "500m", "memory": "128Mi"},
}
"""For psql and a shell: a choice, not a measurement; every run of tests/e2e stays within it."""

WAIT = "until pg_isready -q; do echo waiting for the database; sleep 1; done"
"""A Job that starts with the server gives it time; the Job's deadline bounds it."""


def until_there(roles: Iterable[str]) -> str:
    """A wait for roles that an operator makes, in its own time; for the server, too."""
    names = sorted(roles)
    listed = ", ".join(f"'{name}'" for name in names)
    there = f'psql -X -A -t -q -c "SELECT count(*) FROM pg_roles WHERE rolname IN ({listed})"'
    return f'{WAIT}\nuntil [ "$({there})" = {len(names)} ]; do echo waiting for the roles {listed}; sleep 1; done'


def render(
    scope: Scope,
    database: Database,
    secret: Manifest,
    endpoint: Endpoint,
    roles: Mapping[str, Manifest],
    after: tuple[Reference, ...] = (),
) -> list[Manifest]:
    """ServiceAccount and Job of the bootstrap. `secret` is what makes the superuser's Secret, `roles` those of the
    roles. Another password makes the Job run again: PostgreSQL learns of it in no other way. `after`: what must have
    happened before somebody signs in."""
    name = f"{database.service}-bootstrap"
    read = {variable: roles[role] for role, variable in passwords(database).items()}
    variables = {variable: manifest.name for variable, manifest in read.items()}
    account = service_account(scope, name, "bootstrap")
    sql = bootstrap_sql(database)
    made_by_operator = [getattr(database.roles, role) for role in database.login_roles if not read]
    made = run(
        scope,
        database,
        name,
        sql,
        account,
        secret,
        endpoint,
        variables=variables,
        # What a recovery brought has the passwords of its own time.
        annotations=checksums(*read.values()) | declared.of_history(database),
        wait=until_there(made_by_operator) if made_by_operator else WAIT,
        after=after,
    )
    return [account, made]


def run(
    scope: Scope,
    database: Database,
    name: str,
    sql: str,
    account: Manifest,
    secret: Manifest,
    endpoint: Endpoint,
    *,
    variables: Mapping[str, str] = {},
    annotations: Mapping[str, Any] = {},
    wait: str = WAIT,
    after: tuple[Reference, ...] = (),
    volumes: Sequence[Mapping[str, Any]] = (),
    mounts: Sequence[Mapping[str, Any]] = (),
    deadline: int = 600,
    marks: Mapping[str, str] | None = None,
    plain: Mapping[str, str] = {},
) -> Manifest:
    """A Job that has the superuser's psql run `sql`, once the shell's `wait` ended, as the ServiceAccount `account`.

    `variables`: variable → Secret of whose key `password` it is. `deadline` in seconds, for all tries;
    `marks` are annotations of the Job itself; `plain`: further variables, which are no secret.
    """
    labels = scope.labels(name, "bootstrap") | client_labels(database.service)
    keys, trusted = superuser.keys(database), endpoint.authority
    runs = container(
        "bootstrap",
        database.image,
        command=shell(f"{wait}\npsql -X -q -v ON_ERROR_STOP=1 <<'SQL'\n{sql}\nSQL\n"),
        env=[
            *psql.of_secret(endpoint.host, endpoint.port, "postgres", secret.name, keys, trusted),
            *(from_secret(variable, source, "password") for variable, source in variables.items()),
            *({"name": variable, "value": value} for variable, value in plain.items()),
        ],
        resources=SMALL,
        mounts=[*authority.mounts(trusted), *mounts],
    )
    spec = pod_spec(
        user=database.run_as,
        account=account.name,
        containers=[runs],
        volumes=[*authority.pod_volumes(trusted), *volumes],
    )
    passwords_of = (("Secret", name) for name in variables.values())
    needs = (secret.reference, endpoint.ready, account.reference, *passwords_of, *authority.needs(trusted))
    pods = template(labels, dict(annotations) | declared.of_bootstrap((*variables, *plain)), spec)
    return job.once(
        scope, name, pods, labels=labels, deadline=deadline, retries=2, after=(*needs, *after), annotations=marks
    )
