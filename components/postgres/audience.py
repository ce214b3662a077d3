"""Who else uses a database than the stack's own apps: clients of other namespaces, and readers of one role's Secret."""

from collections.abc import Mapping
from typing import Any

from components import network
from components.connection import Connection
from components.manifest import Manifest
from components.names import Scope
from components.settings.audience import Reader
from components.settings.database import Database

_RBAC = "rbac.authorization.k8s.io"
COMPONENT = "audience"


def _let_in(scope: Scope, database: Database, connection: Connection) -> list[Manifest]:
    """The database's end: the other namespace's own policies must let its pods out."""
    if not database.clients:
        return []
    accepts = [(client, connection.ports) for client in database.clients]
    return [network.workload(scope, f"{database.service}-elsewhere", connection.peers, accepts)]


def _may_read(scope: Scope, database: Database, reader: Reader, secret: str) -> list[Manifest]:
    """A Role for this Secret alone and to get it: to list Secrets is to read them all («RBAC Good Practices»)."""
    name = f"{database.service}-{reader.role}-readers"
    labels = scope.labels(database.service, COMPONENT)
    rules: list[dict[str, Any]] = [
        {"apiGroups": [""], "resources": ["secrets"], "resourceNames": [secret], "verbs": ["get"]}
    ]
    subjects = [
        {
            "kind": subject.kind,
            "name": subject.name,
            **({"namespace": subject.namespace} if subject.namespace else {"apiGroup": _RBAC}),
        }
        for subject in reader.subjects
    ]
    binding = {"roleRef": {"apiGroup": _RBAC, "kind": "Role", "name": name}, "subjects": subjects}
    return [
        scope.manifest(f"{_RBAC}/v1", "Role", name, {"rules": rules}, labels=labels),
        scope.manifest(f"{_RBAC}/v1", "RoleBinding", name, binding, labels=labels, after=(("Role", name),)),
    ]


def known(scope: Scope, database: Database) -> list[Manifest]:
    """The ServiceAccounts of other namespaces, as the settings say that they are there; none is made."""
    return [
        scope.within(subject.namespace).manifest("v1", "ServiceAccount", subject.name, {}, labels={})
        for reader in database.readers
        for subject in reader.subjects
        if subject.namespace not in (None, scope.namespace)
    ]


def render(scope: Scope, database: Database, connections: Mapping[str, Connection]) -> list[Manifest]:
    """The policy and the Roles that the settings ask for; nothing where they ask for none."""
    read = [
        made
        for reader in database.readers
        for made in _may_read(scope, database, reader, connections[reader.role].secret)
    ]
    return [*_let_in(scope, database, connections["app"]), *read]
