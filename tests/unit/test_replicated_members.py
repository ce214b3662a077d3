"""The members' pods, and those of etcd and the router where the same is asked of all three: start, drain, claims."""

import plans
import pytest
from replicated import STACK, ZONE, container, plan, pod, workload

from components.declared import READS

TRIO = [("StatefulSet", "pg"), ("StatefulSet", "pg-etcd"), ("Deployment", "pg-router")]
every_part = pytest.mark.parametrize(("kind", "name"), TRIO)


@every_part
def test_a_drain_takes_one_pod_at_a_time(kind, name):
    budget = plans.one(plan(), "PodDisruptionBudget", name).body["spec"]
    assert budget["maxUnavailable"] == 1, f"{name}: a drain goes on, and never takes a second one"
    assert budget["selector"] == workload(kind, name)["selector"], f"{name}: of its own pods"


@every_part
def test_prod_keeps_pods_of_a_kind_on_nodes_of_their_own(kind, name):
    (term,) = pod(kind, name)["affinity"]["podAntiAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    assert term["topologyKey"] == "kubernetes.io/hostname", "the loss of one node takes one of them"
    assert term["labelSelector"] == workload(kind, name)["selector"]


@every_part
def test_a_cluster_of_few_nodes_is_asked_politely(kind, name):
    (term,) = pod(kind, name, plan(spread="preferred"))["affinity"]["podAntiAffinity"][
        "preferredDuringSchedulingIgnoredDuringExecution"
    ]
    assert term["weight"] == 100
    assert term["podAffinityTerm"]["topologyKey"] == "kubernetes.io/hostname"


@every_part
def test_the_nodes_are_the_settings(kind, name):
    found = pod(kind, name, plan(nodeSelector={"disk": "nvme"}))
    assert found["nodeSelector"] == {"disk": "nvme"}
    assert "nodeSelector" not in pod(kind, name)


def test_sizes_and_counts_are_the_settings():
    other = plan(members=5, etcd={"members": 5, "storage": "4Gi"}, router={"replicas": 3})
    assert [workload(kind, name, other)["replicas"] for kind, name in TRIO] == [5, 5, 3]
    sizes = {m.name: m.body["spec"]["resources"]["requests"]["storage"] for m in other.manifests if "Claim" in m.kind}
    assert sizes == {f"data-pg-{n}": "100Gi" for n in range(5)} | {f"data-pg-etcd-{n}": "4Gi" for n in range(5)}


@pytest.mark.parametrize("name", ["pg", "pg-etcd"])
def test_members_start_in_parallel(name):
    spec = workload("StatefulSet", name)
    assert spec["podManagementPolicy"] == "Parallel", (
        "after a power cut the first one might wait for the third for ever"
    )
    service = plans.one(plan(), "Service", spec["serviceName"]).body
    assert service["spec"]["clusterIP"] == "None"
    assert service["spec"]["publishNotReadyAddresses"] is True, "one must find the others before any of them is ready"
    assert service["metadata"]["annotations"]["pulumi.com/skipAwait"] == "true", "the pods come after it"


@pytest.mark.parametrize(("name", "claim"), [("pg", "data-pg"), ("pg-etcd", "data-pg-etcd")])
def test_claims_are_adopted_by_name_and_grow_in_place(name, claim):
    server = plans.one(plan(), "StatefulSet", name)
    (template,) = server.body["spec"]["volumeClaimTemplates"]
    assert [f"{claim}-{number}" for number in range(3)] == [one for (one,) in plans.claimed(server)]
    for (one,) in plans.claimed(server):
        own = plans.one(plan(), "PersistentVolumeClaim", one)
        assert own.body["spec"] == template["spec"], f"{one}: as the template would have made it"
        assert own.reference in server.after, f"{one}: or the controller would make its own before"
        assert own.keep, f"{one}: rule 6"
        assert own.body["metadata"]["annotations"]["pulumi.com/patchForce"] == "true", (
            f"{one}: deleted by hand, it is made anew by the controller, and would never grow again"
        )
    assert server.frozen == ("spec.volumeClaimTemplates",), "no StatefulSet may change it, so a grown claim leaves it"
    assert not any("persistentVolumeClaim" in volume for volume in pod("StatefulSet", name)["volumes"])


def test_the_frozen_template_reaches_the_engine(recorded):
    frozen = {r.inputs["metadata"]["name"]: r.ignored for r in recorded(STACK).resources if r.ignored}
    assert frozen == dict.fromkeys(("pg", "pg-etcd"), ("spec.volumeClaimTemplates",))


def test_a_member_that_recovers_is_not_killed():
    probes = container("StatefulSet", "pg")
    for name in ("startupProbe", "livenessProbe", "readinessProbe"):
        asked = probes[name]["httpGet"]
        assert (asked["port"], asked["scheme"]) == ("patroni", "HTTPS"), name
    assert probes["startupProbe"]["httpGet"]["path"] == probes["livenessProbe"]["httpGet"]["path"] == "/liveness", (
        "Patroni's own: not that PostgreSQL accepts, nor that etcd answers"
    )
    assert probes["readinessProbe"]["httpGet"]["path"] == "/readiness", "a primary, or a standby that streams"
    start = probes["startupProbe"]
    budget = plans.system(STACK).database.crash_recovery_seconds
    assert start["periodSeconds"] * start["failureThreshold"] >= budget, "the start has the whole recovery budget"
    live = probes["livenessProbe"]
    assert live["periodSeconds"] * live["failureThreshold"] >= 30, "longer than any failover"


def test_members_are_found_by_their_own_names():
    spec = workload("StatefulSet", "pg")
    assert spec["serviceName"] == "pg-headless"
    environment = {item["name"]: item.get("value") for item in container("StatefulSet", "pg")["env"]}
    own = f"$(PATRONI_NAME).{ZONE}"
    assert environment["PATRONI_POSTGRESQL_CONNECT_ADDRESS"] == f"{own}:5432"
    assert environment["PATRONI_RESTAPI_CONNECT_ADDRESS"] == f"{own}:8008"
    names = [item["name"] for item in container("StatefulSet", "pg")["env"]]
    assert names[0] == "PATRONI_NAME", "the kubelet puts in only what stands before"


def test_patroni_is_started_on_our_files_and_not_by_the_images_script():
    found = container("StatefulSet", "pg")
    assert found["command"] == ["patroni", "/etc/patroni"], "any image with PostgreSQL and Patroni works"
    mounted = {mount["mountPath"] for mount in found["volumeMounts"]}
    assert {"/etc/patroni/patroni.yml", "/etc/patroni/bootstrap.yml"} <= mounted
    security = pod("StatefulSet", "pg")["securityContext"]
    assert (security["runAsUser"], security["runAsGroup"], security["fsGroup"]) == (101, 103, 103), "Spilo's"
    data = next(m["mountPath"] for m in found["volumeMounts"] if m["name"] == "data")
    assert data == "/home/postgres/pgdata", "Spilo's"


def test_an_image_of_ones_own_keeps_its_data_where_it_does():
    own = plan(image="localhost/patroni:4.1-pg17", user=999, group=999, data="/var/lib/postgresql")
    security = pod("StatefulSet", "pg", own)["securityContext"]
    assert (security["runAsUser"], security["fsGroup"]) == (999, 999)
    mounts = {m["name"]: m["mountPath"] for m in container("StatefulSet", "pg", own)["volumeMounts"]}
    assert mounts["data"] == "/var/lib/postgresql"
    jobs = [container("Job", name, own)["image"] for name in ("pg-settle", "pg-etcd-access")]
    assert jobs == ["localhost/patroni:4.1-pg17"] * 2, "their programs need a Python, which is in Patroni's image"


def test_keys_are_readable_by_the_group_alone():
    for kind, name in [*TRIO, ("Job", "pg-settle"), ("Job", "pg-etcd-access")]:
        for volume in pod(kind, name)["volumes"]:
            if "secret" in volume:
                assert volume["secret"]["defaultMode"] == 0o440, (
                    f"{name}: PostgreSQL refuses a key that others can read"
                )


def test_the_exporter_is_beside_each_member_and_goes_when_it_is_turned_off():
    _, exporter = pod("StatefulSet", "pg")["containers"]
    assert exporter["ports"] == [{"name": "metrics", "containerPort": 9187}]
    environment = {item["name"]: item for item in exporter["env"]}
    assert environment["DATA_SOURCE_URI"]["value"].startswith("127.0.0.1:5432/"), "its own member, no other"
    assert environment["DATA_SOURCE_PASS"]["valueFrom"]["secretKeyRef"]["name"] == "pg-monitor", "no superuser"
    without = plan(exporter=False)
    assert [c["name"] for c in pod("StatefulSet", "pg", without)["containers"]] == ["patroni"]
    assert not [m for m in without.manifests if "monitor" in m.name], "no role, no Secret"
    assert "monitor" not in without.connections
    script = container("Job", "pg-bootstrap", without)["command"][-1]
    assert "pg_monitor" not in script, "nobody reads the statistics"
    assert 'GRANT pg_monitor TO "postgres_exporter"' in container("Job", "pg-bootstrap")["command"][-1]


def test_the_images_are_the_settings():
    other = plan(
        image="example.org/spilo-17:x",
        etcd={"image": "example.org/etcd:x"},
        router={"image": "example.org/haproxy:x"},
        exporter={"image": "example.org/exporter:x"},
    )
    used = {c["name"]: c["image"] for _, spec in plans.pod_specs(other) for c in plans.containers(spec)}
    assert used == {
        "patroni": "example.org/spilo-17:x",
        "settle": "example.org/spilo-17:x",
        "etcd-access": "example.org/spilo-17:x",
        "etcd": "example.org/etcd:x",
        "haproxy": "example.org/haproxy:x",
        "exporter": "example.org/exporter:x",
        "bootstrap": "postgres:17-alpine",
    }


def test_the_programs_of_the_jobs_get_every_variable_that_they_read():
    for name in ("pg-etcd-access", "pg-settle"):
        annotations = workload("Job", name)["template"]["metadata"]["annotations"]
        given = {item["name"] for item in container("Job", name)["env"]}
        assert set(annotations[READS].split()) <= given, f"{name}: its program would end with a KeyError"
        assert "DEADLINE" in annotations[READS].split(), f"{name}: its program was looked through"


def test_the_stop_has_its_time():
    patch = {"database": {"shutdownSeconds": 200}}
    assert pod("StatefulSet", "pg", plans.plan(STACK, patch))["terminationGracePeriodSeconds"] == 200


def test_each_member_has_an_address_that_outlives_its_pod():
    whole = plans.plan("pg-ha")
    for member in ("pg-0", "pg-1", "pg-2"):
        spec = plans.one(whole, "Service", member).body["spec"]
        assert spec["type"] == "ClusterIP", "Patroni remembers the address of a name for ten minutes"
        assert spec["selector"]["statefulset.kubernetes.io/pod-name"] == member
        assert spec["publishNotReadyAddresses"], "a member that is not ready yet must be found by the others"


def test_a_member_that_ends_hands_over_first_and_keeps_half_of_its_time_for_its_own_stop():
    server = container("StatefulSet", "pg")
    command = server["lifecycle"]["preStop"]["exec"]["command"]
    assert command[:5] == ["env", "PYTHONPATH=/etc/patroni", "python3", "-m", "scripts.hand_over"]
    assert command[5:7] == ["/etc/patroni/tls", "https://localhost:8008"], "the certificate is good for localhost"
    assert int(command[7]) * 2 == pod("StatefulSet", "pg")["terminationGracePeriodSeconds"]
    assert {"name": "scripts", "mountPath": "/etc/patroni/scripts", "readOnly": True} in server["volumeMounts"]
    (volume,) = (v for v in pod("StatefulSet", "pg")["volumes"] if v["name"] == "scripts")
    programs = plans.one(plan(), "ConfigMap", volume["configMap"]["name"]).body["data"]
    assert {"__init__.py", "hand_over.py", "https.py"} <= set(programs), "it imports its siblings"
