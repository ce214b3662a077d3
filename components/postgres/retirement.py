"""The Job that shuts the logins that rotated passwords have left behind, once none of the stack's pods uses them."""

from collections.abc import Iterable

from components import declared
from components.manifest import Fingerprint, Generated, Manifest, Reference
from components.names import Scope
from components.namespace import service_account
from components.postgres import bootstrap
from components.postgres.access import QUIET
from components.postgres.database import Published, password_name
from components.postgres.logins import shut_sql
from components.settings.database import Database
from components.settings.turns import retired

COMPONENT = "retirement"
TURNS = "postgres-apps/rotations"
"""Annotation of the Job: role=rotation of all that it has shut the logins of; operations read it in the state."""


def _before(database: Database) -> dict[str, str | Fingerprint]:
    """The passwords that are shut. Named here and not protected any more, each can go with the next rotation."""
    found: dict[str, str | Fingerprint] = {}
    for role, rotation in database.rotations.items():
        source = getattr(database.passwords, role)
        if source.generate:
            password = Generated(password_name(database, role, rotation - 1), source.generate, kept=False)
            found[f"retired/{role}"] = Fingerprint((password,))
    return found


def told(database: Database) -> str:
    """The rotations as the annotation has them."""
    return " ".join(f"{role}={rotation}" for role, rotation in sorted(database.rotations.items()))


def render(
    scope: Scope, database: Database, published: Published, drain: int, after: Iterable[Reference]
) -> list[Manifest]:
    """ServiceAccount and Job; none where no password was rotated. `drain`: seconds that pods which were told to end may
    still sign in; `after`: whatever signs in by the new login by then."""
    if not database.rotations or published.superuser is None:
        return []
    name = f"{database.service}-{COMPONENT}"
    seconds = drain + database.grace
    account = service_account(scope, name, COMPONENT)
    shut = "".join(shut_sql(getattr(database.roles, role), turn) for role, turn in database.rotations.items())
    leaving = ", ".join(retired(getattr(database.roles, role), turn) for role, turn in database.rotations.items())
    run = bootstrap.run(
        scope,
        database,
        name,
        f"{QUIET}-- {told(database)}\n{shut}",
        account,
        published.superuser,
        published.endpoint,
        # What a recovery brought lets the logins of its own time in.
        annotations=_before(database) | declared.of_history(database),
        wait=f"echo {leaving}: shut in {seconds} s\nsleep {seconds}\n{bootstrap.WAIT}",
        after=(published.ready, *after),
        deadline=seconds + 180,
        marks={TURNS: told(database), "pulumi.com/timeoutSeconds": str(seconds + 300)},
    )
    return [account, run]
