"""A stack's configuration as it was given: by its file, or by the engine. The only reader of pulumi.Config."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from components.settings.document import read_yaml
from components.settings.mistakes import Mistake, SettingsRefused, described, nearest

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


def stacks(root: Path = ROOT) -> list[str]:
    """The names of the stacks that have a file."""
    return sorted(path.name.removeprefix("Pulumi.").removesuffix(".yaml") for path in root.glob("Pulumi.?*.yaml"))


def _entries(stack: str, root: Path) -> dict[str, Any]:
    """The `config` of one stack's file, with full keys. Raises SettingsRefused when it can't be had."""
    file = f"Pulumi.{stack}.yaml"
    if stack not in stacks(root):
        raise SettingsRefused(
            [Mistake(file, "", "no such stack", ", ".join(stacks(root)), nearest(stack, stacks(root)))]
        )
    content = read_yaml(root / file, file)
    config = content.get("config") if isinstance(content, dict) else content
    if config is not None and not isinstance(config, dict):
        raise SettingsRefused([Mistake(file, "config", described(config, ()), f"a mapping of {PROJECT}:KEY")])
    return {str(key): value for key, value in (config or {}).items()}


def _misnamed(stack: str, key: str) -> Mistake | None:
    """A key of no project, or of one that nobody has but who mistypes this one's."""
    project, colon, rest = key.partition(":")
    do = f"write `{PROJECT}:{rest or project}`"
    if not colon or (project != PROJECT and nearest(project, [PROJECT])):
        return Mistake(f"Pulumi.{stack}.yaml", key, f"the key `{key}`", f"{PROJECT}:KEY", do)
    return None


def _holds_secure(value: Any) -> bool:
    """Whether there is an encrypted value in `value`; the engine then hands all of it over as one secret."""
    if isinstance(value, dict):
        return set(value) == {"secure"} or any(map(_holds_secure, value.values()))
    return isinstance(value, list) and any(map(_holds_secure, value))


def from_file(stack: str, root: Path = ROOT) -> Configuration:
    """The configuration of `stack` from its file, without the CLI; `secure:` values count as set secrets."""
    patch: dict[str, Any] = {}
    secrets: set[str] = set()
    entries = _entries(stack, root)
    if misnamed := [mistake for key in entries if (mistake := _misnamed(stack, key))]:
        raise SettingsRefused(misnamed)
    for full_key, value in entries.items():
        project, _, key = full_key.partition(":")
        if project != PROJECT:
            continue
        if _holds_secure(value):
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
