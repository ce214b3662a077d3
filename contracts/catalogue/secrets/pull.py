"""S06: pull secrets are there, and are for a registry."""

import json
from collections.abc import Iterator

from contracts.catalogue.absent import There, missing
from contracts.catalogue.secrets.exists import names_in_use
from contracts.index import Index
from contracts.objects import mapping, mappings, text
from contracts.once import once
from contracts.violation import Ref, Violation
from contracts.workload import Workload

_TYPES = {"kubernetes.io/dockerconfigjson": ".dockerconfigjson", "kubernetes.io/dockercfg": ".dockercfg"}


def secrets(index: Index) -> Iterator[Violation]:
    """S06. The kubelet passes over one that is missing or of another type without a word, and the pull is denied."""
    yield from _without(index)
    for user, path, name in _named(index):
        ref = Ref("Secret", user.namespace, name)
        source = index.sources.of(ref)
        if source is None:
            because = "the images of this pod are pulled with it; without it the registry denies"
            yield missing("S06", user, path, ref, there=_for_registries(index, user.namespace), because=because)
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


@once
def _for_registries(index: Index, namespace: str) -> There:
    names = index.sources.names("Secret", namespace)
    kept = [name for name in names if _is_registry(index, namespace, name)]
    return There(kept, names_in_use(index)["Secret", namespace])


def _is_registry(index: Index, namespace: str, name: str) -> bool:
    source = index.sources.of(Ref("Secret", namespace, name))
    return source is not None and bool(source.keys & set(_TYPES.values()))


def _without(index: Index) -> Iterator[Violation]:
    """An image that one pod of the namespace pulls with a Secret, and another pod without any."""
    pulled: dict[tuple[str, str], tuple[Ref, str]] = {}
    bare: list[tuple[Workload, str, str]] = []
    for workload in index.workloads:
        names = workload.pull_secrets()
        for container in workload.containers:
            repository = container.image.partition("@")[0].rpartition(":")[0] or container.image
            for name in names:
                if _registry(container.image) in _registries(index, workload.ref.namespace, name):
                    pulled.setdefault((workload.ref.namespace, repository), (workload.ref, name))
            if not names and not _by_account(index, workload):
                bare.append((workload, repository, container.where))
    told: set[Ref] = set()
    for workload, repository, where in bare:
        other = pulled.get((workload.ref.namespace, repository))
        if other and workload.ref not in told:
            told.add(workload.ref)
            yield Violation(
                "S06",
                workload.ref,
                f"{workload.where}.imagePullSecrets",
                found=f"no pull secret for {repository} ({where}.image)",
                expected=f"imagePullSecrets with {other[1]}, as {other[0].kind} {other[0].name} has it",
                because=f"{other[0].kind} {other[0].name} pulls the same image with it",
                nearest=other[1],
                fix=f"add {other[1]} to imagePullSecrets",
            )


def _by_account(index: Index, workload: Workload) -> bool:
    """Whether the pod's ServiceAccount brings pull secrets; one outside the set may."""
    name = text(workload.pod.get("serviceAccountName")) or "default"
    account = index.get("ServiceAccount", workload.ref.namespace, name)
    return account is None or bool(account.get("imagePullSecrets"))


def _registry(image: str) -> str:
    head, slash, _ = image.partition("/")
    return head if slash and ("." in head or ":" in head) else "docker.io"


@once
def _registries(index: Index, namespace: str, name: str) -> frozenset[str]:
    """The registries that a pull secret is for, as far as its value is known."""
    value = index.sources.secret_value(Ref("Secret", namespace, name), ".dockerconfigjson") or ""
    try:
        auths = mapping(json.loads(value)).get("auths")
    except ValueError:
        auths = None
    return frozenset(text(key).removeprefix("https://").partition("/")[0] for key in mapping(auths))
