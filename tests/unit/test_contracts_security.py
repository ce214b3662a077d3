"""A pod asks for no more than it needs, and its user can do its work: X01 to X09."""

from typing import Any

import pytest
from contract_examples import found
from contract_pods import Objects, app, database, level, pod, system

POD, WEB = "spec.template.spec", "spec.template.spec.containers[web]"


def context(objects: Objects) -> Objects:
    return pod(objects)["securityContext"]


def own(objects: Objects) -> Objects:
    return app(objects)["securityContext"]


def test_the_system_holds() -> None:
    told = [violation for number in range(1, 10) for violation in found(f"X{number:02}", system())]
    assert told == [], "an example that holds must not be told of, or no finding below proves anything"


@pytest.mark.parametrize(
    ("edit", "path"),
    [
        (lambda o: context(o).pop("runAsNonRoot"), f"{POD}.securityContext.runAsNonRoot"),
        (lambda o: own(o).update(runAsNonRoot=False), f"{WEB}.securityContext.runAsNonRoot"),
        (lambda o: context(o).pop("seccompProfile"), f"{POD}.securityContext.seccompProfile"),
        (lambda o: own(o).pop("allowPrivilegeEscalation"), f"{WEB}.securityContext.allowPrivilegeEscalation"),
        (lambda o: own(o).update(allowPrivilegeEscalation=True), f"{WEB}.securityContext.allowPrivilegeEscalation"),
        (lambda o: own(o).pop("capabilities"), f"{WEB}.securityContext.capabilities.drop"),
        (lambda o: own(o)["capabilities"].update(drop=["NET_RAW"]), f"{WEB}.securityContext.capabilities.drop"),
        (lambda o: own(o)["capabilities"].update(add=["CHOWN"]), f"{WEB}.securityContext.capabilities.add"),
        (lambda o: pod(o)["volumes"].append({"name": "n", "nfs": {"server": "x"}}), f"{POD}.volumes[n]"),
    ],
)
def test_each_control_of_restricted_is_demanded(edit: Any, path: str) -> None:
    objects = system()
    edit(objects)
    (violation,) = found("X01", objects)
    assert (violation.path, violation.expected) == (path, "the restricted Pod Security Standard")
    assert violation.fix, "what must be written is told"
    level(objects, "baseline")
    assert found("X01", objects) == [], "the namespace asks for less"


def test_a_pod_that_says_nothing_is_one_finding() -> None:
    objects = system()
    del pod(objects)["securityContext"], app(objects)["securityContext"]
    violations = [*found("X01", objects), *found("X04", objects)]
    assert [v.contract for v in violations] == ["X01", "X04"]
    assert len({v.cause for v in violations}) == 1, "a chart that hardens nothing is one thing to do, not seven"
    assert violations[0].path == POD and violations[0].found.count(";") == 3


def test_what_every_container_says_need_not_be_said_for_the_pod() -> None:
    objects = system()
    own(objects).update(context(objects))
    own(objects).pop("fsGroup")
    pod(objects)["securityContext"] = {"fsGroup": 1000}
    assert found("X01", objects) == []


def test_init_and_ephemeral_containers_are_judged_too() -> None:
    objects = system()
    pod(objects)["initContainers"] = [{"name": "wait", "image": "busybox"}]
    (violation,) = found("X01", objects)
    assert "wait" in violation.found and "web" not in violation.found


def test_without_a_label_restricted_counts_and_kube_system_is_the_clusters_own() -> None:
    objects = system()
    own(objects).pop("allowPrivilegeEscalation")
    del objects["Namespace shop"]
    (violation,) = found("X01", objects)
    assert "has no label" in violation.because
    objects["Deployment shop"]["metadata"]["namespace"] = "kube-system"
    assert found("X01", objects) == []


