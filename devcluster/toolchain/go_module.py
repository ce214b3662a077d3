"""Go modules whose files are read and not built, such as an operator's release: they lie in Go's module cache."""

import json
from collections.abc import Callable
from pathlib import Path

from devcluster import command
from devcluster.toolchain import go


def folder(pins: Path, module: str, say: Callable[[str], None]) -> Path:
    """The folder of `module` in the version that `pins`/go.mod requires, fetched where this machine lacks it.

    Go verifies it against `pins`/go.sum, and leaves both files as they are. Raises go.NoGo or CommandFailed.
    """
    found = go.find(pins, say)
    say(f"Go to fetch the module {module}")
    words = [found.program, "mod", "download", "-json", module]
    answer = command.run(words, cwd=pins, environment=found.environment, timeout=300)
    # Before it there may be a line on what Go fetches.
    return Path(json.loads(answer[answer.index("{") :])["Dir"])
