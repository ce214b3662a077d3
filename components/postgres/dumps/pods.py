"""The pods of dumps, proofs and restores: steps one after the other, each in its image, on a volume that they share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from components import declared, volumes
from components.manifest import Manifest
from components.names import Scope
from components.pod import container, pod_spec, requirements, template
from components.postgres.dumps import names, place
from components.postgres.dumps.place import Place
from components.settings.backups import Dumps
from components.settings.database import Database
from components.settings.workload import Resources

SCRIPTS, WORK, CHECKS = "/scripts", "/work", "/checks"
FOLDER = Path(__file__).resolve().parent / "scripts"


@dataclass(frozen=True)
class Pods:
    """What all of them have in common."""

    scope: Scope
    database: Database
    dumps: Dumps
    place: Place

    @classmethod
    def of(cls, scope: Scope, database: Database, dumps: Dumps) -> "Pods":
        return cls(scope, database, dumps, place.of(scope, database.service, dumps, SCRIPTS))

    def programs(self, rights: str) -> Manifest:
        """The ConfigMap with scripts/, with the SQL that gives this stack's `rights`, and whom the store trusts."""
        data = {file.name: file.read_text() for file in sorted(FOLDER.iterdir()) if file.suffix in {".sh", ".sql"}}
        data["rights.sql"] = rights
        if self.dumps.s3 is not None and self.dumps.s3.authority:
            data[place.AUTHORITY] = self.dumps.s3.authority
        name = names.programs(self.database.service)
        return self.scope.manifest("v1", "ConfigMap", name, {"data": data}, labels=self.scope.labels(name, "backup"))

    def words(self) -> Manifest:
        """The ConfigMap with rclone's configuration, but for what is secret."""
        name = names.place(self.database.service)
        labels = self.scope.labels(name, "backup")
        return self.scope.manifest("v1", "ConfigMap", name, {"data": dict(self.place.words)}, labels=labels)

    def account(self, name: str, component: str) -> Manifest:
        """A ServiceAccount, by whose annotations a cloud gives its pods their way into the store."""
        annotations = self.dumps.s3.service_account_annotations if self.dumps.s3 else {}
        content = {"automountServiceAccountToken": False}
        labels = self.scope.labels(name, component)
        return self.scope.manifest("v1", "ServiceAccount", name, content, labels=labels, annotations=annotations)

    def with_rclone(self, script: str, env: Mapping[str, str] = {}) -> dict[str, Any]:
        """A step that reads or writes the store."""
        more = {"IDENTITY": f"{self.scope.namespace}/{self.database.service}/{self.database.name}"}
        given = [*self.place.env, *variables(more if script == "reach" else {}), *variables(env)]
        words = [{"configMapRef": {"name": names.place(self.database.service)}}]
        return self._step(script, self.dumps.image, given, self.dumps.resources, self.place.mounts, words)

    def with_postgres(
        self,
        script: str,
        env: Sequence[Mapping[str, Any]],
        resources: Resources,
        mounts: Sequence[Mapping[str, Any]] = (),
    ) -> dict[str, Any]:
        """A step with PostgreSQL's programs."""
        return self._step(script, self.database.image, env, resources, mounts)

    def _step(
        self,
        script: str,
        image: str,
        env: Sequence[Mapping[str, Any]],
        resources: Resources,
        mounts: Sequence[Mapping[str, Any]],
        env_from: Sequence[Mapping[str, Any]] = (),
    ) -> dict[str, Any]:
        return container(
            script,
            image,
            command=["sh", f"{SCRIPTS}/{script}.sh"],
            workingDir=WORK,
            envFrom=list(env_from) or None,
            env=list(env) or None,
            resources=requirements(resources),
            mounts=[volumes.mount("scripts", SCRIPTS, read_only=True), volumes.mount("work", WORK), *mounts],
            # What it said last is what `kubectl describe` shows.
            terminationMessagePolicy="FallbackToLogsOnError",
        )

    def template(
        self,
        labels: Mapping[str, str],
        account: str,
        steps: Sequence[dict[str, Any]],
        size: str,
        more: Sequence[Mapping[str, Any]] = (),
    ) -> dict[str, Any]:
        """The pod's template; `size` is how much the steps may write, `more` are further volumes."""
        spec = pod_spec(
            user=self.database.run_as,
            account=account,
            containers=steps[-1:],
            initContainers=list(steps[:-1]),
            affinity=self.place.affinity,
            volumes=[
                volumes.of_config_map("scripts", names.programs(self.database.service)),
                volumes.ephemeral("work", size, self.database.storage.storage_class),
                *self.place.volumes,
                *more,
            ],
        )
        return template({**labels, **self.place.labels}, declared.of_scripts(steps, FOLDER), spec)


def variables(values: Mapping[str, str]) -> list[dict[str, Any]]:
    """Variables of a container that are no secret."""
    return [{"name": name, "value": value} for name, value in values.items()]
