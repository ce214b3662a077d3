"""TLS of a standalone database: nobody comes in without it, clients check whom they talk to, renewal rolls nothing."""

import plans
import pytest
from refused import refusal

from components.connection import AUTHORITY_FILE
from components.manifest import Issued, markers_in
from components.postgres import configuration
from components.postgres.configuration import pg_hba_conf

TLS = {"database": {"tls": {}}}
ISSUED = {"database": {"tls": {"issuer": {"name": "own", "kind": "ClusterIssuer"}}}}


def rows(patch, stack="dev"):
    text = pg_hba_conf(plans.system(stack, patch).database, either_login=True)
    return [line.split() for line in text.splitlines()]


def test_only_tls_leads_in_from_outside_and_the_rest_is_turned_away_in_words():
    outside = [row for row in rows(TLS) if row[0] != "local"]
    assert {row[0] for row in outside if row[-1] != "reject"} == {"hostssl"}, "`host` would let plain text in"
    assert outside[-1] == ["hostnossl", "all", "all", "all", "reject"], "a client without TLS is told so"


def test_no_row_lets_any_role_into_any_database():
    assert all("all" not in row[1:3] or row[2] == "postgres" or row[-1] == "reject" for row in rows(TLS)), rows(TLS)


def test_without_tls_the_rows_are_as_they_were():
    database = plans.system("dev").database
    assert pg_hba_conf(database).splitlines() == [
        "local all all scram-sha-256",
        "host observer observer_owner,observer_app,observer_reader all scram-sha-256",
        "host all postgres all scram-sha-256",
    ], "a release of this program restarts nobody's server"


def test_clients_check_the_server_and_have_what_they_check_it_by():
    plan = plans.plan("dev", TLS)
    assert {connection.sslmode for connection in plan.connections.values()} == {"verify-full"}
    config = plans.one(plan, "ConfigMap", "observer-config").body["data"]
    assert (config["PGSSLMODE"], config["PGSSLROOTCERT"]) == ("verify-full", AUTHORITY_FILE)
    asked = [made for made in plan.manifests if made.kind in ("Deployment", "Job") and "reload" not in made.name]
    for made in asked:
        spec = made.body["spec"]["template"]["spec"]
        mounted = {m["mountPath"] for c in spec["containers"] for m in c["volumeMounts"]}
        assert AUTHORITY_FILE.rpartition("/")[0] in mounted, f"{made.name} would find no file to check by"


@pytest.mark.parametrize(("patch", "kind"), [(TLS, "configMap"), (ISSUED, "secret")])
def test_clients_get_the_authority_and_never_the_key(patch, kind):
    spec = plans.one(plans.plan("dev", patch), "Deployment", "observer").body["spec"]["template"]["spec"]
    (volume,) = (volume for volume in spec["volumes"] if volume["name"] == "postgres-ca")
    assert kind in volume
    if kind == "secret":
        assert [item["key"] for item in volume["secret"]["items"]] == ["ca.crt"], "the Secret has the server's key too"


def test_the_certificate_speaks_for_every_name_of_the_service():
    made = plans.one(plans.plan("dev", TLS), "Secret", "postgres-tls")
    (hosts,) = {marker.hosts for marker in markers_in(made.body) if isinstance(marker, Issued)}
    assert {"postgres", "postgres.observer-dev", "postgres.observer-dev.svc"} <= set(hosts), "some come by a longer one"


def test_a_renewed_certificate_rolls_no_server_and_runs_the_job():
    plan = plans.plan("dev", TLS)
    server = plans.one(plan, "StatefulSet", "postgres").body["spec"]["template"]
    assert "checksum/postgres-tls" not in server["metadata"]["annotations"], "it is read again by a reload"
    (job,) = (made for made in plan.manifests if made.kind == "Job" and made.name.startswith("postgres-reload"))
    assert "checksum/postgres-tls" in job.body["spec"]["template"]["metadata"]["annotations"]


def test_an_issuer_renews_when_it_likes_so_somebody_looks_every_night():
    kinds = [made.kind for made in plans.plan("dev", ISSUED).manifests if "reload" in made.name]
    assert "CronJob" in kinds
    assert "CronJob" not in [made.kind for made in plans.plan("dev", TLS).manifests], "`up` renews, and tells at once"


def test_a_certificate_that_has_run_out_does_not_keep_its_successor_away():
    (job,) = (m for m in plans.plan("dev", TLS).manifests if m.kind == "Job" and m.name.startswith("postgres-reload"))
    names = {variable["name"] for variable in job.body["spec"]["template"]["spec"]["containers"][0]["env"]}
    assert "PGSSLMODE" not in names, "by verify-full it would be refused by what it is there to replace"


def test_the_job_never_reads_the_key():
    (job,) = (m for m in plans.plan("dev", TLS).manifests if m.kind == "Job" and m.name.startswith("postgres-reload"))
    spec = job.body["spec"]["template"]["spec"]
    (volume,) = (v["secret"] for v in spec["volumes"] if v.get("secret", {}).get("secretName") == "postgres-tls")
    assert [item["key"] for item in volume["items"]] == ["tls.crt"], "what it compares is shown to everybody anyway"
    assert "tls.key" not in spec["containers"][0]["command"][-1]


def test_a_replicated_database_is_checked_by_its_router_s_name():
    plan = plans.plan("pg-ha", TLS)
    assert plan.connections["app"].sslmode == "verify-full"
    assert plan.connections["app"].host in _names(plan), "the certificate must have the name that clients use"


def _names(plan):
    made = plans.one(plan, "Secret", f"{plan.parts[1].name}-tls")
    return next(marker.hosts for marker in markers_in(made.body) if isinstance(marker, Issued))


@pytest.mark.parametrize(
    ("patch", "stack", "words"),
    [
        ({"tls": {"days": 30}}, "pg-ha", "`tls: {}` where replicated"),
        ({"tls": {}}, "databases-dev", "no `tls` where shared"),
        ({"tls": {}, "parameters": {"ssl_min_protocol_version": "TLSv1.1"}}, "dev", "TLSv1.2 or TLSv1.3"),
        ({"tls": {}, "parameters": {"ssl_key_file": "/etc/x"}}, "dev", "files that `tls` mounts"),
    ],
)
def test_what_would_contradict_or_weaken_it_is_refused(patch, stack, words):
    assert words in str(refusal({"database": patch}, stack))


def test_the_server_s_files_are_where_they_are_mounted():
    spec = plans.one(plans.plan("dev", TLS), "StatefulSet", "postgres").body["spec"]["template"]["spec"]
    paths = {mount["mountPath"] for mount in spec["containers"][0]["volumeMounts"]}
    assert configuration.TLS in paths, "a server that finds no certificate does not start"
    assert not any(path.startswith(f"{configuration.DIRECTORY}/") for path in paths), "it is read-only"
