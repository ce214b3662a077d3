"""The sections of a stack with a shared Cluster on the embedded node, small enough for two cores."""

from typing import Any

OLDER, NEWER = "1.28", "1.30"
"""The operators: roles inline in the Cluster, and an object for each."""

_SMALL = {"requests": {"cpu": "50m", "memory": "128Mi"}, "limits": {"cpu": "1", "memory": "384Mi"}}

SHARED: dict[str, Any] = {
    "topology": "shared",
    "version": 17,
    # For psql; the instances run `shared.image`.
    "image": "localhost/cloudnativepg-postgresql:17",
    "user": 26,
    "storage": {"size": "1Gi"},
    "resources": _SMALL,
    "maxConnections": 60,
    # A new standby waits for a checkpoint of the primary, which is spread over most of this time.
    "parameters": {"checkpoint_timeout": "30s"},
    "shared": {
        "image": "localhost/cloudnativepg-postgresql:17",
        "extensions": ["pg_trgm", "vector", "uuid-ossp"],
        "poolerImage": "localhost/pgbouncer:1.24",
    },
}
"""The database section: the Observer with one word changed, and images that are made here."""


def of(operator: str, instances: int = 1, **more: Any) -> dict[str, Any]:
    """The database section for a version of the operator."""
    return SHARED | {"shared": SHARED["shared"] | {"operator": operator, "instances": instances, **more}}


TENANTS: dict[str, Any] = {
    "docs": {"namespace": "e2e-docs", "connection": {"presets": ["jdbc"]}},
    "reports": {
        "namespace": "e2e-reports",
        "connection": {"presets": ["libpq", "url"]},
        "role": "app",
        "extensions": ["pg_trgm", "vector"],
        "schemas": ["reports"],
    },
    "bursts": {"namespace": "e2e-bursts", "connection": {"presets": ["url"]}, "pooler": {"instances": 1}},
}
"""Three apps that run elsewhere: with three lines, with more of its own, and behind a pooler."""
