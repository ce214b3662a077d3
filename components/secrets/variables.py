"""Variables of a container, each from a source of its own."""

from collections.abc import Mapping
from typing import Any

from components.manifest import Manifest
from components.names import Scope
from components.pod import from_secret
from components.secrets.made import marker, opaque
from components.settings.source import SecretSource


def variables(
    scope: Scope, name: str, sources: Mapping[str, SecretSource]
) -> tuple[list[Manifest], list[dict[str, Any]]]:
    """Variables → sources as the Secret `name` and variables that read it. One that is there is read where it is."""
    there = {variable: source.secret for variable, source in sources.items() if source.secret}
    entries: dict[str, Any] = {
        variable: marker(scope, source, f"{name}/{variable}")
        for variable, source in sources.items()
        if variable not in there
    }
    made = [opaque(scope, name, entries, scope.labels(name, "backup"))] if entries else []
    read = [from_secret(variable, at.name, at.key) for variable, at in there.items()]
    return made, read + [from_secret(variable, secret.name, variable) for secret in made for variable in entries]
