"""A standalone database's rows into a stack of another topology, by the commands of docs/moving.md."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.stacks import Observer, app, bring_up, make_trial, remove_namespace

DUMP = (
    "PGPASSWORD=$POSTGRES_PASSWORD exec "
    "pg_dump -h 127.0.0.1 -U $POSTGRES_USER -N postgres_apps -Fc $POSTGRES_DB | base64 -w0"
)
"""In base64, because these tests read what a command prints as text."""

LIST = "base64 -d | { pg_restore --list; cat > /dev/null; }"
"""What nobody reads of its input, `kubectl exec` waits with for ever."""
EXTENSION = re.compile(r"\d+; \d+ \d+ (COMMENT - )?EXTENSION ")
LEAVE = "cat > /dev/shm/moved.list"
RESTORE = (
    "base64 -d | {environment} exec pg_restore {where} --clean --if-exists --no-owner --role=observer_owner "
    "-L /dev/shm/moved.list -d observer --single-transaction --exit-on-error"
)
ROWS = "SELECT symbol || '|' || price FROM observation ORDER BY 1"
OWN = "INSERT INTO observation (symbol, price, pod) VALUES ('MOVED', 1, 'nobody')"


@contextmanager
def standalone(name: str, place: Path, environment: Mapping[str, str]) -> Iterator[Observer]:
    """The Observer on a standalone database, with a row that no other has."""
    trial = make_trial(name, place, environment)
    try:
        old = bring_up(trial)
        old.live.rows(OWN)
        yield old
    finally:
        remove_namespace(trial.live, wait=False)


def refused(old: Observer, topology: str) -> str:
    """What a preview of `old` says that has only the word changed. Fails where it does not refuse."""
    with old.trial.having({"database": {"topology": topology}}):
        ended = old.trial.preview(code=None)
    assert ended.code != 0, f"rule 10: the word is not edited on data: {ended.text}"
    return ended.text


def moved(old: Observer, new: Observer, *pod: str, where: str = "", environment: str = "") -> list[str]:
    """Stop the apps of both, dump, restore in `pod` (words of kubectl exec), start the new app; the rows of `old`.

    `where` and `environment` are how the superuser gets in there.
    """
    for stack in (old, new):
        stack.trial.change(app(replicas=0))
        stack.trial.up()
    before = old.live.rows(ROWS).splitlines()
    dump = old.live.kubectl("exec", "postgres-0", "--", "sh", "-c", DUMP)

    def inside(script: str, stdin: str) -> str:
        return new.live.kubectl("exec", "--stdin", *pod, "--", "sh", "-ec", script, stdin=stdin)

    wanted = [line for line in inside(LIST, dump).splitlines() if not EXTENSION.match(line)]
    inside(LEAVE, "\n".join(wanted) + "\n")
    inside(RESTORE.format(where=where, environment=environment), dump)
    new.trial.change(app(replicas=1))
    new.trial.up()
    assert "MOVED|1" in before, "they are those of the old one"
    return before
