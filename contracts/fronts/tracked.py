"""Which Secrets of the given files Git keeps: the objects alone don't tell where they come from."""

import os
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from contracts.objects import flattened, ref
from contracts.violation import Ref

_PATIENCE = 10
"""Seconds for `git ls-files`, which reads one index."""


def committed(placed: Iterable[tuple[str, Any]], default_namespace: str) -> frozenset[Ref]:
    """The Secrets among (file, object) whose file Git tracks.

    None of standard input, of a file outside a work tree, or without Git: then nobody knows, and nothing is judged.
    """
    secrets: dict[str, set[Ref]] = defaultdict(set)
    for file, content in placed:
        refs = (ref(body, default_namespace) for body in flattened([content]))
        secrets[file].update(one for one in refs if one.kind == "Secret")
    kept = _tracked(file for file, found in secrets.items() if found and file != "-")
    return frozenset(one for file in kept for one in secrets[file])


def _tracked(files: Iterable[str]) -> set[str]:
    by_directory: dict[Path, dict[str, str]] = defaultdict(dict)
    for file in files:
        by_directory[Path(file).parent][Path(file).name] = file
    return {named[name] for directory, named in by_directory.items() for name in _kept(directory, list(named))}


def _kept(directory: Path, names: list[str]) -> list[str]:
    git = shutil.which("git")
    if git is None:
        return []
    # A repository of somebody else may name a program as its fsmonitor, which Git would run.
    options = ["--literal-pathspecs", "-c", "core.fsmonitor=false", "-C", str(directory)]
    try:
        answer = subprocess.run(
            [git, *options, "ls-files", "-z", "--", *names], capture_output=True, timeout=_PATIENCE, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return []
    return os.fsdecode(answer.stdout).split("\0")[:-1]  # None where it failed: there is no work tree.
