"""The StatefulSet: where the data is, how it starts, how it stops."""

import plans
import pytest


def server(**fields):
    body = plans.one(plans.plan("dev", {"database": fields}), "StatefulSet", "postgres").body
    (container,) = body["spec"]["template"]["spec"]["containers"]
    return body["spec"], body["spec"]["template"]["spec"], container


def environment(container):
    return {item["name"]: item["value"] for item in container["env"]}


@pytest.mark.parametrize(
    ("version", "mount", "data"),
    [
        (15, "/var/lib/postgresql/data", "/var/lib/postgresql/data/pgdata"),
        (17, "/var/lib/postgresql/data", "/var/lib/postgresql/data/pgdata"),
        (18, "/var/lib/postgresql", "/var/lib/postgresql/18/docker"),
    ],
)
def test_the_data_directory_is_below_the_mount_of_the_claim(version, mount, data):
    _, pod, container = server(version=version, image=f"postgres:{version}-alpine")
    mounts = {m["name"]: m["mountPath"] for m in container["volumeMounts"]}
    volumes = {v["name"]: v for v in pod["volumes"]}
    assert environment(container)["PGDATA"] == data
    assert mounts["data"] == mount
    assert data.startswith(f"{mount}/"), "initdb refuses a mount's root, where lost+found is"
    assert volumes["data"]["persistentVolumeClaim"]["claimName"] == "observer-db-pvc"


def test_one_server_with_its_governing_service():
    spec, _, _ = server()
    assert (spec["replicas"], spec["serviceName"]) == (1, "postgres-headless")
    headless = plans.one(plans.plan(), "Service", "postgres-headless").body
    assert headless["spec"]["clusterIP"] == "None"
    assert headless["metadata"]["annotations"] == {"pulumi.com/skipAwait": "true"}, (
        "the StatefulSet needs it before it has a pod: to wait for endpoints would never end"
    )


def test_a_recovery_is_not_killed():
    _, _, container = server(crashRecoverySeconds=7200)
    start, live, ready = (container[f"{name}Probe"] for name in ("startup", "liveness", "readiness"))
    assert start["failureThreshold"] * start["periodSeconds"] >= 7200, "the start has the whole budget"
    assert "[ $? -lt 2 ]" in live["exec"]["command"][-1], "1 is «refuses for now»: it recovers, and is alive"
    assert "[ $? -lt 2 ]" not in ready["exec"]["command"][-1], "ready is only who accepts"
    assert live["periodSeconds"] * live["failureThreshold"] >= 60


def test_the_stop_is_fast_and_has_its_time():
    _, pod, container = server(shutdownSeconds=90)
    assert pod["terminationGracePeriodSeconds"] == 90
    assert "kill -INT" in container["lifecycle"]["preStop"]["exec"]["command"][-1], "SIGTERM waits for every client"


@pytest.mark.parametrize(("memory", "shared"), [("256Mi", "64Mi"), ("1Gi", "256Mi"), ("4Gi", "1024Mi")])
def test_shared_memory_is_a_quarter_and_at_least_dockers(memory, shared):
    amounts = {"cpu": "1", "memory": memory}
    _, pod, container = server(resources={"requests": amounts, "limits": amounts})
    (volume,) = [v for v in pod["volumes"] if v["name"] == "shared-memory"]
    assert volume["emptyDir"] == {"medium": "Memory", "sizeLimit": shared}
    assert container["resources"]["limits"]["memory"] == memory


def test_initdb_checks_pages_and_asks_for_passwords():
    _, _, container = server()
    words = environment(container)["POSTGRES_INITDB_ARGS"].split()
    assert {"--auth=scram-sha-256", "--data-checksums", "--encoding=UTF8"} <= set(words)


def test_the_configuration_is_where_the_server_looks():
    _, _, container = server()
    mounts = {m["name"]: m for m in container["volumeMounts"]}
    assert container["args"] == ["postgres", "-c", "config_file=/etc/postgresql/postgresql.conf"]
    assert mounts["configuration"]["mountPath"] == "/etc/postgresql"
    assert mounts["configuration"]["readOnly"] is True


def test_what_the_server_writes_beside_its_data_is_scratch():
    _, pod, container = server()
    paths = {m["mountPath"]: m["name"] for m in container["volumeMounts"]}
    volumes = {v["name"]: v for v in pod["volumes"]}
    for path in ("/tmp", "/var/run/postgresql", "/dev/shm"):  # noqa: S108
        assert "emptyDir" in volumes[paths[path]], f"{path} must be writable on a read-only root"
