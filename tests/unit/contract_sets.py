"""Sets of plain objects for tests of contracts: an app, its PostgreSQL, what is between them; small and right."""

from typing import Any

Body = dict[str, Any]


def app(**environment: str) -> Body:
    """A Deployment whose container reads `environment`."""
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "shop", "namespace": "shop"},
        "spec": {
            "selector": {"matchLabels": {"app": "shop"}},
            "template": {
                "metadata": {"labels": {"app": "shop"}},
                "spec": {
                    "containers": [
                        {
                            "name": "shop",
                            "image": "example.org/shop:1",
                            "env": [{"name": name, "value": value} for name, value in environment.items()],
                        }
                    ]
                },
            },
        },
    }


def postgres(namespace: str = "shop", **environment: str) -> Body:
    """A StatefulSet of the official image."""
    values = {"POSTGRES_USER": "shop", "POSTGRES_DB": "shop", "POSTGRES_PASSWORD": "right", **environment}
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": "postgres", "namespace": namespace},
        "spec": {
            "serviceName": "postgres",
            "selector": {"matchLabels": {"app": "postgres"}},
            "template": {
                "metadata": {"labels": {"app": "postgres"}},
                "spec": {
                    "containers": [
                        {
                            "name": "postgres",
                            "image": "postgres:16",
                            "env": [{"name": name, "value": value} for name, value in values.items()],
                            "ports": [{"name": "sql", "containerPort": 5432}],
                        }
                    ]
                },
            },
        },
    }


def service(name: str = "postgres", namespace: str = "shop", port: int = 5432, target: Any = "sql") -> Body:
    """A Service in front of `postgres`."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"selector": {"app": "postgres"}, "ports": [{"port": port, "targetPort": target}]},
    }


def policy(name: str, pods: dict[str, str], **spec: Any) -> Body:
    """A NetworkPolicy on the pods with these labels."""
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "namespace": "shop"},
        "spec": {"podSelector": {"matchLabels": pods} if pods else {}, **spec},
    }
