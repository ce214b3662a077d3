"""A Manifest is a plain Kubernetes object; what is secret in it is a marker that says where its value will come from.

Markers have no value at plan time, so nothing that renders, prints or judges manifests can leak one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Generated:
    """A password that the engine makes once and keeps: letters and digits, so it is safe in a URL (rule 3).

    `kept`: it is protected where the stack keeps its data (rule 6).
    """

    name: str
    length: int = 40
    kept: bool = True


@dataclass(frozen=True)
class Configured:
    """A secret of Pulumi's configuration: `pulumi config set --secret <key>`."""

    key: str


@dataclass(frozen=True)
class Existing:
    """One key of a Secret that this program does not make: the engine reads it. Without `key`, all of it as one text.

    `maker`: the object of this plan of which an operator makes the Secret; None where somebody else keeps it;
    ELSEWHERE where whoever runs an external database does: pods read that, and the engine does not.
    """

    namespace: str
    name: str
    key: str | None
    maker: "Reference | None" = None


@dataclass(frozen=True)
class Infisical:
    """A secret of a folder of Infisical, which its operator fetches."""

    path: str
    key: str


@dataclass(frozen=True)
class External:
    """A value of the store that External Secrets reads; `property` is one of several that stand under `key`."""

    key: str
    property: str | None = None


@dataclass(frozen=True)
class Sealed:
    """What `kubeseal` made of a secret: only the controller of Sealed Secrets can open it, so anybody may see it."""

    ciphertext: str


Operated = Infisical | External | Sealed
"""What only an operator in the cluster knows: it has no value here, not even when it is registered."""

Secret = Generated | Configured | Existing | Operated


@dataclass(frozen=True)
class Issued:
    """One PEM text of a certificate that the engine makes, keeps, and renews by an `up` in the last third of its time.

    `authority`: name of the CA that signs it, made with its first certificate. `name`: the certificate's own, one in
    the stack. `hosts`: the DNS names and IP addresses that it speaks for. `days`: how long it is valid.
    `part`: "ca.crt" is the authority's certificate, "tls.key" the private key in PKCS #8.
    Two that say different things about one `name` are refused by `compose`.
    """

    authority: str
    name: str
    hosts: tuple[str, ...]
    days: int
    part: Literal["tls.crt", "tls.key", "ca.crt"]


@dataclass(frozen=True)
class Text:
    """A text with secrets in it. `escape` says how they are written into it: as they are, in JSON, or in a URL."""

    parts: tuple[str | Secret, ...]
    escape: Literal["none", "json", "url"] = "none"


@dataclass(frozen=True)
class Fingerprint:
    """What changes when one of `of` changes, and tells nothing about it: an HMAC whose key is a secret of the stack."""

    of: tuple[str | Secret | Text | Issued, ...]


Marker = Secret | Issued | Text | Fingerprint

SECRET_MAKERS = frozenset({"ExternalSecret", "InfisicalSecret", "InfisicalStaticSecret", "SealedSecret"})
"""Kinds of objects of each of which an operator makes one Secret of the same name."""

Reference = tuple[str, str]
"""(kind, name) of an object in the same plan; (kind, namespace/name) of one outside the stack's own namespace."""


ELSEWHERE: Reference = ("Secret", "of whoever runs the database")


@dataclass(frozen=True)
class Manifest:
    """One object to be applied.

    `after`: what must be ready before it. `keep`: it survives `pulumi destroy`, which is refused (rule 6).
    `frozen`: paths of properties that stay as they were made whatever the program says later, as
    `spec.volumeClaimTemplates` of a StatefulSet, which Kubernetes lets nobody change.
    `outside`: it is in another namespace than the stack's own. `adopted`: it may be there already, made by somebody
    else, and stays when the stack no longer names it.
    """

    body: Mapping[str, Any]
    after: tuple[Reference, ...] = ()
    keep: bool = False
    frozen: tuple[str, ...] = ()
    outside: bool = False
    adopted: bool = False

    @property
    def kind(self) -> str:
        return self.body["kind"]

    @property
    def name(self) -> str:
        return self.body["metadata"]["name"]

    @property
    def namespace(self) -> str | None:
        """None for an object that has no namespace."""
        return self.body["metadata"].get("namespace")

    @property
    def reference(self) -> Reference:
        """By which others wait for it: for the Secret, whoever makes it."""
        kind = "Secret" if self.kind in SECRET_MAKERS else self.kind
        return kind, f"{self.namespace}/{self.name}" if self.outside and self.namespace else self.name


def markers_in(value: Any) -> Iterator[Secret | Issued]:
    """Every marker in a value of any depth that has a value of its own, in the order of appearance."""
    match value:
        case Generated() | Configured() | Existing() | Infisical() | External() | Sealed() | Issued():
            yield value
        case Text(parts=parts) | Fingerprint(of=parts):
            yield from markers_in(parts)
        case Mapping():
            for item in value.values():
                yield from markers_in(item)
        case list() | tuple():
            for item in value:
                yield from markers_in(item)


def secrets_in(value: Any) -> Iterator[Secret]:
    """Every password of markers_in(value): each but the certificates."""
    return (marker for marker in markers_in(value) if not isinstance(marker, Issued))


def shown(value: Any) -> Any:
    """`value` as plain data for a person: each marker as `<generated NAME>`, `<configured KEY>`, …"""
    match value:
        case Text(parts=parts):
            return "".join(str(shown(part)) for part in parts)
        case Fingerprint():
            return "<fingerprint of the secrets>"
        case Mapping():
            return {key: shown(item) for key, item in value.items()}
        case list() | tuple():
            return [shown(item) for item in value]
    return _told(value)


def _told(value: Any) -> Any:
    match value:
        case Generated(name=name):
            return f"<generated {name}>"
        case Configured(key=key):
            return f"<configured {key}>"
        case Existing(name=name, key=key):
            return f"<existing {name} {key}>"
        case Infisical(path=path, key=key):
            return f"<infisical {path} {key}>"
        case External(key=key):
            return f"<external {key}>"
        case Sealed():
            return "<sealed>"
        case Issued(name=name, part=part):
            return f"<certificate {name}: {part}>"
    return value
