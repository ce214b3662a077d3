"""S03: the variables that the code needs are given, under the names by which it reads them."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from contracts.declared import READS, of_containers, where, words
from contracts.environment import Variable
from contracts.index import Index
from contracts.known.databases import engine_of, serves
from contracts.near import nearest, very_near
from contracts.objects import text
from contracts.taken import taken_whole
from contracts.violation import Ref, Violation
from contracts.workload import Container, Workload


@dataclass(frozen=True)
class Missing:
    """A variable that none of `containers` gets. `given` is what they get, but for what the code needs by its name."""

    workload: Workload
    containers: list[Container]
    name: str
    because: str
    given: Mapping[str, Variable]


def needed(index: Index) -> Iterator[Violation]:
    """S03. What the pod declares that its code reads, and what a known image can't start without."""
    for workload in index.workloads:
        running = [container for container in workload.containers if not container.init or container.sidecar]
        yield from _wanted(index, workload, running, READS)
        names = {container.name: container for container in workload.containers}
        for annotation, name in of_containers(workload, READS):
            if name in names:
                yield from _wanted(index, workload, [names[name]], annotation)
            else:
                yield _nobody(workload, annotation, name, list(names))
        for container in workload.containers:
            yield from _image(index, workload, container)


def _nobody(workload: Workload, annotation: str, name: str, names: list[str]) -> Violation:
    near = nearest(name, names)
    return Violation(
        "S03",
        workload.ref,
        where(workload, annotation),
        found=f"what container {name} reads, and the pod has none of that name",
        expected=f"the name of a container: {', '.join(names)}",
        because="nothing can be checked for a container that is not there",
        nearest=near,
        fix=f"write {READS}.{near}" if near else "write the name of a container behind the dot",
    )


def _wanted(index: Index, workload: Workload, containers: list[Container], annotation: str) -> Iterator[Violation]:
    wanted = words(workload, annotation)
    if not wanted:
        return
    given: dict[str, Variable] = {}
    for container in containers:
        given |= index.environment(workload, container)
    bare = {text(e.get("name")) for c in containers for e in c.env if set(e) == {"name"}}
    others = {name: variable for name, variable in given.items() if name not in {*bare, *wanted}}
    for name in wanted:
        if name not in given or name in bare:
            because = f"the code needs {name}, says {where(workload, annotation)}"
            # All of the pod's containers where the pod as a whole says it: any of them may be the one.
            of = workload.containers if annotation == READS else containers
            yield _not_given(index, Missing(workload, of, name, because, others))


def _image(index: Index, workload: Workload, container: Container) -> Iterator[Violation]:
    engine = engine_of(container.image)
    # A command of one's own, or another program as argument, does not run the entrypoint that asks for them.
    if engine is None or not engine.needs or container.body.get("command") or not serves(container):
        return
    given = index.environment(workload, container)
    if not set(engine.needs) & set(given):
        few = ", ".join(engine.needs[:3])
        because = f"the entrypoint of {container.image} makes no data directory without one of {few}"
        yield _not_given(index, Missing(workload, [container], engine.needs[0], because, given))


def _not_given(index: Index, missing: Missing) -> Violation:
    workload, name = missing.workload, missing.name
    taken = taken_whole(index, workload, *missing.containers)
    gone = [r.source for r in taken if index.sources.of(r.source) is None and not r.optional]
    told = {reading.source: index.sources.of(reading.source) for reading in taken}
    vague = [source for source in told.values() if source is not None and not source.complete]
    hint, fix, cause = _meant(index, missing, told)
    because = missing.because
    if vague:
        because += f"; {vague[0].ref} may have it: {vague[0].maker} does not state its keys"
    one = len(missing.containers) == 1
    return Violation(
        "S03",
        workload.ref,
        f"{missing.containers[0].where if one else workload.where + '.containers'}.env",
        found=f"no variable {name}",
        expected=f"{name} in the environment of a container",
        because=because,
        nearest=hint,
        fix="" if gone else fix,
        cause=f"{gone[0]} is missing" if gone else f"{vague[0].maker} does not state its keys" if vague else cause,
        undecided=bool(gone or vague),
    )


def _meant(index: Index, missing: Missing, known: Collection[Ref]) -> tuple[str, str, str]:
    """(nearest match, fix, cause): a slip of the name, else the source that has it and is not read, else a likeness."""
    name, given, cause = missing.name, missing.given, f"{missing.workload.ref} has no {missing.name}"
    if slip := very_near(name, given):
        holder = given[slip].source or missing.workload.ref
        return slip, f"rename {slip} to {name} where it comes from", f"{holder} has {slip}, not {name}"
    if holder := _holder(index, missing.workload.ref.namespace, name, known):
        place = f"{holder.kind} {holder.name}"
        return f"{name} in {place}, which this pod does not read", f"add {place} to envFrom", cause
    near = nearest(name, given)
    meant = f", or rename {near} if that is meant" if near else ""
    return near, f"add {name} to what the container reads{meant}", cause


def _holder(index: Index, namespace: str, name: str, known: Collection[Ref]) -> Ref | None:
    having = (Ref(k, namespace, n) for k in ("Secret", "ConfigMap") for n in index.sources.holding(k, namespace, name))
    return next((ref for ref in having if ref not in known), None)
