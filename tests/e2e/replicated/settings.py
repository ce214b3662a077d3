"""The database section of a replicated stack on the embedded node, small enough for two cores."""

from typing import Any

_SMALL = {"requests": {"cpu": "50m", "memory": "128Mi"}, "limits": {"cpu": "1", "memory": "384Mi"}}

REPLICATED: dict[str, Any] = {
    "topology": "replicated",
    "version": 17,
    # For psql; the members run `replicated.image`.
    "image": "localhost/patroni:4.1-pg17",
    "user": 101,
    "storage": {"size": "1Gi"},
    "resources": _SMALL,
    "maxConnections": 50,
    "replicated": {
        "image": "localhost/patroni:4.1-pg17",
        "user": 101,
        "group": 103,
        "etcd": {"image": "localhost/etcd:3.6"},
        "router": {"image": "localhost/haproxy:3.0"},
        "exporter": {"image": "localhost/postgres-exporter:0.17"},
    },
}
