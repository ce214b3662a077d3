"""Where the variables of an app's containers are: its ConfigMap, its Secrets, and keys of Secrets of others."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from components import secrets
from components.connection import SECRET_FIELDS, Connection
from components.manifest import ELSEWHERE, Existing, Fingerprint, Manifest, Reference
from components.names import Scope, checksums
from components.pod import from_secret
from components.settings.app import App


@dataclass(frozen=True)
class Environment:
    """`whole` is read through envFrom, `keys` one by one. `of_role` is the object of the database's Secret among them,
    where an operator makes that."""

    whole: list[Manifest]
    keys: dict[str, Existing]
    of_role: Manifest | None

    def told_after(self, ready: Reference) -> "Environment":
        """The same, its Secrets changed only once there is `ready`: a container that is restarted before reads them."""
        whole = [replace(each, after=(*each.after, ready)) if each.kind == "Secret" else each for each in self.whole]
        return replace(self, whole=whole)

    @property
    def env_from(self) -> list[dict[str, Any]]:
        """The `envFrom` of a container."""
        return [
            {"configMapRef" if each.kind == "ConfigMap" else "secretRef": {"name": each.name}} for each in self.whole
        ]

    @property
    def env(self) -> list[dict[str, Any]]:
        """What belongs to the `env` of a container."""
        return [from_secret(variable, one.name, str(one.key)) for variable, one in self.keys.items()]

    @property
    def checksums(self) -> dict[str, str | Fingerprint]:
        """Annotations of the pods that read it (rule 7)."""
        others = [one for one in self.keys.values() if one.maker is None]
        return checksums(*self.whole, *([self.of_role] if self.of_role else []), *others)

    @property
    def reloaded(self) -> dict[str, str]:
        """Annotations of the workload, for what changes between two runs of the program."""
        elsewhere = [one.name for one in self.keys.values() if one.maker == ELSEWHERE]
        return secrets.reloaded(self.whole, self.of_role, dict.fromkeys(elsewhere))


def of_app(
    scope: Scope, name: str, app: App, connection: Connection, makers: Iterable[Manifest], labels: dict[str, str]
) -> Environment:
    """What the app reads, as the role of `connection`. `makers` are the objects of the database."""
    fields = {variable: (field, connection.field(field)) for variable, field in app.connection.fields.items()}
    plain = {variable: value for variable, (field, value) in fields.items() if field not in SECRET_FIELDS}
    hidden = {variable: value for variable, (field, value) in fields.items() if field in SECRET_FIELDS}
    role = secrets.of_role(connection, makers)
    keys = _keys(connection, app, role)
    for variable, source in app.secrets.items():
        marker = secrets.marker(scope, source, f"{name}/{variable}")
        if isinstance(marker, Existing):
            keys[variable] = marker
        hidden[variable] = marker
    entries = {variable: value for variable, value in hidden.items() if variable not in keys}
    data = {"data": {**app.variables, **plain, **connection.beside(app.connection.fields)}}
    config = scope.manifest("v1", "ConfigMap", app.config or f"{name}-config", data, labels=labels)
    parts = secrets.parted(scope, app.secret or f"{name}-secrets", entries, labels)
    return Environment([config, *parts], keys, role if keys else None)


def _keys(connection: Connection, app: App, role: Manifest | None) -> dict[str, Existing]:
    """Variable → key of the Secret of the database's role, where the engine does not know what is in it."""
    fields = app.connection.fields
    return secrets.keys_of_role(connection, fields, role) if role else secrets.keys_elsewhere(connection, fields)


def of_migration(
    scope: Scope,
    name: str,
    app: App,
    config: Manifest,
    owner: Connection,
    makers: Iterable[Manifest],
    labels: dict[str, str],
) -> Environment:
    """What the migration reads: the app's ConfigMap, and the same secret variables with the values of the owner."""
    role = secrets.of_role(owner, makers)
    keys = _keys(owner, app, role)
    hidden = {v: owner.field(field) for v, field in app.connection.fields.items() if field in SECRET_FIELDS}
    entries = {variable: value for variable, value in hidden.items() if variable not in keys}
    return Environment([config, secrets.opaque(scope, name, entries, labels)], keys, role)
