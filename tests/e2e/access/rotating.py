"""`make rotate` for a test's own stack."""

from tests.e2e.trial import Trial

ROTATED_WITHIN = 300.0
"""Seconds that one rotation may take; it is one `pulumi up` and the time that old pods have to end."""


def rotate(trial: Trial, role: str) -> str:
    """The command, which must succeed; what it printed."""
    program = trial.place / "program"
    words = ["-m", "operations.rotate", "--stack", trial.name, "--role", role, "--root", str(program), "--", "pulumi"]
    ended = trial.python(*words, within=ROTATED_WITHIN, cwd=program)
    assert ended.code == 0, f"the rotation ended with {ended.code}:\n{ended.text}"
    return ended.text
