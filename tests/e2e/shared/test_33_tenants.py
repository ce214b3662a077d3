"""Tenants: three apps added by a few lines each, one taken away and given back."""

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from components.connection import SECRET_KEYS
from tests.e2e.live import Live, wait_for
from tests.e2e.shared.database import Shared
from tests.e2e.shared.settings import TENANTS
from tests.e2e.stacks import Observer

NAMES = {"owner": "postgresql-credentials", "app": "postgresql-app", "reader": "postgresql-reader"}


def _there(cluster: Shared, tenant: str) -> Live:
    return Live(TENANTS[tenant]["namespace"], cluster.live.kubectl_words)


def _as(cluster: Shared, tenant: str, role: str = "owner") -> dict[str, str]:
    """How a role of a tenant connects, by what the Secret in the tenant's own namespace says."""
    entries = _there(cluster, tenant).secret(f"{tenant}-{NAMES[role]}")
    return cluster.where(entries, entries["host"].split(".")[0])


@pytest.mark.parametrize("tenant", TENANTS)
def test_the_secret_in_the_tenants_namespace_opens_its_database_and_no_other(cluster: Shared, tenant: str) -> None:
    entries = _there(cluster, tenant).secret(f"{tenant}-postgresql-credentials")
    assert set(entries) == set(SECRET_KEYS), "always the same keys, whatever the topology"
    assert entries["host"].endswith(f".{cluster.live.namespace}.svc.cluster.local"), "it comes from another namespace"
    assert cluster.ask(_as(cluster, tenant), "SELECT current_user, current_database()") == [(tenant, tenant)]
    for other in {*TENANTS, "observer", "postgres", "template1"} - {tenant}:
        with pytest.raises(psycopg.OperationalError, match=r"permission denied|no such database|does not exist"):
            cluster.ask({**_as(cluster, tenant), "host": cluster.address(), "dbname": other}, "SELECT 1")


def test_owner_app_and_reader_have_their_rights(cluster: Shared) -> None:
    owner, app, reader = (_as(cluster, "reports", role) for role in ("owner", "app", "reader"))
    cluster.ask(owner, "CREATE TABLE reports.lines (number int)")
    cluster.ask(app, "INSERT INTO reports.lines VALUES (1)")
    assert cluster.ask(reader, "SELECT number FROM reports.lines") == [(1,)]
    for who, sql in ((app, "CREATE TABLE other (a int)"), (reader, "INSERT INTO reports.lines VALUES (2)")):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            cluster.ask(who, sql)


def test_what_a_tenant_asked_for_is_there(cluster: Shared) -> None:
    found = cluster.superuser("SELECT extname FROM pg_extension", "reports")
    assert {("pg_trgm",), ("vector",)} <= set(found)
    assert cluster.superuser("SELECT datconnlimit FROM pg_database WHERE datname = 'reports'") == [(20,)]
    there = _there(cluster, "reports")
    assert there.one("configmap", "reports-config")["data"]["PGDATABASE"] == "reports"
    assert there.secret("reports-secrets")["PGUSER"] == "reports_app", "`role: app` is whose variables they are"


def test_taking_the_lines_away_shuts_out_and_keeps_the_data(shared: Observer, cluster: Shared) -> None:
    where = _as(cluster, "docs")
    cluster.ask(where, "CREATE TABLE kept AS SELECT 42 AS number")
    others = {tenant: _there(cluster, tenant).versions() for tenant in ("reports", "bursts")}
    with psycopg.connect(make_conninfo("", **where), autocommit=True) as open_one:
        with shared.trial.having({"tenants": {"docs": None}}):
            # A null in a mapping of tests' merges stays, and the program reads it as «no such tenant».
            preview = shared.trial.preview()
            assert "docs is no tenant any more" in preview.text, preview.text
            assert cluster.ask(where, "SELECT number FROM kept") == [(42,)], "a preview touches nothing"
            shared.trial.up()
        with pytest.raises(psycopg.OperationalError):
            open_one.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError, match=r"not permitted to log in|permission denied|password"):
        cluster.ask(where, "SELECT 1")
    assert cluster.superuser("SELECT number FROM kept", "docs") == [(42,)], "the data stays"
    assert not _there(cluster, "docs").ask("get", "secret", "docs-postgresql-credentials").ok, "its Secrets go"
    assert _there(cluster, "docs").one("namespace", "e2e-docs"), "its namespace may hold what others made"
    for tenant, before in others.items():
        assert _there(cluster, tenant).versions() == before, f"nothing of {tenant} was touched"
    shared.trial.up()

    def back() -> bool:
        try:
            return cluster.ask(_as(cluster, "docs"), "SELECT number FROM kept") == [(42,)]
        except psycopg.OperationalError:
            return False

    wait_for("docs, whose lines are there again", back, 60.0)
