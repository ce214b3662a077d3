"""The Cluster as its operator is told of it, and who waits for whom."""

import plans
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shared import SERVICE, cluster, least, plan, waits_for

from components.manifest import Generated
from components.postgres.tuning import computed

OPERATORS = pytest.mark.parametrize("operator", ["1.28", "1.30"])
CLUSTER = ("Cluster", SERVICE)


def test_one_instance_can_be_drained_and_of_three_two_stay():
    assert cluster(instances=1)["enablePDB"] is False, "minAvailable 1 of 1 lets no node be drained, ever"
    assert cluster(instances=3)["enablePDB"] is True, "a drain takes one at a time"


@pytest.mark.parametrize("instances", [1, 2, 3])
@pytest.mark.parametrize("word", ["on", "off"])
def test_a_commit_waits_for_a_standby_where_there_is_one_and_where_it_should(word, instances):
    found = cluster(instances=instances, synchronous=word)["postgresql"].get("synchronous")
    if word == "off" or instances == 1:
        assert found is None, "there is nobody to wait for"
    else:
        assert found == {"method": "any", "number": 1, "dataDurability": "preferred", "failoverQuorum": True}, (
            "nobody is promoted who lacks an acknowledged commit; writes go on when no standby is left"
        )


def test_strict_stops_writing_rather_than_lose_a_row():
    assert cluster(instances=3, synchronous="strict")["postgresql"]["synchronous"]["dataDurability"] == "required"


def test_nobody_comes_in_without_tls_and_nobody_without_a_password():
    assert cluster()["postgresql"]["pg_hba"] == ["hostnossl all all all reject", "hostssl all all all scram-sha-256"]
    assert cluster()["postgresql"]["parameters"]["password_encryption"] == "scram-sha-256"
    for connection in plan().connections.values():
        assert connection.sslmode == "require", "the clients are told so"


def test_the_parameters_follow_the_limits():
    small, large = cluster(), plans.one(plans.plan("databases-prod"), *CLUSTER).body["spec"]
    assert small["postgresql"]["parameters"]["shared_buffers"] == "128MB", "a quarter of 512Mi"
    assert large["postgresql"]["parameters"]["shared_buffers"] == "2GB", "a quarter of 8Gi"
    assert (
        small["ephemeralVolumesSizeLimit"]["shm"] == "128Mi" and large["ephemeralVolumesSizeLimit"]["shm"] == "2048Mi"
    )
    expected = computed(plans.system("databases-prod").database)
    assert expected.items() <= large["postgresql"]["parameters"].items(), "as in every topology"


def test_a_parameter_of_the_stack_wins_and_a_library_goes_where_the_operator_reads_it():
    given_ones = {"parameters": {"work_mem": "9MB", "shared_preload_libraries": "auto_explain, pgaudit"}}
    found = cluster(plan(database=given_ones))["postgresql"]
    assert found["parameters"]["work_mem"] == "9MB"
    assert found["shared_preload_libraries"] == ["auto_explain", "pgaudit"], "the operator adds its own to them"
    assert "shared_preload_libraries" not in found["parameters"], "there the webhook refuses it"


@pytest.mark.parametrize("role", ["superuser", "owner"])
def test_the_operator_finds_user_and_password_under_the_keys_that_it_reads(role):
    secret = plans.one(plan(), "Secret", f"{SERVICE}-{role}").body
    assert {"username", "password"} <= set(secret["stringData"])
    assert secret["metadata"]["labels"]["cnpg.io/reload"] == "true", "it hears of another password"
    assert secret["stringData"]["password"] == Generated(f"{SERVICE}-{role}")
    spec = cluster()
    named = spec["superuserSecret"] if role == "superuser" else spec["bootstrap"]["initdb"]["secret"]
    assert named == {"name": f"{SERVICE}-{role}"} and spec["enableSuperuserAccess"] is True


@OPERATORS
def test_every_role_is_told_to_the_operator_once_in_the_way_that_it_knows(operator):
    found = plan({"shop": least()}, operator=operator)
    inline = cluster(found).get("managed", {}).get("roles", [])
    objects = [m.body["spec"] for m in found.manifests if m.kind == "DatabaseRole"]
    assert not (inline and objects), "one way, or both would set the password"
    assert bool(inline) == (operator == "1.28"), "1.28 has no DatabaseRole, and 1.30 need not touch the Cluster"
    told = inline or objects
    assert [role["name"] for role in told] == ["platform", "platform_reader", "shop", "shop_app", "shop_reader"]
    for role in told:
        secret = plans.one(found, "Secret", role["passwordSecret"]["name"]).body["stringData"]
        assert secret["username"] == role["name"], "another name there ends the care for every role"
        assert role["login"] and role["ensure"] == "present"
        assert not {"superuser", "createdb", "createrole", "replication", "bypassrls"} & role.keys(), "rule 2"
    assert all(role["databaseRoleReclaimPolicy"] == "retain" for role in objects), "what a role owns is data"


