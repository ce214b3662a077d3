"""What the mutation suite asked for beside the connection: containers' own needs, images, readiness, affinity."""

from contract_examples import found, pod, system, web

READS = "contracts.postgres-apps/reads"


def annotated(**annotations: str) -> dict:
    objects = system()
    template = objects["Deployment shop"]["spec"]["template"]["metadata"]
    template["annotations"] = {f"contracts.postgres-apps/{key.replace('__', '.')}": v for key, v in annotations.items()}
    return objects


def test_a_container_may_declare_what_it_needs_itself() -> None:
    objects = annotated(reads__migrate="DB_HOST DB_OWNER")
    pod(objects["Deployment shop"])["initContainers"] = [
        {"name": "migrate", "image": "ghcr.io/shop/web:1", "envFrom": [{"configMapRef": {"name": "shop-config"}}]}
    ]
    (violation,) = found("S03", objects)
    assert violation.found == "no variable DB_OWNER", "DB_HOST comes with the ConfigMap"


def test_an_init_container_may_declare_where_it_writes() -> None:
    objects = annotated(writes__fetch="/scratch/dump /cache")
    mounts = [{"name": "work", "mountPath": "/scratch"}, {"name": "work", "mountPath": "/cache", "readOnly": True}]
    pod(objects["Deployment shop"])["initContainers"] = [
        {"name": "fetch", "image": "ghcr.io/shop/fetch:1", "volumeMounts": mounts}
    ]
    pod(objects["Deployment shop"]).setdefault("volumes", []).append({"name": "work", "emptyDir": {}})
    (violation,) = found("P02", objects)
    assert violation.found.startswith("/cache"), "a step that is no server writes too"


def test_an_init_container_may_declare_where_it_reads() -> None:
    objects = annotated(**{"read-only-paths__fetch": "/scripts"})
    pod(objects["Deployment shop"])["initContainers"] = [{"name": "fetch", "image": "ghcr.io/shop/fetch:1"}]
    (violation,) = found("P02", objects)
    assert violation.found.startswith("/scripts"), "its program lies there"


def test_a_declaration_for_a_container_that_is_not_there_is_a_slip() -> None:
    (violation,) = found("S03", annotated(reads__wep="DB_HOST"))
    assert violation.nearest == "web", "one letter is another"


def test_a_needed_variable_that_has_only_a_name_is_not_given() -> None:
    objects = annotated(reads="EXTRA")
    web(objects)["env"].append({"name": "EXTRA"})
    assert [v.found for v in found("S03", objects)] == ["no variable EXTRA"], "an entry without a value is empty"
    web(objects)["env"][-1]["value"] = ""
    assert found("S03", objects) == [], "somebody wrote that it is empty"


def test_an_image_that_one_pod_pulls_with_a_secret_and_another_without_is_found() -> None:
    objects = system()
    second = system()["Deployment shop"]
    second["metadata"]["name"] = "worker"
    del pod(second)["imagePullSecrets"]
    (violation,) = found("S06", objects, second)
    assert (violation.object.name, violation.nearest) == ("worker", "registry"), "the first pod names it"
    pod(second)["containers"][0]["image"] = "docker.io/shop/web:1"
    assert found("S06", objects, second) == [], "the Secret is for ghcr.io"


def test_an_account_may_bring_the_pull_secret() -> None:
    objects = system()
    second = system()["Deployment shop"]
    second["metadata"]["name"] = "worker"
    del pod(second)["imagePullSecrets"]
    objects["ServiceAccount shop"]["imagePullSecrets"] = [{"name": "registry"}]
    assert found("S06", objects, second) == [], "the pod takes them from its account"


def test_the_readiness_probe_asks_the_declared_path() -> None:
    assert found("W19", annotated(ready="/ready")) == [], "it does"
    (violation,) = found("W19", annotated(ready="/healthz /livez"))
    assert (violation.found, violation.expected) == ("/ready", "/healthz"), "the code says something else"
    assert found("W19", system()) == [], "nothing is declared, and any path may be right"
