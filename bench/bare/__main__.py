"""What one would write without this project: one loop over the objects, the typed classes, an explicit provider.

It is the yardstick of bench/pairs.py. It registers the Kubernetes objects of the other program one for one, with the
same contents, in a namespace of its own, and the same RandomPasswords: read from objects.json, where a password is
{"$password": NAME, "length": N} and a text around one is {"$join": [...]}.

Where it does less than the other program, to be no straw man: no components, no settings, no checks, no hook; the
order is the namespace first and everything else after it; the annotation by which pods follow a secret's change
is a constant.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pulumi_random as random
from pulumi_kubernetes import Provider
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.apps.v1 import Deployment, StatefulSet
from pulumi_kubernetes.batch.v1 import Job
from pulumi_kubernetes.core.v1 import ConfigMap, Namespace, PersistentVolumeClaim, Secret, Service, ServiceAccount
from pulumi_kubernetes.networking.v1 import NetworkPolicy

CLASSES: dict[str, Callable[..., pulumi.CustomResource]] = {
    made.__name__: made
    for made in (
        ConfigMap,
        Deployment,
        Job,
        Namespace,
        NetworkPolicy,
        PersistentVolumeClaim,
        Secret,
        Service,
        ServiceAccount,
        StatefulSet,
    )
}
ARGUMENTS = {"stringData": "string_data", "automountServiceAccountToken": "automount_service_account_token"}

cluster = Provider("cluster", context=pulumi.Config("bare").require("context"))
generator = random.Provider("random")
passwords: dict[str, random.RandomPassword] = {}


def value_of(entry: Any) -> Any:
    """A Secret's entry: a text, a password, or a text with passwords in it."""
    if isinstance(entry, str):
        return entry
    if "$join" in entry:
        return pulumi.Output.concat(*(value_of(part) for part in entry["$join"]))
    name = entry["$password"]
    if name not in passwords:
        passwords[name] = random.RandomPassword(
            name, length=entry["length"], special=False, opts=pulumi.ResourceOptions(provider=generator)
        )
    return passwords[name].result


first: list[pulumi.Resource] = []
objects: list[dict[str, Any]] = json.loads(Path(__file__).with_name("objects.json").read_text())
for body in objects:
    made = CLASSES.get(body["kind"], CustomResource)
    arguments: dict[str, Any] = {
        ARGUMENTS.get(key, key): value for key, value in body.items() if key not in ("apiVersion", "kind")
    }
    if made is CustomResource:
        arguments |= {"api_version": body["apiVersion"], "kind": body["kind"]}
    if made is Secret:
        arguments["string_data"] = {key: value_of(entry) for key, entry in arguments["string_data"].items()}
    within = body["metadata"].get("namespace", "")
    resource = made(
        f"{within}/{body['metadata']['name']}",
        opts=pulumi.ResourceOptions(provider=cluster, depends_on=first),
        **arguments,
    )
    if made is Namespace and not first:
        first = [resource]
