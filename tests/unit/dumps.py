"""Sections with dumps, for tests: to a claim, to S3, encrypted."""

from typing import Any

from tests.examples import AUTHORITY

STORE: dict[str, Any] = {
    "bucket": "dumps",
    "path": "observer",
    "endpoint": "https://minio.store.svc:9000",
    "authority": AUTHORITY,
    "region": "us-east-1",
    "credentials": {"accessKeyId": {"config": "backupKeyId"}, "secretAccessKey": {"config": "backupKey"}},
    "allowTo": [{"namespace": "store", "pods": {"app": "minio"}, "ports": [9000]}],
}
CHECK = {"query": "SELECT count(*) > 0 FROM observation", "expect": "t"}


def on_claim(**more: Any) -> dict[str, Any]:
    """A patch: dumps to a claim of their own."""
    return {"database": {"backup": {"dumps": {"storage": {"claim": "dumps", "size": "5Gi"}, **more}}}}


def in_store(**more: Any) -> dict[str, Any]:
    """A patch: dumps to S3."""
    return {"database": {"backup": {"dumps": {"s3": STORE, **more}}}}
