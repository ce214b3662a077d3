"""The files of a server of Bitnami's image under the official one, by the commands of docs/bitnami.md.

That image can't be had here: a server of the same version, with its path, its user and its leftovers, stands in for it.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from devcluster import paths
from devcluster.images import postgres
from tests.e2e.live import Live, wait_for
from tests.e2e.shared import operators
from tests.e2e.stacks import make_trial, remove_namespace
from tests.e2e.trial import Trial

IMAGE = postgres.IMAGES[14].reference
OLD, PASSWORD = "data-postgresql-0", "Old-but-not-a-real-one-7"
WITHIN = 120.0

HERITAGE = """
CREATE DATABASE observer;
\\connect observer
CREATE ROLE bn_observer LOGIN; CREATE TABLE customer (id serial PRIMARY KEY, name text);
ALTER TABLE customer OWNER TO bn_observer;
INSERT INTO customer (name) SELECT 'Kim ' || n FROM generate_series(1, 1000) n;
"""


def documented(name: str) -> str:
    """The block of docs/bitnami.md that follows `<!-- name -->`, as it stands there."""
    text = (paths.CHECKOUT / "docs" / "bitnami.md").read_text()
    found = re.search(rf"<!-- {name} -->\n```\w+\n(.*?)```", text, re.DOTALL)
    assert found, f"docs/bitnami.md has no block {name}"
    return found[1]


def claim_and_server(namespace: str) -> list[dict[str, Any]]:
    """A claim and a pod as Bitnami's chart makes them: the data in /bitnami/postgresql/data, of user 1001."""
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    container = {
        "name": "postgresql",
        "image": IMAGE,
        "env": [
            {"name": "PGDATA", "value": "/bitnami/postgresql/data"},
            {"name": "POSTGRES_PASSWORD", "value": PASSWORD},
            {"name": "POSTGRES_INITDB_ARGS", "value": "--encoding=UTF8"},
        ],
        "volumeMounts": [{"name": "data", "mountPath": "/bitnami/postgresql"}],
        "readinessProbe": {
            "exec": {"command": ["pg_isready", "-q", "-h", "127.0.0.1", "-U", "postgres"]},
            "periodSeconds": 1,
        },
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    }
    user = {"runAsNonRoot": True, "runAsUser": 1001, "runAsGroup": 0, "fsGroup": 1001}
    pod = {
        "containers": [container],
        "volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": OLD}}],
        "securityContext": {**user, "seccompProfile": {"type": "RuntimeDefault"}},
        "automountServiceAccountToken": False,
    }
    there = {"namespace": namespace}
    return [
        {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": OLD, **there}, "spec": spec},
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "postgresql-0", **there}, "spec": pod},
    ]


@pytest.fixture(scope="module")
def stack(node_environment: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    """An empty database of 14 that runs as 1001, and beside it the files of one that stands in for Bitnami's."""
    operators.load(postgres.IMAGES[14])
    trial = make_trial("bitnami-e2e", tmp_path_factory.mktemp("bitnami"), node_environment)
    waiver = {"contract": "X08", "object": "StatefulSet postgres", "reason": "the data is Bitnami's user's"}
    database = {"image": IMAGE, "version": 14, "user": 1001}
    trial.change({"database": database, "apps": {"observer": None}, "waivers": [waiver]})
    trial.pulumi("config", "rm", "kisAppKey", code=0)
    try:
        trial.up()
        _inherited(trial.live)
        yield trial
    finally:
        remove_namespace(trial.live, wait=False)


def _inherited(live: Live) -> None:
    live.kubectl(
        "apply",
        "-f",
        "-",
        stdin=json.dumps({"kind": "List", "apiVersion": "v1", "items": claim_and_server(live.namespace)}),
    )
    live.kubectl("wait", "pod/postgresql-0", "--for=condition=Ready", "--timeout=50s")
    script = f"PGPASSWORD={PASSWORD} psql -X -q -v ON_ERROR_STOP=1 -h 127.0.0.1 -U postgres"
    live.kubectl("exec", "--stdin", "postgresql-0", "--", "sh", "-ec", script, stdin=HERITAGE)
    # As Bitnami's scripts leave it.
    left = "cd /bitnami/postgresql && rm data/postgresql.conf data/pg_hba.conf && touch .user_scripts_initialized"
    live.kubectl("exec", "postgresql-0", "--", "sh", "-ec", left)
    live.kubectl("delete", "pod", "postgresql-0", "--wait")


def test_the_files_serve_under_the_official_image_by_the_documented_way(stack: Trial) -> None:
    live = stack.live
    live.kubectl("scale", "statefulset/postgres", "--replicas=0")
    wait_for("the end of the empty server", lambda: live.pods("postgres") == [], WITHIN)
    copier = documented("copy").replace("OLD-CLAIM", OLD).replace("NEW-CLAIM", "observer-db-pvc")
    live.kubectl("apply", "-f", "-", stdin=copier.replace("postgres:14-bookworm", IMAGE))
    wait_for("the copy", lambda: live.one("pod", "copy")["status"].get("phase") == "Succeeded", WITHIN)
    live.kubectl("delete", "pod", "copy")
    live.kubectl("scale", "statefulset/postgres", "--replicas=1")
    live.kubectl("rollout", "status", "statefulset/postgres", "--timeout=50s")
    live.kubectl("exec", "--stdin", "postgres-0", "--", "sh", "-ec", documented("password"), stdin=f"{PASSWORD}\n")
    live.kubectl("delete", "job", "-l", "app.kubernetes.io/name=postgres-bootstrap")
    stack.refresh("--yes", "--skip-preview")
    stack.up()
    assert live.rows("SELECT count(*), max(name) FROM customer") == "1000|Kim 999", "every row is there"
    assert live.rows("SHOW data_directory") == "/var/lib/postgresql/data/pgdata", "where the official image has it"
    for role, sql, may in (
        ("owner", "ALTER TABLE customer ADD seen timestamptz", True),
        ("app", "INSERT INTO customer (name) VALUES ('after')", True),
        ("reader", "SELECT count(*) FROM customer", True),
        ("reader", "DELETE FROM customer", False),
    ):
        answer = live.psql(role, sql)
        assert answer.ok == may, f"the {role}'s `{sql}`: {answer.text}"
    assert not live.psql_as("postgres", PASSWORD, "SELECT 1").ok, "the old password opens nothing any more"
