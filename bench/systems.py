"""The stacks that are measured: the local one as it is, one of a hundred small apps, one of many tenants."""

from typing import Any

import yaml

from devcluster import paths

APPS = 100

Document = dict[str, Any]


def local(namespace: str) -> tuple[Document, Document | None]:
    """Pulumi.local.yaml in `namespace`; its system is one of systems/, so none comes with it."""
    stack = yaml.safe_load((paths.CHECKOUT / "Pulumi.local.yaml").read_text())
    stack["config"]["postgres-apps:namespace"] = {"name": namespace}
    return stack, None


def hundred(namespace: str) -> tuple[Document, Document]:
    """A stack and its system: APPS apps of ten objects and a password each, on one PostgreSQL.

    Their replicas are 0: a hundred pods would measure the node. Everything else of an app is there, claims included.
    """
    stack, _ = local(namespace)
    config = stack["config"]
    config["postgres-apps:system"] = "bench"
    del config["postgres-apps:apps"]
    config.pop("postgres-apps:pullSecrets", None)
    observer = yaml.safe_load((paths.CHECKOUT / "systems" / "observer.yaml").read_text())
    names = [f"app-{number:03}" for number in range(APPS)]
    return stack, {
        "name": "bench",
        "database": observer["database"],
        "apps": {name: _app(name) for name in names},
    }


def tenants(namespace: str, count: int) -> tuple[Document, Document]:
    """A shared Cluster and its system, with so many tenants of three lines, two to a namespace."""
    stack, _ = local(namespace)
    config = stack["config"]
    config["postgres-apps:system"] = "bench"
    for section in ("apps", "pullSecrets", "database"):
        config.pop(f"postgres-apps:{section}", None)
    database = yaml.safe_load((paths.CHECKOUT / "systems" / "databases.yaml").read_text())["database"]
    return stack, {
        "name": "bench",
        "database": database,
        "tenants": {
            f"tenant-{number:03}": {
                "namespace": f"{namespace}-{number // 2:03}",
                "connection": {"presets": ["libpq", "url"]},
            }
            for number in range(count)
        },
    }


def _app(name: str) -> Document:
    """ServiceAccount, ConfigMap, Secret, ConfigMap of files, three claims, NetworkPolicy, Deployment, Service."""
    volumes: Document = {
        volume: {"path": f"/srv/{volume}", "claim": f"{name}-{volume}", "size": "1Gi"}
        for volume in ("data", "logs", "cache")
    }
    volumes["config"] = {"path": "/srv/config", "files": {"app.yaml": f"name: {name}\n"}}
    return {
        "image": "localhost/observer-demo:1",
        "replicas": 0,
        "port": 8000,
        "probes": {"health": "/health", "ready": "/ready"},
        "user": 1000,
        "oneNode": True,
        "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"cpu": "500m", "memory": "256Mi"}},
        "connection": {"presets": ["db", "libpq"]},
        "variables": {"LOG_LEVEL": "INFO", "SERVICE_PORT": "8000"},
        "secrets": {"TOKEN": {"generate": 40}},
        "volumes": volumes,
        "allowTo": [{"cidr": "0.0.0.0/0", "ports": [443]}],
    }
