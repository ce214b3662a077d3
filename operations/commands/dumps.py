"""`dump-now`, `dumps`, `restore` and `restore-copy`: Jobs of the stack's own CronJobs, waited for."""

import re
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from components.postgres.dumps import names
from components.settings import load
from operations.jobs import Run, of_cron_job
from operations.refusals import CantTell, Failed
from operations.words import size

if TYPE_CHECKING:
    from operations.namespace import Namespace

_NAME = re.compile(r"latest|[a-z_][a-z0-9_]*-\d{8}T\d{6}Z")


@dataclass(frozen=True)
class Dumped:
    """A database with dumps, by the settings of its stack."""

    stack: str
    context: str
    namespace: str
    service: str


def of_stack(stack: str, root: Path = load.ROOT, context: str = "") -> Dumped:
    """The dumps of one stack; `context` in place of the settings'. Raises SettingsRefused, CantTell."""
    system = load.decode(load.from_file(stack, root), root).system
    if system.database.backup is None or system.database.backup.dumps is None:
        raise CantTell(f"stack {stack} has no dumps: give it database.backup.dumps (docs/backup.md), and `pulumi up`")
    return Dumped(stack, context or system.cluster.context, system.namespace.name, system.database.service)


def _say(text: str) -> None:
    print(f"· {text}", file=sys.stderr)


def _run(
    namespace: "Namespace",
    cron: str,
    environment: Mapping[str, str] = {},
    step: tuple[str, str] | None = None,
) -> str:
    """Make a Job of this CronJob, wait for it, and return what it printed. Raises Failed, CantTell."""
    job = of_cron_job(namespace.cron_job(cron), f"{cron}-{int(time.time())}", environment, step)
    return Run(namespace, namespace.make_job(job), _say).end()


def dump_now(dumped: Dumped, namespace: "Namespace") -> int:
    """Dump at once. Raises Failed with the reason, CantTell."""
    print(_run(namespace, names.dump(dumped.service)), end="")
    return 0


def prove(dumped: Dumped, namespace: "Namespace") -> int:
    """Restore the newest dump into a server that is thrown away. Raises Failed with the reason, CantTell."""
    print(_run(namespace, names.proof(dumped.service)), end="")
    return 0


def dumps(dumped: Dumped, namespace: "Namespace") -> int:
    """Print what there is, the oldest first: name, size, and what the proof said. Raises Failed, CantTell."""
    said = _run(namespace, names.restore(dumped.service), step=("fetch", "list"))
    rows = [line.split("\t") for line in said.splitlines() if line.count("\t") == 2]
    for name, length, proof in rows:
        print(f"{name}  {size(int(length)):>10}  {'not proved' if proof == '-' else proof}")
    if not rows:
        print(f"there is no dump of {dumped.service} yet: `make dump-now STACK={dumped.stack}`")
    return 0


def restore(dumped: Dumped, namespace: "Namespace", which: str, mode: str) -> int:
    """Restore the dump `which`: `copy` beside the live database, `fresh` in place of an empty one, `replace` in place
    of one that holds tables, which stays under another name. Raises Failed with the reason, CantTell."""
    if not _NAME.fullmatch(which):
        raise Failed(f"FROM={which} is no dump's name; `make dumps STACK={dumped.stack}` lists them, or FROM=latest")
    print(_run(namespace, names.restore(dumped.service), {"FROM": which, "MODE": mode}), end="")
    return 0
