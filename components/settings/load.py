"""From a stack's configuration to a System, or to the whole list of mistakes. The only reader of pulumi.Config."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from components.manifest import Configured
from components.settings.app import SecretSource
from components.settings.merge import merged, touches
from components.settings.mistakes import Mistake, SettingsRefused, allowed_keys, from_validation, nearest
from components.settings.system import System

PROJECT = "postgres-apps"
ROOT = Path(__file__).resolve().parent.parent.parent
_TEXTS = {"system", "environment"}
"""Keys whose value is a text as it stands; the others are structured."""


@dataclass(frozen=True)
class Configuration:
    """One stack's configuration: the patch on its system, and the names of the secrets that are set (no values)."""

    stack: str
    patch: dict[str, Any]
    secrets: frozenset[str]

    @property
    def file(self) -> str:
        return f"Pulumi.{self.stack}.yaml"


@dataclass(frozen=True)
class Stack:
    """A stack that decoded: its System, and the configured secrets that it names but that are not set yet."""

    name: str
    system: System
    unset: tuple[str, ...]


class _StrictLoader(yaml.SafeLoader):
    """YAML in which a key that stands twice is a mistake, where PyYAML silently takes the last."""


def _mapping(loader: _StrictLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node)
        if key in seen:
            raise yaml.constructor.ConstructorError(None, None, f"the key `{key}` stands twice", key_node.start_mark)
        seen.add(key)
    return dict(loader.construct_pairs(node, deep=True))


_StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read_yaml(path: Path) -> Any:
    """The content of one YAML file. Raises SettingsRefused when it is missing or does not parse."""
    try:
        return yaml.load(path.read_text(), _StrictLoader)  # noqa: S506 (a SafeLoader)
    except FileNotFoundError as error:
        siblings = sorted(p.name for p in path.parent.glob("*.yaml"))
        mistake = Mistake(path.name, "", "no such file", ", ".join(siblings), nearest(path.name, siblings))
        raise SettingsRefused([mistake]) from error
    except yaml.YAMLError as error:
        raise SettingsRefused([Mistake(path.name, "", "no valid YAML", " ".join(str(error).split()))]) from error


def from_file(stack: str, root: Path = ROOT) -> Configuration:
    """The configuration of `stack` from its file, without the CLI; `secure:` values count as set secrets."""
    content = read_yaml(root / f"Pulumi.{stack}.yaml")
    config = content.get("config") if isinstance(content, dict) else None
    patch: dict[str, Any] = {}
    secrets: set[str] = set()
    for full_key, value in (config or {}).items():
        project, _, key = str(full_key).partition(":")
        if project != PROJECT:
            continue
        if isinstance(value, dict) and set(value) == {"secure"}:
            secrets.add(key)
        else:
            patch[key] = value
    return Configuration(stack, patch, frozenset(secrets))


def from_engine() -> Configuration:
    """The configuration that the engine gave to this program. Structured values come as JSON texts."""
    import pulumi  # noqa: PLC0415 (the checks without a cluster must not pay for it)
    from pulumi.runtime import config as runtime_config  # noqa: PLC0415

    patch: dict[str, Any] = {}
    secrets: set[str] = set()
    stack = pulumi.get_stack()
    for full_key, value in runtime_config.CONFIG.get().items():
        project, _, key = full_key.partition(":")
        if project != PROJECT:
            continue
        if runtime_config.is_config_secret(full_key):
            secrets.add(key)
        elif key in _TEXTS or not isinstance(value, str):
            patch[key] = value
        else:
            try:
                patch[key] = json.loads(value)
            except ValueError:
                # A text where a mapping belongs: decode() says so with what is allowed.
                patch[key] = value
    return Configuration(stack, patch, frozenset(secrets))


def configured_secret(key: str) -> Any:
    """The value of one secret of the configuration, as an Output that stays secret."""
    import pulumi  # noqa: PLC0415

    return pulumi.Config(PROJECT).require_secret(key)


def systems(root: Path = ROOT) -> list[str]:
    """The names that `system` may take."""
    return sorted(path.stem for path in (root / "systems").glob("*.yaml"))


def decode(configuration: Configuration, root: Path = ROOT) -> Stack:
    """The System of one stack. Raises SettingsRefused with every mistake in either of its two files."""
    patch = dict(configuration.patch)
    name = patch.pop("system", None)
    if name not in systems(root):
        found = repr(name) if name is not None else "nothing"
        do = nearest(str(name), systems(root)) or f"`pulumi config set system NAME -s {configuration.stack}`"
        raise SettingsRefused([Mistake(configuration.file, "system", found, ", ".join(systems(root)), do)])
    system_file = f"systems/{name}.yaml"
    base = read_yaml(root / system_file)

    def file_of(path: tuple[str, ...]) -> str:
        return configuration.file if touches(patch, path) else system_file

    # The engine hands a bare null on as an empty text, so it can't remove a section; inside one it can.
    if empty := [key for key, value in patch.items() if value in (None, "")]:
        raise SettingsRefused(_empty(configuration.file, key) for key in empty)
    whole = merged(base, patch)
    try:
        system = System.model_validate(whole)
    except ValidationError as error:
        mistakes = from_validation(error, System, file_of)
        raise SettingsRefused(mistakes + _unread_secrets(configuration, _named_loosely(whole))) from error
    named = {source.key for source in configured(system)}
    if unread := _unread_secrets(configuration, named):
        raise SettingsRefused(unread)
    return Stack(configuration.stack, system, tuple(sorted(named - configuration.secrets)))


def _empty(file: str, key: str) -> Mistake:
    do = "delete the key; or, to remove entries of the system's, name them: `{entry: null}`"
    return Mistake(file, key, "no value", "a value", do)


def require_secrets(stack: Stack) -> None:
    """Raise SettingsRefused when a configured secret that `stack` needs is not set."""
    if stack.unset:
        raise SettingsRefused(
            Mistake(f"Pulumi.{stack.name}.yaml", key, "nothing", "a secret", f"`pulumi config set --secret {key}`")
            for key in stack.unset
        )


def configured(system: System) -> list[Configured]:
    """Every secret that `system` takes from Pulumi's configuration."""
    sources: list[SecretSource] = [source for app in system.apps.values() for source in app.secrets.values()]
    sources += [pull.password for pull in system.pull_secrets.values()]
    return [Configured(source.config) for source in sources if source.config]


def _named_loosely(value: Any) -> set[str]:
    """Config keys named anywhere in settings that did not decode; so that one mistake does not cause a second."""
    if not isinstance(value, dict):
        return set()
    here = {value["config"]} if isinstance(value.get("config"), str) else set()
    return here.union(*(_named_loosely(item) for item in value.values()))


def _unread_secrets(configuration: Configuration, named: set[str]) -> list[Mistake]:
    return [
        Mistake(
            configuration.file,
            key,
            f"the secret `{key}`, which nothing reads",
            ", ".join(sorted(named)) or "no secret at all",
            nearest(key, named | set(allowed_keys(System))) or f"`pulumi config rm {key} -s {configuration.stack}`",
        )
        for key in sorted(configuration.secrets - named)
    ]
