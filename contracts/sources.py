"""What ConfigMaps and Secrets there will be, and with which keys: those of the set, and those that operators make."""

import base64
import binascii
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from contracts.known.controllers import filled_in
from contracts.known.operators import made_by, makes, maps_made_by, merged_by
from contracts.known.stated import stated
from contracts.near import Names
from contracts.objects import Plain, mapping, text
from contracts.violation import Ref


@dataclass(frozen=True, eq=False)
class Source:
    """A ConfigMap or Secret with its keys. `complete` is False where more keys may come than its maker states.

    `maker` is the object that it comes from: itself, or the one that makes an operator make it.
    """

    ref: Ref
    keys: frozenset[str]
    complete: bool
    maker: Ref

    @cached_property
    def names(self) -> Names:
        """Its keys, to be told, and to compare another with."""
        return Names(sorted(self.keys))


class Sources:
    """All ConfigMaps and Secrets of a set, by name. Values are kept for ConfigMaps, and for Secrets only on request."""

    def __init__(self, objects: Iterable[tuple[Ref, Plain]]) -> None:
        self._sources: dict[Ref, Source] = {}
        self._bodies: dict[Ref, Plain] = {}
        self._values: dict[Ref, dict[str, str]] = {}
        made: list[tuple[Ref, Plain]] = []
        for ref, body in objects:
            if ref.kind in {"ConfigMap", "Secret"}:
                self._add(ref, body)
            elif makes(ref, body):
                made.append((ref, body))
        for maker, body in made:
            for kind, several in (("Secret", made_by(maker, body)), ("ConfigMap", maps_made_by(maker, body))):
                for namespace, name, keys, complete in several:
                    ref = Ref(kind, namespace, name)
                    self._sources.setdefault(ref, Source(ref, keys, complete, maker))
        self._stated: dict[Ref, dict[str, str]] = {}
        for maker, body in made:
            self._stated.update(stated(maker, body))
            for namespace, name, keys, complete in merged_by(maker, body):
                if there := self._sources.get(Ref("Secret", namespace, name)):
                    self._sources[there.ref] = replace(
                        there, keys=there.keys | keys, complete=there.complete and complete
                    )

    def _add(self, ref: Ref, body: Plain) -> None:
        fields = ("data", "binaryData") if ref.kind == "ConfigMap" else ("data", "stringData")
        keys = frozenset(text(key) for field in fields for key in mapping(body.get(field)))
        more, complete = filled_in(ref.kind, body)
        self._sources[ref] = Source(ref, keys | more, complete, ref)
        self._bodies[ref] = body
        if ref.kind == "ConfigMap":
            data = mapping(body.get("data")).items()
            self._values[ref] = {key: text(value) for key, value in data if value is not None}

    def of(self, ref: Ref) -> Source | None:
        """The source at `ref`, or None where the set has none."""
        return self._sources.get(ref)

    def is_made_of(self, ref: Ref, kind: str) -> bool:
        """Whether the source at `ref` is made of an object of `kind`."""
        source = self._sources.get(ref)
        return source is not None and source.maker.kind == kind

    def names(self, kind: str, namespace: str) -> Sequence[str]:
        """The names of all sources of a kind in a namespace."""
        return self._names.get((kind, namespace), ())

    @cached_property
    def _names(self) -> dict[tuple[str, str], list[str]]:
        found: dict[tuple[str, str], list[str]] = defaultdict(list)
        for ref in self._sources:
            found[ref.kind, ref.namespace].append(ref.name)
        return found

    @cached_property
    def _places(self) -> dict[tuple[str, str], list[str]]:
        found: dict[tuple[str, str], list[str]] = defaultdict(list)
        for ref in self._sources:
            found[ref.kind, ref.name].append(ref.namespace)
        return found

    def namespaces_with(self, kind: str, name: str) -> Sequence[str]:
        """The namespaces that have, or will have, a source of that kind and name."""
        return self._places.get((kind, name), ())

    @cached_property
    def _holding(self) -> dict[tuple[str, str, str], list[str]]:
        found: dict[tuple[str, str, str], list[str]] = defaultdict(list)
        for ref, source in self._sources.items():
            for key in source.keys:
                found[ref.kind, ref.namespace, key].append(ref.name)
        return found

    def holding(self, kind: str, namespace: str, key: str) -> Sequence[str]:
        """The names of the sources of a kind in a namespace that have `key`."""
        return self._holding.get((kind, namespace, key), ())

    def value(self, ref: Ref, key: str) -> str | None:
        """The value of a ConfigMap's key; None for a Secret's, or one that is not there."""
        return self.values(ref).get(key)

    def values(self, ref: Ref) -> Mapping[str, str]:
        """Key → value of a ConfigMap; none of a Secret."""
        return self._values.get(ref, {})

    def secret_value(self, ref: Ref, key: str) -> str | None:
        """The value of a Secret's key, to be compared and never shown; None where it can't be known."""
        body = self._bodies.get(ref)
        if body is None:
            return self._stated.get(ref, {}).get(key)
        plain = mapping(body.get("stringData")).get(key)
        if plain is not None:
            return text(plain)
        try:
            return (decoded(text(mapping(body.get("data")).get(key))) or b"").decode() or None
        except UnicodeDecodeError:
            return None


def decoded(value: str) -> bytes | None:
    """The bytes behind base64, in which line breaks are nothing, as to the API server; None for what is none."""
    try:
        return base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
