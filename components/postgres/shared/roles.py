"""Roles that the operator makes and keeps: inline in the Cluster, or each an object of its own from 1.30 on."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from components.manifest import Manifest
from components.names import Scope

_API = "postgresql.cnpg.io/v1"


@dataclass(frozen=True)
class Role:
    """A role that may log in. `secret` is the name of the Secret with its password; `comment` says whose it is."""

    name: str
    secret: str
    comment: str

    @property
    def spec(self) -> dict[str, Any]:
        """As the operator is told, inline or not («PostgreSQL Role management»)."""
        return {
            "name": self.name,
            "ensure": "present",
            "comment": self.comment,
            "login": True,
            "passwordSecret": {"name": self.secret},
        }


def objects(scope: Scope, cluster: str, roles: Iterable[Role], labels: dict[str, str]) -> list[Manifest]:
    """A DatabaseRole for each of `roles` of the Cluster. The role stays when it goes: what it owns is data."""
    return [
        scope.manifest(
            _API,
            "DatabaseRole",
            # A role may have underscores, an object may not.
            f"{cluster}-{role.name.replace('_', '-').strip('-')}",
            {"spec": {**role.spec, "cluster": {"name": cluster}, "databaseRoleReclaimPolicy": "retain"}},
            labels=labels,
            annotations={"pulumi.com/waitFor": "jsonpath={.status.applied}=true"},
            after=(("Secret", role.secret), ("Cluster", cluster)),
        )
        for role in roles
    ]
