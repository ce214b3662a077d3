"""The stand-in for pulumi-resource-kubernetes, driven by the real engine against a real API server."""

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

from plugins_stack import Stack

from devcluster.plugins.kubernetes.cluster import Cluster, Gone

Make = Callable[..., Stack]


def config_map(namespace: str, name: str | None, **data: str) -> dict[str, Any]:
    meta = {"namespace": namespace, **({"name": name} if name else {})}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": data}


def there(cluster: Cluster, thing: dict[str, Any]) -> dict[str, Any] | None:
    try:
        return cluster.get(thing)
    except Gone:
        return None


def test_an_object_is_made_kept_changed_replaced_and_taken_away(stack: Make, cluster: Cluster, namespace: str) -> None:
    made, named = stack(), config_map(namespace, "settings", color="red")
    program = made.wants(named, config_map(namespace, None, color="red"))
    assert "3 to create" in program.preview(), "the preview did not see the stack and two ConfigMaps"
    assert there(cluster, named) is None, "a preview made something"
    program.up()
    assert (there(cluster, named) or {})["data"] == {"color": "red"}
    program.preview("--expect-no-changes")
    autonamed = next(each for each in program.state() if each["urn"].endswith("auto"))["id"]
    assert autonamed.startswith(f"{namespace}/configmap-auto-"), "the name is the resource's and 8 digits"

    shown = program.wants(
        config_map(namespace, "settings", color="blue"), config_map(namespace, None, color="blue")
    ).preview()
    assert "+-2 to replace" in shown, "changed data replaces a ConfigMap unless the provider says otherwise"
    printed = program.up()
    assert (there(cluster, named) or {})["data"] == {"color": "blue"}
    assert autonamed not in str([each["id"] for each in program.state()]), "the autonamed one kept its name"
    order = [line for line in printed.splitlines() if "configmap-settings" in line and "delet" in line]
    assert order, f"a user's name can be used once at a time, so it is deleted first:\n{printed}"

    program.run("destroy", "--yes", "--skip-preview")
    assert there(cluster, named) is None, "destroy left the object"
    assert program.state() == []


def test_mutable_config_maps_and_secrets_change_in_place(stack: Make, cluster: Cluster, namespace: str) -> None:
    made = stack(enableConfigMapMutable="true", enableSecretMutable="true")
    meta = {"name": "credentials", "namespace": namespace}

    def things(value: str) -> list[dict[str, Any]]:
        secret = {"apiVersion": "v1", "kind": "Secret", "metadata": meta, "stringData": {"password": value}}
        return [config_map(namespace, "settings", color=value), secret]

    made.wants(*things("first-value")).up()
    before = cluster.get(things("")[1])
    shown = made.wants(*things("second-value")).preview()
    assert "~ 2 to update" in shown, shown
    made.up()
    after = cluster.get(things("")[1])
    assert base64.b64decode(after["data"]["password"]) == b"second-value"
    assert after["metadata"]["uid"] == before["metadata"]["uid"], "the Secret was replaced"


def test_a_secret_is_nowhere_in_clear(stack: Make, namespace: str) -> None:
    made, value = stack(enableSecretMutable="true"), "Correct-Horse-Battery-1"
    meta = {"name": "credentials", "namespace": namespace}
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": meta, "stringData": {"password": value}}
    kept = config_map(namespace, "kept", token=value + "-kept")
    made.resources([(secret, "credentials", ()), (kept, "kept", ("data",))])
    printed = made.preview() + made.up() + made.run("refresh", "--yes", "--skip-preview")
    secret["stringData"]["password"] = value + "-next"
    made.resources([(secret, "credentials", ()), (kept, "kept", ("data",))])
    printed += made.preview() + made.up() + made.run("stack", "export")
    for text in (value, base64.b64encode(value.encode()).decode()[:28]):
        assert text not in printed, "a secret was printed"
        assert text not in made.file(), "a secret is in the state file in clear"
    assert value + "-next" in str(made.state()), "the value is not in state at all, so the test looked in vain"


