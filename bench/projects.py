"""Two Pulumi projects in a directory of their own: this checkout's program, and the bare one for the same objects."""

import json
import shutil
from pathlib import Path
from typing import Any

import yaml

from bench.systems import Document
from components.compose import compose
from components.manifest import Configured, Fingerprint, Generated, Text
from components.settings import load
from devcluster import paths

STACK = "bench"
BARE = Path(__file__).resolve().parent / "bare" / "__main__.py"


def ours(directory: Path, stack: Document, system: Document | None) -> None:
    """A copy of the program in `directory`, so that nobody's edit changes it between two runs."""
    directory.mkdir(parents=True)
    for name in ("components", "contracts", "systems"):
        shutil.copytree(paths.CHECKOUT / name, directory / name)
    shutil.copy(paths.CHECKOUT / "__main__.py", directory)
    project = yaml.safe_load((paths.CHECKOUT / "Pulumi.yaml").read_text())
    project["runtime"]["options"] = _virtual_environment()
    _write(directory / "Pulumi.yaml", project)
    _write(directory / f"Pulumi.{STACK}.yaml", stack)
    if system is not None:
        _write(directory / "systems" / f"{system['name']}.yaml", system)


def bare(directory: Path, of: Path) -> int:
    """The bare program for the objects of the project `of`, in the namespace of its name and "-bare"; how many."""
    directory.mkdir(parents=True)
    decoded = load.decode(load.from_file(STACK, of), of)
    context = decoded.system.cluster.context
    namespace = decoded.system.namespace.model_copy(update={"name": f"{decoded.system.namespace.name}-bare"})
    tenants = {
        name: tenant.model_copy(update={"namespace": f"{tenant.namespace}-bare"})
        for name, tenant in decoded.system.tenants.items()
    }
    manifests = compose(decoded.system.model_copy(update={"namespace": namespace, "tenants": tenants})).manifests
    shutil.copy(BARE, directory)
    (directory / "objects.json").write_text(json.dumps([_plain(each.body) for each in manifests]))
    _write(
        directory / "Pulumi.yaml", {"name": "bare", "runtime": {"name": "python", "options": _virtual_environment()}}
    )
    config = {"pulumi:disable-default-providers": ["*"], "bare:context": context}
    _write(directory / f"Pulumi.{STACK}.yaml", {"config": config})
    return len(manifests)


def _virtual_environment() -> dict[str, str]:
    return {"virtualenv": str(paths.CHECKOUT / ".venv")}


def _write(path: Path, document: Document) -> None:
    path.write_text(yaml.safe_dump(document, sort_keys=False))


def _plain(value: Any) -> Any:
    """A manifest as the bare program's JSON has it."""
    match value:
        case Generated(name=name, length=length):
            return {"$password": name, "length": length}
        case Configured(key=key):
            raise ValueError(f"the stack is measured without secrets of its configuration; it has {key}")
        case Text(parts=parts):
            return {"$join": [_plain(part) for part in parts]}
        case Fingerprint():
            return "0" * 64
        case dict():
            return {key: _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
    return value
