"""Parts of settings that tests of several folders write: a store, whoever signed its certificate, a Prometheus."""

import base64
from typing import Any

AUTHORITY = f"-----BEGIN CERTIFICATE-----\n{base64.b64encode(b'no real one').decode()}\n-----END CERTIFICATE-----\n"
S3: dict[str, Any] = {
    "bucket": "backups",
    "path": "databases",
    "endpoint": "https://minio.storage.svc:9000",
    "credentials": {"accessKeyId": {"config": "backupKeyId"}, "secretAccessKey": {"config": "backupKey"}},
    "allowTo": [{"namespace": "storage", "pods": {"app": "minio"}, "ports": [9000]}],
}
PROMETHEUS: dict[str, Any] = {"allowFrom": [{"namespace": "monitoring", "pods": {"app": "prometheus"}}]}
