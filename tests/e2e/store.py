"""MinIO in a namespace of its own, with TLS and keys of its own: the object store of a test."""

import datetime
import json
import secrets
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from devcluster.images import minio
from devcluster.node import certificate
from tests.e2e.live import Live, wait_for
from tests.e2e.stacks import remove_namespace

READY_WITHIN = 120.0
"""Seconds from `kubectl apply` to a server that answers."""

PORT = 9000
_LABELS = {"app": "minio"}
_VALID = datetime.timedelta(days=2)
_RESTRICTED = {"pod-security.kubernetes.io/enforce": "restricted"}


@dataclass
class Store:
    """A MinIO that runs in the namespace of `live`."""

    live: Live
    user: str = "e2e"
    password: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    authority: str = ""

    @property
    def endpoint(self) -> str:
        return f"https://minio.{self.live.namespace}.svc:{PORT}"

    def settings(self, bucket: str) -> dict[str, Any]:
        """The `s3` section for it; the keys are in Pulumi's configuration."""
        return {
            "bucket": bucket,
            "endpoint": self.endpoint,
            "authority": self.authority,
            "region": "us-east-1",
            "credentials": {"accessKeyId": {"config": "backupKeyId"}, "secretAccessKey": {"config": "backupKey"}},
            "allowTo": [{"namespace": self.live.namespace, "pods": _LABELS, "ports": [PORT]}],
        }

    def bring_up(self) -> None:
        """Make it, and wait until it answers."""
        remove_namespace(self.live)
        self.live.kubectl("create", "namespace", self.live.namespace)
        self.live.kubectl("label", "namespace", self.live.namespace, *(f"{k}={v}" for k, v in _RESTRICTED.items()))
        listed = {"apiVersion": "v1", "kind": "List", "items": self._objects()}
        self.live.kubectl("apply", "-f", "-", stdin=json.dumps(listed))
        ready = lambda: "true" in self.live.ask("get", "pod", "minio", "-o", "jsonpath={.status..ready}").text  # noqa: E731
        wait_for("MinIO", ready, READY_WITHIN)

    def _objects(self) -> list[dict[str, Any]]:
        entries = {"MINIO_ROOT_USER": self.user, "MINIO_ROOT_PASSWORD": self.password}
        port = {"port": PORT, "protocol": "TCP"}
        service = {"selector": _LABELS, "ports": [port]}
        return [
            _object("Secret", "minio-root", stringData=entries),
            _object("Secret", "minio-tls", stringData=self._certificate()),
            _object("Service", "minio", spec=service),
            _object("Pod", "minio", spec=_POD),
        ]

    def _certificate(self) -> dict[str, str]:
        """Under the names by which MinIO looks for them."""
        with tempfile.TemporaryDirectory() as place:
            ca, ca_key = Path(place) / "ca.crt", Path(place) / "ca.key"
            authority, key = certificate.elliptic(), certificate.elliptic()
            ca.write_bytes(certificate.authority(authority, _VALID))
            ca_key.write_bytes(certificate.pem(authority))
            host = f"minio.{self.live.namespace}.svc"
            own = certificate.signed(key, "minio", [], [host], [], ca, ca_key, _VALID)
            self.authority = ca.read_text()
        return {"public.crt": own.decode(), "private.key": certificate.pem(key).decode()}


def _object(kind: str, name: str, **content: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, "labels": _LABELS}, **content}


_POD: dict[str, Any] = {
    "automountServiceAccountToken": False,
    "securityContext": {
        "runAsNonRoot": True,
        "runAsUser": 65532,
        "fsGroup": 65532,
        "seccompProfile": {"type": "RuntimeDefault"},
    },
    "containers": [
        {
            "name": "minio",
            "image": minio.IMAGE.reference,
            "args": ["server", "/data", "--certs-dir", "/certs"],
            "env": [{"name": "HOME", "value": "/tmp"}],  # noqa: S108 (in the pod)
            "envFrom": [{"secretRef": {"name": "minio-root"}}],
            "readinessProbe": {
                "httpGet": {"path": "/minio/health/ready", "port": PORT, "scheme": "HTTPS"},
                "periodSeconds": 1,
            },
            "resources": {"requests": {"cpu": "20m", "memory": "128Mi"}, "limits": {"cpu": "1", "memory": "512Mi"}},
            "securityContext": {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            },
            "volumeMounts": [
                {"name": "data", "mountPath": "/data"},
                {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108 (in the pod)
                {"name": "certs", "mountPath": "/certs", "readOnly": True},
            ],
        }
    ],
    "volumes": [
        {"name": "data", "emptyDir": {}},
        {"name": "tmp", "emptyDir": {}},
        {"name": "certs", "secret": {"secretName": "minio-tls"}},
    ],
}
