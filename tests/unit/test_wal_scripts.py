"""The shell around pgBackRest: what recovers refuses, whose variables it runs with, and how it gets into a pod."""

import subprocess
from pathlib import Path

import pytest

import components.postgres.wal

SCRIPTS = Path(components.postgres.wal.__file__).parent / "scripts"
SOURCE = "postgres-1 time 2026-11-20T14:05:00+09:00"


def run(script: str, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """A script with these variables and nothing else of this process's."""
    env = {"PATH": "/usr/local/bin:/usr/bin:/bin", **variables}
    return subprocess.run(
        ["sh", str(SCRIPTS / script), *words], env=env, capture_output=True, text=True, check=False, timeout=30
    )


def recover(data: Path) -> subprocess.CompletedProcess[str]:
    # Nothing may get as far as pgBackRest.
    return run("restore.sh", PGBACKREST_PG1_PATH=str(data), RECOVERED_FROM=SOURCE, PGBACKREST_CMD="/bin/false")


@pytest.mark.parametrize("came_from", [None, "postgres-1 time 2026-11-20T15:00:00+09:00"])
def test_data_that_is_there_is_never_recovered_over(tmp_path: Path, came_from: str | None) -> None:
    data = tmp_path / "pgdata-2"
    data.mkdir()
    (data / "PG_VERSION").write_text("15\n")
    if came_from:
        (data / "recovered_from").write_text(f"{came_from}\n")
    ended = recover(data)
    assert ended.returncode == 1 and "refused, nothing was touched" in ended.stderr
    assert "raise backup.wal.generation" in ended.stderr, "and says what to do"
    assert (data / "PG_VERSION").exists() and list(tmp_path.iterdir()) == [data]


def test_what_was_recovered_before_is_left_as_it_is(tmp_path: Path) -> None:
    data = tmp_path / "pgdata-2"
    data.mkdir()
    (data / "recovered_from").write_text(f"{SOURCE}\n")
    assert recover(data).returncode == 0, "each restart of the pod comes by here"


def test_a_recovery_that_failed_leaves_no_data_that_could_be_started(tmp_path: Path) -> None:
    data = tmp_path / "pgdata-2"
    assert recover(data).returncode != 0
    assert not data.exists(), "what has the name is whole"


def test_a_recovery_runs_with_the_variables_of_its_source() -> None:
    ended = run(
        "source.sh",
        PGBACKREST_CMD="env",
        PGBACKREST_REPO1_PATH="/mine",
        PGBACKREST_STANZA="main",
        SOURCE_PGBACKREST_REPO1_PATH="/theirs",
        SOURCE_PGBACKREST_TARGET='2026-11-20 05:05:00+00 "$(exit 1)"',
    )
    lines = ended.stdout.splitlines()
    assert "PGBACKREST_REPO1_PATH=/theirs" in lines and "PGBACKREST_STANZA=main" in lines
    assert 'PGBACKREST_TARGET=2026-11-20 05:05:00+00 "$(exit 1)"' in lines, "a value is not read as shell"


def test_the_program_runs_from_where_it_is_put(tmp_path: Path) -> None:
    place = tmp_path / "opt"
    assert run("program.sh", "/bin/true", str(place)).returncode == 0
    assert subprocess.run([place / "pgbackrest", "version"], check=False).returncode == 0
    assert not list(place.glob("lib/libc.so*")), "the C library is the server's own: the loader belongs to it"
