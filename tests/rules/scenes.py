"""How a scene is written: what happens to a Cluster, and which alerts it must give, those named and no other.

Alerts whose `for` is 5 minutes and whose series are bad from the start fire at minute 5; `at` is when one looks.
"""

from dataclasses import dataclass, field

from tests.rules.healthy import PRIMARY, Change, Labels

_PLUGIN = "barman_cloud_cloudnative_pg_io_last"
AVAILABLE, FAILED = f"{_PLUGIN}_available_backup_timestamp", f"{_PLUGIN}_failed_backup_timestamp"


@dataclass(frozen=True)
class Alert:
    """One that fires: the labels that it has beside its severity, and what it says."""

    name: str
    summary: str
    labels: Labels = field(default_factory=dict)


@dataclass(frozen=True)
class Scene:
    """A sentence, what differs from health, after how many minutes one looks, and what fires then."""

    name: str
    changes: tuple[Change, ...] = ()
    fires: tuple[Alert, ...] = ()
    at: int = 15


def of(pod: str) -> Labels:
    return {"namespace": "databases", "pod": pod}


def each(metric: str, value: str | float, *pods: str) -> tuple[Change, ...]:
    return tuple(Change(metric, value, {"pod": pod}) for pod in pods)


READY = {"value": "ready"}
WAITING = Change("cnpg_collector_pg_wal_archive_status", 7, {"pod": PRIMARY} | READY)
SINCE = "cnpg_pg_stat_archiver_seconds_since_last_archival"