@OPERATORS
def test_each_waits_for_what_it_would_fail_without_in_silence(operator):
    found = plan({"shop": least(pooler={})}, operator=operator)
    role = ("DatabaseRole", f"{SERVICE}-shop")
    needs = {
        CLUSTER: [("Secret", f"{SERVICE}-superuser"), ("Secret", f"{SERVICE}-owner")],
        ("Database", f"{SERVICE}-shop"): [CLUSTER, ("Secret", f"{SERVICE}-shop-owner")],
        ("Pooler", "shop-pooler"): [("Database", f"{SERVICE}-shop")],
        plans.one(found, "Job", f"{SERVICE}-shop").reference: [("Database", f"{SERVICE}-shop")],
    }
    if operator == "1.30":
        needs[role] = [CLUSTER, ("Secret", f"{SERVICE}-shop-owner")]
        needs["Database", f"{SERVICE}-shop"].append(role)
    else:
        needs[CLUSTER] += [("Secret", f"{SERVICE}-shop-{which}") for which in ("owner", "app", "reader")]
    for reference, expected in needs.items():
        missing = set(expected) - waits_for(found, reference)
        assert not missing, f"{reference} before {missing}: the operator would try again and again, and say so nowhere"
    for kind in ("Cluster", "Database", "DatabaseRole"):
        for manifest in (m for m in found.manifests if m.kind == kind):
            assert "pulumi.com/waitFor" in manifest.body["metadata"]["annotations"], f"{kind}: «made» is not «ready»"


def test_data_that_is_kept_is_the_cluster_and_what_lets_one_in():
    kept = {m.reference for m in plans.every_plan()["databases-prod"].manifests if m.keep}
    assert CLUSTER in kept and ("Secret", f"{SERVICE}-superuser") in kept, "rule 6"
    assert not any(m.keep for m in plan().manifests), "in dev all goes with the stack"


def test_a_recovered_cluster_has_its_own_database_owner_and_password():
    spec = plans.one(plans.every_plan()["everything-shared"], "Cluster", "postgres").body["spec"]
    assert set(spec["bootstrap"]) == {"recovery"}, "the operator takes one way only"
    own = {"database": "observer", "owner": "observer_owner", "secret": {"name": "postgres-owner"}}
    assert own.items() <= spec["bootstrap"]["recovery"].items(), "or it makes a database `app`, and a role of that name"


def test_what_a_stack_says_of_disks_and_nodes_reaches_the_instances():
    found = cluster(
        plan(
            database={"nodeSelector": {"disk": "ssd"}, "storage": {"accessMode": "ReadWriteOncePod"}}, spread="required"
        )
    )
    assert found["storage"]["storageClass"] == "synology-csi" and found["storage"]["size"] == "20Gi"
    assert found["storage"]["pvcTemplate"] == {"accessModes": ["ReadWriteOncePod"]}
    assert found["affinity"]["nodeSelector"] == {"disk": "ssd"}, "as in the other topologies"
    assert found["affinity"]["podAntiAffinityType"] == "required"
    chosen = plan(database={"nodeSelector": {"disk": "ssd"}}, nodeSelector={"disk": "nvme"})
    assert cluster(chosen)["affinity"]["nodeSelector"] == {"disk": "nvme"}, "what is said of `shared` is said nearer"


def test_a_primary_that_ends_does_not_wait_for_those_who_stay_connected():
    assert cluster()["smartShutdownTimeout"] == 0, "with the operator's 180 s a kept connection holds every failover up"


@given(st.integers(1, 9), st.sampled_from(["on", "off"]), st.sampled_from(["1.28", "1.30"]))
def test_whatever_is_turned_on_standbys_decide_together(instances, synchronous, operator):
    found = plan(instances=instances, synchronous=synchronous, operator=operator)
    spec, standbys = cluster(found), instances > 1
    assert spec["instances"] == instances
    assert spec["enablePDB"] == standbys == all(c.read_only is not None for c in found.connections.values())
    assert ("synchronous" in spec["postgresql"]) == (standbys and synchronous == "on")