@pytest.mark.parametrize(
    ("edit", "path"),
    [
        (lambda o: pod(o).update(hostNetwork=True), f"{POD}.hostNetwork"),
        (lambda o: pod(o).update(hostPID=True), f"{POD}.hostPID"),
        (lambda o: pod(o).update(hostIPC=True), f"{POD}.hostIPC"),
        (lambda o: own(o).update(privileged=True), f"{WEB}.securityContext.privileged"),
        (lambda o: own(o).update(procMount="Unmasked"), f"{WEB}.securityContext.procMount"),
        (lambda o: own(o)["capabilities"].update(add=["SYS_ADMIN"]), f"{WEB}.securityContext.capabilities.add"),
        (lambda o: own(o).update(seccompProfile={"type": "Unconfined"}), f"{WEB}.securityContext.seccompProfile.type"),
        (
            lambda o: own(o).update(appArmorProfile={"type": "Unconfined"}),
            f"{WEB}.securityContext.appArmorProfile.type",
        ),
        (lambda o: own(o).update(seLinuxOptions={"type": "spc_t"}), f"{WEB}.securityContext.seLinuxOptions"),
        (lambda o: context(o).update(sysctls=[{"name": "kernel.msgmax"}]), f"{POD}.securityContext.sysctls[0]"),
        (lambda o: app(o).update(ports=[{"name": "h", "hostPort": 80}]), f"{WEB}.ports[h].hostPort"),
        (lambda o: app(o).update(livenessProbe={"httpGet": {"host": "x"}}), f"{WEB}.livenessProbe.httpGet.host"),
        (
            lambda o: context(o).update(windowsOptions={"hostProcess": True}),
            f"{POD}.securityContext.windowsOptions.hostProcess",
        ),
    ],
)
def test_each_control_of_baseline_is_demanded(edit: Any, path: str) -> None:
    objects = system()
    edit(objects)
    (violation,) = found("X02", objects)
    assert violation.path == path
    assert found("X01", objects) == [], "one thing is one finding"
    level(objects, "baseline")
    assert len(found("X02", objects)) == 1
    level(objects, "privileged")
    assert found("X02", objects) == []


def test_safe_sysctls_and_named_profiles_are_fine() -> None:
    objects = system()
    context(objects).update(
        sysctls=[{"name": "net.ipv4.tcp_keepalive_time", "value": "60"}],
        seLinuxOptions={"level": "s0:c1,c2"},
        appArmorProfile={"type": "RuntimeDefault"},
    )
    assert found("X02", objects) == []


def test_a_directory_of_the_node_is_found() -> None:
    objects = system()
    pod(objects)["volumes"][2] = {"name": "config", "hostPath": {"path": "/srv", "type": "DirectoryOrCreate"}}
    (violation,) = found("X03", objects)
    assert violation.path == f"{POD}.volumes[config].hostPath"
    assert violation.found == "directory /srv of the node (DirectoryOrCreate), mounted at /srv/shop/config"
    assert found("X01", objects) == [], "it is told once (CF-4)"
    level(objects, "privileged")
    assert found("X03", objects) == []


def test_a_root_that_can_be_written_is_found() -> None:
    objects = system()
    own(objects).pop("readOnlyRootFilesystem")
    (violation,) = found("X04", objects)
    assert violation.path == f"{WEB}.securityContext.readOnlyRootFilesystem"


def test_a_user_without_fs_group_can_not_write_its_claims() -> None:
    objects = system()
    context(objects).pop("fsGroup")
    (violation,) = found("X05", objects)
    assert (violation.path, violation.nearest) == (f"{POD}.securityContext.fsGroup", "1000")
    assert "data, logs" in violation.found


@pytest.mark.parametrize(
    "edit",
    [
        lambda o: context(o).update(runAsUser=0, runAsNonRoot=False),
        lambda o: [o[f"PersistentVolumeClaim {n}"]["spec"].update(accessModes=["ReadWriteMany"]) for n in CLAIMS],
        lambda o: pod(o).update(initContainers=[chown(o)]),
        lambda o: pod(o)["volumes"].__setitem__(slice(0, 2), [{"name": n, "emptyDir": {}} for n in ("data", "logs")]),
        lambda o: [o.pop(f"PersistentVolumeClaim {name}") for name in CLAIMS],
    ],
)
def test_a_volume_that_its_user_can_write_anyway_is_left_alone(edit: Any) -> None:
    objects = system()
    context(objects).pop("fsGroup")
    edit(objects)
    assert found("X05", objects) == []


CLAIMS = ("shop-data", "shop-logs")


def chown(objects: Objects) -> Objects:
    """An init container of root that gives the volumes to the app."""
    script = ["sh", "-c", "chown -R 1000 /srv"]
    return {**app(objects), "command": script, "securityContext": {"runAsUser": 0, "runAsNonRoot": False}}


def test_files_that_only_root_may_read_are_found() -> None:
    objects = system()
    context(objects).pop("fsGroup")
    pod(objects)["volumes"][2]["configMap"]["defaultMode"] = 0o400
    (violation,) = found("X06", objects)
    assert violation.path == f"{POD}.volumes[config].configMap.defaultMode" and "0400" in violation.found
    context(objects)["fsGroup"] = 1000
    assert found("X06", objects) == [], "the kubelet gives the files to the group, readable"


