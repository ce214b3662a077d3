"""The file of a release of CloudNativePG, for a stack that installs its operator."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from components.settings.configuration import ROOT
from components.settings.mistakes import Mistake, SettingsRefused, nearest
from components.settings.shared import Shared

PATH = "database.shared.install"
_PROJECT = "github.com/cloudnative-pg/cloudnative-pg/tree/release-{minor}/releases"

Object = dict[str, Any]


def read(shared: Shared, root: Path = ROOT) -> tuple[Object, ...]:
    """The objects of the release that `shared.install` names, a path below `root`, in the file's order; nothing where
    none is named. Raises SettingsRefused for a file that is not there, is no release, or is one of another version or
    for another namespace than the section says."""
    if shared.install is None:
        return ()
    try:
        objects = _parsed(root / shared.install)
    except OSError as error:
        raise _refused(shared, f"{error.strerror}: {shared.install}", _near(root / shared.install)) from None
    except yaml.YAMLError as error:
        raise _refused(shared, f"no YAML: {' '.join(str(error).split())}") from None
    servers = [one for one in objects if one.get("kind") == "Deployment"]
    if len(servers) != 1 or not any(one.get("kind") == "CustomResourceDefinition" for one in objects):
        raise _refused(shared, f"a file with {_kinds(objects)}, which is no release")
    found = version(servers[0])
    if not found.startswith(f"{shared.operator}."):
        raise _refused(shared, f"the operator of version {found or 'that its image does not tell'}")
    namespace = servers[0]["metadata"].get("namespace")
    if namespace != shared.operator_pods.namespace:
        raise _refused(shared, f"an operator in the namespace {namespace}; `operatorPods.namespace` is another one")
    return objects


def version(deployment: Object) -> str:
    """The operator's version, as its Deployment's tag or first argument tells, such as 1.30.0; nothing where neither
    does."""
    (container, *_) = deployment["spec"]["template"]["spec"]["containers"]
    tag = re.search(r":v?(\d+\.\d+(\.\d+)?)", container.get("image", ""))
    return "" if tag is None else tag[1] if tag[2] else f"{tag[1]}.0"


@cache
def _parsed(file: Path) -> tuple[Object, ...]:
    # The C parser: such a file has 20,000 lines, most of them schemas.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found = [one for one in yaml.load_all(file.read_text(), Loader=loader) if one]
    return tuple(one if isinstance(one, dict) else {} for one in found)


def _kinds(objects: tuple[Object, ...]) -> str:
    return ", ".join(sorted({str(one.get("kind", "something else")) for one in objects})) or "nothing"


def _near(file: Path) -> str:
    return nearest(file.name, [one.name for one in file.parent.glob("*.y*ml")]) if file.parent.is_dir() else ""


def _refused(shared: Shared, found: str, near: str = "") -> SettingsRefused:
    wanted = shared.operator
    do = f"`make operator VERSION={wanted} INTO={shared.install}` writes it; published: {_PROJECT.format(minor=wanted)}"
    allowed = f"the file of a release of CloudNativePG {wanted}, with an operator in {shared.operator_pods.namespace}"
    return SettingsRefused([Mistake("the stack", PATH, found, allowed, f"{near} {do}".strip())])
