"""Pulumi as it runs for the local stack: state, passphrase, settings and plugins of its own, nothing of the user's.

The committed `Pulumi.local.yaml` never changes: Pulumi wants to write the passphrase's salt into a stack's file, so
it is given a copy with that salt. Other stacks are the user's own: their backend, their credentials, plain `pulumi`.
"""

import json
import os
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from devcluster import cluster, command, paths, toolchain
from devcluster.cluster import Cluster
from devcluster.toolchain import pulumi_plugins

LOCAL = "local"

TAKES_SETTINGS = ("up", "update", "preview", "pre", "refresh", "destroy", "down", "import", "config", "watch")
"""Commands of the CLI that know `--config-file`."""


class Refused(Exception):
    """The local stack's environment can't do that. The text says what to do instead."""


class PulumiFailed(Exception):
    """pulumi ended with an exit code other than 0; it said why itself."""

    def __init__(self, arguments: Sequence[str], code: int) -> None:
        super().__init__(f"`pulumi {' '.join(arguments[:1])}` ended with {code}; its reason stands above")
        self.code = code


@dataclass(frozen=True)
class Engine:
    """The real engine for one stack on one cluster.

    `settings` is the stack's committed file. `images` replaces the registry `localhost` of its images, for clusters
    that can't be handed images from here.
    """

    cluster: Cluster
    pulumi: Path
    stack: str = LOCAL
    settings: Path = paths.SETTINGS
    images: str = ""
    say: Callable[[str], None] = print

    @property
    def home(self) -> Path:
        """State and settings of the stacks on this cluster: a state is worth nothing on another cluster."""
        return paths.PULUMI / self.cluster.context

    def environment(self) -> dict[str, str]:
        """The variables in which pulumi runs, PATH included; everything else of this process's own stays."""
        for variable in ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_STACK", "PULUMI_CONFIG"):
            os.environ.pop(variable, None)  # the user's own, for stacks of their own; the first would beat the file
        passphrase = paths.PULUMI / "passphrase"
        state = self.home / "state"
        state.mkdir(parents=True, exist_ok=True)
        if not passphrase.exists():
            with os.fdopen(os.open(passphrase, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(32))
        variables = {
            "PULUMI_HOME": str(paths.CACHE / "pulumi"),  # official plugins land there: slow to get, so they are kept
            "PULUMI_BACKEND_URL": f"file://{state}",
            "PULUMI_CONFIG_PASSPHRASE_FILE": str(passphrase),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_SUPPRESS_NEO_LINK": "true",
            "PATH": os.pathsep.join((str(self.pulumi.parent), os.environ.get("PATH", os.defpath))),
        }
        if self.cluster.kubeconfig is not None:
            variables["KUBECONFIG"] = str(self.cluster.kubeconfig)
        lacking = pulumi_plugins.missing(self.pulumi, variables, self.say)
        if lacking:
            variables["PATH"] += os.pathsep + str(pulumi_plugins.stand_ins(lacking))
            variables["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] = "true"
        return variables

    def ready(self) -> tuple[dict[str, str], Path]:
        """The environment, and the copy of the settings; the stack is made where it does not exist yet."""
        environment = self.environment()
        project = self.home / "project"
        project.mkdir(parents=True, exist_ok=True)
        name = yaml.safe_load((paths.CHECKOUT / "Pulumi.yaml").read_text())["name"]
        (project / "Pulumi.yaml").write_text(yaml.safe_dump({"name": name, "runtime": "python"}))
        copy = project / f"Pulumi.{self.stack}.yaml"
        if not (self.home / "state" / ".pulumi" / "stacks" / name / f"{self.stack}.json").exists():
            copy.unlink(missing_ok=True)
            words = [self.pulumi, "stack", "init", self.stack, "--non-interactive"]
            command.run(words, cwd=project, environment=environment)
        write_settings(self.settings, copy, self.cluster.context, self.images)
        drop_dead_locks(self.home / "state")
        return environment, copy

    def run(self, arguments: Sequence[str]) -> None:
        """Run pulumi with these arguments in the checkout, its output on this terminal. Raises PulumiFailed."""
        environment, copy = self.ready()
        words = list(arguments)
        if words and words[0] in TAKES_SETTINGS:
            words += ["--stack", self.stack] if not {"-s", "--stack"} & set(words) else []
            words += ["--config-file", str(copy)]
        elif words and words[0] == "stack" and not {"-s", "--stack"} & set(words):
            words += ["--stack", self.stack]
        _stream([str(self.pulumi), *words], environment)

    def up(self, *arguments: str) -> None:
        """`pulumi up` without a question. The program itself refuses bad settings before it registers anything."""
        self.run(["up", "--yes", "--skip-preview", "--suppress-permalink=true", *arguments])

    def preview(self, *arguments: str) -> None:
        """`pulumi preview`."""
        self.run(["preview", *arguments])

    def destroy(self, *arguments: str) -> None:
        """`pulumi destroy` without a question."""
        self.run(["destroy", "--yes", "--skip-preview", *arguments])

    def outputs(self) -> dict:
        """The stack's outputs; secrets stay "[secret]"."""
        environment, _ = self.ready()
        words = [self.pulumi, "stack", "output", "--json", "--stack", self.stack]
        return json.loads(command.run(words, cwd=paths.CHECKOUT, environment=environment) or "{}")


def local(say: Callable[[str], None] = print, images: str = "") -> Engine:
    """The engine for the local stack on the cluster that the last `make up` chose."""
    return Engine(cluster.remembered(), toolchain.pulumi(say), images=images, say=say)


def run_plain(arguments: Sequence[str]) -> None:
    """Plain `pulumi` in the checkout with the user's own backend and credentials. Raises PulumiFailed."""
    _stream([str(toolchain.pulumi()), *arguments], {})


def write_settings(settings: Path, copy: Path, context: str, images: str = "") -> None:
    """Bring `copy` in line with the committed `settings`; the salt that Pulumi wrote into the copy stays in it.

    The context is the chosen cluster's; `images`, when given, replaces the registry `localhost`.
    """
    text = settings.read_text()
    if images:
        text = text.replace("localhost/", f"{images.rstrip('/')}/")
    document = yaml.safe_load(text) or {}
    config = document.setdefault("config", {})
    config["postgres-apps:cluster"] = {**(config.get("postgres-apps:cluster") or {}), "context": context}
    known = (yaml.safe_load(copy.read_text()) or {}) if copy.exists() else {}
    if "encryptionsalt" in known:
        document["encryptionsalt"] = known["encryptionsalt"]
    partial = copy.with_name(f".{copy.name}.partial")
    partial.write_text(yaml.safe_dump(document, sort_keys=False))
    partial.replace(copy)


def drop_dead_locks(state: Path) -> None:
    """Remove the locks in a file backend whose pulumi was killed on this machine: they protect nothing any more."""
    for lock in (state / ".pulumi" / "locks").rglob("*.json"):
        try:
            held = json.loads(lock.read_text())
            os.kill(held["pid"], 0)
        except ProcessLookupError:
            lock.unlink(missing_ok=True)
        except (OSError, ValueError, KeyError):
            continue


def _stream(words: Sequence[str], environment: dict[str, str]) -> None:
    """Run a command in the checkout with this terminal as its own. Raises PulumiFailed."""
    code = command.foreground(words, cwd=paths.CHECKOUT, environment=environment)
    if code != 0:
        raise PulumiFailed(words[1:], code)