def test_drift_is_found_by_refresh_and_corrected_by_the_next_up(stack: Make, cluster: Cluster, namespace: str) -> None:
    labels = {"app": "drift"}
    container = {"name": "c", "image": "localhost/pause:3.10", "resources": {"limits": {"cpu": "1000m"}}}
    thing = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "drift", "namespace": namespace, "annotations": {"pulumi.com/skipAwait": "true"}},
        "spec": {
            "replicas": 0,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"hostNetwork": False, "containers": [container]}},
        },
    }
    made = stack().wants(thing)
    made.up()
    made.run("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    made.preview("--expect-no-changes")
    changed = {**thing, "metadata": {"name": "drift", "namespace": namespace, "labels": {"of": "others"}}}
    changed["spec"] = {"template": {"spec": {"containers": [{"name": "c", "image": "localhost/else:1"}]}}}
    cluster.apply(changed, "kubectl-edit", force=True)
    made.preview("--expect-no-changes")  # State is what Pulumi knows; only a refresh looks.
    assert "~ 1 updated" in made.run("refresh", "--yes", "--skip-preview"), "refresh did not see the changed image"
    shown = made.preview()
    assert '"localhost/else:1" => "localhost/pause:3.10"' in shown, shown
    made.up()
    live = cluster.get(thing)
    assert live["spec"]["template"]["spec"]["containers"][0]["image"] == "localhost/pause:3.10", (
        "drift was not corrected"
    )
    assert live["metadata"]["labels"] == {"of": "others"}, "a field that the program doesn't give was touched"


def test_what_is_gone_is_dropped_by_refresh_and_made_anew(stack: Make, cluster: Cluster, namespace: str) -> None:
    thing = config_map(namespace, "settings", color="red")
    made = stack(enableConfigMapMutable="true").wants(thing)
    made.up()
    cluster.delete(thing, "Background")
    printed = made.wants(config_map(namespace, "settings", color="blue")).up(code=1)
    assert "run `pulumi refresh`" in printed, f"an update of what is gone must say so:\n{printed}"
    made.run("refresh", "--yes", "--skip-preview")
    assert made.state() == []
    assert "+ 1 created" in made.up()


def test_an_object_that_is_there_already_is_refused_and_can_be_imported(
    stack: Make, cluster: Cluster, namespace: str
) -> None:
    thing = config_map(namespace, "settings", color="red")
    cluster.apply(thing, "somebody")
    made = stack(enableConfigMapMutable="true").wants(thing)
    assert "in the cluster already" in made.up(code=1)
    imported = ("kubernetes:core/v1:ConfigMap", "configmap-settings", f"{namespace}/settings")
    made.run("import", *imported, "--yes", "--skip-preview", "--protect=false", "--generate-code=false")
    made.preview("--expect-no-changes")
    upsert = stack(upsertExistingObjects="true").wants(config_map(namespace, "settings", shape="round"))
    upsert.up()
    assert cluster.get(thing)["data"] == {"color": "red", "shape": "round"}, "upsert must merge into what is there"


def test_a_conflict_names_field_and_owner_and_can_be_forced(stack: Make, cluster: Cluster, namespace: str) -> None:
    thing = config_map(namespace, "settings", color="red")
    made = stack(enableConfigMapMutable="true").wants(thing)
    made.up()
    cluster.apply(config_map(namespace, "settings", color="theirs"), "another-operator", force=True)
    mine = config_map(namespace, "settings", color="mine")
    printed = made.wants(mine).up(code=1)
    for word in (".data.color", "another-operator", "pulumi.com/patchForce"):
        assert word in printed, f"the conflict does not say {word}:\n{printed}"
    mine["metadata"]["annotations"] = {"pulumi.com/patchForce": "true"}
    made.wants(mine).up()
    assert cluster.get(thing)["data"] == {"color": "mine"}


def test_an_object_that_somebody_made_anew_can_be_taken_over(stack: Make, cluster: Cluster, namespace: str) -> None:
    thing = config_map(namespace, "settings", color="red")
    thing["metadata"]["annotations"] = {"pulumi.com/patchForce": "true"}
    made = stack(enableConfigMapMutable="true").wants(thing)
    made.up()
    cluster.delete(thing, "Background")
    cluster.apply(config_map(namespace, "settings", color="theirs"), "another-operator")
    mine = config_map(namespace, "settings", color="mine")
    mine["metadata"]["annotations"] = {"pulumi.com/patchForce": "true"}
    made.wants(mine).up()
    assert cluster.get(thing)["data"] == {"color": "mine"}, "it has another uid than the state, and the same name"


def test_an_object_that_the_api_server_refuses_fails_the_preview(stack: Make, namespace: str) -> None:
    thing = config_map(namespace, "Not_A_Name", color="red")
    printed = stack().wants(thing).preview(code=1)
    assert "Not_A_Name" in printed and "lowercase RFC 1123" in printed, printed


def test_a_refused_secret_is_not_shown(stack: Make, namespace: str) -> None:
    meta = {"name": "credentials", "namespace": namespace}
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": meta, "stringData": {"pin": 471147114711}}
    printed = stack().wants(secret).preview(code=1)
    assert "stringData" in printed and "471147114711" not in printed, printed


def test_a_cluster_that_does_not_answer_gives_one_error(tmp_path: Path, pulumi: str) -> None:
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(
        "{apiVersion: v1, kind: Config, current-context: c, contexts: [{name: c, context: {cluster: c}}], "
        'clusters: [{name: c, cluster: {server: "http://127.0.0.1:1"}}]}'
    )
    made = Stack(tmp_path / "project", pulumi, kubeconfig)
    printed = made.wants(*(config_map("default", f"settings-{i}", color="red") for i in range(10))).preview(code=1)
    assert printed.count("can't be reached") <= 2, f"the reason is repeated:\n{printed}"
    assert "http://127.0.0.1:1" in printed


def test_a_deletion_says_which_finalizer_it_waits_for(stack: Make, cluster: Cluster, namespace: str) -> None:
    thing = config_map(namespace, "held", color="red")
    made = stack().wants(thing, custom_timeouts={"delete": "2s"})
    made.up()
    cluster.apply({**thing, "metadata": {**thing["metadata"], "finalizers": ["example.org/hold"]}}, "holder")
    printed = made.run("destroy", "--yes", "--skip-preview", code=1)
    assert "example.org/hold" in printed, printed
    bare = {key: value for key, value in thing.items() if key != "data"}
    cluster.apply(bare, "holder", force=True)
    made.run("destroy", "--yes", "--skip-preview")
