"""What goes from which object to which: the wiring of a set as edges, each with the places in the objects that make it.

A finding of the contracts is told for a place; so it says which edges it breaks.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from contracts.catalogue.wiring.backends import backends
from contracts.clients import Client, clients
from contracts.index import Index
from contracts.mounting import claim_of, templates
from contracts.objects import at, items, mappings, text
from contracts.reach import reached, service_ports
from contracts.reading import Reading
from contracts.violation import Ref, Violation
from contracts.workload import Workload


class End(NamedTuple):
    """One end of an edge: an object, or one container of a workload."""

    object: Ref
    container: str = ""


class Place(NamedTuple):
    """A field of an object; what stands below it belongs to it."""

    object: Ref
    path: str

    def holds(self, violation: Violation) -> bool:
        """Whether `violation` is told for this field."""
        below = violation.path.startswith((f"{self.path}.", f"{self.path}["))
        return self.object == violation.object and (self.path == violation.path or below)


@dataclass(frozen=True)
class Edge:
    """`label` are lines. `words` are what a finding's text must begin with where its place alone says too little."""

    source: End
    target: End
    label: tuple[str, ...]
    places: tuple[Place, ...]
    words: tuple[str, ...] = ()

    def broken_by(self, violation: Violation) -> bool:
        """Whether `violation` is about this edge."""
        if violation.object.kind == "NetworkPolicy":
            # Told for the policies, which are many to one edge; the texts name both ends.
            source, target = str(self.source.object), str(self.target.object)
            return source in violation.expected and violation.because.endswith(f"through {target}")
        if self.words and not violation.found.startswith(self.words):
            return False
        return any(place.holds(violation) for place in self.places)


def edges(index: Index) -> list[Edge]:
    """Every edge of a set; an end that the set does not have is an object all the same."""
    found: list[Edge] = []
    for workload in index.workloads:
        for reading in index.readings_of(workload):
            found += _variables(index, workload, reading)
        found += [edge for volume in workload.volumes for edge in _volume(index, workload, volume)]
        found += _pulled(workload)
    found += [edge for service in index.refs("Service") for edge in _served(index, service)]
    found += [edge for client in clients(index) for edge in _connected(index, client)]
    return list(_merged([*found, *_routed(index)]))


def _merged(found: list[Edge]) -> Iterator[Edge]:
    """Edges between the same two ends of one sort as one, with all their lines."""
    together: dict[object, list[Edge]] = {}
    for edge in found:
        together.setdefault((edge.source, edge.target, bool(edge.words)), []).append(edge)
    for same in together.values():
        lines = tuple(dict.fromkeys(line for edge in same for line in edge.label))
        places = tuple(dict.fromkeys(place for edge in same for place in edge.places))
        words = tuple(dict.fromkeys(word for edge in same for word in edge.words))
        yield Edge(same[0].source, same[0].target, lines, places, words)


def _variables(index: Index, workload: Workload, reading: Reading) -> Iterator[Edge]:
    for container in workload.containers:
        entry, _, _ = reading.where.rpartition(".")
        if not reading.where.startswith(f"{container.where}.env"):
            continue
        # env[X].valueFrom.secretKeyRef: what is found at env[X] is about the same edge.
        place = Place(workload.ref, entry.partition("].")[0] + "]" if ".env[" in entry else entry)
        taken = [v for v in index.environment(workload, container).values() if _is_from(v.where, entry)]
        lines = tuple(v.name if v.name == v.key else f"{v.key} → {v.name}" for v in taken if v.source == reading.source)
        yield Edge(End(reading.source), End(workload.ref, container.name), lines or ("all its keys",), (place,))


def _is_from(where: str, entry: str) -> bool:
    return entry == where or entry.startswith(f"{where}.")


def _volume(index: Index, workload: Workload, volume: str) -> Iterator[Edge]:
    place = Place(workload.ref, f"{workload.where}.volumes[{volume}]")
    sources = list(_sources(index, workload, volume, place.path))
    mounted = False
    for container in workload.containers:
        mounts = [mount for mount in container.mounts if mount.volume == volume]
        lines = tuple(mount.path + (" (read-only)" if mount.read_only else "") for mount in mounts)
        mounted = mounted or bool(mounts)
        for source in sources if mounts else ():
            places = (place, *(Place(workload.ref, mount.where) for mount in mounts))
            yield Edge(End(source), End(workload.ref, container.name), lines, places)
    for source in sources if not mounted else ():
        yield Edge(End(source), End(workload.ref), (f"volume {volume}, mounted nowhere",), (place,))


def _sources(index: Index, workload: Workload, volume: str, where: str) -> Iterator[Ref]:
    namespace, body = workload.ref.namespace, workload.volumes[volume]
    yield from dict.fromkeys(r.source for r in index.readings_of(workload) if r.where.startswith(f"{where}."))
    if claim := claim_of(body):
        yield Ref("PersistentVolumeClaim", namespace, claim)
    if "claimTemplate" in body:
        made = [name for name, template in templates(workload) if template is body["claimTemplate"]]
        kept = [name for name in made if index.get("PersistentVolumeClaim", namespace, name)]
        # Claims that the StatefulSet makes itself are one node: there may be a hundred.
        for name in kept or [f"{volume}-{workload.ref.name}-…"]:
            yield Ref("PersistentVolumeClaim", namespace, name)


def _pulled(workload: Workload) -> Iterator[Edge]:
    for number, name in enumerate(workload.pull_secrets()):
        place = Place(workload.ref, f"{workload.where}.imagePullSecrets[{number}]")
        yield Edge(End(Ref("Secret", workload.ref.namespace, name)), End(workload.ref), ("pulls images",), (place,))


def _served(index: Index, service: Ref) -> Iterator[Edge]:
    places = (Place(service, "spec.selector"), Place(service, "spec.ports"))
    for workload in index.behind(service):
        numbers = workload.port_names()
        lines = []
        for port in service_ports(index, service):
            target = text(port.get("targetPort")) or text(port.get("port"))
            lines.append(f"{text(port.get('port'))} → {numbers.get(target, target)}")
        yield Edge(End(service), End(workload.ref), tuple(lines), places)


def _connected(index: Index, client: Client) -> Iterator[Edge]:
    to = reached(index, client.object.namespace, client.host.value, client.workload)
    if to.kind == "itself" or client.workload is None:
        return
    target = Ref("Service", to.namespace, to.name) if to.name else Ref("host", "", client.host.value)
    said = [one for one in (client.host, client.port, client.database, client.user, client.password) if one]
    line = client.port_number + (f" as {client.user.value}" if client.user else "")
    places = tuple(dict.fromkeys(Place(client.object, one.where) for one in said))
    words = tuple(dict.fromkeys(f"{one.variable}=" for one in said))
    # What says it may be a file in a ConfigMap; who goes there is the container.
    yield Edge(End(client.workload.ref, client.reader), End(target), (line,), places, words)


def _routed(index: Index) -> Iterator[Edge]:
    for user, backend in backends(index):
        target = Ref("Service", backend.namespace or user.namespace, backend.name)
        places = (Place(user, backend.path), Place(user, backend.port_path))
        yield Edge(End(user), End(target), (text(backend.port),), places)
    for ref in index.refs("Ingress"):
        for number, entry in enumerate(mappings(at(index.objects[ref], "spec", "tls"))):
            if name := text(entry.get("secretName")):
                hosts = tuple(text(host) for host in items(entry.get("hosts")))
                place = Place(ref, f"spec.tls[{number}]")
                yield Edge(End(Ref("Secret", ref.namespace, name)), End(ref), hosts or ("TLS",), (place,))
