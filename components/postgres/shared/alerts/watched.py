"""One Cluster, as metrics name it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Watched:
    """One Cluster, as metrics name it."""

    namespace: str
    service: str
    instances: int

    @property
    def pods(self) -> str:
        """Labels of its instances' series; a Pooler's pods have other names."""
        return f'namespace="{self.namespace}",pod=~"{self.service}-[1-9][0-9]*"'

    def of(self, metric: str, *more: str) -> str:
        """The series of one metric."""
        return f"{metric}{{{','.join([self.pods, *more])}}}"

    @property
    def claims(self) -> str:
        """Labels of the series of its volumes; `-wal` is that of a WAL volume."""
        return f'namespace="{self.namespace}",persistentvolumeclaim=~"{self.service}-[1-9][0-9]*(-wal)?"'

    @property
    def primary(self) -> str:
        """What limits a vector to the primary's pod: a former one keeps the figures of its time."""
        return f"and on (namespace, pod) ({self.of('cnpg_pg_replication_in_recovery')} == 0)"
