"""What stands where: the order of objects, keys and items, and what a cluster writes beside."""

from copy import deepcopy
from typing import Any

from tests.contracts.mutation.harmless.copies import Edited, each, maps, pod_of
from tests.contracts.mutation.places import Body


def objects_in_another_order(objects: list[Body]) -> Edited:
    """Reversed, and with each object first once."""
    yield "reversed", deepcopy(objects[::-1])
    for number, body in enumerate(objects):
        yield f"{body['kind']} first", [deepcopy(body), *deepcopy(objects[:number]), *deepcopy(objects[number + 1 :])]


def keys_in_another_order(objects: list[Body]) -> Edited:
    """Every mapping backwards."""

    def turned(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: turned(value[key]) for key in reversed(value)}
        return [turned(item) for item in value] if isinstance(value, list) else value

    yield "all", turned(objects)


_UNORDERED = "env envFrom volumes volumeMounts ports imagePullSecrets ingress egress from to policyTypes except".split()


def items_in_another_order(objects: list[Body]) -> Edited:
    """Lists whose order says nothing, one field at a time; of env it does where $(NAME) stands for an entry above."""
    for field in _UNORDERED:
        copy = deepcopy(objects)
        for found in maps(copy):
            if isinstance(found.get(field), list) and not (field == "env" and "$(" in str(found[field])):
                found[field].reverse()
        yield field, copy


def more_labels_and_annotations(objects: list[Body]) -> Edited:
    """On each object, and on its pods."""
    for body, copy in each(objects):
        for metadata in [found["metadata"] for found in maps(body) if isinstance(found.get("metadata"), dict)]:
            metadata.setdefault("labels", {})["example.org/team"] = "blue"
            metadata.setdefault("annotations", {})["example.org/note"] = "postgres:5432 is elsewhere; see /opt/notes"
        yield f"{body['kind']} {body['metadata']['name']}", copy


def what_a_cluster_adds(objects: list[Body]) -> Edited:
    """As `kubectl get -o yaml` gives it: a uid, a status, defaults written out; and all in one List."""
    copy = deepcopy(objects)
    for body in copy:
        body["metadata"] |= {"uid": "0c0ffee0", "resourceVersion": "1", "creationTimestamp": "2026-02-06T10:00:00Z"}
        body["status"] = {"observedGeneration": 1}
        if pod := pod_of(body):
            pod |= {"dnsPolicy": "ClusterFirst", "schedulerName": "default-scheduler"}
            pod.setdefault("restartPolicy", "Always")
    yield "defaults", copy
    yield "a List", [{"apiVersion": "v1", "kind": "List", "items": deepcopy(objects)}]
