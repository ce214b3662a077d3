"""Bitnami's image: its paths and its user in what is rendered, and held to by the contracts."""

import pytest

from components.gate import ContractsBroken, passed
from components.manifest import Manifest
from components.settings.mistakes import SettingsRefused
from tests.unit import plans

IMAGE = "bitnamilegacy/postgresql:14.13.0-debian-12-r3"
LEGACY = {"database": {"image": IMAGE, "version": 14}}


def server(patch=LEGACY):
    return plans.one(plans.plan("dev", patch), "StatefulSet", "postgres")


def container(manifest: Manifest):
    return manifest.body["spec"]["template"]["spec"]["containers"][0]


def test_the_data_is_where_bitnamis_image_has_it_and_is_its_users():
    manifest = server()
    (mounted,) = (m for m in container(manifest)["volumeMounts"] if m["name"] == "data")
    environment = {entry["name"]: entry["value"] for entry in container(manifest)["env"]}
    assert mounted["mountPath"] == "/bitnami/postgresql", "the claim that somebody has already fits as it is"
    assert environment["PGDATA"] == "/bitnami/postgresql/data", "POSTGRESQL_DATA_DIR in its scripts"
    security = manifest.body["spec"]["template"]["spec"]["securityContext"]
    assert (security["runAsUser"], security["fsGroup"]) == (1001, 1001), "USER of its Dockerfile"


def test_it_makes_its_database_itself_and_then_serves_by_our_files():
    arguments = container(server())["args"]
    assert arguments[0] == "/opt/bitnami/scripts/postgresql/run.sh", (
        "its entrypoint makes a data directory for no other"
    )
    assert "hba_file=/etc/postgresql/pg_hba.conf" in arguments, "its run.sh names one of its own, which lets md5 in"
    initdb = {entry["name"]: entry["value"] for entry in container(server())["env"]}["POSTGRES_INITDB_ARGS"]
    assert "--auth" not in initdb, "it gives initdb no password, and that refuses scram without one"


def test_what_it_writes_beside_its_data_can_be_written():
    mounts = {m["mountPath"]: m["name"] for m in container(server())["volumeMounts"]}
    volumes = {v["name"]: v for v in server().body["spec"]["template"]["spec"]["volumes"]}
    for place in ("/opt/bitnami/postgresql/conf", "/opt/bitnami/postgresql/tmp"):
        assert "emptyDir" in volumes[mounts[place]], "the root is read-only, and its scripts write there at each start"


@pytest.mark.parametrize("database", [LEGACY["database"], {"user": 1001}])
def test_a_probe_says_a_role_where_its_user_has_no_name(database):
    probes = [
        container(server({"database": database}))[f"{name}Probe"] for name in ("startup", "readiness", "liveness")
    ]
    for probe in probes:
        assert "-U postgres" in probe["exec"]["command"][-1], "pg_isready ends with «user does not exist» without one"
    named = container(server({}))["readinessProbe"]["exec"]["command"][-1]
    assert "-U" not in named, "it has a name, and no server is rolled for this"


@pytest.mark.parametrize("stack", ["dev", "bill-inquiry-dev"])
def test_the_contracts_hold_with_it(stack: str):
    assert passed(plans.system(stack, LEGACY), plans.plan(stack, LEGACY)) == [], "and nothing is waived"


@pytest.mark.parametrize(
    ("broken", "contract"),
    [
        (lambda pod: pod["containers"][0]["env"][0].update(value="/var/lib/postgresql/data/pgdata"), "T04"),
        (lambda pod: _unmount(pod, "/opt/bitnami/postgresql/tmp"), "P07"),
        (lambda pod: _unmount(pod, "/bitnami/postgresql"), "T04"),
    ],
)
def test_a_place_that_does_not_fit_is_found(broken, contract: str):
    plan = plans.plan("dev", LEGACY)
    broken(plans.one(plan, "StatefulSet", "postgres").body["spec"]["template"]["spec"])
    with pytest.raises(ContractsBroken, match=contract):
        passed(plans.system("dev", LEGACY), plan)


def _unmount(pod, place: str) -> None:
    first = pod["containers"][0]
    first["volumeMounts"] = [m for m in first["volumeMounts"] if m["mountPath"] != place]


@pytest.mark.parametrize(
    ("database", "said"),
    [
        ({"image": "bitnami/postgresql:14", "version": 14}, "bitnamilegacy/postgresql"),
        ({"image": "docker.io/bitnami/postgresql:14", "version": 14}, "docs/bitnami.md"),
        ({"image": IMAGE, "version": 15}, "the tag says 14"),
        ({"image": IMAGE, "version": 14, "roles": {"superuser": "root"}}, "`postgres` as `roles.superuser`"),
        ({"image": "ghcr.io/shop/database:14", "version": 14}, "`user`, the numeric user"),
    ],
)
def test_what_cannot_run_is_refused_with_what_can(database, said: str):
    with pytest.raises(SettingsRefused) as refused:
        plans.system("dev", {"database": database})
    assert said in str(refused.value), str(refused.value)


def test_a_mirror_of_ones_own_is_as_good():
    mirror = {"database": {"image": "registry.example.org/mirror/bitnami/postgresql:14.13.0", "version": 14}}
    assert container(server(mirror))["args"][0].startswith("/opt/bitnami/"), "the repository says whose image it is"
