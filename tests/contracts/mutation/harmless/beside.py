"""What stands beside: namesakes, second Services, other workloads, and more that nobody reads."""

from copy import deepcopy

from tests.contracts.mutation.harmless.copies import Edited, a_service, containers, each, home, named, pod_of
from tests.contracts.mutation.places import Body
from tests.contracts.mutation.through import PODS


def namesakes_elsewhere(objects: list[Body]) -> Edited:
    """A Secret, ConfigMap, claim, account or Service of the same name in another namespace, with other contents."""
    for body, copy in each(objects, "Secret", "ConfigMap", "PersistentVolumeClaim", "ServiceAccount", "Service"):
        other = deepcopy(body)
        other["metadata"]["namespace"] = "elsewhere"
        if other["kind"] == "Service":
            other["spec"] = {"type": "ExternalName", "externalName": "db.example.org"}
        elif other["kind"] in {"Secret", "ConfigMap"}:
            field = "data" if other["kind"] == "ConfigMap" else "stringData"
            other |= {field: {"OTHER": "<configured other>"}, **({"type": "Opaque"} if field == "stringData" else {})}
        yield f"{body['kind']} {body['metadata']['name']}", [*copy, other]


def the_whole_stack_twice(objects: list[Body]) -> Edited:
    """Once more in another namespace, whole, where it has one namespace."""
    if len({body["metadata"]["namespace"] for body in objects if body["kind"] in {*PODS, "Cluster"}}) > 1:
        return
    yield "elsewhere", [*deepcopy(objects), *in_namespace(objects, "elsewhere")]


def in_namespace(objects: list[Body], namespace: str) -> list[Body]:
    """All of the namespace that the set is for once more in another one, with an archive of its own."""
    own = home(objects)
    copy = []
    for body in deepcopy(objects):
        if body["kind"] == "Namespace" and body["metadata"]["name"] == own:
            body["metadata"]["name"] = namespace
        elif body["kind"] != "Namespace" and body["metadata"].get("namespace") in {own, None}:
            body["metadata"]["namespace"] = namespace
        else:
            continue
        if body["kind"] == "ObjectStore":
            body["spec"]["configuration"]["destinationPath"] += f"/{namespace}"
        copy.append(body)
    return copy


def optional_references(objects: list[Body]) -> Edited:
    """To a Secret and a ConfigMap that are not there, from each container and each pod."""
    nobody = {"name": "nobody", "optional": True}
    for body, copy in each(objects, "Deployment", "StatefulSet", "Job"):
        for container in containers(body):
            container.setdefault("envFrom", []).append({"secretRef": nobody})
            key = {"secretKeyRef": {**nobody, "key": "nothing"}}
            container.setdefault("env", []).append({"name": "PERHAPS", "valueFrom": key})
        pod = pod_of(body) or {}
        pod.setdefault("volumes", []).append({"name": "perhaps", "configMap": nobody})
        pod["containers"][0]["volumeMounts"].append({"name": "perhaps", "mountPath": "/etc/perhaps", "readOnly": True})
        yield f"{body['kind']} {body['metadata']['name']}", copy


def second_services(objects: list[Body]) -> Edited:
    """Each Service once more under another name; and one that is an address of the world."""
    for body, copy in each(objects, "Service"):
        yield body["metadata"]["name"], [*copy, named(body, f"{body['metadata']['name']}-public")]
    spec = {"type": "ExternalName", "externalName": "kis.example.org"}
    yield "ExternalName", [*deepcopy(objects), named({**a_service(objects), "spec": spec}, "kis")]


def unrelated_workloads(objects: list[Body]) -> Edited:
    """A web server that has nothing to do with anything, in the same namespace and in another."""
    for namespace in (a_service(objects)["metadata"]["namespace"], "web"):
        labels = {"app": "web"}
        security = {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
        }
        container = {
            "name": "web",
            "image": "nginxinc/nginx-unprivileged:1.29",
            "ports": [{"name": "web", "containerPort": 8080}],
            "securityContext": security,
            "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],  # noqa: S108
        }
        pod = {
            "automountServiceAccountToken": False,
            "securityContext": {"runAsNonRoot": True, "runAsUser": 101, "seccompProfile": {"type": "RuntimeDefault"}},
            "containers": [container],
            "volumes": [{"name": "tmp", "emptyDir": {}}],
        }
        template = {"metadata": {"labels": labels}, "spec": pod}
        web = {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "web", "namespace": namespace},
            "spec": {"selector": {"matchLabels": labels}, "template": template},
        }
        service = {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "web", "namespace": namespace},
            "spec": {"selector": labels, "ports": [{"port": 80, "targetPort": "web"}]},
        }
        yield namespace, [*deepcopy(objects), web, service]


def more_that_nobody_reads(objects: list[Body]) -> Edited:
    """A key more in each source, a policy that allows more, scratch space more, a slash behind a path, a budget."""
    for body, copy in each(objects, "ConfigMap"):
        body.setdefault("data", {})["UNREAD"] = "nothing"
        yield f"key in {body['metadata']['name']}", copy
    for body, copy in each(objects, "NetworkPolicy"):
        more = named(body, "more")
        more["spec"] = {"podSelector": {}, "ingress": [{}], "egress": [{}], "policyTypes": ["Ingress", "Egress"]}
        yield f"policy beside {body['metadata']['name']}", [*copy, more]
    for body, copy in each(objects, "Deployment", "StatefulSet", "Job"):
        name = f"{body['kind']} {body['metadata']['name']}"
        for container in containers(body):
            for mount in container["volumeMounts"]:
                mount["mountPath"] += "/"
        yield f"slashes in {name}", copy
    guarded = [body["spec"]["selector"] for body in objects if body["kind"] == "PodDisruptionBudget"]
    for body, copy in each(objects, "Deployment"):
        if body["spec"]["selector"] in guarded:
            continue  # Two budgets for one pod, and its eviction is refused.
        budget = {"maxUnavailable": 1, "selector": deepcopy(body["spec"]["selector"])}
        budgeted = named({**a_service(objects), "apiVersion": "policy/v1", "kind": "PodDisruptionBudget"}, "budget")
        yield f"budget of {body['metadata']['name']}", [*copy, {**budgeted, "spec": budget}]
