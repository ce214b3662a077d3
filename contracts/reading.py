"""Every place where a pod reads a ConfigMap or a Secret: envFrom, env, volumes, projected sources, subPaths."""

from collections.abc import Iterator
from typing import NamedTuple

from contracts.objects import Plain, mapping, mappings, text
from contracts.violation import Ref
from contracts.workload import Container, Workload


class Reading(NamedTuple):
    """One reference of a pod to a ConfigMap or Secret.

    `keys` are (key, path of the field that names it); none where all keys are taken. `optional` as Kubernetes means
    it: a source or key that is not there is left out, and the pod starts. `what` says what reads, in words.
    """

    workload: Workload
    source: Ref
    where: str
    what: str
    optional: bool = False
    keys: tuple[tuple[str, str], ...] = ()


def readings(workload: Workload) -> Iterator[Reading]:
    """Every reference of `workload` to a ConfigMap or Secret; pull secrets are none, the kubelet reads them."""
    for container in workload.containers:
        yield from _from(workload, container)
        yield from _single(workload, container)
    for volume in mappings(workload.pod.get("volumes")):
        yield from _volume(workload, volume)


def _from(workload: Workload, container: Container) -> Iterator[Reading]:
    for number, entry in enumerate(container.env_from):
        for field, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
            reference = mapping(entry.get(field))
            if name := text(reference.get("name")):
                where = f"{container.where}.envFrom[{number}].{field}.name"
                what = f"container {container.name} takes its variables from it"
                yield Reading(workload, _ref(workload, kind, name), where, what, _optional(reference))


def _single(workload: Workload, container: Container) -> Iterator[Reading]:
    for entry in container.env:
        if not (origin := mapping(entry.get("valueFrom"))):
            continue
        for field, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
            reference = mapping(origin.get(field))
            if name := text(reference.get("name")):
                variable, key = text(entry.get("name")), text(reference.get("key"))
                where = f"{container.where}.env[{variable}].valueFrom.{field}"
                what = f"container {container.name} takes {variable} from it"
                keys = ((key, f"{where}.key"),)
                yield Reading(workload, _ref(workload, kind, name), f"{where}.name", what, _optional(reference), keys)


def _volume(workload: Workload, volume: Plain) -> Iterator[Reading]:
    name = text(volume.get("name"))
    where = f"{workload.where}.volumes[{name}]"
    for field, kind, naming in (("configMap", "ConfigMap", "name"), ("secret", "Secret", "secretName")):
        if not (body := mapping(volume.get(field))):
            continue
        if text(body.get(naming)):
            below = () if body.get("items") else _sub_paths(workload, name)
            yield _mounted(workload, kind, body, f"{where}.{field}", naming, below)
    for number, source in enumerate(mappings(mapping(volume.get("projected")).get("sources"))):
        for field, kind in (("configMap", "ConfigMap"), ("secret", "Secret")):
            body = mapping(source.get(field))
            if text(body.get("name")):
                yield _mounted(workload, kind, body, f"{where}.projected.sources[{number}].{field}", "name", ())


def _mounted(
    workload: Workload, kind: str, body: Plain, where: str, naming: str, below: tuple[tuple[str, str], ...]
) -> Reading:
    items = mappings(body.get("items"))
    keys = tuple((text(item.get("key")), f"{where}.items[{number}].key") for number, item in enumerate(items))
    source = _ref(workload, kind, text(body[naming]))
    return Reading(workload, source, f"{where}.{naming}", "a volume is made of it", _optional(body), keys + below)


def _sub_paths(workload: Workload, volume: str) -> tuple[tuple[str, str], ...]:
    """The files that are mounted one by one: with a subPath that is no key, the kubelet makes an empty directory."""
    return tuple(
        (text(mount["subPath"]).strip("/"), f"{container.where}.volumeMounts[{text(mount.get('mountPath'))}].subPath")
        for container in workload.containers
        for mount in mappings(container.body.get("volumeMounts"))
        if mount.get("subPath") and text(mount.get("name")) == volume and text(mount["subPath"]).strip("/")
    )


def _ref(workload: Workload, kind: str, name: str) -> Ref:
    return Ref(kind, workload.ref.namespace, name)


def _optional(reference: Plain) -> bool:
    return reference.get("optional") is True
