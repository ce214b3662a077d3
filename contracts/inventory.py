"""The objects of a set by kind, namespace and name."""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from functools import cached_property
from typing import Any, TypeVar

from contracts.known.builtin import may_make_pods
from contracts.known.cloudnativepg import made
from contracts.known.cloudnativepg.made import Pods
from contracts.near import Names
from contracts.objects import Plain, at, flattened, is_same, mapping, ref, text
from contracts.violation import Ref


class Inventory:
    """All objects by kind, namespace and name.

    `default_namespace` is where objects go that name none. `committed` was read from files that version control keeps;
    whoever reads files may tell.
    """

    def __init__(
        self, documents: Iterable[object], default_namespace: str = "default", committed: Collection[Ref] = ()
    ) -> None:
        self.objects: dict[Ref, Plain] = {}
        self.twice: list[Ref] = []
        self.committed = frozenset(committed)
        self.answers: dict[Hashable, Any] = {}
        """What `once` keeps."""
        for body in flattened(documents):
            key = ref(body, default_namespace)
            if key in self.objects and is_same(self.objects[key], body):
                self.twice.append(key)
            self.objects[key] = body
        self.makers: dict[Ref, Ref] = {}
        """Service → the object of which CloudNativePG makes it; the set need not have it."""
        self.contested: list[tuple[Ref, Ref]] = []
        """(Service, the object of which CloudNativePG would make it), where somebody else has it already."""
        self._add_made(default_namespace)
        self._by_kind: dict[str, list[Ref]] = defaultdict(list)
        self._in_namespace: dict[tuple[str, str], list[Ref]] = defaultdict(list)
        for key in self.objects:
            self._by_kind[key.kind].append(key)
            self._in_namespace[key.kind, key.namespace].append(key)
        self._names: dict[tuple[str, str], Names] = {}
        self._namespace_labels: dict[str, Plain] = {}

    def _add_made(self, default_namespace: str) -> None:
        """Add the Services that CloudNativePG makes; those that were read from a cluster have an owner."""
        for maker in [key for key in self.objects if key.kind in {"Cluster", "Pooler"}]:
            for body in made.services(maker, self.objects[maker]):
                key = ref(body, default_namespace)
                there = self.objects.setdefault(key, body)
                if key in self.makers or not at(there, "metadata", "ownerReferences"):
                    self.contested.append((key, maker))
                else:
                    self.makers[key] = maker

    def refs(self, kind: str, namespace: str | None = None) -> list[Ref]:
        """The objects of one kind, in one namespace or in all."""
        found = self._by_kind.get(kind, ()) if namespace is None else self._in_namespace.get((kind, namespace), ())
        return list(found)

    def names(self, kind: str, namespace: str) -> Names:
        """The names of the objects of one kind in one namespace, to compare another with."""
        key = kind, namespace
        if key not in self._names:
            self._names[key] = Names(sorted(ref.name for ref in self._in_namespace.get(key, ())))
        return self._names[key]

    def get(self, kind: str, namespace: str, name: str) -> Plain | None:
        """One object, or None."""
        return self.objects.get(Ref(kind, namespace, name))

    @cached_property
    def made(self) -> list[Pods]:
        """The pods that CloudNativePG makes. They are selected and reached as any; what is in them is the operator's
        business, so no contract judges it."""
        makers = [*self.refs("Cluster"), *self.refs("Pooler")]
        return [pods for maker in makers for pods in made.pods(maker, self.objects[maker])]

    @cached_property
    def _made_in(self) -> dict[str, list[Pods]]:
        return _by(self.made, lambda pods: pods.ref.namespace)

    @cached_property
    def _made_of(self) -> dict[Ref, list[Pods]]:
        return _by(self.made, lambda pods: pods.ref)

    def made_in(self, namespace: str) -> Sequence[Pods]:
        """Those in one namespace."""
        return self._made_in.get(namespace, ())

    def made_of(self, maker: Ref) -> Sequence[Pods]:
        """Those of one Cluster or Pooler."""
        return self._made_of.get(maker, ())

    @cached_property
    def pod_makers(self) -> dict[str, set[str]]:
        """Namespace → names and kinds of the objects of which an operator may make pods."""
        found: dict[str, set[str]] = defaultdict(set)
        for key, body in self.objects.items():
            if may_make_pods(body):
                found[key.namespace] |= {key.name, key.kind}
        return found

    @cached_property
    def _namespaces_with(self) -> dict[tuple[str, str], list[str]]:
        found: dict[tuple[str, str], list[str]] = defaultdict(list)
        for key in self.objects:
            found[key.kind, key.name].append(key.namespace)
        return found

    def namespaces_with(self, kind: str, name: str) -> Sequence[str]:
        """The namespaces that have an object of that kind and name."""
        return self._namespaces_with.get((kind, name), ())

    @cached_property
    def namespaces(self) -> set[str]:
        """The namespaces that some object of the set is in."""
        return {key.namespace for key in self.objects if key.namespace} | {key.name for key in self.refs("Namespace")}

    def namespace_labels(self, namespace: str) -> Plain:
        """The labels of a namespace, with the one that the API server gives to each."""
        if namespace not in self._namespace_labels:
            body = self.get("Namespace", "", namespace)
            own = {"kubernetes.io/metadata.name": text(namespace)}
            self._namespace_labels[namespace] = {**mapping(at(body, "metadata", "labels")), **own}
        return self._namespace_labels[namespace]


Key = TypeVar("Key", bound=Hashable)


def _by(every: Iterable[Pods], key: Callable[[Pods], Key]) -> dict[Key, list[Pods]]:
    found: dict[Key, list[Pods]] = defaultdict(list)
    for pods in every:
        found[key(pods)].append(pods)
    return found
