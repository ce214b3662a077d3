"""The apps section: what runs, what it reads, where it writes, whom it talks to."""

from typing import Literal, Self

from pydantic import Field, model_validator

from components.connection import PRESETS
from components.connection import Field as ConnectionField
from components.settings.network import AllowFrom, AllowTo, Expose, Monitoring
from components.settings.quantity import Size
from components.settings.words import ConfigKey, FileName, HttpPath, Image, ObjectName, Path, Section, Value, Variable
from components.settings.workload import AccessMode, Claim, Resources


def exactly_one(section: Section, *fields: str) -> None:
    """Raise ValueError unless just one of `fields` was given in `section`."""
    given = [field for field in fields if getattr(section, field) is not None]
    if len(given) != 1:
        raise ValueError(f"allowed: exactly one of {', '.join(fields)}; found {' and '.join(given) or 'none'}")


class SecretSource(Section):
    """Where a secret value comes from. Its key is known when the plan is made, its value is not."""

    config: ConfigKey | None = None
    generate: int | None = Field(default=None, ge=32, le=256)

    @model_validator(mode="after")
    def _one(self) -> Self:
        exactly_one(self, "config", "generate")
        return self


class PullSecret(Section):
    """Credentials of an image registry: an imagePullSecret."""

    registry: str
    username: str
    password: SecretSource


class Volume(Section):
    """A mount: a claim of its own, files from a ConfigMap, or scratch space that goes with the pod."""

    path: Path
    claim: ObjectName | None = None
    size: Size | None = None
    access_mode: AccessMode = "ReadWriteOnce"
    storage_class: ObjectName | None = None
    files: dict[FileName, str] | None = None
    scratch: Size | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        exactly_one(self, "claim", "files", "scratch")
        if (self.claim is None) != (self.size is None):
            raise ValueError("allowed: `claim` together with `size`")
        return self

    @property
    def as_claim(self) -> Claim | None:
        """The claim behind this mount, where there is one."""
        if self.claim is None or self.size is None:
            return None
        return Claim.model_construct(
            claim=self.claim, size=self.size, access_mode=self.access_mode, storage_class=self.storage_class
        )


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
    volumes: dict[str, Volume] = {}
    migration: Migration | None = None
    one_node: bool = False
    node_selector: dict[str, str] = {}
    shutdown_seconds: int = Field(default=30, ge=1, le=3600)
    allow_to: list[AllowTo] = []
    allow_from: list[AllowFrom] = []
    expose: Expose | None = None
    monitoring: Monitoring | None = None

    @model_validator(mode="after")
    def _no_variable_twice(self) -> Self:
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
        return self

    @model_validator(mode="after")
    def _mounts_apart(self) -> Self:
        paths = [volume.path for volume in self.volumes.values()]
        if "/tmp" in paths:  # noqa: S108
            raise ValueError("allowed: any path but /tmp, which every app gets as scratch space already")
        hidden = sorted({path for path in paths if paths.count(path) > 1})
        if hidden:
            raise ValueError(f"allowed: one volume for each path; found twice: {', '.join(hidden)}")
        return self

    @model_validator(mode="after")
    def _one_node_for_single_writers(self) -> Self:
        single = [name for name, volume in self.volumes.items() if (c := volume.as_claim) and not c.shareable]
        if single and not self.one_node:
            raise ValueError(
                f"allowed: `oneNode: true`, or ReadWriteMany claims; {', '.join(single)} can be mounted on one node "
                f"only, and {self.replicas} replica(s) with a rolling update may land on two (rule 8)"
            )
        return self


RESERVED = ("POD_NAME", "POD_NAMESPACE", "TZ")
"""Variables that every app's pod sets itself."""
