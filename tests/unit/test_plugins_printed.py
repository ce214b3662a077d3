"""What a plugin prints reaches the engine as two streams."""

import subprocess

import pytest

from devcluster.plugins.language.printed import printed


def of(script: str) -> dict[str, bytes]:
    pipe = subprocess.PIPE
    found = {"stdout": b"", "stderr": b""}
    with subprocess.Popen[bytes](["sh", "-c", script], stdout=pipe, stderr=pipe, bufsize=0) as child:
        for stream, piece in printed(child):
            found[stream] += piece
    return found


def test_what_goes_to_stderr_is_never_taken_for_the_port_on_stdout() -> None:
    found = of("echo Traceback >&2; echo 4711; echo RuntimeError >&2")
    assert found == {"stdout": b"4711\n", "stderr": b"Traceback\nRuntimeError\n"}, (
        "the engine reads the port from the first line of stdout; with a traceback in there it waits forever"
    )


def test_nothing_is_lost_where_one_stream_ends_long_before_the_other() -> None:
    found = of("exec 2>&-; i=0; while [ $i -lt 3000 ]; do echo 0123456789012345678901234567890; i=$((i+1)); done")
    assert len(found["stdout"]) == 3000 * 32 and found["stderr"] == b"", "a plugin may close a stream and go on"


def test_a_stream_that_is_no_pipe_is_refused_at_once() -> None:
    with (
        subprocess.Popen[bytes](["true"], stdout=subprocess.PIPE) as child,
        pytest.raises(ValueError, match=r"stderr of .* is no pipe"),
    ):
        list(printed(child))
