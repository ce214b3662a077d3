"""Commands of other programs, run so that a failure says what failed, where, and what it last printed."""

import contextlib
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

LAST_LINES = 20


class CommandFailed(Exception):
    """A command ended with an exit code other than 0. The text names it, its code and its last lines."""


def run(
    command: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
    log: Path | None = None,
    stdin: str | None = None,
    timeout: float | None = None,
) -> str:
    """Run `command` to its end and return what it wrote to standard output and error.

    `environment` is added to this process's own. With `log`, the output is also kept in that file.
    `timeout` is in seconds. Raises CommandFailed for an exit code other than 0, a program that is
    not there, or a timeout.
    """
    words = [str(word) for word in command]
    try:
        done = subprocess.run(
            words,
            cwd=cwd,
            env={**os.environ, **(environment or {})},
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=timeout,
            check=False,
        )
    except FileNotFoundError as error:
        raise CommandFailed(f"`{words[0]}` is not on this machine") from error
    except subprocess.TimeoutExpired as error:
        raise CommandFailed(f"`{' '.join(words)}` did not end within {timeout:.0f} s") from error
    if log is not None:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(done.stdout)
    if done.returncode != 0:
        last = "\n".join("    " + line for line in done.stdout.splitlines()[-LAST_LINES:])
        where = f"\n    (all of it: {log})" if log is not None else ""
        raise CommandFailed(f"`{' '.join(words)}` ended with {done.returncode}:\n{last}{where}")
    return done.stdout


def foreground(
    command: Sequence[str | Path], *, cwd: Path | None = None, environment: Mapping[str, str] | None = None
) -> int:
    """Run `command` with this terminal as its own, `environment` added to this process's; its exit code.

    On Ctrl-C, which the terminal tells the command too, it is left to end in order; when this process is told to
    end, it ends the command first.
    """
    running = subprocess.Popen([str(word) for word in command], cwd=cwd, env={**os.environ, **(environment or {})})
    try:
        while True:
            with contextlib.suppress(KeyboardInterrupt):
                return running.wait()
    finally:
        if running.poll() is None:
            running.terminate()
            running.wait()
