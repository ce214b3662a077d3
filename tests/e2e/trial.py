"""A stack of a test's own: a temporary copy of the program, with settings, state and passphrase of its own."""

import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from devcluster import paths
from tests.e2e.live import Live

PULUMI_WITHIN = 300.0
"""Seconds that one pulumi command may take; the longest here, a first `up`, takes about a tenth of it on 2 cores."""

PROJECT = "postgres-apps"
SOURCE = paths.CHECKOUT
"""Where the program is copied from."""

_NOT_THE_PROGRAM = shutil.ignore_patterns(".*", "tests", "docs", "devcluster", "bench", "__pycache__", "Pulumi.*.yaml")


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code, all that it printed, and the seconds that it took."""

    code: int
    text: str
    seconds: float


def merged(target: Any, patch: Any) -> Any:
    """`patch` on `target`: mappings merge, anything else replaces. A null stays one, for the program to read."""
    if not isinstance(patch, Mapping) or not isinstance(target, Mapping):
        return patch
    return {**target, **{key: merged(target.get(key), value) for key, value in patch.items()}}


def differing(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """The keys that two mappings do not agree on."""
    return sorted(key for key in before | after if before.get(key) != after.get(key))


@dataclass
class Trial:
    """One stack and the namespace of the same name. `place` holds its program (program/) and its state (state/).

    `said` keeps what every command printed, for the test that looks for secrets in it.
    """

    name: str
    place: Path
    environment: Mapping[str, str]
    live: Live
    said: list[str] = field(default_factory=list)

    @classmethod
    def make(cls, name: str, place: Path, environment: Mapping[str, str], live: Live) -> "Trial":
        """Copy the program to `place` and make an empty stack there, with the settings of Pulumi.local.yaml."""
        program, state = place / "program", place / "state"
        shutil.copytree(SOURCE, program, ignore=_NOT_THE_PROGRAM)
        (program / ".venv").symlink_to(paths.CHECKOUT / ".venv")
        state.mkdir()
        own = {
            **os.environ,
            **environment,
            "PULUMI_BACKEND_URL": f"file://{state}",
            "PULUMI_CONFIG_PASSPHRASE": secrets.token_urlsafe(16),
            "NO_COLOR": "1",
        }
        own.pop("PULUMI_CONFIG_PASSPHRASE_FILE", None)
        trial = cls(name, place, own, live)
        trial._begin()
        return trial

    def beside(self, name: str) -> "Trial":
        """A second stack of the same program and backend, with the settings of Pulumi.local.yaml."""
        chosen = {**self.environment, "PULUMI_STACK": name}
        trial = Trial(name, self.place, chosen, Live(name, self.live.kubectl_words))
        trial._begin("--no-select")
        return trial

    def _begin(self, *words: str) -> None:
        self.pulumi("stack", "init", self.name, *words, code=0)
        written = yaml.safe_load(self.file.read_text())
        local = yaml.safe_load((SOURCE / "Pulumi.local.yaml").read_text())
        self.file.write_text(yaml.safe_dump({**written, **local}, sort_keys=False))

    @property
    def file(self) -> Path:
        """The stack's settings."""
        return self.place / "program" / f"Pulumi.{self.name}.yaml"

    def change(self, patch: Mapping[str, Any]) -> None:
        """Merge `patch`, whose keys are the sections of a system, into the stack's file."""
        document = yaml.safe_load(self.file.read_text())
        full = {f"{PROJECT}:{key}": value for key, value in patch.items()}
        document["config"] = merged(document["config"], full)
        self.file.write_text(yaml.safe_dump(document, sort_keys=False))

    @contextmanager
    def having(self, patch: Mapping[str, Any]) -> Iterator[None]:
        """The stack's file with `patch` merged into it; as it was before at the end."""
        before = self.file.read_text()
        self.change(patch)
        try:
            yield
        finally:
            self.file.write_text(before)

    def pulumi(self, *words: str, code: int | None = None, stdin: str | None = None) -> Ended:
        """Run pulumi in the copy. With `code`, any other exit code fails the test with all that was printed."""
        began = time.monotonic()
        try:
            done = subprocess.run(
                ["pulumi", *words, "--non-interactive"],
                cwd=self.place / "program",
                env=dict(self.environment),
                input=stdin,
                stdin=subprocess.DEVNULL if stdin is None else None,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=PULUMI_WITHIN,
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            said = (late.stdout or b"").decode(errors="replace")
            raise AssertionError(f"{late}; it said:\n{said}") from late
        self.said.append(done.stdout)
        ended = Ended(done.returncode, done.stdout, time.monotonic() - began)
        if code is not None:
            assert ended.code == code, f"`pulumi {' '.join(words)}` ended with {ended.code}, not {code}:\n{ended.text}"
        return ended

    def python(self, *words: str, within: float, cwd: Path = paths.CHECKOUT) -> Ended:
        """Run this Python with `words` where this stack's cluster, state and passphrase are known, at most `within`
        seconds."""
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, *words],
            cwd=cwd,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=within,
            check=False,
        )
        self.said.append(done.stdout)
        return Ended(done.returncode, done.stdout, time.monotonic() - began)

    def operations(self, *words: str, within: float) -> Ended:
        """`python -m operations` for this stack."""
        place = str(self.place / "program")
        return self.python("-m", "operations", "--stack", self.name, "--root", place, *words, within=within)

    def up(self, *words: str, code: int | None = 0) -> Ended:
        """`pulumi up` without a question."""
        return self.pulumi("up", "--yes", "--skip-preview", "--suppress-permalink", *words, code=code)

    def preview(self, *words: str, code: int | None = 0) -> Ended:
        """`pulumi preview`."""
        return self.pulumi("preview", *words, code=code)

    def refresh(self, *words: str, code: int | None = 0) -> Ended:
        """`pulumi refresh`."""
        return self.pulumi("refresh", *words, code=code)

    def destroy(self, code: int | None = 0) -> Ended:
        """`pulumi destroy` without a question."""
        return self.pulumi("destroy", "--yes", "--skip-preview", code=code)

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs as `pulumi stack output --json` prints them."""
        return json.loads(self.pulumi("stack", "output", "--json", code=0).text)

    def resources(self) -> dict[str, dict[str, Any]]:
        """The resources in the state file by what their URNs end with: `kubernetes:core/v1:Secret::observer-e2e/x`.

        Ciphertexts are left out: they are other ones each time that the file is written.
        """
        file = self.place / "state" / ".pulumi" / "stacks" / PROJECT / f"{self.name}.json"
        latest = json.loads(file.read_text())["checkpoint"]["latest"] or {}
        found = [_without_ciphertext(resource) for resource in latest.get("resources", [])]
        return {resource["urn"].split("::", 2)[2].rpartition("$")[2]: resource for resource in found}

    def state(self) -> dict[str, Any]:
        """The state file as one flat mapping, for a comparison: `<resource> <field>` → value.

        Only of what stands for something real: components, and the stack's outputs, are names that the engine notes
        as soon as the program says them, even where the run is refused a moment later.
        """
        real = {urn: one for urn, one in self.resources().items() if one["custom"]}
        return {f"{urn} {key}": value for urn, one in real.items() for key, value in one.items()}


def _without_ciphertext(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_ciphertext(item) for key, item in value.items() if key != "ciphertext"}
    return [_without_ciphertext(item) for item in value] if isinstance(value, list) else value
