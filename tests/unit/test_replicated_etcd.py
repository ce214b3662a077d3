"""etcd: nobody gets in without a certificate and a password, and its store does not fill up."""

import plans
import pytest
from replicated import ZONE, container, plan, pod, workload

TLS = "/etc/etcd/tls"


def flags(where=None) -> dict[str, str]:
    name, *words = container("StatefulSet", "pg-etcd", where)["command"]
    assert name == "etcd"
    return dict(word.removeprefix("--").split("=", 1) for word in words)


def test_clients_and_peers_speak_tls_and_show_a_certificate():
    found = flags()
    for role in ("", "peer-"):
        assert found[f"{role}client-cert-auth"] == "true", f"{role or 'client '}: without a certificate nobody gets in"
        assert found[f"{role}cert-file"] == f"{TLS}/tls.crt"
        assert found[f"{role}key-file"] == f"{TLS}/tls.key"
        assert found[f"{role}trusted-ca-file"] == f"{TLS}/ca.crt"
    for flag, value in found.items():
        if flag.endswith("urls") and flag != "listen-metrics-urls":
            assert value.startswith("https://"), f"{flag}: {value}"
    assert found["listen-metrics-urls"] == "http://0.0.0.0:2381", (
        "health and metrics, which tell no key; the kubelet asks"
    )


@pytest.mark.parametrize("members", [1, 3, 5])
def test_the_members_know_each_other_by_name(members):
    patch = {"keep": False, "database": {"replicated": {"etcd": {"members": members}}}}
    where = plans.plan("pg-ha", patch)
    found = flags(where)
    names = [f"pg-etcd-{number}" for number in range(members)]
    assert found["initial-cluster"].split(",") == [f"{n}=https://{n}.pg-etcd.{ZONE}:2380" for n in names]
    assert found["name"] == "$(POD_NAME)", "one of these names"
    assert found["initial-advertise-peer-urls"] == f"https://$(POD_NAME).pg-etcd.{ZONE}:2380", "and the address in it"
    assert found["advertise-client-urls"] == f"https://$(POD_NAME).pg-etcd.{ZONE}:2379"
    assert workload("StatefulSet", "pg-etcd", where)["replicas"] == members


def test_the_kubelet_puts_the_name_in():
    (name,) = [item for item in container("StatefulSet", "pg-etcd")["env"] if item["name"] == "POD_NAME"]
    assert name["valueFrom"]["fieldRef"]["fieldPath"] == "metadata.name", "the image has no shell to do it"


def test_the_data_is_on_the_claim_and_the_quota_within_it():
    found = flags(plan(etcd={"storage": "8Gi"}))
    mounts = {m["name"]: m["mountPath"] for m in container("StatefulSet", "pg-etcd")["volumeMounts"]}
    assert found["data-dir"].startswith(mounts["data"] + "/"), "or a restart would forget who is primary"
    assert int(found["quota-backend-bytes"]) == 2 * 2**30, "a quarter of 8Gi: the file, its WAL, a snapshot, a copy"
    assert found["auto-compaction-mode"] == "periodic", "Patroni writes every few seconds"
    assert found["auto-compaction-retention"] == "1h"


def test_a_lost_quorum_restarts_nobody():
    probes = container("StatefulSet", "pg-etcd")
    paths = {name: probes[name]["httpGet"]["path"] for name in ("startupProbe", "livenessProbe", "readinessProbe")}
    assert paths == {"startupProbe": "/livez", "livenessProbe": "/livez", "readinessProbe": "/readyz"}, (
        "only /readyz asks for a quorum, and a restart does not bring the others back"
    )
    assert {probes[name]["httpGet"]["port"] for name in paths} == {"health"}, "the port without TLS"


def test_it_runs_as_nobody_in_particular_and_owns_its_claim_by_its_group():
    security = pod("StatefulSet", "pg-etcd")["securityContext"]
    assert security["runAsUser"] > 0, "the image's own user is root"
    assert security["fsGroup"] == security["runAsGroup"]
