"""What is called otherwise, everywhere: volumes, objects, containers, labels."""

from copy import deepcopy

from tests.contracts.mutation.harmless.copies import Edited, containers, each, maps, pod_of
from tests.contracts.mutation.places import Body


def volumes_renamed(objects: list[Body]) -> Edited:
    """Each volume, with all its mounts."""
    for number, body in enumerate(objects):
        for volume in (pod_of(body) or {}).get("volumes", []):
            copy = deepcopy(objects)
            pod = pod_of(copy[number]) or {}
            for found in [*pod["volumes"], *(m for c in containers(copy[number]) for m in c.get("volumeMounts", []))]:
                if found["name"] == volume["name"]:
                    found["name"] = "another"
            yield f"{body['kind']} {body['metadata']['name']} {volume['name']}", copy


def objects_renamed(objects: list[Body]) -> Edited:
    """Each claim, Secret, ConfigMap and account, with whoever names it."""
    fields = {
        "PersistentVolumeClaim": {"claimName"},
        "ServiceAccount": {"serviceAccountName", "subjects"},
        "Secret": {
            *("secretName", "secretRef", "secretKeyRef", "imagePullSecrets"),
            *("secret", "superuserSecret", "passwordSecret", "accessKeyId", "secretAccessKey", "resourceNames"),
        },
        "ConfigMap": {"configMap", "configMapRef", "configMapKeyRef", "resourceNames"},
    }
    for body, copy in each(objects, *fields):
        old, new = body["metadata"]["name"], f"renamed-{body['metadata']['name']}"
        body["metadata"]["name"] = new
        for found in maps(copy):
            for field in fields[body["kind"]] & set(found):
                value = found[field]
                if value == old:
                    found[field] = new
                elif isinstance(value, list) and old in value:
                    value[value.index(old)] = new
                for item in value if isinstance(value, list) else [value]:
                    if isinstance(item, dict) and item.get("name") == old:
                        item["name"] = new
        yield f"{body['kind']} {old}", copy


def containers_renamed(objects: list[Body]) -> Edited:
    """Each container, with what the pod declares for it."""
    for number, body in enumerate(objects):
        for place, container in enumerate(containers(body)):
            copy = deepcopy(objects)
            containers(copy[number])[place]["name"] = "another"
            metadata = copy[number]["spec"]["template"]["metadata"]
            metadata["annotations"] = {
                key.replace(f"/reads.{container['name']}", "/reads.another"): value
                for key, value in metadata.get("annotations", {}).items()
            }
            yield f"{body['kind']} {body['metadata']['name']} {container['name']}", copy


def labels_renamed(objects: list[Body]) -> Edited:
    """The label of each workload's pods, with every selector of them."""
    key = "app.kubernetes.io/name"
    for name in [b["metadata"]["name"] for b in objects if b["kind"] in {"Deployment", "StatefulSet"}]:
        copy = deepcopy(objects)
        for found in maps(copy):
            if found.get(key) == name:
                found[key] = f"{name}-renamed"
        yield name, copy
