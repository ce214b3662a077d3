"""A container of a pod template, with what it is given and what it mounts."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from contracts.objects import Plain, items, mapping, mappings, text

_REQUESTS = (
    ("startupProbe",),
    ("livenessProbe",),
    ("readinessProbe",),
    ("lifecycle", "postStart"),
    ("lifecycle", "preStop"),
)
"""Where a container says what the kubelet asks of it: probes and hooks."""


class Mount(NamedTuple):
    """One volumeMount of a container."""

    volume: str
    path: str
    sub_path: str
    read_only: bool
    where: str


@dataclass(frozen=True, eq=False)
class Container:
    """One container of a pod template; `where` is its path in the object. It is equal to itself only."""

    body: Plain
    where: str
    init: bool

    @cached_property
    def name(self) -> str:
        return text(self.body.get("name"))

    @cached_property
    def image(self) -> str:
        return text(self.body.get("image"))

    @property
    def sidecar(self) -> bool:
        """An init container that keeps running (Kubernetes 1.29)."""
        return self.init and self.body.get("restartPolicy") == "Always"

    @cached_property
    def env(self) -> list[Plain]:
        """The entries of `env`."""
        return mappings(self.body.get("env"))

    @cached_property
    def env_from(self) -> list[Plain]:
        """The entries of `envFrom`."""
        return mappings(self.body.get("envFrom"))

    @cached_property
    def arguments(self) -> list[str]:
        """Command and arguments, as texts."""
        return [text(word) for field in ("command", "args") for word in items(self.body.get(field))]

    @cached_property
    def mounts(self) -> list[Mount]:
        return [
            Mount(
                text(mount.get("name")),
                _clean(text(mount.get("mountPath"))),
                text(mount.get("subPath") or mount.get("subPathExpr")),
                bool(mount.get("readOnly")),
                f"{self.where}.volumeMounts[{text(mount.get('mountPath'))}]",
            )
            for mount in mappings(self.body.get("volumeMounts"))
        ]

    @cached_property
    def ports(self) -> list[Plain]:
        return mappings(self.body.get("ports"))

    def mount_of(self, path: str) -> Mount | None:
        """The mount that `path` lies in: the innermost one."""
        while path not in self._mounted and len(path) > 1:
            path = path.rpartition("/")[0] or "/"
        return self._mounted.get(path)

    @cached_property
    def _mounted(self) -> dict[str, Mount]:
        """Path → the first mount there."""
        return {mount.path: mount for mount in reversed(self.mounts)}


def requests(body: Plain) -> list[tuple[str, Plain]]:
    """(path in the container, body) of the probes and hooks that a container has."""
    found = []
    for place in _REQUESTS:
        if place[0] not in body:
            continue
        asked = mapping(body.get(place[0]))
        if asked and len(place) > 1:
            asked = mapping(asked.get(place[1]))
        if asked:
            found.append((".".join(place), asked))
    return found


def _clean(path: str) -> str:
    return path.rstrip("/") or "/"


def directories(path: str) -> Iterator[str]:
    """A path and every directory that it lies in, the innermost first."""
    yield path
    while len(path) > 1:
        path = path.rpartition("/")[0] or "/"
        yield path


def within(path: str, directory: str) -> bool:
    """Whether `path` is `directory` or lies below it."""
    return path == directory or directory == "/" or path.startswith(directory + "/")
