"""The database section: PostgreSQL, whatever its topology."""

from typing import Any

from pydantic import Field, field_validator, model_validator

from components.images import known_user
from components.settings import turns
from components.settings.audience import Client, Reader, check_readers
from components.settings.backups import Backups, check_backups
from components.settings.certificates import Certificates, check_tls
from components.settings.external import filled
from components.settings.monitoring import Monitoring, check_monitoring
from components.settings.parameters import Parameters, check_shared_buffers
from components.settings.passwords import Passwords
from components.settings.probes import ServerProbes, check_probes
from components.settings.quantity import amount, mebibytes
from components.settings.roles import Roles
from components.settings.schema import Schema, check_schema
from components.settings.section import rule, rule_of
from components.settings.server_image import check_image
from components.settings.services import Services
from components.settings.wal import Wal, WalRecovery, check_wal
from components.settings.words import Identifier, Image, Labels
from components.settings.workload import Claim, Resources

OLDEST, NEWEST = 14, 18
"""The major versions that postgresql.org supports in November 2026 are 14 (its last month) to 18."""

SMALLEST_MEMORY = 256
"""MiB of memory below which pgtune's rules are «not optimal» (facts: tuning rules) and PostgreSQL is cramped."""


class Database(Services):
    """One PostgreSQL and the database in it."""

    version: int = Field(ge=OLDEST, le=NEWEST)
    image: Image
    user: int | None = Field(default=None, ge=1)
    name: Identifier
    roles: Roles
    passwords: Passwords = Passwords()
    storage: Claim
    resources: Resources
    max_connections: int = Field(default=100, ge=10, le=2000)
    parameters: Parameters = {}
    crash_recovery_seconds: int = Field(default=3600, ge=60, le=86400)
    shutdown_seconds: int = Field(default=120, ge=30, le=3600)
    node_selector: Labels = {}
    tls: Certificates | None = None
    clients: list[Client] = []
    readers: list[Reader] = []
    monitoring: Monitoring | None = None
    backup: Backups | None = None
    recovery: WalRecovery | None = None
    schema_: Schema | None = Field(default=None, alias="schema")
    probes: ServerProbes | None = None

    @model_validator(mode="before")
    @classmethod
    def _elsewhere(cls, section: Any) -> Any:
        return filled(section)

    @field_validator("resources")
    @classmethod
    def _enough_memory(cls, resources: Resources) -> Resources:
        if mebibytes(resources.limits.memory) < SMALLEST_MEMORY:
            raise ValueError(f"allowed: a memory limit of at least {SMALLEST_MEMORY}Mi for PostgreSQL")
        return resources

    @field_validator("storage")
    @classmethod
    def _enough_storage(cls, storage: Claim) -> Claim:
        if mebibytes(storage.size) < 1024:
            raise ValueError(
                "allowed: at least 1Gi; an empty cluster and its WAL take about 100Mi before the first row"
            )
        if storage.shareable:
            raise ValueError("allowed: ReadWriteOnce or ReadWriteOncePod; two servers on one data directory destroy it")
        return storage

    @rule
    def _patroni_fits(self) -> None:
        if self.is_replicated:
            self.replicated.check(self.service, self.roles.model_dump(), self.parameters, self.storage.claim)

    @rule
    def _operator_fits(self) -> None:
        if self.is_shared:
            self.shared.check(self.service, self.roles.model_dump(), self.parameters)

    @rule_of("backup")
    def _backup_fits(self) -> None:
        check_backups(self.topology, self.service, self.backup)

    @rule
    def _archive_fits(self) -> None:
        check_wal(self.topology, self.service, self.parameters, self.wal, self.recovery)

    @rule_of("monitoring")
    def _monitoring_fits(self) -> None:
        exporter = self.replicated.exporter is not None
        check_monitoring(self.topology, self.monitoring, self.instances, self.parameters, exporter=exporter)

    @rule_of("schema")
    def _schema_fits(self) -> None:
        check_schema(self.topology, self.schema_, self.parameters, self.image, self.shared)

    @rule_of("probes")
    def _probes_fit(self) -> None:
        check_probes(self.topology, self.probes)

    @rule_of("parameters", "shared_buffers")
    def _shared_buffers_fit(self) -> None:
        check_shared_buffers(self.parameters, int(amount(self.resources.limits.memory)))

    @rule_of("image")
    def _image_fits(self) -> None:
        check_image(self.image, self.version, self.user, self.roles.superuser)

    @rule_of("passwords")
    def _turns_fit(self) -> None:
        turns.check(self.topology, self.roles, self.rotations)

    @rule_of("tls")
    def _encrypted(self) -> None:
        check_tls(self.topology, self.tls, self.parameters)

    @rule_of("readers")
    def _readers_fit(self) -> None:
        check_readers(self.readers)

    @property
    def rotations(self) -> dict[str, int]:
        """Field of `roles` → how often its password was changed, of those whose ever was."""
        return turns.rotations(self.passwords)

    @property
    def grace(self) -> int:
        """Seconds in which clients elsewhere read a changed Secret."""
        given = self.passwords.grace
        return given if given is not None else turns.GRACE if self.clients else 0

    def login(self, role: str) -> str:
        """The name by which a field of `roles` signs in."""
        return turns.login(getattr(self.roles, role), self.rotations.get(role, 0))

    @property
    def login_roles(self) -> tuple[str, ...]:
        """The fields of `roles` that the bootstrap makes."""
        watched = self.replicated.exporter if self.is_replicated else self.is_standalone and self.monitoring
        dumped = self.backup is not None and self.backup.dumps is not None
        more = (("monitor", watched), ("dump", dumped), ("archive", self.wal))
        return ("owner", "app", "reader", *(role for role, wanted in more if wanted))

    @property
    def images(self) -> dict[str, str]:
        """Setting → image, of all that this database runs; `image` is the server's or, where replicated, psql's."""
        program = {"backup.wal.image": self.wal.program_image(self.server_image)} if self.wal else {}
        return self._images_of_topology | (self.backup.images if self.backup else {}) | program

    @property
    def server_image(self) -> str:
        """The image that PostgreSQL runs in, where it is this stack's."""
        return self.replicated.server_image(self.version) if self.is_replicated else self.image

    @property
    def wal(self) -> Wal | None:
        """How the WAL is archived, where it is."""
        return self.backup.wal if self.backup else None

    @property
    def _images_of_topology(self) -> dict[str, str]:
        if self.is_shared:
            return {"image": self.image} | {f"shared.{of}": one for of, one in self.shared.images(self.version).items()}
        if self.is_standalone:
            exporter = {"monitoring.exporter.image": self.monitoring.exporter.image} if self.monitoring else {}
            return {"image": self.image} | exporter
        of_topology = self.replicated.images(self.version) if self.is_replicated else {}
        return {"image": self.image} | {f"replicated.{where}": image for where, image in of_topology.items()}

    @property
    def run_as(self) -> int:
        """The numeric user of the image."""
        return self.user or known_user(self.image) or 0
