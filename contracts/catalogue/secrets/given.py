"""S03, S05: the variables that the code needs are given; `$(NAME)` in a value finds its variable."""

import re
from collections.abc import Iterator

from contracts.declared import READS, where, words
from contracts.environment import Variable
from contracts.index import Index
from contracts.objects import mappings, nearest, text
from contracts.reading import Reading
from contracts.violation import Ref, Violation
from contracts.workload import Container, Workload

_ONE_OF = {
    "postgres": (
        ("POSTGRES_PASSWORD", "POSTGRES_PASSWORD_FILE", "POSTGRES_HOST_AUTH_METHOD"),
        "docker-library/postgres",
    ),
    "mysql": (
        ("MYSQL_ROOT_PASSWORD", "MYSQL_ROOT_PASSWORD_FILE", "MYSQL_ALLOW_EMPTY_PASSWORD", "MYSQL_RANDOM_ROOT_PASSWORD"),
        "docker-library/mysql",
    ),
    "mariadb": (
        tuple(
            f"{brand}_{rest}"
            for brand in ("MARIADB", "MYSQL")
            for rest in (
                "ROOT_PASSWORD",
                "ROOT_PASSWORD_FILE",
                "ALLOW_EMPTY_ROOT_PASSWORD",
                "ALLOW_EMPTY_PASSWORD",
                "RANDOM_ROOT_PASSWORD",
                "ROOT_PASSWORD_HASH",
            )
        ),
        "MariaDB/mariadb-docker",
    ),
}
"""Official image → variables of which its entrypoint wants one before it makes a data directory, and whose image."""

_OFFICIAL = re.compile(
    r"(?:(?:docker\.io/)?library/|docker\.io/|localhost/|public\.ecr\.aws/docker/library/)?([a-z]+)[:@]?"
)
_REFERENCE = re.compile(r"\$\$|\$\(([A-Za-z_][A-Za-z0-9_.-]*)\)")
_SERVICE_LINK = re.compile(r"[A-Z0-9_]+_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT(_\d+_(TCP|UDP)(_\w+)?)?)$")


def needed(index: Index) -> Iterator[Violation]:
    """S03. What the pod declares that its code reads, and what a known image can't start without."""
    for workload in index.workloads:
        yield from _declared(index, workload)
        for container in workload.containers:
            yield from _image(index, workload, container)


def _declared(index: Index, workload: Workload) -> Iterator[Violation]:
    running = [container for container in workload.containers if not container.init or container.sidecar]
    yield from _wanted(index, workload, running, READS)
    names = {container.name: container for container in workload.containers}
    for annotation in workload.annotations:
        if str(annotation).startswith(f"{READS}."):
            name = str(annotation).removeprefix(f"{READS}.")
            if name in names:
                yield from _wanted(index, workload, [names[name]], str(annotation))
            else:
                yield _nobody(workload, str(annotation), name, list(names))


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
    bare = {text(e.get("name")) for c in containers for e in mappings(c.body.get("env")) if set(e) == {"name"}}
    for name in wanted:
        if name not in given or name in bare:
            because = f"the code needs {name}, says {where(workload, annotation)}"
            # All of the pod's containers where the pod as a whole says it: any of them may be the one.
            of = workload.containers if annotation == READS else containers
            yield _not_given(index, workload, of, name, because, sorted(set(given) - bare))


def _image(index: Index, workload: Workload, container: Container) -> Iterator[Violation]:
    official = _OFFICIAL.match(container.image)
    wanted, whose = _ONE_OF.get(official[1] if official else "", ((), ""))
    if not wanted or container.body.get("command") or container.image.count("/") > 2:
        return  # A command of one's own does not run the image's entrypoint.
    given = index.environment(workload, container)
    if not set(wanted) & set(given):
        because = (
            f"the image {container.image} makes no data directory without one of {', '.join(wanted[:3])} ({whose})"
        )
        yield _not_given(index, workload, [container], wanted[0], because, sorted(given))


