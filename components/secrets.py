"""Secrets: each states its keys now, and gets its values from markers when it is registered."""

import json
from collections.abc import Mapping

from components.connection import Connection
from components.manifest import Configured, Generated, Issued, Manifest, Secret, Text
from components.names import Scope
from components.settings.source import PullSecret, SecretSource


def opaque(
    scope: Scope,
    name: str,
    entries: Mapping[str, str | Secret | Text | Issued],
    labels: Mapping[str, str],
    secret_type: str = "Opaque",  # noqa: S107 (a type, no password)
) -> Manifest:
    """A Secret with these entries; kept where the stack keeps its data (rule 6)."""
    content = {"type": secret_type, "stringData": dict(entries)}
    return scope.manifest("v1", "Secret", name, content, labels=labels, keep=True)


def marker(source: SecretSource, owner: str) -> Secret:
    """The marker of a secret source; `owner` names what is generated, and stays when other secrets come and go."""
    if source.config is not None:
        return Configured(source.config)
    return Generated(owner, source.generate or 40)


def credentials(scope: Scope, connection: Connection, labels: Mapping[str, str]) -> Manifest:
    """The Secret with everything that is needed to connect as one role: always the same keys."""
    return opaque(scope, connection.secret, connection.secret_entries(), labels, "servicebinding.io/postgresql")


def pull_secret(scope: Scope, name: str, settings: PullSecret) -> Manifest:
    """An imagePullSecret. Kubernetes reads user and password as they are; the encoded `auth` is not needed."""
    password = marker(settings.password, f"{name}/password")
    registry, username = json.dumps(settings.registry), json.dumps(settings.username)
    head = f'{{"auths":{{{registry}:{{"username":{username},"password":"'
    entry = Text((head, password, '"}}}'), escape="json")
    labels = scope.labels(name, "registry")
    return opaque(scope, name, {".dockerconfigjson": entry}, labels, "kubernetes.io/dockerconfigjson")
