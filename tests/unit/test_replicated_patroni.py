"""Patroni's configuration: what keeps rows, what keeps two primaries apart, and what changes without a restart."""

import plans
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from replicated import STACK, ZONE, container, local, plan, shared, workload

from components.postgres.replicated import patroni
from components.settings.quantity import mebibytes

TLS = "/etc/patroni/tls"


def database(**fields):
    return plans.plan(STACK, {"database": fields})


def test_the_first_start_has_what_the_job_would_put_into_etcd():
    data = plans.one(plan(), "ConfigMap", "pg-shared").body["data"]
    bootstrap = yaml.safe_load(data["bootstrap.yml"])["bootstrap"]
    assert bootstrap["dcs"] == shared(), "or the first settle would change what was just made"


def test_an_etcd_that_is_gone_does_not_take_the_primary_with_it():
    assert shared()["failsafe_mode"] is True, "all members in touch: the primary stays one"


def test_the_timings_are_the_settings():
    found = shared(plan(ttl=40, loopWait=10, retryTimeout=12))
    assert (found["ttl"], found["loop_wait"], found["retry_timeout"]) == (40, 10, 12)
    default = shared()
    assert (default["ttl"], default["loop_wait"], default["retry_timeout"]) == (20, 5, 5)
    assert default["primary_start_timeout"] == 0, "a crashed primary is not waited for: a standby takes over"


@pytest.mark.parametrize(
    ("word", "mode"),
    [
        ("on", {"synchronous_mode": True}),
        ("strict", {"synchronous_mode": True, "synchronous_mode_strict": True}),
        ("quorum", {"synchronous_mode": "quorum"}),
        ("off", {"synchronous_mode": False}),
    ],
)
def test_synchronous_mode_is_patronis_own(word, mode):
    found = shared(plan(synchronous=word))
    assert {key: value for key, value in found.items() if key.startswith("synchronous")} == mode


def test_prod_commits_on_a_standby_too():
    assert shared()["synchronous_mode"] is True, "a committed row is on two members before the client hears of it"
    assert shared()["maximum_lag_on_failover"] == 2**20, "bytes; nobody further behind becomes primary"


def test_pg_rewind_has_what_it_needs():
    found, own = shared()["postgresql"], local()["postgresql"]
    assert found["use_pg_rewind"] is True
    assert found["parameters"]["wal_log_hints"] == "on", "pg_rewind needs it where pages have no checksums"
    assert (
        "data-checksums"
        in yaml.safe_load(plans.one(plan(), "ConfigMap", "pg-shared").body["data"]["bootstrap.yml"])["bootstrap"][
            "initdb"
        ]
    )
    assert own["authentication"]["rewind"]["username"] == "rewinder", "a role of its own, no superuser"
    assert any(line.split()[:3] == ["hostssl", "postgres", "rewinder"] for line in found["pg_hba"])


@pytest.mark.parametrize("members", [2, 3, 9])
def test_each_member_has_its_slot_and_its_sender(members):
    found = shared(plan(members=members))["postgresql"]
    assert found["use_slots"] is True
    for name in ("max_wal_senders", "max_replication_slots"):
        assert int(found["parameters"][name]) >= 2 * (members - 1), f"{name}: a copy and a stream for every standby"


@given(gib=st.integers(1, 4000))
def test_the_wal_and_what_slots_hold_back_leave_a_third_of_the_volume(gib):
    patch = {"database": {"storage": {"size": f"{gib}Gi"}}}
    parameters = patroni.dynamic(plans.system(STACK, patch).database)["postgresql"]["parameters"]
    volume = gib * 1024
    held, wal = (mebibytes(parameters[name].replace("B", "i")) for name in ("max_slot_wal_keep_size", "max_wal_size"))
    assert held + wal <= volume * 2 // 3, "a full volume stops the primary; a standby that is copied anew stops nobody"


def test_every_parameter_is_shared_and_none_is_in_the_file():
    assert set(local()["postgresql"]["parameters"]) == {"unix_socket_directories"}, (
        "what stands in patroni.yml beats etcd, and needs a restart of the pod"
    )
    found = shared(database(parameters={"log_min_duration_statement": "250ms"}))["postgresql"]["parameters"]
    assert found["log_min_duration_statement"] == "250ms", "the stack's own parameters"
    assert {"shared_buffers", "max_connections", "work_mem"} <= found.keys(), "and the computed ones"
    assert {"port", "listen_addresses", "hba_file", "config_file"} & found.keys() == set(), "Patroni sets these itself"


@pytest.mark.parametrize(
    "patch",
    [
        {"parameters": {"work_mem": "8MB"}},
        {"maxConnections": 300},
        {"replicated": {"ttl": 30}},
        {"replicated": {"synchronous": "quorum"}},
    ],
)
def test_a_changed_parameter_rolls_no_member_and_is_settled_by_a_new_job(patch):
    changed = database(**patch)
    before, after = (workload("StatefulSet", "pg", one) for one in (plan(), changed))
    assert before["template"] == after["template"], "a restart of all members for what a reload can do"
    jobs = [plans.one(one, "Job", "pg-settle").name for one in (plan(), changed)]
    assert jobs[0] != jobs[1], "or nobody would put it into etcd"


