"""Mutants that break no reference, by rule, each with its reason.

A HARMLESS one must not be found: nothing is broken. One that is OUTSIDE may be: what it breaks is not in the objects.
What the API server itself refuses is the schema's business, and is asked of its schema.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from tests.contracts.mutation.breaks import Mutant
from tests.contracts.mutation.facts import Facts, place_is_below


class Why(Enum):
    """What becomes of an excluded mutant."""

    HARMLESS = "nothing breaks: must not be found"
    OUTSIDE = "not in the objects: may be found"
    SCHEMA = "the API server refuses it: may be found"


@dataclass(frozen=True)
class Rule:
    """`applies` decides by the place and the way of a mutant, never by a finding."""

    why: Why
    reason: str
    applies: Callable[[Mutant, Facts], bool]


_QUANTITIES = frozenset(
    "resources hard default defaultRequest sizeLimit storage timeoutSeconds periodSeconds failureThreshold interval "
    "terminationGracePeriodSeconds backoffLimit activeDeadlineSeconds replicas maxSurge maxUnavailable for "
    "ttlSecondsAfterFinished".split()
)
_FIXED = frozenset(
    "apiVersion kind protocol type policyTypes imagePullPolicy restartPolicy drop pathType fsGroupChangePolicy "
    "accessModes medium fieldPath clusterIP pod-security.kubernetes.io/enforce".split()
)
_DEMANDED = re.compile(
    r"""^(?:apiVersion|kind|metadata|metadata\.name)$ | ^spec\.template(?:\.spec(?:\.containers)?)?$ |
    ontainers\[\]\.(?:name|image)$ | (?:Ref|Secrets\[\])(?:\.(?:name|key|fieldPath))?$ | env\[\]\.name$ |
    volumeMounts\[\]\.(?:name|mountPath)$ | ports\[\]\.(?:containerPort)$ |
    Probe\.(?:exec|httpGet)(?:\.(?:command|port))?$ |
    volumes\[\]\.(?:name|(?:configMap|secret|persistentVolumeClaim|emptyDir)(?:\.(?:name|secretName|claimName))?)$ |
    \.(?:backend|service|port|paths|pathType|http|topologyKey)(?:\.name)?$ | \.ipBlock(?:\.cidr)?$""",
    re.VERBOSE,
)
"""Fields without which the API server refuses an object, by pkg/apis/*/validation, which goes beyond the schema."""

_BY_KIND = {
    "PersistentVolumeClaim": re.compile(
        r"^spec(?:\.accessModes|\.resources(?:\.requests(?:\.storage)?)?)?$|accessModes\[\]$"
    ),
    "Service": re.compile(r"^spec(?:\.ports(?:\[\](?:\.port)?)?)?$"),
    "Deployment": re.compile(r"^spec(?:\.selector(?:\.matchLabels)?)?$"),
    "StatefulSet": re.compile(r"^spec(?:\.selector(?:\.matchLabels)?)?$"),
    "Job": re.compile(r"^spec(?:\.template\.spec\.restartPolicy)?$"),
    "Ingress": re.compile(r"^spec$|secretName$"),
    "ServiceMonitor": re.compile(r"^spec(?:\.selector|\.endpoints)?$"),
    "PrometheusRule": re.compile(r"groups|^spec$"),
}


def _demanded(mutant: Mutant, _: Facts) -> bool:
    place = mutant.place
    by_kind = _BY_KIND.get(place.kind)
    if mutant.way != "gone" or place.in_free_map:
        return False
    return bool(_DEMANDED.search(place.shape) or (by_kind and by_kind.search(place.shape)))


def _nobody_selects(mutant: Mutant, facts: Facts) -> bool:
    place = mutant.place
    if "labels" not in place.steps or str(place.last).startswith("pod-security"):
        return False
    whose = place.kind if place.steps[:2] == ("metadata", "labels") else "Pod"
    labels = place.value if place.last == "labels" else {place.last: place.value}
    return not any((whose, key, str(value)) in facts.selected for key, value in labels.items())


def _nobody_reads(mutant: Mutant, facts: Facts) -> bool:
    place = mutant.place
    if place.kind not in {"ConfigMap", "Secret"}:
        return False
    if "servicebinding" in str(place.body.get("type")):
        return place.last == "provider"  # The others are a promise to whoever will read them.
    if place.steps[:1] in {("data",), ("stringData",)} and len(place.steps) > 1:
        return not facts.is_read(place.kind, place.name, str(place.steps[1]))
    return not facts.is_read(place.kind, place.name)


def _still_let_through(mutant: Mutant, facts: Facts) -> bool:
    place = mutant.place
    if place.kind != "NetworkPolicy" or (place.last in _FIXED and mutant.way == "changed"):
        return False
    lost = facts.policies_of(facts.objects) - facts.policies_of(mutant.of(facts.objects))
    return not lost


def _lost_outside(mutant: Mutant, facts: Facts) -> bool:
    if mutant.place.kind != "NetworkPolicy":
        return False
    lost = facts.policies_of(facts.objects) - facts.policies_of(mutant.of(facts.objects))
    return bool(lost) and not any(facts.is_used(way) for way in lost)


def _renamed_alone(mutant: Mutant, facts: Facts) -> bool:
    place = mutant.place
    whole = place.steps in {(), ("kind",), ("metadata",), ("metadata", "name"), ("metadata", "namespace"), ("spec",)}
    if place.kind == "NetworkPolicy" and place.steps != ("metadata", "name"):
        return False
    return whole and not facts.is_named(place)


def _default(mutant: Mutant, _: Facts) -> bool:
    place = mutant.place
    if mutant.way != "gone" or place.in_free_map:
        return False
    if place.last == "targetPort":
        ports = [p for p in ("postgresql", "http") if p == place.value]
        return bool(ports) and place.parent["port"] == 5432
    if place.last in {"type", "protocol"}:
        own = place.kind in {"Secret", "Service"} and not str(place.value).startswith("kubernetes.io/docker")
        return own or "strategy" in place.steps
    return place.last in _DEFAULTS


_DEFAULTS = frozenset(
    "imagePullPolicy strategy rollingUpdate fsGroupChangePolicy clusterIP serviceName medium "
    "serviceAccountName pathType".split()
)
"""serviceAccountName: `default` is in every namespace; clusterIP, serviceName: nobody here asks for a pod by name."""


def _group(mutant: Mutant, _: Facts) -> bool:
    place = mutant.place
    claims = "persistentVolumeClaim" in str(place.body)
    return place.last == "runAsGroup" or (place.last == "fsGroup" and (mutant.way == "changed" or not claims))


def _own_user(mutant: Mutant, _: Facts) -> bool:
    return mutant.place.last == "runAsUser" and mutant.place.kind != "StatefulSet"


def _read_only_anyway(mutant: Mutant, _: Facts) -> bool:
    return mutant.place.last == "readOnly" and "volumeMounts" in mutant.place.steps


def _container_name(mutant: Mutant, facts: Facts) -> bool:
    place = mutant.place
    own = place.shape.endswith("ontainers[].name") and mutant.way == "changed"
    return own and not any(str(p.last).endswith(f"/reads.{place.value}") for p in facts.places)


def _token_twice(mutant: Mutant, _: Facts) -> bool:
    """Pod and ServiceAccount both say that there is no token; the pod's word counts."""
    place = mutant.place
    if place.last != "automountServiceAccountToken":
        return False
    return place.kind == "ServiceAccount" or mutant.way == "gone"


def _not_asked_for(mutant: Mutant, facts: Facts) -> bool:
    place = mutant.place
    if place.kind != "Service" or place.steps[:1] != ("spec",) or place.steps[1:2] not in {("ports",), ("selector",)}:
        return False
    if place.steps[1:2] == ("selector",):
        return mutant.way == "gone" and place.name not in facts.hosts
    return (place.last == "name" or (place.last == "port" and mutant.way == "changed")) and not facts.is_asked_for(
        place
    )


def _scratch(mutant: Mutant, facts: Facts) -> bool:
    place = mutant.place
    if "volumeMounts" not in place.steps:
        return False
    if place.last == "volumeMounts":
        return len(place.value) == 1 or place.kind == "Job"
    mount = place.last == "mountPath" or isinstance(place.last, int)
    return mount and facts.is_scratch(place) and not facts.is_spoken_of(place)


def _not_needed(mutant: Mutant, facts: Facts) -> bool:
    place = mutant.place
    if place.kind in {"ConfigMap", "Secret"} and place.steps[:1] in {("data",), ("stringData",)}:
        needed = facts.needed_of(place)
        return mutant.way in {"gone", "renamed"} and len(place.steps) > 1 and str(place.last) not in needed
    if "env" not in place.steps:
        return False
    entry = place.body
    names = []
    for step in place.steps:
        entry = entry[step]
        if isinstance(entry, dict) and "name" in entry and isinstance(step, int):
            names.append(entry["name"])
    if place.last == "env":
        return not {e["name"] for e in place.value} & facts.needed_by(place.body)
    return names[-1] not in facts.needed_by(place.body) and (mutant.way == "gone" or place.last == "name")


def _same_key_for_all(mutant: Mutant, _: Facts) -> bool:
    return (
        mutant.way == "changed"
        and mutant.place.kind == "Secret"
        and str(mutant.place.last) in {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD"}
    )


def _emptied(mutant: Mutant, _: Facts) -> bool:
    return mutant.way == "gone" and mutant.place.last in {"data", "stringData"} and mutant.place.kind == "ConfigMap"


def _nothing_needed(mutant: Mutant, facts: Facts) -> bool:
    place = mutant.place
    if place.kind == "Secret" and place.last == "stringData" and place.kind and mutant.way == "gone":
        return facts.is_read("Secret", place.name) and not facts.needed_of(place) & set(place.value)
    return "envFrom" in place.steps and mutant.way == "gone" and not facts.needed_by(place.body)


def _of_the_world(mutant: Mutant, _: Facts) -> bool:
    place = mutant.place
    if place.kind == "Ingress":
        return (
            place_is_below(place, "tls", "ingressClassName")
            or place.last in {"rules", "host", "paths"}
            or (isinstance(place.last, int) and mutant.way == "gone")
        )
    return place.kind in {"PrometheusRule", "LimitRange"} or place_is_below(place, "storageClassName", "nodeSelector")


def _own_port(mutant: Mutant, facts: Facts) -> bool:
    place = mutant.place
    return place.last == "containerPort" and facts.stands_alone(str(place.value))


def _same_image_unpulled(mutant: Mutant, facts: Facts) -> bool:
    place = mutant.place
    if place.last != "imagePullSecrets" or mutant.way != "gone":
        return False
    images = {p.value for p in facts.places if p.last == "image" and p.object == place.object}
    others = {p.value for p in facts.places if p.last == "image" and p.object != place.object}
    return not images & others


def _selects_more(mutant: Mutant, _: Facts) -> bool:
    place = mutant.place
    monitor = place.kind == "ServiceMonitor" and mutant.way == "gone"
    return monitor and (place.last == "matchLabels" or "matchLabels" in place.steps or isinstance(place.last, int))


def _others_labels(mutant: Mutant, _: Facts) -> bool:
    return "namespaceSelector" in str(mutant.place.body) and mutant.way == "renamed" and "to" in mutant.place.steps


def _guard_gone(mutant: Mutant, _: Facts) -> bool:
    last = str(mutant.place.last)
    if last == "automountServiceAccountToken":
        return mutant.way == "changed"
    whole = mutant.place.kind in {"StatefulSet", "Deployment", "Job"} and mutant.place.shape.endswith("ontainers[]")
    return mutant.way != "changed" and (
        last.endswith("Probe") or last.startswith("pod-security") or whole or last == "initContainers"
    )


def _at(*steps: str) -> Callable[[Mutant, Facts], bool]:
    return lambda mutant, _: place_is_below(mutant.place, *steps)


def _last(*steps: str, way: str = "") -> Callable[[Mutant, Facts], bool]:
    return lambda mutant, _: mutant.place.last in steps and way in mutant.way


def _text(mutant: Mutant, _: Facts) -> bool:
    return isinstance(mutant.place.value, str) and "\n" in mutant.place.value and mutant.way == "changed"


def _stands_alone(mutant: Mutant, facts: Facts) -> bool:
    place = mutant.place
    value = place.last == "value" and "env" in place.steps
    entry = place.kind in {"ConfigMap", "Secret"} and place.steps[:1] in {("data",), ("stringData",)}
    return (value or entry) and mutant.way == "changed" and facts.stands_alone(str(place.value))


def _annotation(mutant: Mutant, _: Facts) -> bool:
    steps = mutant.place.steps
    return "annotations" in steps and not str(mutant.place.last).startswith("contracts.")


def _declaration_gone(mutant: Mutant, _: Facts) -> bool:
    return str(mutant.place.last).startswith("contracts.") and mutant.way != "changed"


RULES = [
    Rule(Why.SCHEMA, "a field that the API demands is gone", _demanded),
    Rule(
        Why.SCHEMA,
        "one of the API's fixed words became another",
        lambda m, _: m.way == "changed" and bool({m.place.last, *m.place.steps[-2:-1]} & _FIXED),
    ),
    Rule(Why.HARMLESS, "labels that no selector of the set asks for", _nobody_selects),
    Rule(Why.HARMLESS, "a source or key that nobody in the set reads", _nobody_reads),
    Rule(Why.HARMLESS, "an object that nothing names or selects", _renamed_alone),
    Rule(Why.HARMLESS, "the policies let through all they did before", _still_let_through),
    Rule(Why.HARMLESS, "what is gone was the default, written out", _default),
    Rule(Why.HARMLESS, "another group may write too, and the user is as it was", _group),
    Rule(
        Why.HARMLESS,
        "the kubelet mounts files read-only whatever the mount says; others may stay writable",
        _read_only_anyway,
    ),
    Rule(Why.HARMLESS, "the pod itself, or its account, still says that there is no token", _token_twice),
    Rule(Why.HARMLESS, "a container's name, by which nothing calls it", _container_name),
    Rule(Why.HARMLESS, "more variables of Services, whose names nobody uses", _at("enableServiceLinks")),
    Rule(Why.OUTSIDE, "the user that the image is made for is not in the objects", _own_user),
    Rule(Why.OUTSIDE, "a Service, or a port of it, that nobody in the set asks for", _not_asked_for),
    Rule(Why.OUTSIDE, "scratch space at a path that nothing in the set speaks of", _scratch),
    Rule(Why.OUTSIDE, "a variable that no pod declares to need", _not_needed),
    Rule(Why.OUTSIDE, "read by server and clients from one key, so the same for both", _same_key_for_all),
    Rule(Why.OUTSIDE, "an empty ConfigMap waits for a program that fills it", _emptied),
    Rule(Why.OUTSIDE, "variables of a pod that declares to need none", _nothing_needed),
    Rule(Why.OUTSIDE, "names of the world and of the cluster: hosts, classes, nodes, metrics", _of_the_world),
    Rule(Why.OUTSIDE, "the port that only the program knows", _own_port),
    Rule(Why.OUTSIDE, "whether a registry gives an image away to everybody", _same_image_unpulled),
    Rule(Why.OUTSIDE, "a monitor that selects more, or asks less", _selects_more),
    Rule(Why.OUTSIDE, "labels of objects outside the set", _others_labels),
    Rule(Why.OUTSIDE, "a guard is gone, to which nothing refers", _guard_gone),
    Rule(Why.OUTSIDE, "the paths that the program answers", _last("path")),
    Rule(Why.OUTSIDE, "the policies cut off what nobody in the set asks for", _lost_outside),
    Rule(Why.OUTSIDE, "annotations for controllers and Pulumi", _annotation),
    Rule(Why.OUTSIDE, "a declaration is gone: then nothing is expected", _declaration_gone),
    Rule(Why.OUTSIDE, "how much, how long, how often", _at(*_QUANTITIES)),
    Rule(Why.OUTSIDE, "a text that only a program reads", _text),
    Rule(Why.OUTSIDE, "a value that stands nowhere else: only the code knows which is right", _stands_alone),
    Rule(Why.OUTSIDE, "the program in the image", _at("image", "command", "args", "lifecycle", "exec")),
]


def rule_for(mutant: Mutant, facts: Facts) -> Rule | None:
    """The first rule that excludes a mutant, or None: then it has to be found."""
    return next((rule for rule in RULES if rule.applies(mutant, facts)), None)
