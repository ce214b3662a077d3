"""A plan as files for `kubectl diff -f` and Argo CD: one object a file, names that stay, nothing secret in them.

What only the engine can make (passwords, certificates) stands as a placeholder, in a directory below, which kubectl
and Argo CD read only when they are told to recurse (kubernetes.io/docs, `kubectl diff --recursive`;
argo-cd.readthedocs.io, «Directory»). Applied all the same, it is refused: the placeholder stands where Kubernetes
expects base64, which `<…>` is not, so no API server takes it over the real value.
"""

import os
import stat
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from components.compose import Plan
from components.manifest import Fingerprint, Manifest, markers_in, shown
from components.names import role
from components.settings.mistakes import Mistake, SettingsRefused

PLACEHOLDERS = "placeholders"
"""The directory, below that of the other objects, with what no cluster may be given."""

_ENCODED = {"Secret": ("stringData", "data"), "ConfigMap": ("data", "binaryData")}
"""Kind → the field in which a plan has its entries, and the one in which Kubernetes wants them in base64."""


# libyaml's emitter where PyYAML was built with it, as its wheels are.
_Base: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class _Dumper(_Base):
    """YAML with texts of several lines as they are in the file, not quoted and folded."""


def _text(dumper: Any, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def _kept(value: Any) -> Any:
    """`value` without fingerprints: they are known only to the engine, and any other text would roll the pods."""
    match value:
        case Mapping():
            return {key: _kept(item) for key, item in value.items() if not isinstance(item, Fingerprint)}
        case list() | tuple():
            return [_kept(item) for item in value]
    return value


def rendered(manifest: Manifest) -> dict[str, Any]:
    """The object as it is written: plain data, with placeholders for what only the engine can make."""
    body = _kept(manifest.body)
    if not any(markers_in(body)):
        return shown(body)
    field, encoded = _ENCODED[manifest.kind]
    entries = body.pop(field)
    unknown = {key: value for key, value in entries.items() if any(markers_in(value))}
    known = {key: value for key, value in entries.items() if key not in unknown}
    return shown(body | ({field: known} if known else {}) | {encoded: unknown})


def as_text(bodies: Iterable[Mapping[str, Any]]) -> str:
    """Objects as YAML, one document each."""
    return yaml.dump_all(bodies, Dumper=_Dumper, sort_keys=False, width=120, allow_unicode=True)


def files(stack: str, plan: Plan) -> dict[str, str]:
    """Path, relative and with `/` → content, of everything that `write` writes. The same for the same settings.

    A Job's file does not carry the digest of its name: a changed Job is a change of its file, not another file.
    """
    short = Counter((manifest.kind, role(manifest)) for manifest in plan.manifests)
    found: dict[str, str] = {}
    for manifest in plan.manifests:
        _, whole = manifest.reference
        # `<namespace>/<name>` of what is in another namespace; no name of Kubernetes has an underscore.
        name = (role(manifest) if short[manifest.kind, role(manifest)] == 1 else whole).replace("/", "_")
        # kubectl applies the files of a directory in the order of their names, and all else needs the Namespace.
        first = "00-" if manifest.kind == "Namespace" else ""
        directory, header = "", _head(stack)
        if any(markers_in(_kept(manifest.body))):
            directory, header = f"{PLACEHOLDERS}/", header + _NO_VALUE
        found[f"{directory}{first}{manifest.kind.lower()}-{name}.yaml"] = header + as_text([rendered(manifest)])
    return found


_NO_VALUE = """\
# A placeholder: `pulumi up` makes the values. No API server takes it, because <…> is no base64.
"""


def _head(stack: str) -> str:
    """The first line of every file of `stack`, by which the next render knows it as one of its own."""
    return f"# Rendered by postgres-apps from Pulumi.{stack}.yaml; the next render overwrites it.\n"


@dataclass(frozen=True)
class Written:
    """What became of a directory: how many files are in it, and which of them are new, changed, or gone."""

    files: int
    changed: tuple[str, ...]
    removed: tuple[str, ...]


def write(stack: str, plan: Plan, into: Path) -> Written:
    """Make `into` hold exactly `files(stack, plan)`, beside what is not ours; an unchanged file is not touched.

    What an earlier render of this stack left, known by its first line, is removed. Raises SettingsRefused, before
    anything is written, where a file of somebody else, or of another stack, has one of the names.
    """
    wanted = files(stack, plan)
    ours = {path for path in _present(into) if _is_ours(into / path, stack)}
    taken = [path for path in wanted if path not in ours and os.path.lexists(into / path)]
    if taken:
        raise SettingsRefused(_taken(into / path, stack) for path in taken)
    changed = [path for path, content in wanted.items() if path not in ours or _content(into / path) != content]
    removed = sorted(ours - wanted.keys())
    (into / PLACEHOLDERS).mkdir(parents=True, exist_ok=True)
    for path in changed:
        # Renamed into its place: a run that is cut off leaves no half of an object.
        beside = (into / path).with_suffix(f".{os.getpid()}.part")
        beside.write_text(wanted[path], encoding="utf-8", newline="\n")
        beside.replace(into / path)
    for path in removed:
        (into / path).unlink()
    return Written(len(wanted), tuple(changed), tuple(removed))


def _present(into: Path) -> list[str]:
    return [str(path.relative_to(into)) for place in (into, into / PLACEHOLDERS) for path in place.glob("*.yaml")]


def _is_ours(path: Path, stack: str) -> bool:
    """Whether an earlier render of `stack` wrote the file; a link is somebody else's, wherever it leads."""
    return stat.S_ISREG(path.lstat().st_mode) and _content(path).startswith(_head(stack))


def _content(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "replace")


def _taken(path: Path, stack: str) -> Mistake:
    found = "a link" if path.is_symlink() else "a directory" if path.is_dir() else "a file that no render of it wrote"
    return Mistake(str(path), "", found, f"no such file, or one of an earlier render of {stack}", "move it elsewhere")
