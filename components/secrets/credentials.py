"""Secrets whose keys somebody else has laid down: those of a database's role, and those of an image registry."""

import json
from collections.abc import Mapping

from components.connection import Connection
from components.manifest import Manifest, Text
from components.names import Scope
from components.secrets.made import marker, named, opaque
from components.settings.source import PullSecret


def credentials(scope: Scope, connection: Connection, labels: Mapping[str, str], *, held: bool = True) -> Manifest:
    """What there is the Secret of with everything that is needed to connect as one role: always the same keys.

    `held`: a password from an operator is fetched when the object is made or somebody asks, because PostgreSQL learns
    of a new one by `pulumi up` only. `connection.secret` is the Secret's whole name, as `name_of` has it.
    """
    entries, secret_type = connection.secret_entries(), "servicebinding.io/postgresql"
    return named(scope, connection.secret, entries, labels, secret_type, held=held)


def pull_secret(scope: Scope, name: str, settings: PullSecret) -> Manifest:
    """An imagePullSecret. Kubernetes reads user and password as they are; the encoded `auth` is not needed."""
    password = marker(scope, settings.password, f"{name}/password")
    registry, username = json.dumps(settings.registry), json.dumps(settings.username)
    head = f'{{"auths":{{{registry}:{{"username":{username},"password":"'
    entry = Text((head, password, '"}}}'), escape="json")
    labels = scope.labels(name, "registry")
    return opaque(scope, name, {".dockerconfigjson": entry}, labels, "kubernetes.io/dockerconfigjson")
