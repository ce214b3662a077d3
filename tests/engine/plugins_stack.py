"""A stack of its own for one test: the real engine, file-backed state, the stand-ins from devcluster/plugins."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from devcluster import paths, plugins

PROGRAM = """\
import json, pulumi
for each in json.load(open("resources.json")):
    options = dict(each["options"])
    if "custom_timeouts" in options:
        options["custom_timeouts"] = pulumi.CustomTimeouts(**options["custom_timeouts"])
    properties = {**each["properties"]}
    for name in each["secret"]:
        properties[name] = pulumi.Output.secret(properties[name])
    made = pulumi.CustomResource(each["type"], each["name"], properties, pulumi.ResourceOptions(**options))
"""


def token(thing: dict[str, Any]) -> str:
    """The type of a Kubernetes object in Pulumi: `kubernetes:apps/v1:Deployment`."""
    version = thing["apiVersion"]
    return f"kubernetes:{version if '/' in version else 'core/' + version}:{thing['kind']}"


class Stack:
    """One project with one stack in `folder`. `settings` are kubernetes provider options, as the CLI takes them."""

    def __init__(self, folder: Path, pulumi: str, kubeconfig: Path | None, **settings: str) -> None:
        self.folder, self.pulumi = folder, pulumi
        (folder / "state").mkdir(parents=True)
        (folder / "Pulumi.yaml").write_text("name: plugins-test\nruntime: python\n")
        (folder / "__main__.py").write_text(PROGRAM)
        launchers = plugins.install(folder / "bin", Path(sys.executable))
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PULUMI_")},
            "PATH": f"{os.environ['PATH']}{os.pathsep}{launchers}",
            "KUBECONFIG": str(kubeconfig or ""),
            "PULUMI_BACKEND_URL": f"file://{folder / 'state'}",
            "PULUMI_CONFIG_PASSPHRASE": "a passphrase for tests",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_HOME": str(folder / "home"),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        }
        config = "".join(f"  kubernetes:{name}: {json.dumps(value)}\n" for name, value in settings.items())
        self.run("stack", "init", "test")
        if config:
            with (folder / "Pulumi.test.yaml").open("a") as file:
                file.write("config:\n" + config)

    def wants(self, *things: dict[str, Any], **options: Any) -> "Stack":
        """Let the program make these objects, named by kind and name, all with the same resource options."""
        self.resources(
            [(thing, thing["kind"].lower() + "-" + thing["metadata"].get("name", "auto"), ()) for thing in things],
            **options,
        )
        return self

    def resources(self, listed: list[tuple[dict[str, Any], str, tuple[str, ...]]], **options: Any) -> None:
        """Let the program make these: object (or `type` and `properties`), resource name, secret properties."""
        described = [
            {
                "type": thing.get("type") or token(thing),
                "name": name,
                "properties": thing.get("properties") or thing,
                "secret": secret,
                "options": options,
            }
            for thing, name, secret in listed
        ]
        (self.folder / "resources.json").write_text(json.dumps(described))

    def run(self, *words: str, code: int = 0) -> str:
        """Run one command of Pulumi, assert its exit code, and return what it printed."""
        done = subprocess.run(
            [self.pulumi, *words, "--non-interactive", "--color=never"],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == code, f"`pulumi {' '.join(words)}` ended with {done.returncode}:\n{done.stdout}"
        return done.stdout

    def up(self, code: int = 0) -> str:
        """Update without a preview."""
        return self.run("up", "--yes", "--skip-preview", code=code)

    def preview(self, *words: str, code: int = 0) -> str:
        """Preview, with the differences field by field."""
        return self.run("preview", "--diff", *words, code=code)

    def state(self) -> list[dict[str, Any]]:
        """What state keeps of each Kubernetes object, secrets decrypted."""
        exported = json.loads(self.run("stack", "export", "--show-secrets"))
        found = exported["deployment"].get("resources") or []
        return [each for each in found if each["type"].startswith("kubernetes:")]

    def file(self) -> str:
        """The state file as it lies on disk."""
        return next((self.folder / "state").rglob("stacks/**/test.json")).read_text()


def find_pulumi() -> str | None:
    """The Pulumi CLI on PATH, or the one that `make up` builds."""
    built = paths.BIN / "pulumi"
    return shutil.which("pulumi") or (str(built) if built.is_file() else None)
