"""The database section's `external`: a database that another stack runs, or somebody else."""

import ipaddress
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from components.connection import SECRET_KEYS
from components.settings.mistakes import Misplaced
from components.settings.network import Cidr, Port
from components.settings.section import Section, rule
from components.settings.words import Label, LabelKey, LabelValue, ObjectName, ServiceName

Role = Literal["owner", "app", "reader"]

_PLAIN = ("host", "name", "secrets", "users", "pods", "cidr")
_NEEDED = ("host", "name", "secrets", "users")
_WRITTEN = "`stack` and `tenant`; or `host`, `name`, `secrets`, `users`, and one of `pods` and `cidr`"

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_SVC = re.compile(r"([^.]+)(?:\.([^.]+)\.svc(?:\..+)?)?")

UNUSED: dict[str, Any] = {
    "name": "elsewhere",
    "roles": {"owner": "elsewhere_owner", "app": "elsewhere_app", "reader": "elsewhere_reader"},
    "storage": {"claim": "elsewhere", "size": "1Gi"},
    "resources": {
        "requests": {"cpu": "10m", "memory": "256Mi"},
        "limits": {"cpu": "10m", "memory": "256Mi"},
    },
}
"""What the section must say of a server of the stack's own, and nobody asks where there is none.

`version` and `image` stay: psql of a migration's Job runs in that image. `service` is the value of the label by which
clients are let out. All else may be said, and is not used, so that one word is another topology.
"""


def _host(text: str) -> str:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        if len(text) > 253 or not re.fullmatch(
            r"([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)*[a-z0-9]([-a-z0-9]*[a-z0-9])?", text
        ):
            raise ValueError("allowed: a DNS name in lower case, or an address") from None
    return text


Name = Annotated[str, Field(min_length=1, max_length=63, pattern=r"^[^\s\"'\\/?#@:&%]+$")]
"""A database or a role that somebody else named: whatever a URL takes as it is."""


class Secrets(Section):
    """The Secret with each role's credentials, in the stack's namespace. Who runs a migration needs the owner's."""

    owner: ObjectName | None = None
    app: ObjectName
    reader: ObjectName | None = None


class Users(Section):
    """What each role is called in the database."""

    owner: Name | None = None
    app: Name
    reader: Name | None = None


class Pods(Section):
    """The pods that answer for `host`."""

    namespace: Label
    labels: dict[LabelKey, LabelValue] = Field(min_length=1)


class External(Section):
    """Exactly one of: another stack of this checkout and one of its tenants; or plain names for a database that
    nothing here describes.

    `role`: as whom apps connect to a tenant's database; one that migrates its own schema needs the owner.
    `keys`: what the Secrets of plain names have, of a credentials Secret's keys.
    `verify`: whether the outputs of the other stack are compared with what its file says, before anything is made.
    """

    stack: str | None = Field(default=None, min_length=1)
    tenant: ServiceName | None = None
    role: Role | None = None
    verify: bool = True
    host: Annotated[str, AfterValidator(_host)] | None = None
    port: Port = 5432
    name: Name | None = None
    sslmode: Literal["disable", "allow", "prefer", "require", "verify-ca", "verify-full"] = "require"
    secrets: Secrets | None = None
    users: Users | None = None
    keys: list[Literal["type", "provider", "host", "port", "database", "username", "password", "uri"]] = Field(
        default=list(SECRET_KEYS), min_length=1
    )
    pods: Pods | None = None
    cidr: Cidr | None = None

    @rule
    def _one(self) -> None:
        theirs = [field for field in ("stack", "tenant", "role") if getattr(self, field) is not None]
        plain = [field for field in _PLAIN if getattr(self, field) is not None]
        lacking = [field for field in (("stack", "tenant") if theirs else _NEEDED) if getattr(self, field) is None]
        if (theirs and plain) or lacking:
            found = " and ".join([*theirs, *plain]) or "none of them"
            raise ValueError(f"allowed: {_WRITTEN}; found {found}")
        if not theirs and (self.pods is None) == (self.cidr is None):
            found = "both" if self.pods else "none"
            raise ValueError(f"allowed: one of `pods` and `cidr`, to which clients are let out; found {found}")

    @rule
    def _fits_together(self) -> None:
        if self.pods and not self.service:
            raise ValueError(
                f"allowed: `pods` with a `host` that is a Service's, `service.namespace.svc`; found {self.host}, for "
                "which `cidr` says where it is"
            )

    @rule
    def _each_role_whole(self) -> None:
        if self.secrets is None or self.users is None:
            return
        for role in ("owner", "reader"):
            unknown = getattr(self.secrets, role) is None
            if unknown != (getattr(self.users, role) is None):
                raise ValueError(
                    f"allowed: `secrets.{role}` together with `users.{role}`; found only "
                    f"{'users' if unknown else 'secrets'}.{role}"
                )

    @property
    def service(self) -> tuple[str, str] | None:
        """(name, namespace) of the Service that `host` is, "" for the stack's own namespace; None where it is none."""
        found = _SVC.fullmatch(self.host or "")
        return (found[1], found[2] or "") if found else None

    @property
    def has_owner(self) -> bool:
        """Whether there are credentials for migrations."""
        return self.secrets is None or self.secrets.owner is not None


def refuse_beside(external: External, namespace: str, migrated: Sequence[str]) -> None:
    """Raise ValueError where `external` does not fit a stack of `namespace`, whose apps of `migrated` have a
    migration."""
    if migrated and not external.has_owner:
        raise Misplaced(
            "allowed: `secrets.owner` and `users.owner` where an app has a migration, which runs as the owner; "
            f"found neither, and {', '.join(migrated)} has one",
            *("database", "external"),
        )
    if external.pods and external.service:
        there = external.service[1] or namespace
        if there != external.pods.namespace:
            raise Misplaced(
                f"allowed: the namespace of the Service {external.host}, {there}, which leads to pods of its own "
                f"namespace only; found {external.pods.namespace}",
                *("database", "external", "pods", "namespace"),
            )


def filled(section: Any) -> Any:
    """The database section as it was written, with what an external one need not say."""
    if not isinstance(section, Mapping) or section.get("topology") != "external":
        return section
    return {**UNUSED, **section}