def test_no_root_under_run_as_non_root() -> None:
    objects = system()
    context(objects)["runAsUser"] = 0
    (violation,) = found("X07", objects)
    assert violation.path == f"{POD}.securityContext.runAsUser"
    assert found("X01", objects) == [], "one thing is one finding"


def test_an_image_that_starts_as_root_needs_a_user() -> None:
    objects = system()
    del pod(objects, "StatefulSet db")["securityContext"]["runAsUser"]
    (violation,) = found("X07", objects)
    assert violation.nearest == "70" and "image will run as root" in violation.because


def test_an_image_that_becomes_its_user_needs_the_power_to() -> None:
    objects = system()
    pod(objects, "StatefulSet db")["securityContext"] = {"fsGroup": 70}
    (violation,) = found("X07", objects)
    assert "operation not permitted" in violation.because
    database(objects)["securityContext"]["capabilities"]["add"] = ["SETUID", "SETGID", "CHOWN", "FOWNER"]
    assert found("X07", objects) == []


@pytest.mark.parametrize(
    ("image", "told", "number"),
    [
        ("haproxy:3.3.1", "image has non-numeric user (haproxy)", "99"),
        ("quay.io/prometheuscommunity/postgres-exporter:v0.18.1", "image has non-numeric user (nobody)", "65534"),
        ("gcr.io/etcd-development/etcd:v3.6.7", "image will run as root", "65532"),
        ("ghcr.io/zalando/spilo-17:4.0-p3", "image will run as root", "101"),
    ],
)
def test_an_image_that_names_no_number_needs_one_under_run_as_non_root(image: str, told: str, number: str) -> None:
    objects = system()
    app(objects)["image"] = image
    del context(objects)["runAsUser"]
    (violation,) = found("X07", objects)
    assert (violation.nearest, told in violation.because) == (number, True), "as the kubelet says it"
    context(objects)["runAsUser"] = 1234
    assert found("X07", objects) == [], "any number will start; whether it suits its files is another question"


def test_an_unknown_image_without_a_user_is_left_alone() -> None:
    objects = system()
    del context(objects)["runAsUser"]
    assert found("X07", objects) == [], "the image names its user; which, the set does not tell"


@pytest.mark.parametrize(
    ("image", "user", "expected"),
    [("postgres:15-alpine", 999, "70"), ("postgres:15-bookworm", 70, "999"), ("pgvector/pgvector:pg17", 26, "999")],
)
def test_the_user_of_another_image_is_found(image: str, user: int, expected: str) -> None:
    objects = system()
    database(objects)["image"] = image
    pod(objects, "StatefulSet db")["securityContext"]["runAsUser"] = user
    (violation,) = found("X08", objects)
    assert violation.nearest == expected


def test_an_image_for_any_user_a_client_and_a_private_image_are_left_alone() -> None:
    objects = system()
    pod(objects, "StatefulSet db")["securityContext"]["runAsUser"] = 1234
    for image in ("bitnami/postgresql:16", "ghcr.io/shop/postgres-of-ours:1"):
        database(objects)["image"] = image
        assert found("X08", objects) == []
    database(objects).update(image="postgres:15-alpine", command=["pg_dump"])
    assert found("X08", objects) == []


def test_a_database_gets_no_token() -> None:
    objects = system()
    del pod(objects, "StatefulSet db")["automountServiceAccountToken"]
    (violation,) = found("X09", objects)
    assert violation.path == f"{POD}.automountServiceAccountToken"
    account = {"kind": "ServiceAccount", "metadata": {"name": "default", "namespace": "shop"}}
    assert found("X09", objects, {**account, "automountServiceAccountToken": False}) == []


def test_whether_an_app_needs_its_token_is_not_told() -> None:
    assert found("X09", system()) == [], "the app has one; it may well ask the API server"


def test_an_account_of_its_own_may_say_no_elsewhere() -> None:
    objects = system()
    del pod(objects, "StatefulSet db")["automountServiceAccountToken"]
    pod(objects, "StatefulSet db")["serviceAccountName"] = "db"
    assert found("X09", objects) == [], "the set does not have the ServiceAccount"
    account = {"kind": "ServiceAccount", "metadata": {"name": "db", "namespace": "shop"}}
    (violation,) = found("X09", objects, account)
    assert "ServiceAccount db" in violation.found
