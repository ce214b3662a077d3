"""`python -m operations.rotate --stack NAME --role app -- pulumi`: another password for a role, while its clients run.

Writes the next number of `database.passwords.<role>.rotation` into the stack's file and runs `pulumi up`, which opens
the role's other login, has the apps roll over to it, and shuts the one before. Run again after an interruption, it goes
on with the same number. The words behind `--` are how pulumi is called. Exits with pulumi's code, 1 where refused.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from components.postgres.retirement import TURNS
from components.settings import load
from components.settings.configuration import PROJECT
from components.settings.database import Database
from components.settings.mistakes import SettingsRefused
from components.settings.turns import ROLES, login, retired
from operations.edited import NotEdited, with_number
from operations.refusals import CantTell, Refused


@dataclass(frozen=True)
class Turn:
    """One rotation of one role: `number` is that of the file from now on; `begun`: it stood there before."""

    role: str
    number: int
    begun: bool


def finished(state: dict[str, Any], role: str) -> int:
    """How many rotations of `role` are whole in a `pulumi stack export`: the login before was shut. Raises Refused
    where the stack has never been up."""
    resources = (state.get("deployment") or {}).get("resources") or []
    if not any(resource["type"] == "kubernetes:core/v1:Secret" for resource in resources):
        raise Refused("the stack is not up, so no password of it is in use; `pulumi up` makes the first")
    done = [0]
    for resource in resources:
        marks = resource.get("inputs", {}).get("metadata", {}).get("annotations") or {}
        if resource["type"] == "kubernetes:batch/v1:Job" and TURNS in marks and not resource.get("initErrors"):
            done += [int(turn.partition("=")[2]) for turn in marks[TURNS].split() if turn.startswith(f"{role}=")]
    return max(done)


def refuse_others(database: Database, role: str) -> None:
    """Raise Refused where nobody but a person can change the password."""
    source = getattr(database.passwords, role)
    if database.topology in ("shared", "external"):
        raise Refused(f"the roles of a database that is {database.topology} have one login each: docs/access.md")
    if not source.generate:
        raise Refused(
            f"database.passwords.{role} comes from elsewhere: put the new value there, write rotation: "
            f"{source.rotation + 1} beside it, and `pulumi up`"
        )


def next_turn(database: Database, role: str, done: int) -> Turn:
    """What is to be done where `done` rotations are whole. Raises Refused where the file is behind that."""
    source = getattr(database.passwords, role)
    if source.rotation < done:
        raise Refused(
            f"the file says rotation {source.rotation} of {role}, and {done} are done: another copy of the file was "
            f"applied; bring this one up to date first"
        )
    begun = source.rotation > done
    return Turn(role, source.rotation if begun else source.rotation + 1, begun)


def _asked(pulumi: Sequence[str], stack: str) -> dict[str, Any]:
    words = [*pulumi, "stack", "export", "--stack", stack]
    answer = subprocess.run(words, capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        raise CantTell(f"`pulumi stack export` ended with {answer.returncode}: {answer.stderr.strip()}")
    # What calls pulumi may say something of its own before.
    try:
        return json.loads(answer.stdout[answer.stdout.index("{") :])
    except ValueError as error:
        raise CantTell("`pulumi stack export` printed no state") from error


def rotate(stack: str, role: str, pulumi: Sequence[str], root: Path) -> int:
    """Rotate, or go on with what was begun; pulumi's exit code. Raises Refused, CantTell, NotEdited and
    SettingsRefused."""
    configuration = load.from_file(stack, root)
    database = load.decode(configuration, root).system.database
    refuse_others(database, role)
    turn = next_turn(database, role, finished(_asked(pulumi, stack), role))
    name, file = getattr(database.roles, role), root / configuration.file
    before, now = retired(name, turn.number), login(name, turn.number)
    if turn.begun:
        print(f"rotation {turn.number} of {role} was begun and is not whole: going on with it", flush=True)
    else:
        path = ["config", f"{PROJECT}:database", "passwords", role, "rotation"]
        file.write_text(with_number(file.read_text(), path, turn.number))
        print(f"{configuration.file}: database.passwords.{role}.rotation is {turn.number} now; commit it", flush=True)
    print(f"{now} gets a new password, the apps go over to it, then nobody signs in as {before} any more", flush=True)
    code = subprocess.run([*pulumi, "up", "--yes", "--skip-preview", "--stack", stack], check=False).returncode
    if code == 0:
        print(f"{role} signs in as {now}; the password of {before} is refused")
    else:
        print(
            f"not whole yet, and nothing is lost: {before} may still sign in; the same command goes on", file=sys.stderr
        )
    return code


def main(words: Sequence[str] | None = None) -> int:
    """Run the command and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m operations.rotate", description=__doc__, allow_abbrev=False)
    parser.add_argument("--stack", required=True, help="NAME in Pulumi.NAME.yaml")
    parser.add_argument("--role", required=True, choices=ROLES)
    parser.add_argument("--root", type=Path, default=load.ROOT, help="where the stack files and systems/ are")
    parser.add_argument("pulumi", nargs="+", help="how pulumi is called, behind --")
    options = parser.parse_args(words)
    try:
        return rotate(options.stack, options.role, options.pulumi, options.root)
    except (Refused, NotEdited, CantTell, SettingsRefused) as refusal:
        print(refusal, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
