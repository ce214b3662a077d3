"""The apps section: what runs, what it reads, where it writes, whom it talks to."""

from typing import Literal

from pydantic import Field

from components.connection import PRESETS
from components.connection import Field as ConnectionField
from components.settings.network import AllowFrom, AllowTo, Expose, Monitoring
from components.settings.section import Section, rule
from components.settings.source import SecretSource
from components.settings.volume import Volume
from components.settings.words import HttpPath, Image, Label, Labels, ObjectName, Path, Value, Variable
from components.settings.workload import Resources


class Wiring(Section):
    """Which variables the app's code reads its connection from, by presets, by name, or both."""

    presets: list[Literal["libpq", "db", "url", "jdbc"]] = []
    variables: dict[Variable, ConnectionField] = {}

    @property
    def fields(self) -> dict[str, ConnectionField]:
        """Variable → field of the Connection."""
        merged: dict[str, ConnectionField] = {}
        for preset in self.presets:
            merged.update(PRESETS[preset])
        return merged | self.variables


class Migration(Section):
    """A Job that runs as the owner role, once per definition, before the app of the same revision becomes ready."""

    command: list[str] = Field(min_length=1)
    deadline_seconds: int = Field(default=600, ge=10, le=86400)
    retries: int = Field(default=3, ge=0, le=10)


class Probes(Section):
    """HTTP paths: `health` for liveness and startup, `ready` for readiness."""

    health: HttpPath
    ready: HttpPath
    start_seconds: int = Field(default=120, ge=5, le=3600)


class Code(Section):
    """What the app's code takes for granted; contracts hold the objects against it.

    `reads`: the variables it can't do without. `paths`: where it looks when a path variable is not set, so where that
    variable must point to. `read_only`: those of the path variables under which it writes nothing.
    """

    reads: list[Variable] = []
    paths: dict[Variable, Path] = {}
    read_only: list[Variable] = []


class App(Section):
    """One Deployment and what it needs."""

    image: Image
    command: list[str] | None = None
    args: list[str] | None = None
    replicas: int = Field(default=1, ge=0, le=100)
    port: int = Field(ge=1024, le=65535, description="above 1023: a non-root process may not bind lower ones")
    probes: Probes
    user: int = Field(ge=1)
    timezone: str = "Etc/UTC"
    resources: Resources
    connection: Wiring = Wiring()
    config: ObjectName | None = None
    secret: ObjectName | None = None
    variables: dict[Variable, Value] = {}
    secrets: dict[Variable, SecretSource] = {}
    volumes: dict[Label, Volume] = {}
    code: Code = Code()
    migration: Migration | None = None
    one_node: bool = False
    node_selector: Labels = {}
    shutdown_seconds: int = Field(default=30, ge=1, le=3600)
    allow_to: list[AllowTo] = []
    allow_from: list[AllowFrom] = []
    expose: Expose | None = None
    monitoring: Monitoring | None = None

    @rule
    def _no_variable_twice(self) -> None:
        sources: dict[str, list[str]] = {}
        for section, names in (
            ("variables", self.variables),
            ("secrets", self.secrets),
            ("connection", self.connection.fields),
            ("the pod itself", RESERVED),
        ):
            for name in names:
                sources.setdefault(name, []).append(section)
        twice = [f"{name} ({' and '.join(where)})" for name, where in sources.items() if len(where) > 1]
        if twice:
            raise ValueError(f"allowed: one source for each variable; found twice: {', '.join(sorted(twice))}")

    @rule
    def _mounts_apart(self) -> None:
        if "tmp" in self.volumes:
            raise ValueError("allowed: any name but `tmp` for a volume; every app gets one of that name already")
        paths = [volume.path for volume in self.volumes.values()]
        if "/tmp" in paths:  # noqa: S108
            raise ValueError("allowed: any path but /tmp, which every app gets as scratch space already")
        hidden = sorted({path for path in paths if paths.count(path) > 1})
        if hidden:
            raise ValueError(f"allowed: one volume for each path; found twice: {', '.join(hidden)}")

    @rule
    def _somebody_may_come(self) -> None:
        sections = [name for name, value in (("expose", self.expose), ("monitoring", self.monitoring)) if value]
        if sections and not self.allow_from:
            raise ValueError(
                f"allowed: {' and '.join(sections)} together with `allowFrom`; everything is denied by default, so "
                "name the pods that will ask, e.g. `allowFrom: [{namespace: ingress-nginx}]`"
            )

    @rule
    def _one_node_for_single_writers(self) -> None:
        alone = [name for name, volume in self.volumes.items() if volume.access_mode == "ReadWriteOncePod"]
        if alone:
            raise ValueError(
                f"allowed: ReadWriteOnce with `oneNode: true`, or ReadWriteMany; {', '.join(alone)} as "
                "ReadWriteOncePod would keep the next revision's pod waiting for ever in a rolling update (rule 8)"
            )
        single = [name for name, volume in self.volumes.items() if (c := volume.as_claim) and not c.shareable]
        if single and not self.one_node:
            raise ValueError(
                f"allowed: `oneNode: true`, or ReadWriteMany claims; {', '.join(single)} can be mounted on one node "
                f"only, and {self.replicas} replica(s) with a rolling update may land on two (rule 8)"
            )


RESERVED = ("POD_NAME", "POD_NAMESPACE", "TZ")
"""Variables that every app's pod sets itself."""
