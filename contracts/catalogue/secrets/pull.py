"""S06: pull secrets are there, and are for a registry."""

from collections.abc import Iterator

from contracts.catalogue.absent import missing
from contracts.catalogue.secrets.exists import names_in_use
from contracts.index import Index
from contracts.objects import mappings, text
from contracts.violation import Ref, Violation

_TYPES = {"kubernetes.io/dockerconfigjson": ".dockerconfigjson", "kubernetes.io/dockercfg": ".dockercfg"}


def secrets(index: Index) -> Iterator[Violation]:
    """S06. The kubelet passes over one that is missing or of another type without a word, and the pull is denied."""
    used: dict[tuple[str, str], set[str]] | None = None
    for user, path, name in _named(index):
        ref = Ref("Secret", user.namespace, name)
        source = index.sources.of(ref)
        if source is None:
            used = used or names_in_use(index)
            registry = [
                n for n in index.sources.names("Secret", user.namespace) if _is_registry(index, user.namespace, n)
            ]
            because = "the images of this pod are pulled with it; without it the registry denies"
            yield missing(
                "S06", user, path, ref, known=registry, used=used["Secret", user.namespace] - {name}, because=because
            )
        elif source.complete and not source.keys & set(_TYPES.values()):
            keys = ", ".join(sorted(source.keys)) or "none"
            yield Violation(
                "S06",
                user,
                path,
                found=f"Secret {name} with the keys {keys}",
                expected="a Secret of type kubernetes.io/dockerconfigjson, with the key .dockerconfigjson",
                because="the kubelet reads no other key of a pull secret, and says nothing where it is not there",
                fix=f"make {name} with `kubectl create secret docker-registry`, or name one that is for a registry",
            )
        elif (body := index.get("Secret", user.namespace, name)) and text(body.get("type")) not in _TYPES:
            yield Violation(
                "S06",
                user,
                path,
                found=f"Secret {name} of type {text(body.get('type')) or 'Opaque'}",
                expected="type kubernetes.io/dockerconfigjson",
                because="the kubelet looks at the type of a pull secret before its keys",
                fix=f"set the type of Secret {name}; a type can't be changed in place, so it is made anew",
            )


def _named(index: Index) -> Iterator[tuple[Ref, str, str]]:
    for workload in index.workloads:
        for number, name in enumerate(workload.pull_secrets()):
            if name:
                yield workload.ref, f"{workload.where}.imagePullSecrets[{number}].name", name
    for ref in index.refs("ServiceAccount"):
        for number, entry in enumerate(mappings(index.objects[ref].get("imagePullSecrets"))):
            if name := text(entry.get("name")):
                yield ref, f"imagePullSecrets[{number}].name", name


def _is_registry(index: Index, namespace: str, name: str) -> bool:
    source = index.sources.of(Ref("Secret", namespace, name))
    return source is not None and bool(source.keys & set(_TYPES.values()))