def test_what_is_no_setting_of_patroni_makes_no_new_job():
    grown = database(storage={"size": "101Gi"})
    same = {"pg-etcd-access"}
    for name in same:
        assert plans.one(plan(), "Job", name).name == plans.one(grown, "Job", name).name, f"{name} has nothing to do"


def test_another_file_rolls_the_members():
    before, after = (
        workload("StatefulSet", "pg", one)["template"]
        for one in (plan(), database(version=16, image="postgres:16-alpine"))
    )
    key = "checksum/pg-config"
    assert before["metadata"]["annotations"][key] != after["metadata"]["annotations"][key], "rule 7"


def test_who_changes_something_shows_a_certificate_and_who_asks_needs_none():
    found = local()["restapi"]
    assert found["verify_client"] == "optional", "GET is for HAProxy and the kubelet, which have none"
    assert (found["certfile"], found["keyfile"], found["cafile"]) == (
        f"{TLS}/tls.crt",
        f"{TLS}/tls.key",
        f"{TLS}/ca.crt",
    )
    assert "authentication" not in found, "a password beside it would be one more to keep"
    ctl = local()["ctl"]
    assert ctl == {"certfile": f"{TLS}/tls.crt", "keyfile": f"{TLS}/tls.key", "cacert": f"{TLS}/ca.crt"}
    assert "insecure" not in ctl, "patronictl verifies whom it speaks to"


def test_etcd_is_asked_over_tls_with_a_certificate_and_a_password():
    found = local()["etcd3"]
    assert found["protocol"] == "https"
    assert found["hosts"] == [f"pg-etcd-{number}.pg-etcd.{ZONE}:2379" for number in range(3)], "every member of it"
    assert (found["cacert"], found["cert"], found["key"]) == (f"{TLS}/ca.crt", f"{TLS}/tls.crt", f"{TLS}/tls.key")
    assert found["username"] == "patroni", "no root; its password is in the environment"
    assert "password" not in found


def test_no_password_is_in_a_file():
    data = [m.body["data"] for m in plan().manifests if m.kind == "ConfigMap"]
    assert "generated" not in str(data), "rule 4"
    environment = {
        item["name"]: item.get("valueFrom", {}).get("secretKeyRef") for item in container("StatefulSet", "pg")["env"]
    }
    for who in ("SUPERUSER", "REPLICATION", "REWIND", "ETCD3"):
        assert environment[f"PATRONI_{who}_PASSWORD"], f"{who}'s password is a key of a Secret"
    assert environment["PATRONI_SUPERUSER_PASSWORD"] == {"name": "pg-superuser", "key": "POSTGRES_PASSWORD"}


def test_members_verify_each_other():
    for who, found in local()["postgresql"]["authentication"].items():
        assert found["sslmode"] == "verify-full", f"{who}: an address alone proves nothing"
        assert found["sslrootcert"] == f"{TLS}/ca.crt", who


def test_nobody_comes_from_outside_without_tls():
    lines = shared()["postgresql"]["pg_hba"]
    for line in lines:
        kind, *_, method = line.split()
        assert method == "scram-sha-256", line
        assert kind in {"local", "hostssl"} or "127.0.0.1/32" in line, f"{line}: database traffic is TLS"
    assert shared()["postgresql"]["parameters"]["ssl"] == "on"
    assert shared()["postgresql"]["parameters"]["ssl_min_protocol_version"] == "TLSv1.2"
    named = {line.split()[2] for line in lines}
    assert "all" not in named - {line.split()[2] for line in lines if line.startswith("local")}, "each role is named"


def test_only_the_exporter_signs_in_as_the_monitor_and_only_from_its_pod():
    with_it, without = (shared(one)["postgresql"]["pg_hba"] for one in (plan(), plan(exporter=False)))
    assert [line for line in with_it if "postgres_exporter" in line] == [
        "host postgres postgres_exporter 127.0.0.1/32 scram-sha-256"
    ]
    assert not [line for line in without if "postgres_exporter" in line], "nobody is let in for nobody"


def test_the_cluster_has_one_name_everywhere():
    named = plan(scope="bills")
    assert local(named)["scope"] == "bills"
    assert local(named)["namespace"] == "/service/"
    environment = {item["name"]: item.get("value") for item in container("Job", "pg-etcd-access", named)["env"]}
    assert environment["ETCD_PREFIX"] == "/service/bills/", "what Patroni's user may touch is what Patroni uses"
    assert "--initial-cluster-token=bills" in container("StatefulSet", "pg-etcd", named)["command"]
    assert local()["scope"] == "pg-ha", "the service's name and -ha, where nothing is said"


@pytest.mark.parametrize("version", [14, 17, 18])
def test_the_programs_are_those_of_the_version(version):
    found = local(database(version=version, image=f"postgres:{version}-alpine"))["postgresql"]
    assert found["bin_dir"] == f"/usr/lib/postgresql/{version}/bin", "Debian's path, which Spilo shares"
    assert local(plan(programs="/opt/pg/bin"))["postgresql"]["bin_dir"] == "/opt/pg/bin"
