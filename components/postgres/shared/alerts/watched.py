"""One Cluster, as metrics name it."""

from components.postgres.monitoring.watched import Watched


def cluster(namespace: str, service: str, instances: int) -> Watched:
    """The instances of a Cluster and their volumes, of which `-wal` is that of a WAL volume; a Pooler's pods have other
    names."""
    one = f"{service}-[1-9][0-9]*"
    return Watched(namespace, service, instances, one, f"{one}(-wal)?", "postgres")


def on_primary(watched: Watched) -> str:
    """What limits a vector to the primary's pod: a former one keeps the figures of its time."""
    return f"and on (namespace, pod) ({watched.of('cnpg_pg_replication_in_recovery')} == 0)"
