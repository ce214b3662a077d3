"""P02: what is written lies under a mount that can be written."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from contracts.catalogue.paths.agree import clean, main_containers, said
from contracts.catalogue.paths.names import as_path, is_written
from contracts.catalogue.paths.scripts import written_in
from contracts.declared import PATHS, READ_ONLY_PATHS, WRITES, of_containers, pairs, where, words
from contracts.environment import Variable
from contracts.index import Index
from contracts.mounting import holds, mount_at, mounted_nowhere, read_only_root, told, writable
from contracts.near import nearest
from contracts.once import once
from contracts.violation import Violation
from contracts.workload import Container, Workload, directories, within

_ENOUGH = 50
"""Of the containers that take one ConfigMap, so many say for whom its paths are meant."""


@dataclass(frozen=True)
class Written:
    """A path that a container writes (or, `only_read`, reads): who says so, and where."""

    workload: Workload
    container: Container
    path: str
    found: str
    where: str
    because: str
    only_read: bool = False
    sure: bool = True


def variables(index: Index) -> Iterator[Violation]:
    """P02. Declared paths and writes for certain; else variables whose name says that the code writes there."""
    for workload in index.workloads:
        judged = set(pairs(workload, PATHS)) | set(words(workload, READ_ONLY_PATHS))
        declared = [*_declared(index, workload), *_of_one(workload)]
        yield from _told([*declared, *_named(index, workload, judged), *_scripted(workload)])


def _declared(index: Index, workload: Workload) -> Iterator[Written]:
    containers, only_read = main_containers(workload), set(words(workload, READ_ONLY_PATHS))
    if not containers:
        return
    for name, path in pairs(workload, PATHS).items():
        having = [c for c in containers if name in index.environment(workload, c)] or containers
        variable = index.environment(workload, having[0]).get(name)
        if variable is not None and (variable.value is None or clean(variable.value) != clean(path)):
            continue  # Another path than the code's: P01 tells that.
        reads = bool({name, path} & only_read)
        if not any(holds(workload, container, clean(path), only_read=reads) for container in having):
            place = variable.where if variable else where(workload, PATHS)
            because = f"the code takes this path for granted, says the annotation {PATHS}"
            found = said(variable) if variable else f"{name}={path}, the code's own path"
            yield Written(workload, having[0], clean(path), found, place, because, reads)
    for path in words(workload, WRITES):
        if not any(holds(workload, container, clean(path)) for container in containers):
            because = f"the code writes there, says the annotation {WRITES}"
            yield Written(workload, containers[0], clean(path), path, where(workload, WRITES), because)


def _of_one(workload: Workload) -> Iterator[Written]:
    """What is declared of one container, an init one included."""
    by_name = {container.name: container for container in workload.containers}
    for kind, does in ((WRITES, "writes there"), (READ_ONLY_PATHS, "reads there")):
        for annotation, name in of_containers(workload, kind):
            if (container := by_name.get(name)) is None:
                continue
            reads = kind == READ_ONLY_PATHS
            for path in words(workload, annotation):
                if not holds(workload, container, clean(path), only_read=reads):
                    because = f"container {name} {does}, says the annotation {annotation}"
                    yield Written(workload, container, clean(path), path, where(workload, annotation), because, reads)


def _named(index: Index, workload: Workload, judged: set[str]) -> Iterator[Written]:
    for container in workload.containers:
        if not read_only_root(container):
            continue
        for variable in index.environment(workload, container).values():
            if variable.name in judged or not is_written(variable.name):
                continue
            path = as_path(variable.name, variable.value)
            if not path or holds(workload, container, path):
                continue
            if ".envFrom[" in variable.where and _meant_for_another(index, workload, container, variable, path):
                continue
            because = f"its name says that it is written, and the root of container {container.name} is read-only"
            sure = _belongs(index, workload, container, path)
            yield Written(workload, container, path, said(variable), variable.where, because, sure=sure)


def _belongs(index: Index, workload: Workload, container: Container, path: str) -> bool:
    """Whether a path is one of those that are mounted, but for a slip: beside them, nearly one, or one by its name.

    Any other directory under a variable that is only called so may be a default that nobody writes to.
    """
    if mount_at(container, path) is not None:
        return True
    pointed_to = _pointed_to(index, workload, container)
    for mount in container.mounts:
        parent, name = mount.path.rpartition("/")[::2]
        if parent.count("/") > 1 and within(path, parent):
            return True
        if SequenceMatcher(None, path, mount.path).ratio() >= 0.9:
            return True
        if path.endswith(f"/{name}") and mount.path not in pointed_to:
            return True
    return False


@once
def _pointed_to(index: Index, workload: Workload, container: Container) -> set[str]:
    """The directories that the variables of a container point to, and those around them."""
    values = (variable.value for variable in index.environment(workload, container).values())
    return {above for value in values if value and "/" in value for above in directories(value.rstrip("/"))}


def _scripted(workload: Workload) -> Iterator[Written]:
    """What the shell scripts in the arguments write: touch, >, tee."""
    for container in workload.containers:
        if read_only_root(container):
            for path, words_, place in written_in(workload, container):
                if not holds(workload, container, path):
                    because = f"a script of {container.name} writes it, and the root of the container is read-only"
                    yield Written(workload, container, path, f"`{words_}`", place, because)


def _meant_for_another(index: Index, workload: Workload, container: Container, variable: Variable, path: str) -> bool:
    """Whether a variable that came with a whole ConfigMap is the business of another container that takes it too.

    A migration takes its app's ConfigMap for the database's name; the app's directories are not its own.
    """
    serving = workload.long_running and (not container.init or container.sidecar)
    for other, taker in index.takers(variable.source)[:_ENOUGH]:
        if taker.body is container.body:
            continue
        serves_too = other.long_running and (not taker.init or taker.sidecar)
        if (serves_too and not serving) or holds(other, taker, path):
            return True
    return False


def _told(found: list[Written]) -> Iterator[Violation]:
    """One finding each, those below one lost directory under one cause."""
    tops: list[str] = []
    for written in sorted(found, key=lambda written: written.path):
        top = next((other for other in tops if within(written.path, other)), None)
        if top is None:
            tops.append(top := written.path)
        yield _nowhere(written, top)


def _nowhere(written: Written, top: str) -> Violation:
    workload, container = written.workload, written.container
    mount = mount_at(container, written.path)
    good = [m.path for m in container.mounts if written.only_read or writable(workload, m)]
    near = _near(written.path, good)
    lies = f"lies under {told(workload, mount)}" if mount else "lies under no mount"
    lost = "" if read_only_root(container) or mount else "; what is written outside a mount is lost with the pod"
    kind = "a mount" if written.only_read else "a mount that can be written"
    fix = f"mount a volume at {top}, or point it below {near}" if near else f"mount a volume at {top}"
    return Violation(
        "P02",
        workload.ref,
        written.where,
        found=f"{written.found}; that {lies}",
        expected=f"a path under {kind} of container {container.name}: {', '.join(good) or 'it has none'}",
        because=written.because + lost,
        nearest=near,
        fix=fix,
        cause=mounted_nowhere(workload)
        or f"nothing {'' if written.only_read else 'that can be written '}is mounted at {top} in {workload.ref}",
        undecided=not written.sure,
    )


def _near(path: str, mounts: list[str]) -> str:
    directory = path.rpartition("/")[0]
    beside = [mount for mount in mounts if mount.rpartition("/")[0] == directory and directory]
    return nearest(path, beside) or nearest(path, mounts)
