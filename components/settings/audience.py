"""Who else may use a database: clients of other namespaces, and who may read a role's Secret."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from components.settings.network import Peer
from components.settings.section import Section, rule
from components.settings.words import Label

_EVERYBODY = frozenset({"system:authenticated", "system:unauthenticated", "system:serviceaccounts", "system:anonymous"})


class Client(Peer):
    """Pods of another namespace, or a network, that are let through to the database's port."""


class Subject(Section):
    """Who is bound to a Role (kubernetes.io/docs, «Using RBAC Authorization», RoleBinding); `namespace` is a
    ServiceAccount's."""

    kind: Literal["User", "Group", "ServiceAccount"]
    name: Annotated[str, Field(min_length=1, max_length=253)]
    namespace: Label | None = None

    @rule
    def _of_a_namespace(self) -> None:
        if (self.kind == "ServiceAccount") != (self.namespace is not None):
            raise ValueError("allowed: `namespace` for a ServiceAccount, and for nobody else")
        if self.name == "system:masters" or self.name in _EVERYBODY:
            raise ValueError(f"allowed: somebody in particular; {self.name} may do everything, or is everybody")


class Reader(Section):
    """Who may read the Secret with one role's credentials, and no other. The superuser's is nobody's to know."""

    role: Literal["owner", "app", "reader"]
    subjects: list[Subject] = Field(min_length=1)


def check_readers(readers: Sequence[Reader]) -> None:
    """Raise ValueError where one role is listed twice: its Role and RoleBinding have its name."""
    roles = [reader.role for reader in readers]
    if twice := sorted({role for role in roles if roles.count(role) > 1}):
        raise ValueError(
            f"allowed: each role once in `readers`, with all its subjects; found twice: {', '.join(twice)}"
        )
