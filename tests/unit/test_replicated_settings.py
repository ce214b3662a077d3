"""What `topology: replicated` refuses before anything is made, and that it says why."""

from typing import Any

import plans
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from refused import refusal

from components.settings.parameters import DECIDED_BY_PATRONI
from components.settings.replicated import SPILO, VOLUMES, Replicated

APP = plans.EVERYTHING["apps"]["second"]
DIGEST = "@sha256:" + "a" * 64


def settings(**fields: Any) -> dict[str, Any]:
    return {"database": {"replicated": fields}}


def database(**fields: Any) -> dict[str, Any]:
    return {"database": fields}


@given(ttl=st.integers(15, 310), loop_wait=st.integers(0, 65), retry=st.integers(0, 125))
def test_timings_are_taken_where_patroni_takes_them_and_nowhere_else(ttl, loop_wait, retry):
    fits = loop_wait + 2 * retry <= ttl
    in_range = 20 <= ttl <= 300 and 1 <= loop_wait <= 60 and 3 <= retry <= 120
    try:
        found = Replicated.model_validate({"ttl": ttl, "loopWait": loop_wait, "retryTimeout": retry})
    except ValidationError as error:
        assert not (fits and in_range), f"{ttl}/{loop_wait}/{retry} is within every limit, and was refused: {error}"
    else:
        assert fits, f"loop_wait + 2·retry_timeout = {loop_wait + 2 * retry} > {ttl}: a retry would cost the lock"
        assert in_range, f"Patroni itself would raise {ttl}/{loop_wait}/{retry} to its minima"
        assert (found.ttl, found.loop_wait, found.retry_timeout) == (ttl, loop_wait, retry), "as they were written"


