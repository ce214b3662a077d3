"""`make rotate` for a test's own stack."""

import subprocess
import sys

from tests.e2e.trial import Trial

ROTATED_WITHIN = 300.0
"""Seconds that one rotation may take; it is one `pulumi up` and the time that old pods have to end."""


def rotate(trial: Trial, role: str) -> str:
    """The command, which must succeed; what it printed."""
    program = trial.place / "program"
    words = [sys.executable, "-m", "operations.rotate", "--stack", trial.name, "--role", role, "--root", str(program)]
    done = subprocess.run(
        [*words, "--", "pulumi"],
        cwd=program,
        env=dict(trial.environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=ROTATED_WITHIN,
        check=False,
    )
    trial.said.append(done.stdout)
    assert done.returncode == 0, f"the rotation ended with {done.returncode}:\n{done.stdout}"
    return done.stdout
