"""Long-lived processes that outlive their caller, each known by its id *and* its start time.

A process id alone may belong to somebody else by now; with the start time and the boot it can't.
"""

import contextlib
import hashlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from devcluster import paths
from devcluster.node.layout import PIDS, NodeFailed

PART_OF = "DEVCLUSTER_PART_OF"
"""In the environment of each process of the node: `<HOME>:<name>`. It finds those whose record was lost."""

LOG_KEPT = 20 * 1024 * 1024
"""Bytes from which on a log is put aside as `<name>.log.1` when its process starts again."""


@dataclass(frozen=True)
class Process:
    """One component: its name, its command, what it adds to the environment, and the files that configure it."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    configured_by: Sequence[Path] = ()

    @property
    def log(self) -> Path:
        """Where its output goes."""
        return paths.LOGS / f"{self.name}.log"

    @property
    def _record(self) -> Path:
        return PIDS / f"{self.name}.json"

    def fingerprint(self) -> str:
        """Changes when the command, its program, its environment or a file of its configuration does."""
        digest = hashlib.sha256(json.dumps([list(self.command), dict(self.environment)]).encode())
        program = Path(self.command[0]).stat()
        digest.update(f"{program.st_size} {program.st_mtime_ns}".encode())
        for file in self.configured_by:
            digest.update(file.read_bytes())
        return digest.hexdigest()

    def pid(self) -> int | None:
        """Its process id while it runs, else None."""
        return recorded(self._record)

    def began(self) -> float:
        """When it was last started, in seconds since 1970; 0 when it never was."""
        return self._record.stat().st_mtime if self._record.exists() else 0.0

    def outdated(self) -> bool:
        """Whether it runs with another command or configuration than it should now."""
        try:
            return json.loads(self._record.read_text()).get("fingerprint") != self.fingerprint()
        except (OSError, ValueError):
            return True

    def start(self) -> None:
        """Start it in a session of its own, its output appended to its log. Raises NodeFailed."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        PIDS.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_KEPT:
            self.log.replace(self.log.with_suffix(".log.1"))
        try:
            with self.log.open("ab") as log:
                started = subprocess.Popen(
                    list(self.command),
                    env={**_plain_environment(), **self.environment, PART_OF: f"{paths.HOME}:{self.name}"},
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    cwd=paths.RUN,
                    start_new_session=True,
                )
        except OSError as error:
            raise NodeFailed(f"{self.name} can't be started by `{self.command[0]}`: {error.strerror}") from error
        started.returncode = 0  # it is not to be waited for: without this Python warns that it still runs
        began = _start_time(started.pid)
        record = {"pid": started.pid, "began": began, "boot": boot(), "fingerprint": self.fingerprint()}
        self._record.write_text(json.dumps(record))

    def last_lines(self, count: int = 8) -> str:
        """The end of its log, indented, for an error."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return "\n".join(f"    {line[:300]}" for line in lines[-count:])


def _plain_environment() -> dict[str, str]:
    # Nothing of the caller's session (its credentials, its proxies) belongs into a process that outlives it.
    path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    return {"PATH": path, "HOME": str(Path("~root").expanduser()), "LANG": "C.UTF-8"}


def recorded(record: Path) -> int | None:
    """The process id in `record` if that very process still runs, else None."""
    try:
        kept = json.loads(record.read_text())
        same = kept["boot"] == boot() and kept["began"] == _start_time(kept["pid"])
    except (OSError, ValueError, KeyError):
        return None
    return kept["pid"] if same else None


def strays(name: str) -> list[int]:
    """The ids of all processes that were started as `name` of this node, recorded or not."""
    mark = f"{PART_OF}={paths.HOME}:{name}".encode()
    found = []
    for environment in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if mark in environment.read_bytes().split(b"\0"):
                found.append(int(environment.parent.name))
    return found


def boot() -> str:
    """The id of this boot of the machine."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def _start_time(pid: int) -> int | None:
    """When `pid` started, in clock ticks since the boot; None when it is gone or a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else int(fields[19])


def end(pids: Sequence[int], grace: float) -> None:
    """Ask each of `pids` to end, and end by force what still runs after `grace` seconds."""
    alive = {pid: _start_time(pid) for pid in pids}
    for number, wait in ((signal.SIGTERM, grace), (signal.SIGKILL, 5.0)):
        alive = {pid: began for pid, began in alive.items() if began is not None and _start_time(pid) == began}
        for pid in alive:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        deadline = time.monotonic() + wait
        while time.monotonic() < deadline and any(_start_time(pid) == began for pid, began in alive.items()):
            time.sleep(0.02)


def memory(pid: int) -> int:
    """The proportional set size of `pid` in bytes, pages shared with others counted by share; 0 when it is gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
