"""P03, P04, P05: mounts and volumes find each other; a path is mounted once; a subPath leads somewhere."""

import re
from collections.abc import Iterator

from contracts.index import Index
from contracts.mounting import claim_of, mounted_nowhere, named, used, volume_kind
from contracts.mounting import idle as unmounted
from contracts.near import Names, nearest
from contracts.objects import Plain, mapping, mappings, text
from contracts.taken import more_may_come
from contracts.violation import Violation
from contracts.workload import Container, Workload

_VARIABLE = re.compile(r"\$\(([^()]+)\)")


def volumes(index: Index) -> Iterator[Violation]:
    """P03. The API server refuses a mount of a volume that the pod does not define."""
    for workload in index.workloads:
        mounted = used(workload)
        if mounted <= workload.volumes.keys():
            continue
        there, loose = Names(workload.volumes), Names(name for name in workload.volumes if name not in mounted)
        for name, where in named(workload):
            if name not in there:
                near = loose.nearest(name) or loose.only or there.nearest(name)
                yield Violation(
                    "P03",
                    workload.ref,
                    where,
                    found=f"volume {name}",
                    expected=f"a volume of the pod: {there or 'it has none'}",
                    because="a container mounts what its pod defines; the API server refuses the pod",
                    nearest=near,
                    fix=f"name {near}" if near else f"define the volume {name}",
                    cause=f"{workload.ref} has no volume {name}",
                )


def idle(index: Index) -> Iterator[Violation]:
    """P04. A claim, ConfigMap or Secret that no container mounts is not where the code looks for it.

    An emptyDir or a directory of the node is nothing but room: left over, it harms nobody. Where a mount names no
    volume at all, P03 tells of both.
    """
    for workload in index.workloads:
        if used(workload) <= workload.volumes.keys():
            for name in unmounted(workload):
                yield _unmounted(workload, name, workload.volumes[name])


def _unmounted(workload: Workload, name: str, volume: Plain) -> Violation:
    kind = volume_kind(volume)
    body = mapping(volume.get(kind))
    what = {"persistentVolumeClaim": f"claim {claim_of(volume)}", "claimTemplate": f"the claim template {name}"}.get(
        kind, f"{kind} {text(body.get('name') or body.get('secretName'))}"
    )
    template = kind == "claimTemplate"
    return Violation(
        "P04",
        workload.ref,
        f"spec.volumeClaimTemplates[{name}]" if template else f"{workload.where}.volumes[{name}]",
        found=f"volume {name} ({what}), which no container mounts",
        expected="a volumeMount that names it",
        because="what it holds is nowhere in the file system of a container",
        fix=f"mount {name} where the code looks for it, or take the volume out",
        cause=mounted_nowhere(workload),
    )


def places(index: Index) -> Iterator[Violation]:
    """P05. Twice the same mountPath, or a subPath that leaves its volume: refused. An unset $(NAME): never starts."""
    for workload in index.workloads:
        for container in workload.containers:
            yield from _twice(workload, container)
            for mount in mappings(container.body.get("volumeMounts")):
                yield from _sub_path(index, workload, container, mount)


def _twice(workload: Workload, container: Container) -> Iterator[Violation]:
    seen: dict[str, str] = {}
    for mount in container.mounts:
        if mount.path in seen:
            yield Violation(
                "P05",
                workload.ref,
                f"{mount.where}.mountPath",
                found=f"volumes {seen[mount.path]} and {mount.volume} on {mount.path}",
                expected="one volume per path",
                because="the later one would hide the earlier; the API server refuses the pod",
                fix=f"give one of them a path of its own, or put both into one projected volume at {mount.path}",
            )
        seen.setdefault(mount.path, mount.volume)


def _sub_path(index: Index, workload: Workload, container: Container, mount: Plain) -> Iterator[Violation]:
    plain, expression = text(mount.get("subPath")), text(mount.get("subPathExpr"))
    where = f"{container.where}.volumeMounts[{text(mount.get('mountPath'))}]"
    if plain.startswith("/") or ".." in plain.split("/"):
        yield Violation(
            "P05",
            workload.ref,
            f"{where}.subPath",
            found=f"subPath {plain}",
            expected="a relative path without ..",
            because="a subPath may not leave its volume; the API server refuses the pod",
            fix=f"write {'/'.join(part for part in plain.split('/') if part not in {'', '..'}) or 'a directory of it'}",
        )
    known = index.environment(workload, container) if expression else {}
    for name in dict.fromkeys(_VARIABLE.findall(expression)):
        if name not in known and not more_may_come(index, workload, container):
            near = nearest(name, known)
            yield Violation(
                "P05",
                workload.ref,
                f"{where}.subPathExpr",
                found=f"$({name}), which no variable of container {container.name} is",
                expected="a variable of the container",
                because="the kubelet does not start a container whose subPathExpr it can't work out",
                nearest=near,
                fix=f"write $({near})" if near else f"set {name} in env, e.g. from fieldRef metadata.name",
            )
