"""From a stack's configuration to a System, or to the whole list of mistakes."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from components.manifest import Configured
from components.settings.configuration import ROOT, Configuration, from_engine, from_file, stacks
from components.settings.consumed import refuse_unfit
from components.settings.document import read_yaml
from components.settings.merge import decided_by, merged
from components.settings.mistakes import Mistake, SettingsRefused, allowed_keys, from_validation, nearest
from components.settings.schema import mistakes_in
from components.settings.sources import sources_in
from components.settings.system import System

__all__ = [
    "ROOT",
    "Configuration",
    "Stack",
    "decode",
    "from_engine",
    "from_file",
    "provider_of",
    "require_secrets",
    "stacks",
    "systems",
]


@dataclass(frozen=True)
class Stack:
    """A stack that decoded: its System, and the configured secrets that it names but that are not set yet. `provider`
    is the System of the stack whose database it consumes."""

    name: str
    system: System
    unset: tuple[str, ...]
    provider: System | None = None


def systems(root: Path = ROOT) -> list[str]:
    """The names that `system` may take."""
    return sorted(path.stem for path in (root / "systems").glob("*.yaml"))


def decode(configuration: Configuration, root: Path = ROOT) -> Stack:
    """The System of one stack, and of the one that it consumes. Raises SettingsRefused with every mistake in either of
    its two files, and then with every one in the other's."""
    system, unset = _decoded(configuration, root)
    return Stack(configuration.stack, system, unset, provider_of(configuration.stack, system, root))


def provider_of(stack: str, system: System, root: Path = ROOT) -> System | None:
    """The System of the stack whose tenant's database `system`, of `stack`, consumes; None where it consumes none.

    Its own provider is not looked for: who runs a shared Cluster has none. Raises SettingsRefused.
    """
    external = system.database.external
    if not system.database.is_external or external is None or external.stack is None:
        return None
    others = [name for name in stacks(root) if name != stack]
    if external.stack not in others:
        do = nearest(external.stack, others)
        path = "database.external.stack"
        raise SettingsRefused([Mistake(f"Pulumi.{stack}.yaml", path, repr(external.stack), ", ".join(others), do)])
    provider, _ = _decoded(from_file(external.stack, root), root)
    refuse_unfit(stack, system, provider)
    return provider


def _decoded(configuration: Configuration, root: Path) -> tuple[System, tuple[str, ...]]:
    patch = dict(configuration.patch)
    name = patch.pop("system", None)
    if name not in systems(root):
        found = repr(name) if name is not None else "nothing"
        do = nearest(str(name), systems(root)) or f"`pulumi config set system NAME -s {configuration.stack}`"
        raise SettingsRefused([Mistake(configuration.file, "system", found, ", ".join(systems(root)), do)])
    system_file = f"systems/{name}.yaml"
    base = read_yaml(root / system_file, system_file)

    def file_of(path: tuple[str, ...]) -> str:
        by_system, by_stack = decided_by(base, patch, path)
        files = [configuration.file] * by_stack + [system_file] * by_system
        return " on ".join(files)

    mistakes = _plain_secrets(configuration, patch, _named_loosely(merged(base, patch)))
    # The engine hands a bare null on as an empty text, so it can't remove a section; inside one it can.
    for key in [key for key, value in patch.items() if value in (None, "")]:
        mistakes.append(_empty(configuration.file, key))
        del patch[key]
    whole = merged(base, patch)
    try:
        system = System.model_validate(whole, context={"root": root})
    except ValidationError as error:
        mistakes += from_validation(error, System, file_of) + _unread_secrets(configuration, _named_loosely(whole))
        raise SettingsRefused(mistakes) from None
    named = {source.key for source in configured(system)}
    mistakes += _unread_secrets(configuration, named) + mistakes_in(system.database.schema_, system.database.version)
    if mistakes:
        raise SettingsRefused(mistakes)
    return system, tuple(sorted(named - configuration.secrets))


def _empty(file: str, key: str) -> Mistake:
    do = "delete the key; or, to remove entries of the system's, name them: `{entry: null}`"
    return Mistake(file, key, "no value", "a value", do)


def _plain_secrets(configuration: Configuration, patch: dict[str, Any], named: set[str]) -> list[Mistake]:
    """Secrets that stand in the file as anybody can read them; they are taken out of `patch`."""
    found = sorted(key for key in patch if key in named and key not in allowed_keys(System))
    for key in found:
        del patch[key]
    return [
        Mistake(
            configuration.file,
            key,
            "a secret in plain text (not repeated here)",
            "an encrypted value",
            f"`pulumi config set --secret {key} -s {configuration.stack}`, with a new one if the file was shared",
        )
        for key in found
    ]


def require_secrets(stack: Stack) -> None:
    """Raise SettingsRefused when a configured secret that `stack` needs is not set."""
    if stack.unset:
        raise SettingsRefused(
            Mistake(f"Pulumi.{stack.name}.yaml", key, "nothing", "a secret", f"`pulumi config set --secret {key}`")
            for key in stack.unset
        )


def configured(system: System) -> list[Configured]:
    """Every secret that `system` takes from Pulumi's configuration."""
    return [Configured(source.config) for _, source in sources_in(system) if source.config]


def _named_loosely(value: Any) -> set[str]:
    """Config keys named anywhere in settings that did not decode; so that one mistake does not cause a second."""
    if not isinstance(value, dict):
        return set()
    here = {value["config"]} if isinstance(value.get("config"), str) else set()
    return here.union(*(_named_loosely(item) for item in value.values()))


def _unread_secrets(configuration: Configuration, named: set[str]) -> list[Mistake]:
    return [_unread(configuration, key, named) for key in sorted(configuration.secrets - named)]


def _unread(configuration: Configuration, key: str, named: set[str]) -> Mistake:
    if key in allowed_keys(System):
        do = "keep secrets in keys of their own, which the settings name: `{config: KEY}`"
        return Mistake(configuration.file, key, "an encrypted value in the settings", "settings in clear", do)
    found = f"the secret `{key}`, which nothing reads"
    do = nearest(key, named) or f"`pulumi config rm {key} -s {configuration.stack}`"
    return Mistake(configuration.file, key, found, ", ".join(sorted(named)) or "no secret at all", do)
