"""T01, T06, T07: claims exist, can be made, and fit the volume that they name."""

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache

from contracts.catalogue.absent import There, missing
from contracts.index import Index
from contracts.mounting import claim_of
from contracts.near import Names, nearest
from contracts.objects import Plain, at, items, mapping, mappings, text
from contracts.violation import Ref, Violation

_MODES = ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")
_MAKERS = ("DataVolume", "ReplicationDestination")
"""Kinds whose controllers make a claim of their own name: CDI and VolSync."""

_QUANTITY = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][+-]?[0-9]+)?")
_UNITS = {unit: 1000**number for number, unit in enumerate(("", "k", "M", "G", "T", "P", "E"))} | {
    unit: 1024**number for number, unit in enumerate(("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")) if unit
}


def existing(index: Index) -> Iterator[Violation]:
    """T01. A pod whose claim is not there stays Pending."""
    used: dict[str, set[str]] = defaultdict(set)
    for workload in index.workloads:
        used[workload.ref.namespace].update(claim_of(volume) for volume in workload.volumes.values())

    @cache
    def there(namespace: str) -> There:
        return There(index.claims_in(namespace), used[namespace])

    for workload in index.workloads:
        for name, volume in workload.volumes.items():
            claim, namespace = claim_of(volume), workload.ref.namespace
            if not claim or claim in index.claims_in(namespace):
                continue
            if any(index.get(kind, namespace, claim) for kind in _MAKERS):
                continue
            yield missing(
                "T01",
                workload.ref,
                f"{workload.where}.volumes[{name}].persistentVolumeClaim.claimName",
                Ref("PersistentVolumeClaim", namespace, claim),
                there=there(namespace),
                because=f"the volume {name} is made of it; without it the pod stays Pending",
                elsewhere=index.namespaces_with("PersistentVolumeClaim", claim),
            )


def _all(index: Index) -> Iterator[tuple[Ref, str, Plain]]:
    """(object, path of the claim's spec there, the spec) of every claim and claim template."""
    for ref in index.refs("PersistentVolumeClaim"):
        yield ref, "spec", mapping(index.objects[ref].get("spec"))
    for workload in index.workloads:
        if workload.ref.kind == "StatefulSet":
            for template in mappings(at(workload.body, "spec", "volumeClaimTemplates")):
                where = f"spec.volumeClaimTemplates[{text(at(template, 'metadata', 'name'))}].spec"
                yield workload.ref, where, mapping(template.get("spec"))
        for name, volume in workload.volumes.items():
            if "ephemeral" in volume:
                where = f"{workload.where}.volumes[{name}].ephemeral.volumeClaimTemplate.spec"
                yield workload.ref, where, mapping(at(volume, "ephemeral", "volumeClaimTemplate", "spec"))


def makeable(index: Index) -> Iterator[Violation]:
    """T06. What the API server demands of a claim: access modes that there are, a size."""
    for ref, where, spec in _all(index):
        modes = [text(mode) for mode in items(spec.get("accessModes"))]
        odd = next((mode for mode in modes if mode not in _MODES), "")
        if not modes or odd or ("ReadWriteOncePod" in modes and len(modes) > 1):
            near = nearest(odd, _MODES) if odd else ""
            yield Violation(
                "T06",
                ref,
                f"{where}.accessModes",
                found=", ".join(modes) or "no access mode",
                expected="ReadWriteOncePod alone" if not odd and modes else f"one of {', '.join(_MODES)}",
                because="the API server refuses the claim",
                nearest=near,
                fix=f"write {near or 'ReadWriteOnce'}" if odd or not modes else "leave one of them",
            )
        size = text(at(spec, "resources", "requests", "storage"))
        if quantity(size) is None or quantity(size) == 0:
            yield Violation(
                "T06",
                ref,
                f"{where}.resources.requests.storage",
                found=size or "no size",
                expected="a size, such as 10Gi",
                because="the API server refuses a claim that does not say how much it wants",
                fix="write a number with a unit: Mi, Gi, Ti",
            )


def quantity(value: str) -> float | None:
    """A quantity in bytes; None where it is none (kubernetes.io, «Quantity»)."""
    match = _QUANTITY.fullmatch(value)
    if match is None:
        return None
    number, unit = float(match[1]), match[2] or ""
    if unit == "m":
        return number / 1000
    return number * _UNITS[unit] if unit in _UNITS else number * 10 ** int(unit[1:])


def bound(index: Index) -> Iterator[Violation]:
    """T07. A claim that names a PersistentVolume of the set fits it; one outside the set is not judged."""
    for ref in index.refs("PersistentVolumeClaim"):
        spec = mapping(index.objects[ref].get("spec"))
        volume = index.get("PersistentVolume", "", text(spec.get("volumeName")))
        if volume is not None:
            yield from _fits(ref, spec, text(spec.get("volumeName")), mapping(volume.get("spec")))
    yield from _classes(index)


def _fits(ref: Ref, spec: Plain, name: str, volume: Plain) -> Iterator[Violation]:
    asked, there = text(at(spec, "resources", "requests", "storage")), text(at(volume, "capacity", "storage"))
    if (quantity(asked) or 0) > (quantity(there) or 0):
        yield _unfit(ref, "resources.requests.storage", asked, f"at most {there}", name, f"write {there}")
    modes, offered = ([text(mode) for mode in items(body.get("accessModes"))] for body in (spec, volume))
    if set(modes) - set(offered):
        expected = ", ".join(offered) or "none"
        yield _unfit(ref, "accessModes", ", ".join(modes), f"some of: {expected}", name, f"write {expected}")
    wanted = spec.get("storageClassName")
    if wanted is not None and text(wanted) != text(volume.get("storageClassName")):
        offer = text(volume.get("storageClassName")) or '""'
        yield _unfit(ref, "storageClassName", text(wanted) or '""', offer, name, f"write {offer}")


def _unfit(ref: Ref, field: str, found: str, expected: str, volume: str, fix: str) -> Violation:
    because = f"spec.volumeName names PersistentVolume {volume}; a claim that does not fit it stays Pending"
    return Violation("T07", ref, f"spec.{field}", found, expected, because, fix=f"{fix}, as the volume does")


def _classes(index: Index) -> Iterator[Violation]:
    """A class of storage is the cluster's business; but where the set brings its own, a slip shows."""
    there = index.names("StorageClass", "")
    volumes = {text(at(index.objects[ref], "spec", "storageClassName")) for ref in index.refs("PersistentVolume")}
    if not index.refs("StorageClass"):
        return
    everything = list(_all(index))
    used = {text(spec.get("storageClassName")) for _, _, spec in everything}
    loose = Names(name for name in there if name not in used)
    for ref, where, spec in everything:
        name = text(spec.get("storageClassName"))
        if name and name not in there and name not in volumes and loose.nearest(name):
            target = Ref("StorageClass", "", name)
            because = "no volume is made for a class that is not there"
            yield missing("T07", ref, f"{where}.storageClassName", target, there=There(there, used), because=because)
