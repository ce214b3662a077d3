"""Who reads what in a plan: every variable and file of every container, and who else has the same."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from components.compose import Plan
from components.manifest import Manifest, markers_in, shown
from components.names import role
from contracts.environment import Variable
from contracts.index import Index
from contracts.objects import ref
from contracts.reading import Reading
from contracts.violation import Ref
from contracts.workload import Container, Workload

ENTRIES = {"ConfigMap": "data", "Secret": "stringData"}
"""Kind → where a plan has its keys."""


@dataclass(frozen=True)
class Reader:
    """A container that has the content of a key: as the variable, or in the file, `by`. `where` names the container,
    without the digest of a Job's name."""

    where: str
    by: str


def told(readers: Iterable[Reader], variable: str) -> str:
    """Readers in words, to who reads the same as `variable`."""
    found: dict[str, list[str]] = {}
    for reader in readers:
        found.setdefault(reader.where, []).append(reader.by)
    return ", ".join(where if by == [variable] else f"{where} as {' and '.join(by)}" for where, by in found.items())


class Wiring:
    """A plan, read once."""

    def __init__(self, plan: Plan) -> None:
        bodies = [shown(manifest.body) for manifest in plan.manifests]
        self.index = Index(bodies)
        self.manifests: dict[Ref, Manifest] = dict(zip(map(ref, bodies), plan.manifests, strict=True))
        places = {place: number for number, place in enumerate(self.manifests)}
        self.workloads = sorted(self.index.workloads, key=lambda workload: places[workload.ref])
        """In the order of the plan."""
        self._readers: dict[tuple[Ref, str], list[Reader]] = {}
        for workload in self.workloads:
            for container in workload.containers:
                for source, key, by in (*self._variables(workload, container), *self._files(workload, container)):
                    self._readers.setdefault((source, key), []).append(self.reader(workload, container, by))
        self._same: dict[Any, list[tuple[Ref, str]]] = {}
        for entry in self._readers:
            for marker in markers_in(self.value(*entry)):
                self._same.setdefault(marker, []).append(entry)

    def reader(self, workload: Workload, container: Container, by: str) -> Reader:
        """Who `container` is, to others."""
        name = role(self.manifests[workload.ref])
        return Reader(name if len(workload.containers) == 1 else f"{name}/{container.name}", by)

    def value(self, source: Ref, key: str) -> Any:
        """What the plan has under a key: a text, a marker, or None where it has no such key."""
        manifest = self.manifests.get(source)
        entries: Mapping[str, Any] = manifest.body.get(ENTRIES.get(source.kind, ""), {}) if manifest else {}
        return entries.get(key)

    def others(self, variable: Variable, reader: Reader) -> list[Reader]:
        """Who else has what `reader` has in `variable`: by the same key, or by another one with the same secret."""
        if variable.source is None:
            return []
        entry = (variable.source, variable.key)
        same = [other for marker in markers_in(self.value(*entry)) for other in self._same.get(marker, ())]
        found = [other for each in dict.fromkeys([entry, *same]) for other in self._readers.get(each, ())]
        return [other for other in dict.fromkeys(found) if other != reader]

    def _variables(self, workload: Workload, container: Container) -> Iterator[tuple[Ref, str, str]]:
        for variable in self.index.environment(workload, container).values():
            if variable.source is not None:
                yield variable.source, variable.key, variable.name

    def _files(self, workload: Workload, container: Container) -> Iterator[tuple[Ref, str, str]]:
        for reading in self.index.readings_of(workload):
            for mount in container.mounts:
                if reading.where.startswith(f"{workload.where}.volumes[{mount.volume}]."):
                    for key in self._keys(reading):
                        if not mount.sub_path or mount.sub_path == key:
                            yield reading.source, key, mount.path if mount.sub_path else f"{mount.path}/{key}"

    def _keys(self, reading: Reading) -> Iterable[str]:
        source = self.index.sources.of(reading.source)
        named = [key for key, where in reading.keys if ".items[" in where]
        return named or sorted(source.keys if source else ())
