"""A Manifest is a plain Kubernetes object; what is secret in it is a marker that says where its value will come from.

Markers have no value at plan time, so nothing that renders, prints or judges manifests can leak one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Generated:
    """A password that the engine makes once and keeps: letters and digits, so it is safe in a URL (rule 3)."""

    name: str
    length: int = 40


@dataclass(frozen=True)
class Configured:
    """A secret of Pulumi's configuration: `pulumi config set --secret <key>`."""

    key: str


Secret = Generated | Configured


@dataclass(frozen=True)
class Text:
    """A text with secrets in it. `escape` says how they are written into it: as they are, in JSON, or in a URL."""

    parts: tuple[str | Secret, ...]
    escape: Literal["none", "json", "url"] = "none"


@dataclass(frozen=True)
class Fingerprint:
    """What changes when one of `of` changes, and tells nothing about it: an HMAC whose key is a secret of the stack."""

    of: tuple[str | Secret | Text, ...]


Marker = Generated | Configured | Text | Fingerprint

Reference = tuple[str, str]
"""(kind, name) of an object in the same plan."""


@dataclass(frozen=True)
class Manifest:
    """One object to be applied.

    `after`: what must be ready before it. `keep`: it survives `pulumi destroy`, which is refused (rule 6).
    """

    body: Mapping[str, Any]
    after: tuple[Reference, ...] = ()
    keep: bool = False

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
        return self.kind, self.name


def secrets_in(value: Any) -> Iterator[Secret]:
    """Every Generated and Configured in a value of any depth, in the order of appearance."""
    match value:
        case Generated() | Configured():
            yield value
        case Text(parts=parts) | Fingerprint(of=parts):
            yield from secrets_in(parts)
        case Mapping():
            for item in value.values():
                yield from secrets_in(item)
        case list() | tuple():
            for item in value:
                yield from secrets_in(item)


def shown(value: Any) -> Any:
    """`value` as plain data for a person: each marker as `<generated NAME>`, `<configured KEY>`, …"""
    match value:
        case Generated(name=name):
            return f"<generated {name}>"
        case Configured(key=key):
            return f"<configured {key}>"
        case Text(parts=parts):
            return "".join(str(shown(part)) for part in parts)
        case Fingerprint():
            return "<fingerprint of the secrets>"
        case Mapping():
            return {key: shown(item) for key, item in value.items()}
        case list() | tuple():
            return [shown(item) for item in value]
    return value
