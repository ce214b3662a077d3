"""The metrics of three instances that are well, as Prometheus has them: `postgresql-shared-1` is the primary."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

NAMESPACE, SERVICE = "databases", "postgresql-shared"
PRIMARY, *STANDBYS = PODS = [f"{SERVICE}-{number}" for number in (1, 2, 3)]

Labels = Mapping[str, str]


@dataclass(frozen=True)
class Series:
    """One series in promtool's notation of values: `1x60` is 1 and 60 times 1 again, a minute apart."""

    metric: str
    labels: Labels
    values: str

    @property
    def definition(self) -> dict[str, str]:
        """The series in a file of promtool."""
        labels = ",".join(f'{name}="{value}"' for name, value in self.labels.items())
        return {"series": f"{self.metric}{{{labels}}}", "values": self.values}


def _instance(pod: str, *, primary: bool) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    session = (("datname", "app"), ("usename", "app"), ("state", "active"), ("application_name", ""))
    return {
        ("up", ()): 1,
        ("cnpg_collector_up", (("cluster", SERVICE),)): 1,
        ("cnpg_collector_nodes_used", ()): len(PODS),
        ("cnpg_collector_pg_wal_archive_status", (("value", "ready"),)): 0,
        ("cnpg_collector_pg_wal_archive_status", (("value", "done"),)): 5,
        ("cnpg_pg_replication_in_recovery", ()): 0 if primary else 1,
        ("cnpg_pg_replication_is_wal_receiver_up", ()): 0 if primary else 1,
        ("cnpg_pg_replication_streaming_replicas", ()): len(STANDBYS) if primary else 0,
        ("cnpg_pg_replication_lag", ()): 0,
        ("cnpg_backends_total", session): 60,
        ("cnpg_backends_max_tx_duration_seconds", session): 2,
        ("cnpg_pg_settings_setting", (("name", "max_connections"),)): 100,
        ("cnpg_pg_settings_setting", (("name", "work_mem"),)): 4096,
        ("cnpg_pg_database_xid_age", (("datname", "app"),)): 199_000_000,
        ("cnpg_pg_stat_database_deadlocks", (("datname", "app"),)): 4000,
        ("cnpg_pg_stat_archiver_last_archived_time", ()): 50,
        ("cnpg_pg_stat_archiver_last_failed_time", ()): -1,
        ("cnpg_pg_stat_archiver_seconds_since_last_archival", ()): 60,
        ("barman_cloud_cloudnative_pg_io_last_available_backup_timestamp", ()): 60,
        ("barman_cloud_cloudnative_pg_io_last_failed_backup_timestamp", ()): 0,
    }


def healthy(minutes: int) -> list[Series]:
    """All series for so many minutes, each of one value."""
    found = []

    def add(metric: str, value: float, /, **labels: str) -> None:
        found.append(Series(metric, {"namespace": NAMESPACE} | labels, f"{value}x{minutes}"))

    for number, pod in enumerate(PODS, 1):
        for (metric, labels), value in _instance(pod, primary=pod == PRIMARY).items():
            add(metric, value, pod=pod, **dict(labels))
        add("kubelet_volume_stats_available_bytes", 50, persistentvolumeclaim=pod)
        add("kubelet_volume_stats_capacity_bytes", 100, persistentvolumeclaim=pod)
        add("kube_pod_info", 1, pod=pod, node=f"node-{number}")
        zone = {"label_topology_kubernetes_io_zone": f"zone-{number}"}
        found.append(Series("kube_node_labels", {"node": f"node-{number}"} | zone, f"1x{minutes}"))
    return found


@dataclass(frozen=True)
class Change:
    """Other values for every series of `metric` that has these labels, for the whole time or as promtool notes them;
    and other labels, where `moved` names some."""

    metric: str
    values: str | float
    labels: Labels = field(default_factory=dict)
    moved: Labels = field(default_factory=dict)

    def applied(self, series: list[Series], minutes: int) -> list[Series]:
        """`series` with the change in it. Raises LookupError where it changes none."""
        values = self.values if isinstance(self.values, str) else f"{self.values}x{minutes}"
        fits = [one.metric == self.metric and self.labels.items() <= one.labels.items() for one in series]
        if not any(fits):
            raise LookupError(f"no series of {self.metric} has {dict(self.labels)}")
        return [
            replace(one, values=values, labels={**one.labels, **self.moved}) if fit else one
            for one, fit in zip(series, fits, strict=True)
        ]