def _not_given(
    index: Index, workload: Workload, containers: list[Container], name: str, because: str, given: list[str]
) -> Violation:
    taken = _taken_whole(index, workload, containers)
    gone = [r.source for r in taken if index.sources.of(r.source) is None and not r.optional]
    told = {reading.source: index.sources.of(reading.source) for reading in taken}
    vague = [source for source in told.values() if source is not None and not source.complete]
    near = nearest(name, given)
    holder = _holder(index, workload.ref.namespace, name, set(told))
    hint = near or (f"{name} in {holder.kind} {holder.name}, which this pod does not read" if holder else "")
    if holder and not near:
        fix = f"add {holder.kind} {holder.name} to envFrom"
    elif near:
        fix = f"rename {near} to {name} where it comes from"
    else:
        fix = f"add {name} to what the container reads"
    return Violation(
        "S03",
        workload.ref,
        f"{containers[0].where if len(containers) == 1 else workload.where + '.containers'}.env",
        found=f"no variable {name}",
        expected=f"{name} in the environment of a container",
        because=because
        if not vague
        else f"{because}; {vague[0].ref} may have it: {vague[0].maker} does not state its keys",
        nearest=hint,
        fix="" if gone else fix,
        cause=f"{gone[0]} is missing" if gone else "",
        undecided=bool(gone or vague),
    )


def _taken_whole(index: Index, workload: Workload, containers: list[Container]) -> list[Reading]:
    places = tuple(f"{container.where}.envFrom[" for container in containers)
    return [reading for reading in index.readings_of(workload) if reading.where.startswith(places)]


def _holder(index: Index, namespace: str, name: str, known: set[Ref]) -> Ref | None:
    for kind in ("Secret", "ConfigMap"):
        for other in index.sources.names(kind, namespace):
            ref = Ref(kind, namespace, other)
            source = index.sources.of(ref)
            if ref not in known and source and name in source.keys:
                return ref
    return None


def expanded(index: Index) -> Iterator[Violation]:
    """S05. In order: all of envFrom, then env from top to bottom; what is not set yet stays in the value as it is."""
    for workload in index.workloads:
        for container in workload.containers:
            if any("$(" in text(entry.get("value")) for entry in mappings(container.body.get("env"))):
                yield from _expanded(index, workload, container)


def _expanded(index: Index, workload: Workload, container: Container) -> Iterator[Violation]:
    for reading in _taken_whole(index, workload, [container]):
        source = index.sources.of(reading.source)
        if source is None or not source.complete:
            return  # What it brings is not known here; S01 tells of one that is missing.
    variables = index.variables(workload, container)
    before = {variable.name for variable in variables if ".envFrom[" in variable.where}
    entries = mappings(container.body.get("env"))
    for entry in entries:
        for name in dict.fromkeys(filter(None, _REFERENCE.findall(text(entry.get("value"))))):
            linked = _SERVICE_LINK.match(name) and workload.pod.get("enableServiceLinks") is not False
            if name not in before and not linked and not name.startswith("KUBERNETES_"):
                yield _unknown(workload, container, text(entry.get("name")), name, before, entries)
        before.add(text(entry.get("name")))


def _unknown(
    workload: Workload, container: Container, variable: str, name: str, before: set[str], entries: list
) -> Violation:
    later = name != variable and any(text(entry.get("name")) == name for entry in entries)
    near = "" if later else nearest(name, before)
    return Violation(
        "S05",
        workload.ref,
        f"{container.where}.env[{variable}].value",
        found=f"$({name}), which is set further down" if later else f"$({name}), which no variable of the container is",
        expected="a variable that is set above it, or by envFrom",
        because="Kubernetes replaces $(NAME) from top to bottom, and leaves what it does not know in the value",
        nearest=near,
        fix=f"move {name} above {variable}"
        if later
        else f"write $({near})"
        if near
        else f"set {name} above {variable}",
    )
