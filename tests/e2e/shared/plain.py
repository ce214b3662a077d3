"""A database of CloudNativePG as plain objects, without a line of the program: what the operator itself makes of it."""

import base64
import json
import secrets
from pathlib import Path
from typing import Any

import psycopg
from psycopg import conninfo

from devcluster import cluster
from devcluster.images import cloudnativepg_postgresql
from devcluster.operators.release import GROUP
from tests.e2e.live import Live, wait_for
from tests.e2e.stacks import remove_namespace

HEALTHY_WITHIN = 180.0
"""Seconds from `kubectl apply` to a Cluster of one instance that is ready; 20 on an idle machine with 2 cores."""

APPLIED_WITHIN = 120.0
"""Seconds for a Database: a first look that comes too early is repeated after 30."""

CLUSTER = "plain"
ROLE = "tenant"
RESTRICTED = {"pod-security.kubernetes.io/enforce": "restricted"}


def objects(minor: str, password: str) -> list[dict[str, Any]]:
    """An instance, a role with a password, a database that it owns; the role as this version has it."""
    role = {"name": ROLE, "login": True, "connectionLimit": 20, "passwordSecret": {"name": ROLE}}
    inline = minor == "1.28"
    spec: dict[str, Any] = {
        "instances": 1,
        "imageName": cloudnativepg_postgresql.IMAGE.reference,
        "imagePullPolicy": "IfNotPresent",
        "enablePDB": False,
        "storage": {"size": "1Gi"},
        "resources": {"requests": {"cpu": "20m", "memory": "128Mi"}, "limits": {"cpu": "1", "memory": "256Mi"}},
    }
    if inline:
        spec["managed"] = {"roles": [role]}
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": ROLE, "labels": {"cnpg.io/reload": "true"}},
        "type": "kubernetes.io/basic-auth",
        "stringData": {"username": ROLE, "password": password},
    }
    others = [] if inline else [_custom("DatabaseRole", {"cluster": {"name": CLUSTER}, **role}, ROLE)]
    owned = {"cluster": {"name": CLUSTER}, "name": ROLE, "owner": ROLE, "databaseReclaimPolicy": "delete"}
    return [secret, _custom("Cluster", spec, CLUSTER), *others, _custom("Database", owned, ROLE)]


def _custom(kind: str, spec: dict[str, Any], name: str) -> dict[str, Any]:
    return {"apiVersion": f"{GROUP}/v1", "kind": kind, "metadata": {"name": name}, "spec": spec}


class Plain:
    """Such a database on the node, in a namespace of its own that enforces the restricted standard."""

    def __init__(self, namespace: str, place: Path) -> None:
        self.live = Live(namespace, tuple(cluster.EMBEDDED.kubectl()))
        self.password = secrets.token_urlsafe(24)
        self.place = place

    def bring_up(self, minor: str) -> None:
        """Make it, and wait until role and database are there."""
        remove_namespace(self.live)
        self.live.kubectl("create", "namespace", self.live.namespace)
        labels = [f"{key}={value}" for key, value in RESTRICTED.items()]
        self.live.kubectl("label", "namespace", self.live.namespace, *labels)
        listed = {"apiVersion": "v1", "kind": "List", "items": objects(minor, self.password)}
        self.live.kubectl("apply", "-f", "-", stdin=json.dumps(listed))
        wait_for("a healthy Cluster", self.healthy, HEALTHY_WITHIN)
        wait_for("an applied Database", lambda: self.status("database", ROLE).get("applied"), APPLIED_WITHIN)

    def status(self, kind: str, name: str) -> dict[str, Any]:
        """What the operator says of one of its objects."""
        return self.live.one(f"{kind}.{GROUP}", name).get("status", {})

    def healthy(self) -> bool:
        """Whether the operator calls the Cluster healthy."""
        return self.status("cluster", CLUSTER).get("phase") == "Cluster in healthy state"

    def started_by(self) -> str:
        """The version of the operator whose program runs in the instance; nothing while there is no pod."""
        pods = self.live.objects("pods", "-l", f"cnpg.io/cluster={CLUSTER}")
        first = [one["spec"]["initContainers"][0]["image"] for one in pods if one["spec"].get("initContainers")]
        return first[0].rpartition(":")[2] if len(pods) == 1 and first else ""

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """What a statement answers to the role, over TLS, with the Service's name verified in the certificate."""
        authority = self.place / "ca.crt"
        authority.write_bytes(base64.b64decode(self.live.one("secret", f"{CLUSTER}-ca")["data"]["ca.crt"]))
        host = f"{CLUSTER}-rw"
        address = self.live.address(host).partition(":")[0]
        where = {"host": host, "hostaddr": address, "dbname": ROLE, "user": ROLE, "password": self.password}
        tls = {"sslmode": "verify-full", "sslrootcert": str(authority), "connect_timeout": "5"}
        with psycopg.connect(conninfo.make_conninfo("", **where, **tls), autocommit=True) as connection:
            cursor = connection.execute(sql.encode())
            return cursor.fetchall() if cursor.description else []

    def remove(self) -> None:
        """Take it away with all that the operator made for it."""
        remove_namespace(self.live)
