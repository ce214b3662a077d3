"""The stacks that are broken and edited: every real one, and the variants with everything optional."""

import functools
import sys
from pathlib import Path
from typing import Any

_UNIT = str(Path(__file__).resolve().parents[2] / "unit")
if _UNIT not in sys.path:
    sys.path.append(_UNIT)

import plans  # noqa: E402 # pyright: ignore[reportMissingImports] (found by the line above)

from components.manifest import shown  # noqa: E402

Body = dict[str, Any]

_CERTIFICATE: Body = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {"name": "observer-tls", "namespace": "observer-full"},
    "type": "kubernetes.io/tls",
    "stringData": {"tls.crt": "<configured certificate>", "tls.key": "<configured key>"},
}
"""What somebody else puts there for the Ingress of a variant."""


_TENANTS: Body = {
    "docspell": {"namespace": "docspell", "connection": {"presets": ["jdbc"]}},
    "wiki": {
        "namespace": "wiki",
        "connection": {"presets": ["libpq"]},
        "role": "app",
        "pooler": {"instances": 2},
        "pods": {"app": "wiki"},
    },
}
_BACKUP: Body = {
    "s3": {
        "bucket": "backups",
        "path": "databases",
        "endpoint": "https://minio.storage.svc:9000",
        "credentials": {"accessKeyId": {"config": "backupKeyId"}, "secretAccessKey": {"config": "backupKey"}},
        "allowTo": [{"namespace": "storage", "pods": {"app": "minio"}, "ports": [9000]}],
    }
}
_PROMETHEUS: Body = {"allowFrom": [{"namespace": "monitoring", "pods": {"app": "prometheus"}}]}
_SHARED: dict[str, Body] = {
    "shared": {"instances": 3, "backup": _BACKUP, "monitoring": _PROMETHEUS},
    "shared-inline": {"operator": "1.28"},
}
"""The Observer with a Cluster of CloudNativePG, of 1.30 with all that is optional and of 1.28 with one instance."""


@functools.cache
def every() -> dict[str, list[Body]]:
    """Stack → its objects as they will be applied, with markers where secrets will be."""
    found = {name: [shown(manifest.body) for manifest in plan.manifests] for name, plan in plans.every_plan().items()}
    for name in plans.VARIANTS:
        found[name].append(_CERTIFICATE)
    for name, settings in _SHARED.items():
        patch = {"database": {"topology": "shared", "shared": settings}, "tenants": _TENANTS}
        found[name] = [shown(manifest.body) for manifest in plans.plan("dev", patch).manifests]
    return found
