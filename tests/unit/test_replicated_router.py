"""haproxy.cfg: writes only to who says that it is primary, and no session to one that no longer is."""

import plans
import pytest
from replicated import STACK, ZONE, container, plan, pod, workload


def sections(where=None) -> dict[str, list[list[str]]]:
    """Section → its lines, each as words."""
    text = plans.one(where or plan(), "ConfigMap", "pg-router-config").body["data"]["haproxy.cfg"]
    found: dict[str, list[list[str]]] = {}
    lines: list[list[str]] = []
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if line[0] != " ":
            found[line] = lines = []
        else:
            lines.append(line.split())
    return found


def words(section: str, first: str, where=None) -> list[list[str]]:
    """The lines of a section that begin with a word, without it."""
    return [line[1:] for line in sections(where)[section] if line[0] == first]


BACKENDS = pytest.mark.parametrize("backend", ["backend primary", "backend standbys"])


@pytest.mark.parametrize("members", [2, 3, 5])
@BACKENDS
def test_every_member_is_in_both_and_its_certificate_is_looked_at(backend, members):
    servers = words(backend, "server", plan(members=members))
    assert [server[0] for server in servers] == [f"pg-{number}" for number in range(members)]
    for name, address, *options in servers:
        host = f"{name}.{ZONE}"
        assert address == f"{host}:5432", "the full name: HAProxy's resolver has no search domains"
        assert options == ["verifyhost", host], "one who answers in another's place is refused"


@BACKENDS
def test_members_are_asked_on_patronis_port_over_verified_tls(backend):
    (options, times) = words(backend, "default-server")
    text = " ".join(options)
    assert "port 8008 check check-ssl verify required ca-file /usr/local/etc/haproxy/tls/ca.crt" in text
    assert "resolvers cluster init-addr none" in text, "a pod that comes back has another address"
    assert " ".join(times).endswith("on-marked-down shutdown-sessions"), (
        "who was demoted keeps no client: it would read what is old, and write what is refused"
    )


def test_patronis_answers_decide():
    assert words("backend primary", "http-check")[0] == ["send", "meth", "GET", "uri", "/primary"]
    assert words("backend standbys", "http-check")[0] == ["send", "meth", "GET", "uri", "/replica?lag=16777216"]
    for backend in ("backend primary", "backend standbys"):
        assert words(backend, "http-check")[1] == ["expect", "status", "200"]


def test_addresses_are_forgotten_as_fast_as_pods_change():
    (hold, obsolete) = words("resolvers cluster", "hold")
    assert (hold, obsolete) == (["valid", "1s"], ["obsolete", "0s"])
    assert ["parse-resolv-conf"] in sections()["resolvers cluster"], "the cluster's DNS, wherever it is"


def test_writes_and_reads_have_their_ports():
    assert words("frontend write", "bind") == [[":5000"]]
    assert words("frontend write", "default_backend") == [["primary"]]
    assert words("frontend read", "bind") == [[":5001"]]
    assert words("frontend read", "use_backend") == [["standbys", "if", "{", "nbsrv(standbys)", "gt", "0", "}"]]
    assert words("frontend read", "default_backend") == [["primary"]], "with no standby left, reads are still answered"
    service = plans.one(plan(), "Service", "pg-router").body["spec"]
    assert {port["name"]: port["port"] for port in service["ports"]} == {"write": 5000, "read": 5001}, (
        "statistics are in the pod alone"
    )


def test_statistics_ask_for_a_password_that_stands_in_a_secret():
    assert words("frontend statistics", "bind") == [[":8404"]]
    (auth,) = [line[1:] for line in sections()["frontend statistics"] if line[:2] == ["stats", "auth"]]
    assert auth == ["auth", 'statistics:"${STATISTICS_PASSWORD}"'], "quoted, as HAProxy reads variables"
    (given,) = container("Deployment", "pg-router")["env"]
    assert given["name"] == "STATISTICS_PASSWORD"
    assert given["valueFrom"]["secretKeyRef"] == {"name": "pg-router-statistics", "key": "password"}
    secret = plans.one(plan(), "Secret", "pg-router-statistics").body
    assert (secret["type"], secret["stringData"]["username"]) == ("kubernetes.io/basic-auth", "statistics")


def test_one_router_less_is_not_seen_while_it_is_exchanged():
    spec = workload("Deployment", "pg-router")
    assert spec["strategy"]["rollingUpdate"] == {"maxSurge": 0, "maxUnavailable": 1}, (
        "with required anti-affinity a third pod would wait for a third node for ever"
    )
    drain = container("Deployment", "pg-router")["lifecycle"]["preStop"]["sleep"]["seconds"]
    hard_stop = int(words("global", "hard-stop-after")[0][0].removesuffix("s"))
    assert pod("Deployment", "pg-router")["terminationGracePeriodSeconds"] > drain + hard_stop, (
        "sessions that outlive the drain are cut by HAProxy, not by SIGKILL"
    )


def test_there_are_connections_for_all_that_the_members_take():
    patch = {"database": {"maxConnections": 321}}
    (most,) = words("global", "maxconn", plans.plan(STACK, patch))
    assert int(most[0]) >= 321 * 3, "of three members; or clients wait before a database that has room"


def test_it_sees_the_authority_and_no_key():
    (tls,) = [v for v in pod("Deployment", "pg-router")["volumes"] if v["name"] == "tls"]
    assert tls["secret"]["items"] == [{"key": "ca.crt", "path": "ca.crt"}], "it only asks, so it needs no certificate"
    assert pod("Deployment", "pg-router")["securityContext"]["runAsUser"] == 99, "haproxy in the official image"
    for name in ("startupProbe", "livenessProbe", "readinessProbe"):
        asked = container("Deployment", "pg-router")[name]["httpGet"]
        assert asked == {"path": "/healthz", "port": "statistics"}, f"{name}: alive with no member up, too"
    assert words("frontend statistics", "monitor-uri") == [["/healthz"]]


def test_a_client_of_a_primary_that_is_gone_is_told_at_once():
    assert words("backend primary", "retries") == [["0"]], (
        "HAProxy would keep it for 1 s before it tries the same server again; the next primary is up sooner"
    )
    assert words("backend standbys", "retries") == [["3"]], "a standby that is gone has siblings"
