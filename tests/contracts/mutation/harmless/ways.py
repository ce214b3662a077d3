"""What is said in another way: hosts in full, ports by number, keys in a Secret, selectors by expressions."""

import base64
import re
from copy import deepcopy

from tests.contracts.mutation.harmless.copies import Edited, containers, each, maps, pod_of
from tests.contracts.mutation.places import Body


def hosts_in_full(objects: list[Body]) -> Edited:
    """The database's host written as a longer name, in variables and URLs alike."""
    hosts = {body["stringData"]["host"] for body in objects if "host" in body.get("stringData", {})}
    for ending in (".{}", ".{}.svc", ".{}.svc.cluster.local", ".{}.svc.cluster.local."):
        copy = deepcopy(objects)
        for body in copy:
            _lengthen(
                body, {host for host in hosts if "." not in host}, ending.format(body["metadata"].get("namespace"))
            )
        yield ending, copy


def _lengthen(body: Body, hosts: set[str], ending: str) -> None:
    for found in maps(body):
        for key, value in found.items():
            entry = key == "value" and found.get("name") == "PGHOST"
            if (key in {"DB_HOST", "PGHOST", "MY_HOST", "host"} or entry) and value in hosts:
                found[key] = f"{value}{ending}"
            elif isinstance(value, str) and "postgresql://" in value:
                found[key] = re.sub(r"((?:@|//)[\w-]+)(:\d+/)", rf"\1{ending}\2", value)


def _ports_behind(objects: list[Body], service: Body) -> dict[str, int]:
    name = service["spec"]["selector"]["app.kubernetes.io/name"]
    kinds = {"Deployment", "StatefulSet"}
    behind = next(b for b in objects if b["kind"] in kinds and b["metadata"]["name"] == name)
    return _named(containers(behind))


def _named(containers_: list[Body]) -> dict[str, int]:
    return {port["name"]: port["containerPort"] for container in containers_ for port in container.get("ports", [])}


def ports_by_number(objects: list[Body]) -> Edited:
    """targetPort and probes by number; NetworkPolicies by name."""
    for body, copy in each(objects, "Service"):
        if "app.kubernetes.io/name" not in body["spec"].get("selector", {}):
            continue  # One that another edit has put beside the set.
        for port in body["spec"]["ports"]:
            port["targetPort"] = _ports_behind(objects, body)[port["targetPort"]]
        yield f"Service {body['metadata']['name']}", copy
    for body, copy in each(objects, "Deployment"):
        for container in containers(body):
            for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
                if request := container.get(probe, {}).get("httpGet"):
                    request["port"] = _named([container])[request["port"]]
        yield f"probes of {body['metadata']['name']}", copy
    yield from _policies_by_name(objects)


def _policies_by_name(objects: list[Body]) -> Edited:
    names = {number: name for body in objects if pod_of(body) for name, number in _named(containers(body)).items()}
    for body, copy in each(objects, "NetworkPolicy"):
        if "cnpg.io/" in str(body["spec"].get("podSelector")):
            continue  # The operator's pods call their ports as they like.
        for found in maps(body["spec"]):
            if found.get("port") in names:
                found["port"] = names[found["port"]]
        yield f"policy {body['metadata']['name']} by name", copy


def keys_moved_to_the_secret(objects: list[Body]) -> Edited:
    """Each plain variable of an app that takes a ConfigMap and a Secret whole, unless another pod needs it too."""
    place = {(body["kind"], body["metadata"]["name"]): number for number, body in enumerate(objects)}
    for app in [body["metadata"]["name"] for body in objects if body["kind"] == "Deployment"]:
        if ("Secret", f"{app}-secrets") not in place:
            continue
        config, secret = place["ConfigMap", f"{app}-config"], place["Secret", f"{app}-secrets"]
        others = [str(b["spec"]["template"]) for b in objects if b["kind"] == "Job"]
        for key in objects[config].get("data", {}):
            named = f"'key': '{key}'" in str(objects[place["Deployment", app]])
            if not named and not any(key in template and f"{app}-config" in template for template in others):
                copy = deepcopy(objects)
                copy[secret].setdefault("stringData", {})[key] = copy[config]["data"].pop(key)
                yield f"{app} {key}", copy


def variables_one_by_one(objects: list[Body]) -> Edited:
    """envFrom written out as env, for each long-running container that has it."""
    keys = {
        body["metadata"]["name"]: list(body.get("data") or body.get("stringData") or {})
        for body in objects
        if body["kind"] in {"ConfigMap", "Secret"}
    }
    for body, copy in each(objects, "Deployment", "StatefulSet"):
        for container in containers(body):
            for entry in container.pop("envFrom", []):
                field, reference = next(iter(entry.items()))
                for key in keys.get(reference["name"], []):
                    origin = {field.replace("Ref", "KeyRef"): {"name": reference["name"], "key": key}}
                    container.setdefault("env", []).insert(0, {"name": key, "valueFrom": origin})
        yield f"{body['kind']} {body['metadata']['name']}", copy


def secrets_in_base64(objects: list[Body]) -> Edited:
    """`data` instead of `stringData`, for each Secret and for all."""

    def encoded(body: Body) -> None:
        plain = body.pop("stringData", {})
        body["data"] = {key: base64.b64encode(value.encode()).decode() for key, value in plain.items()}

    for body, copy in each(objects, "Secret"):
        encoded(body)
        yield body["metadata"]["name"], copy
    copy = deepcopy(objects)
    for body in copy:
        if body["kind"] == "Secret":
            encoded(body)
    yield "all", copy


def selectors_by_expressions(objects: list[Body]) -> Edited:
    """matchExpressions instead of matchLabels, wherever the API takes them."""
    for body, copy in each(objects, "NetworkPolicy", "Deployment", "StatefulSet", "ServiceMonitor"):
        for found in maps(body["spec"]):
            if labels := found.pop("matchLabels", None):
                found["matchExpressions"] = [{"key": k, "operator": "In", "values": [v]} for k, v in labels.items()]
        yield f"{body['kind']} {body['metadata']['name']}", copy