REFUSED = {
    "timings that lose the lock": (
        settings(ttl=30, loopWait=11, retryTimeout=10),
        "loopWait + 2 × retryTimeout up to ttl",
    ),
    "a ttl below Patroni's minimum": (settings(ttl=19), "from 20 on"),
    "a loop_wait below Patroni's minimum": (settings(loopWait=0), "from 1 on"),
    "a retry_timeout below Patroni's minimum": (settings(retryTimeout=2), "from 3 on"),
    "a single member": (settings(members=1), "from 2 on"),
    "an even etcd": (settings(etcd={"members": 4}), "1, 3 or 5"),
    "an etcd of two": (settings(etcd={"members": 2}), "1, 3 or 5"),
    "one etcd where data is kept": (settings(etcd={"members": 1}), "3 or 5 members of etcd"),
    "strict with two members": (settings(synchronous="strict", members=2), "`strict` with 3 members or more"),
    "an image of which nobody knows the user": (settings(image="my/patroni:4"), "`user` and `group`"),
    "an image without its group": (settings(image="my/patroni:4", user=26), "`user` and `group`"),
    "root": (settings(user=0), "from 1 on"),
    "no router": (settings(router={"replicas": 0}), "from 1 on"),
    "a certificate of years": (settings(certificates={"days": 826}), "up to 825"),
    "an issuer of another kind": (
        settings(certificates={"issuer": {"name": "a", "kind": "Vault"}}),
        "Issuer, ClusterIssuer",
    ),
    "an unknown setting": (settings(sync="on"), "synchronous"),
    "a scope that is no name": (settings(scope="PG HA"), "lower-case letters"),
    "a service too long for etcd's": (database(service="p" * 48), "at most 47 characters"),
    "an app that is replication": (database(roles={"app": "replicator"}), "roles that are not the members' own"),
    "a reader that rewinds": (database(roles={"reader": "rewinder"}), "roles that are not the members' own"),
    "a claim that is no volume": (database(storage={"claim": "a.b"}), "without dots"),
    "a claim longer than a volume": (database(storage={"claim": "c" * 64}), "at most 63"),
    "an app in the router's place": ({"apps": {"pg-router": APP}}, "not named like the database's Service"),
    "an app in etcd's place": ({"apps": {"pg-etcd": APP}}, "not named like the database's Service"),
    "an app in the members' place": ({"apps": {"pg-headless": APP}}, "not named like the database's Service"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_what_is_allowed(case):
    patch, words = REFUSED[case]
    (mistake,) = refusal(patch, "pg-ha").mistakes
    assert words in mistake.allowed, f"{case}: {mistake}"


@pytest.mark.parametrize("parameter", sorted(DECIDED_BY_PATRONI))
def test_what_patroni_decides_is_nobody_elses_to_set(parameter):
    (mistake,) = refusal(database(parameters={parameter: "x"}), "pg-ha").mistakes
    assert parameter in mistake.found, "the parameter is named"


def test_a_standalone_server_may_set_what_patroni_would_decide():
    found = plans.system("dev", database(parameters={"wal_level": "logical"}))
    assert found.database.parameters["wal_level"] == "logical", "nobody else decides it there"


@pytest.mark.parametrize("name", sorted(VOLUMES))
def test_a_claim_may_not_hide_a_volume_of_the_members(name):
    (mistake,) = refusal(database(storage={"claim": name}), "pg-ha").mistakes
    assert mistake.found == name, "a claim takes precedence over a volume of its name, says the API of StatefulSets"


def test_the_names_that_a_claim_may_not_have_are_those_of_the_members_volumes():
    spec = plans.template(plans.one(plans.every_plan()["archived-replicated"], "StatefulSet", "postgres"))["spec"]
    assert {volume["name"] for volume in spec["volumes"]} == VOLUMES


def test_every_image_needs_its_digest_where_digests_are_asked_for():
    (mistake,) = refusal({"images": {"requireDigest": True}}, "pg-ha").mistakes
    for where in ("image", "replicated.image", "replicated.etcd.image", "replicated.router.image"):
        assert f"(database.{where})" in mistake.found, f"database.{where} runs here"
    assert "(database.replicated.exporter.image)" in mistake.found, "the exporter runs here too"


def test_digests_are_asked_only_of_what_runs():
    images = {name: {"image": f"example.org/{name}:1{DIGEST}"} for name in ("etcd", "router")}
    patch = plans.layered(
        {"images": {"requireDigest": True}, "database": {"image": f"postgres:17-alpine{DIGEST}"}},
        settings(image=f"ghcr.io/zalando/spilo-17:4.0-p3{DIGEST}", exporter=False, **images),
    )
    used = {c["image"] for _, spec in plans.pod_specs(plans.plan("pg-ha", patch)) for c in plans.containers(spec)}
    assert all(DIGEST in image for image in used), f"rule 11: {used}"
    bare = {"images": {"requireDigest": True}, "database": {"image": f"postgres:15-alpine{DIGEST}"}}
    given = plans.system("dev", plans.layered(bare, {"images": {"withoutDigest": {"ghcr.io/tawbury/observer": "x"}}}))
    assert not given.database.is_replicated, "a standalone server asks for no digest of images that it does not run"


def test_spilo_is_known_by_its_name_wherever_it_comes_from():
    own = plans.system("pg-ha", settings(image="registry.example.org/mirror/spilo-17:4.0-p3")).database.replicated
    assert own.run_as == (101, 103), "a mirror has the same user"
    assert plans.system("pg-ha", settings(image="my/patroni:4", user=26, group=26)).database.replicated.run_as == (
        26,
        26,
    )


@pytest.mark.parametrize("version", SPILO)
def test_every_version_has_its_default_image(version):
    patch = database(version=version, image=f"postgres:{version}-alpine")
    used = {c["image"] for _, spec in plans.pod_specs(plans.plan("pg-ha", patch)) for c in plans.containers(spec)}
    assert SPILO[version] in used, "each version that is supported comes with a Spilo that has its programs"


TAKEN = {
    "the longest service": database(service="p" * 47),
    "two members": settings(members=2),
    "nine members": settings(members=9),
    "five of etcd": settings(etcd={"members": 5}),
    "the longest claim": database(storage={"claim": "c" * 63}),
    "no exporter": settings(exporter=False),
}


@pytest.mark.parametrize("case", TAKEN)
def test_taken_with_names_that_fit(case):
    plan = plans.plan("pg-ha", TAKEN[case])
    for manifest in plan.manifests:
        template = manifest.body.get("spec", {}).get("template", {}).get("metadata", {})
        for labels in (manifest.body["metadata"]["labels"], template.get("labels", {})):
            assert all(len(value) <= 63 for value in labels.values()), f"{manifest.reference}: a label has 63 at most"
        if manifest.kind in {"StatefulSet", "Job"}:
            assert len(manifest.name) <= 52, f"{manifest.reference}: its pods carry the name and a hash in a label"
        if manifest.kind == "Service":
            assert len(manifest.name) <= 63, f"{manifest.reference}: a DNS label"
