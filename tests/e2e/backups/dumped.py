"""A stack with dumps: its settings, its commands as `make` runs them, and its files where they lie."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from devcluster.images import rclone
from tests.e2e.live import Live, wait_for
from tests.e2e.store import Store
from tests.e2e.trial import Ended, Trial

ENDS_WITHIN = 180.0
"""Seconds for a command with its Job; one takes about 5 s here."""

MADE_WITHIN = 60.0
CLAIM = "observer-dumps"
PATH = "observer"
CHECKS = {"rows": {"query": "SELECT count(*) >= 3 FROM fact", "expect": "t"}}
FACTS = """
CREATE TABLE IF NOT EXISTS fact (id int PRIMARY KEY, word text NOT NULL CHECK (word <> ''));
CREATE TABLE IF NOT EXISTS hidden (id int REFERENCES fact);
ALTER TABLE hidden ENABLE ROW LEVEL SECURITY; ALTER TABLE hidden FORCE ROW LEVEL SECURITY;
INSERT INTO fact SELECT g, 'word ' || g FROM generate_series(1, 1000) g ON CONFLICT DO NOTHING;
"""
"""What the owner makes; nobody but who bypasses row-level security can read a row of `hidden`."""


def dumps(checks: dict[str, Any] = CHECKS, **more: Any) -> dict[str, Any]:
    """A patch: dumps that only somebody starts, for their schedule is far away."""
    never = "0 0 29 2 *"
    section = {"schedule": never, "image": rclone.IMAGE.reference, "proof": {"schedule": never, "checks": checks}}
    return {"database": {"backup": {"dumps": {**section, **more}}}}


def on_claim(**more: Any) -> dict[str, Any]:
    """To a claim, as they are."""
    return dumps(storage={"claim": CLAIM, "size": "1Gi"}, **more)


def in_store(store: Store, bucket: str, **more: Any) -> dict[str, Any]:
    """To MinIO, encrypted."""
    place = {**store.settings(bucket), "path": PATH, **more}
    return dumps(storage=None, s3=place, encrypt={"config": "dumpPassword"})


@dataclass(frozen=True)
class Dumped:
    """A stack whose dumps are asked for by the commands of `make`."""

    trial: Trial

    @property
    def live(self) -> Live:
        return self.trial.live

    def run(self, *words: str, code: int = 0) -> Ended:
        """`python -m operations` for this stack; another exit code fails the test with all that was printed."""
        ended = self.trial.operations(*words, within=ENDS_WITHIN)
        assert ended.code == code, f"`{' '.join(words)}` ended with {ended.code}, not {code}:\n{ended.text}"
        return ended

    def listed(self) -> list[str]:
        """What there is, a dump a line, the oldest first."""
        lines = self.run("dumps").text.splitlines()
        return [line for line in lines if line.startswith("observer-")]

    def newest_file(self) -> Path:
        """The newest dump on the claim, as the node has it on its disk."""
        volume = self.live.one("pvc", CLAIM)["spec"]["volumeName"]
        spec = json.loads(self.live.kubectl("get", "pv", volume, "-o", "json"))["spec"]
        folder = Path((spec.get("hostPath") or spec.get("local"))["path"])
        return max(folder.glob("*.dump"))


def make_bucket(store: Store, bucket: str) -> None:
    """A bucket in MinIO, by rclone in a pod of the store's namespace."""
    env = {
        "RCLONE_CONFIG": "/notfound",
        "RCLONE_NO_CHECK_CERTIFICATE": "true",
        "RCLONE_CONFIG_S_TYPE": "s3",
        "RCLONE_CONFIG_S_PROVIDER": "Other",
        "RCLONE_CONFIG_S_ENDPOINT": store.endpoint,
        "RCLONE_CONFIG_S_REGION": "us-east-1",
    }
    keys = {
        "RCLONE_CONFIG_S_ACCESS_KEY_ID": "MINIO_ROOT_USER",
        "RCLONE_CONFIG_S_SECRET_ACCESS_KEY": "MINIO_ROOT_PASSWORD",
    }
    container = {
        "name": "bucket",
        "image": rclone.IMAGE.reference,
        "args": ["mkdir", f"s:{bucket}"],
        "env": [
            *({"name": name, "value": value} for name, value in env.items()),
            *(
                {"name": name, "valueFrom": {"secretKeyRef": {"name": "minio-root", "key": key}}}
                for name, key in keys.items()
            ),
        ],
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
    }
    safe = {"runAsNonRoot": True, "runAsUser": 65534, "seccompProfile": {"type": "RuntimeDefault"}}
    spec = {"restartPolicy": "Never", "securityContext": safe, "containers": [container]}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": f"bucket-{bucket}"}, "spec": spec}
    store.live.kubectl("apply", "-f", "-", stdin=json.dumps(pod))
    ended = lambda: store.live.one("pod", f"bucket-{bucket}")["status"].get("phase") == "Succeeded"  # noqa: E731
    wait_for(f"the bucket {bucket}", ended, MADE_WITHIN)
